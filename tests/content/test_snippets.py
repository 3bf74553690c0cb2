"""The snippets and labs of this site: their form, and what they leave out."""

from pathlib import Path

import pytest
from conftest import ROOT
from formatted import unformatted

from evidence.read.answer_rules import typed_faults
from evidence.read.labs import read_labs
from evidence.read.snippet_rules import faults
from evidence.run.refused import refusals

FORM_OF_A_FILE = ("docstring", "characters in a line")  # a lab is a notebook
EACH_LAB = pytest.mark.parametrize("lab", read_labs(ROOT), ids=lambda lab: Path(lab.path).stem)


def test_the_snippets_in_the_second_form_are_formatted() -> None:
    assert unformatted(ROOT) == ""


def test_no_snippet_of_the_project_names_what_is_refused() -> None:
    files = [*(ROOT / "snippets").rglob("*.py"), *(ROOT / "docs/labs").glob("*.py")]
    assert len(files) > 100
    assert [(file.name, found) for file in files for found in refusals(file.read_text(encoding="utf-8"))] == []
    assert refusals("import torch.nn as nn\nnn.Linear(1, 1).modules()\nimport sys\nsys.exit\n") == []


@EACH_LAB
def test_nothing_measured_is_typed_into_what_a_lab_says_of_a_figure(lab) -> None:
    assert [fault.format_message() for fence in lab.fences for fault in typed_faults(fence)] == []


@EACH_LAB
def test_a_lab_asserts_its_answer_and_needs_no_more_than_a_snippet(lab) -> None:
    found = [(line, fault) for line, fault in faults(lab.fences[0].code) if not any(form in fault for form in FORM_OF_A_FILE)]
    assert found == []
