"""Figures as Matplotlib writes them, to feed to what reads and shows them."""

import io
from collections.abc import Callable

import matplotlib
import numpy as np

matplotlib.use("Agg")
import matplotlib.pyplot as plt


def drawn(draw: Callable[[], object]) -> str:
    """What Matplotlib writes of a figure."""
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "s"}):
        plt.close("all")
        draw()
        out = io.StringIO()
        plt.savefig(out, format="svg", metadata={"Date": None})
        plt.close("all")
    return out.getvalue()


def hatches() -> None:
    plt.bar([1, 2], [3, 4], hatch="//")
    plt.contourf(np.eye(3), hatches=["/", "."])
