"""`make bench`: what the machinery costs, as ratios of the least that is possible; a ratio above its mark fails.

Work that one process does is counted in its CPU seconds, so that other work on the machine matters little. Needs the
records that `make site` leaves. `--short` measures the builds and one snippet's overhead alone.
"""

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from evidence.read.labs import read_labs
from evidence.read.pages import read_site
from evidence.records.record import Record
from evidence.records.store import FOLDER, Records, job_of
from evidence.run.job import Job, Outcome
from evidence.run.pool import THREADS, Runner, cores

ROOT = Path(__file__).parent.parent
ENV = os.environ | dict.fromkeys(THREADS, "1") | {"MPLBACKEND": "Agg", "NO_MKDOCS_2_WARNING": "true"}
MARKS = {
    "an unchanged build": 1.5,
    "a build that renders every record": 1.5,
    "500 pages": 1.5,
    "a page of 10,000 lines": 3.0,
    "an edited sentence in the preview": 2.0,
    "a fresh run of all snippets": 1.15,
    "the longest lab": 25.0,
    "the longest choice of a knob": 0.35,
}
BARE = """
import sys, matplotlib, matplotlib.pyplot as plt, numpy, torch, sklearn.datasets
torch.set_num_threads(1)
plt.show = lambda *a, **k: plt.close("all")
for path in sys.argv[1:]:
    exec(compile(open(path, encoding="utf-8").read(), path, "exec"), {"__name__": "__main__"})
    torch.set_default_dtype(torch.float32)  # what one snippet leaves behind trips the next
"""
FIXED = """
import torch
torch.set_num_threads(1)
torch.manual_seed(0)
model = torch.nn.Sequential(torch.nn.Conv2d(8, 32, 3), torch.nn.ReLU(), torch.nn.Conv2d(32, 32, 3))
for _ in range(300):
    model(torch.randn(32, 8, 16, 16)).square().mean().backward()
"""
QUESTION = (
    '## Is it {n}? {{ #q{n} }}\n\nYes, it is.\n\n```python\n--8<-- "snippets/s{n}.py"\n```\n\n### Why\n\nBecause $x = {n}$.\n'
)


class Ratios:
    """What was measured, and what of it lies above its mark."""

    def __init__(self) -> None:
        self.above: list[str] = []

    def tell(self, name: str, ours: float, least: float, than: str) -> None:
        """Print one ratio."""
        ratio, mark = ours / least, MARKS[name]
        line = f"{name}: {ratio:.2f} of {than} ({ours:.2f} s, {least:.2f} s; at most {mark})"
        print(line, flush=True)
        if ratio > mark:
            self.above.append(line)


def seconds(work: Callable[[], object]) -> float:
    """Seconds by the clock."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def cpu_seconds(*command: str | Path, cwd: Path = ROOT) -> float:
    """CPU seconds of a program and of all that it waits for."""
    before = os.times()
    done = subprocess.run([sys.executable, *map(str, command)], cwd=cwd, env=ENV, capture_output=True, text=True)
    after = os.times()
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} in {cwd} failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return after.children_user + after.children_system - before.children_user - before.children_system


def in_turn(one: Callable[[], float], other: Callable[[], float], times: int) -> tuple[float, float]:
    """The median seconds of two pieces of work, done in turn, since machines drift."""
    pairs = [(one(), other()) for _ in range(times)]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)


def copied(folder: Path) -> Path:
    """A copy of the project with its records and its history, whose plain.yml is plain Material of the same pages."""
    copy = folder / "project"
    for name in ("docs", "snippets", FOLDER, "evidence"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "mkdocs.yml", copy)
    if (ROOT / ".git").exists():
        (copy / ".git").symlink_to(ROOT / ".git")
    return with_plain(copy)


def with_plain(copy: Path) -> Path:
    """Write plain.yml beside mkdocs.yml: the same theme, pages and plugins without anything of ours; the code is included."""
    text = (copy / "mkdocs.yml").read_text(encoding="utf-8")
    include = f"  - pymdownx.snippets:\n      base_path: [{copy}]\n"
    text, extensions = re.subn(r"  - evidence:\n(    .*\n)*", include, text)
    text, hooks = re.subn(r"^hooks:.*\n(  .*\n)*", "", text, flags=re.M)
    assert extensions == hooks == 1, "mkdocs.yml has another form than this bench knows"
    (copy / "plain.yml").write_text(text, encoding="utf-8")
    return copy


def build(copy: Path, config: str) -> float:
    return cpu_seconds("-m", "mkdocs", "build", "-q", "-f", copy / config, "-d", copy / f"site-{config}", cwd=copy)


def bench_build(copy: Path, told: Ratios, times: int) -> None:
    def first() -> float:
        shutil.rmtree(copy / FOLDER / "rendered", ignore_errors=True)
        return build(copy, "mkdocs.yml")

    def plain() -> float:
        return build(copy, "plain.yml")

    than = "plain Material's build of the same pages"
    told.tell("a build that renders every record", *in_turn(first, plain, times), than)
    told.tell("an unchanged build", *in_turn(lambda: build(copy, "mkdocs.yml"), plain, times), than)


def book(root: Path, pages: dict[str, str], snippets: int) -> Path:
    """A generated project whose snippets have records, though they never ran: here nothing but the build is looked at."""
    for name, text in pages.items():
        (root / "docs" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "docs" / name).write_text(text, encoding="utf-8")
    (root / "snippets").mkdir()
    for n in range(snippets):
        code = f'"""Claim {n}."""\nx = {n}\nprint(x)\nassert x == {n}, f"should be {n}, was {{x}}"\n'
        (root / f"snippets/s{n}.py").write_text(code, encoding="utf-8")
    settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    settings = re.sub(r"^nav:\n(  .*\n)*", "", settings, flags=re.M)
    (root / "mkdocs.yml").write_text(settings, encoding="utf-8")
    (root / "evidence").symlink_to(ROOT / "evidence")
    records = Records(root)
    for page in read_site(root):
        for fence in page.fences:
            records.save(fence, Outcome(job_of(fence), stdout="1\n", seconds=0.01))
    return with_plain(root)


def bench_size(folder: Path, told: Ratios, pages: int = 500, lines: int = 10_000) -> None:
    """A site of many pages, and one long page."""
    home = {"index.md": "# Home\n\n<!-- generate: questions -->\n"}
    many = {f"p{n}.md": f"# Page {n}\n\n{QUESTION.format(n=n)}" for n in range(pages)}
    each = QUESTION.format(n=0) + "A sentence.\n\n" * 20
    count = lines // each.count("\n")
    long = {"long.md": "# Long\n\n" + "".join(QUESTION.format(n=n) + "A sentence.\n\n" * 20 for n in range(count))}
    for name, texts, snippets in (("500 pages", many, pages), ("a page of 10,000 lines", long, count)):
        made = book(folder / name.replace(" ", "-"), home | texts, snippets)
        told.tell(name, build(made, "mkdocs.yml"), build(made, "plain.yml"), "plain Material's build of the same pages")


def bench_overhead(count: int = 40) -> None:
    job = Job("nothing.py", "pass\n", (("nothing.py", 1),), "salt")
    with Runner(workers=1) as runner:
        runner.submit(job).result()
        took = seconds(lambda: [f.result() for f in [runner.submit(job) for _ in range(count)]]) / count
    bare = seconds(lambda: [subprocess.run([sys.executable, "-c", "import torch"], check=True) for _ in range(3)]) / 3
    print(f"overhead of one snippet: {1000 * took:.0f} ms, {took / bare:.3f} of starting Python with PyTorch ({bare:.2f} s)")


def bench_run(told: Ratios) -> None:
    """Everything afresh against bare processes, as many as there are cores, the work divided evenly, imports once in each."""
    records = Records(ROOT)
    found = {f.snippet: f for page in read_site(ROOT) for f in page.fences if f.snippet.endswith(".py")}
    files = {name: record.seconds for name, fence in found.items() if (record := records.load(fence))}
    shares: list[list[str]] = [[] for _ in range(cores())]
    loads = [0.0] * cores()
    for name in sorted(files, key=lambda n: -files[n]):
        k = loads.index(min(loads))
        shares[k].append(name)
        loads[k] += files[name]

    def start(share: list[str]) -> "subprocess.Popen[bytes]":
        return subprocess.Popen([sys.executable, "-c", BARE, *share], cwd=ROOT, env=ENV, stdout=subprocess.DEVNULL)

    def bare() -> float:
        return seconds(lambda: [process.wait() for process in [start(share) for share in shares]])

    def fresh() -> float:
        return seconds(lambda: cpu_seconds("-m", "pytest", *(page.path for page in read_site(ROOT)), "--fresh", "-q"))

    told.tell("a fresh run of all snippets", *in_turn(fresh, bare, 2), "bare processes that run the same files")


def bench_labs(told: Ratios) -> None:
    """What each lab took when it ran, in units of a fixed piece of work of PyTorch's that is timed now."""
    unit = statistics.median(cpu_seconds("-c", FIXED) for _ in range(3))
    records = Records(ROOT)
    took = {lab.path: record.seconds for lab in read_labs(ROOT) if (record := records.load(lab.fences[0]))}
    for path, spent in took.items():
        print(f"  {path}: {spent / unit:.1f} units ({spent:.0f} s of CPU time)")
    told.tell("the longest lab", max(took.values()), unit, "a fixed piece of work")
    fences = [fence for page in read_site(ROOT) for fence in page.fences if fence.parts.knobs]
    tell_choices(told, [record for fence in fences if (record := records.load(fence))], unit)


def tell_choices(told: Ratios, turned: list[Record], unit: float) -> None:
    """What the choices of knobs took when they ran, in the same units: about two seconds each on a usual machine."""
    took = [(one.seconds, record.snippet, one.choice) for record in turned for one in record.tries]
    for spent, snippet, choice in took:
        print(f"  {snippet} with {choice}: {spent / unit:.2f} units ({spent:.1f} s of CPU time)")
    if took:
        told.tell("the longest choice of a knob", max(took)[0], unit, "a fixed piece of work")


@contextmanager
def serving(copy: Path, port: int, *command: str) -> Iterator[str]:
    quiet = subprocess.DEVNULL
    server = subprocess.Popen([sys.executable, "-m", *command], cwd=copy, env=ENV, stdout=quiet, stderr=quiet)
    try:
        yield f"http://127.0.0.1:{port}/training/batch-normalization/running-mean-and-variance/"
    finally:
        server.terminate()
        server.wait()


def until(address: str, wanted: str, limit: float = 600) -> float:
    """Seconds until a page holds a text."""
    began = time.perf_counter()
    while time.perf_counter() < began + limit:
        try:
            if wanted in urllib.request.urlopen(address).read().decode():
                return time.perf_counter() - began
        except OSError:
            pass
        time.sleep(0.02)
    raise TimeoutError(f"{address} never showed {wanted!r}")


def appended(file: Path, line: str, address: str, wanted: str) -> float:
    """Seconds from an edit until it is shown."""
    file.write_text(file.read_text(encoding="utf-8") + line, encoding="utf-8")
    took = until(address, wanted)
    time.sleep(1)  # the server settles
    return took


def bench_edits(copy: Path, told: Ratios) -> None:
    """Edit a sentence, here and under plain Material's own preview of that page alone, and a snippet."""
    page, took = copy / "docs/training/batch-normalization/running-mean-and-variance.md", {}
    servers = {
        "ours": ("evidence", "serve", "--address", "127.0.0.1:8765"),
        "plain": ("mkdocs", "serve", "-q", "--livereload", "--dirty", "-f", "plain.yml", "-a", "127.0.0.1:8766"),
    }
    for name, command in servers.items():
        with serving(copy, 8765 + (name == "plain"), *command) as address:
            until(address, "<h1")
            time.sleep(2)
            words = [f"A sentence under {name}, number {n}." for n in range(3)]
            took[name] = statistics.median(appended(page, f"\n{said}\n", address, said) for said in words)
            if name == "ours":
                bench_snippet(copy, address)
    told.tell("an edited sentence in the preview", took["ours"], took["plain"], "plain Material's preview of the same page")


def bench_snippet(copy: Path, address: str) -> None:
    name = "snippets/batch_normalization/running_stats.py"
    records, spans = Records(copy), []
    for n in range(3):
        before = {p.name for p in records.folder.glob("*.json")}
        spans.append(appended(copy / name, f"print('edit {n}')\n", address, f"edit {n}\n</samp>"))
        made = {p.name for p in records.folder.glob("*.json")} - before
        assert len(made) == 1, f"one edited snippet should run one snippet, ran {sorted(made)}"
    own = next(f for p in read_site(copy) for f in p.fences if f.snippet == name)
    record = records.load(own)
    spent = record.seconds if record else 0.0
    print(f"an edited snippet stands again in {statistics.median(spans):.2f} s, its own {spent:.2f} s included")


def main(short: bool) -> int:
    fences = [fence for page in [*read_site(ROOT), *read_labs(ROOT)] for fence in page.fences]
    missing = [fence.snippet for fence in fences if Records(ROOT).load(fence) is None]
    if missing:
        sys.exit(f"{len(missing)} snippets have no fresh record ({missing[0]} …); run `make site` first")
    told = Ratios()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy = copied(folder)
        bench_build(copy, told, 1 if short else 3)
        bench_size(folder, told)
        bench_overhead()
        if not short:
            bench_labs(told)
            bench_edits(copy, told)
            bench_run(told)
    print("\n".join(["above their marks:", *told.above]) if told.above else "every mark is met")
    return bool(told.above) and not short  # one timing of each shows that this runs, and judges nothing


if __name__ == "__main__":
    sys.exit(main("--short" in sys.argv))
