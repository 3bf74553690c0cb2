"""The alt texts and captions below a fence: `<!-- figure: alt -->` and a paragraph `Figure: caption` for each figure."""

from evidence.read.syntax import FIGURE

EXPECTED = "expected `<!-- figure: what is to be seen -->` and below it `Figure: the caption`"


def captions(texts: list[str], start: int, prefix: str) -> tuple[list[tuple[str, str]], int, int | None]:
    """Read the words for the figures of a fence.

    Args:
        texts: the lines of a page.
        start: the index of the first line behind the fence.
        prefix: what stands before the fence.

    Returns:
        An alt text and a caption for each figure, the index behind their last line, and the index of a malformed one.
    """
    found: list[tuple[str, str]] = []
    end = at = start

    def said(index: int) -> str:
        return texts[index].removeprefix(prefix).strip()

    while True:
        while at < len(texts) and not said(at):
            at += 1
        if at >= len(texts) or not said(at).startswith("<!-- figure:"):
            return found, end, None
        stop = next((k for k in range(at, len(texts)) if "-->" in texts[k]), at)
        alt = FIGURE.search(" ".join(said(k) for k in range(at, stop + 1)))
        below = next((k for k in range(stop + 1, len(texts)) if not said(k)), len(texts))
        caption = " ".join(said(k) for k in range(stop + 1, below))
        if not alt or not alt["alt"] or not caption.startswith("Figure:"):
            return found, end, at
        found.append((alt["alt"], caption.removeprefix("Figure:").strip()))
        end = at = below
