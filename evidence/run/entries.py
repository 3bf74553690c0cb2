"""The dict `measured` of a snippet, said inside its process; what it may hold is judged outside (measured.py).

No code of the snippet's own may run while it is looked at: an object with methods of its own is asked for nothing but its
type. So what is said are exact types of Python and NumPy alone; of all else, the name of the type.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from evidence.run.measured import ENTRIES, LETTERS, NAME_LETTERS

NUMBERS: dict[type, Callable[[Any], float]] = {
    **dict.fromkeys((int, np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64), int),
    **dict.fromkeys((float, np.float16, np.float32, np.float64), float),
}

# Bound here, as what follows runs when the snippet may have put something else into `builtins`; and a class may answer for its
# name with code of its own.
_type, _dict, _str, _float, _repr, _name_of = type, dict, str, float, repr, type.__dict__["__name__"].__get__


def said(scope: dict[str, Any]) -> list[str]:
    """What a snippet's names hold as `measured`: its type, then each entry as "kind name", a line end, and its text."""
    found: Any = None
    for name, value in _dict.copy(scope).items():  # never looked up: a key of another type may compare by code of its own
        if _type(name) is _str and name == "measured":
            found = value
    if _type(found) is not _dict:
        return [_name_of(_type(found))]
    entries = []
    for name, value in _dict.copy(found).items():
        kind, text = _name_of(_type(value)), ""
        if _type(name) is not _str:
            kind, name = f"key:{_name_of(_type(name))}", "?"
        elif _type(value) is _str:
            kind, text = "text", value[: LETTERS + 1]
        elif make := NUMBERS.get(_type(value)):
            kind, number = "number", make(value)
            text = _repr(number) if _type(number) is _float or -(2**63) <= number < 2**63 else "inf"
        entries.append(f"{kind} {name[: NAME_LETTERS + 1]}\n{text}")
    return ["dict", *entries[: ENTRIES + 1]]
