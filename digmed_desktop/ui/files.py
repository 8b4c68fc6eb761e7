"""Ask for a file to write or read, in the system's own dialog. Nothing of a patient is in a suggested name."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

PDF = "PDF (*.pdf)"
CSV = "CSV (*.csv)"
JSON = "JSON (*.json)"
XML = "XML (*.xml)"
TEXT = "Text (*.txt)"
BACKUP = "DigMed backup (*.digmedbackup)"
_ENDINGS = {PDF: ".pdf", CSV: ".csv", JSON: ".json", XML: ".xml", TEXT: ".txt", BACKUP: ".digmedbackup"}


def ask_where(parent: QWidget, title: str, name: str, kind: str) -> Path | None:
    """Ask under which name to write; None when the person thinks better of it."""
    chosen, _ = QFileDialog.getSaveFileName(parent, title, name + _ENDINGS[kind], kind)
    if not chosen:
        return None
    path = Path(chosen)
    return path if path.suffix else path.with_suffix(_ENDINGS[kind])


def ask_which(parent: QWidget, title: str, kind: str) -> Path | None:
    """Ask for a file that is there."""
    chosen, _ = QFileDialog.getOpenFileName(parent, title, "", kind)
    return Path(chosen) if chosen else None


def ask_folder(parent: QWidget, title: str) -> Path | None:
    """Ask for a folder."""
    chosen = QFileDialog.getExistingDirectory(parent, title)
    return Path(chosen) if chosen else None
