"""The rules of a snippet: each is shown broken, and named with the line of the snippet's own file."""

import pytest

from evidence.read.pages import read_site
from evidence.read.snippet_rules import faults


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("x = 1\nassert x == 1, 'm'\n", (1, "expected a docstring")),
        ('"""Two\nlines."""\nassert 1 == 1, "m"\n', (1, "expected a docstring of one line")),
        ('"""Claim."""\nx = 1\n', (1, "asserts nothing")),
        ('"""Claim."""\nassert 1 == 1\n', (2, "found an assertion without a message")),
        (
            '"""Claim."""\nfor n, seed in enumerate(range(3)):\n    assert n < 3, "m"\n',
            (2, "found the seeds `range(3)`"),
        ),
        ('"""Claim."""\nfor seed in range(0, 30, 10):\n    assert seed < 30, "m"\n', (2, "found the seeds `range(0, 30, 10)`")),
        ('"""Claim."""\nx, seeds = 1, (0, 5)\nassert x, "m"\n', (2, "found the seeds `(0, 5)`: a shift by 1 to 10")),
        ('"""Claim."""\nassert (1 == 2, "m"), "m"\n', (2, "found an assertion that cannot fail")),
        ('"""Claim."""\nimport torchvision\nassert 1 == 1, "m"\n', (2, "imports torchvision")),
        ('"""Claim."""\nimport time\nassert time.process_time() > 0, "m"\n', (3, "found process_time, which")),
        ('"""Claim."""\nx = 1  # TODO: more\nassert x == 1, "m"\n', (2, "is not filled in: x = 1  # TODO: more")),
        (f'"""Claim."""\nassert 1 == 1, "{"m" * 130}"\n', (2, "found 147 characters in a line")),
    ],
)
def test_a_snippet_out_of_form_is_named(source: str, said: tuple[int, str]) -> None:
    assert any((line, fault.startswith(said[1])) == (said[0], True) for line, fault in faults(source)), faults(source)


def test_a_snippet_in_form_is_let_through() -> None:
    seeded = "for seed in range(0, 300, 100):\n    assert seed < 300, 'm'\nseeds = (0, 100)\n"
    assert faults(f'"""Claim."""\nimport numpy as np\n{seeded}') == ()
    assert faults("this is no Python") == (), "its run says so"


def test_a_broken_rule_is_a_problem_of_the_page(book) -> None:
    book.page("# Numbers\n\n<!-- generate: answers -->\n", "docs/numbers/index.md")
    book.page('# Two? { #two }\n\nYes.\n\n```python\n--8<-- "snippets/two.py"\n```\n', "docs/numbers/two.md")
    book.write("snippets/two.py", '"""Claim."""\nimport torch\n\nassert torch.ones(1) == 1\n')
    page = next(page for page in read_site(book.root) if page.path == "docs/numbers/two.md")
    assert "snippets/two.py:4: found an assertion without a message" in "\n".join(p.format_message() for p in page.problems)
