"""`make new-question`: the skeleton of a section and of its snippet, which fails the tests until it is filled in."""

import contextlib
import os
import re
from pathlib import Path

from evidence.errors import EvidenceError, unwritten
from evidence.read.headings import heading_fault
from evidence.read.pages import read_site

QUESTION = """# {ask} {{ #{id} }}

TODO: the short answer, at most 60 words that stand alone and commit themselves.

TODO: one sentence on what to look at.

```python
--8<-- "{snippet}"
```

TODO: one sentence on what was seen.

## Why

TODO: the mechanism; derive what a few lines can derive, and define each symbol.

## In practice

TODO: what to do, with the PyTorch call.

## Sources

- TODO: a key of docs/references.bib and the place in the source, `[@key, sec. 3.1]`, and what stands there.
"""

TOPIC = """# {title}

TODO: what it is and what it is for, in words that need no other page.

<!-- generate: answers -->
"""

SNIPPET = '''"""TODO: the claim that this snippet proves, in one sentence."""
import torch

seed = 0
torch.manual_seed(seed)
found, expected = 1.0, 2.0  # TODO: 10 to 40 lines that a reader follows from top to bottom
print(f"found {found:.2f}")
assert found > expected, f"TODO: say what should be; found {found:.2f}"
'''


def new_question(root: Path, topic: str, name: str, ask: str) -> list[str]:
    """Write a new question's skeleton.

    Args:
        root: the project.
        topic: the topic's folder below docs/, as `training/dropout`; made if there is none.
        name: the question's id, which names its page.
        ask: the question as a reader would ask it.

    Returns:
        What to do next, line by line.

    Raises:
        EvidenceError: an id that is malformed or taken, a topic outside docs/, a question that no heading can hold, or a file
            that cannot be written.
    """
    topic = topic.strip("/").removeprefix("docs/").removesuffix(".md").removesuffix("/index")
    path = Path("docs") / topic / f"{name}.md"
    ask = " ".join(ask.split())
    if not re.fullmatch(r"\w[\w/-]*", topic):
        raise EvidenceError("docs", 1, f"found the topic {topic!r}; write TOPIC=training/dropout, a folder below docs/")
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        raise EvidenceError(path, 1, f"found the id {name!r}; expected lower-case words with hyphens, ID=dropout-at-test-time")
    if not ask:
        raise EvidenceError(path, 1, 'found no question; write ASK="How is … ?"')
    if fault := heading_fault(f"# {ask} {{ #{name} }}", ""):
        raise EvidenceError(path, 1, fault)
    for known in read_site(root):
        for heading in known.headings:
            if heading.id == name:
                raise EvidenceError(known.path, heading.line, f"has the id {name!r} already; choose another")
    snippet = Path("snippets") / Path(topic).name.replace("-", "_") / f"{name.replace('-', '_')}.py"
    for file in (snippet, path):
        if (root / file).exists():
            raise EvidenceError(file, 1, "exists already; choose another id")
    index = path.with_name("index.md")
    made = {path: QUESTION.format(ask=ask, id=name, snippet=snippet.as_posix()), snippet: SNIPPET}
    if not (root / index).exists():
        made = {index: TOPIC.format(title=Path(topic).name.replace("-", " ").capitalize())} | made
    for n, (file, text) in enumerate(made.items()):
        try:
            _write(root, file, text)
        except EvidenceError:
            for earlier in list(made)[:n]:  # a page without its snippet, or a topic without a question, would refuse the site
                (root / earlier).unlink()
            raise
    written = [file.as_posix() for file in made]
    return [
        f"wrote {', '.join(written[:-1])} and {written[-1]}",
        *into_navigation(root, topic, [f"{topic}/{file.name}" for file in made if file != snippet]),
        "1. write the snippet until it proves the claim:  python " + snippet.as_posix(),
        f"2. fill in what is marked TODO in {' and '.join(written[:-1])}",
        f"3. see it while you write:                       make serve, then open {topic}/{name}/",
        f"4. check this one question:                      make test Q={name}",
        "5. check that no claim hangs on a lucky seed:    make reseed",
    ]


def _write(root: Path, path: Path, text: str) -> None:
    """Write a file of the project, whole or not at all.

    Raises:
        EvidenceError: it cannot be written.
    """
    file = root / path
    part = file.with_name(f".{file.name}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8")
        os.replace(part, file)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink()
        raise EvidenceError(path, 1, unwritten(error)) from error


def into_navigation(root: Path, topic: str, pages: list[str]) -> list[str]:
    """Name new pages in the navigation of mkdocs.yml, below the last one of their topic; say what was done or is to do.

    A new topic comes below the last one of its part.
    """
    file = root / "mkdocs.yml"
    settings = file.read_text(encoding="utf-8") if file.exists() else ""
    beside = list(re.finditer(rf"^( +- ){re.escape(topic)}/[\w.-]+\.md\n", settings, re.M))
    lines = [f"{beside[-1][1]}{page}" for page in pages] if beside else []
    if not beside and (part := topic.rpartition("/")[0]):
        beside = list(re.finditer(rf"^( +)- (?:[^:\n]+: )?{re.escape(part)}/[\w./-]+\.md\n", settings, re.M))
        topics = list(re.finditer(rf"^( +)- [^\n:]+:\n +- {re.escape(part)}/[\w-]+/index\.md\n", settings, re.M))
        for last in (topics or beside)[-1:]:
            title = topic.rpartition("/")[2].replace("-", " ").capitalize()
            lines = [f"{last[1]}- {title}:", *(f"{last[1]}    - {page}" for page in pages)]
    if not lines:
        named = ", ".join(f"`- {page}`" for page in pages)
        return [f"the navigation in mkdocs.yml has no part for it yet: add {named} below `nav:`, or the site is refused"]
    at = beside[-1].end()
    _write(root, Path("mkdocs.yml"), "\n".join([settings[:at].rstrip("\n"), *lines, settings[at:]]))
    return [f"named {', '.join(pages)} in the navigation of mkdocs.yml"]
