"""The site in a real browser: Playwright drives the machine's Chromium or Chrome, or its own."""

from pathlib import Path

import pytest
from conftest import LABS, PAGES
from playwright.sync_api import BrowserContext, Page

ROOT = Path(__file__).parent.parent
SCHEMES = ("light", "dark")


def open_page(context: BrowserContext, url: str) -> tuple[Page, list[str]]:
    """Open a page; return it with its console errors and its requests to other origins."""
    page, faults = context.new_page(), []
    page.on("console", lambda m: faults.append(f"console: {m.text}") if m.type == "error" else None)
    page.on("pageerror", lambda e: faults.append(f"error: {e}"))
    host = url.split("/")[2]
    page.on(
        "request", lambda r: None if r.url.startswith(("data:", "blob:")) or host in r.url else faults.append(f"asks {r.url}")
    )
    page.goto(url, wait_until="load")
    return page, faults


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("address", PAGES + LABS)
def test_a_page_opens_cleanly_and_shows_its_figures_and_formulas(browser, origin, address, scheme) -> None:
    context = browser.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 900})
    page, faults = open_page(context, f"{origin}/{address}")
    assert not faults
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    for selector in (".evidence-figure svg", "math"):
        seen = page.locator(selector).evaluate_all(
            """all => all.map(e => { const box = e.getBoundingClientRect();
                return [box.width, box.height, getComputedStyle(e).color, getComputedStyle(e).visibility]; })"""
        )
        for width, height, colour, visibility in seen:
            assert width > 2 and height > 2 and visibility == "visible"
            assert contrast(colour, background) > 4.5, f"{selector} in {colour} on {background}"
    context.close()


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two CSS colours `rgb(…)` (WCAG 2, relative luminance)."""

    def luminance(colour: str) -> float:
        parts = [float(x) / 255 for x in colour[colour.index("(") + 1 : -1].split(",")[:3]]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_tells_grey_on_grey_from_black_on_white() -> None:
    assert contrast("rgb(0, 0, 0)", "rgb(255, 255, 255)") == pytest.approx(21)
    assert contrast("rgb(120, 120, 120)", "rgb(130, 130, 130)") < 1.5


@pytest.mark.parametrize("address", PAGES + LABS)
def test_nothing_overflows_at_360_pixels(browser, origin, address) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 800})
    page, _ = open_page(context, f"{origin}/{address}")
    wide = page.evaluate(
        """() => [...document.querySelectorAll(".md-content *")].filter(e => {
            if (e.closest("pre, .formula-block, .md-typeset__scrollwrap, svg")) return false;
            return e.getBoundingClientRect().right > innerWidth + 1;
        }).map(e => e.outerHTML.slice(0, 80))"""
    )
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") and not wide, wide[:3]
    context.close()


def test_the_copy_button_copies_the_snippet_to_the_byte(browser, origin) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    for address in PAGES + LABS:
        page, _ = open_page(context, f"{origin}/{address}")
        blocks = page.locator('.evidence[data-snippet^="snippets/"]')
        for n in range(min(3, blocks.count())):
            blocks.nth(n).locator(".evidence-copy").click()
            file = ROOT / str(blocks.nth(n).get_attribute("data-snippet"))
            page.wait_for_function("document.activeElement.textContent === 'Copied'")
            assert page.evaluate("navigator.clipboard.readText()") == file.read_text(encoding="utf-8")
        page.close()
    context.close()


@pytest.mark.parametrize("address", PAGES + LABS)
def test_the_page_reads_without_javascript(browser, origin, address) -> None:
    context = browser.new_context(java_script_enabled=False)
    page, faults = open_page(context, f"{origin}/{address}")
    assert not faults
    assert page.locator("h1").is_visible() and len(page.locator(".md-content").inner_text().split()) > 50
    assert page.locator(".evidence-copy:visible").count() == 0
    for selector in (".evidence code", ".evidence-output", ".evidence-figure svg"):
        for element in page.locator(selector).all()[:3]:
            element.scroll_into_view_if_needed()  # what is far away is not laid out yet
            assert element.is_visible()
    context.close()


def test_the_index_narrows_to_what_is_asked_for(browser, origin) -> None:
    page, faults = open_page(browser.new_context(), f"{origin}/questions/")
    rows, told = page.locator("table tbody tr:visible"), page.locator(".index-filter output")
    every = rows.count()
    assert every > 50 and told.inner_text() == f"{every} shown" and not faults
    page.fill("[name=words]", "running mean")
    assert 1 <= rows.count() < 5 and page.locator("a[href$='#running-mean-and-variance']").is_visible()
    assert page.locator("h2:visible").count() == 1, "a topic with nothing to show is hidden"
    assert page.locator("thead:visible").count() == 1, "and so is the head of its table"
    page.fill("[name=words]", "")
    page.select_option("[name=verdict]", "does not hold")
    assert 1 <= rows.count() < every
    cells = page.locator("table tbody tr:visible td:nth-child(3)").all()
    assert {cell.text_content() for cell in cells} == {"does not hold"}  # the text of what is far has not been laid out yet
    page.select_option("[name=verdict]", "")
    page.select_option("[name=topic]", "Dropout")
    assert told.inner_text() == f"{rows.count()} shown" and 1 <= rows.count() < every
    page.select_option("[name=topic]", "")
    assert rows.count() == every
