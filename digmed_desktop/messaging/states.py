"""The states a notification can be in, what can happen to it, and the one table of which follows which.

The wording that people read lives in ``resources/states/*.toml``; this is only the logic. The rule under the
table: a state never claims more than the events that led to it, and nothing that needs a person is forgotten.
"""

from enum import StrEnum


class State(StrEnum):
    """Where a notification stands."""

    DRAFT = "draft"
    WAITING = "waiting"
    SENDING = "sending"
    CHECKING = "checking"  # outcome of a send unknown
    SENT = "sent"
    COLLECTED = "collected"
    ACCEPTED = "accepted"  # ITK3 20013
    MATCHED = "matched"  # 30001, 30004
    ALREADY_HELD = "already-held"  # 20007, 20008
    NOT_KNOWN_THERE = "not-known-there"  # 30002
    NO_LONGER_THERE = "no-longer-there"  # 30003
    REJECTED = "rejected"
    NOT_DELIVERED = "not-delivered"
    NO_ANSWER = "no-answer"
    CANCELLED = "cancelled"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    ON_PAPER = "on-paper"
    BY_TELEPHONE = "by-telephone"


class Happening(StrEnum):
    """What can happen to a notification."""

    FROZEN = "frozen"  # the message was made and stored
    CLAIMED = "claimed"  # a sender took it in hand
    TAKEN = "taken"  # MESH took it and gave its message id
    NOT_TAKEN = "not-taken"  # nothing left this computer, or MESH asked to wait
    OUTCOME_UNKNOWN = "outcome-unknown"
    FOUND = "found"  # looked up by local id: MESH has it
    NOT_FOUND = "not-found"  # looked up after the grace period: MESH does not have it
    REFUSED = "refused"  # MESH refused this message
    PICKED_UP = "picked-up"  # tracking says the practice's system collected it
    UNDELIVERED = "undelivered"  # a MESH report
    ACCEPTED = "accepted"
    MATCHED = "matched"
    DUPLICATE = "duplicate"
    NOT_KNOWN = "not-known"
    NO_LONGER = "no-longer"
    REJECTED = "rejected"
    UNEXPECTED = "unexpected"  # a code we do not know
    ANSWER_OVERDUE = "answer-overdue"
    CANCELLED = "cancelled"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    TOLD_ON_PAPER = "told-on-paper"
    TOLD_BY_TELEPHONE = "told-by-telephone"


S, H = State, Happening

_UNANSWERED = (S.WAITING, S.SENDING, S.CHECKING, S.SENT, S.COLLECTED, S.NO_ANSWER, S.NOT_DELIVERED)
"""States in which any answer may arrive: responses overtake each other, and even our own record of a send."""

# what an answer or a report says outranks what we believed; told-on-paper and told-by-telephone keep their state
# (the answer still stands in the story), and a final answer is never undone by a weaker one.
TRANSITIONS: dict[tuple[State, Happening], State] = {
    (S.DRAFT, H.FROZEN): S.WAITING,
    (S.WAITING, H.CLAIMED): S.SENDING,
    (S.WAITING, H.CANCELLED): S.CANCELLED,
    (S.SENDING, H.TAKEN): S.SENT,
    (S.SENDING, H.NOT_TAKEN): S.WAITING,
    (S.SENDING, H.OUTCOME_UNKNOWN): S.CHECKING,
    (S.SENDING, H.REFUSED): S.NOT_DELIVERED,
    (S.CHECKING, H.FOUND): S.SENT,
    (S.CHECKING, H.NOT_FOUND): S.WAITING,
    (S.SENT, H.PICKED_UP): S.COLLECTED,
    (S.NO_ANSWER, H.PICKED_UP): S.NO_ANSWER,
    **{(s, H.UNDELIVERED): S.NOT_DELIVERED for s in (S.SENDING, S.CHECKING, S.SENT, S.COLLECTED, S.NO_ANSWER)},
    **{(s, H.ACCEPTED): S.ACCEPTED for s in _UNANSWERED},
    **{
        (s, h): target
        for s in (*_UNANSWERED, S.ACCEPTED)
        for h, target in (
            (H.MATCHED, S.MATCHED),
            (H.DUPLICATE, S.ALREADY_HELD),
            (H.NOT_KNOWN, S.NOT_KNOWN_THERE),
            (H.NO_LONGER, S.NO_LONGER_THERE),
            (H.REJECTED, S.REJECTED),
            (H.UNEXPECTED, S.REJECTED),
        )
    },
    **{(S.ALREADY_HELD, h): t for h, t in ((H.MATCHED, S.MATCHED), (H.NOT_KNOWN, S.NOT_KNOWN_THERE), (H.NO_LONGER, S.NO_LONGER_THERE))},
    **{(s, H.ANSWER_OVERDUE): S.NO_ANSWER for s in (S.SENT, S.COLLECTED, S.ACCEPTED)},
    (S.NO_ANSWER, H.TAKEN): S.NO_ANSWER,
    **{(s, H.TOLD_ON_PAPER): S.ON_PAPER for s in (S.DRAFT, S.WAITING, *_UNANSWERED, S.ACCEPTED, S.ALREADY_HELD, S.REJECTED, S.NOT_KNOWN_THERE, S.NO_LONGER_THERE, S.BY_TELEPHONE)},
    **{(s, H.TOLD_BY_TELEPHONE): S.BY_TELEPHONE for s in (*_UNANSWERED, S.ACCEPTED, S.ALREADY_HELD, S.REJECTED, S.NOT_KNOWN_THERE, S.NO_LONGER_THERE)},
    **{(s, H.REPLACED): S.REPLACED for s in (S.WAITING, S.MATCHED, S.REJECTED, S.NOT_DELIVERED)},
    (S.MATCHED, H.WITHDRAWN): S.WITHDRAWN,
}


def next_state(state: State, happening: Happening) -> State | None:
    """Return the state after ``happening``, or None when it changes nothing (it is logged all the same)."""
    return TRANSITIONS.get((state, happening))
