"""The second form in a browser: without scripts, by keyboard and by link, on a telephone, at a desk, and on paper."""

from collections.abc import Iterator

import pytest
from axe import SCRIPT, needs_axe
from conftest import Book, served
from form_book import SPREAD
from playwright.sync_api import Browser, Page

from evidence.fronts.make_site import build

WRITTEN = ".evidence-choices :is(.evidence-written, label[data-try='0']):visible"  # the button of what is written, where it is
WRAPPED = """() => [...document.querySelectorAll(".evidence .highlight code")].map((code) => {
    const style = getComputedStyle(code), lines = code.textContent.replace(/\\n$/, "").split("\\n").length;
    const room = code.getBoundingClientRect().height - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom);
    return Math.round(room / parseFloat(style.lineHeight)) - lines;
  })"""


@pytest.fixture(scope="module")
def address(formed: Book) -> Iterator[str]:
    refused = build(formed.root)
    assert not refused, refused
    with served(formed.root / "site") as origin:
        yield f"{origin}/page/"


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def page(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=request.param, viewport={"width": 1280, "height": 900})
    made = context.new_page()
    made.goto(address)
    yield made
    context.close()


def chosen(page: Page) -> list[str]:
    """What of the choices is seen: the number of the pane."""
    return [str(n) for n in range(4) if page.locator(f'.evidence-try[data-try="{n}"]').is_visible()]


def test_a_choice_switches_output_and_figure(page: Page) -> None:
    assert chosen(page) == ["0"]
    page.locator("label:visible", has_text="scale = 2").click()
    assert chosen(page) == ["2"]
    assert page.locator(".evidence-try:visible samp").inner_text().strip() == "points from 1.00 to 5.00"
    assert page.locator(".evidence-try:visible svg").count() == 1
    page.locator(WRITTEN).click()
    assert chosen(page) == ["0"]


def test_choices_are_reached_and_turned_by_keyboard(page: Page) -> None:
    page.locator(".evidence-links a", has_text="Download").first.focus()
    page.keyboard.press("Tab")
    assert page.locator(".evidence-choices input").first.evaluate("e => e === document.activeElement")
    for expected in ("1", "2", "3", "0"):
        page.keyboard.press("ArrowRight")
        assert chosen(page) == [expected], "one choice after another, and round"


def test_a_link_reaches_a_choice_and_the_reader_goes_on_from_there(page: Page, address: str) -> None:
    page.goto("about:blank")
    page.goto(f"{address}#try-spread-scale-2")
    assert chosen(page) == ["2"] and page.locator(".evidence-try:visible figure").bounding_box()
    assert page.locator("label:visible", has_text="as linked").count() == 1
    page.locator("label:visible", has_text="scale = 0.1").click()
    assert chosen(page) == ["1"]
    page.locator(WRITTEN).click()
    assert chosen(page) == ["0"], "what is written can be chosen too"
    page.locator(".evidence-try:visible .evidence-tried a").click()
    assert page.url.endswith("#try-spread-scale-0.5-shift-minus1") and chosen(page) == ["0"]


def test_proof_folds_and_answer_open(page: Page) -> None:
    for name, inside in (
        (".evidence-proof", "widths up to 6.00"),
        (".evidence-fold", "points = [1"),
        (".evidence-check", "above"),
    ):
        fold = page.locator(name).first
        assert not fold.get_by_text(inside).first.is_visible()
        fold.locator("summary").focus()
        page.keyboard.press("Enter")
        assert fold.get_by_text(inside).first.is_visible(), name


def test_the_button_copies_the_whole_file(browser: Browser, address: str) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(address)
    page.locator(".evidence-copy").first.click()
    page.get_by_text("Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == SPREAD
    context.close()


def test_nothing_wraps_at_a_desk(browser: Browser, address: str) -> None:
    """Lines of 88 characters, the longest that the rules let through; and one longer shows that the test sees it."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(address)
    page.add_style_tag(content=".answer { content-visibility: visible !important; }")
    page.evaluate("document.querySelectorAll('details').forEach((e) => (e.open = true))")
    assert set(page.evaluate(WRAPPED)) == {0}
    line = "document.querySelector('.evidence .highlight code').textContent = 'x = \"' + 'm'.repeat({}) + '\"\\n'"
    page.evaluate(line.format(82))
    assert set(page.evaluate(WRAPPED)) == {0}, "88 characters"
    page.evaluate(line.format(200))
    assert set(page.evaluate(WRAPPED)) != {0}
    page.close()


def test_a_telephone_shows_choices_to_touch_and_nothing_beside_the_screen(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 800}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(address)
    page.locator("label:visible", has_text="scale = 0.1").tap()
    assert chosen(page) == ["1"]
    boxes = [label.bounding_box() for label in page.locator(".evidence-choices label:visible").all()]
    assert all(box and box["height"] >= 24 and box["x"] >= 0 and box["x"] + box["width"] <= 360 for box in boxes), boxes
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()


def test_on_paper_the_proof_is_unfolded_and_the_written_value_is_named(page: Page) -> None:
    page.locator("label:visible", has_text="scale = 2").click()
    page.emulate_media(media="print")
    assert chosen(page) == ["0"]
    assert "With scale = 0.5, shift = -1, as written" in page.locator(".evidence-tried:visible").inner_text()
    assert page.locator(".evidence-proof summary").is_visible() and not page.locator(".evidence-choices").is_visible()
    assert page.get_by_text("widths up to 6.00").first.is_visible(), "unfolded, as this browser can"


def test_choices_and_folds_are_named_for_those_who_do_not_see_them(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(address)
    needs_axe()
    assert page.get_by_role("group", name="Change one of these lines").get_by_role("radio").count() == 4
    page.evaluate("document.querySelectorAll('details').forEach((e) => (e.open = true))")
    page.add_script_tag(path=SCRIPT)
    found = page.evaluate("async () => (await axe.run('.md-content')).violations.map((v) => `${v.id}: ${v.nodes[0].html}`)")
    assert found == []
    page.close()
