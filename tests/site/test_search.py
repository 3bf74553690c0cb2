"""What a reader types finds the answer: marks, bytes, keyboard, words for nothing found, and the words that are compared."""

import gzip
import json
import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe import violations
from conftest import ROOT, address
from forks import python
from search_bench import LISTS, found, open_search, ranks, read_wordings, shares

from evidence.errors import EvidenceError
from evidence.export.search import INDEX, documents, read
from evidence.read.pages import read_site
from evidence.read.words import aliases, synonyms

FIRST, AMONG_THREE = 0.7, 0.9
BYTES = 150_000  # over the wire, until the first result


def short_of(ranked) -> dict[str, tuple[int, float, float]]:
    """The lists whose answers do not stand where they should."""
    return {name: told for name, told in shares(ranked).items() if told[1] < FIRST or told[2] < AMONG_THREE}


def spoilt(page, spoil) -> None:
    """Give a page an index in which each row has gone through `spoil`."""

    def answer(route) -> None:
        index = json.loads(route.fetch().text().removeprefix("const SEARCH_INDEX = ").rstrip(";\n"))
        index["documents"] = [spoil(row) for row in index["documents"]]
        route.fulfill(body=f"const SEARCH_INDEX = {json.dumps(index)};", content_type="text/javascript")

    page.route("**/assets/search/index.js", answer)


def test_what_people_type_finds_the_answer(browser, origin, site) -> None:
    page = browser.new_page()
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(urlsplit(request.url).path.lstrip("/")))
    page.goto(f"{origin}/training/dropout/", wait_until="networkidle")
    early = {path for path in asked if "search" in path}
    assert early == {"assets/search/open.js", "assets/search/search.css"}, "more of the search than its button is loaded unasked"
    asked.clear()
    open_search(page, f"{origin}/")
    weight = sum(len(gzip.compress((site / path).read_bytes(), 6)) for path in asked if "search" in path)
    assert 0 < weight <= BYTES, f"the search takes {weight:,} bytes until the first result"
    ranked = ranks(page, read_wordings(LISTS))
    assert {name: count >= 60 for name, (count, _, _) in shares(ranked).items()} == {"public": True, "apart": True}
    assert short_of(ranked) == {}, [wording for wording, rank in ranked.items() if not 1 <= rank <= 3]
    page.close()


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda row: [row[0], "", "", *row[3:]], id="without titles and other words"),
        pytest.param(lambda row: [f"{row[0]}not/", *row[1:]], id="with wrong addresses"),
    ],
)
def test_a_spoilt_index_falls_short_of_the_marks(browser, origin, spoil) -> None:
    context = browser.new_context(service_workers="block")  # what it answers, a route does not see
    page = context.new_page()
    spoilt(page, spoil)
    open_search(page, f"{origin}/")
    assert set(short_of(ranks(page, read_wordings(LISTS)))) == {"public", "apart"}
    context.close()


def test_both_engines_find_the_same(site, zensical_site) -> None:
    def told(built: Path) -> list[list[str]]:
        text = (built / INDEX).read_text(encoding="utf-8").removeprefix("const SEARCH_INDEX = ").rstrip(";\n")
        return [row[:5] for row in json.loads(text)["documents"] if row[0] in asked or row[0].startswith("labs/")]

    asked = {address(page.path) for page in read_site(ROOT) if page.asks}

    assert told(site) == told(zensical_site) and len(told(site)) > 100
    for built in (site, zensical_site):
        assert not (built / "search.json").exists() and not (built / "search" / "search_index.json").exists()
        html = (built / "training" / "dropout" / "index.html").read_text(encoding="utf-8")
        assert html.count('<dialog class="search"') == 1 and "md-search" not in html


@pytest.mark.parametrize("engine", ["mkdocs", "zensical"])
def test_a_page_tells_the_search_the_repository_where_it_is_known(tmp_path, engine) -> None:
    theme = f"theme:\n  name: material\n  custom_dir: {ROOT / 'evidence/theme'}\nplugins: [search]\n"
    (tmp_path / "mkdocs.yml").write_text(f"site_name: Tiny\nrepo_url: https://e.org/r\n{theme}")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("# Home\n")
    done = python("-m", engine, "build", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    html = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert (
        '<dialog class="search" aria-label="Search" data-repository="https://e.org/r">' in html and html.count("search-open") == 1
    )


def test_the_search_is_used_by_keyboard_and_says_what_it_found(browser, origin) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    open_search(page, f"{origin}/")
    page.keyboard.type("dead neurons")
    page.wait_for_selector("dialog.search li a")
    said = page.locator("dialog.search [role=status]")
    assert "Not among them? Look through all questions" in said.inner_text()
    for key, tag in (("ArrowDown", "A"), ("ArrowDown", "A"), ("ArrowUp", "A"), ("ArrowUp", "INPUT"), ("ArrowUp", "INPUT")):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.tagName") == tag, key
    page.keyboard.press("Enter")
    page.wait_for_url("**/training/activations/dying-relu/")
    page.wait_for_load_state()
    page.keyboard.press("Control+k")
    assert page.locator("dialog.search").evaluate("dialog => dialog.open")
    page.keyboard.press("Escape")
    assert not page.locator("dialog.search").evaluate("dialog => dialog.open")
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_open_search(browser, origin, scheme) -> None:
    context = browser.new_context(color_scheme=scheme, reduced_motion="reduce", viewport={"width": 360, "height": 740})
    page = context.new_page()
    open_search(page, f"{origin}/")
    assert found(page, "batch norm"), "there is something to look at"
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing is wider than a telephone"
    context.close()


def test_what_is_not_found_is_said_with_a_way_to_ask(browser, origin) -> None:
    page = browser.new_page()
    open_search(page, f"{origin}/")
    said = page.locator("dialog.search [role=status]")
    assert found(page, "qwfpgj zzyzx") == []
    assert said.inner_text() == "Nothing here answers “qwfpgj zzyzx”. Look through all questions."
    page.evaluate("document.querySelector('dialog.search').dataset.repository = 'https://e.org/r/'")
    assert found(page, "<qwfpgj>") == [] and "“<qwfpgj>”" in said.inner_text()
    way = said.locator("a").last.get_attribute("href")
    assert way == "https://e.org/r/issues/new?template=new-question.yml&title=%3Cqwfpgj%3E"
    page.close()


def test_an_unfinished_and_a_misspelt_word_find_something(browser, origin) -> None:
    page = browser.new_page()
    open_search(page, f"{origin}/")
    assert found(page, "winogr")[0] == "winograd" and found(page, "winorgad")[0] == "winograd"
    page.close()


def test_without_javascript_there_is_no_search_that_pretends(browser, origin) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{origin}/")
    assert page.locator(".search-open:visible, dialog.search:visible, [for=__search]:visible").count() == 0
    context.close()


def test_the_search_works_from_the_file_system(browser, site) -> None:
    page = browser.new_page()
    open_search(page, (site / "index.html").as_uri())
    assert found(page, "dying relu")[0] == "dying-relu"
    page.keyboard.press("Enter")
    page.wait_for_url("file://**/training/activations/dying-relu/index.html")
    page.close()


def test_a_search_without_a_network_works_once_it_has_been_opened_and_else_says_why_not(browser, origin) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{origin}/")
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.reload(wait_until="networkidle")
    context.set_offline(True)
    page.keyboard.press("/")
    page.wait_for_function("document.querySelector('dialog.search [role=status]').textContent.includes('is there a network?')")
    context.set_offline(False)
    open_search(page, f"{origin}/")
    context.set_offline(True)
    open_search(page, f"{origin}/")
    assert found(page, "dying relu")[0] == "dying-relu"
    context.close()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("BatchNorm2d", "batchnorm2d"),
        ("batch-norm", "batch norm"),
        ("batch norm", "batch normalisation"),
        ("max pool", "MaxPool"),
        ("regularisations", "regularization"),
        ("running_var", "running var"),
        ("layers", "layer"),
        ("artefact of behaviour", "artefacts of behavior"),
        ("The loss?", "loss"),
    ],
)
def test_the_same_thing_in_another_spelling_has_half_its_words_in_common(browser, one, other) -> None:
    page = browser.new_page()
    page.add_script_tag(path=ROOT / "docs/assets/search/words.js")
    short = json.dumps([[short, long.split()] for short, long in aliases(ROOT).items()])
    words = f"text => [...searchWords(text, new Map({short})).keys()]"
    first, second = (set(page.evaluate(words, text)) for text in (one, other))
    assert 2 * len(first & second) >= min(len(first), len(second)) > 0, (first, second)
    assert not first & set(page.evaluate(words, "gradient")), "and another thing has none"
    page.close()


def test_a_page_is_read_into_its_questions(tmp_path) -> None:
    (tmp_path / "a/whole").mkdir(parents=True)
    (tmp_path / "a/whole/index.html").write_text(
        """<article><h1>Whole?</h1><div class="answer" data-question="whole"><p class="verdict">Holds.</p><p>Yes.</p>
        <div class="evidence"><pre>call_me()</pre></div><h2 id="why">Why</h2><p>For reasons.</p></div></article>"""
    )
    (tmp_path / "a/gone").mkdir()
    (tmp_path / "a/gone/index.html").write_text(
        """<article><h1>Gone?</h1><div class="answer" data-question="gone" data-withheld="">
        <div class="withheld"><p>This answer is withheld.</p></div></div></article>"""
    )
    (tmp_path / "a/index.html").write_text(
        """<nav>Menu</nav><article><h1>Topic<a class="headerlink">¶</a></h1><p>Lead.</p>
        <h2 id="one">First?</h2><p class="verdict">Holds.</p><p>Yes, <math><mi>y</mi></math> does.</p><p>More words, more.</p>
        <div class="evidence"><pre>import x; x.runningMean(some_name)</pre></div><br><script>no()</script>
        <h2 id="list">A list</h2><table><tr><td>repeated</td></tr></table></article><footer>Foot</footer>"""
    )
    pages = read(tmp_path)
    assert documents(pages, "a/", {"one": "uno"}) == [
        ["a/", "Topic", "", "", "Lead.", "", ""],
        ["a/#one", "First?", "uno", "Topic", "Yes, y does.", "holds more words", "runningMean some_name"],
    ]
    assert documents(pages, "a/whole/", {"whole": "tutto"}) == [
        ["a/whole/", "Whole?", "tutto", "Topic", "Yes.", "for holds reasons why", "call_me"]
    ]
    assert documents(pages, "a/gone/", {}) == [["a/gone/", "Gone?", "", "Topic", "", "", ""]], "as it is withheld"


def test_other_words_and_short_forms_are_told_apart(tmp_path) -> None:
    (tmp_path / "docs").mkdir()
    file = tmp_path / "docs" / "synonyms.txt"
    file.write_text("one: uno, y = x\nlr = learning rate\n")
    assert synonyms(tmp_path) == {"one": "uno, y = x"} and aliases(tmp_path) == {"lr": "learning rate"}
    file.write_text("lr=rate\n")
    with pytest.raises(EvidenceError, match=r"synonyms\.txt:1: found 'lr=rate'; expected .* or `short = long form`"):
        aliases(tmp_path)


def test_the_search_library_is_the_published_one() -> None:
    published = ROOT / "tests/node_modules/minisearch/dist/umd/index.js"
    if not published.exists() and not os.environ.get("CI"):
        pytest.skip("needs Node.js: npm ci --prefix tests")
    same = published.read_bytes() == (ROOT / "docs/assets/search/minisearch.js").read_bytes()
    assert same, f"copy {published.relative_to(ROOT)} to docs/assets/search/minisearch.js"
