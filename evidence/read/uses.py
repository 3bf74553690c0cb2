"""What a page says of the numbers that a snippet measured."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Measures:
    """What a snippet's code says of its dict `measured`."""

    line: int = 0  # of the statement that makes it, counted from 1; 0 where none does
    held: frozenset[str] = frozenset()  # the entries that an assertion uses
    every: bool = False  # an assertion uses them all


@dataclass(frozen=True)
class Use:
    """A place in prose that shows a measured number."""

    name: str
    format: str
    line: int  # of the page
    index: int  # among the page's expanded lines
    percent: bool  # a sign for per cent stands behind it
    text: str
