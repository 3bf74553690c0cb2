"""The generators of each library, reached at the one place that all the ways to seed them lead through.

That is `Generator.manual_seed` in torch, `SeedSequence.generate_state` and `MT19937._legacy_seeding` in NumPy, `Random.seed` in
Python. The watch (seeds.py) is told of each generator that is made without a seed, and asked for the seed in place of each.
"""

import random
import secrets
import sys
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import numpy.random.bit_generator
import torch

from evidence.run.methods import replace

BEGINNING = {"torch": 67280421310721, "numpy": 0, "random": 0}  # torch's is its own: a plain script begins there too
REMEDY = {
    "torch": "`torch.manual_seed(0)`",
    "numpy": "`rng = np.random.default_rng(0)`, `np.random.seed(0)`, or scikit-learn's `random_state=0`",
    "random": "`random.seed(0)`",
}
NAMES = {"torch": "torch", "numpy": "NumPy", "random": "random"}


class Unseeded(RuntimeError):
    """A snippet drew from a generator that it had not seeded."""

    __module__ = "builtins"  # a reader of the message needs no module name

    def __init__(self, library: str) -> None:
        super().__init__(f"drew from {NAMES[library]} at random without a seed; set one before: {REMEDY[library]}")


class Watching(Protocol):
    """What a watch is to the libraries."""

    shift: int

    def moved(self, seed: Any, size: int = 0) -> Any:
        """The seed that stands for `seed`."""

    def wait(self, generator: Any, library: str) -> None:
        """A generator was made that nobody has seeded yet."""

    def seeded(self, generator: Any) -> None:
        """A generator gets a seed."""

    def restores(self, method: Callable[..., Any], of: Callable[[Any], Any] = lambda it: it) -> Callable[..., Any]:
        """The same method, which sets a generator's whole state."""


def reach(watch: Watching) -> None:
    """Let the watch know and change what every library of this process is seeded with."""
    _torch(watch)
    _numpy(watch)
    _random(watch)


def _torch(watch: Watching) -> None:
    base = torch.Generator

    def manual_seed(method: Any) -> Any:
        def seeded(it: torch.Generator, seed: Any) -> Any:
            watch.seeded(it)
            return method(it, watch.moved(seed, 2**64))

        return seeded

    def by_chance(method: Any) -> Any:
        def refused(it: torch.Generator) -> Any:
            raise Unseeded("torch")

        return refused

    class Kind(type(base)):  # type: ignore[misc]
        def __instancecheck__(cls, it: object) -> bool:
            return isinstance(it, base)

    class Generator(base, metaclass=Kind):  # type: ignore[misc, valid-type]
        def __new__(cls, *args: Any, **kwargs: Any) -> Any:
            made = super().__new__(cls, *args, **kwargs)
            made.manual_seed(BEGINNING["torch"])
            watch.wait(made, "torch")
            return made

    replace(base, "manual_seed", manual_seed)
    replace(base, "seed", by_chance)
    replace(base, "set_state", watch.restores)
    vars(torch)["Generator"] = Generator


def _numpy(watch: Watching) -> None:
    mtrand = np.random.mtrand
    real = np.random.MT19937

    def generate_state(method: Any) -> Any:
        def generate(it: np.random.SeedSequence, n_words: int, dtype: Any = np.uint32) -> Any:
            if watch.shift:
                entropy, key = watch.moved(it.entropy), it.spawn_key
                it = np.random.SeedSequence(entropy, spawn_key=key, pool_size=it.pool_size)
            return method(it, n_words, dtype)

        return generate

    def legacy_seeding(method: Any) -> Any:
        def seeded(it: np.random.MT19937, seed: Any) -> Any:
            if seed is None:
                raise Unseeded("numpy")
            watch.seeded(it)
            return method(it, watch.moved(seed, 2**32))

        return seeded

    def refused(bits: int) -> int:
        raise Unseeded("numpy")

    class Legacy:
        """MT19937 as RandomState makes one: without a seed, and often seeded at once."""

        def __call__(self) -> np.random.MT19937:
            made = real(BEGINNING["numpy"])
            watch.wait(made, "numpy")
            return made

        def __instancecheck__(self, it: object) -> bool:
            return isinstance(it, real)

    replace(np.random.SeedSequence, "generate_state", generate_state)
    replace(real, "_legacy_seeding", legacy_seeding)
    replace(np.random.RandomState, "set_state", lambda method: watch.restores(method, lambda it: it._bit_generator))
    vars(numpy.random.bit_generator)["randbits"] = refused  # the seed of a SeedSequence that was given none
    vars(mtrand)["_MT19937"] = Legacy()
    vars(np.random)["set_state"] = vars(mtrand)["_rand"].set_state


def _random(watch: Watching) -> None:
    def seed(method: Any) -> Any:
        def seeded(it: random.Random, a: Any = None, version: int = 2) -> None:
            if a is None and sys._getframe(2).f_globals.get("__name__") == "tempfile":
                method(it)  # names of files are drawn by chance, and by nobody's seed
            elif a is None:
                method(it, watch.moved(BEGINNING["random"]))
                watch.wait(it, "random")
            else:
                watch.seeded(it)
                method(it, watch.moved(a), version)

        return seeded

    def refused(method: Any) -> Any:
        def draw(*_: Any) -> Any:
            raise Unseeded("random")

        return draw

    replace(random.Random, "seed", seed)
    replace(random.Random, "setstate", watch.restores)
    one = random.seed.__self__  # type: ignore[attr-defined]
    vars(random).update(seed=one.seed, setstate=one.setstate)
    for name in ("random", "getrandbits", "randbytes"):
        replace(random.SystemRandom, name, refused)
    vars(secrets)["randbits"] = refused(None)
