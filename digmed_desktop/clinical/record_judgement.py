"""Judge a record of another system as ``build`` takes it: its texts, its contradictions, and the rules of its form."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from digmed_desktop.clinical import record_rules, record_texts, supply_record
from digmed_desktop.clinical.contradictions import Record, contradictions
from digmed_desktop.clinical.programme import Programme
from digmed_desktop.clinical.record import VaccinationRecord
from digmed_desktop.clinical.record_fault import Fault


@dataclass(frozen=True, slots=True, repr=False)
class Judgement:
    """The faults of a record, and the labels of questions that the record leaves open and nobody judged."""

    faults: tuple[Fault, ...]
    not_judged: tuple[str, ...]


def judge(
    programmes: Sequence[Programme], record: Record, stated: Collection[str], now: datetime
) -> Judgement:
    """Judge a record that is used at ``now``; ``stated`` are the fields that its file has."""
    untrue = ((one.in_file, one.sentence) for one in contradictions(record, now))
    texts = record_texts.faults(record, stated)
    if isinstance(record, VaccinationRecord):
        ruled = record_rules.faults(programmes, record, now)
        unanswered = record_rules.unanswered(programmes, record, now)
    else:
        ruled = supply_record.faults(record, now)
        unanswered = supply_record.unanswered(record, now)
    faults = tuple(dict.fromkeys((*texts, *untrue, *ruled)))
    return Judgement(faults, tuple(dict.fromkeys(one.label for one in unanswered)))
