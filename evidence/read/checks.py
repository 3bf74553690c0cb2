"""`<!-- check: a question? -->`, below it `Answer: …`, and `Output: snippet` for what a snippet printed: check yourself."""

from collections.abc import Iterator

from evidence.read.measured import fence_name
from evidence.read.model import Check, Fence, Page
from evidence.read.syntax import CHECK

PROOF = "proof"
EXPECTED = "expected below it `Answer: …`, and for an output `Output: snippet`, `Output: snippet, p = 0.1` or `…, proof`"


def read_checks(page: Page) -> None:
    """Read the checks of a page, and note what is wrong with them."""
    code = {k for fence in page.fences for k in range(fence.first, fence.last + 1)}
    code |= {k for shown in page.listings for k in range(shown.first, shown.last + 1)}
    for index, line in enumerate(page.lines):
        match = CHECK.match(line.text) if index not in code and line.path == page.path else None
        if not match:
            continue
        below = range(index + 1, len(page.lines))
        last = next((k for k in below if not page.lines[k].text.strip() or k in code), len(page.lines)) - 1
        said = [page.lines[k].text.strip() for k in range(index + 1, last + 1)]
        words = " ".join(text for text in said if not text.startswith("Output:"))
        if not words.startswith("Answer: "):
            page.problem(line.number, f"found {line.text.strip()!r}; {EXPECTED}")
            continue
        check = Check(line.number, index, last, match["question"], words.removeprefix("Answer:").strip())
        for offset, text in enumerate(said):
            if text.startswith("Output:"):
                _read_output(page, check, text.removeprefix("Output:").strip(), page.lines[index + 1 + offset].number)
        page.checks.append(check)


def _read_output(page: Page, check: Check, text: str, line: int) -> None:
    """Read which output an answer shows."""
    known = {name: (fence, which) for fence in page.fences for name, which in _runs(fence)}
    if text in known:
        check.outputs.append(known[text])
    else:
        runs = "; ".join(known) or "none"
        page.problem(line, f"found `Output: {text}`, and nothing of that name runs on this page; what does: {runs}")


def _runs(fence: Fence) -> Iterator[tuple[str, str]]:
    """What a page can name of a fence: each run by its words, with what it is called here."""
    if name := fence_name(fence):
        yield name, ""
        yield from [(f"{name}, {PROOF}", PROOF)] * bool(fence.parts.proof)
        yield from ((f"{name}, {knob.choice(value)}", knob.choice(value)) for knob, value in fence.parts.choices())
