"""The syntax of the second form: parts, folds, knobs, measured numbers, checks, claims; each wrong one named with its line."""

from pathlib import Path

import pytest
from conftest import Book
from form_book import PAGE, SPREAD, write_formed

from evidence.read.measured import printed, read_measures
from evidence.read.model import Page
from evidence.read.pages import parse, read_page, read_site
from evidence.read.rules import LINES, RULES, WORDS, shown_lines

TAUGHT = '"""Claim."""\n\nx = 1\nprint(x)\n'
PROOF = '# %% proof: all\nassert x == 1, "should be one"\n'
HEAD = "# Page\n\n## Why? { #why }\n\n"


def page_of(book: Book, code: str, prose: str = "", below: str = "") -> Page:
    """A page whose one snippet is s.py; the fence opens at line 5 of docs/page.md, or behind the prose."""
    book.write("snippets/s.py", code)
    text = f'{HEAD}{prose}```python\n--8<-- "snippets/s.py"\n```\n{below}'
    book.page(text)
    return parse(book.root, "docs/page.md", text)


def said(page: Page) -> list[str]:
    return [problem.format_message() for problem in page.problems]


def test_a_snippet_in_the_second_form_is_read_to_the_line(book: Book) -> None:
    write_formed(book)
    pages = read_site(book.root)
    assert [said(page) for page in pages if page.problems] == []
    page = next(page for page in pages if page.path == "docs/page.md")
    parts = page.fences[0].parts
    assert (parts.proof, parts.said, parts.assertions) == (18, "12 scales, <each> apart", 2)
    assert SPREAD.splitlines()[parts.proof].startswith("# %% proof")
    assert [(fold.name, fold.first, fold.last) for fold in parts.folds] == [("a list of points", 4, 6), ("the plot", 11, 15)]
    assert [(knob.name, knob.values) for knob in parts.knobs] == [("scale", ("0.5", "0.1", "2")), ("shift", ("-1", "1"))]
    knob = parts.knobs[0]
    assert knob.turned(SPREAD.splitlines()[knob.line], "2") == "scale = 2  # try: 0.1, 2"
    assert page.fences[0].figure_first and page.fences[1].measures.line == 3
    assert [use.text.rstrip(" %") for use in page.fences[1].uses] == ["[=other.rest:d]"]
    (check,) = page.checks
    assert [which for _, which in check.outputs] == ["scale = 2", "proof"] and check.question.endswith("scale of $2$?")


def test_an_old_snippet_has_no_parts(book: Book) -> None:
    page = page_of(book, 'x = 1  # no knob\nif x:\n    measured = [1]\nassert x, "m"\n')
    parts, measures = page.fences[0].parts, page.fences[0].measures
    assert not parts.formed and not parts.folds and not measures.line and not page.problems


BAD_CODE = {
    "two proofs": (TAUGHT + PROOF + PROOF, 7, "begins a second proof; the first begins at line 5, and a snippet has one at most"),
    "a proof first": ('"""Claim."""\nimport torch\n' + PROOF.replace("x", "1"), 3, "begins a proof before anything is taught"),
    "a proof of nothing": (TAUGHT + "# %% proof: all\nprint(2)\n", 5, "begins a proof that asserts nothing; end it with `assert"),
    "a proof that says nothing": (
        TAUGHT + "# %% proof:\n" + PROOF,
        5,
        "found '# %% proof:'; expected `# %% proof: what it does`",
    ),
    "a cell": (TAUGHT + "# %%\nx = 2\n", 5, "found '# %%'; expected `# %% proof: what it does`"),
    "an indented proof": ("x = 1\nif x:\n    # %% proof: all\n    x = 2\n", 3, "alone at the start of a line"),
    "a proof in a statement": (
        'def f():\n    x = 1\n# %% proof: all\n    return x\nassert f(), "m"\n',
        3,
        "found '# %% proof: all' inside a statement",
    ),
    "a fold never closed": ("# region: plot\nx = 1\n", 1, "begins the fold 'plot', which never ends in its part; end it with"),
    "a fold over the mark": (
        TAUGHT + "# region: plot\n" + PROOF + "# endregion\n",
        5,
        "begins the fold 'plot', which never ends in its part",
    ),
    "a fold in a fold": ("# region: a\nx = 1\n# region: b\n# endregion\n", 3, "begins a fold inside that of line 1"),
    "an end without a fold": (
        "x = 1\n# endregion\n",
        2,
        "ends a fold, and none is open; begin it with `# region: what it holds`",
    ),
    "a fold without a name": ("# region\nx = 1\n# endregion\n", 1, "found '# region'; expected"),
    "a knob that computes": ("p = 1 / 2  # try: 0.1\n", 1, "which sets something that is no literal; expected `name = value"),
    "a knob of two names": ("p = q = 1  # try: 2\n", 1, "found the knob 'p = q = 1  # try: 2'; expected `name = value  # try"),
    "a knob of an attribute": ("p.q = 1  # try: 2\n", 1, "found the knob"),
    "a knob in a loop": ("for x in (1, 2):\n    p = 1  # try: 2\n", 2, "at the start of a line of the teaching part"),
    "a knob in the proof": (TAUGHT + PROOF + "p = 1  # try: 2\n", 7, "which stands in the proof"),
    "two knobs of one name": (
        "p = 1  # try: 2\np = 3  # try: 4\n",
        2,
        "has a second knob of the name 'p'; the first is at line 1",
    ),
    "three knobs": ("p = 1  # try: 2\nq = 3  # try: 4\nr = 1  # try: 2\n", 3, "has a third knob; a page offers at most 2"),
    "too many values": ("p = 1  # try: 2, 3, 4, 5, 6\n", 1, "found `try: 2, 3, 4, 5, 6`; expected one to 4 literals beside 1"),
    "no value": ("p = 1  # try:\n", 1, "found `try: `; expected one to 4 literals beside 1"),
    "a value that computes": ("p = 1  # try: 2 * 3\n", 1, "found `try: 2 * 3`; expected one to 4 literals"),
    "a value twice": ("p = 1  # try: 2, 1\n", 1, "where a value stands twice; 1 itself is run anyway"),
    "a long line": (TAUGHT + PROOF + f"y = '{'x' * 90}'\n", 7, "has 96 characters, at most 88 do not wrap; break it"),
    "much to read": (
        TAUGHT + "print(x)\n" * 30 + PROOF,
        31,
        "is line 31 of 34 that a page would show open, at most 30; fold what",
    ),
    "other seeds": (TAUGHT + PROOF.replace("all", "12 seeds"), 5, "says '12 seeds', and no range, list or constant of the code"),
    "digits in the open": (TAUGHT + "load_digits()\n" + PROOF, 5, "loads the digits outside of the fold `# region: the digits`"),
}


@pytest.mark.parametrize(("code", "line", "expected"), BAD_CODE.values(), ids=BAD_CODE)
def test_a_malformed_part_is_named_with_its_line(book: Book, code: str, line: int, expected: str) -> None:
    found = said(page_of(book, code))
    assert any(one.startswith(f"snippets/s.py:{line}: ") and expected in one for one in found), found


@pytest.mark.parametrize("code", ["range(0, 1200, 100)", "range(12)", f"({'1, ' * 12})", "12"])
def test_a_number_of_seeds_is_found_in_the_code(book: Book, code: str) -> None:
    assert said(page_of(book, TAUGHT + PROOF.replace("all", "12 seeds, two rates") + f"y = {code}\n")) == []


def test_marks_in_strings_are_no_marks(book: Book) -> None:
    page = page_of(book, 'x = """\n# %% proof: no\n# region: no\n# try: 1\n"""\nassert x, "m"\n')
    assert not page.problems and not page.fences[0].parts.formed


def test_what_is_folded_does_not_count(book: Book) -> None:
    page = page_of(book, TAUGHT + "# region: long\n" + "print(x)\n" * 40 + "# endregion\n" + PROOF)
    assert not page.problems and len(shown_lines(page.fences[0])) == 4
    page = page_of(book, TAUGHT + "print(x)\n" * (LINES - 4) + "\n\n" + PROOF)
    assert not page.problems and len(shown_lines(page.fences[0])) == LINES, "empty lines before the proof are none to read"


def test_the_rules_hold_for_the_second_form_alone_where_the_table_says_so(book: Book) -> None:
    long = TAUGHT + "load_digits()\n" + "print(x)\n" * 40 + f"y = '{'x' * 90}'\n"
    assert said(page_of(book, long, prose="word " * 800 + "\n\n")) == []
    assert len(said(page_of(book, long + PROOF, prose="word " * 800 + "\n\n"))) == 4
    assert sum(what.startswith("snippets with a proof or a knob") for what in RULES.values()) == 6


def test_an_answer_is_short(book: Book) -> None:
    page = page_of(book, TAUGHT + PROOF, prose="word " * (WORDS + 1) + "\n\n")
    assert said(page) == [
        f"docs/page.md:3: is answered in {WORDS + 1} words, at most {WORDS} without code and sources; "
        "what does not fit is another question"
    ]
    below = "\n### Sources\n\n" + "word " * WORDS + "\n\n## Another? { #another }\n\n" + "word " * WORDS
    assert said(page_of(book, TAUGHT + PROOF, prose="word " * WORDS + "\n\n", below=below)) == []


def test_an_answer_that_has_a_page_of_its_own_is_the_whole_page(book: Book) -> None:
    text = '# Why? {{ #why }}\n\n```python\n--8<-- "snippets/s.py"\n```\n\n## So\n\n{0}\n\n## Then\n\n{0}\n\n## Sources\n\n{0}\n'
    book.write("snippets/s.py", TAUGHT + PROOF)
    page = parse(book.root, "docs/page.md", text.format("word " * 400))
    assert said(page)[0].startswith("docs/page.md:1: is answered in 800 words, at most 700")
    assert said(parse(book.root, "docs/page.md", text.format("word " * 350))) == []


def test_a_shared_fold_holds_the_same_lines_everywhere(book: Book) -> None:
    fold = "# region: {}\nx = {}\n# endregion\n"
    for name, value in (("one", 1), ("two", 1)):
        book.write(f"snippets/{name}.py", fold.format("one epoch", value) + fold.format("the plot", name == "one"))
    book.page('# Page\n\n```python\n--8<-- "snippets/one.py"\n```\n\n```python\n--8<-- "snippets/two.py"\n```\n')
    assert [one for page in read_site(book.root) for one in said(page)] == []
    book.write("snippets/two.py", fold.format("one epoch", 2))
    assert [one for page in read_site(book.root) for one in said(page)] == [
        "snippets/two.py:1: holds the fold 'one epoch' in other lines than snippets/one.py:1; "
        "a reader who knows it should know it here"
    ]


MEASURES = TAUGHT + "measured = {'lead': 1.5}\n"
BAD_PROSE = {
    "an unknown snippet": (
        "It is [=other.lead:.1f].",
        5,
        "found '[=other.lead:.1f]', and no snippet 'other' of this page measures",
    ),
    "a format that is none": ("It is [=lead:1.f].", 5, "found '[=lead:1.f]'; expected `[=name:format]` with a format as `.1f`"),
    "an empty format": ("It is [=lead:].", 5, "found '[=lead:]'; expected"),
    "no name": ("Text,\nand [= lead].", 6, "found '[= lead].'; expected `[=name:format]`"),
    "a title": ("### It is [=lead:.1f]", 5, "in a heading; a title stands in lists and links"),
    "a check without an answer": ("<!-- check: why? -->\nBecause.", 5, "expected below it `Answer: …`"),
    "a check of no form": ("<!-- check:why? -->\nAnswer: so.", 5, "write `<!-- check: a question? -->` at the start of a line"),
    "an unknown output": (
        "<!-- check: why? -->\nAnswer: so.\nOutput: s, p = 3",
        7,
        "found `Output: s, p = 3`, and nothing of that name runs on this page; what does: s",
    ),
    "a claim alone": ('**Claim:** "It is."\n\nText.', 5, "states a claim, and no verdict stands directly below"),
    "two claims": (
        "**Claim:** a\n\n**Claim:** b\n\n**Verdict: holds.**",
        5,
        "states a claim, and no verdict stands directly below",
    ),
    "a claim of no form": (
        "**Claim**: it is",
        5,
        "expected `**Claim:** the claim, in its own words` at the start of a paragraph",
    ),
    "a figure first that is none": ("<!-- show: figure first -->", 6, "is to show its figure first, and the page describes none"),
    "a figure first of nothing": (
        "<!-- show: figure first -->\nText.",
        5,
        "asks for a figure first, and no fence that runs follows",
    ),
    "another order": ("<!-- show: code first -->", 5, "write `<!-- show: figure first -->` on the line above the fence"),
}


@pytest.mark.parametrize(("prose", "line", "expected"), BAD_PROSE.values(), ids=BAD_PROSE)
def test_malformed_prose_is_named_with_its_line(book: Book, prose: str, line: int, expected: str) -> None:
    gap = "\n" if prose.endswith("-->") else "\n\n"
    found = said(page_of(book, MEASURES, prose=prose + gap))
    assert any(one.startswith(f"docs/page.md:{line}: ") and expected in one for one in found), found


@pytest.mark.parametrize(("to", "leads"), [("other.md#why", False), ("#why", True), ("https://example.org/a", True)])
def test_a_caption_that_would_lead_nowhere_is_named(book: Book, to: str, leads: bool) -> None:
    below = f"\n<!-- figure: a line -->\nFigure: As [there]({to}), rising.\n"
    told = f"docs/page.md:5: has a caption that links to '{to}', which would lead nowhere; put the link into the text"
    assert (told in said(page_of(book, TAUGHT, below=below))) is not leads


def test_a_number_needs_the_snippets_name_where_several_measure(book: Book) -> None:
    book.write("snippets/a.py", MEASURES)
    book.write("snippets/b.py", MEASURES.replace("1.5", "2.5"))
    text = '{}It is [={}lead:.1f].\n\n```python\n--8<-- "snippets/a.py"\n```\n\n```python\n--8<-- "snippets/b.py"\n```\n'
    page = parse(book.root, "docs/page.md", text.format(HEAD, ""))
    assert said(page) == ["docs/page.md:5: found '[=lead:.1f]', and no one snippet of this page measures; those that do: a, b"]
    page = parse(book.root, "docs/page.md", text.format(HEAD, "b."))
    assert not page.problems and [len(fence.uses) for fence in page.fences] == [0, 1]


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (1.25, ".1f", "1.2"), (0.456, ".0%", "46%"), (-0.01, ".1f", "0.0"), (12345, ",d", "12,345"), (3, "", "3"),
        (1.5, "+.1f", "+1.5"), (0.00012, ".1e", "1.2e-04"), ("seed 300", "", "seed 300"), ("a_b", "", "a_b"),
    ],
)  # fmt: skip
def test_a_value_is_printed_as_prose_shows_it(value: float | str, form: str, text: str) -> None:
    assert printed(value, form) == text


@pytest.mark.parametrize(
    ("value", "form", "expected"),
    [
        (1.5, "", "say how many digits"),
        (1.5, "d", "no whole number"),
        ("a", ".1f", "which has no format"),
        ("<b>", "", "Markdown"),
    ],
)
def test_a_value_that_no_prose_can_show_is_refused(value: float | str, form: str, expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        printed(value, form)


@pytest.mark.parametrize(
    ("code", "held"),
    [
        ("assert measured['lead'] > 1, 'm'", {"lead"}),
        ("lead = 2\nmeasured = {'lead': lead}\nassert lead > 1, 'm'", {"lead"}),
        ("measured['more'] = x\nassert x == 1, 'm'", {"more"}),
        ("import math\nmeasured = {'lead': math.pi}\nassert math.pi > 3, 'm'", set()),
        ("assert x == 1, f'{measured}'", set()),
    ],
)
def test_an_assertion_holds_the_entries_that_it_uses(book: Book, code: str, held: set[str]) -> None:
    assert read_measures(page_of(book, f"{MEASURES}{code}\n").fences[0]).held == held


def test_an_assertion_over_all_entries_holds_them_all(book: Book) -> None:
    assert read_measures(page_of(book, MEASURES + "assert all(v > 1 for v in measured.values()), 'm'\n").fences[0]).every
    assert not read_measures(page_of(book, MEASURES + "assert measured['lead'] > 1, 'm'\n").fences[0]).every


def test_typed_numbers_are_found_in_prose_alone(book: Book) -> None:
    prose = "1.5 and 12 and 3 % and `1.6` and $1.7$ and [@euler1748, sec. 1.8] and [x](a-1.9.md) and v1.2.3, −2.5.\n\n"
    page = page_of(book, MEASURES, prose=prose, below="\n<!-- figure: up to 4.5 -->\nFigure: To 99.5%.\n")
    assert page.fences[0].typed == [(5, "1.5"), (5, "3%"), (5, "2.5"), (11, "4.5"), (12, "99.5%")]


def test_the_page_itself_is_well_formed(book: Book) -> None:
    write_formed(book)
    assert said(read_page(Path(book.root), "docs/page.md")) == [] and "[=" in PAGE
