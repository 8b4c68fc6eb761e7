"""Shapes of what is set, asked by the pages of Settings and of the administrators' file alike."""

import re
from pathlib import PurePosixPath, PureWindowsPath

from digmed_desktop.settings import web_address

IN_A_CODE = re.compile(r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]")
"""The 82 signs that an element of a pack's code may hold: GS1 General Specifications, figure 7.11-1."""
_MAILBOX = re.compile(r"[A-Z0-9_]{3,100}")
_VISIBLE = re.compile(r"[!-~]{1,20}")
_TYPED = re.compile(r"[A-Za-z0-9 \-'.,/()&+]*")  # begins names, addresses, telephone numbers
_WORD = re.compile(r"[A-Za-z0-9]*")
_VARIABLE = re.compile(r"%[^%\\/]+%|\$\w|\$\{|^~")  # a hidden share ends in $

PREFIX = "Enter a character that no typed word begins with, such as ]d2 or ~. Typed words would be taken for scans."
SEPARATOR = (
    "Enter a character that no pack barcode contains, such as | or ~. Batch numbers would be cut off there."
)


def is_mailbox(text: str) -> bool:
    """Whether a text can be the id of a MESH mailbox."""
    return _MAILBOX.fullmatch(text) is not None


def prefix_fault(text: str) -> str:
    """Return what is wrong with a scanner's prefix, or ``""``; none at all is right."""
    return PREFIX if text and (not _VISIBLE.fullmatch(text) or _TYPED.fullmatch(text)) else ""


def separator_fault(text: str) -> str:
    """Return what is wrong with what stands for a separator, or ``""``; none at all is right."""
    if not text:
        return ""
    right = _VISIBLE.fullmatch(text) and not IN_A_CODE.fullmatch(text) and not _WORD.fullmatch(text)
    return "" if right else SEPARATOR


def is_whole_path(text: str) -> bool:
    """Whether a text names one place on a disk or a share, whatever folder or account reads it."""
    whole = PureWindowsPath(text).is_absolute() or PurePosixPath(text).is_absolute()
    return whole and text.isprintable() and not _VARIABLE.search(text)


def is_file_or_address(text: str) -> bool:
    """Whether a text names a file by its whole path, or an https address."""
    if "://" in text:
        return text.startswith("https://") and not web_address.fault_of(text)
    return is_whole_path(text)
