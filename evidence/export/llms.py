"""llms.txt: the site's table of contents for language models (llmstxt.org)."""

from pathlib import PurePosixPath

from evidence.read.model import Page
from evidence.read.questions import Question
from evidence.read.topics import form_of, topic_of
from evidence.render import escape
from evidence.render.furniture import plain


def llms(asked: list[Question], labs: list[Page], address: str) -> str:
    """Every topic, question and lab with the address of its Markdown, the questions with their short answers.

    Args:
        asked: the questions of the site.
        labs: the labs that stand.
        address: where the site will stand; the links are relative where it is unknown.
    """
    start = f"{address.rstrip('/')}/" if address else ""

    def entry(title: str, form: str, said: str = "") -> str:
        return f"- [{title}]({start}{escape.target(form)}.md)" + (f": {said}" if said else "")

    out = ["# CNN Notes, tested", "", "> Questions about convolutional networks, each answered with evidence that runs.", ""]
    for topic in dict.fromkeys(question.topic for question in asked):
        ours = [question for question in asked if question.topic == topic]
        whole = topic_of(ours[0].page) if ours[0].whole else ours[0].page
        out += [f"## {topic}", "", entry(topic, form_of(whole), "all of it")]
        for question in ours:
            said = "withheld" if question.withheld else plain(question.answer)
            out.append(entry(question.title, form_of(question.page), said))
        out.append("")
    if labs:
        stems = {lab.path: PurePosixPath(lab.path).stem for lab in labs}
        out += ["## Labs", "", *(entry(lab.title, f"labs/{stems[lab.path]}/{stems[lab.path]}") for lab in labs), ""]
    return "\n".join(out)
