"""One visit a page for all that a browser is asked about it: how it loads, a telephone, both colour schemes, no scripts."""

from pathlib import Path

import axe
from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parent.parent
PATIENCE = 180_000  # milliseconds until a page that does not answer is given up: machines are busy
LOOPS = 8.0  # the longest task of a page while it loads, in units of the fixed piece of work below
WATCH = """localStorage.clear();  // each page is opened as if by another reader
    window.moved = 0; window.tasks = [0];
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.moved += entry.value;
    }).observe({type: "layout-shift", buffered: true});
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.tasks.push(entry.duration);
    }).observe({type: "longtask", buffered: true})"""
DARKER = "document.querySelector('input[data-md-color-scheme=slate]').click()"  # the button that a reader has for it
LOOP = """() => { const began = performance.now(); let sum = 0;
    for (let n = 0; n < 2.5e6; n++) sum = (sum + n * n) % 1000003;
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
SEEN = """() => {
    const choices = document.createElement("style"), folded = [...document.querySelectorAll("details:not([open])")];
    choices.textContent = ".evidence-try { display: block !important; }";  // what is not chosen and what is folded counts too
    document.head.append(choices);
    folded.forEach((e) => { e.open = true; });
    const found = [...document.querySelectorAll(".evidence-figure svg, math")].map((e) => {
      const box = e.getBoundingClientRect(), style = getComputedStyle(e);
      return [e.tagName, box.width, box.height, style.color, style.visibility]; });
    folded.forEach((e) => { e.open = false; });
    choices.remove();
    return found; }"""
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


class Visitor:
    """A reader in two windows, one of them without JavaScript; a window serves for page after page.

    Args:
        script: the address of axe's script, "" where it is not installed.
        known: the ways in which texts are coloured that were looked at, by colour scheme.
    """

    def __init__(self, browser: Browser, origin: str, script: str, known: dict[str, set[str]]) -> None:
        self.origin, self.script, self.known = origin, script, known
        context = browser.new_context(service_workers="block", permissions=["clipboard-read", "clipboard-write"])
        self.page = context.new_page()
        self.page.add_init_script(WATCH)
        self.heard = listen(self.page, origin, *filter(None, [script.rpartition("/")[0]]))
        self.still = browser.new_context(java_script_enabled=False).new_page()
        self.heard_still = listen(self.still, origin)

    def visit(self, address: str) -> Faults:
        """Open a page as a reader does, and say under each heading what is wrong."""
        found: Faults = {}
        page = self.page
        self.heard.clear()
        page.set_viewport_size({"width": 412, "height": 823})
        page.emulate_media(color_scheme="light", reduced_motion="no-preference")
        page.goto(f"{self.origin}/{address}", wait_until="load")
        found["jumps"], found["answers"] = jumps(page), slow(page)
        for _ in range(2):  # the best of three: other work on the machine is not the page's
            if found["jumps"] or found["answers"]:
                page.reload(wait_until="load")
                found["jumps"], found["answers"] = jumps(page), slow(page)
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.add_style_tag(content=axe.SHOWN)
        page.set_viewport_size({"width": 360, "height": 800})
        found["fits a telephone"] = overflowing(page) + page.evaluate(SCROLLED)
        found["edges"] = page.evaluate(CUT)
        page.set_viewport_size({"width": 1280, "height": 900})
        found["edges"] += page.evaluate(CUT)
        found["light"] = unseen(page) + (["the page is dark"] if dark(page) else [])
        found["axe"] = self.violations(first=True)
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        page.evaluate(DARKER)
        found["dark"] = unseen(page) + ([] if dark(page) else ["the page is not dark"])
        found["axe"] += self.violations(first=False)
        found["copies"] = copies(page)
        found["opens"] = list(self.heard)
        self.heard_still.clear()
        found["without scripts"] = plain(self.still, f"{self.origin}/{address}") + self.heard_still
        return found

    def violations(self, first: bool) -> list[str]:
        """What axe has against the page in the scheme that it is shown in: once by all rules, and each time by its colours."""
        if not self.script:
            return axe.lacking()
        found = []
        if first:
            axe.load(self.page, self.script)
            found = axe.run(self.page, but=axe.COLOURS)
        return found + axe.pale(self.page, self.known["light" if first else "dark"])


def listen(page: Page, *origins: str) -> list[str]:
    """What a page complains of in its console, and what it asks other origins for, from now on."""
    faults: list[str] = []
    page.on("console", lambda m: faults.append(f"console: {m.text}") if m.type == "error" else None)
    page.on("pageerror", lambda e: faults.append(f"error: {e}"))
    inside = (*(f"{origin}/" for origin in origins), "data:", "blob:")
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


def plain(page: Page, url: str) -> list[str]:
    """What a reader without JavaScript lacks; the page runs none, but for what is evaluated here."""
    faults = []
    page.goto(url, wait_until="load")
    if not page.locator("h1").is_visible() or len(page.locator(".md-content").inner_text().split()) <= 50:
        faults.append("its text is not there")
    if page.locator(".evidence-copy:visible").count():
        faults.append("a button to copy is there, which does nothing")
    return faults + page.evaluate(HIDDEN)
