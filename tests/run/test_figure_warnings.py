"""What our own way to draw causes is not said; what a reader's run says too names the snippet's line."""

from jobs import job

DRAW = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\n{}\nplt.show()\n"


def test_tight_layout_is_silent(runner) -> None:
    outcome = runner.submit(job(DRAW.format("plt.tight_layout()"))).result()
    assert (outcome.failure, outcome.stderr, len(outcome.figures)) == ("", "", 1)


def test_a_glyph_that_is_missing_is_told_of_the_snippets_line(runner) -> None:
    outcome = runner.submit(job(DRAW.format("plt.title('\\N{GRINNING FACE} \\u4e2d')"))).result()
    assert outcome.failure == "" and "evidence/" not in outcome.stderr, outcome.stderr
    assert outcome.stderr == "" or outcome.stderr.startswith("s.py:4: UserWarning: Glyph"), outcome.stderr


def test_a_figure_is_drawn_by_the_library_and_not_by_what_was_put_in_its_place(runner) -> None:
    forged = "from matplotlib.figure import Figure\nFigure.savefig = lambda self, out, **_: out.write('<svg onload>')"
    outcome = runner.submit(job(DRAW.format(forged))).result()
    assert outcome.failure == "" and "onload" not in outcome.figures[0]
