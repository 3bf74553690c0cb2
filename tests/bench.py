"""`make bench`: what the machinery costs, as ratios against the least that is possible. Takes a few minutes."""

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from evidence.read.pages import read_site
from evidence.records.store import Records
from evidence.run.job import Job
from evidence.run.pool import THREADS, Runner, cores

ROOT = Path(__file__).parent.parent
ENV = os.environ | dict.fromkeys(THREADS, "1") | {"MPLBACKEND": "Agg", "NO_MKDOCS_2_WARNING": "true"}
BARE = """
import sys, matplotlib, matplotlib.pyplot as plt, numpy, torch, sklearn.datasets
torch.set_num_threads(1)
plt.show = lambda *a, **k: plt.close("all")
for path in sys.argv[1:]:
    exec(compile(open(path, encoding="utf-8").read(), path, "exec"), {"__name__": "__main__"})
    torch.set_default_dtype(torch.float32)  # what one snippet leaves behind trips the next
"""


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def call(*command: str, cwd: Path = ROOT) -> None:
    subprocess.run(command, cwd=cwd, env=ENV, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def snippet_files() -> dict[str, float]:
    """Every snippet that is a file, with the CPU seconds of its record."""
    records = Records(ROOT)
    found = {f.snippet: f for page in read_site(ROOT) for f in page.fences if f.snippet.endswith(".py")}
    return {name: record.seconds for name, fence in found.items() if (record := records.load(fence))}


def bare_processes(files: dict[str, float]) -> None:
    """Exec all snippets in as many bare processes as there are cores, the work divided evenly, imports once in each."""
    shares: list[list[str]] = [[] for _ in range(cores())]
    loads = [0.0] * cores()
    for name in sorted(files, key=lambda n: -files[n]):
        k = loads.index(min(loads))
        shares[k].append(name)
        loads[k] += files[name]
    started = [
        subprocess.Popen([sys.executable, "-c", BARE, *share], cwd=ROOT, env=ENV, stdout=subprocess.DEVNULL) for share in shares
    ]
    assert not any(process.wait() for process in started)


def in_turn(one: Callable[[], object], other: Callable[[], object], times: int) -> tuple[float, float]:
    """The median seconds of two pieces of work, done in turn, since machines drift."""
    pairs = [(seconds(one), seconds(other)) for _ in range(times)]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)


def bench_run() -> None:
    files = snippet_files()
    fresh = lambda: call(sys.executable, "-m", "pytest", "docs", "--fresh", "-q")  # noqa: E731
    ours, least = in_turn(fresh, lambda: bare_processes(files), 2)
    print(f"fresh run of {len(files)} snippets: {ours:.1f} s, {ours / least:.2f} of the least possible ({least:.1f} s)")


def bench_overhead(count: int = 40) -> None:
    job = Job("nothing.py", "pass\n", (("nothing.py", 1),), "salt")
    with Runner(workers=1) as runner:
        runner.submit(job).result()
        took = seconds(lambda: [f.result() for f in [runner.submit(job) for _ in range(count)]])
    print(f"overhead of one snippet: {1000 * took / count:.0f} ms")


def bench_build(folder: Path) -> None:
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    plain = re.sub(r"  - evidence:\n(    .*\n)*", f"  - pymdownx.snippets:\n      base_path: [{ROOT}]\n", text)
    for name, content in (("ours", text), ("plain", plain)):
        places = f"\ndocs_dir: {ROOT / 'docs'}\nsite_dir: {folder / name}\n"
        (folder / f"{name}.yml").write_text(content + places, encoding="utf-8")
    ours, least = in_turn(
        *(lambda n=n: call(sys.executable, "-m", "mkdocs", "build", "-f", str(folder / f"{n}.yml")) for n in ("ours", "plain")), 3
    )
    print(f"build: {ours:.2f} s, {ours / least:.2f} of plain Material's build of the same pages ({least:.2f} s)")


def until(address: str, wanted: str, limit: float = 60) -> float:
    """Seconds until a page holds a text."""

    def look() -> None:
        stop = time.perf_counter() + limit
        while time.perf_counter() < stop:
            try:
                if wanted in urllib.request.urlopen(address).read().decode():
                    return
            except OSError:
                pass
            time.sleep(0.02)
        raise TimeoutError(f"{address} never showed {wanted!r}")

    return seconds(look)


def bench_edits(folder: Path) -> None:
    """Edit a sentence and a snippet of a copy of the project while `serve` watches it."""
    copy = folder / "copy"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".venv", "site", ".git", ".mypy_cache", ".ruff_cache"))
    page = copy / "docs/training/batch-normalization.md"
    snippet = copy / "snippets/batch_normalization/running_stats.py"
    records = Records(copy)
    own = next(f for p in read_site(copy) for f in p.fences if f.snippet == "snippets/batch_normalization/running_stats.py")
    address = "http://127.0.0.1:8765/training/batch-normalization/"
    server = subprocess.Popen(
        [sys.executable, "-m", "evidence", "serve", "--address", "127.0.0.1:8765"], cwd=copy, env=ENV,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until(address, "running_stats.py")
        time.sleep(2)
        sentences, snippets = [], []
        for n in range(3):
            page.write_text(page.read_text(encoding="utf-8") + f"\nAn edited sentence, number {n}.\n", encoding="utf-8")
            sentences.append(until(address, f"An edited sentence, number {n}."))
            time.sleep(1)
        for n in range(3):
            before = {p.name for p in records.folder.glob("*.json")}
            snippet.write_text(snippet.read_text(encoding="utf-8") + f"# edit {n}\n", encoding="utf-8")
            snippets.append(until(address, f'# edit {n}</span>\n</code></pre></div>\n<pre class="evidence-output"'))
            made = {p.name for p in records.folder.glob("*.json")} - before
            assert len(made) == 1, f"one edited snippet should run one snippet, ran {sorted(made)}"
            time.sleep(1)
        took = (records.load(own) or records).__dict__.get("seconds", 0.0)
        print(f"after an edited sentence the page stands again in {statistics.median(sentences):.2f} s")
        print(f"after an edited snippet in {statistics.median(snippets):.2f} s, the snippet's own {took:.2f} s included")
    finally:
        server.terminate()
        server.wait(10)


def main() -> None:
    missing = [f.snippet for page in read_site(ROOT) for f in page.fences if Records(ROOT).load(f) is None]
    if missing:
        sys.exit(f"{len(missing)} snippets have no fresh record ({missing[0]} …); run `make site` first")
    with tempfile.TemporaryDirectory() as name:
        bench_overhead()
        bench_build(Path(name))
        bench_edits(Path(name))
        bench_run()


if __name__ == "__main__":
    main()
