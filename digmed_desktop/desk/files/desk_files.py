"""The models of what stands in ``resources`` for the desk: acts, export, medicines, paper and reasons."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import ConfigDict, Field

from digmed_desktop.clinical.data_types import Concept
from digmed_desktop.clinical.emergency_supply import ItemKind
from digmed_desktop.clinical.form import PLACE
from digmed_desktop.clinical.form_file import FormFile
from digmed_desktop.clinical.questions.forms import SETS
from digmed_desktop.clinical.units_file import UnitsFile
from digmed_desktop.data_files.fault import Fault
from digmed_desktop.data_files.kinds import At, Consequence, FileKind, no_cross_check
from digmed_desktop.data_files.model import BY_VALUE, DataModel, Flag, Text, Texts
from digmed_desktop.data_files.source import DataSource
from digmed_desktop.desk.files.exporting import KEYS
from digmed_desktop.desk.views.sent import Act, How
from digmed_desktop.messaging.sending import Kind
from digmed_desktop.messaging.states import Need, State


class ActRow(DataModel):
    """The acts on a notification, in words."""

    label: Text
    explain: Text
    explain_swap: Text | None = None
    explain_hold: Text | None = None
    explain_replace: Text | None = None
    explain_afresh: Text | None = None
    explain_kept: Text | None = None
    ask: Text


class YellowCardRow(DataModel):
    """The place to report an adverse reaction."""

    name: Text
    address: Text
    telephone: Text
    source: Text


class NextSteps(DataModel):
    """The acts that lead on, by state, by the reason why a person is needed, and on the day that it is due.

    ``held`` is for a correction that waits for its first version, ``held_for_good`` where that can never come.
    """

    due: list[Annotated[Act, BY_VALUE]]
    held: list[Annotated[Act, BY_VALUE]]
    held_for_good: list[Annotated[Act, BY_VALUE]]
    states: dict[Annotated[State, BY_VALUE], list[Annotated[Act, BY_VALUE]]]
    needs: dict[str, list[Annotated[Act, BY_VALUE]]]


class ActsFile(DataModel):
    """All acts, each a table of its own, and where a reaction is reported."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, ActRow]
    yellow_card: YellowCardRow
    next_step: NextSteps


def cross_check_acts(at: At, file: ActsFile, _source: DataSource) -> Iterator[Fault]:
    """Yield acts without words, and words of none."""
    yield from at.exactly((), file.__pydantic_extra__, [one.value for one in Act], "the act")
    needs = [one.name.lower() for one in Need if one is not Need.NOBODY]
    yield from at.exactly(("next_step", "needs"), file.next_step.needs, needs, "the need")


class ColumnRow(DataModel):
    """One column of the list that leaves the program."""

    key: Annotated[
        str, Field(pattern=r"^[a-z_.]+$", description="the key of a column, or an attribute of the record")
    ]
    heading: Text
    meaning: Text
    patient: Flag = False


class ColumnsFile(DataModel):
    """All columns, in order."""

    column: list[ColumnRow]


def cross_check_columns(at: At, file: ColumnsFile, _source: DataSource) -> Iterator[Fault]:
    """Yield columns that stand there twice, that the program cannot fill, and that give a patient away."""
    attributes = {path for one in SETS.values() for path in one.attributes()}
    yield from at.twice("column", "key", [one.key for one in file.column])
    yield from at.twice("column", "heading", [one.heading for one in file.column])
    for number, column in enumerate(file.column):
        yield from at.unknown(("column", number, "key"), [column.key], KEYS | attributes, "a column")
        typed = column.key not in KEYS  # what was typed can tell who the patient is
        if (typed or column.key in ("patient", "nhs_number", "date_of_birth")) and not column.patient:
            yield at.fault(("column", number, "patient"), "the column tells who the patient is", "true")


class MedicineRow(DataModel):
    """One product."""

    code: Concept
    display: Text
    kind: Annotated[ItemKind, BY_VALUE]
    unit: Text
    legal_class: str = ""
    schedule: str = ""
    source: Text


class MedicinesFile(DataModel):
    """The products that come with the program."""

    medicine: list[MedicineRow]


def cross_check_medicines(at: At, file: MedicinesFile, source: DataSource) -> Iterator[Fault]:
    """Yield products that stand there twice, and units, classes and schedules that the program does not know."""
    yield from at.twice("medicine", "code", [one.code for one in file.medicine])
    words = {word for unit in source.read("codes/units.toml", UnitsFile).unit for word in unit.words}
    form = source.read("forms/emergency-supply.toml", FormFile)
    options = {
        field.id: {"", *(option.id for option in field.options)}
        for group in form.group
        for field in group.field
    }
    for number, row in enumerate(file.medicine):
        yield from at.unknown(("medicine", number, "unit"), [row.unit], words, "a unit")
        for key in ("legal_class", "schedule"):
            known = options[f"item.{PLACE}.{key}"]
            yield from at.unknown(("medicine", number, key), [getattr(row, key)], known, f"a {key}")


class WithdrawRow(DataModel):
    """A reason to withdraw a record, and whether it states that nothing was given or supplied."""

    reason: Text
    nothing_done: bool


class ReasonsFile(DataModel):
    """Why somebody goes on although there is a warning."""

    reasons: Texts
    resend: Texts
    withdraw: list[WithdrawRow]


class HeadLabels(DataModel):
    """The labels of a copy's head."""

    head: Text
    about: Text
    to: Text
    from_: Text = Field(alias="from")
    telephone: Text
    how: Text
    standing: Text
    reference: Text
    patient: Text


class StandingWords(DataModel):
    """How the electronic message stands."""

    none: Text
    not_shared: Text
    out: Text


class NoticeWords(DataModel):
    """Words for an older or newer version."""

    older: Text
    unsigned: Text
    newer: Text


class RecoveryWords(DataModel):
    """The page of the recovery phrase."""

    title: Text
    lead: Texts
    order: Text
    number: Text
    word: Text
    made: Text


class PatientFileWords(DataModel):
    """The words around everything that is recorded about one patient."""

    title: Text
    lead: Texts
    running: Text
    made: Text
    about: Text
    name: Text
    born: Text
    number: Text
    pharmacy: Text
    left_out: Text
    where: Text
    which: Text
    why: Text
    nothing_left_out: Text


class ListWords(DataModel):
    """The words of lists."""

    day_title: Text
    day_end_title: Text
    none: Text
    made: Text


class BlankWords(DataModel):
    """Words of a form on paper that nobody has filled in yet."""

    title: Text
    notice: Text
    lead: Texts
    running: Text
    foot: Text
    foot_labels: Texts


class PaperFile(DataModel):
    """The words of what goes out on paper."""

    confidential: Text
    titles: dict[str, Text]
    titles_patient: dict[str, Text]
    labels: HeadLabels
    how: dict[str, Text]
    how_labels: dict[str, Text]
    standing: StandingWords
    notice: NoticeWords
    recovery: RecoveryWords
    patient_file: PatientFileWords
    lists: ListWords
    blank: BlankWords


def cross_check_paper(at: At, file: PaperFile, _source: DataSource) -> Iterator[Fault]:
    """Yield ways and kinds without words, and sentences that are filled in with something else."""
    kinds, ways = [one.value for one in Kind], [one.value for one in How]
    yield from at.exactly(("titles",), file.titles, kinds, "the notification")
    yield from at.exactly(("titles_patient",), file.titles_patient, kinds, "the notification")
    yield from at.exactly(("how",), file.how, ways, "the way")
    yield from at.exactly(("how_labels",), file.how_labels, ways, "the way")
    for way, text in file.how.items():
        yield from at.gaps(("how", way), text, ("who", "when"))
    yield from at.gaps(("standing", "out"), file.standing.out, ("word", "when"))
    yield from at.gaps(("notice", "unsigned"), file.notice.unsigned, ("who",))
    yield from at.gaps(("notice", "newer"), file.notice.newer, ("when",))
    yield from at.gaps(("patient_file", "made"), file.patient_file.made, ("when",))
    yield from at.gaps(("recovery", "made"), file.recovery.made, ("when",))
    yield from at.gaps(("blank", "title"), file.blank.title, ("form",))
    yield from at.gaps(("lists", "day_title"), file.lists.day_title, ("day",))
    yield from at.gaps(("lists", "day_end_title"), file.lists.day_end_title, ("day",))
    yield from at.gaps(("lists", "made"), file.lists.made, ("when",))


KINDS = (
    FileKind("states/acts.toml", ActsFile, cross_check_acts, Consequence.SENDING),
    FileKind("export/columns.toml", ColumnsFile, cross_check_columns, Consequence.PART),
    FileKind("medicines/bundled.toml", MedicinesFile, cross_check_medicines, Consequence.PART),
    FileKind("counter/reasons.toml", ReasonsFile, no_cross_check, Consequence.PART),
    FileKind("paper/words.toml", PaperFile, cross_check_paper, Consequence.PART),
)
