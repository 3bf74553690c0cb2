"""A browser that breaks once costs a visit, not a page its verdict; one that breaks again is told."""

import contextlib
from collections.abc import Iterator

import browsers
import pytest
from visits import Faults


class Breaking:
    """A visitor whose visits of a page break off as often as its address says."""

    left: dict[str, int]

    def __init__(self, *_: object) -> None:
        pass

    def visit(self, address: str) -> Faults:
        if self.left[address]:
            self.left[address] -= 1
            raise StopIteration
        return {"opens": []}


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[browsers.Visits]:
    monkeypatch.setattr(Breaking, "left", {"whole/": 0, "once/": 1, "twice/": 2}, raising=False)
    monkeypatch.setattr(browsers, "Visitor", Breaking)
    monkeypatch.setattr(browsers, "a_browser", contextlib.nullcontext)
    made = browsers.Visits(Breaking.left, "", "")
    yield made
    made.close()


@pytest.mark.parametrize("address", ["whole/", "once/"])
def test_a_visit_that_breaks_off_once_is_made_again(made: browsers.Visits, address: str) -> None:
    assert made[address].result(timeout=60) == {"opens": []}


def test_a_visit_that_breaks_off_twice_is_told(made: browsers.Visits) -> None:
    with pytest.raises(StopIteration):
        made["twice/"].result(timeout=60)
