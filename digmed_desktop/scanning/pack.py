"""Read a scanned text: the pack of a vaccine, a product, a patient, or why it cannot be taken.

GS1 General Specifications: element strings with GTIN (01), expiry (17, day 00 for the end of the month), batch (10)
and serial number (21), parsed by ``biip``. What scanners do to them on the way is recognised here: separators lost
or replaced, letters turned by Caps Lock, the wrong keyboard country. Nothing is put right unseen: where the batch
is not certain it is left to a person to choose.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import Enum

from digmed_desktop.clinical import batch as batches
from digmed_desktop.clinical import nhs_number
from digmed_desktop.scanning.burst import AIM_FLAG, SEPARATOR, Burst
from digmed_desktop.scanning.elements import Elements, elements_of, gtin_of, splits
from digmed_desktop.settings.shapes import IN_A_CODE


class Found(Enum):
    """The kind of a scan."""

    PACK = "pack"  # product and, as far as the code holds them, batch, expiry and serial number
    UNSURE = "unsure"  # a pack whose batch number a person must choose
    PRODUCT = "product"  # a product and nothing else
    PATIENT = "patient"  # an NHS number
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, repr=False)
class Scan:
    """The reading of one scan. ``batches`` are those to choose from when :attr:`Found.UNSURE`.

    ``sentence`` says why it was refused or what is unsure, ``notes`` what is odd about the scanner.
    """

    found: Found
    gtin: str = ""
    batch: str = ""
    expiry: date | None = None
    serial: str = ""
    nhs_number: str = ""
    batches: tuple[str, ...] = ()
    sentence: str = ""
    notes: tuple[str, ...] = ()


SLOW = (
    "The scanner is as slow as typing, so the scan was not accepted. Set it to send a prefix: "
    "Settings, Scanner says how."
)
LAYOUT = (
    "The scanner's keyboard country is not the one set on this computer, so what it sent cannot be read. Set the scanner to "
    "the keyboard of this computer: Settings, Scanner says how."
)
CAPS = "Caps Lock seems to be on: capitals and small letters were swapped, and the program swapped them back."
_ALWAYS_SEPARATORS = ("<GS>", "{GS}", "[GS]", "\\x1d", "\\u001d", "\u241d", "\u001e")
_AIM = re.compile(r"\]([A-Za-z])([0-9A-Za-z])")
_AIM_OF_PACKS = {"d2", "Q3", "C1", "e0", "J1"}
_CODE = re.compile(r"(?i)https?:|\(?01\)?[0-9]{14}|\([0-9]{2,4}\)|[0-9]{2}=")
_LENGTHS = {8, 12, 13, 14}  # digits of EAN-8, UPC-A, EAN-13 and GTIN-14
_FRENCH_DIGITS = re.compile(r"[&é\"'(\-è_çà]{6,}")
_LAYOUT_AIM = re.compile(r"[+$*¨]([dDqQcCeE])[0-3&é\"]")


def read_burst(burst: Burst, substitute: str = "") -> Scan:
    """Return what a burst says; one that is too slow to be told from typing is refused."""
    return Scan(Found.REFUSED, sentence=SLOW) if burst.too_slow else read(burst.text, substitute)


def is_code(burst: Burst, substitute: str = "") -> bool:
    """Whether what came quickly is a code, and not text by an expander, a password manager or a slow session.

    A prefix, an AIM identifier, a separator, a link or the digits of a barcode make it one; words never are, nor are
    digits that no scanner reads: with a wrong check digit, or those of a date.
    """
    text = burst.text.strip()
    if is_sure(burst) or SEPARATOR in text or _CODE.match(text):
        return True
    if text.isdigit():
        if len(text) in _LENGTHS:
            return gtin_of(text) is not None and not _is_date(text)
        return nhs_number.sentence_about(text) is None
    scan = read(text, substitute)
    return scan.sentence == LAYOUT if scan.found is Found.REFUSED else " " not in text


def is_sure(burst: Burst) -> bool:
    """Whether a prefix or an AIM identifier says that a scanner sent it."""
    return burst.prefixed or burst.text.strip().startswith(AIM_FLAG)


def _is_date(text: str) -> bool:
    """Whether eight digits are day, month and year of a date that people type."""
    try:
        return (
            len(text) == len("31122026")
            and 1900 <= date(int(text[4:]), int(text[2:4]), int(text[:2])).year < 2100
        )
    except ValueError:
        return False


def read(text: str, substitute: str = "") -> Scan:
    """Return what a scanned text says. ``substitute`` is what the scanner was set to send for a separator."""
    sent = text.strip(" \r\n\t")
    if not sent:
        return _refused("The scan was empty. Scan again.")
    if _LAYOUT_AIM.match(sent) or _FRENCH_DIGITS.match(sent) or re.match(r"\)[0-9]{2}=", sent):
        return _refused(LAYOUT)
    if re.match(r"(?i)https?:", sent):
        return _of_link(sent)
    aim, sent, turned = _without_aim(sent)
    notes = (CAPS,) if turned else ()
    if aim in {"", "E0", "E4", "A0", "C0"} and (plain := _plain_number(sent)) is not None:
        return plain
    if aim and aim not in _AIM_OF_PACKS | {"d1", "E0", "Q1", "C0"}:
        return _refused(
            "This kind of barcode is not from a vaccine pack. Scan the square code on the vaccine's box."
        )
    sent = _human_form(sent) or sent
    separated, noted = _with_separators(sent, substitute)
    if separated is None:
        return _refused(LAYOUT)
    sent = separated
    if not re.match(rf"{SEPARATOR}?(01|02|10|11|17|21)", sent):
        return _refused("This barcode is not from a vaccine pack. Scan the square code on the vaccine's box.")
    return _of_elements(sent.strip(SEPARATOR), notes + noted, sure_of_case=bool(aim))


def _refused(sentence: str) -> Scan:
    return Scan(Found.REFUSED, sentence=sentence)


def _without_aim(sent: str) -> tuple[str, str, bool]:
    """Return the AIM identifier, the rest, and whether letters came the wrong way round."""
    found = _AIM.match(sent)
    if not sent.startswith(AIM_FLAG) or not found:
        return "", sent, False
    aim, rest = found[1] + found[2], sent[3:]
    known = _AIM_OF_PACKS | {"d1", "E0", "E4", "Q1", "C0", "A0"}
    digits_only = rest.isdigit()
    if aim not in known and aim.swapcase() in known:
        return aim.swapcase(), rest.swapcase(), True
    if aim in {"e0", "E0"} and digits_only:
        return "E0", rest, False
    if aim == "E0":
        return "e0", rest.swapcase(), True
    return aim, rest, False


def _plain_number(sent: str) -> Scan | None:
    if not sent.isdigit():
        return None
    if len(sent) == 10:
        wrong = nhs_number.sentence_about(sent)
        return (
            _refused(f"This code is not an NHS number. {wrong} Scan again, or type it.")
            if wrong
            else Scan(Found.PATIENT, nhs_number=sent)
        )
    if len(sent) in {8, 12, 13, 14}:
        gtin = gtin_of(sent)
        if gtin is None:
            return _refused("A digit of the barcode was misread: its check digit does not fit. Scan again.")
        return Scan(
            Found.PRODUCT,
            gtin=gtin,
            sentence="This barcode has only a product, without batch and expiry date. "
            "Scan the square code on the vaccine's box.",
        )
    return None


def _human_form(sent: str) -> str | None:
    """Return ``(01)...(17)...`` as an element string with a separator after each element."""
    if not re.match(r"\(\d{2,4}\)", sent):
        return None
    parts = re.findall(r"\((\d{2,4})\)([^()]*)", sent)
    return SEPARATOR.join(ai + value.strip() for ai, value in parts)


def _with_separators(sent: str, substitute: str) -> tuple[str | None, tuple[str, ...]]:
    """Put a real separator in place of what stands for one; None when several signs are foreign."""
    for shape in _ALWAYS_SEPARATORS:
        sent = sent.replace(shape, SEPARATOR)
    if substitute:
        sent = sent.replace(substitute, SEPARATOR)
    foreign = {sign for sign in sent if sign != SEPARATOR and not IN_A_CODE.fullmatch(sign)}
    if not foreign:
        return sent, ()
    if len(foreign) > 1:
        return None, ()
    sign = foreign.pop()
    name = "a space" if sign == " " else sign
    note = f"The scanner sends {name} instead of the separator; it was understood. Settings, Scanner can name it."
    return sent.replace(sign, SEPARATOR), (note,)


def _of_link(sent: str) -> Scan:
    found = elements_of(sent)
    if found is None:
        return _refused(
            "This code leads to a web page and is not from a vaccine pack. Scan the square code on the vaccine's box."
        )
    return _scan_of(found, (), sure_of_case=True)


def _of_elements(sent: str, notes: tuple[str, ...], *, sure_of_case: bool) -> Scan:
    whole = elements_of(sent)
    if SEPARATOR in sent:
        return _scan_of(whole, notes, sure_of_case=sure_of_case) if whole else _why_not(sent)
    several = [one for one in splits(sent) if one.complete]
    if whole and (whole.complete or not several) and len({one.batch for one in several} | {whole.batch}) == 1:
        return _scan_of(whole, notes, sure_of_case=sure_of_case)
    if not several:
        return _why_not(sent)
    choices = [whole, *several] if whole and whole.complete else several
    first = choices[0]
    return Scan(
        Found.UNSURE,
        gtin=first.gtin,
        expiry=first.expiry if len({one.expiry for one in choices}) == 1 else None,
        batches=tuple(dict.fromkeys(one.batch for one in choices)),
        sentence="The scanner left out the separator, so it is not clear where the batch number ends. "
        "Choose the one printed on the pack.",
        notes=notes,
    )


def _scan_of(found: Elements, notes: tuple[str, ...], *, sure_of_case: bool) -> Scan:
    if not found.gtin:
        return _refused(
            "The code does not name a product, so it is not from a vaccine pack. Scan the vaccine's box."
        )
    if found.batch and (wrong := batches.sentence_about(found.batch)):
        return Scan(
            Found.PACK,
            gtin=found.gtin,
            expiry=found.expiry,
            serial=found.serial,
            notes=(*notes, f"The batch number could not be taken from the code. {wrong}"),
        )
    small = found.batch != found.batch.upper() and found.batch == found.batch.lower()
    if small and not sure_of_case:
        return Scan(
            Found.UNSURE,
            gtin=found.gtin,
            expiry=found.expiry,
            serial=found.serial,
            batches=(found.batch.upper(), found.batch),
            sentence="The batch number came in small letters, as it does with Caps Lock on. "
            "Choose the one printed on the pack.",
            notes=notes,
        )
    lacking = [
        words for words, there in (("batch number", found.batch), ("expiry date", found.expiry)) if not there
    ]
    if lacking:
        notes = (*notes, f"The code has no {' and no '.join(lacking)}: type it from the pack.")
    return Scan(
        Found.PACK,
        gtin=found.gtin,
        batch=found.batch,
        expiry=found.expiry,
        serial=found.serial,
        notes=notes,
    )


def _why_not(sent: str) -> Scan:
    """Say what is wrong with an element string that cannot be parsed."""
    bare = sent.replace(SEPARATOR, "")
    if found := re.search(r"(?:^|\D)?01(\d{14})", bare):
        if gtin_of(found[1]) is None:
            return _refused(
                "A digit of the code was misread: the product number's check digit does not fit. Scan again."
            )
        if dated := re.match(r"17(\d{6})", bare[found.end() :]):
            month, day = int(dated[1][2:4]), int(dated[1][4:])
            if not 1 <= month <= 12 or day > 31:
                return _refused(
                    "The code's expiry date is not a real date. Scan again, or type it from the pack."
                )
    return _refused(
        "Part of the code was lost or is too long, so the scan was not accepted. Scan again. If that "
        "does not help, Settings, Scanner has a test."
    )
