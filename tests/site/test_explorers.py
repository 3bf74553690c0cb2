"""What holds of every interactive piece: small, on one page, its arithmetic tested, used by keyboard, whole on a telephone."""

import gzip
from pathlib import Path

import pytest
from explorers import EXPLORERS, FRAME, pages_of, shown

EACH = pytest.mark.parametrize("name", [path.stem for path in EXPLORERS])
MOVE = """(place) => {
    const seen = () => place.querySelector(".explorer-drawing").innerHTML + place.querySelector(".explorer-told").textContent;
    const set = (field, value) => {
      field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    };
    const moves = (field) => {
      const [before, value] = [seen(), field.value];
      const range = [field.min, field.max, ...[...(field.options ?? [])].map((option) => option.value)];
      const moved = range.some((other) => (set(field, other), seen() !== before));
      set(field, value);
      return moved;
    };
    const fields = [...place.querySelectorAll("input, select")];
    return [place.querySelectorAll("button").length, fields.filter((field) => !moves(field)).map((field) => field.name)];
}"""


def unfit(path: Path, docs: Path, tests: Path) -> list[str]:
    """What keeps an explorer's script from being published."""
    found = []
    if (weight := len(gzip.compress(path.read_bytes() + FRAME.read_bytes()))) > 15_000:
        found.append(f"takes {weight:,} bytes with its frame, at most 15,000")
    if len(pages := pages_of(path.stem, docs)) != 1:
        found.append(f"stands on {len(pages)} pages; one page places it with `<!-- explorer: {path.stem} -->`")
    own = tests / f"test_explorer_{path.stem.replace('-', '_')}.py"
    if not own.exists() or "torch." not in own.read_text(encoding="utf-8"):
        found.append(f"its arithmetic is held against nothing; tests/site/{own.name} holds `explorers.…` against PyTorch")
    return found


@pytest.mark.parametrize("path", EXPLORERS, ids=lambda path: path.stem)
def test_an_explorer_is_small_tested_and_stands_on_one_page(path: Path) -> None:
    assert unfit(path, Path("docs"), Path(__file__).parent) == []


def test_an_explorer_that_is_heavy_untested_or_nowhere_is_named(tmp_path: Path) -> None:
    file = tmp_path / "sine-wave.js"
    file.write_text("".join(f"{n * n * n};" for n in range(20_000)))
    found = unfit(file, tmp_path, tmp_path)
    assert [fault.split()[0] for fault in found] == ["takes", "stands", "its"] and "test_explorer_sine_wave.py" in found[2]


@EACH
def test_an_explorer_says_and_draws_what_its_form_asks_for(browser, origin, name) -> None:
    with shown(browser, origin, name) as (page, place):
        assert len(place.locator(".explorer-told").inner_text().split()) >= 10
        outputs = "e => [...e.querySelectorAll('label:has(output)')].map(l => [l.control.value, l.querySelector('output').value])"
        assert all(float(value) == float(said) for value, said in place.evaluate(outputs)), "what stands beside a slider"
        buttons, idle = place.evaluate(MOVE)
        assert len(idle) <= buttons, f"{idle} move nothing"  # what a button uses need not show before it is pressed


@EACH
def test_an_explorer_heeds_the_keyboard(browser, origin, name) -> None:
    with shown(browser, origin, name) as (page, place):
        before = place.inner_text()
        place.locator("input").first.focus()
        page.keyboard.press("ArrowRight")
        assert place.inner_text() != before, "moving a slider by keyboard changes what is said"
        assert page.evaluate("document.activeElement.tagName") == "INPUT", "and keeps the focus"


@EACH
def test_an_explorer_is_whole_on_a_telephone(browser, origin, name) -> None:
    with shown(browser, origin, name, viewport={"width": 360, "height": 800}, has_touch=True) as (_, place):
        drawing = place.locator(".explorer-drawing")
        assert drawing.evaluate("e => e.scrollWidth <= e.clientWidth"), "what is drawn has to be scrolled sideways"
