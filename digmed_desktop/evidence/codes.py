"""Every response code with the state to which it leads, asked of the program's own rules."""

from digmed_desktop.clinical.table_text import sentences, table
from digmed_desktop.evidence.pages import EvidencePage
from digmed_desktop.fhir.response_codes import known_codes, meaning
from digmed_desktop.messaging import states, wording
from digmed_desktop.messaging.answers import Meaning
from digmed_desktop.messaging.states import Standing, State

_UNKNOWN = ("10999", "20999", "30999", "99999")
"""Codes that ITK3 does not have, one of each first digit and another."""


def page() -> EvidencePage:
    """Return the page of the codes."""
    codes = (*known_codes(), *_UNKNOWN)
    rows = [_row(meaning(code)) for code in codes]
    head = ("Code", "Words of ITK3", "State", "Action needed", "Text shown to users")
    lead = (
        "Each code as the only answer to a notification that was sent. A code that ITK3 does not have is never a success "
        "and always needs action; four such codes are at the end. 20013 is an infrastructure reply: the business "
        "answer is still to come."
    )
    text = f"# Response codes and states\n\n{lead}\n\n{table(head, rows)}"
    return EvidencePage(
        "codes", "Response codes and states", f"{len(known_codes())} codes of ITK3, each with its state", text
    )


def _row(meant: Meaning) -> tuple[str, str, str, str, str]:
    standing = states.judge(Standing(State.SENT), meant.happening, asks=meant.needs_person)
    return (
        meant.code,
        meant.display or "No code of ITK3",
        wording.words_of(standing.state).word,
        "Yes" if standing.need else "No",
        sentences(meant.happened, meant.do),
    )
