"""What a reader can rely on: light and valid pages, no violation that axe finds, no jumps, offline, on paper, by keyboard."""

import gzip
import json
import os
import random
import re
import string
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe import COLOURS, SHOWN, load, needs_axe, pale, violations
from browsers import served
from conftest import LABS, PAGES, ROOT, address
from visits import CUT, LOOP, LOOPS, WATCH, jumps, settle, slow

from evidence.read.pages import read_site
from evidence.read.topics import topic_of

FIRST_VISIT, SECOND_PAGE = 90_000, 30_000  # bytes over the wire, without pictures and fonts
OTHER_FIRST_VISIT = 105_000  # of a page that is no answer and no topic: the list of all sources grows with them
FONTS = 32_000  # bytes of the formulas' font, which comes once, with the first page that holds a formula
REQUESTS = 18  # at the first visit, pictures among them
SITE = read_site(ROOT)
TOPICS = {topic_of(page.path) for page in SITE if page.asks}
KINDS = {address(page.path): "question" if page.asks else "topic" if page.path in TOPICS else "other" for page in SITE}
ANSWER = "training/dropout/where-to-put-dropout/"  # a question's page with figures, formulas, terms and sources
EVERY_PAGE = pytest.mark.parametrize("address", PAGES + LABS)


def weight(site: Path, paths: set[str]) -> int:
    """Bytes over the wire, compressed as a host compresses them; figures in a page count as pictures, and do not count."""
    total = 0
    for path in paths:
        file = site / path / "index.html" if (site / path).is_dir() else site / path
        data = file.read_bytes()
        if file.suffix == ".html":
            data = re.sub(rb'<svg role="img".*?</svg>', b"", data, flags=re.S)
        if file.suffix in (".svg", ".png"):
            continue
        total += len(data) if file.suffix == ".woff2" else len(gzip.compress(data, 6))
    return total


def asked_for(browser, url: str) -> set[str]:
    """The paths that a first visit of a page asks for."""
    page = browser.new_page()
    paths: set[str] = set()
    page.on("request", lambda request: paths.add(urlsplit(request.url).path.lstrip("/")))
    page.goto(url, wait_until="networkidle")
    page.close()
    return paths


def too_heavy(browser, origin: str, site: Path, address: str, limit: int = FIRST_VISIT) -> list[str]:
    """What a page takes, at the first visit or as a second page, that is more than it may."""
    paths = asked_for(browser, f"{origin}/{address}")
    fonts = {path for path in paths if path.endswith(".woff2")}
    first = weight(site, paths - fonts - {"sw.js"})
    second = weight(site, {path for path in paths if not path.startswith("assets/")} - {"sw.js"})
    found = [f"takes {first:,} bytes at the first visit"] if first > limit else []
    found += [f"takes {second:,} bytes as a second page"] if second > SECOND_PAGE else []
    found += [f"takes {weight(site, fonts):,} bytes of fonts"] if weight(site, fonts) > FONTS else []
    return found + ([f"asks for {len(paths)} files: {sorted(paths)}"] if len(paths) > REQUESTS else [])


@pytest.mark.parametrize("kind", ["question", "topic", "other"])
def test_the_heaviest_page_of_a_kind_is_light(browser, origin, site, kind) -> None:
    of_kind = [page for page, its in KINDS.items() if its == kind]
    heaviest = max(of_kind, key=lambda address: weight(site, {address}))
    limit = OTHER_FIRST_VISIT if kind == "other" else FIRST_VISIT
    assert too_heavy(browser, origin, site, heaviest, limit) == [], heaviest


def test_a_page_that_is_too_heavy_is_noticed(browser, origin, site, tmp_path) -> None:
    page = "training/dropout/index.html"
    noise = "".join(random.Random(0).choices(string.ascii_letters, k=50_000))
    (tmp_path / "index.html").write_text((site / page).read_text(encoding="utf-8").replace("</article>", f"{noise}</article>"))
    for shared in ("assets", "sw.js"):
        (tmp_path / shared).symlink_to(site / shared)
    with served(tmp_path) as there:
        assert [fault.split()[-1] for fault in too_heavy(browser, there, tmp_path, "")] == ["visit", "page"]


@EVERY_PAGE
def test_axe_finds_nothing(visits, address) -> None:
    needs_axe()
    assert visits[address].result()["axe"] == []


def test_axe_finds_what_is_wrong(browser) -> None:
    needs_axe()
    page = browser.new_page()
    page.set_content("<!doctype html><html><title>x</title><body><main><h1>x</h1><img src='x.png'></main>")
    found = violations(page)
    assert any("image-alt" in fault for fault in found) and any("html-has-lang" in fault for fault in found)
    page.close()


def test_axe_finds_what_is_pale_in_the_dark_alone(browser) -> None:
    needs_axe()
    page = browser.new_page()
    dark = "<style>@media (prefers-color-scheme: dark) { p { color: #777; background: #666 } }</style>"
    page.set_content(f"<!doctype html><html lang='en'><title>x</title>{dark}<body><main><h1>x</h1><p>pale</p></main>")
    assert violations(page, COLOURS) == []
    page.emulate_media(color_scheme="dark")
    assert any("color-contrast" in fault for fault in violations(page, COLOURS))
    page.close()


def test_a_text_that_is_coloured_as_another_is_looked_at_once_and_one_that_is_not_is_looked_at(browser) -> None:
    needs_axe()
    page, known = browser.new_page(), set[str]()
    text = "<!doctype html><html lang='en'><title>x</title><body><main><h1>x</h1><p style='color: {}'>text</p></main>"
    for colour, faults in (("#000", 0), ("#999", 1), ("#999", 0), ("#aaa", 1)):
        page.set_content(text.format(colour))
        load(page)
        assert len(pale(page, known)) == faults, colour
    page.add_style_tag(content="main { background: #bbb }")
    assert len(pale(page, known)) == 1, "on another ground it is another contrast"
    page.close()


@EVERY_PAGE
def test_nothing_jumps_while_a_page_loads(visits, address) -> None:
    assert visits[address].result()["jumps"] == []


def test_a_jump_is_noticed(browser, origin) -> None:
    page = browser.new_page()
    page.add_init_script(WATCH)
    page.goto(f"{origin}/training/dropout/", wait_until="networkidle")
    page.evaluate("document.querySelector('h1').style.paddingTop = '200px'")
    page.wait_for_function("window.moved > 0.02")
    assert jumps(page)
    page.close()


@pytest.mark.parametrize("address", ["training/batch-normalization/", "questions/", ANSWER])
def test_a_link_to_a_question_far_down_leads_there(browser, origin, address) -> None:
    for width in (1280, 360):
        page = browser.new_page(viewport={"width": width, "height": 800})
        page.goto(f"{origin}/{address}")
        last = page.locator(".md-content h2[id]").last.get_attribute("id")
        page.goto("about:blank")
        page.goto(f"{origin}/{address}#{last}", wait_until="networkidle")
        settle(page)
        top = page.locator(f"[id='{last}']").evaluate("e => e.getBoundingClientRect().top")
        ended = page.evaluate("scrollY + innerHeight >= document.documentElement.scrollHeight - 1")  # it goes no further up
        assert 0 <= top <= (800 if ended else 200), f"{last} stands {top} pixels below the top of the window"
        page.close()


@EVERY_PAGE
def test_nothing_keeps_the_page_from_answering(visits, address) -> None:
    assert visits[address].result()["answers"] == []


def test_a_long_task_is_noticed(browser, origin) -> None:
    page = browser.new_page()
    page.add_init_script(WATCH)
    page.goto(f"{origin}/")
    page.evaluate(f"setTimeout(() => {{ for (let n = 0; n < {2 * LOOPS}; n++) ({LOOP})(); }})")
    page.wait_for_function("window.tasks.length > 1 && Math.max(...window.tasks) > 100")
    assert slow(page)
    page.close()


def invalid(*paths: Path) -> list[str]:
    """What html-validate has against the HTML of files."""
    tool = ROOT / "tests/node_modules/.bin/html-validate"
    if not tool.exists() and not os.environ.get("CI"):
        pytest.skip("needs Node.js: npm ci --prefix tests")
    command = [str(tool), "--config", str(ROOT / "tests/htmlvalidate.json"), "--formatter", "json", *map(str, paths)]
    found = json.loads(subprocess.run(command, capture_output=True, text=True).stdout)
    return [f"{file['filePath']}:{m['line']}: {m['message']}" for file in found for m in file["messages"]]


def test_every_page_is_valid_html(site) -> None:
    assert invalid(*site.rglob("*.html")) == []


def test_what_is_not_valid_html_is_found(tmp_path) -> None:
    file = tmp_path / "page.html"
    file.write_text(
        '<!DOCTYPE html><html lang="en"><head><title>A page</title></head><body><p><div id="a" id="a">x</p></body></html>'
    )
    assert invalid(file)


@pytest.mark.parametrize("address", ["training/batch-normalization/", "questions/", ANSWER])
def test_nothing_is_lost_at_320_pixels_or_at_twice_the_size(browser, origin, address) -> None:
    for width, zoom in ((320, 1), (640, 2)):
        page = browser.new_page(viewport={"width": width, "height": 700})
        page.goto(f"{origin}/{address}")
        page.evaluate(f"document.documentElement.style.zoom = {zoom}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"), (width, zoom)
        page.close()


def test_the_keyboard_reaches_the_text_first_and_then_what_can_be_used(browser, origin) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{origin}/{ANSWER}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className").split()[0] == "md-skip", "the first stop leads past the navigation"
    reached = []
    for _ in range(400):
        page.keyboard.press("Tab")
        told = page.evaluate(
            """() => { const e = document.activeElement, s = getComputedStyle(e);
              return [e.tagName, e.className, s.outlineStyle !== 'none' || s.boxShadow !== 'none' || e.matches('input')]; }"""
        )
        reached.append(told)
        if told[0] == "BODY":
            break
    names = [name for _, name, _ in reached if isinstance(name, str)]
    assert any("evidence-copy" in name for name in names) and any(tag == "ABBR" for tag, _, _ in reached)
    unseen = [(tag, name) for tag, name, seen in reached if not seen and tag not in ("BODY", "HTML")]
    assert not unseen, f"focus is not to be seen on {unseen[:5]}"
    page.close()


def test_the_meaning_of_a_term_shows_on_focus(browser, origin) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{origin}/{ANSWER}")
    page.locator(".md-content abbr").first.focus()
    page.locator("[role=tooltip]:visible").first.wait_for()
    page.close()


def test_motion_is_reduced_where_that_is_asked_for(browser, origin) -> None:
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{origin}/")
    slow = page.evaluate(
        """[...document.querySelectorAll('*')].filter(e => parseFloat(getComputedStyle(e).transitionDuration) > 0.001).length"""
    )
    assert slow == 0
    context.close()


def test_pages_read_from_the_file_system(browser, site) -> None:
    page = browser.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto((site / "layers/convolution/output-size/index.html").as_uri())
    page.locator("[data-explorer=convolution]").scroll_into_view_if_needed()
    page.locator("[data-explorer=convolution] svg").wait_for(state="visible")
    assert page.locator(".evidence-copy:visible").count() > 0 and not faults
    page.locator(".md-footer__link--next").click()
    page.wait_for_load_state()
    assert (
        page.url.split("#")[0].endswith("/layers/convolution/local-connectivity/index.html") and page.locator("h1").is_visible()
    )
    page.close()


def test_a_page_that_was_visited_is_there_without_a_network(browser, origin) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{origin}/{ANSWER}")
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.reload(wait_until="networkidle")
    context.set_offline(True)
    page.reload()
    assert page.locator("h1").inner_text().startswith("Where") and page.locator(".evidence-figure svg").first.is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.evidence')).borderTopStyle") == "solid", "with its style"
    context.close()


def test_a_page_prints_without_navigation_and_with_its_links(browser, origin) -> None:
    page = browser.new_page(viewport={"width": 794, "height": 1123})
    page.goto(f"{origin}/{ANSWER}")
    page.emulate_media(media="print")
    for gone in (".md-header", ".md-sidebar", ".md-footer", ".evidence-copy", ".page-bar .evidence-links"):
        assert page.locator(f"{gone}:visible").count() == 0, gone
    assert "arxiv.org" in page.evaluate(
        "getComputedStyle(document.querySelector('.md-content .citation a[href*=arxiv]'), '::after').content"
    )
    cut = page.evaluate(
        "[...document.querySelectorAll('.evidence code, .evidence-output')].filter(e => e.scrollWidth > e.clientWidth + 2).length"
    )
    assert cut == 0, "code runs off the paper"
    page.close()


@EVERY_PAGE
def test_nothing_of_an_answer_is_cut_off_at_its_edges(visits, address) -> None:
    assert visits[address].result()["edges"] == []


def test_what_stands_out_of_an_answer_is_noticed(browser, origin) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.goto(f"{origin}/{ANSWER}")
    page.add_style_tag(content=SHOWN + ".answer { margin: 0 !important; padding: 0 !important; }")
    assert page.evaluate(CUT)
    page.close()
