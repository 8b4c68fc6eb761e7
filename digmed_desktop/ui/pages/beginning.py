"""Begin a form: the values of the session, a draft or a whole record, and what of it a person confirms."""

from collections.abc import Callable, Collection
from dataclasses import replace

from digmed_desktop.clinical.form import Answers
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.desk.views.general import DraftView, PersonView
from digmed_desktop.ui.context import FormStart


def begun_with(
    start: FormStart, fresh: Callable[[], FormState], people: Collection[str], acting: PersonView | None
) -> FormState:
    """Return the form to show, its ``carried`` answers still to be confirmed by whoever is ``acting``.

    ``fresh`` makes the form of a new patient; ``people`` are the questions that a person of the pharmacy answers.
    """
    if start.whole is not None:
        return start.whole
    state = start.draft.state if start.draft else fresh()
    carried = set(state.carried)
    if start.draft is None:  # today, now, and who signed in are not the last patient's
        mine = str(acting.id) if acting else ""
        carried -= {"contact.date", "contact.time"}
        carried -= {key for key in people if state.answers.get(key, "") == mine}
    elif _others_worked_on(start.draft, acting):  # not left as it was, unseen
        carried |= of_colleague(state.answers, people, acting)
    # what is known of this patient is not the last one's
    known = {**start.answers, **(start.parted.typed if start.parted else {})}
    begun = replace(state.answered(start.answers), carried=frozenset(carried - known.keys()))
    return start.parted.apart(begun) if start.parted else begun


def of_colleague(answers: Answers, people: Collection[str], acting: PersonView | None) -> set[str]:
    """Return the questions of ``people`` whose answer is a person other than the one acting."""
    mine = str(acting.id) if acting else ""
    return {key for key in people if answers.get(key, "") not in ("", mine)}


def _others_worked_on(draft: DraftView, acting: PersonView | None) -> bool:
    mine = acting.professional.name.spoken() if acting else ""
    return bool({draft.begun_by, draft.changed_by} - {"", mine})
