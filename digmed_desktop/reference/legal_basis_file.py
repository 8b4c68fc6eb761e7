"""The model of ``resources/law/legal-bases.toml``, and its rules as the programmes carry them."""

from collections.abc import Iterator
from typing import Annotated

from digmed_desktop.clinical.confidence import Confidence
from digmed_desktop.clinical.legal_basis import BasisRule, Verdict
from digmed_desktop.data_files.fault import Fault
from digmed_desktop.data_files.kinds import At, Consequence, FileKind
from digmed_desktop.data_files.model import BY_VALUE, DataModel, Flag, Id, Ids, OptionalText, Text
from digmed_desktop.data_files.reviewed import ReviewedFile
from digmed_desktop.data_files.source import OWN, DataSource
from digmed_desktop.data_files.values import Day
from digmed_desktop.reference.codes_file import CodesFile, RolesFile

FILE, CODES, ROLES = "law/legal-bases.toml", "codes/vaccination.toml", "codes/roles.toml"


class BasisRow(DataModel):
    """A rule: what it is about, and what follows."""

    id: Id
    bases: Ids
    verdict: Annotated[Verdict, BY_VALUE]
    sentence: OptionalText = ""
    source: Text
    read: Text
    confidence: Annotated[Confidence, BY_VALUE]
    confirmed: Flag
    roles: Ids | None = None
    programmes: Ids | None = None
    outside: Flag = False
    since: Day | None = None
    until: Day | None = None


class LegalBasesFile(ReviewedFile):
    """All rules."""

    rule: list[BasisRow]


def cross_check(at: At, file: LegalBasesFile, source: DataSource) -> Iterator[Fault]:
    """Yield rules of bases or roles that are not there, stops without a source, and dates out of order."""
    yield from at.twice("rule", "id", [row.id for row in file.rule])
    bases = source.read(CODES, CodesFile).ids("legal_basis")
    roles = {row.id for row in source.read(ROLES, RolesFile).role}
    for number, row in enumerate(file.rule):
        place = ("rule", number)
        yield from at.unknown((*place, "bases"), row.bases, bases, "a legal basis")
        yield from at.unknown((*place, "roles"), row.roles or (), roles, "a role")
        if row.verdict is Verdict.STOPS and not row.confidence.may_stop:
            yield at.fault((*place, "verdict"), "general knowledge never stops", '"asks"')
        if bool(row.sentence) == (row.verdict is Verdict.ALLOWS):
            yield at.fault(
                (*place, "sentence"), "does not fit the verdict", "a sentence that says why it is not allowed"
            )
        if row.outside and not row.programmes:
            yield at.fault(
                (*place, "programmes"), "this key is missing", "the programmes in which it does not apply"
            )
        if row.since and row.until and row.until < row.since:
            yield at.fault((*place, "until"), "is before the day in since", "a later day")


KIND = FileKind(FILE, LegalBasesFile, cross_check, Consequence.MESSAGES)


def rules(source: DataSource = OWN) -> tuple[BasisRule, ...]:
    """Return every rule, in the order of the file. Raises DataFileError where it has a fault."""
    file = source.read(FILE, LegalBasesFile)
    codes = {row.id: row.code for row in source.read(ROLES, RolesFile).role}
    return tuple(
        BasisRule(
            id=row.id,
            bases=tuple(row.bases),
            verdict=row.verdict,
            sentence=row.sentence,
            source=row.source,
            read=row.read,
            roles=tuple(codes[role] for role in row.roles or ()),
            programmes=tuple(row.programmes or ()),
            outside=row.outside,
            since=row.since,
            until=row.until,
            confirmed=row.confirmed,
        )
        for row in file.rule
    )
