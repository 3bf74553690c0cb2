"""Matplotlib in the snippet's process: one style for every figure, and `plt.show()` hands the figures to the record."""

import io
import sys
import warnings
from collections.abc import Callable
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
from cycler import cycler
from matplotlib.figure import Figure

from evidence.colours import INK, PALETTE

STYLE: Any = {
    "axes.edgecolor": INK,
    "axes.facecolor": "none",
    "axes.labelcolor": INK,
    "axes.prop_cycle": cycler(color=PALETTE),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": INK,
    "axes.titlesize": "medium",
    "figure.constrained_layout.use": True,
    "figure.figsize": (6.4, 3.6),
    "font.family": "DejaVu Sans",
    "font.size": 11,
    "image.cmap": "gray",
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "patch.edgecolor": INK,
    "savefig.facecolor": "none",
    "svg.fonttype": "none",  # text stays text: small, selectable, in the page's colour
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}
WIDEST = (7.0, 4.05)  # inches; wider or higher ones shrink to illegible on a phone


class Collector:
    """Replaces `plt.show`: every open figure becomes an SVG, in the order of its number, and is closed."""

    def __init__(self, salt: str, take_over: Callable[[str], None]) -> None:
        matplotlib.rcParams.update(STYLE)
        matplotlib.rcParams["svg.hashsalt"] = salt  # ids that are the same in each run and differ between snippets
        self.take_over, self._savefig = take_over, Figure.savefig

        # `tight_layout` says so where it replaces the constrained layout of STYLE; a reader's run, without it, does not
        warnings.filterwarnings("ignore", "The figure layout has changed to tight", UserWarning)

        def show(*_args: Any, **_kwargs: Any) -> None:  # a function: pyplot sets attributes on it
            caller = sys._getframe(1)
            with warnings.catch_warnings(record=True) as found:
                self.take()
            for one in found:  # of the snippet's line that shows the figure, and not of a line of ours
                warnings.warn_explicit(one.message, one.category, caller.f_code.co_filename, caller.f_lineno)

        vars(plt)["show"] = show

    def take(self) -> None:
        """Take over all open figures.

        Raises:
            ValueError: a figure without axes, or one larger than a page can show legibly.
        """
        for number in plt.get_fignums():
            figure = plt.figure(number)
            if not figure.axes:
                raise ValueError(f"figure {number} has no axes: nothing was drawn on it")
            width, height = figure.get_size_inches()
            if width > WIDEST[0] or height > WIDEST[1]:
                raise ValueError(f"figure {number} is {width:g} x {height:g} inches; at most 7 x 4 is legible on a phone")
            out = io.StringIO()
            self._savefig(figure, out, format="svg", metadata={"Date": None, "Creator": None})
            self.take_over(out.getvalue())
            plt.close(figure)

    def check_all_shown(self) -> None:
        """Raise ValueError where a figure was left open: the reader of the script would never see it."""
        if left := plt.get_fignums():
            figure = plt.figure(left[0])
            fault = "was left open" if figure.axes else "was left open without axes"
            raise ValueError(f"figure {left[0]} {fault}; end it with plt.show(), or do not create it")
