"""Where a claim holds: each condition has its effect, what it finds is kept and told, and data alone never make a run red."""

import gzip
import json
import subprocess
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from evidence.fronts import fetch_data
from evidence.fronts.elsewhere import Elsewhere
from evidence.fronts.progress import Progress
from evidence.read.pages import read_page
from evidence.records import held, store
from evidence.records.store import Records, job_of
from evidence.run import arithmetic, data
from evidence.run.job import Conditions, Job, Outcome
from evidence.run.pool import Runner

WHAT_COMPUTES = """import json, torch, numpy, sklearn, threadpoolctl
from numpy._core import _multiarray_umath as umath
blas = [lib for lib in threadpoolctl.threadpool_info() if lib["internal_api"] == "openblas"]
print(json.dumps({
    "torch": torch.backends.cpu.get_cpu_capability(), "threads": torch.get_num_threads(),
    "blas": sorted({lib["architecture"] for lib in blas}), "blas threads": sorted({lib["num_threads"] for lib in blas}),
    "numpy": [name for name in umath.__cpu_dispatch__ if umath.__cpu_features__[name]],
}))
"""
DRAWS = """import numpy as np, torch
torch.manual_seed(0)
np.random.seed(0)
rng = np.random.default_rng(0)
draws = [torch.rand(9), torch.randn(9), torch.nn.Linear(3, 3).weight, torch.rand_like(torch.ones(9)), torch.empty(9).normal_()]
draws += [np.random.rand(9), np.random.randn(9), rng.random(9), rng.normal(size=9), np.array([rng.random(), np.random.normal()])]
torch.manual_seed(1)
first, second = torch.rand(99), torch.randint(9, (9,))
torch.manual_seed(1)
assert torch.equal(first, torch.rand(99)), "equal draws should stay equal"
assert 0 <= first.min() and first.max() < 1, "no draw should leave its interval"
print(*(float(x) for draw in [*draws, second] for x in draw.flatten()))
"""
DIGITS = """from sklearn.datasets import load_digits
bunch, (x, y), few = load_digits(), load_digits(return_X_y=True), load_digits(n_class=3)
assert bunch.data.shape == (1797, 64) and bunch.images.shape == (1797, 8, 8)
assert (bunch.data == x).all() and (bunch.target == y).all()
assert set(bunch.data.ravel()) == set(range(17)) and set(few.target) == {0, 1, 2}, "16 levels"
assert (bunch.images.reshape(1797, 64) == bunch.data).all() and bunch.target.dtype.kind == "i"
print(y[:9].tolist(), round(x.mean(), 3))
"""
PAGE = '# P\n\n## Is it? { #it }\n\n```python\n--8<-- "snippets/it.py"\n```\n'


def run(runner: Runner, code: str, conditions: Conditions) -> str:
    origin = tuple(("s.py", n) for n in range(1, code.count("\n") + 1))
    outcome = runner.submit(Job("s.py", code, origin, "salt", conditions)).result()
    assert not outcome.failure, outcome.failure
    return outcome.stdout


EXPECTED = {"SSE4.2": ("DEFAULT", ["Nehalem"]), "AVX2": ("AVX2", ["Haswell"])}


@pytest.mark.parametrize("name", list(arithmetic.SETTINGS))
def test_each_arithmetic_has_its_effect_on_every_library(runner, name: str) -> None:
    here, lacking = arithmetic.available()
    if name in lacking:
        pytest.skip(f"this machine lacks {name}")
    found = json.loads(run(runner, WHAT_COMPUTES, Conditions(arithmetic=name)))
    threads = 2 if name == "two threads" else 1
    assert (found["threads"], found["blas threads"]) == (threads, [threads])
    if name in EXPECTED:
        assert (found["torch"], found["blas"]) == EXPECTED[name]
        assert not any(feature.startswith(arithmetic.BEYOND[name]) for feature in found["numpy"]), found["numpy"]


def test_an_older_arithmetic_rounds_otherwise_and_the_machines_own_does_not(runner) -> None:
    code = "import torch\ntorch.manual_seed(0)\na = torch.rand(300, 300)\nprint(*(a @ a)[7, :9].tolist())\n"
    own = run(runner, code, Conditions())
    assert run(runner, code, Conditions()) == own
    if "SSE4.2" in arithmetic.available()[0]:
        assert run(runner, code, Conditions(arithmetic="SSE4.2")) != own


def test_what_is_offered_is_below_what_the_machine_has(monkeypatch) -> None:
    monkeypatch.setattr(arithmetic.os, "cpu_count", lambda: 2)
    for level, expected in (
        ("AVX-512", (["SSE4.2", "AVX2", "two threads"], [])),
        ("AVX2", (["SSE4.2", "two threads"], ["AVX-512"])),
        ("", (["two threads"], ["SSE4.2", "AVX2", "AVX-512"])),
    ):
        monkeypatch.setattr(arithmetic, "own_level", lambda level=level: level)
        assert arithmetic.available() == expected
    monkeypatch.setattr(arithmetic.os, "cpu_count", lambda: 1)
    assert arithmetic.available() == ([], ["SSE4.2", "AVX2", "AVX-512", "two threads"])


def test_noise_takes_every_draw_a_millionth_off_and_no_more(runner) -> None:
    plain, noisy = (np.array(run(runner, DRAWS, Conditions(noise=n)).split(), float) for n in (0.0, 1e-6))
    assert (plain[-9:] == noisy[-9:]).all(), "whole numbers should be left alone"
    off = np.abs(plain / noisy - 1)[:-9]
    assert off.max() < 2.5e-6, f"at most a millionth (and the rounding), found {off.max():.1e}"
    assert (off > 0).mean() > 0.8, "nearly every draw should be a little off"


def test_other_data_stand_in_for_the_digits_however_they_are_asked_for(runner) -> None:
    if data.fashion_folder() is None:
        pytest.skip(data.REMEDY)
    digits, fashion = (run(runner, DIGITS, Conditions(data=name)) for name in ("digits", "fashion"))
    assert digits.startswith("[0, 1, 2, 3, 4, 5, 6, 7, 8]") and fashion.startswith("[9, 0, 0, 3, 0, 2, 7, 2, 5]")
    assert run(runner, DIGITS, Conditions(data="fashion")) == fashion, "in the same order each time"


def test_without_the_files_the_table_says_how_to_get_them(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(data, "FOLDERS", (tmp_path,))
    with pytest.raises(FileNotFoundError, match="dataset-fashion-mnist.*make data"):
        data.read_table()


def test_what_is_fetched_is_kept_where_its_sum_is_right_alone(monkeypatch, tmp_path: Path) -> None:
    served = {name: gzip.compress(name.encode()) for name in data.FILES}
    monkeypatch.setattr(fetch_data, "SUMS", {name: sha256(name.encode()).hexdigest() for name in data.FILES})
    fetch_data.fetch_data(tmp_path, served.__getitem__)
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(data.FILES)
    fetch_data.fetch_data(tmp_path, lambda name: pytest.fail(f"{name} is already here"))
    (tmp_path / data.FILES[2]).unlink()
    for wrong in (gzip.compress(b"other"), b"<html>not found</html>"):
        with pytest.raises(SystemExit, match=f"{data.FILES[2]}: the sum of its contents is not"):
            fetch_data.fetch_data(tmp_path, lambda name, wrong=wrong: wrong)
        assert not (tmp_path / data.FILES[2]).exists()


def test_an_unknown_axis_is_refused_with_the_known_ones(book) -> None:
    done = book.run("--elsewhere", "weather")
    assert done.returncode == 4
    assert "found the axis 'weather'; expected one of seeds, arithmetic, versions, data, or all" in done.stderr
    assert Elsewhere("all", 0).axes == ["seeds", "arithmetic", "data"]
    assert not Elsewhere("", 0)


def test_a_claim_that_only_other_data_refute_is_told_and_not_red(book) -> None:
    if data.fashion_folder() is None:
        pytest.skip(data.REMEDY)
    code = "from sklearn.datasets import load_digits\n\nassert load_digits().target[1] == 1, 'the second should be a one'\n"
    book.write("snippets/it.py", code)
    book.page(PAGE)
    assert book.run().returncode == 0
    done = book.run("--elsewhere", "data")
    assert done.returncode == 0, done.stdout
    told = "snippets/it.py:3: does not hold on the axis data (Fashion-MNIST at 8x8): AssertionError: the second should be a one"
    assert told in done.stdout and "0 of 1" in done.stdout


def test_a_claim_that_rounding_decides_is_red_and_the_page_tells_where_it_holds(book, runner) -> None:
    code = "import torch\n\ntorch.manual_seed(0)\nx = torch.rand(2)[1]\nassert f'{x:.7f}' == '0.7682218', 'to the last digit'\n"
    book.write("snippets/it.py", code)
    book.page(PAGE)
    assert book.run().returncode == 0
    records, elsewhere = Records(book.root), Elsewhere("arithmetic", 0)
    (fence,) = read_page(book.root, "docs/page.md").fences
    trials = elsewhere.trials(fence)
    outcomes = [future.result() for future in [runner.submit(job_of(fence, trial.conditions)) for trial in trials]]
    # the draw is the same on every processor; a start that is a millionth off is another one
    assert [loss.trial.name for loss in elsewhere.note(fence, trials, outcomes, records)] == ["a millionth off"]
    place = "snippets/it.py:5: does not hold on the axis arithmetic (a millionth off): AssertionError: to the last digit"
    assert next(elsewhere.report()) == place
    assert records.doubt(fence) == "", "the record of the published run stands"
    told = held.read(next((book.root / ".evidence").glob("*.held")).read_text())
    tried = len(arithmetic.available()[0]) + 1
    passed = list(told["arithmetic"].values()).count(held.PASSED)
    assert held.words(told) == f"held for {passed} of {tried} arithmetics" and passed < tried


def test_the_line_of_provenance_says_what_was_tried_and_nothing_else() -> None:
    assert held.words({}) == ""
    told = {"seeds": {"shift 1": "passed", "shift 2": "s.py:1: no"}, "data": {"Fashion-MNIST at 8x8": "passed"}}
    assert held.words(told) == "held for 1 of 2 seeds, 2 of 2 data sets"
    assert held.words({"versions": {"torch 3.0.0": "s.py:1: no"}}) == "held for 1 of 2 versions"


@pytest.mark.parametrize("text", ["", "[]", '{"weather": {}}', '{"seeds": [1, 2]}', '{"seeds": {"shift 1": 1}}', "\0"])
def test_a_damaged_file_counts_as_nothing_tried(book, text: str) -> None:
    book.write("snippets/it.py", "import torch\n\ntorch.manual_seed(0)\nassert torch.rand(1) < 1, 'below one'\n")
    book.page(PAGE)
    with pytest.raises(ValueError):
        held.read(text)


def test_other_versions_are_kept_with_the_record_of_the_same_code(book, monkeypatch) -> None:
    book.write("snippets/it.py", "assert 1 + 1 == 2, 'two'\n")
    book.page(PAGE)
    records, here = Records(book.root), store.versions()
    (fence,) = read_page(book.root, "docs/page.md").fences
    records.save(fence, Outcome(job_of(fence)))
    monkeypatch.setattr(store, "versions", lambda: here | {"torch": "9.9.9"})
    records.hold(fence, "versions", {"torch 9.9.9": "passed"})
    assert records.load(fence) is None, "nothing of its own"
    monkeypatch.setattr(store, "versions", lambda: here)
    assert records.load(fence).held == {"versions": {"torch 9.9.9": "passed"}}


def test_progress_says_how_much_time_is_left(monkeypatch) -> None:
    from concurrent.futures import Future

    now = iter([0.0, 10.0, 200.0])
    monkeypatch.setattr("evidence.fronts.progress.time.monotonic", lambda: next(now))
    lines: list[str] = []
    progress = Progress(lines.append, [10.0, 10.0, 40.0])
    for expected, shift in ((10.0, 0), (10.0, 3), (40.0, 0)):
        future: Future[Outcome] = Future()
        progress.follow(future, expected)
        future.set_result(Outcome(Job("s.py", "", (), "salt", Conditions(shift=shift)), seconds=1.0))
    assert lines == [
        "[1/3] s.py 1.0 s passed; about 50 s left",
        "[2/3] s.py (shift 3) 1.0 s passed; about 7 min left",
        "[3/3] s.py 1.0 s passed",
    ]


def git(book, *command: str) -> None:
    who = ["-c", "user.name=n", "-c", "user.email=n@e.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *command], cwd=book.root, check=True, capture_output=True)


def test_since_a_commit_only_what_has_changed_runs(book) -> None:
    book.write("snippets/it.py", "assert 1 + 1 == 2, 'two'\n")
    book.write("snippets/other.py", "assert 1 + 2 == 3, 'three'\n")
    book.page(PAGE + PAGE[3:].replace("it", "other").replace("Is other", "And that"))
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "first"]):
        git(book, *command)
    nothing = book.run("--since", "HEAD")
    assert nothing.returncode == 0 and "2 deselected" in nothing.stdout
    book.write("snippets/other.py", "assert 2 + 2 == 4, 'four'\n")
    git(book, "commit", "-qam", "second")
    done = book.run("--since", "HEAD~1")
    assert done.returncode == 0 and "1 ran" in done.stdout and "1 deselected" in done.stdout
    wrong = book.run("--since", "nowhere")
    assert wrong.returncode == 4 and "--since nowhere: " in wrong.stderr and "expected a commit" in wrong.stderr
