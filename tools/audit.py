"""`make audit`: Lighthouse (mobile, throttled, the median of three) on each kind of page; a score below its mark fails."""

import functools
import gzip
import http.server
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

ROOT = Path(__file__).parent.parent
KINDS = {
    "home": "",
    "topic": "training/dropout/",
    "topic of most questions": "training/batch-normalization/",
    "question": "training/dropout/dropout-at-test-time/",
    "with an explorer": "layers/convolution/output-size/",
    "with photographs": "training/preprocessing/images-center-only/",
    "index": "questions/",
    "verdicts": "verdicts/",
    "open questions": "open-questions/",
    "glossary": "glossary/",
    "references": "references/",
    "list of labs": "labs/",
    "lab": "labs/unet_on_digit_scenes/",
}
MARKS = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
QUIET = "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-sync"


class Compressing(http.server.SimpleHTTPRequestHandler):
    """Serves a site as its host does: text compressed."""

    def log_message(self, *_: object) -> None:
        pass

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "max-age=600")
        super().end_headers()

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        kind = self.guess_type(str(path))
        if not path.is_file() or not kind.startswith(("text/", "application/j", "image/svg")):
            return super().do_GET()
        body = gzip.compress(path.read_bytes())
        self.send_response(200)
        for name, value in {"Content-Type": kind, "Content-Encoding": "gzip", "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def serve(site: Path) -> str:
    """Serve a site in the background; return its address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Compressing, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def scores(url: str) -> dict[str, float]:
    """One run of Lighthouse."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "report.json"
        chrome = next(p for n in ("chromium", "chromium-browser", "google-chrome", "chrome") if (p := shutil.which(n)))
        command = [str(ROOT / "tests/node_modules/.bin/lighthouse"), url, "--quiet", "--output=json", f"--output-path={out}"]
        command += [f"--chrome-flags={QUIET}", f"--only-categories={','.join(MARKS)}"]
        subprocess.run(command, check=True, env=os.environ | {"CHROME_PATH": chrome}, capture_output=True, text=True)
        report = json.loads(out.read_text(encoding="utf-8"))
    found = {name: 100.0 * (report["categories"][name]["score"] or 0) for name in MARKS}
    for name in MARKS:
        for ref in report["categories"][name]["auditRefs"]:
            audit = report["audits"][ref["id"]]
            if ref["weight"] and audit["score"] is not None and audit["score"] < 0.9:
                print(f"      {name}: {audit['title']} {audit.get('displayValue', '')}", file=sys.stderr)
    return found


def main(site: Path, runs: int = 3) -> int:
    address, low = serve(site), []
    print(f"{'page':24}" + "".join(f"{name:>16}" for name in MARKS))
    for kind, path in KINDS.items():
        if not (site / path / "index.html").exists():
            continue
        found = [scores(f"{address}/{path}") for _ in range(runs)]
        median = {name: statistics.median(run[name] for run in found) for name in MARKS}
        print(f"{kind:24}" + "".join(f"{value:16.0f}" for value in median.values()), flush=True)
        low += [f"{kind}: {name} is {median[name]:.0f}, at least {mark}" for name, mark in MARKS.items() if median[name] < mark]
    print("\n".join(low) or "every mark is met")
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "site"), int(sys.argv[2]) if len(sys.argv) > 2 else 3))
