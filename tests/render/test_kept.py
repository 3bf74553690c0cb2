"""What was rendered once is not rendered again, and never stands in for something else."""

import os
import subprocess
import time
from pathlib import Path

import pytest
from conftest import ROOT

from evidence.render import kept as kept_room
from evidence.render.kept import folder, kept, prune


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The calls of a maker of HTML in a project that has records."""
    (tmp_path / ".evidence").mkdir()
    monkeypatch.chdir(tmp_path)
    return []


def maker(calls: list[tuple[str, ...]]):
    """The maker as a new process would see it: nothing is in its memory."""

    def make(*given: str) -> str:
        calls.append(given)
        return f"<p>{'|'.join(given)}\r\n é</p>"

    return kept(make)


def test_a_second_process_makes_nothing_again(calls) -> None:
    first = maker(calls)("a", "b")
    assert maker(calls)("a", "b") == first == "<p>a|b\r\n é</p>"
    assert calls == [("a", "b")]


def test_other_arguments_are_made_by_themselves(calls) -> None:
    assert maker(calls)("a", "b") != maker(calls)("ab", "") and len(calls) == 2


def test_a_change_of_what_renders_makes_it_anew(calls, monkeypatch: pytest.MonkeyPatch) -> None:
    maker(calls)("a")
    monkeypatch.setattr(kept_room, "_makers", lambda: "another drawing.py")
    maker(calls)("a")
    assert len(calls) == 2


def test_what_renders_is_our_code_that_it_may_import_and_its_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    before = kept_room._makers.__wrapped__()
    real = Path.read_text
    for name in ("colours.py", "drawing.py", "block.py", "kept.py", "pages.py", "store.py"):
        with monkeypatch.context() as edited:
            edited.setattr(Path, "read_text", lambda self, n=name, **k: real(self, **k) + "# new\n" * (self.name == n))
            assert kept_room._makers.__wrapped__() != before, name
    monkeypatch.setattr(kept_room, "version", lambda name: "99")
    assert kept_room._makers.__wrapped__() != before


@pytest.mark.parametrize("damage", [b"", b"\xff\xfe", b"<p>another</p>", b"0" * 64 + b"\n<script>"])
def test_a_damaged_file_is_made_anew(calls, damage: bytes) -> None:
    maker(calls)("a")
    (file,) = folder().iterdir()
    file.write_bytes(damage)
    assert maker(calls)("a") == "<p>a\r\n é</p>" and len(calls) == 2
    assert maker(calls)("a") == "<p>a\r\n é</p>" and len(calls) == 2, "and is whole again"


def test_nothing_is_written_where_nothing_has_been_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert maker([])("a") == "<p>a\r\n é</p>"
    assert not any(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_costs_nothing_but_time(calls) -> None:
    folder().write_text("a file where the folder should be")
    assert maker(calls)("a") == maker(calls)("a") == "<p>a\r\n é</p>" and len(calls) == 2


def test_what_no_build_asks_for_in_a_month_goes(calls) -> None:
    maker(calls)("used")
    maker(calls)("unused")
    month = time.time() - 31 * 86_400
    for file in folder().iterdir():
        os.utime(file, (month, month))
    maker(calls)("used")
    prune()
    maker(calls)("used")
    assert len(calls) == 2 and len(list(folder().iterdir())) == 1


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="needs the repository")
def test_no_record_and_nothing_rendered_is_part_of_the_repository() -> None:
    """A record says that something ran here; one that came with a commit says nothing."""
    listed = subprocess.run(["git", "ls-files", "--", ".evidence"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert listed.stdout == ""
