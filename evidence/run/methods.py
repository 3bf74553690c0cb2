"""Put a method of ours into another library's class, also into one that is written in C."""

import ctypes
import functools
import gc
from collections.abc import Callable
from typing import Any


def replace(owner: type, name: str, make: Callable[..., Callable[..., Any]]) -> None:
    """Replace the method `name` of `owner` by `make(original)`, for every object of it, in this process.

    A library has many ways to call such a method and one class that holds it. Python refuses to change a class that was
    written in C; its table of methods is an ordinary dict all the same, and calls from Cython and C++ look the method up there.

    Raises:
        KeyError: the class has no method of this name of its own.
    """
    methods = gc.get_referents(owner.__dict__)[0]
    original = methods[name]
    methods[name] = functools.wraps(original)(make(original))
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(owner))  # what was looked up before is looked up again
