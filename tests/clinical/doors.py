"""The three doors of a vaccination: the form, ``build``, and a record of another system opened as a draft."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from digmed_desktop.clinical import json_record, record_import, record_judgement, record_rules
from digmed_desktop.clinical.contradictions import contradictions
from digmed_desktop.clinical.problem import Problem
from digmed_desktop.clinical.programme import Programme
from digmed_desktop.clinical.questions.writer import Here
from digmed_desktop.clinical.record import Professional, VaccinationRecord
from digmed_desktop.clinical.vaccination import Reading, read
from digmed_desktop.reference.programmes import programmes
from tests.clinical.examples import NOW, pharmacy, vaccinator

rules_of = partial(record_rules.faults, programmes())
"""The rules on a vaccination, as ``build`` asks them."""
judged = partial(record_judgement.judge, programmes())
"""Everything that ``build`` asks of a record, as the command line has it asked."""


@dataclass(frozen=True)
class Said:
    """What is said at each door, and the record that went through them."""

    at_form: tuple[Problem, ...]
    at_build: tuple[tuple[str, str], ...]
    at_import: tuple[str, ...]
    record: VaccinationRecord

    def everywhere(self, sentence: str) -> bool:
        """Whether a sentence is said at all three."""
        return (
            any(problem.sentence == sentence for problem in self.at_form)
            and any(told == sentence for _where, told in self.at_build)
            and any(sentence in told for told in self.at_import)
        )


def through(
    answers: Mapping[str, str], programme: Programme, who: Professional | None = None, now: datetime = NOW
) -> Said:
    """Bring a vaccination through the three doors; at the last its vaccinator is nobody of this pharmacy."""
    form = reading(answers, programme, who or vaccinator(), now)
    record = json_record.loads(json_record.dumps(replace(form.record, recorded_at=now)))
    again = record_import.answers_of(record, lambda one: reading(one, programme, None, now), Here(programme))
    opened = reading(again, programme, None, now)
    besides = record_rules.unsaid(programmes(), record, 0, opened, now)
    untrue = ((one.in_file, one.sentence) for one in contradictions(record, now))
    return Said(
        (*form.problems, *form.notes),
        (*untrue, *rules_of(record, now)),
        tuple(one.sentence for one in (*opened.problems, *opened.notes, *besides)),
        record,
    )


def reading(
    answers: Mapping[str, str], programme: Programme, who: Professional | None, now: datetime
) -> Reading:
    return read(answers, programme=programme, pharmacy=pharmacy(), vaccinator=who, now=now, agreed=())
