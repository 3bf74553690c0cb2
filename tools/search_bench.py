"""Types what people type into the search of a built site, and says at which rank the answer stands.

    python tools/search_bench.py [--site site] [--list public] [--misses] [FILE.tsv ...]

A line of a list is `what is typed <tab> ids of the questions that answer it, by commas <tab> name of the list`. A line that
names no question is passed over.
"""

import argparse
import functools
import http.server
import re
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

LISTS = Path(__file__).parent.parent / "tests" / "search-queries.tsv"


@dataclass(frozen=True)
class Wording:
    """What somebody types, the ids of the questions that answer it, and the list it stands in."""

    text: str
    ids: tuple[str, ...]
    list: str


def read_wordings(file: Path) -> list[Wording]:
    """The wordings of a file that name a question."""
    rows = [line.split("\t") for line in file.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    wordings = [Wording(text, tuple(filter(None, ids.split(","))), (rest or [file.stem])[0]) for text, ids, *rest in rows]
    return [wording for wording in wordings if wording.ids]


def open_search(page: Page, url: str) -> None:
    """Open the search of a page by keyboard and wait until it can answer."""
    page.goto(url)
    page.keyboard.press("/")
    page.wait_for_function("document.querySelector('dialog.search').dataset.shown !== undefined", timeout=60_000)


def found(page: Page, text: str) -> list[str]:
    """The questions and pages that the open search shows for a text, best first: by anchor, or by the last name of the path."""
    page.locator("dialog.search input").fill(text)
    page.wait_for_function("(text) => document.querySelector('dialog.search').dataset.shown === text", arg=text)
    links = page.locator("dialog.search li a").evaluate_all("all => all.map((a) => a.href)")
    return [re.sub(r"(/index\.html|/)$", "", link).rpartition("#" if "#" in link else "/")[2] for link in links]


def ranks(page: Page, wordings: list[Wording]) -> dict[Wording, int]:
    """The rank of the first right result of each wording; 0 where none is shown."""
    out = {}
    for wording in wordings:
        shown = found(page, wording.text)
        out[wording] = next((n for n, name in enumerate(shown, 1) if name in wording.ids), 0)
    return out


def shares(ranked: dict[Wording, int]) -> dict[str, tuple[int, float, float]]:
    """Of each list: how many wordings, the share whose answer stands first, and among the first three."""
    out = {}
    for name in dict.fromkeys(wording.list for wording in ranked):
        ours = [rank for wording, rank in ranked.items() if wording.list == name]
        out[name] = len(ours), sum(r == 1 for r in ours) / len(ours), sum(1 <= r <= 3 for r in ours) / len(ours)
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description="At which rank the search of a built site shows the answer.")
    parser.add_argument("files", nargs="*", type=Path, default=[LISTS])
    parser.add_argument("--site", type=Path, default=Path("site"))
    parser.add_argument("--list", help="only this list")
    parser.add_argument("--misses", action="store_true", help="only the wordings whose answer does not stand first")
    args = parser.parse_args()
    wordings = [w for file in args.files for w in read_wordings(file) if args.list in (None, w.list)]

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(args.site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        open_search(page, f"http://127.0.0.1:{server.server_port}/")
        ranked = ranks(page, wordings)
    for wording, rank in ranked.items():
        if rank != 1 or not args.misses:
            print(rank or "-", wording.list, wording.text, ",".join(wording.ids), sep="\t")
    for name, (count, first, three) in shares(ranked).items():
        print(f"{name}: {count} wordings; first for {first:.0%}, among the first three for {three:.0%}")


if __name__ == "__main__":
    main()
