"""A topic is a folder: its first page lists the questions beside it, and what was one page before is reached as before."""

import os
from pathlib import Path

import pytest
from conftest import BIB, Book

from evidence.export.site import export_site
from evidence.fronts.mkdocs_page import states
from evidence.read.pages import read_site
from evidence.read.questions import moved, questions
from evidence.read.topics import form_of

QUESTION = """# Is {name} a number? {{ #{name} }}

**Verdict: holds when you count.** Else not.

Yes, see [the other](two.md), [home](../index.md#start), [why](#why) and [@euler1748].

```python
--8<-- "snippets/{name}.py"
```

## Why

So.

### In detail

More.

## In practice

Count.

## Sources

- [@euler1748]
"""
SETTINGS = """site_name: Notes
markdown_extensions: [attr_list, toc, evidence]
hooks: [hook.py]
nav: [index.md, {Numbers: [numbers/index.md, numbers/one.md, numbers/two.md]}]
"""
HOOK = "from evidence.fronts.mkdocs_page import on_page_content, on_page_markdown  # noqa: F401\n"


@pytest.fixture(scope="module")
def numbers(shared_book: Book) -> Book:
    """A topic of two questions, the second of which has failed."""
    book = shared_book
    book.write("mkdocs.yml", SETTINGS)
    book.write("hook.py", HOOK)
    book.write("docs/references.bib", BIB)
    book.page("# Home\n\n## Start { #start }\n", "docs/index.md")
    book.page("# Numbers\n\nWhat counts.\n\n<!-- generate: answers -->\n", "docs/numbers/index.md")
    for name, value in (("one", 1), ("two", 3)):
        book.page(QUESTION.format(name=name), f"docs/numbers/{name}.md")
        claim = f'assert {value} <= 2, "it should be small, was {value}"\n'
        book.write(f"snippets/{name}.py", f'"""It is {name}."""\nprint("found {name}")\n{claim}')
    assert "1 failed, 1 passed" in book.run().stdout
    return book


@pytest.fixture(scope="module", params=["mkdocs", "zensical"])
def built(request: pytest.FixtureRequest, numbers: Book) -> Path:
    done = numbers.build(request.param, "--strict")
    assert done.returncode == 0, done.stderr
    return numbers.root / "site"


def test_a_topic_lists_its_questions_with_verdict_and_short_answer(built: Path) -> None:
    html = (built / "numbers/index.html").read_text()
    assert '<a href="one/">Is one a number?</a>' in html.replace("./one/", "one/")
    assert "Verdict: holds when you count." in html and "verdict-conditional" in html
    assert 'href="../#start"' in html.replace("./../", "../") and "Euler" in html, "links and sources of an answer go with it"
    assert "found one" not in html, "the evidence stands with the answer"


def test_a_preview_builds_a_topic_again_where_one_of_its_questions_has_changed(numbers: Book) -> None:
    page, before = numbers.root / "docs/numbers/one.md", states(numbers.root)
    os.utime(page, (1, 1))
    changed = {name for name, made_of in states(numbers.root).items() if made_of != before[name]}
    assert changed == {"docs/numbers/index.md", "docs/numbers/one.md"}


def test_a_withheld_answer_is_withheld_in_its_topic_too(built: Path) -> None:
    html = (built / "numbers/index.html").read_text()
    assert html.count("This answer is withheld.") == 1 and html.count("Verdict: holds when you count.") == 1


def test_links_to_parts_of_an_answer_arrive_at_its_short_answer(built: Path) -> None:
    html = (built / "numbers/index.html").read_text()
    for name in ("one", "one-why", "one-in-detail", "one-sources", "two", "two-why"):
        assert html.count(f'id="{name}"') == 1, name


def test_a_question_is_one_element_on_its_page(built: Path) -> None:
    html = (built / "numbers/one/index.html").read_text()
    assert html.count('<div class="answer" data-question="one" data-verdict="conditional">') == 1
    assert 'id="why"' in html and "found one" in html
    assert 'data-question="two" data-withheld=""' in (built / "numbers/two/index.html").read_text()


def test_a_topic_has_the_other_forms_of_all_its_questions(numbers: Book, built: Path) -> None:
    export_site(numbers.root, built)
    whole = (built / "numbers.md").read_text()
    assert "# Numbers\n" in whole and "\n## Is one a number?\n" in whole and "\n### Why\n" in whole and "found one" in whole
    assert "This answer is withheld" in whole and "generate" not in whole
    alone = (built / "numbers/one.md").read_text()
    assert alone.startswith("# Is one a number?\n") and "\n## Why\n" in alone
    for form in ("numbers", "numbers/one"):
        assert (built / f"{form}.ipynb").exists() and (built / f"{form}.zip").exists()
    assert "- [Is two a number?](numbers/two.md): withheld" in (built / "llms.txt").read_text()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"docs/numbers/one.md": ("#one", "#uno")}, "docs/numbers/one.md:1: found the id 'uno'; a question's page is named"),
        (
            {"docs/numbers/one.md": ("```python", "```text")},
            "docs/numbers/one.md:1: asks a question, and nothing on its page",
        ),
        ({"docs/numbers/index.md": ("# Numbers", "# Numbers { #numbers }")}, "docs/numbers/index.md:1: is a topic's page, and"),
        (
            {"docs/numbers/index.md": ("<!-- generate: answers -->", "")},
            "docs/numbers/index.md:1: leads to none of the",
        ),
        (
            {"docs/numbers/index.md": ("# Numbers", "# Numbers\n\nTODO: what")},
            "docs/numbers/index.md:3: is not filled in: TODO: what",
        ),
        ({"docs/numbers/index.md": None}, "docs/numbers/one.md:1: is a question, and there is no docs/numbers/index.md"),
    ],
)
def test_what_does_not_stand_in_a_topic_is_named(book: Book, changed, said: str) -> None:
    book.write("docs/references.bib", BIB)
    files = {"docs/numbers/index.md": "# Numbers\n\n<!-- generate: answers -->\n"}
    files["docs/numbers/one.md"] = QUESTION.format(name="one").replace('--8<-- "snippets/one.py"', "x = 1  # 8<-")
    for name, text in files.items():
        if (change := changed.get(name, ("", ""))) is not None:
            book.page(text.replace(*change), name)
    found = [p.format_message() for page in read_site(book.root) for p in page.problems]
    assert any(fault.startswith(said) for fault in found), found


def test_the_topic_of_a_question_is_the_title_of_its_folder(numbers: Book) -> None:
    asked = {q.id: q for q in questions(read_site(numbers.root))}
    assert (asked["one"].topic, asked["one"].judged, asked["one"].parts) == (
        "Numbers",
        "**Verdict: holds when you count.**",
        ["Why", "In detail", "In practice", "Sources"],
    )
    assert asked["one"].way("docs/verdicts.md") == "numbers/one.md"


@pytest.mark.parametrize(
    ("link", "start", "said"),
    [
        ("[a](two.md)", "docs/numbers/index.md", "[a](two.md)"),
        ("[a](#why)", "docs/numbers/index.md", "[a](one.md#why)"),
        ("[a](two.md#why)", "docs/verdicts.md", "[a](numbers/two.md#why)"),
        ("[a](../index.md)", "docs/more/page.md", "[a](../index.md)"),
        ("[a](https://e.org/x.md#y)", "docs/verdicts.md", "[a](https://e.org/x.md#y)"),
    ],
)
def test_a_link_leads_where_it_led_on_another_page(link: str, start: str, said: str) -> None:
    assert moved(link, "docs/numbers/one.md", start) == said


def test_the_forms_of_a_topic_stand_beside_its_folder() -> None:
    assert [form_of(f"docs/{page}") for page in ("index.md", "a/index.md", "a/b/index.md", "a/b.md")] == [
        "index",
        "a",
        "a/b",
        "a/b",
    ]


@pytest.mark.parametrize(
    ("verdict", "shown"),
    [
        ("**Verdict: holds.** Always.", "**Verdict: holds.**"),
        ("**Verdict: holds when you count.** Else not.", "**Verdict: holds when you count.**"),
        ("**Verdict: holds when** the map is\n8.5 pixels wide. Else not.", "**Verdict: holds when** the map is 8.5 pixels wide."),
        ("**Verdict: does not hold** on digits", "**Verdict: does not hold** on digits"),
    ],
)
def test_a_verdict_is_listed_with_its_whole_condition_and_no_more(book: Book, verdict: str, shown: str) -> None:
    page = QUESTION.format(name="one").replace("**Verdict: holds when you count.** Else not.", verdict)
    book.write("docs/references.bib", BIB)
    book.write("snippets/one.py", '"""It is one."""\nassert 1 + 1 <= 2, "it should be small"\n')
    book.page(page, "docs/numbers/one.md")
    assert [question.judged for question in questions(read_site(book.root))] == [shown]


def test_an_answer_may_begin_with_the_message_that_is_asked_about(book: Book) -> None:
    page = QUESTION.format(name="one").replace("Yes, see", "`ValueError: no number`: see")
    book.write("snippets/one.py", "x = 1\n")
    book.page(page, "docs/numbers/one.md")
    assert questions(read_site(book.root))[0].answer.startswith("`ValueError: no number`: see [the other]")
