"""The site in other forms: each question and topic in those of evidence/render/forms.py; the labs, all snippets, llms.txt."""

from dataclasses import replace
from importlib import import_module
from pathlib import Path, PurePosixPath

from evidence.export.archive import files, zipped
from evidence.export.lab_notebook import lab_as_markdown
from evidence.export.llms import llms
from evidence.export.whole import Whole, cited, split
from evidence.read.pages import read_site
from evidence.read.sources import sources
from evidence.read.topics import form_of, pages_of
from evidence.records.standing import standing, standing_labs
from evidence.records.store import Records
from evidence.render.forms import FORMS
from evidence.render.measured import told


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
        together = pages_of(page, pages)
        parts = [part for each in together for part in split(each, asked, root, deeper=each is not page)]
        whole = Whole(together, parts, records, known, address)
        target = site / form_of(page.path)
        target.parent.mkdir(parents=True, exist_ok=True)
        for form in FORMS:
            if form.of_every_page or asking & {each.path for each in together}:
                made = import_module(f"evidence.export.{form.module}").made(whole)
                target.with_name(f"{target.name}.{form.ending}").write_bytes(made)
    labs = standing_labs(root, records)
    for lab in labs:
        target = site / "labs" / PurePosixPath(lab.path).stem / f"{PurePosixPath(lab.path).stem}.md"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(cited(lab_as_markdown(root, lab, records.load(lab.fences[0])), known), encoding="utf-8")
    every = files(pages, records) | {PurePosixPath(lab.path).relative_to("docs").as_posix(): lab.fences[0].code for lab in labs}
    (site / "snippets.zip").write_bytes(zipped(every))
    in_words = [replace(question, answer=cited(question.answer, known)) for question in asked]
    (site / "llms.txt").write_text(llms(in_words, labs, address), encoding="utf-8")
