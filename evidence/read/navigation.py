"""The navigation of mkdocs.yml: the learning order of the pages, and what lies outside of it."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import yaml

from evidence.errors import EvidenceError

SETTINGS, LABS = "mkdocs.yml", "docs/labs"


def navigation(root: Path) -> list[str] | None:
    """The files that the navigation names, as docs/…, in its order; None where mkdocs.yml asks for none, or cannot be read."""
    file = root / SETTINGS
    return _named(file.read_text(encoding="utf-8", errors="replace")) if file.exists() else None


def outside(root: Path, pages: list[str]) -> Iterator[EvidenceError]:
    """The pages and labs that the navigation does not name. MkDocs refuses them by itself, Zensical does not."""
    if (named := navigation(root)) is None:
        return
    labs = [file.relative_to(root).as_posix() for file in sorted((root / LABS).glob("*.py"))]
    for path in [*pages, *labs]:
        if path not in named:
            remedy = f"add `- {path.removeprefix('docs/')}` below `nav:`, or delete it"
            yield EvidenceError(path, 1, f"is outside the navigation of {SETTINGS}, where no reader finds it; {remedy}")


@lru_cache(maxsize=4)
def _named(text: str) -> list[str] | None:
    """The values below `nav`, read as a tree of texts: tags like !ENV are for those who know them."""
    try:
        tree = yaml.compose(text, yaml.SafeLoader)
    except yaml.YAMLError:
        return None  # MkDocs and Zensical say what is wrong with it
    found = dict(_pairs(tree)).get("nav")
    return None if found is None else [f"docs/{name}" for name in _texts(found)]


def _pairs(node: yaml.Node | None) -> Iterator[tuple[object, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        yield from ((key.value, value) for key, value in node.value)


def _texts(node: yaml.Node) -> Iterator[str]:
    """The texts of a tree without the titles before them."""
    if isinstance(node, yaml.ScalarNode):
        yield node.value
    elif isinstance(node, yaml.SequenceNode):
        for inner in node.value:
            yield from _texts(inner)
    for _, value in _pairs(node):
        yield from _texts(value)
