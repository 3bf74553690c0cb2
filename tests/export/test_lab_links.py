"""A lab's links, which no engine resolves, lead to the built pages."""

import pytest

from evidence.export.lab_links import built


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("../training/dropout/index.md", "../../training/dropout/"),
        ("index.md#start", ".././#start"),
        ("../training/dropout/where.md#why", "../../training/dropout/where/#why"),
        ("other.py", "../other/"),
        ("#here", "#here"),
        ("https://e.org/a.md", "https://e.org/a.md"),
    ],
)
def test_a_link_leads_to_the_built_page(written: str, said: str) -> None:
    assert built(f"see [it]({written}).") == f"see [it]({said})."
