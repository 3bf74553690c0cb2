"""Shifted seeds reach every way to seed; what is drawn without one is refused; a claim that hangs on one seed is named."""

import json

from evidence.run.job import Conditions, Job

TORCH, NUMPY, RANDOM = "import torch\n", "import numpy as np\n", "import random\n"
SEEDED = {  # a shift by 4 of the seed 3 must be the seed 7
    "torch.manual_seed": TORCH + "torch.manual_seed(SEED)\nprint(torch.rand(1).item())\n",
    "torch.random.manual_seed": TORCH + "torch.random.manual_seed(SEED)\nprint(torch.rand(1).item())\n",
    "torch, by a tensor": TORCH + "torch.manual_seed(torch.tensor(SEED))\nprint(torch.rand(1).item())\n",
    "torch, by a NumPy integer": NUMPY + TORCH + "torch.manual_seed(np.int64(SEED))\nprint(torch.rand(1).item())\n",
    "torch.default_generator": TORCH + "torch.default_generator.manual_seed(SEED)\nprint(torch.rand(1).item())\n",
    "torch.Generator": TORCH + "g = torch.Generator().manual_seed(SEED)\nprint(torch.rand(1, generator=g).item())\n",
    "torch.Generator, with a device": TORCH
    + "g = torch.Generator('cpu')\ng.manual_seed(SEED)\nprint(torch.randperm(9, generator=g))\n",
    "torch layers": TORCH + "torch.manual_seed(SEED)\nprint(torch.nn.Linear(1, 1).weight.item())\n",
    "torch in fork_rng": TORCH + "with torch.random.fork_rng():\n    torch.manual_seed(SEED)\n    print(torch.rand(1))\n",
    "np.random.seed": NUMPY + "np.random.seed(SEED)\nprint(np.random.rand())\n",
    "RandomState": NUMPY + "print(np.random.RandomState(SEED).rand())\n",
    "RandomState.seed": NUMPY + "r = np.random.RandomState()\nr.seed(SEED)\nprint(r.rand())\n",
    "RandomState on a generator": NUMPY + "print(np.random.RandomState(np.random.MT19937(SEED)).rand())\n",
    "RandomState seeded again": NUMPY + "r = np.random.RandomState(np.random.MT19937(0))\nr.seed(SEED)\nprint(r.rand())\n",
    "default_rng": NUMPY + "print(np.random.default_rng(SEED).random())\n",
    "default_rng of a sequence": NUMPY + "print(np.random.default_rng(np.random.SeedSequence(SEED)).random())\n",
    "SeedSequence": NUMPY + "print(np.random.SeedSequence(SEED).generate_state(2))\n",
    "SeedSequence's children": NUMPY + "print(np.random.default_rng(np.random.SeedSequence(SEED).spawn(2)[1]).random())\n",
    "a generator's children": NUMPY + "print(np.random.default_rng(SEED).spawn(2)[1].random())\n",
    **{name: NUMPY + f"print(np.random.Generator(np.random.{name}(SEED)).random())\n" for name in
       ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")},
    "random.seed": RANDOM + "random.seed(SEED)\nprint(random.random())\n",
    "Random": RANDOM + "print(random.Random(SEED).random())\n",
    "Random.seed": RANDOM + "r = random.Random()\nr.seed(SEED)\nprint(r.random())\n",
    "scikit-learn": "from sklearn.model_selection import train_test_split\n"
    "print(train_test_split(list(range(50)), random_state=SEED)[0][:4])\n",
}  # fmt: skip
CHANGED = {  # a seed that is no number is another one under each shift
    "random, by a word": RANDOM + "random.seed('three')\nprint(random.random())\n",
    "random, by bytes": RANDOM + "print(random.Random(b'3').random())\n",
    "random, by a fraction": RANDOM + "random.seed(0.5)\nprint(random.random())\n",
    "default_rng, by a list": NUMPY + "print(np.random.default_rng([3, 4]).random())\n",
    "np.random.seed, by a list": NUMPY + "np.random.seed([3, 4])\nprint(np.random.rand())\n",
    "the largest seed of torch": TORCH + "torch.manual_seed(2**64 - 1)\nprint(torch.rand(1).item())\n",
    "the largest seed of NumPy": NUMPY + "np.random.seed(2**32 - 1)\nprint(np.random.rand())\n",
}
UNSEEDED = {  # by the line that draws
    "torch": (2, TORCH + "print(torch.rand(1))\n"),
    "a layer": (3, TORCH + "\nlayer = torch.nn.Linear(2, 2)\nprint(1)\n"),
    "before the seed": (2, TORCH + "x = torch.rand(1)\ntorch.manual_seed(0)\n"),
    "in a function": (4, NUMPY + "\ndef f():\n    return np.random.rand()\n\nprint(f())\n"),
    "and put back": (3, TORCH + "with torch.random.fork_rng():\n    torch.rand(1)\n"),
    "torch.Generator": (2, TORCH + "print(torch.rand(1, generator=torch.Generator()))\n"),
    "torch.seed": (2, TORCH + "torch.seed()\n"),
    "np.random": (2, NUMPY + "print(np.random.rand())\n"),
    "np.random.seed()": (2, NUMPY + "np.random.seed()\n"),
    "default_rng": (2, NUMPY + "print(np.random.default_rng().random())\n"),
    "PCG64": (2, NUMPY + "np.random.PCG64()\n"),
    "SeedSequence": (2, NUMPY + "np.random.SeedSequence()\n"),
    "RandomState": (2, NUMPY + "print(np.random.RandomState().rand())\n"),
    "scikit-learn": (2, "from sklearn.model_selection import train_test_split\ntrain_test_split(list(range(9)))\n"),
    "random": (2, RANDOM + "print(random.random())\n"),
    "Random": (2, RANDOM + "print(random.Random().random())\n"),
    "random.seed()": (3, RANDOM + "random.seed()\nprint(random.random())\n"),
    "SystemRandom": (2, RANDOM + "random.SystemRandom().random()\n"),
    "secrets": (2, "import secrets\nsecrets.randbits(3)\n"),
}
UNTOUCHED = {  # no draw of the snippet's
    "tempfile": "import tempfile\nwith tempfile.TemporaryDirectory() as folder:\n    print(len(folder) > 3)\n",
    "meta tensors": TORCH + "print(torch.nn.Linear(2, 2, device='meta').weight.shape)\n",
    "a saved state": NUMPY + "np.random.seed(0)\ns = np.random.get_state()\nnp.random.rand()\nnp.random.set_state(s)\n",
    "kinds": TORCH + NUMPY + "assert isinstance(torch.default_generator, torch.Generator)\n"
    "assert isinstance(np.random.RandomState(0), np.random.RandomState)\n"
    "from sklearn.utils import check_random_state\nassert check_random_state(check_random_state(0)).rand() < 1\n",
}


def job(code: str, shift: int = 0) -> Job:
    return Job("s.py", code, tuple(("s.py", n) for n in range(1, code.count("\n") + 1)), "salt", Conditions(shift=shift))


def test_a_shift_of_n_is_the_seed_plus_n_however_it_is_given(runner) -> None:
    runs = {}
    for name, code in SEEDED.items():
        three, seven = code.replace("SEED", "3"), code.replace("SEED", "7")
        runs[name] = [runner.submit(j) for j in (job(three), job(three, 4), job(seven))]
    for name, futures in runs.items():
        plain, shifted, expected = (f.result() for f in futures)
        assert not plain.failure and plain.stdout and plain.stdout != shifted.stdout, f"{name}: a shift should change the draw"
        assert shifted.stdout == expected.stdout, f"{name}: shift 4 of seed 3 should be seed 7"


def test_a_seed_that_is_no_number_changes_too_and_the_largest_ones_stay_valid(runner) -> None:
    runs = {name: [runner.submit(job(code, shift)) for shift in (0, 1, 1, 2)] for name, code in CHANGED.items()}
    for name, futures in runs.items():
        plain, first, again, second = (f.result() for f in futures)
        assert not any(o.failure for o in (plain, first, second)), f"{name}: {first.failure}"
        assert first.stdout == again.stdout, f"{name}: a shift should always do the same"
        assert len({plain.stdout, first.stdout, second.stdout}) == 3, f"{name}: each shift should be another draw"


def test_what_is_drawn_without_a_seed_is_refused_with_its_line_and_the_remedy(runner) -> None:
    runs = {name: (line, runner.submit(job(code)), runner.submit(job(code, 1))) for name, (line, code) in UNSEEDED.items()}
    for name, (line, *futures) in runs.items():
        for outcome in (f.result() for f in futures):
            assert "without a seed; set one before: `" in outcome.failure, f"{name}: {outcome.failure or 'passed'}"
            assert outcome.where == ("s.py", line), f"{name}: expected line {line}, found {outcome.where}"


def test_what_draws_nothing_of_its_own_passes(runner) -> None:
    runs = {name: runner.submit(job(code)) for name, code in UNTOUCHED.items()}
    for name, future in runs.items():
        assert not future.result().failure, f"{name}: {future.result().failure}"


def test_what_is_printed_twice_for_the_search_of_a_draw_is_told_once(runner) -> None:
    outcome = runner.submit(job("import torch\nprint('once')\ntorch.rand(1)\n")).result()
    assert outcome.where == ("s.py", 3) and outcome.stdout == "once\n"


def test_the_report_names_the_claim_the_shift_and_the_line(book) -> None:
    book.write(
        "snippets/lucky.py",
        "import torch\nseed = 0\ng = torch.manual_seed(seed)\nassert torch.initial_seed() not in (2, 3), 'a lucky seed'\n",
    )
    book.page('# P\n\n## Lucky? { #lucky }\n\n```python\n--8<-- "snippets/lucky.py"\n```\n')
    assert book.run().returncode == 0
    done = book.run("--reseed", "4")
    assert done.returncode == 1
    told = "snippets/lucky.py:4: does not hold on the axis seeds (shift 2): AssertionError: a lucky seed"
    assert told in done.stdout and told.replace("2)", "3)") in done.stdout, done.stdout[-1500:]
    assert "2 of 4" in done.stdout
    held = json.loads(next((book.root / ".evidence").glob("*.held")).read_text())
    failure = "snippets/lucky.py:4: AssertionError: a lucky seed"
    assert held == {"seeds": {"shift 1": "passed", "shift 2": failure, "shift 3": failure, "shift 4": "passed"}}
