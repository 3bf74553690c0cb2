"""Ask every link of the pages and of the bibliography whether it still leads somewhere. Needs the network; run weekly."""

import re
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parent.parent
LINK = re.compile(r"https?://[^\s)>\]}\"'`]+")
REFUSES_ROBOTS = {401, 403, 405, 406, 418, 429, 503}  # publishers' sites answer so to scripts; the page is there


def fault(url: str) -> str:
    """Why a link is dead, or ""."""
    request = urllib.request.Request(url, headers={"User-Agent": "Mozilla/5.0 (link check)"})
    for _ in range(2):
        try:
            with urllib.request.urlopen(request, timeout=30):
                return ""
        except urllib.error.HTTPError as error:
            return "" if error.code in REFUSES_ROBOTS else f"HTTP {error.code}"
        except (OSError, ValueError) as error:
            last = str(error)
    return last


def main() -> None:
    files = [*(ROOT / "docs").rglob("*.md"), ROOT / "docs/references.bib", ROOT / "README.md"]
    found = {url.rstrip(".,;:"): file for file in files for url in LINK.findall(file.read_text(encoding="utf-8"))}
    with ThreadPoolExecutor(8) as pool:
        dead = [(found[url], url, why) for url, why in zip(found, pool.map(fault, found), strict=True) if why]
    for file, url, why in dead:
        print(f"{file.relative_to(ROOT)}: {url}: {why}")
    sys.exit(bool(dead))


if __name__ == "__main__":
    main()
