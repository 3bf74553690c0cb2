"""What a page shows as code is what ran, fence by fence and line by line, or the page is refused, in the run and in the build."""

import random
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import markdown
import pytest
from conftest import Book
from markdown_it import MarkdownIt

from evidence.errors import EvidenceError
from evidence.read.pages import Page, parse, read_page, read_site
from evidence.records.store import Records, job_of
from evidence.render.extension import EvidenceExtension
from evidence.render.shown import Shown
from evidence.run.job import Outcome

BLOCKS = ["admonition", "attr_list", "footnotes", "tables", "toc", "pymdownx.superfences", "pymdownx.tabbed"]
SETTINGS = {"pymdownx.tabbed": {"alternate_style": True}}
RUNS = "```python\nassert 1 == 2, 'x'\n```\n"
HEAD = "# Page\n\n## Why? { #why }\n\n"


@pytest.fixture
def build(book: Book, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Build a page for which every fence that is read has a record, so that nothing but the page decides."""
    monkeypatch.chdir(book.root)

    def convert(text: str) -> str:
        book.page(text)
        records = Records(book.root)
        for fence in read_page(book.root, "docs/page.md").fences:
            records.save(fence, Outcome(job_of(fence), stdout="printed\n"))
        return markdown.markdown(text, extensions=[*BLOCKS, EvidenceExtension()], extension_configs=SETTINGS)

    return convert


def problems(book: Book, text: str) -> list[str]:
    """What the run says of a page."""
    book.page(text)
    return [problem.format_message() for problem in read_page(book.root, "docs/page.md").problems]


REFUSED = {
    "a fence around a fence, of another kind, in markdown": ("~~~text\n```python\n~~~\n\n```python\n", 9, "never closed"),
    "a fence in a comment": (f"<!--\n\n{RUNS}\n-->\n", 7, "found a fence inside the comment that starts at line 5"),
    "a fence in a comment behind text": (f"Text <!-- aside\n\n{RUNS}\n-->\n", 7, "inside the comment that starts at line 5"),
    "a comment that never ends": ("<!-- aside\n\nText.\n", 5, "opens a comment that is never closed"),
    "a fence in a footnote": (
        "Text.[^1]\n\n[^1]: Note.\n\n    ```python\n    x = 1\n    ```\n",
        9,
        "found a fence indented by 4",
    ),
    "a fence below a definition": ("Term\n:   Meaning.\n\n    ```python\n    x = 1\n    ```\n", 8, "found a fence indented by 4"),
    "a fence below what is no extension here": (
        '??? "More"\n\n    ```python\n    x = 1\n    ```\n',
        7,
        "found a fence indented by 4",
    ),
    "a fence indented by four": ("Text.\n\n    ```python\n    x = 1\n    ```\n", 7, "found a fence indented by 4"),
    "a fence too deep in a list": ("- item\n\n        ```python\n        x = 1\n        ```\n", 7, "found a fence indented by 8"),
    "a fence behind a list marker": ("- ```python\n  x = 1\n  ```\n", 5, "found a fence behind a list marker"),
    "a fence behind a footnote's marker": ("[^1]: ```python\n    x = 1\n    ```\n", 5, "found a fence behind a list marker"),
    "indented code": ("Text.\n\n    assert 1 == 2\n", 7, "found 'assert 1 == 2' indented"),
    "a session": ("```pycon\n>>> 1 + 1\n3\n```\n", 5, "found a fence with the language 'pycon'"),
    "a session as text": ("```text\n>>> 1 + 1\n3\n```\n", 5, "found a Python session in a `text` fence"),
    "an include in a text fence": ('```text\n--8<-- "snippets/x.py"\n```\n', 5, "found an include in a `text` fence"),
    "an include outside a fence": ('--8<-- "snippets/x.py"\n', 5, "outside a fence"),
    "an include of another page": ('--8<-- "docs/index.md"\n', 5, "outside a fence"),
    "the block form of an include": ("--8<--\nsnippets/x.py\n--8<--\n", 5, "outside a fence"),
    "a script in a text fence": (
        "```text\nimport torch\nassert torch.ones(1) == 2\n```\n",
        5,
        "found Python in a `text` fence, which does not run",
    ),
    "a section of a file": (
        '```python\n--8<-- "snippets/x.py:one"\n```\n',
        6,
        "a page includes whole Python files below snippets/",
    ),
    "the project's settings": ('```python\n--8<-- ".git/config"\n```\n', 6, "a page includes whole Python files below snippets/"),
    "a way out of the folder": ('```python\n--8<-- "snippets/../evil.py"\n```\n', 6, "a page includes whole Python files"),
    "a file of the system": ('```python\n--8<-- "/etc/hostname.py"\n```\n', 6, "a page includes whole Python files"),
    "another spelling of an include": ("```python\n-8<- 'snippets/x.py'\n```\n", 6, "an include is a line --8<--"),
    "a closing mark that is longer": ("```python\nx = 1\n````\n", 7, "close it with ```"),
    "a closing mark that is indented": ("```python\nx = 1\n  ```\n", 7, "close it with ```"),
    "a line that leaves a quotation": ("> ```python\n> x = 1\ny = 2\n> ```\n", 7, "each of its lines starts as that one"),
    "a heading without a space": ("##No space\n\n", 5, "found the heading '##No space'"),
    "a heading that is underlined": ("Other question?\n---------------\n", 6, "found a heading that is underlined"),
    "a heading in HTML": ('<h2 id="raw">Raw?</h2>\n', 5, "found the heading"),
    "a heading in a quotation": ("> ## Quoted { #quoted }\n", 5, "found the heading"),
    "a heading in a comment": ("<!--\n## Hidden? { #hidden }\n-->\n", 6, "found a heading inside a comment"),
    "a question without an id": (f"## Other?\n\n{RUNS}", 7, "runs below a question without an id"),
    "an id with a dot": ("## Other? { #fig.1 }\n", 5, "found the heading's id '{ #fig.1 }'"),
    "an id with a bar": ("## Other? { #a|b }\n", 5, "found the heading's id"),
    "an id with a combining mark": ("## Other? { #cafe\u0301 }\n", 5, "found the heading's id"),
    "a control character": ("Text \x02wzxhzdk:0\x03.\n", 5, "holds the character U+0002"),
    "an expression in a mark": (
        "<!--pytest.mark.skipif(print('run'), reason='x')-->\n" + RUNS,
        5,
        "a page knows one mark, a skip",
    ),
    "a mark that is broken": ("<!--pytest.mark.skip(reason='x'-->\n" + RUNS, 5, "a page knows one mark, a skip"),
    "an expected failure": ('<!--pytest.mark.xfail(reason="x")-->\n' + RUNS, 5, "a page knows one mark, a skip"),
    "a skip for want of a library": ("<!--pytest-codeblocks:importorskip(torch)-->\n" + RUNS, 5, "which a page does not know"),
    "a fence that goes on": (f"{RUNS}\n<!--pytest-codeblocks:cont-->\n{RUNS}", 9, "which a page does not know"),
    "a skip of nothing": ("<!-- skip: needs a GPU -->\nText.\n\n" + RUNS, 5, "skips a fence, and none that runs follows"),
    "an expectation of nothing": (
        "<!--pytest-codeblocks:expected-output-->\n```text\n3\n```\n",
        5,
        "expects an output, and no fence",
    ),
    "a word that nobody knows": ("<!-- figrue: a line -->\n", 5, "found a comment that starts with 'figrue'"),
    "a figure of no fence": ("Text.\n\n<!-- figure: a line -->\nFigure: A line.\n", 7, "described directly below the fence"),
    "a list of nothing": ("<!-- generate: question -->\n", 5, "with questions, verdicts"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_show_code_that_did_not_run_is_refused_alike_by_run_and_build(name: str, book: Book, build) -> None:
    body, line, said = REFUSED[name]
    book.write("snippets/x.py", "x = 1\n")
    found = problems(book, HEAD + body)
    assert any(problem.startswith(f"docs/page.md:{line}: ") and said in problem for problem in found), found
    with pytest.raises(EvidenceError, match=r"docs/page\.md"):
        build(HEAD + body)


RIGHT = {
    "between code spans of three backticks": f"```x``` is inline\n\n{RUNS}\n```y``` is inline\n",
    "between fences that hold marks": f"~~~text\n```\n~~~\n\n{RUNS}\n~~~text\n```\n~~~\n",
    "between fences that hold the start of another": f"````text\n```console\n````\n\n{RUNS}\n````text\n```console\n````\n",
    "below a fence that holds a python fence": f"~~~markdown\n{RUNS}~~~\n\n{RUNS}",
    "below a code span that holds the start of a comment": f"Write `<!--` and\n\n{RUNS}",
    "in a quotation": "> ```python\n> assert 1 == 2, 'x'\n> ```\n",
    "in a list": "- item\n\n    ```python\n    assert 1 == 2, 'x'\n    ```\n",
    "in a list in a list": "- item\n\n    1. other\n\n        ```python\n        assert 1 == 2, 'x'\n        ```\n",
    "in a note": "!!! note\n\n    ```python\n    assert 1 == 2, 'x'\n    ```\n",
    "in a tab": "=== \"A\"\n\n    ```python\n    assert 1 == 2, 'x'\n    ```\n",
    "in details": f"<details>\n\n{RUNS}\n</details>\n",
    "with a mark of four": "````python\nassert 1 == 2, 'x'\n````\n",
    "behind front matter": "",
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_fence_runs_and_is_shown(name: str, book: Book, build) -> None:
    text = f"---\ntitle: x\n---\n{HEAD}{RUNS}" if name == "behind front matter" else HEAD + RIGHT[name]
    assert problems(book, text) == []
    (fence,) = read_page(book.root, "docs/page.md").fences
    assert fence.code == "assert 1 == 2, 'x'\n" and text.split("\n")[fence.line].strip("> ") == "assert 1 == 2, 'x'"
    html = build(text.partition("---\n# ")[2] and "# " + text.partition("---\n# ")[2] or text)
    assert len(re.findall('<div class="evidence" data-snippet="docs/page.md:', html)) == 1 and "evidence:0" not in html


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<pre><code>assert 1 == 2</code></pre>\n", "shows 'assert 1 == 2' as code"),
        ('<div class="highlight">assert 1 == 2</div>\n', "shows 'assert 1 == 2' as code"),
        ('<div style="white-space: pre">assert 1 == 2</div>\n', "a page sets no style of its own"),
        ("<textarea>assert 1 == 2</textarea>\n", "found <textarea>, which no page may hold"),
        ("- item\n\n        assert 1 == 2\n", "assert 1 == 2' "),
        (">     assert 1 == 2\n", "shows 'assert 1 == 2' as code"),
        (
            f'<div class="evidence" data-status="passed"><pre>assert 1 == 2</pre></div>\n\n{RUNS}',
            "evidence cannot be written by hand",
        ),
        (f"<pre>\n\n{RUNS}\n</pre>\n", "Markdown puts into <pre>"),
        (f"<table><tr><td>\n\n{RUNS}\n</td></tr></table>\n", "Markdown puts into <td>"),
        (f"<script>\n\n{RUNS}\n</script>\n", "found <script>, which no page may hold"),
        (f"Text <!--evidence:0-->.\n\n{RUNS}", "that the page shows more than once"),
        (f"{RUNS}\nText <!--evidence:1-->.\n", "in another order"),
    ],
)
def test_code_that_comes_up_beside_the_fences_is_refused_by_the_count(body: str, said: str, book: Book, build) -> None:
    with pytest.raises(EvidenceError, match=said) as refused:
        build(HEAD + body)
    assert str(refused.value.path) == "docs/page.md" and (refused.value.line >= 5 or "order" in said)


def test_the_count_refuses_another_order() -> None:
    shown = Shown()
    places = [shown.keep(line, "<div></div>") for line in (1, 2)]
    assert shown.settle("".join(places), "docs/page.md", []) == "<div></div><div></div>"
    with pytest.raises(EvidenceError, match="in another order"):
        shown.settle("".join(reversed(places)), "docs/page.md", [])


class Pre(HTMLParser):
    """The blocks of code of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "pre":
            self.inside = True
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "pre"

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.found[-1] += data


PIECES = [
    "```", "````", "~~~", "```python", "~~~python", "````python", "```text", "~~~text", "```x``` inline", "    ```python",
    "    ```", "> ```python", "> ```", "> x = 2", "x = 1", "    x = 3", "- item", "1. item", "!!! note", "<!--", "-->",
    "<!-- a -->", "", "", "", "text", "``` python", "```python title='a'", "  ```", "## Q { #q }", "---", "` `` `", "[^1]: note",
    *["```python\nx = 1\n```",
    "~~~text\n```\n~~~", "````text\n```python\n````", "\n- a\n\n    ```python\n    x = 1\n    ```\n"] * 2,
]  # fmt: skip


def test_whatever_is_accepted_the_renderer_and_commonmark_read_alike(tmp_path: Path) -> None:
    """4,000 pages of random lines: where a page has no fault, three parsers find the same blocks of code in it."""
    rng = random.Random(0)
    plain = markdown.Markdown(
        extensions=[name for name in BLOCKS if name != "toc"] + ["pymdownx.highlight"],
        extension_configs=SETTINGS,
    )
    commonmark, accepted = MarkdownIt(), 0
    for _ in range(4000):
        text = "\n".join(["start", "", *rng.choices(PIECES, k=rng.randint(2, 8)), ""])
        page = parse(tmp_path, "docs/page.md", text)
        if page.problems:
            continue
        ours = blocks(page)
        accepted += bool(ours)
        theirs = Pre(plain.reset().convert(text)).found
        if "\n>" not in "\n".join(["", *ours]):  # superfences gives up a fence that holds a line with `>`; ours never get there
            assert [block.strip("\n") for block in theirs] == [block.strip("\n") for block in ours], text
        if not re.search(r"^(!!!|-|1\.) ", text, re.M):  # these indent in other ways there
            tokens = [token.content for token in commonmark.parse(text) if token.type in ("fence", "code_block")]
            assert tokens == ours, text
    assert accepted > 100, "most pages of random lines are refused, but not all"


def blocks(page: Page) -> list[str]:
    """The blocks of code of a page in their order."""
    found = [(fence.first, fence.code) for fence in page.fences] + [(shown.first, shown.text) for shown in page.listings]
    return [code for _, code in sorted(found)]


def test_a_link_is_no_page_and_no_snippet(book: Book) -> None:
    (book.root / "docs/leak.md").symlink_to("/etc/hostname")
    (book.root / "docs/data.txt").symlink_to("/etc/hostname")
    (book.root / "snippets").mkdir()
    (book.root / "snippets/hosts.py").symlink_to("/etc/hosts")
    book.page(f'{HEAD}```python\n--8<-- "snippets/hosts.py"\n```\n')
    found = [problem.format_message() for page in read_site(book.root) for problem in page.problems]
    for expected in (
        "docs/leak.md:1: is a link to somewhere else",
        "docs/data.txt:1: is a link to another file",
        "snippets/hosts.py:1: is a link to another file",
        "docs/page.md:6: includes 'snippets/hosts.py', which is a link to somewhere else",
    ):
        assert any(problem.startswith(expected) for problem in found), (expected, found)
    assert not any("root:" in line.text or "localhost" in line.text for page in read_site(book.root) for line in page.lines)


def test_windows_line_ends_in_a_snippet_are_one_fault_and_not_two(book: Book) -> None:
    book.write("snippets/crlf.py", "x = 1\r\n")
    book.page(f'{HEAD}```python\n--8<-- "snippets/crlf.py"\n```\n')
    book.page('```python\n--8<-- "snippets/other.py"\n```\n\xe9'.encode("latin-1"), "docs/latin.md")
    book.write("snippets/other.py", "x = 1\n")
    found = [problem.format_message() for page in read_site(book.root) for problem in page.problems]
    assert len(found) == 2 and "snippets/crlf.py:1: has Windows line endings" in found[1], found
    assert "docs/latin.md:4: is not UTF-8" in found[0]


def test_a_fault_of_the_parser_itself_in_one_page_hides_no_other(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    import evidence.read.pages as pages

    original = pages.Reader.read

    def read(self: object) -> Page:
        if self.page.path == "docs/odd.md":  # type: ignore[attr-defined]
            raise RuntimeError("odd")
        return original(self)  # type: ignore[arg-type]

    monkeypatch.setattr(pages.Reader, "read", read)
    book.page("# Odd\n", "docs/odd.md")
    book.page(HEAD + "```bash\nls\n```\n")
    found = {page.path: [p.format_message() for p in page.problems] for page in read_site(book.root)}
    assert found["docs/odd.md"] == ["docs/odd.md:1: cannot be read: RuntimeError: odd"]
    assert "would be executed" in found["docs/page.md"][0] and found["docs/index.md"] == []


def test_a_comment_is_data_and_one_broken_page_takes_down_no_other(book: Book) -> None:
    mark = "<!--pytest.mark.skipif(open('evaluated', 'w') is None, reason='x')-->\n"
    book.page(HEAD + mark + RUNS, "docs/mark.md")
    book.page(HEAD.replace("why", "reason") + '<!--pytest.mark.skip(reason="needs a GPU")-->\n' + RUNS, "docs/reason.md")
    book.page(HEAD.replace("why", "plain") + "<!-- skip: needs two GPUs -->\n\n" + RUNS, "docs/plain.md")
    done = book.run("--collect-only")
    assert not (book.root / "evaluated").exists()
    for expected in ("docs/mark.md::line 5", "docs/reason.md::reason[line 6]", "docs/plain.md::plain[line 7]"):
        assert expected in done.stdout, done.stdout + done.stderr
    pages = {page.path: page for page in read_site(book.root)}
    assert [pages[f"docs/{name}.md"].fences[0].skip_reason for name in ("reason", "plain")] == ["needs a GPU", "needs two GPUs"]


def test_what_a_page_expects_a_snippet_to_print_is_part_of_its_record_s_address(book: Book) -> None:
    expects = HEAD + "```python\nprint(3)\n```\n\n<!--pytest-codeblocks:expected-output-->\n```text\nOUT\n```\n"
    records = Records(book.root)
    found = []
    for printed in ("3", "4"):
        book.page(expects.replace("OUT", printed))
        page = read_page(book.root, "docs/page.md")
        assert page.problems == [] and page.fences[0].block.expected_output == f"{printed}\n"
        found.append(records.load(page.fences[0]))
        records.save(page.fences[0], Outcome(job_of(page.fences[0]), stdout="3\n"))
    assert found == [None, None], "the record of another expectation does not answer for this one"


def test_a_snippet_that_failed_is_no_longer_shown_as_not_run(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(book.root)
    text = HEAD + "<!-- skip: needs a GPU -->\n" + RUNS
    book.page(text)
    extensions = [*BLOCKS, EvidenceExtension()]
    assert "not run: needs a GPU" in markdown.markdown(text, extensions=extensions, extension_configs=SETTINGS)
    Records(book.root).fail(read_page(book.root, "docs/page.md").fences[0], "AssertionError: x")
    html = markdown.markdown(text, extensions=[*BLOCKS, EvidenceExtension()], extension_configs=SETTINGS)
    assert "not run: needs a GPU" not in html and "its last run failed: AssertionError: x" in html
