"""What a run printed stands in the site as a terminal would have shown it."""

import pytest

from evidence.records.printed import plain_text


@pytest.mark.parametrize(
    ("output", "shown"),
    [
        ("plain ü 漢 \u2028 text\twith\n\nlines\n", "plain ü 漢 \u2028 text\twith\n\nlines\n"),
        ("  0%|  |\r 50%|# |\r100%|##|\n", "100%|##|\n"),
        ("long line\rshort\n", "short" + "line\n"),
        ("long line\r\x1b[Kshort\n", "short\n"),
        ("gone\x1b[2K\rkept\n", "kept\n"),
        ("abc\b\bX\n", "aXc\n"),
        ("\b\bx\n", "x\n"),
        ("line\r\nline\r\n", "line\nline\n"),
        ("\x1b[1;31mred\x1b[0m \x9b4mline\x9b0m", "red line"),
        ("\x1b]8;;https://e.org\x1b\\link\x1b]8;;\x1b\\ \x1b]0;title\x07.", "link ."),
        ("\x1b(Bx\x1b7\x1bM", "x"),
        ("a\x00b\x02wzxhzdk:0\x03c\x07\x7f\x85", "a␀b␂wzxhzdk:0␃c␡\ufffd"),
        ("unfinished \x1b[", "unfinished ␛["),
        ("page\x0cbreak\x0b", "page␌break␋"),
    ],
)
def test_an_output_reads_as_on_a_terminal(output: str, shown: str) -> None:
    assert plain_text(output) == shown


def test_a_long_progress_bar_costs_little() -> None:
    assert plain_text("\r".join(f"{n:6d}" for n in range(15_000)) + "\n") == " 14999\n"
    assert plain_text("x" * 50_000 + "\b" * 50_000) == "x" * 50_000
