"""Where else a claim held: for each axis, under which conditions its snippet passed, and what it said where it did not."""

import json

PASSED = "passed"
AXES = {"seeds": "seeds", "arithmetic": "arithmetics", "versions": "versions", "data": "data sets"}  # and how a page calls them
OWN_COUNTS = ("versions", "data")  # of these the published run is one more

Held = dict[str, dict[str, str]]


def read(text: str) -> Held:
    """What a file of this kind says.

    Raises:
        ValueError: it is damaged.
    """
    told = json.loads(text)
    if not isinstance(told, dict) or not all(axis in AXES and isinstance(names, dict) for axis, names in told.items()):
        raise ValueError("expected axes with their conditions")
    if not all(type(said) is str for names in told.values() for said in names.values()):
        raise ValueError("expected words for each condition")
    return told


def count(held: Held, axis: str) -> tuple[int, int]:
    """Under how many of how many conditions a claim that passed here holds on an axis; (0, 0) where none was tried."""
    said = list(held.get(axis, {}).values())
    own = int(axis in OWN_COUNTS and bool(said))
    return said.count(PASSED) + own, len(said) + own


def words(held: Held) -> str:
    """For readers: `held for 10 of 10 seeds, 2 of 2 data sets`; "" where nothing was tried."""
    counts = [(*count(held, axis), name) for axis, name in AXES.items()]
    told = ", ".join(f"{passed} of {tried} {name}" for passed, tried, name in counts if tried)
    return f"held for {told}" if told else ""
