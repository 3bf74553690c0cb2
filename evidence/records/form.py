"""Whether what a run made fits the form of its snippet and the prose of its page: parts, knobs, measured numbers."""

from collections.abc import Iterator
from typing import Protocol

from evidence.read.measured import alike, fence_name, printed
from evidence.read.model import Fence
from evidence.read.syntax import LIKE_MEASURED
from evidence.read.uses import Use
from evidence.run.job import Measured, Part, Try

Place = tuple[str, int]


class Formed(Protocol):
    """What a run made, of which its form asks."""

    stdout: str
    figures: list[str]
    parts: list[Part]
    measured: Measured
    tries: list[Try]


def taught(made: Formed) -> Part:
    """What the teaching part left; without a proof, that is all."""
    return made.parts[0] if made.parts else Part(made.stdout, "", len(made.figures), 0.0)


def left(made: Formed, which: str) -> str:
    """What one run of a snippet printed: its teaching part (""), its proof ("proof"), or a choice of a knob."""
    if which == "proof":
        return made.parts[1].stdout
    return next((one.stdout for one in made.tries if one.choice == which), "") if which else taught(made).stdout


def form_faults(fence: Fence, made: Formed) -> Iterator[tuple[Place, str]]:
    """What does not fit, each with the file and the line to look at."""
    yield from _parts(fence, made)
    yield from _measured(fence, made)


def _parts(fence: Fence, made: Formed) -> Iterator[tuple[Place, str]]:
    here = (fence.page, fence.line)
    if len(made.parts) != (2 if fence.parts.proof else 0):
        yield here, f"ran in {len(made.parts)} parts, and its code has {2 if fence.parts.proof else 'none'}"
        return
    choices = [knob.choice(value) for knob, value in fence.parts.choices()]
    if (tried := [one.choice for one in made.tries]) != choices:
        yield here, f"tried {', '.join(tried) or 'no value'}, and its code asks for {', '.join(choices) or 'none'}"
        return
    own = taught(made)
    for alt, caption in fence.figures[: own.figures] if fence.parts.knobs else []:
        if LIKE_MEASURED.search(alt + caption):
            said = f"describes a figure by {caption!r}, which stands below each choice of a knob, and was measured for one"
            yield here, f"{said}; say what holds for each, or show the number with the proof"
    for knob in fence.parts.knobs:
        place = (fence.origin[knob.line].path, fence.origin[knob.line].number)
        ours = [one for one in made.tries if one.choice in [knob.choice(value) for value in knob.values]]
        if all(one.stdout == own.stdout for one in ours):
            values = ", ".join(knob.values)
            yield place, f"turns {knob.name!r} to {values}, and all print the same; print what it changes, or take it away"
        for one in ours:
            if len(one.figures) != own.figures:
                yield place, f"draws {len(one.figures)} figures with {one.choice}, and {own.figures} as it is written"


def _measured(fence: Fence, made: Formed) -> Iterator[tuple[Place, str]]:
    shown: dict[str, Use] = {}
    known = ", ".join(made.measured) or "nothing"
    for use in fence.uses:
        if use.name not in made.measured:
            yield (fence.page, use.line), f"found {use.text!r}, and {fence.snippet} measured {known}"
            continue
        try:
            text = printed(made.measured[use.name], use.format)
        except ValueError as error:
            yield (fence.page, use.line), f"found {use.text!r}, and {use.name} {error}"
            continue
        if "." in text or "%" in text or use.percent:
            shown[alike(text, use.percent)] = use
    used = {use.name for use in fence.uses}
    for name in made.measured:
        if not (name in used or name in fence.measures.held or fence.measures.every):
            line = fence.origin[fence.measures.line - 1]
            remedy = f"write `[={_full(fence, name)}:…]` in the prose, assert it, or take it out"
            yield (line.path, line.number), f"measures {name!r}, which no prose and no assertion uses; {remedy}"
    for number, text in fence.typed:
        if use := shown.get(text):  # type: ignore[assignment]
            remedy = f"write {use.text.rstrip(' %')!r}, or, where it is another number, code or a formula (`…`, $…$)"
            yield (fence.page, number), f"found {text} typed, which {fence.snippet} measured as {use.name!r}; {remedy}"


def _full(fence: Fence, name: str) -> str:
    return f"{fence_name(fence)}.{name}".lstrip(".")
