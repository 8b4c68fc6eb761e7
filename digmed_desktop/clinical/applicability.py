"""Which questions apply to a patient: what cannot matter at an age or to a sex is not asked."""

from collections.abc import Callable
from datetime import date

from digmed_desktop.clinical import dates

CONSENTS_ALONE = 16  # years; Family Law Reform Act 1969, section 8
MAY_BE_PREGNANT = (
    11,
    55,
)  # years, first and last at which it is asked; outside of them nobody is asked by routine
_OF_A_CHILD = frozenset({"consent.about_child"})
_OF_A_PREGNANCY = frozenset({"screening.pregnant"})


def not_applicable(typed: Callable[[str], str], today: date) -> frozenset[str]:
    """Return the questions that do not apply to a patient; ``typed`` returns an answer. What is not known excludes none."""
    born = dates.of_answer(typed("patient.date_of_birth"), today, past=True)
    day = dates.of_answer(typed("contact.date"), today) or today
    years = dates.age(born, day) if born and born <= day else None
    left_out: frozenset[str] = frozenset()
    if years is not None and years >= CONSENTS_ALONE:
        left_out |= _OF_A_CHILD
    of_no_age = years is not None and not MAY_BE_PREGNANT[0] <= years <= MAY_BE_PREGNANT[1]
    said = typed("vaccine.eligibility") == "pregnant"  # then it is asked whatever else is known
    if not said and (typed("patient.sex") == "male" or of_no_age):
        left_out |= _OF_A_PREGNANCY
    return left_out
