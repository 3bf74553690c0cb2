"""The site in a real browser: Playwright drives the machine's Chromium or Chrome, or its own."""

import pytest
from axe import SHOWN
from conftest import LABS, PAGES
from visits import HIDDEN, SCROLLED, contrast, copies, dark, listen, overflowing, plain, unseen

ANSWER = "training/dropout/where-to-put-dropout/"  # a question's page with figures, formulas and outputs
EVERY_PAGE = pytest.mark.parametrize("address", PAGES + LABS)


@EVERY_PAGE
def test_a_page_opens_cleanly(visits, address) -> None:
    assert visits[address].result()["opens"] == []


@EVERY_PAGE
def test_figures_and_formulas_are_seen_in_both_colour_schemes(visits, address) -> None:
    found = visits[address].result()
    assert found["light"] + found["dark"] == []


@EVERY_PAGE
def test_a_telephone_shows_everything_without_scrolling_sideways(visits, address) -> None:
    assert visits[address].result()["fits a telephone"] == []


@EVERY_PAGE
def test_a_page_reads_without_javascript(visits, address) -> None:
    assert visits[address].result()["without scripts"] == []


def test_contrast_tells_grey_on_grey_from_black_on_white() -> None:
    assert contrast("rgb(0, 0, 0)", "rgb(255, 255, 255)") == pytest.approx(21)
    assert contrast("rgb(120, 120, 120)", "rgb(130, 130, 130)") < 1.5


def test_an_error_and_a_foreign_request_are_noticed(browser, origin) -> None:
    page = browser.new_page()
    faults = listen(page, origin)
    page.goto(f"{origin}/{ANSWER}")
    assert faults == []
    page.add_script_tag(content="console.error('it broke'); fetch('https://elsewhere.invalid/').catch(() => 0); nothing()")
    page.wait_for_function("performance.getEntriesByName('https://elsewhere.invalid/').length > 0")
    said = " ".join(faults)
    assert "it broke" in said and "asks https://elsewhere.invalid/" in said and "nothing is not defined" in said
    page.close()


def test_what_is_pale_hidden_or_too_wide_is_noticed(browser, origin) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.goto(f"{origin}/{ANSWER}")
    page.add_style_tag(content=SHOWN)
    assert unseen(page) == overflowing(page) == page.evaluate(SCROLLED) == page.evaluate(HIDDEN) == []
    page.add_style_tag(content="math { color: #fafafa !important; } .evidence .highlight { display: none !important; }")
    assert unseen(page) and page.evaluate(HIDDEN)
    page.add_style_tag(content=".md-content p { min-width: 500px; }")
    assert overflowing(page)
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate(SCROLLED), "narrower, the widest figures scroll inside their box: their text would be too small"
    page.close()


def test_a_page_that_needs_javascript_is_noticed(browser, tmp_path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<!doctype html><html><body><div class='md-content'><p class='evidence-copy'>Copy</p><h1 hidden>x</h1></div>")
    window = browser.new_context(java_script_enabled=False).new_page()
    assert plain(window, page.as_uri()) == ["its text is not there", "a button to copy is there, which does nothing"]
    window.context.close()


@EVERY_PAGE
def test_the_copy_buttons_copy_the_snippets_to_the_byte(visits, address) -> None:
    assert visits[address].result()["copies"] == []


def test_a_button_that_copies_other_text_is_noticed(browser, origin) -> None:
    page = browser.new_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{origin}/training/dropout/dropout-at-test-time/")
    assert copies(page) == []
    page.evaluate("document.querySelector('.evidence .highlight code').append(' ')")
    assert copies(page) == ["copies other text than snippets/dropout/test_time.py"]
    page.close()


@pytest.mark.parametrize("address", ["", "training/dropout/", "training/dropout/dropout-at-test-time/", LABS[0]])
def test_a_page_has_the_colour_scheme_that_a_reader_asks_for(browser, origin, address) -> None:
    for scheme in ("light", "dark"):
        context = browser.new_context(color_scheme=scheme)
        page = context.new_page()
        page.goto(f"{origin}/{address}")
        assert dark(page) == (scheme == "dark"), scheme
        context.close()


def test_the_index_narrows_to_what_is_asked_for(browser, origin) -> None:
    page = browser.new_page()
    faults = listen(page, origin)
    page.goto(f"{origin}/questions/")
    rows, told = page.locator("table tbody tr:visible"), page.locator(".index-filter output")
    every = rows.count()
    assert every > 50 and told.inner_text() == f"{every} shown" and not faults
    page.fill("[name=words]", "running mean")
    assert 1 <= rows.count() < 5 and page.locator("a[href$='running-mean-and-variance/']").is_visible()
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
