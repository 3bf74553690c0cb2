"""The rules of an answer: each is shown broken, named with its line, and refused by build and tests alike."""

import pytest
from conftest import BIB

from evidence.read.answer_rules import typed_numbers
from evidence.read.pages import parse, read_site

WHOLE = """# Is two more than one? { #two-more }

**Verdict: holds.**

Yes, by one.

```python
--8<-- "snippets/two.py"
```

## Why

By counting.

## In practice

Count.

## Sources

- [@euler1748]: the numbers.
"""
SNIPPET = '"""Two is more."""\nassert 2 > 1, "two should be more"\n'


def faults_of(book, text: str) -> list[str]:
    book.write("snippets/two.py", SNIPPET)
    book.write("docs/references.bib", BIB)
    book.page("# Numbers\n\n<!-- generate: answers -->\n", "docs/numbers/index.md")
    book.page(text, "docs/numbers/two-more.md")
    return [p.format_message() for page in read_site(book.root) for p in page.problems]


def test_an_answer_that_is_whole_is_let_through(book) -> None:
    assert faults_of(book, WHOLE) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("## Sources\n\n- [@euler1748]: the numbers.\n", "", "docs/numbers/two-more.md:1: lacks `## Sources`"),
        ("## Why", "### Why", "docs/numbers/two-more.md:1: lacks `## Why`"),
        ("By counting.", "TODO: the reason", "docs/numbers/two-more.md:13: is not filled in: TODO: the reason"),
        ("holds.**", "maybe.**", "docs/numbers/two-more.md:3: found '**Verdict: maybe.**'; expected at the start"),
        ("Yes, by one.", "word " * 61, "docs/numbers/two-more.md:5: expected a short answer of at most 60 words, found 61 words"),
        ("Yes, by one.\n\n", "", "docs/numbers/two-more.md:5: expected a short answer"),
        ("- [@euler1748]: the numbers.", "- none", "docs/numbers/two-more.md:19: its sources cite nothing"),
    ],
)
def test_what_an_answer_lacks_is_named_with_its_line(book, old: str, new: str, said: str) -> None:
    assert WHOLE.count(old) == 1
    found = faults_of(book, WHOLE.replace(old, new))
    assert len(found) == 1 and found[0].startswith(said), found


def test_pytest_and_the_build_refuse_what_is_not_whole(book) -> None:
    assert faults_of(book, WHOLE.replace("## Why", "## Because"))
    done = book.run()
    assert done.returncode == 1 and "docs/numbers/two-more.md:1: lacks `## Why`" in done.stdout


def test_an_example_that_is_no_question_keeps_to_no_rules(book) -> None:
    page = parse(book.root, "docs/page.md", "# Page\n\n## An example { #one }\n\n```python\nassert 1\n```\n")
    assert page.problems == []


def test_a_typed_measurement_is_found() -> None:
    code = "rates = [1e-3, 0.25]\nassert error < 0.05\nprint(0.713)"
    assert typed_numbers(code, "At rate 0.001 the error stays below 5 % and 0.05, see [@key, sec. 3.1].") == []
    assert typed_numbers(code, "The error falls from 0.4 to 12 %, over 3 seeds.") == ["0.4", "12"]
