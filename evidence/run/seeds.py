"""Every seed that a snippet sets is shifted, however it is given; what it draws without having set one is found.

A claim that hangs on one seed is no claim. So each library is changed at the one place that all its ways to seed lead
through: `Generator.manual_seed` in torch, `SeedSequence.generate_state` and `MT19937._legacy_seeding` in NumPy, `Random.seed`
in Python. Generators that exist before a seed is set begin in a state that depends on the shift alone, and are watched.
"""

import operator
import random
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any

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


class _Found(BaseException):
    """Ends the second run."""


@dataclass
class _Waiting:
    """A generator that nobody has seeded yet."""

    generator: Any  # held, so that its id is no other's
    library: str
    state: Callable[[], Any]
    start: Any

    def moved(self) -> bool:
        return bool(self.state() != self.start)


class Watch:
    """The seeds of one process: shifts them, and knows which generators were drawn from before they had any."""

    def __init__(self, shift: int) -> None:
        self.shift = shift
        self._waiting: dict[int, _Waiting] = {}
        self._drawn: list[str] = []  # the libraries of generators that had been drawn from when they were seeded
        self._watch_torch()
        self._watch_numpy()
        self._watch_random()
        self.begin()

    def begin(self) -> None:
        """Put the generators that a process starts with into their first state, and forget what was drawn."""
        self._waiting.clear()
        self._drawn.clear()
        torch.manual_seed(BEGINNING["torch"])
        np.random.seed(BEGINNING["numpy"])
        random.seed(BEGINNING["random"])
        self._wait(torch.default_generator, "torch")
        self._wait(vars(np.random.mtrand)["_rand"]._bit_generator, "numpy")
        self._wait(random.seed.__self__, "random")  # type: ignore[attr-defined]

    def drawn(self) -> str:
        """What was drawn without a seed, as the failure of a snippet, or ""."""
        moved = (waiting.library for waiting in self._waiting.values() if waiting.moved())
        library = next(iter(self._drawn), "") or next(moved, "")
        return f"Unseeded: {Unseeded(library)}" if library else ""

    def find(self, name: str) -> list[int]:
        """From now on follow the code called `name` line by line; the list that is returned gets the line that drew first.

        The code then ends with an exception. To follow it all the time would cost too much, so it is run a second time for this.
        """
        found: list[int] = []
        last = 1

        def look(frame: FrameType, event: str, _: Any) -> Any:
            nonlocal last
            if frame.f_code.co_filename != name:
                return None
            if self.drawn():
                sys.settrace(None)
                found.append(last)
                raise _Found
            caller = frame.f_back if event == "return" else None
            last = caller.f_lineno if caller and caller.f_code.co_filename == name else frame.f_lineno
            return look

        self.begin()
        sys.settrace(look)
        return found

    def moved(self, seed: Any, size: int = 0) -> Any:
        """The seed that stands for `seed` under the shift; `size` is the number of seeds that there are, where it is limited."""
        if self.shift == 0:
            return seed
        if isinstance(seed, str):
            return f"{seed}+{self.shift}"
        if isinstance(seed, bytes | bytearray):
            return bytes(seed) + str(self.shift).encode()
        if isinstance(seed, float):
            return seed + self.shift
        try:
            number = operator.index(seed) + self.shift
        except TypeError:
            return [*seed, self.shift]
        return number % size if size and number >= size else number

    def _wait(self, generator: Any, library: str) -> None:
        state = _STATES[library](generator)
        self._waiting[id(generator)] = _Waiting(generator, library, state, state())

    def _seeded(self, generator: Any) -> None:
        waiting = self._waiting.pop(id(generator), None)
        if waiting and waiting.moved():
            self._drawn.append(waiting.library)

    def _restores(self, method: Callable[..., Any], of: Callable[[Any], Any] = lambda it: it) -> Callable[..., Any]:
        """The same method, which sets a generator's whole state. Set to the state of the start, it is as unseeded as before."""

        def set_state(it: Any, *args: Any, **kwargs: Any) -> Any:
            waiting = self._waiting.get(id(of(it)))
            self._seeded(of(it))
            result = method(it, *args, **kwargs)
            if waiting and not waiting.moved():
                self._waiting[id(of(it))] = waiting
            return result

        return set_state

    def _watch_torch(self) -> None:
        base = torch.Generator

        def manual_seed(method: Any) -> Any:
            def seeded(it: torch.Generator, seed: Any) -> Any:
                self._seeded(it)
                return method(it, self.moved(seed, 2**64))

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
                watch._wait(made, "torch")
                return made

        watch = self
        replace(base, "manual_seed", manual_seed)
        replace(base, "seed", by_chance)
        replace(base, "set_state", self._restores)
        vars(torch)["Generator"] = Generator

    def _watch_numpy(self) -> None:
        mtrand = np.random.mtrand
        real = np.random.MT19937

        def generate_state(method: Any) -> Any:
            def generate(it: np.random.SeedSequence, n_words: int, dtype: Any = np.uint32) -> Any:
                if self.shift:
                    entropy, key = self.moved(it.entropy), it.spawn_key
                    it = np.random.SeedSequence(entropy, spawn_key=key, pool_size=it.pool_size)
                return method(it, n_words, dtype)

            return generate

        def legacy_seeding(method: Any) -> Any:
            def seeded(it: np.random.MT19937, seed: Any) -> Any:
                if seed is None:
                    raise Unseeded("numpy")
                self._seeded(it)
                return method(it, self.moved(seed, 2**32))

            return seeded

        def refused(bits: int) -> int:
            raise Unseeded("numpy")

        class Legacy:
            """MT19937 as RandomState makes one: without a seed, and often seeded at once."""

            def __call__(self) -> np.random.MT19937:
                made = real(BEGINNING["numpy"])
                watch._wait(made, "numpy")
                return made

            def __instancecheck__(self, it: object) -> bool:
                return isinstance(it, real)

        watch = self
        replace(np.random.SeedSequence, "generate_state", generate_state)
        replace(real, "_legacy_seeding", legacy_seeding)
        replace(np.random.RandomState, "set_state", lambda method: self._restores(method, lambda it: it._bit_generator))
        vars(numpy.random.bit_generator)["randbits"] = refused  # the seed of a SeedSequence that was given none
        vars(mtrand)["_MT19937"] = Legacy()
        vars(np.random)["set_state"] = vars(mtrand)["_rand"].set_state

    def _watch_random(self) -> None:
        def seed(method: Any) -> Any:
            def seeded(it: random.Random, a: Any = None, version: int = 2) -> None:
                if a is None and sys._getframe(2).f_globals.get("__name__") == "tempfile":
                    method(it)  # names of files are drawn by chance, and by nobody's seed
                elif a is None:
                    method(it, self.moved(BEGINNING["random"]))
                    self._wait(it, "random")
                else:
                    self._seeded(it)
                    method(it, self.moved(a), version)

            return seeded

        def refused(method: Any) -> Any:
            def draw(*_: Any) -> Any:
                raise Unseeded("random")

            return draw

        replace(random.Random, "seed", seed)
        replace(random.Random, "setstate", self._restores)
        one = random.seed.__self__  # type: ignore[attr-defined]
        vars(random).update(seed=one.seed, setstate=one.setstate)
        for name in ("random", "getrandbits", "randbytes"):
            replace(random.SystemRandom, name, refused)
        vars(secrets)["randbits"] = refused(None)


_STATES: dict[str, Callable[[Any], Callable[[], Any]]] = {
    "torch": lambda it: lambda: it.get_state().numpy().tobytes(),
    "numpy": lambda it: lambda: (it.state["state"]["pos"], it.state["state"]["key"].tobytes()),
    "random": lambda it: it.getstate,
}
