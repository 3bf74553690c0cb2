"""Style and scripts: a page loads the pieces that it needs, with both engines, and the palette is one in both its places."""

import colorsys
import re
from pathlib import Path

import pytest
from conftest import LABS, PAGES, ROOT

from evidence.colours import PALETTE

TOKENS = ROOT / "docs/assets/tokens.css"
EVERYWHERE = {"tokens.css", "prose.css", "evidence.css", "form.css", "print.css", "site.js", "search/open.js"}
ON_SOME = {
    'class="explorer"': {"explorers/frame.css", "explorers/frame.js"},
    'class="index-filter"': {"questions/filter.css", "questions/filter.js"},
}
AWAITED = 7  # style sheets, the engine's two among them, that stand between a reader and the first sight of a page
LOADED = re.compile(r'<(?:link rel="stylesheet" href|script[^>]* src)="(?:\.{1,2}/)*assets/([^"]+)"')


def wrong_pieces(html: str) -> list[str]:
    """The pieces that a page lacks, or loads without need; explorers themselves stand in its text."""
    wanted = EVERYWHERE.union(*(pieces for mark, pieces in ON_SOME.items() if mark in html))
    found = [name for name in LOADED.findall(html) if (ROOT / "docs/assets" / name).is_file()]
    shared = [name for name in found if not re.fullmatch(r"explorers/(?!frame\.)[^/]+\.js", name)]
    return sorted(wanted ^ set(shared)) + [f"{name} twice" for name in sorted({n for n in found if found.count(n) > 1})]


def html_of(site: Path, address: str) -> str:
    return (site / address / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("address", [*PAGES, *LABS])
def test_a_page_loads_the_pieces_that_it_needs(site: Path, zensical_site: Path, address: str) -> None:
    assert wrong_pieces(html_of(site, address)) == [] == wrong_pieces(html_of(zensical_site, address))


def test_a_piece_that_is_lacking_or_not_needed_is_named(site: Path) -> None:
    html = html_of(site, "questions/")
    assert wrong_pieces(html.replace('class="index-filter"', "")) == ["questions/filter.css", "questions/filter.js"]
    assert wrong_pieces(html.replace("assets/prose.css", "assets/none.css")) == ["prose.css"]
    assert wrong_pieces(html.replace("assets/prose.css", "assets/tokens.css")) == ["prose.css", "tokens.css twice"]


@pytest.mark.parametrize("address", PAGES)
def test_few_style_sheets_are_waited_for(site: Path, address: str) -> None:
    assert awaited(html_of(site, address)) <= AWAITED


def awaited(html: str) -> int:
    return len(re.findall(r'<link rel="stylesheet"(?![^>]*media="print")', html))


def test_a_sheet_for_print_alone_is_not_waited_for() -> None:
    assert awaited('<link rel="stylesheet" href="a.css"><link rel="stylesheet" href="b.css" media="print">') == 1


def colours(sheet: str, scheme: str) -> dict[int, str]:
    """The colours that a page of a scheme draws figures in, by their number."""
    block = sheet.partition(f'[data-md-color-scheme="{scheme}"]')[2].partition("}")[0]
    return {int(n): colour for n, colour in re.findall(r"--figure-(\d+): (#[0-9a-f]{6});", block)}


def hls(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    return colorsys.rgb_to_hls(red, green, blue)


def family(colour: str) -> str:
    """What a reader would call a colour: grey, or a hue of the palette."""
    hue, _, saturation = hls(colour)
    if saturation < 0.1:
        return "grey"
    return next((name for name, at in (("orange", 28 / 360), ("blue", 205 / 360)) if abs(hue - at) < 10 / 360), colour)


def by_lightness(palette: dict[int, str]) -> dict[str, list[int]]:
    """The numbers of each family's colours, from dark to light."""
    out: dict[str, list[int]] = {}
    for n, colour in sorted(palette.items(), key=lambda item: hls(item[1])[1]):
        out.setdefault(family(colour), []).append(n)
    return out


def disagreements(drawn: tuple[str, ...], sheet: str) -> list[str]:
    """Where evidence/colours.py and docs/assets/tokens.css, which puts its own colours in their place, do not agree."""
    found = []
    for scheme in ("default", "slate"):
        shown, palette = colours(sheet, scheme), dict(enumerate(drawn))
        for n in sorted(shown.keys() ^ palette.keys()):
            found.append(f"{scheme}: --figure-{n} stands in one of evidence/colours.py and docs/assets/tokens.css alone")
        for n in sorted(shown.keys() & palette.keys()):
            if family(shown[n]) != family(palette[n]):
                found.append(
                    f"{scheme}: evidence/colours.py draws {palette[n]}, docs/assets/tokens.css has --figure-{n}: {shown[n]}"
                )
        if not found and by_lightness(shown) != by_lightness(palette):
            found.append(f"{scheme}: from dark to light {by_lightness(palette)} are drawn, {by_lightness(shown)} shown")
    return found


def test_the_page_has_a_colour_of_its_own_for_each_that_figures_are_drawn_in() -> None:
    assert disagreements(PALETTE, TOKENS.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("drawn", "said"),
    [
        (PALETTE[:9], "default: --figure-9 stands in one of"),
        ((*PALETTE, "#112233"), "default: --figure-10 stands in one of"),
        ((PALETTE[1], PALETTE[0], *PALETTE[2:]), "draws #ff800e, docs/assets/tokens.css has --figure-0: #006ba4"),
        ((PALETTE[4], *PALETTE[1:4], PALETTE[0], *PALETTE[5:]), "default: from dark to light"),
        ((*PALETTE[:3], "#2ca02c", *PALETTE[4:]), "draws #2ca02c, docs/assets/tokens.css has --figure-3: #595959"),
    ],
    ids=["one less", "one more", "two exchanged", "two of one hue exchanged", "another hue"],
)
def test_a_palette_that_differs_is_named(drawn: tuple[str, ...], said: str) -> None:
    assert any(said in fault for fault in disagreements(drawn, TOKENS.read_text(encoding="utf-8")))
