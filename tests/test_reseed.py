"""Shifted seeds reach every generator, and a claim that hangs on one seed is named."""

import re

from evidence.run.job import Conditions, Job
from evidence.run.pool import Runner

SOURCES = {
    "torch": "import torch\ntorch.manual_seed(3)\nprint(torch.rand(1).item())\n",
    "torch generator": "import torch\ng = torch.Generator().manual_seed(3)\nprint(torch.rand(1, generator=g).item())\n",
    "numpy legacy": "import numpy as np\nnp.random.seed(3)\nprint(np.random.rand())\n",
    "numpy state": "import numpy as np\nprint(np.random.RandomState(3).rand())\n",
    "numpy generator": "import numpy as np\nprint(np.random.default_rng(3).random())\n",
    "random": "import random\nrandom.seed(3)\nprint(random.random())\n",
    "random object": "import random\nprint(random.Random(3).random())\n",
    "scikit-learn": "from sklearn.model_selection import train_test_split\n"
    "print(train_test_split(list(range(50)), random_state=3)[0][:4])\n",
}


def job(code: str, shift: int) -> Job:
    return Job("s.py", code, tuple(("s.py", n) for n in range(1, code.count("\n") + 1)), "salt", Conditions(shift=shift))


def test_a_shift_of_n_is_the_seed_plus_n_in_every_library() -> None:
    with Runner() as runner:
        for name, code in SOURCES.items():
            plain, shifted, expected = (
                runner.submit(j).result().stdout for j in (job(code, 0), job(code, 4), job(code.replace("3", "7", 1), 0))
            )
            assert plain and plain != shifted, f"{name}: a shift should change what is drawn"
            assert shifted == expected, f"{name}: shift 4 of seed 3 should be seed 7"


def test_the_report_names_the_claim_and_the_shift(book) -> None:
    book.write(
        "snippets/lucky.py",
        "import torch\nseed = 0\ng = torch.manual_seed(seed)\nassert torch.initial_seed() not in (2, 3), 'a lucky seed'\n",
    )
    book.page('# P\n\n## Lucky? { #lucky }\n\n```python\n--8<-- "snippets/lucky.py"\n```\n')
    assert book.run().returncode == 0
    done = book.run("--reseed", "4")
    assert done.returncode == 1
    line = r"snippets/lucky\.py \(lucky\[lucky\]\): fails at shift 2, 3: AssertionError: a lucky seed"
    assert re.search(f"does not survive a change of seed: {line}", done.stdout), done.stdout[-1500:]
    seeds = next((book.root / ".evidence").glob("*.seeds"))
    assert seeds.read_text() == "[2, 4]"
