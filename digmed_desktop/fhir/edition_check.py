"""Holds editions and their sentences against what the program can fill in."""

from collections.abc import Iterator

from digmed_desktop.clinical.record import SNOMED_CT, PhoneUse, Sex
from digmed_desktop.clinical.snomed import is_concept_id
from digmed_desktop.data_files.fault import Fault, shown
from digmed_desktop.data_files.kinds import At, Consequence, FileKind
from digmed_desktop.data_files.source import DataSource
from digmed_desktop.fhir.edition_files import CodedRow, EditionFile, NarrativeFile
from digmed_desktop.fhir.sections import ITEMS

_FOLDER = "editions"


def cross_check_edition(at: At, file: EditionFile, source: DataSource) -> Iterator[Fault]:
    """Yield what does not fit within an edition, and a default that is not the only one of its kind."""
    yield from at.stem(file.id)
    yield from at.twice("section", "key", [section.key for section in file.section])
    yield from at.twice("section", "code", [section.code for section in file.section])
    for number, section in enumerate(file.section):
        place = ("section", number)
        yield from _coded(at, place, section)
        labels = [row.label for row in section.rows]
        for row_no, row in enumerate(section.rows):
            yield from at.unknown((*place, "rows", row_no, "item"), [row.item], ITEMS, "an item")
            if row.label in labels[:row_no]:
                yield at.fault((*place, "rows", row_no, "label"), f"{shown(row.label)} appears twice", "")
            if row.label != row.label.replace("{regulator}", "") and row.label.count("{") != 1:
                yield from at.gaps((*place, "rows", row_no, "label"), row.label, ("regulator",))
    for key in ("event", "type", "care_setting", "supply_type"):
        if (coded := getattr(file, key)) is not None:
            yield from _coded(at, (key,), coded)
    for code, coded in file.codes.items():
        yield from _coded(at, ("codes", code), coded)
    yield from _default(at, file, source)


def _coded(at: At, place: tuple[str | int, ...], row: CodedRow) -> Iterator[Fault]:
    if row.system == SNOMED_CT and not is_concept_id(row.code):
        wrong = f"{shown(row.code)} is not the code of a concept, or its check digit is wrong"
        yield at.fault((*place, "code"), wrong, "a SNOMED CT code of 6 to 18 digits")


def _default(at: At, file: EditionFile, source: DataSource) -> Iterator[Fault]:
    alike = (source.raw(name) for name in source.all_names(_FOLDER))
    defaults = [one.get("id") for one in alike if one.get("kind") == file.kind and one.get("default") is True]
    if len(defaults) != 1 and (file.default or not defaults):
        wrong = f"{len(defaults)} editions of this kind are marked as the default"
        yield at.fault(("default",), wrong, "default = true in one edition of each kind")


def cross_check_narrative(at: At, file: NarrativeFile, _source: DataSource) -> Iterator[Fault]:
    """Yield answers without words, and sentences that are filled in with something else than the program has."""
    yield from at.exactly(("sex",), file.sex, [one.value for one in Sex], "the sex")
    yield from at.exactly(("telephone",), file.telephone, [one.value for one in PhoneUse], "the use")
    yield from at.gaps(("on_behalf", "recorded"), file.on_behalf.recorded, ("recorder", "clinician"))
    yield from at.gaps(("on_behalf", "sent"), file.on_behalf.sent, ("sender",))
    for key in ("given_by", "assessed", "consulted"):
        yield from at.gaps(("consent", key), getattr(file.consent, key), ("who",))
    yield from at.gaps(("correction", "changed"), file.correction.changed, ("what",))
    yield from at.gaps(("correction", "why"), file.correction.why, ("why",))
    yield from at.gaps(("correction", "when"), file.correction.when, ("when",))
    yield from at.gaps(("supply", "days"), file.supply.days, ("days",))
    yield from at.gaps(("supply", "registration"), file.supply.registration, ("number",))
    yield from at.gaps(("vaccine", "title"), file.vaccine.title, ("title", "service"))
    yield from at.gaps(("vaccine", "title_not_given"), file.vaccine.title_not_given, ("title",))


KIND = FileKind(_FOLDER, EditionFile, cross_check_edition, Consequence.MESSAGES)
KINDS = (
    KIND,
    FileKind("editions/words/narrative.toml", NarrativeFile, cross_check_narrative, Consequence.MESSAGES),
)
