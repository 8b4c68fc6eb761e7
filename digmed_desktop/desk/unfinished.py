"""Another unfinished form of the same patient: two forms finished are two records of one act."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from digmed_desktop.clinical import identity
from digmed_desktop.clinical.dates import shown_time
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.problem import Problem, Severity
from digmed_desktop.clinical.questions.vaccination import chosen_programme
from digmed_desktop.desk.people import PeopleDesk

if TYPE_CHECKING:
    from digmed_desktop.messaging.people import Draft


def sentence_about(
    drafts: "Iterable[Draft]", people: PeopleDesk, form: str, state: FormState, draft_id: str, today: date
) -> str:
    """Return what is said of another draft of this form and patient, ``""`` where there is none.

    A correction is of a record that was finished, and another vaccination is another act: neither is told of.
    """
    now = _whose(state, today)
    if state.correction is not None or not _can_be_told_apart(now):
        return ""
    for draft in drafts:
        other = draft.state
        if (
            draft.id == draft_id
            or draft.form != form
            or not draft.can_be_read
            or other.correction is not None
        ):
            continue
        if chosen_programme(other.answers) == chosen_programme(state.answers) and _is_one(
            now, _whose(other, today)
        ):
            by = people.name(draft.changed_by or draft.begun_by)
            when = shown_time(draft.changed_at)
            return (
                f"Another form of this patient is unfinished under Drafts (Ctrl+D), last changed{f' by {by}' if by else ''} "
                f"on {when}. Continue that one, or discard it, so that nothing is recorded twice."
            )
    return ""


def problem_of(sentence: str) -> tuple[Problem, ...]:
    """Return the warning that says so."""
    return (Problem(identity.NUMBER, sentence, Severity.LOOK),) if sentence else ()


def _whose(state: FormState, today: date) -> identity.Identity:
    return identity.identity_of(state.owner or state.answers, today)


def _can_be_told_apart(one: identity.Identity) -> bool:
    return bool(one.nhs_number or (one.family and one.born))


def _is_one(one: identity.Identity, other: identity.Identity) -> bool:
    return identity.same_person(one, other) and (
        bool(one.nhs_number and other.nhs_number) or (one.family == other.family and one.born == other.born)
    )
