"""The site in other forms: each question, topic and lab as Markdown with its outputs and as a notebook, zip files, llms.txt."""

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import nbformat

from evidence.export.form import check_in_markdown, fence_in_cells, fence_in_markdown
from evidence.export.lab_notebook import lab_as_markdown
from evidence.export.llms import llms
from evidence.read.pages import Fence, Page, read_site
from evidence.read.questions import DIRECTIVE, EXPLORER, Question
from evidence.read.sources import Source, sources
from evidence.read.syntax import CITATION, ONE, SHOW
from evidence.read.topics import form_of, pages_of
from evidence.records.standing import published, standing, standing_labs
from evidence.records.store import Records
from evidence.render import escape
from evidence.render.lists import expand_directive
from evidence.render.measured import Numbers, told
from evidence.render.withheld import in_markdown

HEADING_ID = re.compile(r"^(#{1,6} .*?)\s*(?:\{[^}]*\})?\s*$")
NODE: Any = nbformat.NotebookNode


def export_site(root: Path, site: Path, address: str = "") -> None:
    """Write every other form of the pages into a built site.

    Args:
        root: the project, whose records are up to date.
        site: the built site.
        address: where the site will stand, for the links of notebooks; they are left out where it is unknown.
    """
    pages = read_site(root)
    records, known = Records(root), sources(root)
    asked = told(standing(pages, records), pages, records)
    asking = {question.page for question in asked}
    for page in pages:
        whole = pages_of(page, pages)
        parts = [part for each in whole for part in split(each, asked, root, deeper=each is not page)]
        target = site / f"{form_of(page.path)}.md"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(as_markdown(parts, records, known), encoding="utf-8")
        if asking & {each.path for each in whole}:
            notebook = as_notebook(page, parts, records, known, address)
            nbformat.write(notebook, target.with_suffix(".ipynb"))  # type: ignore[no-untyped-call]
            target.with_suffix(".zip").write_bytes(zipped(files(whole, records)))
    labs = standing_labs(root, records)
    for lab in labs:
        target = site / "labs" / PurePosixPath(lab.path).stem / f"{PurePosixPath(lab.path).stem}.md"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(cited(lab_as_markdown(root, lab, records.load(lab.fences[0])), known), encoding="utf-8")
    every = files(pages, records) | {PurePosixPath(lab.path).relative_to("docs").as_posix(): lab.fences[0].code for lab in labs}
    (site / "snippets.zip").write_bytes(zipped(every))
    in_words = [replace(question, answer=cited(question.answer, known)) for question in asked]
    (site / "llms.txt").write_text(llms(in_words, labs, address), encoding="utf-8")


def files(pages: list[Page], records: Records) -> dict[str, str]:
    """The snippets of these pages that stand in files of their own, by their paths; what is withheld is not among them."""
    return {fence.snippet: fence.code for fence in published(pages, records) if fence.snippet.endswith(".py")}


def split(page: Page, asked: list[Question], root: Path, deeper: bool = False) -> list[str | Fence]:
    """A page as prose and runnable fences, in their order; what is generated, or withheld, has its words in its place.

    Args:
        page: the page.
        asked: the questions of the whole site.
        root: the project.
        deeper: lower each heading by a level, as the page stands below another one's title.
    """
    below = "#" * deeper
    read = {index for listing in page.listings for index in range(listing.first, listing.last)}
    starts = {fence.first: fence for fence in page.fences}
    withheld = {question.start: question for question in asked if question.page == page.path and question.withheld}
    records = Records(root)
    numbers = Numbers(page, records)
    checks = {check.first: check for check in page.checks}
    out: list[str | Fence] = []
    prose: list[str] = []
    index = 0
    while index < len(page.lines):
        text = page.lines[index].text
        if question := withheld.get(index):
            prose += [
                f"{below}{'#' if question.whole else '##'} {question.title}",
                "",
                in_markdown("This answer", question.withheld),
                "",
            ]
            index = question.end - 1
        elif (fence := starts.get(index)) and (why := records.doubt(fence)):
            prose += ["", in_markdown("This example", [(fence, why)]), ""]
            index = fence.last
        elif fence:
            words = [(numbers.plain(alt), numbers.markdown(caption)) for alt, caption in fence.figures]
            out += ["\n".join(prose), replace(fence, figures=words)]
            prose, index = [], fence.last
        elif check := checks.get(index):
            prose += check_in_markdown(check, records, numbers)
            index = check.last
        elif SHOW.match(text):
            pass  # here the code comes first
        elif (directive := DIRECTIVE.match(text)) and directive[1] == "answers":
            pass  # they follow whole
        elif directive:
            lines = expand_directive(directive[1], page.path, asked, root)
            prose += [line for line in lines if "index-filter" not in line]
        elif EXPLORER.match(text):  # nothing moves here: it goes, and so does the paragraph that says how to use it
            index = next((k for k in range(index + 2, len(page.lines)) if not page.lines[k].text.strip()), index)
        elif heading := HEADING_ID.match(text) if index not in read else None:
            prose.append(below + numbers.markdown(heading[1]))
        else:
            prose.append(numbers.markdown(text))
        index += 1
    return [part for part in [*out, "\n".join(prose)] if not isinstance(part, str) or part.strip()]


def cited(text: str, known: dict[str, Source]) -> str:
    """The same Markdown with its citations as links."""

    def links(match: re.Match[str]) -> str:
        ones = [(known[one[1]], one[2]) for one in ONE.finditer(match[1])]
        names = [source.named(text, match.start(), match.end()) for source, _ in ones]
        return "; ".join(
            f"[{escape.text(name)}]({source.url}){', ' + where.strip() if where else ''}"
            for name, (source, where) in zip(names, ones, strict=True)
        )

    return re.sub(CITATION, links, text)


def as_markdown(parts: list[str | Fence], records: Records, known: dict[str, Source]) -> str:
    """A page as Markdown, each snippet followed by what it printed and by the words for its figures."""
    out = []
    for part in parts:
        if isinstance(part, str):
            out.append(cited(part, known).strip())
            continue
        figures = [f"Figure: {cited(caption, known)} ({alt})" for alt, caption in part.figures]
        out += fence_in_markdown(part, records.load(part), figures)
    return "\n\n".join(out) + "\n"


def as_notebook(page: Page, parts: list[str | Fence], records: Records, known: dict[str, Source], address: str) -> Any:
    """A page as a notebook with the outputs of its records."""
    cells: list[Any] = []
    for n, part in enumerate(parts):
        head = {"id": f"part-{n}", "metadata": {}}
        if isinstance(part, str):
            source = _absolute(cited(part, known).strip(), page.path, address)
            cells.append(NODE(cell_type="markdown", source=source, **head))
            continue
        captions = [f"*{cited(caption, known)}*" for _, caption in part.figures]
        count = 1 + sum(cell.cell_type == "code" for cell in cells)
        cells += fence_in_cells(part, records.load(part), captions, f"part-{n}", count)
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return NODE(nbformat=4, nbformat_minor=5, metadata=NODE(kernelspec=NODE(kernel)), cells=cells)


def _absolute(text: str, page: str, address: str) -> str:
    """Relative links made absolute; without an address, their text alone."""

    def link(match: re.Match[str]) -> str:
        label, path, anchor = match[1], match[2], match[3] or ""
        if not address:
            return label
        folder = PurePosixPath(page).relative_to("docs").parent
        parts: list[str] = []
        for part in (folder / path).parts if path else PurePosixPath(page).relative_to("docs").parts:
            parts = parts[:-1] if part == ".." else [*parts, part]
        target = re.sub(r"(?:^|/)index\.md$|\.(?:md|py)$", "/", "/".join(parts))
        return f"[{label}]({address.rstrip('/')}/{target.lstrip('/')}{anchor})"

    return re.sub(r"\[([^\]]+)\]\((?![a-z]+:)([^)#]*)(#[^)]*)?\)", link, text)


def zipped(files: dict[str, str]) -> bytes:
    """A zip file of snippets, by their paths, with the script that runs them all; the same bytes for the same files."""
    out = io.BytesIO()
    runner = (Path(__file__).parent / "run_all.py").read_text(encoding="utf-8")
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted({**files, "run_all.py": runner}.items()):
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)
    return out.getvalue()
