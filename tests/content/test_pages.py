"""The pages of this site as they are written: whole questions, next to no skips, sources that are cited, words for the search."""

from conftest import ROOT

from evidence.read.pages import read_site
from evidence.read.questions import cited_keys, questions
from evidence.read.sources import sources
from evidence.read.words import synonyms

SITE = read_site(ROOT)
QUESTIONS = {question.id: question for question in questions(SITE)}


def test_every_question_has_a_page_of_its_own() -> None:
    assert len(QUESTIONS) >= 124 and [q.id for q in QUESTIONS.values() if not q.whole] == []


def test_the_site_skips_next_to_nothing() -> None:
    skipped = [f"{fence.page}:{fence.line}" for page in SITE for fence in page.fences if fence.skip_reason]
    assert len(skipped) <= 2, f"skips become permanent; found {skipped}"


def test_every_source_is_whole_and_cited() -> None:
    texts = [file.read_text(encoding="utf-8") for kind in ("*.md", "*.py") for file in (ROOT / "docs").rglob(kind)]
    known = sources(ROOT)
    assert uncited(set(known), texts) == [], "cite them, or take them out of docs/references.bib"
    for key, source in known.items():
        lacking = [name for name in ("authors", "title", "venue", "year", "url") if not getattr(source, name)]
        assert not lacking, f"docs/references.bib: {key} lacks {lacking}"


def uncited(keys: set[str], texts: list[str]) -> list[str]:
    return sorted(keys - {key for text in texts for key in cited_keys(text)})


def test_a_source_that_nothing_cites_is_found() -> None:
    assert uncited({"a", "b", "c"}, ["As [@a, sec. 1; @c] says, not b."]) == ["b"]


def test_the_words_for_the_search_belong_to_questions() -> None:
    assert not set(synonyms(ROOT)) - set(QUESTIONS), "docs/synonyms.txt names what is no question"
