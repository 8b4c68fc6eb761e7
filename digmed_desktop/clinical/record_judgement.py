"""Judge a record of another system as ``build`` takes it: its texts, its contradictions, and the rules of its form."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from digmed_desktop.clinical import record_rules, record_texts, supply_record, unreached, unstated
from digmed_desktop.clinical.contradictions import Record, contradictions
from digmed_desktop.clinical.problem import Problem, Severity, is_answered, line_of_reason
from digmed_desktop.clinical.programme import Programme
from digmed_desktop.clinical.record import VaccinationRecord
from digmed_desktop.clinical.record_fault import Fault
from digmed_desktop.clinical.unstated import Unstated


@dataclass(frozen=True, slots=True, repr=False)
class Judgement:
    """The faults of a record; what it leaves out without a reason, and answers that no rule could judge."""

    faults: tuple[Fault, ...]
    unstated: tuple[Unstated, ...]
    unjudged: tuple[Fault, ...]


def judge(
    programmes: Sequence[Programme], record: Record, stated: Collection[str], now: datetime
) -> Judgement:
    """Judge a record that is used at ``now``; ``stated`` are the fields that its file has."""
    untrue = ((one.in_file, one.sentence) for one in contradictions(record, now))
    texts = record_texts.faults(record, stated)
    if isinstance(record, VaccinationRecord):
        ruled = record_rules.faults(programmes, record, now)
        missing = dict.fromkeys(record_rules.left_out(programmes, record, now))
        unjudged = record_rules.in_other_words(programmes, record, now)
    else:
        ruled = supply_record.faults(record, now)
        missing = dict.fromkeys(supply_record.left_out(record, now))
        unjudged = supply_record.in_other_words(record, now)
    reasons = unstated.faulty_reasons(missing, record.not_stated)
    faults = tuple(dict.fromkeys((*texts, *untrue, *ruled, *_unreached(record), *reasons)))
    refused = {where for where, _sentence in faults}
    left_out = tuple(unstated.unexcused(missing, record.not_stated, refused))
    return Judgement(faults, left_out, tuple(dict.fromkeys(unjudged)))


def _unreached(record: Record) -> Iterator[Fault]:
    """Yield a warning whether messages reach a supply's practice; of a vaccination the form's rules say it."""
    if isinstance(record, VaccinationRecord) or record.practice is None:
        return
    found = unreached.of_practice(record.practice)
    if found is None or found.only_paper:  # where paper alone is left, no message is made
        return
    asked = Problem("", found.sentence, Severity.LOOK, needs_reason=True)
    if not is_answered(asked, record.notes_kept_here):
        yield f"record.practice.{found.told_by}", found.sentence
        yield "record.notes_kept_here", f"Add this line, and say why at its end: {line_of_reason(asked, '…')}"
