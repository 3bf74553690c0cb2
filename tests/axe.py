"""What axe finds on a page; for the colours of many pages, each way to be coloured once."""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

FOLDER = Path(__file__).parent / "node_modules/axe-core"
SCRIPT = FOLDER / "axe.min.js"
SHOWN = ".answer { content-visibility: visible !important; }"  # what is far away counts too
COLOURS = ["color-contrast", "link-in-text-block"]  # the rules that a colour scheme decides; the others hold for both
# The texts that can be seen, by all that decides their contrast, and that of a link with the text around it. Those that are
# not known yet are kept for axe to look at.
TEXTS = """(known) => {
    const seen = new Set(known), behind = new Map();
    const background = (e) => {
      if (!e) return "";
      if (!behind.has(e)) {
        const style = getComputedStyle(e);
        const own = [style.backgroundColor, style.backgroundImage, style.opacity, style.filter].join(" ");
        behind.set(e, own === "rgba(0, 0, 0, 0) none 1 none" ? background(e.parentElement) : own + background(e.parentElement));
      }
      return behind.get(e);
    };
    const look = (e) => {
      const style = getComputedStyle(e);
      return [e.localName, e.getAttribute("class"), style.color, style.fill, style.fontSize, style.fontWeight, style.position,
        style.textDecorationLine, style.textShadow];
    };
    window.texts = [];
    const found = [];
    for (const e of document.body.querySelectorAll("*")) {
      if (![...e.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) continue;
      if (!e.checkVisibility({visibilityProperty: true}) || !e.getClientRects().length) continue;
      const key = [...look(e), ...look(e.parentElement), background(e)].join("|");
      if (seen.has(key)) continue;
      seen.add(key);
      found.push(key);
      window.texts.push(e);
    }
    return found;
  }"""


def load(page: Page, address: str = "") -> None:
    """Bring axe into a page, from an address where it is served, which a browser compiles once."""
    page.add_style_tag(content=SHOWN)
    page.add_script_tag(url=address) if address else page.add_script_tag(path=str(SCRIPT))


def violations(page: Page, rules: list[str] | None = None, but: list[str] | None = None) -> list[str]:
    """What axe, which is brought in here, has against a page as it stands: by all its rules but some, or by some of them."""
    if lacking():
        return lacking()
    load(page)
    return run(page, rules, but)


def run(page: Page, rules: list[str] | None = None, but: list[str] | None = None, what: str = "document") -> list[str]:
    """What axe, which is there already, has against a part of a page."""
    options: dict[str, Any] = {"resultTypes": ["violations"], "rules": {name: {"enabled": False} for name in but or []}}
    options |= {"runOnly": rules} if rules else {}
    found = page.evaluate(f"(options) => axe.run({what}, options)", options)["violations"]
    return [
        f"{v['id']}: {v['help']}: {node['html'][:120]} {node.get('failureSummary', '')[:200]}"
        for v in found
        for node in v["nodes"][:2]
    ]


def pale(page: Page, known: set[str]) -> list[str]:
    """What axe has against the colours of those texts that are coloured in a way that is not known; it is then."""
    texts = page.evaluate(TEXTS, sorted(known))
    known.update(texts)
    return run(page, COLOURS, what="{include: window.texts}") if texts else []


def lacking() -> list[str]:
    """In continuous integration it is a fault that axe is not installed; elsewhere its tests are skipped."""
    return ["axe is missing: npm ci --prefix tests"] if not SCRIPT.exists() and os.environ.get("CI") else []


def needs_axe() -> None:
    """Skip a test of what axe finds where it is not installed, but not in continuous integration."""
    if not SCRIPT.exists() and not os.environ.get("CI"):
        pytest.skip("needs Node.js: npm ci --prefix tests")
