"""The PDF: its text, title, language and tags; nothing written becomes markup, and no sign is lost."""

import io
from typing import Any

import pytest
from pypdf import PdfReader

from digmed_desktop.paper import document, printing
from digmed_desktop.paper.document import Listing, Pairs, PaperDocument, Said
from digmed_desktop.paper.pdf import pdf


def read(made: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(made))


def text(made: bytes) -> str:
    return "\n".join(page.extract_text() for page in read(made).pages)


EVERYTHING = PaperDocument(
    "Vaccination: notification to the GP practice",
    (
        Pairs("Patient", (("Name", ("O'NEILL, Rose",)), ("Address", ("Flat 2", "1 Example Street")))),
        Listing(
            "Doses", ("Vaccine", "Batch"), (("Influenza", "B1"), ("#set page(fill: red)", "$x$ *b* \\ <c>"))
        ),
        Said("Next", ("Telephone the practice if the record has not arrived.",)),
    ),
    lead=("Confidential",),
    notice=("RECORDED IN ERROR",),
    running="O'NEILL, Rose · 999 000 0018",
    made="24 Nov 2026",
)


def test_text_title_language_and_tags() -> None:
    made = read(pdf(EVERYTHING))
    assert made.metadata is not None
    assert made.metadata.title == EVERYTHING.title
    root: Any = made.trailer["/Root"]
    assert root["/Lang"] == "en-GB"
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    xmp = root["/Metadata"].get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in xmp
    said = text(pdf(EVERYTHING))
    for part in (
        "O'NEILL, Rose",
        "1 Example Street",
        "#set page(fill: red)",
        "$x$ *b* \\ <c>",
        "Page 1 of 1",
    ):
        assert part in said
    order = [
        said.index(part) for part in ("RECORDED IN ERROR", "Confidential", "Patient", "Doses", "Telephone")
    ]
    assert order == sorted(order)


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("Żółć Ελένη Юлия", "Żółć Ελένη Юлия"),
        ("x\U000f0000y", "x[U+F0000]y"),
        ("a\x00b\x07", "a[U+0000]b[U+0007]"),
    ],
)
def test_a_sign_that_no_font_has_is_spelled_out(written: str, printed: str) -> None:
    assert printed in text(pdf(PaperDocument("T", (Said("", (written,)),))))


def test_a_long_table_repeats_its_headings_and_numbers_its_pages() -> None:
    rows = tuple((str(n), f"Entry {n}", "x" * 40) for n in range(200))
    register = document.table(
        "Register of emergency supplies", ("No.", "What", "To whom"), rows, weights=(1, 3, 3)
    )
    made = read(pdf(register))
    assert len(made.pages) > 3
    for n, page in enumerate(made.pages, 1):
        said = page.extract_text()
        assert "To whom" in said
        assert f"Page {n} of {len(made.pages)}" in said
        assert page.mediabox.width > page.mediabox.height
    assert "Entry 199" in text(pdf(register))


def test_a_table_has_as_many_cells_as_headings() -> None:
    with pytest.raises(ValueError, match="as many cells"):
        document.table("x", ("a", "b"), (("1",),))


def test_the_printers_html_says_the_same_and_escapes_it() -> None:
    made = printing.html(EVERYTHING)
    for part in (
        "RECORDED IN ERROR",
        "O&#x27;NEILL, Rose",
        "Flat 2<br/>1 Example Street",
        "&lt;c&gt;",
        "Telephone",
    ):
        assert part in made
