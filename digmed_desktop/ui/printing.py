"""Printing: Qt lays the document out page by page, with the running line and the page's number at its foot."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from PySide6.QtCore import QMarginsF, QRectF, QSizeF
from PySide6.QtGui import QAbstractTextDocumentLayout, QFont, QPageLayout, QPainter, QPalette, QTextDocument
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import QDialog, QWidget

from digmed_desktop.desk.views.sent import Printed
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.ui import fonts
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.tokens import PAPER

LONG = 150_000  # characters of HTML, about 30 pages: they take a slow computer a second
NO_PRINTER = DigMedError(
    "No printer is set up on this computer.", "Save it as a PDF instead, or add a printer and try again."
)


def print_on_paper(
    context: Context,
    parent: QWidget,
    printed: Printed,
    failed: Callable[[DigMedError], None],
    done: Callable[[], object] = lambda: None,
    note: Callable[[Any, Printed], object] = lambda desk, printed: desk.papers.let_print(printed),
) -> None:
    """Ask for a printer, let the desk note that it prints, and print.

    The desk asks anew who is signed in, for the window may have locked behind the dialog. ``failed`` is called where
    it refuses, where there is no printer, and where that takes nothing; ``done`` once the document is on its way.
    """
    try:
        printer = choose(parent, printed)
    except DigMedError as error:
        failed(error)
        return
    if printer is None or not parent.isVisible():  # the page has gone, perhaps behind the lock
        return

    def let_go(_noted: object) -> None:
        slowness = context.office.slowness
        try:
            with slowness.of_the_window() if len(printed.html) > LONG else nullcontext():
                paint(printer, printed)
        except DigMedError as error:
            failed(error)
        else:
            done()

    context.office.ask(lambda desk: note(desk, printed), let_go, failed)


def choose(parent: QWidget, printed: Printed) -> QPrinter | None:
    """Ask for a printer; None when the person thinks better of it. Raises DigMedError where there is none."""
    if not QPrinterInfo.availablePrinterNames():
        raise DigMedError(NO_PRINTER.happened, NO_PRINTER.remedy)
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    set_up(printer, printed)
    dialog = QPrintDialog(printer, parent)
    dialog.setWindowTitle("Print")
    if dialog.exec() != QDialog.DialogCode.Accepted:
        return None
    return printer


def set_up(printer: QPrinter, printed: Printed) -> None:
    """Give a printer the size and the name of a document; the name shows in the queue of all accounts."""
    printer.setDocName(printed.name)
    printer.setCreator("DigMed Desktop")
    printer.setPageOrientation(
        QPageLayout.Orientation.Landscape if printed.landscape else QPageLayout.Orientation.Portrait
    )
    printer.setPageMargins(QMarginsF(16, 14, 16, 14), QPageLayout.Unit.Millimeter)


def paint(printer: QPrinter, printed: Printed) -> int:
    """Draw every page and return how many; raises DigMedError when the printer does not take them."""
    painter = QPainter()
    if not painter.begin(printer):
        raise DigMedError(
            "The printer did not accept the document.", "Check the printer, or save it as a PDF instead."
        )
    try:
        return _pages(painter, printer, printed)
    finally:
        painter.end()


def _pages(painter: QPainter, printer: QPrinter, printed: Printed) -> int:
    area = printer.pageRect(QPrinter.Unit.DevicePixel)
    foot_font = QFont(fonts.family())
    foot_font.setPointSizeF(PAPER.foot)
    painter.setFont(foot_font)
    foot = painter.fontMetrics().height() * 1.6
    document = QTextDocument()
    document.documentLayout().setPaintDevice(printer)
    font = QFont(fonts.family())
    font.setPointSizeF(PAPER.body)
    document.setDefaultFont(font)
    points = f"h1 {{ font-size: {PAPER.title}pt; }} h2 {{ font-size: {PAPER.heading}pt; }}"
    document.setDefaultStyleSheet(f"{points} body {{ color: {PAPER.ink}; }}")
    document.setDocumentMargin(0)
    document.setPageSize(QSizeF(area.width(), area.height() - foot))
    document.setHtml(printed.html)
    pages = document.pageCount()
    context = QAbstractTextDocumentLayout.PaintContext()
    context.palette.setColor(QPalette.ColorRole.Text, PAPER.ink)
    for page in range(pages):
        if page:
            printer.newPage()
        painter.save()
        height = area.height() - foot
        painter.translate(0, -page * height)
        context.clip = QRectF(0, page * height, area.width(), height)
        painter.setClipRect(context.clip)
        document.documentLayout().draw(painter, context)
        painter.restore()
        line = QRectF(0, area.height() - foot, area.width(), foot)
        painter.drawText(line, 0x0081, printed.running)  # left, centred in height
        painter.drawText(line, 0x0082, f"Page {page + 1} of {pages}")  # right
    return pages
