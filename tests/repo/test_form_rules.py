"""The rules of the form that are held outside of the reader: ruff's format, and the budget of a knob."""

import subprocess
import sys
from types import SimpleNamespace

import bench
import pytest
from conftest import ROOT, Book
from form_book import SPREAD, write_formed
from formatted import formed, unformatted

from evidence.run.job import Try


def test_a_snippet_out_of_format_is_shown_where_it_has_the_second_form(book: Book) -> None:
    write_formed(book)
    book.write("snippets/other.py", 'x = {"a":1}\nassert x, "m"\n')
    assert formed(book.root) == ["snippets/spread.py"] and unformatted(book.root) == ""
    book.write("snippets/spread.py", SPREAD.replace("points = [1, 2, 3]", "points=[1,2,3]"))
    assert "-points=[1,2,3]\n+points = [1, 2, 3]" in unformatted(book.root)
    done = subprocess.run([sys.executable, ROOT / "tools/formatted.py"], cwd=book.root, capture_output=True, text=True)
    assert done.returncode == 1 and "+points = [1, 2, 3]" in done.stderr


@pytest.mark.parametrize(("spent", "above"), [(0.2, False), (0.9, True)])
def test_a_choice_is_held_against_a_fixed_piece_of_work(spent: float, above: bool) -> None:
    told = bench.Ratios()
    bench.tell_choices(told, [SimpleNamespace(snippet="s.py", tries=[Try("p = 2", "", "", [], spent)])], 1.0)
    assert bool(told.above) == above


def test_where_there_is_no_knob_nothing_is_told() -> None:
    told = bench.Ratios()
    bench.tell_choices(told, [SimpleNamespace(snippet="s.py", tries=[])], 1.0)
    assert told.above == []
