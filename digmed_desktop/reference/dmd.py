"""A release of dm+d, the NHS dictionary of medicines and devices, read as a stream.

A release is the folder or zip file that the pharmacy gets from NHS TRUD: among others the files ``f_lookup2``,
``f_vmp2``, ``f_ampp2`` and ``f_amp2`` (dm+d data files, release 2). Only what a picker needs is kept; a release that is
broken or is none is refused whole, with the file, the line and the reason.
"""

import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any

from lxml import etree

from digmed_desktop import untrusted
from digmed_desktop.clinical import snomed
from digmed_desktop.clinical.emergency_supply import ItemKind
from digmed_desktop.clinical.medicine import Medicine
from digmed_desktop.clinical.record import Coded
from digmed_desktop.messaging.errors import DigMedError

PARTS = {
    "lookup": "LOOKUP",
    "vmp": "VIRTUAL_MED_PRODUCTS",
    "ampp": "ACTUAL_MEDICINAL_PROD_PACKS",
    "amp": "ACTUAL_MEDICINAL_PRODUCTS",
}
"""The files that are read, in this order, and the first element of each."""
RECORDS = (
    *(
        "INFO",
        "VMP",
        "VPI",
        "ONT",
        "DFORM",
        "DROUTE",
        "CONTROL_INFO",
        "AMP",
        "AP_ING",
        "LIC_ROUTE",
        "AP_INFO",
    ),
    *("AMPP", "PACK_INFO", "PRESCRIB_INFO", "PRICE_INFO", "REIMB_INFO", "CCONTENT"),
)
"""The records of these files; each is forgotten as soon as it was read, wanted or not."""
MOST_BETWEEN = 1_000_000
"""Bytes from one record to the next: a record has some kB, and what is no record would pile up in memory."""
_LONG = 100_000
AS_IT_WAS = "Nothing was changed in the list of medicines."
_NAME = re.compile(r"(?:.*/)?f_(lookup|vmp|ampp|amp)2_?[^/]*\.xml", re.IGNORECASE)
_SCHEDULE = re.compile(r"Schedule ([1-5])\b")
_LEGAL = {"pom": "pom", "p": "p", "gsl": "gsl"}

_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,  # also bzip2's
    ValueError,  # a name in no encoding, a length below zero
    OverflowError,
    MemoryError,  # a dictionary that a damaged header asks for
    RuntimeError,  # a password; NotImplementedError, a way to compress that Python does not know
)
"""All that Python's ``zipfile`` raises for an archive that is damaged: it has no error of its own for half of it."""

Tell = Callable[[float], None]


class ReleaseError(DigMedError):
    """The release cannot be read; nothing of it was kept."""


class ImportCancelledError(DigMedError):
    """A person stopped the import."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One file of a release; ``size`` in bytes."""

    name: str
    size: int
    open: Callable[[], AbstractContextManager[IO[bytes]]]


@dataclass(slots=True)
class _Virtual:
    """A VMP. ``form``: its dose form in words, ``""`` for one that has no name, None where there is none."""

    unit: str
    schedule: str = ""
    form: str | None = None


class Release:
    """The files of a release that are read."""

    def __init__(self, path: Path) -> None:
        """Find them in a folder or zip file. Raises :class:`ReleaseError` where one is missing."""
        self.name = path.stem if path.is_file() else path.name
        self._parts = _in_zip(path) if path.is_file() else _in_folder(path)
        missing = [f"f_{part}2" for part in PARTS if part not in self._parts]
        if missing:
            raise ReleaseError(
                f"This is not a release of dm+d: {', '.join(missing)} is not in it.",
                f"Choose the zip file. {AS_IT_WAS}",
            )

    def medicines(self, tell: Tell, cancelled: Callable[[], bool]) -> Iterator[Medicine]:
        """Yield every valid actual medicinal product.

        ``tell`` is called now and then with the share that was read, from 0 to 1. Raises :class:`ReleaseError`, and
        :class:`ImportCancelledError` soon after ``cancelled`` says so.
        """
        reading = _Reading(sum(part.size for part in self._parts.values()), tell, cancelled)
        lookups: dict[str, dict[str, str]] = {}
        for element in reading.elements(self._parts["lookup"], PARTS["lookup"], ("INFO",)):
            kind = element.getparent()
            if kind is not None and kind.tag in (
                "CONTROL_DRUG_CATEGORY",
                "LEGAL_CATEGORY",
                "UNIT_OF_MEASURE",
                "FORM",
            ):
                lookups.setdefault(kind.tag, {})[_text(element, "CD")] = _text(element, "DESC")
        virtual = self._virtual(reading, lookups)
        legal = self._legal(reading, lookups)
        empty = True
        for element in reading.elements(self._parts["amp"], PARTS["amp"], ("AMP",)):
            if _text(element, "INVALID") == "1":
                continue
            code, name = _text(element, "APID"), _text(element, "DESC") or _text(element, "NM")
            if not snomed.is_concept_id(code) or not name:
                raise reading.refuse(element, "a product has no name, or its APID is not a dm+d code")
            known = virtual.get(_text(element, "VPID"))
            if known is None:
                raise reading.refuse(element, "a product belongs to a VMP that this release does not have")
            legal_class = legal.get(code)
            kind_of = (
                ItemKind.MEDICINE
                if known.form is not None or legal_class
                else ItemKind.APPLIANCE
                if code in legal
                else None
            )
            empty = False
            form = known.form or ""
            yield Medicine(Coded(name, code), kind_of, known.unit, legal_class or "", known.schedule, form)
        if empty:  # it would take the place of a whole list
            raise ReleaseError(
                "There is no product in this release.", f"Get it again from NHS TRUD. {AS_IT_WAS}"
            )

    def _virtual(self, reading: "_Reading", lookups: dict[str, dict[str, str]]) -> "dict[str, _Virtual]":
        """Return what is known of each VMP."""
        units, categories = lookups.get("UNIT_OF_MEASURE", {}), lookups.get("CONTROL_DRUG_CATEGORY", {})
        forms = lookups.get("FORM", {})
        found: dict[str, _Virtual] = {}
        for element in reading.elements(self._parts["vmp"], PARTS["vmp"], ("VMP", "DFORM", "CONTROL_INFO")):
            vpid = _text(element, "VPID")
            if element.tag == "VMP":
                found[vpid] = _Virtual(units.get(_text(element, "UNIT_DOSE_UOMCD"), ""))
            elif vpid in found and element.tag == "DFORM":
                found[vpid].form = forms.get(_text(element, "FORMCD"), "")
            elif vpid in found:
                found[vpid].schedule = _schedule(categories.get(_text(element, "CATCD"), ""))
        return found

    def _legal(self, reading: "_Reading", lookups: dict[str, dict[str, str]]) -> dict[str, str | None]:
        """Return the legal class of the packs of each AMP; None where they differ or have none."""
        categories = lookups.get("LEGAL_CATEGORY", {})
        found: dict[str, str | None] = {}
        for element in reading.elements(self._parts["ampp"], PARTS["ampp"], ("AMPP",)):
            if _text(element, "INVALID") == "1":
                continue
            amp = _text(element, "APID")
            legal = _LEGAL.get(categories.get(_text(element, "LEGAL_CATCD"), "").casefold())
            found[amp] = legal if found.get(amp, legal) == legal else None
        return found


class _Reading:
    """Reads the files one after the other, counting what was read."""

    def __init__(self, total: int, tell: Tell, cancelled: Callable[[], bool]) -> None:
        self._total, self._tell, self._cancelled = max(total, 1), tell, cancelled
        self._done = 0
        self._name = ""

    def elements(self, part: _Part, root: str, tags: tuple[str, ...]) -> Iterator[Any]:
        """Yield the elements of these names; each is emptied once the next is asked for."""
        self._name = part.name
        with part.open() as file:
            counted = _Counted(file, part.name, self._moved)
            try:
                parsed = etree.iterparse(
                    counted,
                    events=("end",),
                    tag=RECORDS,
                    resolve_entities=False,
                    no_network=True,
                    load_dtd=False,
                )
                seen = False
                for _, element in parsed:
                    between, counted.since_record = counted.since_record, 0
                    if not seen and (seen := True) and element.getroottree().getroot().tag != root:
                        raise self._foreign(element.getroottree().getroot().tag)
                    if element.tag in tags:
                        yield element
                    element.clear()
                    _forget_before(element)
                    if between > _LONG:  # nothing that stands around the records is kept either
                        for outer in element.iterancestors():
                            _forget_before(outer)
                if not seen and (parsed.root is None or parsed.root.tag != root):
                    raise self._foreign(parsed.root.tag if parsed.root is not None else "nothing")
            except etree.XMLSyntaxError as error:
                reason = str(error.msg or "it is not XML").split(", line ")[0]
                raise ReleaseError(
                    f"{self._name} is broken in line {error.lineno or 1}: {reason}.",
                    f"Get the release again from NHS TRUD. {AS_IT_WAS}",
                ) from None

    def refuse(self, element: Any, reason: str) -> ReleaseError:
        """Return the error for a record that does not fit."""
        return ReleaseError(
            f"{self._name} does not fit in line {element.sourceline}: {reason}.",
            f"Get the release again from NHS TRUD. {AS_IT_WAS}",
        )

    def _foreign(self, tag: str) -> ReleaseError:
        return ReleaseError(
            f"{self._name} is not a dm+d file of that kind: line 1 begins with {tag[:60]}.",
            f"Choose another. {AS_IT_WAS}",
        )

    def _moved(self, number: int) -> None:
        if self._cancelled():
            raise ImportCancelledError("The import was stopped.", AS_IT_WAS)
        self._done += number
        self._tell(min(self._done / self._total, 1.0))


class _Counted:
    """A file that tells how much of it was read."""

    def __init__(self, file: IO[bytes], name: str, moved: Callable[[int], None]) -> None:
        self._file, self._name, self._moved = file, name, moved
        self.since_record = 0

    def read(self, size: int = -1) -> bytes:
        """Read as the file does. Raises :class:`ReleaseError` for what cannot be read."""
        with _damage_refused(self._name):
            data = self._file.read(size)
        self._moved(len(data))
        self.since_record += len(data)
        if self.since_record > MOST_BETWEEN:
            raise ReleaseError(
                f"{self._name} is not a dm+d file of that kind: a record is longer than any, or something else is there.",
                f"Get the release again from NHS TRUD. {AS_IT_WAS}",
            )
        return data


def _forget_before(element: Any) -> None:
    while element.getprevious() is not None:
        del element.getparent()[0]


def _text(element: Any, name: str) -> str:
    return untrusted.visible((element.findtext(name) or "").strip())


def _schedule(category: str) -> str:
    if found := _SCHEDULE.search(category):
        return found[1]
    return "none" if category.casefold().startswith("no controlled drug") else ""


@contextmanager
def _damage_refused(name: str) -> Iterator[None]:
    """Turn whatever reading raises for damage into a :class:`ReleaseError`.

    It stands only around calls that read: around more it would hide faults of the program.
    """
    try:
        yield
    except _DAMAGE:
        raise ReleaseError(
            f"{name} is damaged or cannot be read to its end.", f"Copy the file again. {AS_IT_WAS}"
        ) from None


def _in_folder(path: Path) -> dict[str, _Part]:
    found = {}
    with _damage_refused(path.name):
        for file in sorted(path.iterdir()) if path.is_dir() else ():
            if (named := _NAME.fullmatch(file.name)) and file.is_file():
                found[named[1].lower()] = _Part(file.name, file.stat().st_size, partial(_plain, file))
    return found


def _in_zip(path: Path) -> dict[str, _Part]:
    try:
        untrusted.open_file(path).close()
    except OSError as error:
        raise ReleaseError(
            untrusted.why_unread(error), f"Choose the zip file of a release. {AS_IT_WAS}"
        ) from None
    if not zipfile.is_zipfile(path):
        raise ReleaseError(
            "This is not a zip file, or it is damaged.", f"Choose the zip file of a release. {AS_IT_WAS}"
        )
    found = {}
    with _damage_refused(path.name), zipfile.ZipFile(path) as archive:
        for one in archive.infolist():
            if named := _NAME.fullmatch(one.filename):
                found[named[1].lower()] = _Part(
                    Path(one.filename).name, one.file_size, partial(_opened, path, one.filename)
                )
    return found


@contextmanager
def _opened(path: Path, name: str) -> Iterator[IO[bytes]]:
    with ExitStack() as opened:
        with _damage_refused(Path(name).name):
            archive = opened.enter_context(zipfile.ZipFile(path))
            file = opened.enter_context(archive.open(name))
        yield file


@contextmanager
def _plain(path: Path) -> Iterator[IO[bytes]]:
    with ExitStack() as opened:
        with _damage_refused(path.name):
            file = opened.enter_context(path.open("rb"))
        yield file
