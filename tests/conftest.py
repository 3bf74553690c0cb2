"""Tiny books (projects of a few pages) to feed to the machinery, and the site of this project, built once."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import axe
import pytest
from browsers import Visits, a_browser, served
from explorers import EXPLORERS, FRAME
from forks import QUIET, python
from jobs import SECRET, job
from playwright.sync_api import Browser, Error, Page

from evidence.read.labs import read_labs
from evidence.read.pages import read_site
from evidence.run.pool import Runner

signal.signal(signal.SIGINT, signal.default_int_handler)  # started in the background, a shell has it ignored, and children too

ROOT = Path(__file__).parent.parent
BIB = "@article{euler1748, title={Introductio}, author={Leonhard Euler}, journal={Lausanne}, year={1748}, url={https://e.org}}"


def address(path: str) -> str:
    """Where a page (docs/…) stands in the built site."""
    return "/".join([*Path(path).relative_to("docs").with_suffix("").parts, ""]).removesuffix("index/")


PAGES = [address(page.path) for page in read_site(ROOT)]
LABS = [address(lab.path) for lab in read_labs(ROOT)]


class Book:
    """A project in a temporary folder."""

    def __init__(self, root: Path, **files: str | bytes) -> None:
        self.root = root
        self.write("pytest.ini", "[pytest]\naddopts = --codeblocks -p no:cacheprovider\n")
        self.write("docs/index.md", "# Home\n")

    def write(self, name: str, text: str | bytes) -> Path:
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    def page(self, text: str | bytes, name: str = "docs/page.md") -> Path:
        return self.write(name, text)

    def run(self, *args: str) -> subprocess.CompletedProcess[str]:
        """Run pytest on the book's pages."""
        return python("-m", "pytest", "docs", "-q", *args, cwd=self.root)

    def build(self, engine: str, *args: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Build the book's site with an engine."""
        return python("-m", engine, "build", *args, cwd=self.root, **environment)

    def records(self) -> list[str]:
        return sorted(p.name for p in (self.root / ".evidence").glob("*.json"))


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path)


@pytest.fixture(scope="module")
def shared_book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    return Book(tmp_path_factory.mktemp("book"))


@pytest.fixture(scope="session")
def runner() -> Iterator[Runner]:
    """One for all that give jobs to it: its server imports the libraries once. It starts beside a secret in the environment."""
    with Runner() as running:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(*SECRET)
            assert not running.submit(job("pass\n")).result().failure
        yield running


def build(engine: str, folder: Path) -> Path:
    """Build this project's site with an engine, strictly, in a copy of the project; return the site."""
    rendered = ROOT / ".evidence/rendered"
    rendered.mkdir(parents=True, exist_ok=True)
    for name in ("docs", "snippets", ".evidence", "evidence"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", rendered.name))
    (folder / ".evidence/rendered").symlink_to(rendered)  # what one build renders serves the next
    shutil.copy(ROOT / "mkdocs.yml", folder)
    command = [sys.executable, "-m", engine, "build", "--strict"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=os.environ | QUIET)
    assert done.returncode == 0, f"{engine} refuses the site:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return folder / "site"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as `make site` leaves it."""
    from evidence.fronts.publish import publish

    built = build("mkdocs", tmp_path_factory.mktemp("mkdocs"))
    publish(ROOT, built)
    return built


@pytest.fixture(scope="session")
def zensical_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    from evidence.fronts.publish import publish

    built = build("zensical", tmp_path_factory.mktemp("zensical"))
    publish(ROOT, built)
    yield built


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with contextlib.ExitStack() as opened:
        try:
            found = opened.enter_context(a_browser())
        except Error as error:
            why = "no browser: install Chromium (Debian: `apt-get install chromium`) or `playwright install chromium`"
            if os.environ.get("CI"):
                pytest.fail(f"{why}\n{error}")
            pytest.skip(why)
        yield found


@pytest.fixture(scope="module")
def blank(browser: Browser) -> Iterator[Page]:
    """A page with every explorer's script and nothing else, to ask for their arithmetic."""
    page = browser.new_page()
    page.set_content("<!doctype html><title>x</title>")
    for file in (FRAME, *EXPLORERS):
        page.add_script_tag(content=file.read_text(encoding="utf-8"))
    yield page
    page.close()


def asked(session: pytest.Session) -> dict[str, None]:
    """The addresses whose visits a test asks for."""
    return dict.fromkeys(item.callspec.params["address"] for item in session.items if waits(item))


def waits(item: pytest.Item) -> bool:
    return "visits" in getattr(item, "fixturenames", ())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=waits)  # what asks for visits comes last; until then they go on beside the others


@pytest.fixture(scope="session")
def visits(request: pytest.FixtureRequest, browser: Browser, origin: str, axe_origin: str) -> Iterator[Visits]:
    begun = Visits(asked(request.session), origin, axe_origin)
    yield begun
    begun.close()


@pytest.fixture(scope="session", autouse=True)
def visits_begin_first(request: pytest.FixtureRequest) -> None:
    if asked(request.session):
        with contextlib.suppress(Exception, pytest.skip.Exception, pytest.fail.Exception):  # told to those who ask for them
            request.getfixturevalue("visits")


@pytest.fixture(scope="session")
def formed(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """A book in the second form, which has run."""
    from form_book import write_formed

    made = Book(tmp_path_factory.mktemp("formed"))
    write_formed(made)
    done = made.run()
    assert done.returncode == 0, done.stdout
    return made


@pytest.fixture(scope="session")
def origin(site: Path) -> Iterator[str]:
    with served(site) as address:
        yield address


@pytest.fixture(scope="session")
def axe_origin() -> Iterator[str]:
    """The address of axe's script, "" where it is not installed."""
    with served(axe.FOLDER) as address:
        yield f"{address}/{axe.SCRIPT.name}" if axe.SCRIPT.exists() else ""
