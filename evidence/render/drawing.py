"""A Matplotlib drawing made part of a page: in the page's colours and font, and with a fraction of its elements.

A browser builds a tree for every element and a second one for every <use>, and a page holds up to thirty drawings.
"""

import base64
import io
import re
from collections.abc import Iterator
from itertools import groupby
from xml.etree import ElementTree

from PIL import Image

from evidence.colours import INK, PALETTE
from evidence.records.drawings import REFERENCE, read_drawing
from evidence.render.kept import kept

Element = ElementTree.Element
NUMBER = re.compile(r"-?\d+\.\d{3,}")
PART = re.compile(r"([MLCQZz])([^MLCQZz]*)")
COLOUR = re.compile("|".join(PALETTE))
UPRIGHT = re.compile(r"rotate\(-?0 [^)]*\)")
AXIS = "matplotlib.axis"
PHOTOGRAPH = 17_000  # bytes as Matplotlib wrote it: what has more is no diagram


@kept
def drawing(svg: str, prefix: str, alt: str) -> str:
    """Return an SVG of Matplotlib's as an element of a page.

    Args:
        svg: the drawing, as `savefig(format="svg")` wrote it.
        prefix: what keeps its ids apart from those of other drawings on the page.
        alt: what is to be seen.

    Raises:
        DrawingFault: it holds what Matplotlib does not write, or more than a page can carry.
    """
    root = read_drawing(svg)
    for path in root.iter("path"):
        path.set("d", _relative(path.get("d", "")))
    _marks(root)
    _tidy(root, {name for e in root.iter() for key, v in e.attrib.items() if key != "id" for name in REFERENCE.findall(v)})
    for element in root.iter():
        element.attrib = {name: _value(name, value, prefix) for name, value in element.attrib.items()}
    width = float(root.get("viewBox", "0 0 450 0").split()[2])  # points
    root.attrib = {"role": "img", "aria-label": alt, "style": f"--points:{width:g}", "viewBox": root.get("viewBox", "")}
    return ElementTree.tostring(root, encoding="unicode")


def _marks(root: Element) -> None:
    """Put paths in the place of <use>: one for a row of equal marks, where they may overlap without it being seen."""
    symbols = {e.get("id"): e for e in root.iter("path") if e.get("id")}
    parents = {child: parent for parent in root.iter() for child in parent}
    for (_, _, name, style), row in groupby(list(_uses(root)), key=lambda found: found[:4]):
        symbol = symbols[name]
        whole = {**_style(style), **_style(symbol.get("style", ""))}
        uses = [use for *_, use in row]
        alike = not any("opacity" in key for key in whole) and whole.get("stroke", "none") in ("none", whole.get("fill"))
        for group in [uses] if alike else [[use] for use in uses]:
            places = "".join(f"M{use.get('x')} {use.get('y')}{symbol.get('d')}" for use in group)
            path = ElementTree.Element("path", {"d": places})
            path.set("style", "; ".join(f"{key}: {value}" for key, value in whole.items()))
            parent = parents[group[0]]
            parent.insert(list(parent).index(group[0]), path)
            for use in group:
                parents[use].remove(use)


def _uses(element: Element, home: str = "", clip: str = "") -> Iterator[tuple[str, str, str, str, Element]]:
    """Every <use> in order: the artist that it belongs to (an axis, for its ticks), its clip, symbol, style and itself."""
    if not home.startswith(AXIS):
        home = element.get("id", home)
    clip = element.get("clip-path", clip)
    if element.tag == "use":
        yield home, clip, element.get("href", "")[1:], element.get("style", ""), element
    for child in element:
        yield from _uses(child, home, clip)


def _relative(path: str) -> str:
    """A path of absolute commands as one of relative commands: shorter, and the same text wherever it starts."""
    out, last = "", ""
    at, start = [0.0, 0.0], [0.0, 0.0]
    for command, numbers in PART.findall(path):
        values = [float(number) for number in numbers.replace(",", " ").split()]
        steps = [round(value - at[n % 2], 2) for n, value in enumerate(values)]
        at = [round(a + step, 2) for a, step in zip(at, steps[-2:], strict=True)] if steps else start
        start = at if command == "M" else start
        out += (" " if command == last and steps else command.lower()) + " ".join(f"{step:g}" for step in steps)
        last = command
    return out


def _style(text: str) -> dict[str, str]:
    return {key.strip(): value.strip() for key, _, value in (part.partition(":") for part in text.split(";")) if key.strip()}


def _tidy(element: Element, referred: set[str]) -> None:
    """Drop what is not seen: ids that nothing refers to, groups that say nothing, paths without a line or a colour."""
    children = []
    for child in element:
        if child.get("id") not in referred:
            child.attrib.pop("id", None)
        _tidy(child, referred)
        unseen = child.attrib.get("style") == "fill: none" and child.tag == "path"
        empty = child.tag in ("g", "defs") and not len(child)
        symbol = child.tag == "path" and element.tag == "defs"
        if unseen or empty or symbol:
            continue
        children += list(child) if child.tag == "g" and not child.attrib else [child]
    element[:] = children


def _value(name: str, value: str, prefix: str) -> str:
    """An attribute as the page needs it: its ids, its colours, and no more digits than can be seen."""
    if name == "id":
        return prefix + value
    if name == "href":  # of a picture: no <use> is left
        return _picture(value)
    if "#" in value:  # most attributes are coordinates, which need none of the rest
        value = REFERENCE.sub(lambda found: f"url(#{prefix}{found[1]})", value).replace(INK, "currentColor")
        value = COLOUR.sub(lambda found: f"var(--figure-{PALETTE.index(found[0])})", value)
    if "." in value:
        value = NUMBER.sub(_shorter, value)
    value = UPRIGHT.sub("", value.replace("font-family: 'DejaVu Sans'; ", ""))
    return " ".join(value.split())


def _picture(png: str) -> str:
    """The same pixels in half the bytes; of a photograph, pixels that differ by less than can be seen, in a fourth."""
    written, out = base64.b64decode(png.partition(",")[2]), io.BytesIO()
    kind = "avif" if len(written) > PHOTOGRAPH else "webp"
    with Image.open(io.BytesIO(written)) as picture:
        if kind == "avif":  # colour at every pixel: thin lines keep theirs; with speed 8, in four times the time, 3 % smaller
            picture.save(out, "AVIF", quality=90, subsampling="4:4:4", speed=9)
        else:
            picture.save(out, "WEBP", lossless=True, method=4)  # with 6, in two and a half times the time, a hundredth smaller
    return f"data:image/{kind};base64," + base64.b64encode(out.getvalue()).decode()


def _shorter(number: re.Match[str]) -> str:
    """A coordinate with as many digits as can be seen."""
    value = float(number[0])
    return (f"{value:.2f}" if abs(value) >= 1 else f"{value:.4f}").rstrip("0").rstrip(".")
