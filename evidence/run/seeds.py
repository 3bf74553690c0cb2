"""Every seed that a snippet sets is shifted, however it is given; what it draws without having set one is found.

A claim that hangs on one seed is no claim. Where a library is reached, generators.py says. Generators that exist before a seed is
set begin in a state that depends on the shift alone, and are watched.
"""

import operator
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any

import numpy as np
import torch

from evidence.run.generators import BEGINNING, Unseeded, reach


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
        reach(self)
        self.begin()

    def begin(self) -> None:
        """Put the generators that a process starts with into their first state, and forget what was drawn."""
        self._waiting.clear()
        self._drawn.clear()
        torch.manual_seed(BEGINNING["torch"])
        np.random.seed(BEGINNING["numpy"])
        random.seed(BEGINNING["random"])
        self.wait(torch.default_generator, "torch")
        self.wait(vars(np.random.mtrand)["_rand"]._bit_generator, "numpy")
        self.wait(random.seed.__self__, "random")  # type: ignore[attr-defined]

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

    def wait(self, generator: Any, library: str) -> None:
        """A generator was made that nobody has seeded yet."""
        state = _STATES[library](generator)
        self._waiting[id(generator)] = _Waiting(generator, library, state, state())

    def seeded(self, generator: Any) -> None:
        """A generator gets a seed."""
        waiting = self._waiting.pop(id(generator), None)
        if waiting and waiting.moved():
            self._drawn.append(waiting.library)

    def restores(self, method: Callable[..., Any], of: Callable[[Any], Any] = lambda it: it) -> Callable[..., Any]:
        """The same method, which sets a generator's whole state. Set to the state of the start, it is as unseeded as before."""

        def set_state(it: Any, *args: Any, **kwargs: Any) -> Any:
            waiting = self._waiting.get(id(of(it)))
            self.seeded(of(it))
            result = method(it, *args, **kwargs)
            if waiting and not waiting.moved():
                self._waiting[id(of(it))] = waiting
            return result

        return set_state


_STATES: dict[str, Callable[[Any], Callable[[], Any]]] = {
    "torch": lambda it: lambda: it.get_state().numpy().tobytes(),
    "numpy": lambda it: lambda: (it.state["state"]["pos"], it.state["state"]["key"].tobytes()),
    "random": lambda it: it.getstate,
}
