"""One visit a page for all that a browser is asked about it: how it loads, a telephone, both colour schemes, no scripts."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parent.parent
AXE = ROOT / "tests/node_modules/axe-core/axe.min.js"
SHOWN = ".answer { content-visibility: visible !important; }"  # what is far away counts too
PATIENCE = 180_000  # milliseconds until a page that does not answer is given up: machines are busy
LOOPS = 2.0  # the longest task of a page while it loads, in units of the fixed piece of work below
COLOURS = ["color-contrast", "link-in-text-block"]  # the rules of axe that a colour scheme decides; the others hold for both
WATCH = """window.moved = 0; window.tasks = [0];
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.moved += entry.value;
    }).observe({type: "layout-shift", buffered: true});
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.tasks.push(entry.duration);
    }).observe({type: "longtask", buffered: true})"""
DARKER = "document.querySelector('input[data-md-color-scheme=slate]').click()"  # the button that a reader has for it
LOOP = """() => { const began = performance.now(); let sum = 0;
    for (let n = 0; n < 1e7; n++) sum = (sum + n * n) % 1000003;
    window.sum = sum; return performance.now() - began; }"""
WIDE = """() => [...document.querySelectorAll(".md-content *")].filter((e) => {
    if (e.closest("pre, .formula-block, .md-typeset__scrollwrap, svg")) return false;
    return e.getBoundingClientRect().right > innerWidth + 1;
  }).map((e) => e.outerHTML.slice(0, 80))"""
CUT = """() => [...document.querySelectorAll(".answer")].flatMap((answer) => {
    const edge = answer.getBoundingClientRect();
    return [...answer.children].filter((child) => {
      const box = child.getBoundingClientRect();
      return box.height && (box.top < edge.top - 0.5 || box.bottom > edge.bottom + 0.5
        || box.left < edge.left - 0.5 || box.right > edge.right + 0.5);
    }).map((child) => child.outerHTML.slice(0, 80));
  })"""
SCROLLED = """() => [...document.querySelectorAll(".evidence-drawing")].filter((box) => box.scrollWidth > box.clientWidth)
    .map((box) => box.outerHTML.slice(0, 80))"""
SEEN = """() => [...document.querySelectorAll(".evidence-figure svg, math")].map((e) => {
    const box = e.getBoundingClientRect(), style = getComputedStyle(e);
    return [e.tagName, box.width, box.height, style.color, style.visibility]; })"""
HIDDEN = """() => [".evidence code", ".evidence-output", ".evidence-figure svg"].flatMap((selector) =>
    [...document.querySelectorAll(selector)].filter((e) => !e.checkVisibility({visibilityProperty: true}))
      .filter((e) => !e.closest("details:not([open]), .evidence-try"))  // what opens, and what is chosen
      .map((e) => `${selector}: ${e.outerHTML.slice(0, 80)}`))"""

COPY = """async () => {
    const found = [];
    for (const block of document.querySelectorAll('.evidence[data-snippet^="snippets/"]')) {
      const button = block.querySelector(".evidence-copy");
      button.click();
      while (button.textContent !== "Copied") await new Promise((done) => setTimeout(done, 5));
      found.push([block.dataset.snippet, await navigator.clipboard.readText()]);
    }
    return found;
  }"""

Faults = dict[str, list[str]]


def visit(browser: Browser, origin: str, address: str) -> Faults:
    """Open a page as a reader does, and say under each heading what is wrong."""
    found: Faults = {}
    phone = {"width": 412, "height": 823}
    context = browser.new_context(viewport=phone, service_workers="block", permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    found["opens"] = listen(page, origin)
    page.add_init_script(WATCH)
    page.goto(f"{origin}/{address}", wait_until="load")
    found["jumps"], found["answers"] = jumps(page), slow(page)
    for _ in range(2):  # the best of three: other work on the machine is not the page's
        if found["jumps"] or found["answers"]:
            page.reload(wait_until="load")
            found["jumps"], found["answers"] = jumps(page), slow(page)
    page.emulate_media(reduced_motion="reduce")
    page.add_style_tag(content=SHOWN)
    page.set_viewport_size({"width": 360, "height": 800})
    found["fits a telephone"] = overflowing(page) + page.evaluate(SCROLLED)
    found["edges"] = page.evaluate(CUT)
    page.set_viewport_size({"width": 1280, "height": 900})
    found["edges"] += page.evaluate(CUT)
    found["light"] = unseen(page)
    found["axe"] = violations(page)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.evaluate(DARKER)
    found["dark"] = unseen(page) + ([] if dark(page) else ["the page is not dark"])
    found["axe"] += violations(page, COLOURS)
    found["copies"] = copies(page)
    context.close()
    found["without scripts"] = plain(browser, f"{origin}/{address}")
    return found


def listen(page: Page, origin: str) -> list[str]:
    """What a page complains of in its console, and what it asks other origins for, from now on."""
    faults: list[str] = []
    page.on("console", lambda m: faults.append(f"console: {m.text}") if m.type == "error" else None)
    page.on("pageerror", lambda e: faults.append(f"error: {e}"))
    inside = (f"{origin}/", "data:", "blob:")
    page.on("request", lambda r: None if r.url.startswith(inside) else faults.append(f"asks {r.url}"))
    return faults


def copies(page: Page) -> list[str]:
    """What the buttons to copy put into the clipboard, where it is not the snippet's file to the byte."""
    copied = page.evaluate(COPY)
    return [f"copies other text than {name}" for name, text in copied if text != (ROOT / name).read_text(encoding="utf-8")]


def jumps(page: Page) -> list[str]:
    """How far a page's contents move while it is scrolled through, where that is too far."""
    for _ in range(4):
        page.mouse.wheel(0, 2000)
        page.wait_for_timeout(100)
    moved = page.evaluate("window.moved")
    return [] if moved <= 0.02 else [f"its contents move by {moved:.3f}"]


def settle(page: Page) -> None:
    """Let a page lay out what has come near: two frames, however long they take here."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def slow(page: Page) -> list[str]:
    """The longest task of a page, where it takes longer than a fixed piece of work that is timed beside it."""
    if not (longest := page.evaluate("Math.max(...window.tasks)")):
        return []  # nothing that the browser calls long
    loop = max(page.evaluate(LOOP) for _ in range(2))
    return [] if longest <= LOOPS * loop else [f"a task takes {longest / loop:.2f} of the fixed piece of work"]


def overflowing(page: Page) -> list[str]:
    """What is wider than the window."""
    sideways = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return page.evaluate(WIDE) + (["the page scrolls sideways"] if sideways else [])


def unseen(page: Page) -> list[str]:
    """Figures and formulas that cannot be seen."""
    behind = background(page)
    return [
        f"{tag} of {width:.0f} by {height:.0f} pixels, {visibility}, in {colour} on {behind}"
        for tag, width, height, colour, visibility in page.evaluate(SEEN)
        if width <= 2 or height <= 2 or visibility != "visible" or contrast(colour, behind) <= 4.5
    ]


def background(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def dark(page: Page) -> bool:
    return luminance(background(page)) < 0.1


def luminance(colour: str) -> float:
    """The relative luminance (WCAG 2) of a CSS colour `rgb(…)`."""
    parts = [float(x) / 255 for x in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two CSS colours (WCAG 2)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def violations(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe has against a page as it stands: by all its rules, or by some of them."""
    if not AXE.exists():
        return ["axe is missing: npm ci --prefix tests"] if os.environ.get("CI") else []
    page.add_style_tag(content=SHOWN)
    page.add_script_tag(path=str(AXE))
    options = {"resultTypes": ["violations"]} | ({"runOnly": rules} if rules else {})
    found = page.evaluate("(options) => axe.run(document, options)", options)["violations"]
    return [
        f"{v['id']}: {v['help']}: {node['html'][:120]} {node.get('failureSummary', '')[:200]}"
        for v in found
        for node in v["nodes"][:2]
    ]


def plain(browser: Browser, url: str) -> list[str]:
    """What a reader without JavaScript lacks."""
    context = browser.new_context(java_script_enabled=False)  # of the page: ours is still evaluated
    page = context.new_page()
    faults = listen(page, "/".join(url.split("/")[:3]))
    page.goto(url, wait_until="load")
    if not page.locator("h1").is_visible() or len(page.locator(".md-content").inner_text().split()) <= 50:
        faults.append("its text is not there")
    if page.locator(".evidence-copy:visible").count():
        faults.append("a button to copy is there, which does nothing")
    faults += page.evaluate(HIDDEN)
    context.close()
    return faults


def needs_axe() -> None:
    """Skip a test of what axe finds where it is not installed, but not in continuous integration."""
    if not AXE.exists() and not os.environ.get("CI"):
        pytest.skip("needs Node.js: npm ci --prefix tests")
