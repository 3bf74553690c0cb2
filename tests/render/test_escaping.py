"""Nothing foreign gets into the site: what an author, an output or the bibliography holds is shown as text or refused."""

import json
import re
import shutil
from html import escape as html_escape
from html import unescape
from pathlib import Path
from types import SimpleNamespace

import markdown
import pytest
from conftest import BIB, ROOT, Book
from drawings import drawn, hatches

from evidence.errors import EvidenceError
from evidence.export import markdown as markdown_form
from evidence.export.site import export_site
from evidence.export.whole import Whole, split
from evidence.fronts.lab_html import LabHtml
from evidence.fronts.publish import publish
from evidence.read.files import front_matter_fault, stray_files
from evidence.read.labs import read_lab
from evidence.read.pages import read_page, read_site
from evidence.read.questions import questions, way
from evidence.read.sources import sources
from evidence.records.store import Records, job_of
from evidence.render.escape import cell, fenced, href, json_script, text
from evidence.render.extension import EvidenceExtension
from evidence.render.foreign import foreign
from evidence.run.job import Outcome

EXTENSIONS = ["attr_list", "footnotes", "tables", "toc", "pymdownx.arithmatex", "pymdownx.superfences", "pymdownx.tabbed"]
SNIPPET = 'print("hello")\n'
FENCE = '```python\n--8<-- "snippets/one.py"\n```\n'
FIGURE = FENCE + "\n<!-- figure: bars -->\nFigure: Bars.\n"


@pytest.fixture
def project(book: Book, monkeypatch: pytest.MonkeyPatch) -> Book:
    book.write("docs/references.bib", BIB)
    monkeypatch.chdir(book.root)
    return book


def convert(book: Book, page: str, preview: bool = False) -> str:
    book.page(page)
    math = {"pymdownx.arithmatex": {"generic": True}, "pymdownx.tabbed": {"alternate_style": True}}
    return markdown.markdown(page, extensions=[*EXTENSIONS, EvidenceExtension(preview=preview)], extension_configs=math)


def record(book: Book, stdout: str = "", figures: tuple[str, ...] = (), page: str = FENCE) -> None:
    """Give the page's one snippet a record, without a run."""
    book.write("snippets/one.py", SNIPPET)
    book.page(page)
    fence = read_page(book.root, "docs/page.md").fences[0]
    Records(book.root).save(fence, Outcome(job_of(fence), stdout=stdout, figures=list(figures)))


FOREIGN = {
    "<script>alert(1)</script>": "<script>",
    'word <script src="https://e.org/x.js"></script>': "<script>",
    "<SCRIPT>alert(1)</SCRIPT>": "<script>",
    '<iframe src="https://e.org"></iframe>': "<iframe>",
    '<object data="x.html"></object>': "<object>",
    '<embed src="x.swf">': "<embed>",
    '<form action="https://e.org"><input name="q"></form>': "<form>",
    '<input type="image" src="x.png">': "<input",
    '<link rel="stylesheet" href="https://e.org/x.css">': "<link>",
    "<style>@import 'https://e.org/x.css';</style>": "<style>",
    '<base href="https://e.org/">': "<base>",
    '<meta http-equiv="refresh" content="0;url=https://e.org">': "<meta>",
    '<svg onload="alert(1)"></svg>': "<svg>",
    "<math><mtext></mtext></math>": "<math>",
    "<textarea></textarea>": "<textarea>",
    '<template><img src="x"></template>': "<template>",
    '<img src="https://e.org/x.png" alt="x">': "<img src",
    '<img src="//e.org/x.png" alt="x">': "<img src",
    "![x](https://e.org/x.png)": "<img src",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)": "<img src",
    '<img srcset="https://e.org/x.png" alt="x">': "<img srcset",
    '<img src="x.png" alt="x" onerror="alert(1)">': "<img onerror",
    '<p\nonclick="alert(1)">text</p>': "<p onclick",
    'text\n{ onclick="alert(1)" }': "<p onclick",
    '[x](index.md){ onmouseover="alert(1)" }': "<a onmouseover",
    'text\n{ style="background: url(https://e.org)" }': "<p style",
    "[x](javascript:alert(1))": "<a href",
    "[x](JaVaScRiPt:alert(1))": "<a href",
    "[x](data:text/html,x)": "<a href",
    "[x][1]\n\n[1]: javascript:alert(1)": "<a href",
    "<javascript:alert(1)>": "<javascript",
    '<a href="java&#115;cript:alert(1)">x</a>': "<a href",
    '<a href="java&#9;script:alert(1)">x</a>': "<a href",
    '<a href="&#1;javascript:alert(1)">x</a>': "<a href",
    "<b title=x onclick=alert(1)>z</b>": "<b",
    '<b title="[@euler1748] onclick=">z</b>': "<b",
    "<!--> <img src=x onerror=alert(1)> -->": "<!-->",
    "<![CDATA[<script>]]>": "<![CDATA",
    "<?php echo 1 ?>": "<?php",
    "<!DOCTYPE html>": "<!DOCTYPE",
    '<div class="evidence" data-status="passed">passed</div>': "<div",
    "passed\n{ .evidence-provenance }": "<p class",
    '<div id="__search">x</div>': "<div id",
    "| a |\n| --- |\n| <u onclick='alert(1)'>x</u> |": "<u onclick",
    "Text.[^1]\n\n[^1]: <img src='x' onerror='alert(1)'>": "<img onerror",
    "## Head <script>alert(1)</script>": "<script>",
}


@pytest.mark.parametrize("foreign", FOREIGN)
def test_what_is_foreign_on_a_page_is_refused_with_its_line(project: Book, foreign: str) -> None:
    with pytest.raises(EvidenceError) as caught:
        convert(project, f"# Page\n\nfirst\n\n{foreign}\n")
    assert str(caught.value.path) == "docs/page.md" and caught.value.line >= 5
    assert f"found {FOREIGN[foreign]}".lower() in caught.value.text.replace("'", "").lower()


def test_in_the_preview_foreign_html_is_named_and_not_shown(project: Book) -> None:
    html = convert(project, "# Page\n\n<script>alert(1)</script>\n", preview=True)
    assert "docs/page.md:3" in html and "<script" not in html


@pytest.mark.parametrize(
    "plain",
    [
        '<details open>\n<summary>More</summary>\n<p class="note" lang="de">Text &amp; <b>more</b><br/></p>\n</details>',
        'a <kbd>Ctrl</kbd> and x<sub>1</sub> <!-- a comment, hidden --> 1 < 2, "quoted" & &lt;b&gt;',
        "| a | b |\n| ---: | --- |\n| 1 | $x < y$ |",
        "Text.[^1]\n\n[^1]: The note with [@euler1748, ch. 2].",
        '=== "One"\n\n    text\n\n=== "Two"\n\n    text',
        "<https://e.org> and [a](https://e.org/?a=1&b=2 'title') and [b](index.md#x) and <a@e.org>",
        "![a picture](picture.png){ width=300 loading=lazy }",
        "```text\n<script>alert(1)</script>\n```\n\n`<script>` and \\<script\\>",
        "$$\nx < y\n$$",
    ],
)
def test_what_is_plain_on_a_page_stays(project: Book, plain: str) -> None:
    html = convert(project, f"# Page\n\n{plain}\n")
    assert not re.search("<script", html) and "wzxhzdk" not in html


def test_the_check_reads_a_tag_as_every_browser_does() -> None:
    plain = "<p title=\"a&quot;b\">x > y</p><br /><td align='left'></td><!-- x - y -->"
    assert list(foreign(plain)) == []
    for odd in (
        "<p",
        "<p x='",
        "<p title=a>",
        '<p title="a"class="b">',
        "</p x>",
        "<p/x>",
        "< p",
        "<!-- a -- b -->",
        "<p \x02>",
        '<b title=">x" onmouseover="alert(1)" y=" <b>z',
    ):
        start, end, _ = next(foreign(f"text {odd} text"))
        assert start == 5 + odd.index("<b" if "<b" in odd and odd[1] != "b" else "<") and end > start


def test_a_caption_is_held_to_the_same(project: Book) -> None:
    page = "# Page\n\n" + FIGURE.replace("Figure: Bars.", "Figure: <img src='x' onerror='alert(1)'>")
    record(project, figures=(drawn(hatches),), page=page)
    with pytest.raises(EvidenceError, match=r"docs/page\.md:8: found <img onerror"):
        convert(project, page)


def test_a_lab_is_held_to_the_same(project: Book) -> None:
    project.write("docs/labs/one.py", "# %% [markdown]\n# # One\n#\n# <img src='https://e.org/x.png'>\n")
    shown = LabHtml(project.root)
    shown.name, shown.at.page = "one", read_lab(project.root, "docs/labs/one.py")
    with pytest.raises(EvidenceError, match=r"docs/labs/one\.py:4: found <img src"):
        shown.lab_prose(SimpleNamespace(source="# One\n\n<img src='https://e.org/x.png'>"))


def test_an_output_cannot_bring_the_machinerys_html_into_itself(project: Book) -> None:
    page = f"# Page\n\n## Q {'{ #q }'}\n\nA.\n\n{FENCE}"
    record(project, stdout="".join(f"\x02wzxhzdk:{n}\x03" for n in range(9)) + "\x1b[31m<b>\r\n", page=page)
    html = convert(project, page)
    printed = re.search(r"<samp>(.*?)</samp>", html, re.S)
    assert printed and printed[1] == "".join(f"␂wzxhzdk:{n}␃" for n in range(9)) + "&lt;b&gt;\n"
    assert html.count('class="page-bar"') == 1


def test_an_output_leaves_no_control_character_in_any_form_of_the_page(project: Book) -> None:
    page = f"# Page\n\n## Q {{ #q }}\n\nA.\n\n{FENCE}"
    record(project, stdout=" 50%|# |\r100%|##|\n\x1b[31mred\x1b[0m \x00\n```\n## Injected\n", page=page)
    site = project.root / "site"
    export_site(project.root, site)
    said = (site / "page.md").read_text()
    assert "````text\n100%|##|\nred ␀\n```\n## Injected\n````" in said
    for form in (said, (site / "page.ipynb").read_text(), convert(project, page)):
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]|\\u001b|\\u0000|\\r", form)


def test_a_record_whose_drawing_no_page_may_show_names_the_page(project: Book) -> None:
    forged = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" onload="alert(1)"/>'
    record(project, figures=(forged,), page="# Page\n\n" + FIGURE)
    with pytest.raises(EvidenceError, match=r"docs/page\.md:3: snippets/one\.py draws a figure that holds <svg onload"):
        convert(project, "# Page\n\n" + FIGURE)
    assert "onload" not in re.sub("<p class.*?</p>", "", convert(project, "# Page\n\n" + FIGURE, preview=True))


def test_a_snippet_shown_twice_keeps_its_ids_apart(project: Book) -> None:
    page = f"# Page\n\n{FIGURE}\n{FIGURE}"
    record(project, figures=(drawn(hatches),), page=page)
    ids = re.findall(r' id="([^"]*)"', convert(project, page))
    assert len([name for name in ids if name.startswith("f")]) >= 4 and len(ids) == len(set(ids))


def test_json_in_a_script_element_neither_ends_nor_opens_one(project: Book) -> None:
    page = f"# Page\n\n## Q {{ #q }}\n\nThe code `<!-- <script>` and `</script>`.\n\n{FENCE}"
    record(project, page=page)
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', convert(project, page), re.S)
    assert found and "<" not in found[1]
    assert json.loads(found[1])["mainEntity"][0]["acceptedAnswer"]["text"] == "The code <!-- <script> and </script>."
    assert json.loads(json_script({"a": "<!--"})) == {"a": "<!--"}


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("plain", "plain"),
        ("a | b", r"a \| b"),
        (r"a \| b", r"a \| b"),
        ("`a | b` | c", r"`a | b` \| c"),
        ("``a ` | b``", "``a ` | b``"),
        ("what is $p(y|x)$?", r"what is $p(y\vert x)$?"),
        (r"$\|w\|$ and $|x|$", r"$\|w\|$ and $\vert x\vert $"),
        ("a lone $ | and ` |", r"a lone $ \| and ` \|"),
    ],
)
def test_a_bar_does_not_end_a_cell(said: str, shown: str) -> None:
    assert cell(said) == shown
    html = markdown.markdown(f"| a | b |\n| --- | --- |\n| {cell(said)} | end |", extensions=["tables"])
    assert html.count("<td>") == 2 and "<td>end</td>" in html


def test_a_bar_in_a_title_does_not_break_the_index(project: Book) -> None:
    page = f"# Topic\n\n## What is $p(y|x)$ or `a|b`? {{ #pipe }}\n\n**Verdict: holds.**\n\nIt is $p(y|x)$.\n\n{FENCE}"
    record(project, page=page)
    for kind in ("questions", "verdicts"):
        html = convert_generated(project, kind)
        assert re.search(r'<td><a href="page\.md#pipe">What is <span class="formula">.*?<code>a\|b</code>\?</a></td>', html), html


def convert_generated(book: Book, kind: str) -> str:
    math = {"pymdownx.arithmatex": {"generic": True}}
    page = f"# List\n\n<!-- generate: {kind} -->\n"
    book.write("docs/list.md", page)
    return markdown.markdown(page, extensions=[*EXTENSIONS, EvidenceExtension()], extension_configs=math)


def test_text_is_shown_as_it_is() -> None:
    for said in (r"a_b*c* `d` [e](f) <g> {h} $i$ \j ~ &amp; & | #", "Öttl & al.", "global_unstructured"):
        html = markdown.markdown(text(said), extensions=["tables", "attr_list", "pymdownx.arithmatex"])
        assert unescape(re.sub("</?p>", "", html)) == said


def test_markup_in_the_bibliography_is_text_everywhere(project: Book) -> None:
    evil = "<img src=x onerror=alert(1)> [x](javascript:alert(1)) a_b_c"
    project.write(
        "docs/references.bib", f"@article{{e1, title={{{evil}}}, author={{{evil}}}, year={{1999}}, url={{https://e.org/(a)}}}}"
    )
    page = f"# Page\n\n## Q {{ #q }}\n\nAs [@e1] says.\n\n{FENCE}"
    record(project, page=page)
    for html in (convert(project, page), convert_generated(project, "references"), convert_generated(project, "questions")):
        tags = re.findall(r"""<(?:[^>"]|"[^"]*")*>""", html)
        assert not [tag for tag in tags if tag.startswith("<img") or 'href="javascript' in tag]
    assert html_escape(evil, quote=False) in convert_generated(project, "references")
    parts = split(read_page(project.root, "docs/page.md"), questions(read_site(project.root)), project.root)
    whole = Whole([], parts, Records(project.root), sources(project.root), "")
    assert b"<img" not in markdown_form.made(whole)


GOOD = "@article{e1, title={T}, author={A B}, year={1999}, url={https://e.org}}\n"


@pytest.mark.parametrize(
    ("entry", "line", "fault"),
    [
        (GOOD, 2, "repeated bibliography entry: e1"),
        ("@article{e2, title={T}, year={1999}, url={https://e.org}}", 2, "the entry 'e2' has no author"),
        ("\n@article{e2, author={A}, year={1999}, url={https://e.org}}", 3, "the entry 'e2' has no title"),
        ("@article{e2, title={T}, author={A}, url={https://e.org}}", 2, "the entry 'e2' has no year"),
        ("@article{e2, title={T}, author={A}, year={1999}}", 2, "the entry 'e2' has no url"),
        ("@article{e2, title={T}, author={A}, year={1999}, url={javascript:alert(1)}}", 2, "has the url 'javascript:"),
        ("@article{e2, title={T}, author={A}, year={1999}, url={data:text/html,x}}", 2, "has the url 'data:"),
        ("@article{e2, title={T}, author={A}, year={1999}, url={https://e.org/<a>}}", 2, "has the url"),
        ("@article{e2, title={T}, author={A}, year={1999}, url={https://e.org/a b}}", 2, "has the url"),
        ("@article{e2, title={T}, author={A}, year={1999}, url={https://e.org/a)(b(}}", 2, "has the url"),
        ("@article{E2, title={T}, author={A}, year={1999}, url={https://e.org}}", 2, "found the key 'E2'"),
        ("@article{e2, title={T", 2, "premature end of file"),
        ("@article(", 2, "premature end of file"),
    ],
)
def test_a_fault_of_the_bibliography_names_its_line(project: Book, entry: str, line: int, fault: str) -> None:
    project.write("docs/references.bib", GOOD + entry)
    with pytest.raises(EvidenceError) as caught:
        sources(project.root)
    assert (str(caught.value.path), caught.value.line) == ("docs/references.bib", line) and fault in caught.value.text
    assert [p.text for p in read_site(project.root)[0].problems] == [caught.value.text], "the run names it as well"


def test_latex_in_the_bibliography_is_read(project: Book) -> None:
    entry = '@article{e1, title={{a\\_b: {C}NN}}, author={Mathias {\\"O}ttl}, year={1999}, url={https://e.org/~x_y}}'
    project.write("docs/references.bib", entry)
    found = sources(project.root)["e1"]
    assert (found.label, found.title, found.url) == ("Öttl (1999)", "a_b: CNN", "https://e.org/~x_y")


def test_a_term_with_signs_is_marked_and_has_an_id_of_its_own(project: Book) -> None:
    project.write(
        "docs/glossary.md", '# Glossary\n\n*[C]: A "letter" <b>.\n*[C++]: A language.\n*[i.i.d.]: As one.\n*[%]: Of 100.\n'
    )
    html = convert(project, "# Page\n\nIn C++ or C, i.i.d. draws; 5 % of CC.\n")
    assert re.findall(r"<abbr[^>]*>(.*?)</abbr>", html) == ["C++", "C", "i.i.d.", "%"]
    assert 'title="A &quot;letter&quot; &lt;b&gt;."' in html
    listed = convert_generated(project, "glossary")
    assert re.findall("<dt id='(.*?)'>", listed) == ["term-c", "term-c-2", "term-i-i-d", "term-sign"]
    assert "<dd>A &quot;letter&quot; &lt;b&gt;.</dd>" in listed


def test_a_title_that_is_a_link_is_refused(project: Book) -> None:
    project.page("# Page\n\n## a](javascript:alert(1)) { #q }\n\n## [b][1] { #r }\n\n## `x[0]` (b) { #s }\n")
    assert [p.line for p in read_page(project.root, "docs/page.md").problems] == [3, 5]


@pytest.mark.parametrize("sign", ["\x02", "\x00", "\x1b", "\x08", "\x7f"])
def test_a_control_character_on_a_page_is_refused_with_its_line(project: Book, sign: str) -> None:
    project.write("snippets/one.py", f'x = "{sign}"\n')
    project.page(f"# Page\n\n## Title {sign} {{ #q }}\n\n{FENCE}")
    found = [(str(p.path), p.line) for p in read_page(project.root, "docs/page.md").problems]
    assert found == [("docs/page.md", 3), ("snippets/one.py", 1)]


def test_odd_names_are_encoded_where_they_are_addresses(project: Book) -> None:
    assert href("a b/ü (1)&'.py") == "a%20b/%C3%BC%20%281%29&amp;%27.py"
    assert way("docs/x/a.md", "docs/my page ü (1).md") == "../my%20page%20%C3%BC%20%281%29.md"
    assert href("snippets/one_two/three-4.py") == "snippets/one_two/three-4.py"
    page = f"# Page\n\n## Q {{ #q }}\n\nA.\n\n{FENCE}"
    record(project, page=page)
    project.page(page, "docs/my page ü.md")
    (project.root / "docs/page.md").unlink()
    export_site(project.root, project.root / "site")
    assert "](my%20page%20%C3%BC.md)" in (project.root / "site/llms.txt").read_text()


@pytest.mark.parametrize("content", ["plain\n", "```\n", "  ````text\n", "~~~~~\n", "a ``` b\n", ""])
def test_a_fence_is_longer_than_any_that_it_holds(content: str) -> None:
    html = markdown.markdown(fenced(content, "text") + "\n\nafter", extensions=["pymdownx.superfences"])
    assert html.count("<code>") == 1 and html.endswith("<p>after</p>") and content.strip() in unescape(html)


def test_files_that_nobody_looks_at_are_refused(project: Book) -> None:
    good = ("docs/synonyms.txt", "docs/a/picture.png", "docs/assets/x.js", "docs/assets/x.svg", "docs/labs/a.py", "docs/sw.js")
    bad = {
        "snippets/evil.html": "is no snippet",
        "docs/labs/fake.ipynb": "is a notebook",
        "docs/evil.html": "is of a kind",
        "docs/evil.js": "is of a kind",
        "docs/a/evil.SVG": "is of a kind",
        "docs/a/evil.xhtml": "is of a kind",
        "docs/assets/evil.html": "is of a kind",
        "docs/evil.py": "is a script",
    }
    for name in (*good, *bad):
        project.write(name, "x")
    project.write("snippets/__pycache__/x.pyc", "x")
    links = {"docs/leak.md": "/etc/hostname", "snippets/hosts.py": "/etc/hosts", "docs/etc": "/etc"}
    for name, leads in links.items():
        (project.root / name).symlink_to(leads)
    found = {str(p.path): p.text for p in stray_files(project.root)}
    assert [name for name, said in bad.items() if said not in found.get(name, "")] == []
    assert set(found) == {*bad, *links} and all("is a link" in found[name] for name in links)
    assert set(found) <= {str(p.path) for p in read_site(project.root)[0].problems}, "the run and the build name them"


def test_publish_takes_the_snippets_that_pages_show_and_refuses_others(project: Book) -> None:
    record(project)
    publish(project.root, project.root / "site")
    assert [p.name for p in (project.root / "site/snippets").rglob("*")] == ["one.py"]
    project.write("snippets/evil.html", "<script>")
    with pytest.raises(EvidenceError, match=r"snippets/evil\.html:1: is no snippet"):
        publish(project.root, project.root / "site")
    assert not (project.root / "site/snippets/evil.html").exists()


@pytest.mark.parametrize(
    ("page", "line"),
    [
        ("# Page\n", 0),
        ("---\ntitle: A plain title\ndescription: More, in words.\n---\n# Page\n", 0),
        ("---\n\nafter a rule\n", 0),
        ("---\ndescription: '\"><script>alert(1)</script>'\n---\n# Page\n", 2),
        ("---\ntitle: fine\ntemplate: redirect.html\nlocation: javascript:alert(1)\n---\n", 3),
        ("---\ntitle: &x !!python/none a\n---\n", 2),
        ("description: <script>alert(1)</script>\n\n# Page\n", 1),
        ("--- \ntitle: <b>\n...\n", 2),
    ],
)
def test_what_stands_before_a_page_is_plain(page: str, line: int) -> None:
    assert front_matter_fault(page)[0] == line


@pytest.mark.parametrize("engine", ["mkdocs", "zensical"])
def test_a_title_is_text_in_the_head_of_its_page(project: Book, engine: str) -> None:
    config = re.sub(r"^nav:.*?(?=^extra:)", "", (ROOT / "mkdocs.yml").read_text(), flags=re.M | re.S)
    project.write("mkdocs.yml", config)
    shutil.copytree(ROOT / "evidence", project.root / "evidence", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "docs/assets", project.root / "docs/assets")
    project.page('# &lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt; " onload="alert(1)\n')
    done = project.build(engine)
    assert done.returncode == 0, done.stderr
    html = Path("site/page/index.html").read_text()
    assert "alert(1)" in html and "<script>alert" not in html
    assert not re.search(r'<meta[^>]*" onload="', html)
