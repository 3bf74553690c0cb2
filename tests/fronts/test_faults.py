"""Faults from outside: what may not be written, two runs at once, clocks that jump, an end before the beginning."""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import ROOT, Book
from forks import python, server_class
from jobs import processes_in
from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import load_config

import evidence.records.store as store
from evidence.fronts import make_site as front
from evidence.fronts.make_site import INTERRUPTED, REFUSED, STANDS, WITHHELD
from evidence.fronts.serve import Keeper
from evidence.read.pages import read_site
from evidence.records.store import Records, job_of
from evidence.render import kept
from evidence.render.site import site_of
from evidence.run import pool
from evidence.run.job import Outcome
from evidence.run.pool import Runner

SETTINGS = "site_name: Book\nmarkdown_extensions: [attr_list, pymdownx.superfences, evidence]\nnav: [index.md]\n"
PAGE = '# Home\n\n## Is it two? { #two }\n\nYes.\n\n```python\n--8<-- "snippets/two.py"\n```\n'
SNIPPET = 'print(1 + 1)\nassert 1 + 1 == 2, "two"\n'
SITE, TESTS = ("-m", "evidence", "site"), ("-m", "pytest", "docs", "-q")


def unwritable(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a book (the current folder) while a folder of it is mounted read-only: so root may not write there either."""
    if subprocess.run(["unshare", "-Urm", "true"], capture_output=True).returncode:
        pytest.skip("needs namespaces, in which a folder can be mounted read-only")
    return python(*command, cwd=Path.cwd(), read_only=folder)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, but for the HTML that is kept for the next build."""
    files = (file for file in folder.rglob("*") if file.is_file() and file.parent.name != "rendered")
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book with one answer, which has run, and its site."""
    book = Book(tmp_path_factory.mktemp("whole"))
    for name, text in (("mkdocs.yml", SETTINGS), ("docs/index.md", PAGE), ("snippets/two.py", SNIPPET)):
        book.write(name, text)
    done = python(*SITE, cwd=book.root)
    assert done.returncode == STANDS, done.stdout + done.stderr
    return book.root


@pytest.fixture
def here(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Book:
    """A copy of it, which is the current folder."""
    shutil.copytree(whole, tmp_path / "book")
    monkeypatch.chdir(tmp_path / "book")
    book = Book.__new__(Book)
    book.root = tmp_path / "book"
    return book


CANNOT = "cannot be written: Read-only file system; see whose it is"


def test_records_that_cannot_be_written_are_named_and_nothing_is_lost(here: Book) -> None:
    before = contents(here.root / ".evidence")
    here.write("snippets/two.py", SNIPPET.replace("1 + 1)", "2)"))
    tested = unwritable(here.root / ".evidence", *TESTS)
    assert tested.returncode == 1 and re.search(rf"\.evidence/snippets-two-py\.\w+\.json: {CANNOT}", tested.stdout), tested
    made = unwritable(here.root / ".evidence", *SITE)
    assert made.returncode == WITHHELD and "Is it two? (#two)" in made.stdout and "Traceback" not in made.stdout + made.stderr
    assert contents(here.root / ".evidence") == before and 'data-withheld=""' in (here.root / "site/index.html").read_text()
    here.write("snippets/two.py", SNIPPET)
    assert unwritable(here.root / ".evidence", *SITE).returncode == STANDS, "what is recorded needs no writing"


def test_a_lab_whose_notebook_is_as_it_was_is_not_written_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from evidence.records.files import RecordsError, renew

    renew(tmp_path / "x", "text")
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError(30, "Read-only file system")))
    renew(tmp_path / "x", "text")
    with pytest.raises(RecordsError, match=CANNOT):
        renew(tmp_path / "x", "other")
    assert (tmp_path / "x").read_text() == "text"


def test_pages_that_cannot_be_written_are_read_all_the_same(here: Book) -> None:
    for command in (TESTS, SITE):
        done = unwritable(here.root / "docs", *command)
        assert done.returncode == 0, done.stdout + done.stderr
    before = contents(here.root)
    for folder, named in (("docs", "docs/page/index.md"), ("snippets", "snippets/page/why.py")):
        done = unwritable(here.root / folder, "-m", "evidence", "new-question", "page", "why", "Why?")
        assert done.returncode == 1 and done.stderr.startswith(f"{named}:1: {CANNOT}"), done
    assert contents(here.root) == before


@pytest.mark.parametrize(("folder", "said"), [("", r"\.site-\w+: "), ("site", "site: cannot be written: ")])
def test_a_site_that_cannot_be_written_is_refused_and_the_earlier_one_stands(here: Book, folder: str, said: str) -> None:
    before = contents(here.root)
    done = unwritable(here.root / folder, *SITE)
    assert done.returncode == REFUSED and re.search(f"^{said}", done.stdout, re.M), done
    assert "no site: an earlier one stands as it was" in done.stdout and "Traceback" not in done.stdout + done.stderr
    assert contents(here.root) == before


def test_a_site_that_cannot_be_put_in_its_place_leaves_the_earlier_one_there(tmp_path: Path, monkeypatch) -> None:
    made, site, aside = (tmp_path / name for name in ("made", "site", "aside"))
    for folder in (made, site, aside):
        folder.mkdir()
        (folder / "index.html").write_text(folder.name)
    real = os.replace

    def replace(old: Path, new: Path) -> None:
        if old == made:
            raise PermissionError(13, "Permission denied")
        real(old, new)

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(front.click.ClickException, match="site: cannot be written: Permission denied"):
        front._exchange(made, site, aside)
    assert (site / "index.html").read_text() == "site"


def test_two_sites_made_at_once_end_right_and_a_whole_one_stands(here: Book) -> None:
    expected = set(contents(here.root / "site"))
    for file in (here.root / ".evidence").glob("*.*"):
        file.unlink()
    with ThreadPoolExecutor(2) as both:
        made = list(both.map(lambda _: python(*SITE, cwd=here.root), range(2)))
    assert [done.returncode for done in made] == [STANDS, STANDS], [done.stdout for done in made]
    assert set(contents(here.root / "site")) == expected and not list(here.root.glob(".site-*"))
    assert Records(here.root).doubt(read_site(here.root)[0].fences[0]) == ""


def test_many_sites_put_into_one_place_at_once_leave_one_of_them(tmp_path: Path) -> None:
    faults: list[Exception] = []

    def put(n: int) -> None:
        aside = tmp_path / f"aside-{n}"
        (aside / "made").mkdir(parents=True)
        (aside / "made/index.html").write_text(str(n))
        try:
            front._exchange(aside / "made", tmp_path / "site", aside)
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=put, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == [] and (tmp_path / "site/index.html").read_text() in map(str, range(8))


YEARS = 10 * 365 * 86_400


@pytest.mark.parametrize("jump", [-YEARS, YEARS])
def test_records_outlive_a_clock_that_jumps(here: Book, monkeypatch: pytest.MonkeyPatch, jump: int) -> None:
    (fence,) = read_site(here.root)[0].fences
    records, real = Records(here.root), time.time

    class Jumped(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.fromtimestamp(real() + jump, tz)

    html = set((here.root / ".evidence/rendered").iterdir())
    with monkeypatch.context() as patch:
        patch.setattr(store, "datetime", Jumped)
        patch.setattr(time, "time", lambda: real() + jump)
        patch.setattr(os, "utime", lambda file, utime=os.utime: utime(file, (real() + jump, real() + jump)))
        records.keep(fence, Outcome(job_of(fence), stdout="2\n"))
        for file in html:
            kept._read(file)
        kept.prune()
        records.prune([fence])
    assert set((here.root / ".evidence/rendered").iterdir()) == html, "what a build has just asked for stays"
    records.prune([fence])
    found = records.load(fence)
    assert found and datetime.fromisoformat(found.ran).year - datetime.now(UTC).year in (
        jump // YEARS * 10,
        jump // YEARS * 10 + 1,
    )
    records.keep(fence, Outcome(job_of(fence), stdout="2\n"))
    assert records.doubt(fence) == ""


def earlier(file: Path, text: str) -> None:
    """Edit a file while the clock is ten years behind."""
    file.write_text(text)
    os.utime(file, (time.time() - YEARS, time.time() - YEARS))


def test_an_edit_is_seen_whatever_the_clock_says(here: Book) -> None:
    def shown() -> str:
        return "\n".join(line.text for line in site_of(here.root, look=True)[0][0].lines)

    assert "Yes." in shown()
    earlier(here.root / "docs/index.md", PAGE.replace("Yes.", "Indeed."))
    assert "Indeed." in shown()
    asked = []
    keeper = Keeper(here.root, Runner(1))
    keeper.look()
    keeper.ask = lambda fence: asked.append(fence.code)  # type: ignore[method-assign]
    keeper.look()
    assert asked == [], "nothing has changed"
    earlier(here.root / "snippets/two.py", SNIPPET + "# more\n")
    keeper.look()
    assert asked == [SNIPPET + "# more\n"]


@pytest.fixture
def preview(here: Book, monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """Builds as a preview does what has changed since the last build; returns the page."""
    monkeypatch.setenv("EVIDENCE_PREVIEW", "1")
    (here.root / "evidence").symlink_to(ROOT / "evidence")
    here.write("mkdocs.yml", SETTINGS + "hooks: [evidence/fronts/mkdocs_page.py]\n")
    page = here.root / "site/index.html"
    page.unlink()

    def run() -> str:
        config = load_config(str(here.root / "mkdocs.yml"))
        config.plugins.on_startup(command="serve", dirty=True)
        mkdocs_build(config, dirty=True)
        return page.read_text()

    return run


def authored(root: Path) -> dict[str, tuple[int, bytes]]:
    """Each file of the author's with its time and its bytes."""
    files = [file for name in ("docs", "snippets") for file in (root / name).rglob("*") if file.is_file()]
    return {file.relative_to(root).as_posix(): (file.stat().st_mtime_ns, file.read_bytes()) for file in files}


def test_a_preview_shows_what_has_run_and_leaves_the_authors_files_alone(
    here: Book, preview: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = here.root / "site/index.html"
    assert "<samp>2\n</samp>" in preview()
    here.write("snippets/two.py", SNIPPET.replace("print(1 + 1)", "print(1 + 1 + 1)"))
    before = authored(here.root)
    assert "not run yet" in preview(), "a snippet that is edited makes its page stale"
    monkeypatch.setattr(pool, "Server", server_class())
    with Runner(1) as runner:
        keeper = Keeper(here.root, runner)
        keeper.look()
        while not Records(here.root).load(read_site(here.root)[0].fences[0]):
            time.sleep(0.02)
    assert "<samp>3\n</samp>" in preview(), "and so does a run that has ended"
    built = page.stat().st_mtime_ns
    preview()
    assert page.stat().st_mtime_ns == built and authored(here.root) == before


def test_a_file_that_is_touched_is_found(here: Book) -> None:
    before = authored(here.root)
    os.utime(here.root / "docs/index.md", (1, 1))
    assert authored(here.root) != before


def test_a_preview_watches_what_pages_are_made_of(here: Book, preview: Callable[[], str]) -> None:
    shutil.rmtree(here.root / ".evidence")
    watched = {}

    class Server:
        def watch(self, path: str, recursive: bool = True) -> None:
            watched[Path(path).name] = (Path(path).is_dir(), recursive)

    config = load_config(str(here.root / "mkdocs.yml"))
    config.plugins.on_startup(command="serve", dirty=True)
    config.plugins.on_serve(Server(), config=config, builder=None)
    assert watched == {"snippets": (True, True), ".evidence": (True, False)}


def test_a_preview_shows_an_edit_whatever_the_clock_says(here: Book, preview: Callable[[], str]) -> None:
    page = here.root / "site/index.html"
    assert "Yes." in preview()
    built = page.stat().st_mtime_ns
    preview()
    assert page.stat().st_mtime_ns == built, "what has not changed is not built again"
    earlier(here.root / "docs/index.md", PAGE.replace("Yes.", "Indeed."))
    assert "Indeed." in preview()


def test_no_clock_that_jumps_decides_but_over_ages_of_a_week_and_more() -> None:
    asks = {
        file.relative_to(ROOT).as_posix()
        for file in (ROOT / "evidence").rglob("*.py")
        if re.search(r"\btime\.time(_ns)?\(|\blocaltime\(|datetime\.(now|today|utcnow)\(|date\.today\(", file.read_text())
    }
    assert asks == {"evidence/records/store.py", "evidence/render/kept.py"}, "measure a span with time.monotonic()"


def moment(name: str, folder: Path) -> bool:
    """Whether a run has come so far: its server is starting, or has its folder."""
    if name == "folder":
        return bool(list(folder.glob("evidence-*")))
    started = (Path(f"/proc/{pid}/cmdline") for pid in processes_in(folder))
    return any(b"run.server.serve" in file.read_bytes() for file in started if file.exists())


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc, to see what is left")
@pytest.mark.parametrize(
    ("command", "number", "when", "status"),
    [
        (SITE, signal.SIGINT, "server", INTERRUPTED),
        (SITE, signal.SIGTERM, "folder", INTERRUPTED),
        (TESTS, signal.SIGINT, "folder", pytest.ExitCode.INTERRUPTED),
        (TESTS, signal.SIGTERM, "server", -signal.SIGTERM),
    ],
)
def test_an_end_in_the_first_seconds_leaves_nothing(here: Book, tmp_path: Path, command, number, when, status) -> None:
    for file in (here.root / ".evidence").glob("*.*"):
        file.unlink()
    stop = time.monotonic() + 300
    folder = tmp_path / "rooms"
    folder.mkdir()
    with subprocess.Popen(
        [sys.executable, *command],
        env=os.environ | {"TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as run:
        while not moment(when, folder) and time.monotonic() < stop:
            time.sleep(0.01)
        run.send_signal(number)
        said = run.communicate()[0]
    assert run.returncode == status and "Traceback" not in said, said
    while processes_in(folder) and time.monotonic() < stop:
        time.sleep(0.1)
    assert processes_in(folder) == [] and list(folder.glob("evidence-*")) == [] and list(here.root.glob(".site-*")) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_end_while_the_run_is_being_started_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    class Started(subprocess.Popen):
        def __init__(self, *args, **kwargs) -> None:
            super().__init__(*args, **kwargs)
            made.append(self)
            signal.raise_signal(number)

    made: list[Started] = []
    handlers = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    monkeypatch.setattr(subprocess, "Popen", Started)
    monkeypatch.setattr(front, "GRACE_SECONDS", 1)
    try:
        assert front._run([sys.executable, "-c", "import time; time.sleep(600)"], tmp_path) == INTERRUPTED
    finally:
        for each, handler in handlers.items():
            signal.signal(each, handler)
        lost = [process for process in made if process.poll() is None]
        for process in lost:
            process.kill()
    assert made and not lost


def test_leaving_a_runner_while_its_jobs_end_is_no_fault() -> None:
    runner = Runner(1)

    class Ending:
        """A connection whose thread takes it out while all of them are being ended."""

        def shutdown(self, _: int) -> None:
            runner._running.discard(self)  # type: ignore[arg-type]

    runner._running.update([Ending(), Ending(), Ending()])  # type: ignore[list-item]
    runner.__exit__()
    assert not runner._running
