"""The words of the program: the glossary's terms alone, no long sentences, no sentence that begins with What."""

import ast
import re
from collections.abc import Iterator
from itertools import pairwise

import pytest

from digmed_desktop.messaging.wording import counted, needing
from tests.wording.strings import PACKAGE, RESOURCES, Words, all_words

MOST_WORDS = 25
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9'’%/.-]*")
_QUOTED = {
    "resources/law/": "quotes the law",
    "digmed_desktop/evidence/pages.py": "holds the style sheet of the assessor's pages",
    "digmed_desktop/diagnostics/redaction.py": "holds patterns",
    "resources/practice_mode/organisations.toml": "names invented practices",
    "digmed_desktop/strength.py": "lists words of weak passphrases",
    "resources/help/glossary.md": "names the terms that it retires",
}
"""Places that are exempt, with the reason."""


@pytest.fixture(scope="module")
def words() -> list[Words]:
    return [one for one in all_words() if not one.place.startswith(tuple(_QUOTED))]


def retired() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Yield each retired word of the glossary with its term."""
    for line in (RESOURCES / "help" / "glossary.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == 3 and cells[0] != "Term" and not cells[0].startswith("---"):
            for word in cells[2].split(";"):
                yield cells[0], re.compile(rf"\b{re.escape(word.strip())}\b", re.IGNORECASE)


def test_the_strings_of_every_source_are_found(words: list[Words]) -> None:
    places = {one.place.split(":")[0] for one in words}
    assert {
        "resources/forms/vaccination.toml",
        "resources/help/today.md",
        "digmed_desktop/ui/pages/today.py",
    } <= places
    assert any(one.text == "Action needed" for one in words)
    assert any(one.text.startswith("Nothing was changed, so there is nothing") for one in words)


def test_no_text_uses_a_word_that_the_glossary_retires(words: list[Words]) -> None:
    terms = list(retired())
    assert len(terms) > 20
    found = [
        f"{one.place}: {pattern.pattern[2:-2]} -> {term}: {one.text[:80]}"
        for one in words
        for term, pattern in terms
        if pattern.search(one.text)
    ]
    assert not found, "\n".join(found)


def test_no_sentence_is_longer_than_25_words(words: list[Words]) -> None:
    found = [
        f"{one.place}: {sentence}"
        for one in words
        for sentence in one.sentences()
        if len(_WORD.findall(sentence)) > MOST_WORDS
    ]
    assert not found, "\n".join(found)


def test_no_sentence_begins_with_what_unless_it_asks(words: list[Words]) -> None:
    found = [
        f"{one.place}: {sentence}"
        for one in words
        for sentence in one.sentences()
        if re.match(r"\s*(What|That of)\b", sentence) and not sentence.rstrip().endswith("?")
    ]
    assert not found, "\n".join(found)


def test_nothing_is_told_kept_or_had(words: list[Words]) -> None:
    passive = re.compile(r"\b(is|are|was|were|be|been) (told|kept|had)\b")
    found = [f"{one.place}: {one.text[:120]}" for one in words if passive.search(one.text)]
    assert not found, "\n".join(found)


_COUNTS = re.compile(r"\blen\(|count|entries|strangers|needs_person|\b(records|patients)$")
_PLURAL = re.compile(r" (need|do|[a-z]{3,}s)\b")
_MANY = {
    "record.immunizations": "more than one record may hold",
    "search.text": "more than a search may have",
    "said": "a reason that is too long",
    "state.last_count": "a note in the audit, which is no sentence",
    "found.given": "a note in the audit, which is no sentence",
    "fonts": "the fonts that are brought along",
    "count": "the files that are brought along",
    "found.entries": "the links of a chain, which begins with several",
    "found": "no patient or several",
}
"""Counts that are never one where people read them, with the reason."""


def counts_in_the_plural() -> Iterator[str]:
    """Yield each sentence of the window or desk in which a count is followed by a plural whatever it is."""
    for folder in ("ui", "desk", "messaging"):
        for file in sorted((PACKAGE / folder).rglob("*.py")):
            nodes = list(ast.walk(ast.parse(file.read_text("utf-8"))))
            chosen = {id(part) for one in nodes if isinstance(one, ast.IfExp) for part in ast.walk(one)}
            for text in (one for one in nodes if isinstance(one, ast.JoinedStr) and id(one) not in chosen):
                for value, after in pairwise(text.values):
                    if not (isinstance(value, ast.FormattedValue) and isinstance(after, ast.Constant)):
                        continue
                    count, words = ast.unparse(value.value), str(after.value)
                    of = count.removeprefix("len(").partition(")")[0]
                    if _COUNTS.search(count) and _PLURAL.match(words) and of not in _MANY:
                        yield f"{file.relative_to(PACKAGE)}:{text.lineno}: {{{count}}}{words[:40]}"


def test_a_count_of_one_is_in_the_singular() -> None:
    assert list(counts_in_the_plural()) == []
    assert [counted(n, "record is", "records are") for n in (0, 1, 1200)] == [
        "0 records are",
        "1 record is",
        "1,200 records are",
    ]
    assert [needing(n) for n in (1, 2)] == ["1 needs action", "2 need action"]
