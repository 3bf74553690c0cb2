"""A drawing: what Matplotlib writes is shown whole, and nothing else ever reaches a page."""

import re
from collections.abc import Callable

import matplotlib
import numpy as np
import pytest
from drawings import drawn, hatches

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from evidence.records.drawings import DrawingFault, drawing_fault, read_drawing
from evidence.render.drawing import drawing

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">'
PIXEL = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def links() -> None:
    plt.plot([1, 2], url="javascript:alert(1)")
    plt.scatter([1, 2], [1, 2], urls=["javascript:alert(1)", "https://e.org"])
    plt.imshow(np.eye(3), url="https://e.org")


def clipped() -> None:
    plt.imshow(np.eye(3)).set_clip_path(plt.Circle((1, 1), 1, transform=plt.gca().transData))


def shaded() -> None:
    plt.tripcolor([0, 1, 0, 1], [0, 0, 1, 1], [0, 1, 2, 3], shading="gouraud")


def named() -> None:
    plt.plot([1, 2], gid='a"b <c>')
    plt.plot([2, 1], gid="url(#nowhere)")
    plt.title("<script>alert(1)</script> & $x^2$ 漢字")


def rasterized() -> None:
    plt.scatter(*np.random.default_rng(0).random((2, 100_000)), rasterized=True)


@pytest.mark.parametrize("draw", [hatches, links, clipped, shaded, named, rasterized])
def test_what_matplotlib_writes_is_shown_and_each_reference_arrives(draw: Callable[[], object]) -> None:
    svg = drawn(draw)
    assert drawing_fault(svg) == ""
    shown = drawing(svg, "here-", "what is to be seen")
    ids = re.findall(r'\bid="([^"]*)"', shown)
    assert set(re.findall(r"url\(#([^)]*)\)", shown)) == set(ids), "each id is referred to, each reference has its id"
    assert all(name.startswith("here-") for name in ids) and len(ids) == len(set(ids))
    assert not re.search(r"<(a|script|style|metadata|use)\b|javascript:|e\.org", shown)


def test_hatched_bars_keep_their_pattern() -> None:
    shown = drawing(drawn(hatches), "here-", "bars")
    assert re.search(r'<pattern id="here-h\w+"[^>]*><rect [^>]*/><path d="[^"]+"', shown)
    assert re.search(r"fill: url\(#here-h\w+\)", shown)


def test_an_artist_with_a_link_keeps_its_drawing() -> None:
    with_link, without = drawn(lambda: plt.plot([1, 2], url="https://e.org")), drawn(lambda: plt.plot([1, 2]))
    assert "<a " in with_link and drawing(with_link, "p-", "") == drawing(without, "p-", "")


@pytest.mark.parametrize(
    ("inside", "named"),
    [
        ("<script>alert(1)</script>", "<script>"),
        ('<g onload="alert(1)"/>', '<g onload="alert(1)">'),
        ('<foreignObject><iframe srcdoc="x"/></foreignObject>', "<foreignObject>"),
        ('<animate attributeName="href" onbegin="alert(1)"/>', "<animate>"),
        ('<set attributeName="href" to="javascript:alert(1)"/>', "<set>"),
        ('<image width="1" height="1" xlink:href="https://e.org/x.png"/>', "<image href="),
        ('<image width="1" height="1" href="data:image/svg+xml;base64,PHN2Zz4="/>', "<image href="),
        ('<image width="1" height="1" href="data:image/png;base64,AAAA"/>', "no PNG"),
        (f'<image width="1" height="1" href="{PIXEL}" onerror="alert(1)"/>', "<image onerror="),
        ('<use xlink:href="https://e.org/x.svg#a" x="1" y="1"/>', "<use href="),
        ('<use xlink:href="#nowhere" x="1" y="1"/>', "'nowhere'"),
        ('<path d="M 0 0 L 1 1" style="fill: url(https://e.org/x)"/>', "<path style="),
        ('<path d="M 0 0 L 1 1" style="background: url(#x)"/>', "<path style="),
        ('<path d="M 0 0 L 1 1" style="fill: red; behavior: x"/>', "<path style="),
        ('<path d="M 0 0 L 1 1" clip-path="url(#nowhere)"/>', "'nowhere'"),
        ('<path d="M 0 0 L 1 1" mask="url(x.svg#a)"/>', "<path mask="),
        ('<path d="M 0 0 L 1"/>', "<path d="),
        ('<a xmlns:x="http://www.w3.org/1999/xlink" x:href="javascript:1"><script/></a>', "<script>"),
        ('<script xmlns="http://www.w3.org/1999/xhtml">alert(1)</script>', "<script>"),
        ('<g xmlns="http://www.w3.org/1999/xhtml"/>', "<g>"),
        ("<![CDATA[<script>]]>", "<![CDATA["),
        ("<?xml-stylesheet href='https://e.org/x.css'?>", "<?xml-styles"),
        ("<g>" * 100 + "</g>" * 100, "nested more than"),
        ("<text>\x1b[31m</text>", "control character"),
    ],
)
def test_what_matplotlib_does_not_write_is_refused(inside: str, named: str) -> None:
    fault = drawing_fault(f"{HEAD}{inside}</svg>")
    assert named in fault
    with pytest.raises(DrawingFault, match=re.escape(named)):
        drawing(f"{HEAD}{inside}</svg>", "p-", "")


@pytest.mark.parametrize(
    "svg",
    [
        "",
        "not a drawing",
        '<html xmlns="http://www.w3.org/1999/xhtml"/>',
        '<svg viewBox="0 0 9 9"/>',
        '<svg xmlns="http://www.w3.org/2000/svg"/>',
        f'<!DOCTYPE svg SYSTEM "file:///etc/passwd">{HEAD}</svg>',
        f'<!DOCTYPE svg [<!ENTITY a "{"b" * 99}">]>{HEAD}<text>&a;</text></svg>',
        HEAD.replace("<svg", '<svg onload="alert(1)"') + "</svg>",
        HEAD.replace("0 0 9 9", "0 0 url(#a) 9") + "</svg>",
    ],
)
def test_what_is_no_drawing_is_refused(svg: str) -> None:
    assert drawing_fault(svg).startswith("draws a figure")


def test_a_drawing_too_heavy_for_a_page_says_what_to_do() -> None:
    points = np.random.default_rng(0).random((2, 20_000))
    for count in (20_000, 100_000):
        fault = drawing_fault(drawn(lambda count=count: plt.scatter(*np.resize(points, (2, count)))))
        assert "rasterized=True" in fault, count


def test_within_the_limit_a_drawing_is_shown_within_it() -> None:
    for alpha in (None, 0.5):
        svg = drawn(lambda alpha=alpha: plt.scatter(*np.random.default_rng(0).random((2, 2_000)), alpha=alpha))
        assert drawing_fault(svg) == "" and len(drawing(svg, "p-", "")) < 1_000_000


def test_reading_keeps_the_text_of_texts_alone() -> None:
    root = read_drawing(f"{HEAD}<g>here<text>there</text>too</g></svg>")
    assert "".join(root.itertext()) == "there"
