"""What a question's section gets beyond its text: ids, the class of its verdict, and one element around its answer."""

import re
import xml.etree.ElementTree as etree

from markdown import Markdown
from markdown.extensions.toc import slugify
from markdown.treeprocessors import Treeprocessor
from markdown.util import HTML_PLACEHOLDER_RE

from evidence.read.syntax import VERDICT

PARTS = ("p", "li", "h3", "h4", "tr")
ROOM = re.compile(r"--lines:(\d+);--figures:(\d+)")


class Anchors(Treeprocessor):
    """Gives each verdict its class, and each sub-heading an id that starts with its question's where others stand beside that."""

    asks: etree.Element | None = None  # the heading of the question that the page as a whole answers

    def run(self, root: etree.Element) -> None:
        self.asks = next((element for element in root if element.tag == "h1" and element.get("id")), None)  # toc names all
        question = ""
        for element in root.iter():
            if element.tag == "h2" and self.asks is None:
                question = element.get("id", "")
            elif element.tag in ("h2", "h3", "h4") and "id" not in element.attrib:
                element.set("id", f"{question}-{slugify(''.join(element.itertext()), '-')}".strip("-"))
            elif element.tag == "p" and len(element) and element[0].tag == "strong":
                text = "".join(element[0].itertext())
                if text == "Claim:":
                    element.set("class", "claim")
                if match := VERDICT.match(f"**{text}"):
                    element.set("class", f"verdict verdict-{match.lastgroup}")


class Answers(Treeprocessor):
    """Puts what follows a question, or a topic of the index, into an element that a browser lays out when it comes near.

    Its style says how high it will be: characters of prose, paragraphs and rows, lines of code and output, figures. An
    answer carries its question's id, its verdict where it has one, and the mark of one that is withheld.
    """

    def __init__(self, md: Markdown, anchors: Anchors) -> None:
        super().__init__(md)
        self.anchors = anchors

    def run(self, root: etree.Element) -> None:
        asks = self.anchors.asks
        sections: list[tuple[str, list[etree.Element]]] = []
        for element in root:
            if element is asks or (element.tag == "h2" and asks is None):
                sections.append((element.get("id", ""), []))
            elif sections:
                sections[-1][1].append(element)
        for question, section in sections:
            text = "".join(text for element in section for text in element.itertext())
            stored = [str(self.md.htmlStash.rawHtmlBlocks[int(n)]) for n in HTML_PLACEHOLDER_RE.findall(text)]
            rooms = [room for block in stored if (room := ROOM.search(block))]
            if not rooms and [element.tag for element in section] != ["table"]:  # or a list of the index
                continue
            lines, figures = (sum(int(room[n]) for room in rooms) for n in (1, 2))
            parts = sum(element.tag in PARTS for top in section for element in top.iter())
            size = {"style": f"--text:{len(text)};--parts:{parts};--lines:{lines};--figures:{figures}"}
            far = size if asks is None else {}  # what has its page to itself is near at once
            answer = etree.Element("div", {"class": "answer", **far, **_told(question, section, stored)})
            root.insert(list(root).index(section[0]), answer)
            for element in section:
                root.remove(element)
                answer.append(element)
            if (short := next(filter(_short, answer), None)) is not None and "data-question" in answer.attrib:
                short.set("class", "short-answer")


def _short(element: etree.Element) -> bool:
    """Whether this is the answer in short: the first paragraph that is no claim, verdict or status and none of our blocks."""
    text = "".join(element.itertext()).strip()
    other = "class" in element.attrib or text.startswith("Status: ") or HTML_PLACEHOLDER_RE.fullmatch(text)
    return element.tag == "p" and not other


def _told(question: str, section: list[etree.Element], stored: list[str]) -> dict[str, str]:
    """What an answer says of itself to tools; a list of the index, or an explorer without evidence, answers no question."""
    if any(block.startswith('<div class="withheld"') for block in stored):
        return {"data-question": question, "data-withheld": ""}
    if not any(block.startswith("<!--evidence:") and ROOM.search(block) for block in stored):  # as Shown keeps its blocks
        return {}
    kinds = [match[1] for element in section if (match := re.search(r"\bverdict-(\w+)", element.get("class", "")))]
    return {"data-question": question} | ({"data-verdict": kinds[0]} if kinds else {})
