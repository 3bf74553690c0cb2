"""`make site`: run what has no fresh record, build the site without what does not stand, and say what that is."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

import click
import pytest

from evidence.errors import unwritten
from evidence.fronts.publish import publish
from evidence.read.labs import read_labs
from evidence.read.pages import Page, read_site
from evidence.records.files import RecordsError
from evidence.records.standing import doubts, standing
from evidence.records.store import Records

STANDS, WITHHELD, REFUSED, INTERRUPTED = 0, 1, 2, 130
PYTEST = ("-m", "pytest", "docs", "-q", "-s", "--progress", "--no-header", "--tb=short")
GRACE_SECONDS = 5
TRIES = 10  # as many builds may put their sites into one place at once


def make_site(root: Path) -> int:
    """Make the site of a project; return the exit status.

    0: every answer stands. 1: the site is there, without what does not stand. 2: no site was built, as a page is malformed
    or a link leads nowhere; an earlier site stands as it was. 130: interrupted.
    """
    pages, labs = read_site(root), read_labs(root)
    if problems := [problem.format_message() for page in [*pages, *labs] for problem in page.problems]:
        print("\n".join([*problems, f"no site: {_count(len(problems), 'thing')} to mend on the pages first"]))
        return REFUSED
    ran = _run([sys.executable, *PYTEST], root)
    if ran == INTERRUPTED:
        print("interrupted; what has run is recorded, and the next `make site` goes on from there")
        return INTERRUPTED
    try:
        fault = build(root)
    except click.ClickException as error:
        fault = error.format_message()
    except OSError as error:
        fault = f"{os.path.relpath(error.filename or 'site', root)}: {unwritten(error)}"
    if fault:
        print(f"{fault}\nno site: an earlier one stands as it was")
        return REFUSED
    records = Records(root)
    if told := withheld(pages, labs, records):
        print("\n".join(["", f"withheld ({len(told)}), while all the rest is in site/:", *told]))
        return WITHHELD
    with contextlib.suppress(RecordsError):  # what cannot be removed does no harm
        records.prune(fence for page in [*pages, *labs] for fence in page.fences)
    answers, snippets = len(standing(pages, records)), sum(len(page.fences) for page in pages)
    print(f"site/ stands whole: {_count(answers, 'answer')}, {_count(snippets, 'snippet')}, {_count(len(labs), 'lab')}")
    return STANDS if ran in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED) else WITHHELD


def withheld(pages: list[Page], labs: list[Page], records: Records) -> list[str]:
    """Say of each answer, lab and example that is withheld where it stands, why, and what runs it again."""
    asked = standing(pages, records)
    inside = {id(fence) for question in asked for fence in question.fences}
    found = [(f"{q.page}:{q.line}: {q.title} (#{q.id})", q.withheld, f"make test Q={q.id}") for q in asked if q.withheld]
    python = os.path.relpath(sys.executable)
    for page in [*pages, *labs]:
        if alone := doubts([fence for fence in page.fences if id(fence) not in inside], records):
            found.append((f"{page.path}:{alone[0][0].line}:", alone, f"{python} -m pytest --fresh {page.path}"))
    return [
        "\n".join([f"  {place}", *(f"    {fence.snippet}: {why}" for fence, why in why_not), f"    run it again: {again}"])
        for place, why_not, again in found
    ]


def build(root: Path) -> str:
    """Build and complete the site beside the one that stands, then put it in its place; return what refuses it, or "".

    MkDocs's `--quiet` would switch its `--strict` off, so its output is taken here, and shown where it refuses.
    """
    with tempfile.TemporaryDirectory(dir=root, prefix=".site-", ignore_cleanup_errors=True) as folder:
        made = Path(folder) / "site"
        command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(made)]
        environment = os.environ | {"NO_MKDOCS_2_WARNING": "true"}
        done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)
        if done.returncode:
            said = [line for line in (done.stdout + done.stderr).splitlines() if line and not line.startswith("INFO ")]
            return "\n".join(said)
        publish(root, made)
        _exchange(made, root / "site", Path(folder))
    return ""


def _exchange(made: Path, site: Path, aside: Path) -> None:
    """Put a folder in the place of another; a second build that does the same at once is not in the way.

    Raises:
        ClickException: it cannot be put there; what stood there stands there again.
    """
    for n in range(TRIES):
        old = aside / f"old-{n}"
        try:
            with contextlib.suppress(FileNotFoundError):
                os.replace(site, old)
            os.replace(made, site)
            return
        except OSError as error:
            with contextlib.suppress(OSError):  # the one that stood goes back, unless another build has put its own there
                os.replace(old, site)
            if n == TRIES - 1:
                raise click.ClickException(f"{site.name}: {unwritten(error)}") from error


def _run(command: list[str], root: Path) -> int:
    """Run a command to its end; an interruption ends it too, in order, and is its status."""
    early: list[int] = []
    with contextlib.suppress(ValueError):  # not in the main thread
        signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
        signal.signal(signal.SIGINT, lambda number, _: early.append(number))  # while it is being started, it would be lost
    with subprocess.Popen(command, cwd=root) as process:
        try:
            with contextlib.suppress(ValueError):
                signal.signal(signal.SIGINT, signal.default_int_handler)
            if early:
                raise KeyboardInterrupt
            status = process.wait()
        except KeyboardInterrupt:
            _end(process)
            return INTERRUPTED
    return INTERRUPTED if status in (pytest.ExitCode.INTERRUPTED, -signal.SIGINT, -signal.SIGTERM) else status


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End a process that a terminal has interrupted too: in its own order, then by asking once more, then at once."""
    gently = partial(process.send_signal, signal.SIGINT) if os.name == "posix" else process.terminate
    for seconds, end in ((GRACE_SECONDS, gently), (6 * GRACE_SECONDS, process.kill)):
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
            return
        end()


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
