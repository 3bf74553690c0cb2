"""A MkDocs hook: mends what Material writes that is not valid HTML."""

from typing import Any

# An empty tabindex is not a number, and a checkbox has no autocompletion.
MENDED = {
    ' tabindex=""': "",
    'id="__drawer" autocomplete="off"': 'id="__drawer"',
    'id="__search" autocomplete="off"': 'id="__search"',
}


def on_post_page(output: str, **_: Any) -> str:
    """Return a page as it is written, valid."""
    for wrong, right in MENDED.items():
        output = output.replace(wrong, right)
    return output


def on_post_template(output_content: str, **_: Any) -> str:
    """The same for pages without a source, such as the one for a wrong address."""
    return on_post_page(output_content)
