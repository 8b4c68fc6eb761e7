"""Rows to XHTML: one table for each group, one row for each data item, all text escaped.

The subset is what FHIR STU3 allows in Narrative.div and the official narratives use: table, tbody, tr, th,
td, p.
"""

from collections.abc import Iterable
from itertools import groupby

from lxml import etree

from digmed_desktop.fhir.sections import Row
from digmed_desktop.fhir.structure import XHTML
from digmed_desktop.fhir.writing import Data


def narrative(rows: Iterable[Row]) -> Data:
    """Return the rows as a FHIR Narrative; ``additional``, because the text holds more than the coded
    entries.
    """
    div = _div()
    for _, together in groupby((row for row in rows if row.values), key=lambda row: row.group):
        table = etree.SubElement(div, f"{{{XHTML}}}table", width="100%")
        body = etree.SubElement(table, f"{{{XHTML}}}tbody")
        for row in together:
            line = etree.SubElement(body, f"{{{XHTML}}}tr")
            etree.SubElement(line, f"{{{XHTML}}}th").text = row.label
            _fill(etree.SubElement(line, f"{{{XHTML}}}td"), row.values)
            if row.code:
                etree.SubElement(line, f"{{{XHTML}}}td").text = row.code
    return {"status": "additional", "div": _as_text(div)}


def sentence(text: str) -> Data:
    """Return one sentence as a generated Narrative."""
    div = _div()
    etree.SubElement(div, f"{{{XHTML}}}p").text = text
    return {"status": "generated", "div": _as_text(div)}


def _div() -> etree._Element:
    return etree.Element(f"{{{XHTML}}}div", nsmap={None: XHTML})  # type: ignore[dict-item] # None is lxml's default prefix


def _fill(cell: etree._Element, lines: tuple[str, ...]) -> None:
    if len(lines) == 1:
        cell.text = lines[0]
        return
    for line in lines:
        etree.SubElement(cell, f"{{{XHTML}}}p").text = line


def _as_text(div: etree._Element) -> str:
    return etree.tostring(div, encoding="unicode")
