"""Another unfinished form of the same patient: two forms finished are two records of one act."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from digmed_desktop.clinical import identity
from digmed_desktop.clinical.dates import shown_time
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.problem import Problem, Severity
from digmed_desktop.clinical.questions.vaccination import chosen_programme
from digmed_desktop.desk.people.people import PeopleDesk

if TYPE_CHECKING:
    from digmed_desktop.messaging.people import Draft


def sentence_about(
    drafts: "Iterable[Draft]", people: PeopleDesk, form: str, state: FormState, draft_id: str, today: date
) -> str:
    """Return what is said of another draft of this form and patient, ``""`` where there is none.

    A draft that is surely of this patient comes before one that may be. A correction is of a record that was finished,
    and another vaccination is another act: neither is told of.
    """
    if state.correction is not None:
        return ""
    now = _whose(state, today)
    others = [
        draft
        for draft in drafts
        if draft.id != draft_id
        and draft.form == form
        and draft.can_be_read
        and draft.state.correction is None
        and _can_be_one_act(draft.state, state)
    ]
    for draft in others:
        if _is_one(now, _whose(draft.state, today)):
            return (
                f"Another form for this patient is unfinished under Drafts (Ctrl+D), {_changed(draft, people)}. "
                "Continue that one, or discard it, so that nothing is recorded twice."
            )
    for draft in others:
        if identity.two_agree(_whose(draft.state, today), now):
            return (
                f"Another form is unfinished under Drafts (Ctrl+D), {_changed(draft, people)}, and may be for "
                "this patient. Compare name and date of birth. If both are for one patient, finish only one of "
                "them."
            )
    return ""


def problem_of(sentence: str) -> tuple[Problem, ...]:
    """Return the warning that says so; it is about no question of the form."""
    return (Problem("", sentence, Severity.LOOK),) if sentence else ()


def _whose(state: FormState, today: date) -> identity.Identity:
    return identity.identity_of(state.owner or state.answers, today)


def _changed(draft: "Draft", people: PeopleDesk) -> str:
    by = people.name(draft.changed_by or draft.begun_by)
    return f"last changed{f' by {by}' if by else ''} on {shown_time(draft.changed_at)}"


def _can_be_one_act(one: FormState, other: FormState) -> bool:
    """Whether two forms can be of one vaccination: one that is not chosen yet may be any."""
    mine, theirs = chosen_programme(one.answers), chosen_programme(other.answers)
    return mine == theirs or not (mine and theirs)


def _is_one(one: identity.Identity, other: identity.Identity) -> bool:
    if not identity.same_person(one, other):
        return False
    if one.nhs_number and other.nhs_number:
        return True
    return bool(one.family and one.born) and one.family == other.family and one.born == other.born
