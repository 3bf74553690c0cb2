"""The labs are whole pages in both engines: with the site's navigation, its search, their own contents, and found."""

import json
import re
import shutil
from pathlib import Path

import pytest
from conftest import ROOT, Book

from evidence.errors import EvidenceError
from evidence.fronts.lab_pages import _led, _rebased, write_lab_pages
from evidence.fronts.publish import publish
from evidence.read.labs import read_lab
from evidence.records.store import Records, job_of
from evidence.run.job import Outcome

NAV = """nav:
  - Home: index.md
  - Labs:
      - All labs: labs/index.md
      - One or two: labs/one.py
      - Two: labs/two.py
  - More: more.md
"""
LAB = """# %% [markdown]
# # {title}
#
# See [the other](two.py#count), [that](../more.md).
#
# ## Count { #count }
#
# ### Deeper
#
# Quokka.

# %%
print("out")
"""


def read(site: Path, address: str) -> str:
    return (site / address / "index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module", params=["mkdocs", "zensical"])
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    book = Book(tmp_path_factory.mktemp(request.param))
    settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    text = settings.partition("nav:")[0] + NAV + "extra:" + settings.partition("\nextra:")[2]
    book.write("mkdocs.yml", text.replace("      - navigation.prune\n", ""))
    shutil.copytree(ROOT / "docs/assets", book.root / "docs/assets")
    (book.root / "evidence").symlink_to(ROOT / "evidence")
    book.page("# All labs\n\n[One](one.py), [its count](one.py#count), [two](two.py)\n", "docs/labs/index.md")
    book.page("# More\n\nSee [a lab](labs/one.py#count).\n", "docs/more.md")
    for name, title in (("one", "One or two"), ("two", "Two")):
        book.write(f"docs/labs/{name}.py", LAB.replace("{title}", title))
        fence = read_lab(book.root, f"docs/labs/{name}.py").fences[0]
        Records(book.root).save(fence, Outcome(job_of(fence), stdout="out\n", cells=[["out\n", 0]]))
    done = book.build(request.param, "--strict")
    assert done.returncode == 0, done.stdout + done.stderr
    publish(book.root, book.root / "site")
    return book.root / "site"


def test_a_lab_is_a_whole_page(built: Path) -> None:
    html = read(built, "labs/one")
    for whole in (
        '<header class="md-header',
        'class="md-nav md-nav--primary"',
        '<dialog class="search"',
        '<footer class="md-footer',
    ):
        assert html.count(whole) == 1, whole
    assert "<title>One or two - CNN Notes, tested</title>" in html
    assert '<meta property="og:title" content="One or two">' in html
    assert 'data-md-color-scheme="default"' in html and 'data-md-color-scheme="slate"' in html
    assert html.count("<h1") == 1 and "Quokka" in html and "<samp>out\n</samp>" in html and "its count" not in html
    assert 'href="../../assets/evidence.css"' in html and re.search(r'"base": ?"\.\./\.\."', html)


def test_it_lists_what_it_holds_and_is_marked_where_the_reader_is(built: Path) -> None:
    html = read(built, "labs/one")
    sidebar = html.partition("md-sidebar--secondary")[2].partition("md-content")[0]
    assert re.findall(r'<a href="(#[^"]+)" class="md-nav__link">', sidebar) == ["#count", "#deeper"]
    assert re.findall(r'<a href="([^"]*)" class="md-nav__link md-nav__link--active">', html) == ["./"]
    assert "One or two" in re.sub(r"\s+", " ", html.partition("md-nav--primary")[2].partition("md-sidebar--secondary")[0])
    links = re.findall(r'<a href="([^"]*)" class="md-footer__link md-footer__link--(\w+)" aria-label="([^"]*)"', html)
    assert links == [("../", "prev", "Previous: All labs"), ("../two/", "next", "Next: Two")]
    assert [link[0] for link in re.findall(r'<a href="([^"]*)" (class="md-footer__link)', read(built, "labs/two"))] == [
        "../one/",
        "../../more/",
    ]


def test_every_link_to_it_and_from_it_leads_somewhere(built: Path) -> None:
    for file in built.rglob("index.html"):
        for link in re.findall(r'<(?:a|link|script|img)[^>]* (?:href|src)="([^":]*)"', file.read_text(encoding="utf-8")):
            path, _, anchor = link.partition("#")
            if path.startswith("/"):
                continue
            target = (file.parent / path).resolve() if path else file
            target = target / "index.html" if target.is_dir() else target
            assert target.exists(), f"{file.relative_to(built)}: {link}"
            assert not anchor or f'id="{anchor}"' in target.read_text(encoding="utf-8"), f"{file.relative_to(built)}: {link}"
    assert 'href="../labs/one/#count"' in read(built, "more") and not (built / "labs/one.py").exists()
    assert (built / "labs/one/one.py").exists() and json.loads((built / "labs/one/one.ipynb").read_text())["cells"]


def test_the_search_finds_it(built: Path) -> None:
    index = (built / "assets/search/index.js").read_text(encoding="utf-8")
    rows = json.loads(index.removeprefix("const SEARCH_INDEX = ").rstrip(";\n"))["documents"]
    (row,) = [row for row in rows if row[0] == "labs/one/"]
    assert row[1] == "One or two" and "quokka" in " ".join(row)


def test_without_a_page_that_lists_the_labs_there_is_none_to_make_theirs_after(book: Book) -> None:
    (book.root / "site").mkdir()
    with pytest.raises(EvidenceError, match=r"docs/labs/index\.md:1: is not there, and the pages of the labs are made after it"):
        write_lab_pages(book.root, book.root / "site")


def test_links_are_led_and_moved_and_others_are_left() -> None:
    led = '<a href="one.py#x"> <a href="../labs/one.py"> <a href="one.py" download> <a href="https://e.org/labs/one.py">'
    assert _led(led, "labs", {"one"}) == led.replace('"one.py#x"', '"one/#x"').replace('"../labs/one.py"', '"../labs/one/"')
    assert _led('<a href="one.py">', "more", {"one"}) == '<a href="one.py">'
    shell = '<a href="./.."> <a href="././"> <a href="../a/#b"> <a href="#c"> <img src="../d.png"> <a href="/e/">'
    moved = _rebased(shell, "labs", "labs/one")
    assert moved == (
        '<a href="../../"> <a href="../"> <a href="../../a/#b"> <a href="#c"> <img src="../../d.png"> <a href="/e/">'
    )


@pytest.mark.parametrize("lab", sorted((ROOT / "docs/labs").glob("*.py")), ids=lambda file: file.name)
def test_the_navigation_calls_each_lab_by_its_title(lab: Path) -> None:
    settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    title = read_lab(ROOT, f"docs/labs/{lab.name}").title
    assert f"      - {title}: labs/{lab.name}\n" in settings, "Zensical knows no other title of it"
