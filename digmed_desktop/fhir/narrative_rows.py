"""The rows of a message's text: what is labelled, and what stands beside the label."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from digmed_desktop.data_files.source import OWN
from digmed_desktop.fhir.writing import Data

_LABELS = "conformance/narrative_labels.toml"
_ROW, _CELL = frozenset({"tr"}), frozenset({"th", "td"})
_APART = frozenset({"br", "p", "div", "li", "tr", "td", "th", "dt", "dd"})
_LINE = frozenset({"p", "li", "dd", "td", "th", "div"})


@dataclass(frozen=True, slots=True, repr=False)
class Row:
    """One labelled statement of a section. ``label`` is plain: small letters and digits only."""

    section: str  # the code of the section
    label: str
    text: str


def plain(text: str) -> str:
    """Return a label as it is compared."""
    return "".join(c for c in text.casefold() if c.isalnum())


def spaced(text: str) -> str:
    """Return text with single spaces."""
    return " ".join(text.split())


def _words(node: etree._Element) -> str:
    """Return the text in an element; what begins on a line of its own is a word of its own."""
    return spaced(_text_in(node))


def _text_in(node: etree._Element) -> str:
    parts = [str(node.text or "")]
    for inner in node:
        apart = " " if not callable(inner.tag) and etree.QName(inner).localname in _APART else ""
        parts += [apart, "" if callable(inner.tag) else _text_in(inner), apart, str(inner.tail or "")]
    return "".join(parts)


def rows_of(composition: Data) -> list[Row]:
    """Return the labelled statements of all sections, in their order."""
    found: list[Row] = []
    for section in composition.get("section", []):
        codes = [str(c.get("code", "")) for c in section.get("code", {}).get("coding", [])]
        try:
            div = etree.fromstring(str(section.get("text", {}).get("div", "")))
        except etree.XMLSyntaxError:
            continue
        found += [Row(codes[0] if codes else "", plain(label), text) for label, text in _statements(div)]
    return found


def _statements(div: etree._Element) -> Iterator[tuple[str, str]]:
    headings: list[str] = []
    for node in div.iter():
        if callable(node.tag):
            continue
        name = etree.QName(node).localname
        if name in _ROW:
            cells = [
                (etree.QName(c).localname, _words(c))
                for c in node
                if not callable(c.tag) and etree.QName(c).localname in _CELL
            ]
            texts = [text for _, text in cells]
            if len(cells) > 1 and all(kind == "th" for kind, _ in cells):
                headings = texts
            elif headings and len(texts) == len(headings) and all(kind == "td" for kind, _ in cells):
                yield from zip(headings, texts, strict=True)
            elif len(texts) > 1:
                yield texts[0], " ".join(texts[1:])
            for text in texts:
                yield from _after_colon(text)
        elif name in _LINE and name not in _CELL and not any(_is_block(child) for child in node):
            yield from _after_colon(_words(node))
        elif name == "dt" and (beside := node.getnext()) is not None:
            yield (
                _words(node),
                _words(beside),
            )


def _is_block(node: etree._Element) -> bool:
    return not callable(node.tag) and etree.QName(node).localname in {"table", "p", "ul", "ol", "div", "dl"}


def _after_colon(text: str) -> Iterator[tuple[str, str]]:
    label, colon, rest = text.partition(":")
    if colon and rest.strip() and len(label) <= 40:
        yield label, rest.strip()


def labelled(rows: list[Row], fact: str) -> list[str]:
    """Return the texts of the rows that state a fact."""
    known = OWN.raw(_LABELS)[fact]
    return _labelled(rows, known)


def _labelled(rows: list[Row], known: Mapping[str, list[str]]) -> list[str]:
    labels = {plain(label) for label in known["labels"]}
    sections = known.get("sections")
    return [row.text for row in rows if row.label in labels and (not sections or row.section in sections)]


def of_the_vaccination(rows: list[Row]) -> list[str]:
    """Return all statements of the section of vaccinations but those of a reason, which alone say no outcome."""
    reasons = {plain(label) for label in OWN.raw(_LABELS)["reason_not_given"]["labels"]}
    sections = OWN.raw(_LABELS)["outcome"]["sections"]
    return [f"{row.label} {row.text}" for row in rows if row.section in sections and row.label not in reasons]


_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DATES = (
    (re.compile(r"(?<![0-9])(\d{4})-(\d{1,2})-(\d{1,2})(?![0-9])"), (1, 2, 3)),
    (re.compile(r"(?<![0-9])(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?![0-9])"), (3, 2, 1)),
    (
        re.compile(r"(?<![0-9])(\d{1,2})(?:st|nd|rd|th)?[- ]+([a-z]{3,9})[-, ]+(\d{4})(?![0-9])", re.IGNORECASE),
        (3, 2, 1),
    ),
)  # fmt: skip


def dates_in(text: str) -> set[tuple[int, int, int]]:
    """Return the days that a text names: year, month, day."""
    found = set()
    for pattern, order in _DATES:
        for match in pattern.finditer(text):
            year, month, day = (match[place] for place in order)
            number = _month(month)
            if number and 1 <= int(day) <= 31:
                found.add((int(year), number, int(day)))
    return found


def _month(text: str) -> int:
    if text.isdigit():
        return int(text) if 1 <= int(text) <= 12 else 0
    short = text[:3].casefold()
    return _MONTHS.index(short) + 1 if short in _MONTHS else 0


def times_in(text: str) -> set[str]:
    """Return the times of day that a text names, as HH:MM."""
    return {f"{int(h):02}:{m}" for h, m in re.findall(r"(?<![0-9:])([01]?[0-9]|2[0-3]):([0-5][0-9])", text)}
