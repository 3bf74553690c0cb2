"""Run what a branch changes: `--since REF` leaves out every fence whose code is as it was there."""

import subprocess
from pathlib import Path

import pytest


def changed_files(root: Path, since: str) -> set[str]:
    """The files below the project that differ from what they were where this branch left `since`.

    Raises:
        pytest.UsageError: git knows no such commit, or this is no checkout.
    """
    command = ["git", "diff", "--name-only", "--relative", "--merge-base", "--end-of-options", since]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    if done.returncode:
        fault = done.stderr.strip().splitlines()[-1:] or ["git failed"]
        raise pytest.UsageError(f"--since {since}: {fault[0]}; expected a commit of this checkout, as origin/main")
    return set(done.stdout.splitlines())
