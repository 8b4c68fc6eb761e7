"""Hold texts, names, addresses and counts of another system's record to the rules of the form.

The same functions judge what is typed. A record may leave out what it does not know; what it says has the form's shape.
"""

from collections.abc import Collection, Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from digmed_desktop.clinical import known_terms, names, ods, postcode, telephone
from digmed_desktop.clinical.answers import LINE_MOST, LINES_MOST, unsendable
from digmed_desktop.clinical.contradictions import Record
from digmed_desktop.clinical.form import FieldKind
from digmed_desktop.clinical.questions.binding import QuestionSet
from digmed_desktop.clinical.questions.forms import of
from digmed_desktop.clinical.questions.patient import ADDRESS_LINE_MOST, ADDRESS_LINES, CHECK_IDENTITY
from digmed_desktop.clinical.record import (
    Address,
    Allergy,
    Coded,
    OnBehalf,
    Organisation,
    Patient,
    PersonName,
    Professional,
    Telephone,
    VaccinationRecord,
)
from digmed_desktop.clinical.record_fault import Fault
from digmed_desktop.clinical.registration import check_registration, other_regulator

TERM_MOST = 255  # characters of a dm+d description
_KINDS, _SEVERITIES = ("allergy", "intolerance"), ("mild", "moderate", "severe")
TELEPHONES_MOST = 3
"""Most telephone numbers of a patient: one for each use."""
_HIDDEN = "Write it again: it contains a hidden character, or an end of line, that cannot be sent here."
_NOT_SHARED = ("notes_kept_here", "screening.note")
"""Texts to which this program adds lines of its own, so that they can be longer than what is typed."""
_OTHER_LINES = ("items.additional_instructions", "items.reason")
"""Texts of several lines for which the form has no question, or one question for each line."""


def faults(record: Record, stated: Collection[str]) -> Iterator[Fault]:
    """Yield what the form of a record would refuse of its texts, names, addresses and counts.

    ``stated`` are the fields that its file has: one that is left out says nothing, not no.
    """
    questions = of(record)
    for path, value in _parts(record, ""):
        where = f"record.{path}"
        if isinstance(value, str):
            yield from ((where, said) for said in _of_text(value, path, questions))
        else:
            yield from ((f"{where}{part}", said) for part, said in _of_part(value))
    if len(record.patient.telephones) > TELEPHONES_MOST:
        yield "record.patient.telephones", f"Give at most {TELEPHONES_MOST} telephone numbers."
    if "identity_checked" in stated and not record.identity_checked and not _nobody_came(record):
        yield "record.identity_checked", f"{CHECK_IDENTITY}."
    if isinstance(record, VaccinationRecord):
        known = known_terms.known_programmes()
        for place, vaccine in enumerate(record.immunizations):
            if vaccine.programme and vaccine.programme not in known:
                sentence = f"This version has no such programme. Give one of: {', '.join(sorted(known))}."
                yield f"record.immunizations.{place}.programme", sentence


def _parts(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield every part of a record and every text in it, each with its path in the file."""
    if isinstance(value, str) and path:
        yield path, str(value)
    elif isinstance(value, tuple):
        for number, one in enumerate(value):
            yield from _parts(one, f"{path}.{number}")
    elif is_dataclass(value):
        if path:
            yield path, value
        for one in fields(value):
            yield from _parts(getattr(value, one.name), f"{path}.{one.name}" if path else one.name)


def _of_text(text: str, path: str, questions: QuestionSet) -> Iterator[str]:
    """Yield what is wrong with a text; how long it may be and whether it has lines is its question's to say."""
    plain = ".".join(step for step in path.split(".") if not step.isdigit())
    has_lines = _has_lines(plain, questions)
    if text and not text.strip():
        yield "Write something here, or leave the field out: it contains only spaces."
    if unsendable(text, lines=has_lines):
        yield _HIDDEN
    most = TERM_MOST if plain.endswith(".display") else LINES_MOST if has_lines else LINE_MOST
    if len(text) > most and plain not in _NOT_SHARED:
        yield f"Shorten it to at most {most} characters; it has {len(text)}."


def _has_lines(path: str, questions: QuestionSet) -> bool:
    bound = next((one for one in questions.bindings if one.path == path), None)
    return path in (*_NOT_SHARED, *_OTHER_LINES) or (
        bound is not None and questions.form.field(bound.question).kind is FieldKind.LINES
    )


def _of_part(value: Any) -> Iterator[Fault]:
    """Yield what is wrong with a name, an address, a telephone number, an ODS code or a registration number."""
    said: dict[str, str | None] = {}
    match value:
        case Patient(name=name) | Professional(name=name) if isinstance(name, PersonName):
            said |= {
                f".name.{part}": names.sentence_about(getattr(name, part), words)
                for part, words in (("given", "first name"), ("family", "last name"))
                if getattr(name, part)
            }
        case Address(lines=lines, city=city, postcode=code):
            if len(lines) > ADDRESS_LINES:
                said[".lines"] = f"Use at most {ADDRESS_LINES} lines for the address; it has {len(lines)}."
            if any(len(line) > ADDRESS_LINE_MOST for line in (*lines, city)):
                said[".lines"] = (
                    f"Shorten each line of the address to at most {ADDRESS_LINE_MOST} characters."
                )
            said[".postcode"] = postcode.sentence_about(code) if code else None
        case Telephone(number=number):
            said[".number"] = telephone.sentence_about(number)
        case Organisation(ods_code=code) if code:
            said[".ods_code"] = ods.sentence_about(code, "the organisation")
        case Allergy(kind=kind, severity=severity):
            said[".kind"] = _one_of(kind, _KINDS)
            said[".severity"] = _one_of(severity, _SEVERITIES)
        case OnBehalf():
            said |= _of_on_behalf(value)
        case Coded(code=code) if not (code.isascii() and code.isprintable() and " " not in code):
            said[".code"] = "A code has letters, digits and punctuation, and no spaces."
    if isinstance(value, Professional) and value.registration:
        said[".registration"] = check_registration(value.regulator, value.registration)
    yield from ((part, sentence) for part, sentence in said.items() if sentence)


def _of_on_behalf(value: OnBehalf) -> dict[str, str | None]:
    """Return what is wrong with who recorded and sent a record for its clinician."""
    both = {"recorded_by": value.recorded_by, "sent_by": value.sent_by}
    said: dict[str, str | None] = {}
    if not all(who.name.family.strip() for who in both.values()):
        said[""] = "Name who recorded it and who sent it, each with the last name."
    for part, who in both.items():
        if usual := other_regulator(who.role, who.regulator):
            said[f".{part}.regulator"] = f"The {usual.value} registers this role. Correct one of the two."
    return said


def _one_of(word: str, words: tuple[str, ...]) -> str | None:
    """Return a sentence where a word is none of those that can stand there."""
    return None if word in ("", *words) else f"Give one of: {', '.join(words)}."


def _nobody_came(record: Record) -> bool:
    """Whether the patient did not attend, so that nobody could be asked who they are."""
    if not isinstance(record, VaccinationRecord) or not record.immunizations:
        return False
    absent = known_terms.code_of_reason("did-not-attend")
    return all(
        one.given is False and one.not_given_reason is not None and one.not_given_reason.code == absent
        for one in record.immunizations
    )
