"""The words of the program: the glossary's terms alone, no long sentences, no sentence that begins with What."""

import ast
import re
from collections.abc import Iterator
from itertools import pairwise

import pytest

from digmed_desktop.messaging.wording import counted, needing
from tests.wording.strings import PACKAGE, RESOURCES, Words, all_words, of_markdown, of_module, of_template

MOST_WORDS = 25
_THINGS = (
    "register|files?|folder|report|records?|audit|table|backups?|code|lists?|program|system|settings|name|pharmacy|page|"
    "proxy|certificate|object|message|reply|answer|keyring|stock|disk|MESH|characters"
)
NOT_ENGLISH = {
    r"(?<![Tt]here )\bis no (?!longer\b|more\b|need\b|one\b)": "is not a",
    r"\b(must|may|can|cannot) stand (here|there)\b|\bstands? (there|here|twice)\b": "is, appears, goes",
    r"[.;] [Ee]lse (?!can)": "otherwise",
    r"\b(a|an|one|every|all its|another) signs? (that|in|with|of the (code|text))\b": "character",
    r"\b[Yy]ou can go on\b|\bgo on\b(?! paper)": "continue",
    r"\banew\b|\bafresh\b": "again",
    r"\b(some|any|every)body\b": "someone, anyone, everyone",
    r"\b(the|a) record of (another|the other) system\b": "from another system",
    r"\b(do|does|did) not take\b(?! (in|part|over|the place|back))": "does not accept",
    r"\b[Yy]our IT\b(?! support)": "your IT support",
    r"\b[Ww]hom you\b": "who you",
    r"\b[Ll]ooked (into|through)\b": "checked, viewed",
    rf"\b({_THINGS}|which|that|it|It) holds?\b(?! (a|the|each) (batch|correction))": "has, contains, lists",
    r"\b(cannot|not|may|must|still|already) hold\b(?! (a|the) batch)": "contain, have",
    r", for (it|they|this|that) (may|can|is|are|was|were)\b": "because",
    r"\bMESH told\b|\btold last\b": "received from MESH",
    r"\blooks? (whether|if)\b": "checks",
    r"\bof (whom|which)\b": "whose, which",
    r"\bof (this|that|no such) (name|number|shape)\b": "with this name",
    r"\b(backup|lists?|records) of (today|yesterday)\b": "today's",
    r"\bfrom the next [a-z]+ on\b": "from the next",
    r"\bat the (left|right)\b": "on the left",
    r"\bnothing of (a|an|the|its|their)\b": "no … of, nothing about",
    r"\b(a|an) [a-z]+ of (its|their|your) own\b(?! type)": "its own",
    r"\b(record|practice|vaccination|product|box|season) before (this one|it[.,;:])": "previous",
    r"\bas far as\b": "do not know yet",
    r"\b(how|as) (it|they|this) stands?\b|\bstill stands\b": "its state, still counts",
    r"\b([Ss]can|[Nn]othing) (was )?(not )?taken\b": "accepted",
    r"\b(are|were) no [a-z]+ of\b": "are not",
    r"\belse than\b": "other than",
    r"\bnames (no|none)\b": "does not name",
    r"\bthe contact of your\b": "your … contact",
    r"\bstays? so\b": "does not help",
    r"\bopen only to be\b": "for viewing only",
    r"\bby the time that\b": "by the time received",
    r"\bheld? [a-z]* ?against\b|\bis held against\b": "compared with",
    r"\b(asks?|wants) (it )?a reason\b|\bwants its reason\b": "asks for a reason",
}
"""Turns that a translation leaves, each with the English that stands for it."""
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9'’%/.-]*")
QUOTED = {
    "digmed_desktop/fhir/extract_profiles.py": "is a tool of engineers that leaves the package",
    "digmed_desktop/diagnostics/redaction.py": "holds patterns",
    "resources/practice_mode/organisations.toml": "names invented practices",
    "digmed_desktop/strength.py": "lists words of weak passphrases",
    "resources/help/glossary.md": "names the terms that it retires",
}
"""Places that are exempt, with the reason."""


@pytest.fixture(scope="module")
def words() -> list[Words]:
    return [one for one in all_words() if not one.place.startswith(tuple(QUOTED))]


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


def test_a_planted_text_is_found_in_every_kind_of_source() -> None:
    module = (
        "HELP = f\"{count} {'all told' if n else 'Traced twice'} on {day:%d %B}\"\nBUTTON = \"Blocker\"\n"
    )
    assert {one.text for one in of_module("x", module)} == {"0 0 on 0", "all told", "Traced twice", "Blocker"}
    assert [one.text for one in of_markdown("x", "| Doubt | [Go on now](help:x) |")] == ["Doubt", "Go on now"]
    assert [one.text for one in of_template("x", "#text(size: 8pt)[Kept here #d.made] // [not this]")] == [
        "Kept here"
    ]


def test_no_text_keeps_a_turn_of_a_translation(words: list[Words]) -> None:
    patterns = [(re.compile(pattern), better) for pattern, better in NOT_ENGLISH.items()]
    found = [
        f"{one.place}: {match[0]} -> {better}: {one.text[:100]}"
        for one in words
        for pattern, better in patterns
        if (match := pattern.search(one.text))
    ]
    assert not found, "\n".join(found)


def test_practice_alone_is_never_practice_mode(words: list[Words]) -> None:
    alone = re.compile(
        r"\b[Pp]ractice (MESH|data|patients?|clock|pharmacy|people|run|session)\b|\bDesktop practice(?! mode)"
    )
    found = [f"{one.place}: {one.text[:120]}" for one in words if alone.search(one.text)]
    assert not found, "\n".join(found)


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


def test_no_sentence_begins_with_what_or_whether_unless_it_asks(words: list[Words]) -> None:
    found = [
        f"{one.place}: {sentence}"
        for one in words
        for sentence in one.sentences()
        if re.match(r"\s*(What|That of|Whether|Of)\s", sentence) and not sentence.rstrip().endswith("?")
    ]
    assert not found, "\n".join(found)


def test_nothing_is_told_kept_or_had(words: list[Words]) -> None:
    passive = re.compile(r"\b(is|are|was|were|be|been)( not| never)? (told|kept|had)\b")
    found = [f"{one.place}: {one.text[:120]}" for one in words if passive.search(one.text)]
    assert not found, "\n".join(found)


_COUNTS = re.compile(r"\blen\(|count|entries|strangers|needs_person|\b(records|patients)$")
_PLURAL = re.compile(r" (need|do|[a-z]{3,}s)\b")
_MANY = {
    "record.immunizations": "more than one record may hold",
    "search.text": "more than a search may have",
    "said": "a reason that is too long",
    "state.last_count": "a note in the audit, which is not a sentence",
    "found.given": "a note in the audit, which is not a sentence",
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
