"""Shift every seed that a snippet sets, to see whether its claim hangs on one."""

import random
from typing import Any

import numpy as np
import torch


def shift_seeds(shift: int) -> None:
    """Add `shift` to each seed given to torch, NumPy (legacy and Generator) and random, in this process, from now on.

    A call without a seed stays as it is. `shift` 0 leaves the libraries untouched.
    """
    if shift == 0:
        return

    def moved(seed: Any) -> Any:
        return seed + shift if isinstance(seed, int | np.integer) and not isinstance(seed, bool) else seed

    torch_seed, random_seed, numpy_seed, default_rng = torch.manual_seed, random.seed, np.random.seed, np.random.default_rng

    class Generator(torch.Generator):
        def manual_seed(self, seed: int) -> torch.Generator:
            return super().manual_seed(moved(seed))

    class RandomState(np.random.RandomState):
        def __init__(self, seed: Any = None) -> None:
            super().__init__(moved(seed))

    class Random(random.Random):
        def __init__(self, x: Any = None) -> None:
            super().__init__(moved(x))

    vars(torch).update(manual_seed=lambda seed: torch_seed(moved(seed)), Generator=Generator)
    vars(torch.random)["manual_seed"] = torch.manual_seed
    vars(random).update(seed=lambda a=None, version=2: random_seed(moved(a), version), Random=Random)
    vars(np.random).update(
        seed=lambda seed=None: numpy_seed(moved(seed)),
        default_rng=lambda seed=None: default_rng(moved(seed)),
        RandomState=RandomState,
    )
