"""What a drawing may hold: the elements, attributes and values that Matplotlib writes. Everything else refuses it.

A snippet can hand over whatever it likes as a drawing. So nothing of it is trusted: it is read into a tree that holds what
stands below, or not at all. What Matplotlib writes and a page does not need (links, metadata, its style sheet) is left out.
"""

import base64
import io
import re
import warnings
from xml.etree import ElementTree

from PIL import Image

Element = ElementTree.Element
RECORDED_BYTES, SHOWN_BYTES = 10_000_000, 1_000_000
DEPTH = 60  # Matplotlib nests a dozen; who walks the tree does so by recursion

PROLOG = re.compile(
    r'\A\s*(?:<\?xml version="1\.0"[^<>?]*\?>\s*)?'
    r'(?:<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1\.1//EN"\s+"http://www\.w3\.org/Graphics/SVG/1\.1/DTD/svg11\.dtd">\s*)?'
)
DECLARATION = re.compile(r"<[!?](?!--)")  # a DOCTYPE, an entity, a CDATA section, an instruction
NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
LOCAL = r"url\(#[\w.-]+\)"
VALUES = {
    "number": re.compile(rf"{NUMBER}(?:px|pt)?"),
    "numbers": re.compile(r"[\d\s.,eE+-]*"),
    "path": re.compile(rf"(?:\s*(?:[MLCQ](?:[\s,]+{NUMBER}[\s,]+{NUMBER})+|[Zz]))*\s*"),
    "box": re.compile(rf"{NUMBER}(?: {NUMBER}){{3}}"),
    "transform": re.compile(r"\s*(?:(?:translate|scale|rotate|matrix|skewX|skewY)\([\d\s.,eE+-]*\)\s*)*"),
    "paint": re.compile(rf"{LOCAL}|#[0-9a-fA-F]{{3,8}}|[a-z]+"),
    "local": re.compile(LOCAL),
    "word": re.compile(r"[A-Za-z]+"),
    "id": re.compile(r".*", re.S),  # an artist's own name for itself; where nothing refers to it, no page gets it
    "target": re.compile(r"#[\w.-]+"),
    "picture": re.compile(r"data:image/png;base64,\s*[A-Za-z0-9+/=\s]+"),
}
ANYWHERE = {"id": "id", "style": "style", "transform": "transform", "clip-path": "local", "filter": "local", "fill": "paint"}
ANYWHERE |= {"stroke": "paint", "stroke-width": "number", "fill-opacity": "number", "opacity": "number"}
ANYWHERE |= {"shape-rendering": "word"}
BOX = {"x": "number", "y": "number", "width": "number", "height": "number"}
ELEMENTS = {  # each with the attributes that it may have beside those of ANYWHERE
    "svg": {"width": "number", "height": "number", "viewBox": "box", "version": "number"},
    "g": {},
    "defs": {},
    "path": {"d": "path"},
    "use": {"href": "target"} | BOX,
    "rect": BOX,
    "text": BOX,
    "tspan": BOX,
    "image": {"href": "picture"} | BOX,
    "clipPath": {},
    "pattern": {"patternUnits": "word"} | BOX,
    "linearGradient": {"gradientUnits": "word", "x1": "number", "y1": "number", "x2": "number", "y2": "number"},
    "stop": {"offset": "number"},
    "filter": {},
    "feComposite": {"in": "word", "in2": "word", "operator": "word", "k2": "number", "k3": "number"},
    "feColorMatrix": {"type": "word", "values": "numbers"},
}
STYLE_VALUE = re.compile(rf"{LOCAL}|[^:;()\\/<>{{}}@]*")  # no address can be written so
STYLES = {"fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-linejoin", "stroke-linecap", "opacity"}
STYLES |= {"stroke-dasharray", "stroke-dashoffset", "font-size", "font-family", "font-style", "font-weight", "font-variant"}
STYLES |= {"font-stretch", "text-anchor", "image-rendering", "stop-color", "stop-opacity"}
LEFT_OUT = {"metadata", "style", "title"}
SVG, XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"
REFERENCE = re.compile(r"url\(#([\w.-]+)\)")


class DrawingFault(ValueError):
    """A drawing that no page may show."""


def drawing_fault(svg: str) -> str:
    """Say why no page can show a drawing, or ""."""
    try:
        read_drawing(svg)
    except DrawingFault as fault:
        return str(fault)
    return ""


def read_drawing(svg: str) -> Element:
    """Read a drawing as a tree of what Matplotlib writes, its names without their namespaces.

    Raises:
        DrawingFault: it is too large, is no XML, or holds anything else.
    """
    if len(svg) > RECORDED_BYTES:
        raise DrawingFault(f"draws a figure of {len(svg):,} bytes; at most {RECORDED_BYTES:,} are recorded; {_remedy()}")
    body = svg[PROLOG.match(svg).end() :]  # type: ignore[union-attr]  # it matches nothing, too
    if found := DECLARATION.search(body):
        said = body[found.start() : found.start() + 12]
        raise DrawingFault(f"draws a figure that holds {said!r}, which Matplotlib does not write")
    try:
        root = ElementTree.fromstring(body)
    except (ElementTree.ParseError, ValueError) as error:
        why = f"({error}); does one of its texts hold a control character?"
        raise DrawingFault(f"draws a figure that is no XML {why}") from error
    if root.tag != f"{SVG}svg":
        raise DrawingFault(f"draws a figure that begins with <{_name(root.tag)}>; expected <svg>")
    made = _copy(root, 0)
    if "viewBox" not in made.attrib:
        raise DrawingFault("draws a figure without a viewBox")
    _resolve(made)
    return made


def _copy(element: Element, depth: int) -> Element:
    """The same element with what it may hold, and nothing else of it."""
    tag = _name(element.tag)
    if depth > DEPTH:
        raise DrawingFault(f"draws a figure whose elements are nested more than {DEPTH} deep")
    known = ELEMENTS.get(tag)
    if known is None or element.tag != SVG + tag:
        raise DrawingFault(f"draws a figure that holds <{tag}>, which Matplotlib does not write")
    made = ElementTree.Element(tag)
    for attribute, value in element.attrib.items():
        name = attribute.removeprefix(XLINK) if attribute == f"{XLINK}href" else attribute
        kind = known.get(name) or ANYWHERE.get(name)
        if not (_is_style(value) if kind == "style" else kind and VALUES[kind].fullmatch(value)):
            said = f'{_name(name)}="{value[:40]}"'
            raise DrawingFault(f"draws a figure that holds <{tag} {said}>, which Matplotlib does not write")
        made.set(name, value)
    if tag == "image":
        _check_picture(made.get("href", ""))
    if tag in ("text", "tspan"):
        made.text = element.text
    for child in element:
        if _name(child.tag) == "a" and child.tag == f"{SVG}a":  # an artist's set_url: the link goes, what it held stays
            made.extend([_copy(inner, depth + 1) for inner in child])
        elif _name(child.tag) not in LEFT_OUT:
            made.append(_copy(child, depth + 1))
    return made


def _name(tag: str) -> str:
    return tag.rpartition("}")[2]


def _is_style(text: str) -> bool:
    """Whether a style sets what Matplotlib sets."""
    parts = [part.partition(":") for part in text.split(";") if part.strip()]
    return all(name.strip() in STYLES and STYLE_VALUE.fullmatch(value.strip()) for name, _, value in parts)


def _check_picture(data: str) -> None:
    """Decode a picture, as the build will have to."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(base64.b64decode(data.partition(",")[2])), formats=["PNG"]) as picture:
                picture.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise DrawingFault(f"draws a picture that is no PNG, or too large a one ({error})") from error


def _resolve(root: Element) -> None:
    """Hold every reference against the ids, and what the marks add up to against what a page can carry."""
    ids: dict[str, Element] = {}
    for element in root.iter():
        if name := element.get("id"):
            ids.setdefault(name, element)  # Matplotlib gives a picture that stands twice one id, which nothing refers to
    weight = 0
    for element in root.iter():
        values = [value for name, value in element.attrib.items() if name != "id"]
        wanted = {(name, "") for value in values for name in REFERENCE.findall(value)}
        wanted |= {(element.get("href", "")[1:], "path")} if element.tag == "use" else set()
        for name, tag in wanted:
            if name not in ids or tag and ids[name].tag != tag:
                raise DrawingFault(f"draws a figure that refers to {name!r}, which it does not hold")
        symbol = ids[element.get("href", "")[1:]].get("d", "") if element.tag == "use" else ""
        weight += sum(map(len, values)) * (element.tag != "image") + len(symbol)
    if weight > 2 * SHOWN_BYTES:  # the page shows about half of what is recorded: coordinates become relative and shorter
        raise DrawingFault(f"draws a figure of about {weight // 2:,} bytes in a page, at most {SHOWN_BYTES:,}; {_remedy()}")


def _remedy() -> str:
    return "draw fewer marks, or pass rasterized=True to what draws them (plt.scatter(…, rasterized=True))"
