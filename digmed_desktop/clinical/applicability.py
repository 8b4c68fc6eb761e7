"""Which questions apply to a patient: what cannot matter at an age or to a sex is not asked."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from digmed_desktop.clinical import dates
from digmed_desktop.data_files.source import OWN

if TYPE_CHECKING:
    from digmed_desktop.clinical.applicability_file import ApplicabilityRow


def not_applicable(typed: Callable[[str], str], today: date, form: str = "vaccination") -> frozenset[str]:
    """Return the questions of a form that do not apply to a patient; ``typed`` returns an answer.

    What is not known of the patient excludes none.
    """
    from digmed_desktop.clinical.applicability_file import ApplicabilityFile

    born = dates.of_answer(typed("patient.date_of_birth"), today, past=True)
    day = _contact_day(typed, today)
    years = dates.age(born, day) if born and born <= day else None
    rules = OWN.read(f"applicability/{form}.toml", ApplicabilityFile).rule
    return frozenset(
        question for rule in rules if _leaves_out(rule, typed, years) for question in rule.questions
    )


def _contact_day(typed: Callable[[str], str], today: date) -> date:
    """Return the day of the contact, or today: a day without a time is no contact yet, as in the record."""
    try:
        time = dates.read_time(typed("contact.time"), "The time")
    except dates.DateSentenceError:
        time = None
    day = dates.of_answer(typed("contact.date"), today)
    return day if time and day and day <= today else today


def _leaves_out(rule: "ApplicabilityRow", typed: Callable[[str], str], years: int | None) -> bool:
    """Whether a rule takes its questions away from a patient of this age."""
    if any(typed(question) in answers for question, answers in rule.unless.items()):
        return False
    if typed("patient.sex") in rule.not_sex:
        return True
    if years is None:
        return False
    too_young = rule.from_age is not None and years < rule.from_age
    return too_young or (rule.to_age is not None and years > rule.to_age)
