"""The states a notification can be in, what can happen to it, and the one table of which follows which.

The wording that people read lives in ``resources/states/states.toml``; this is only the logic. Two rules
stand under it: a state never claims more than the events that led to it, and nothing that needs a person is
forgotten. What counts is the set of answers, not their order: answers overtake each other, are repeated, and
may come before this program knows that its own message went out. :func:`judge` is the only door through
which a state changes.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum


class State(StrEnum):
    """The state of a notification."""

    DRAFT = "draft"
    WAITING = "waiting"
    SENDING = "sending"
    HANDED_OVER = "handed-over"  # in the folders of the MESH client, which has not given it to MESH yet
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
    TO_PAPER = "to-paper"  # there is no electronic way: the practice is still to be told on paper
    REOPENED = "reopened"  # matched, and then the practice said that it is not on the record
    NOT_SHARED = "kept-here"  # the patient does not agree to share this with the practice
    TO_SIGN = "to-sign"  # recorded by another than the clinician it names: nothing goes out before they sign
    NOT_THEIRS = "not-theirs"  # the clinician it names says that it is not theirs


class Happening(StrEnum):
    """An event of a notification."""

    FROZEN = "frozen"  # the message was made and stored
    CLAIMED = "claimed"  # a sender took it in hand
    HANDED_OVER = "handed-over"  # it lies where the MESH client collects what it is to send
    TAKEN_BACK = "taken-back"  # taken out of there again before the MESH client had it
    TAKEN = "taken"  # MESH took it and gave its message id
    NOT_TAKEN = "not-taken"  # nothing left this computer, or MESH asked to wait
    OUTCOME_UNKNOWN = "outcome-unknown"
    FOUND = "found"  # looked up by local id: MESH has it
    NOT_FOUND = "not-found"  # looked up after the grace period: MESH does not have it
    NOT_FOUND_RESTORED = (
        "not-found-restored"  # MESH does not have it, and records that are older may not know why
    )
    LOOK_UP_DOUBTED = "look-up-doubted"  # MESH does not even find a message that it certainly has
    PAPER_ONLY = "paper-only"  # no message was made: there is no electronic way
    REFUSED = "refused"  # MESH refused this message, or the practice has no mailbox for it
    PICKED_UP = "picked-up"  # tracking or a report says the practice's system collected it
    UNDELIVERED = "undelivered"  # a MESH report on the latest sending
    EARLIER_UNDELIVERED = "earlier-undelivered"  # a MESH report on a sending that was repeated since
    ACCEPTED = "accepted"
    MATCHED = "matched"
    DUPLICATE = "duplicate"
    NOT_KNOWN = "not-known"
    NO_LONGER = "no-longer"
    REJECTED = "rejected"
    UNEXPECTED = "unexpected"  # a code we do not know, and that does not say it is a refusal
    DOUBTED = "doubted-answer"  # an answer that names or hints at it, and does not count by itself
    VOIDED = "voided"  # its replacement could not be processed (20014): both are void there
    ORIGINAL_FAILED = "original-failed"  # what this one was to replace never reached the record
    RELEASED = "released"  # the message that this one replaces was matched: it may go out
    DUTY_OVERDUE = "duty-overdue"  # the next working day is over, and 20013 has not come
    ANSWER_OVERDUE = "answer-overdue"
    SENT_AGAIN = "sent-again"  # the identical message is to go out under a new local id
    CANCELLED = "cancelled"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    TOLD_ON_PAPER = "told-on-paper"
    TOLD_BY_TELEPHONE = "told-by-telephone"
    DEALT_WITH = "dealt-with"  # a person looked at it and settled it
    REACTION = (
        "reaction"  # an adverse reaction after the contact was recorded: the practice is to be told now
    )
    TO_TELEPHONE = "to-telephone"  # a withdrawal was made: the practice is to be told by telephone too
    WRONG_PATIENT = "wrong-patient"  # a person said that it was recorded for the wrong patient
    REOPENED = "reopened"  # the practice said that it is not on the patient's record
    RESTORED = "restored"  # the records were restored from a backup: it may have gone out since that was made
    NOT_SHARED = "kept-here"  # recorded here only, at the patient's wish
    NOTED = "noted"  # a person wrote a note; changes nothing
    TO_SIGN = "to-sign"  # recorded by another than the clinician it names
    SIGNED = "signed"  # by the clinician it names
    NOT_THEIRS = "not-theirs"  # the clinician it names refused to sign it
    ON_BEHALF = "on-behalf"  # a pharmacist sends what the clinician had not signed


class Need(IntEnum):
    """Why a person is needed, the lasting reasons last.

    Those under ``ANSWERED`` fall away by themselves when the practice's system turns out to have the message.
    """

    NOBODY = 0
    LATE = 1  # the duty's day, or the time for the answer, is over
    UNSENT = 2  # MESH refused it, could not deliver it, or cannot say whether it has it
    HELD = 3  # the practice holds a copy of which nothing is known
    ANSWERED = 4  # an answer asks for a person, or two answers contradict each other
    REACTION = 5  # an adverse reaction was recorded, and the practice was not told of it yet
    WITHDRAWAL = 6  # a record was withdrawn, and the practice was not told of it by telephone yet
    WRONG_PATIENT = 7  # it was recorded for the wrong patient, and nobody has taken it back yet


S, H = State, Happening

ANSWERS: dict[Happening, State] = {
    H.UNDELIVERED: S.NOT_DELIVERED,
    H.DUPLICATE: S.ALREADY_HELD,
    H.ACCEPTED: S.ACCEPTED,
    H.REJECTED: S.REJECTED,
    H.MATCHED: S.MATCHED,
    H.NO_LONGER: S.NO_LONGER_THERE,
    H.NOT_KNOWN: S.NOT_KNOWN_THERE,
}
"""Reports and answers with the state each leads to, the weaker first. A stronger one wins over a weaker one
in whatever order they come: 20013 proves that a report of non-delivery is out of date, 30001 that the
practice's system processed what it took, and "not known here" forbids to claim that the patient was
matched."""

UNSENT = (S.WAITING, S.SENDING, S.HANDED_OVER, S.CHECKING)
"""Not known to be at MESH."""

IN_TRANSIT = (*UNSENT, S.SENT, S.COLLECTED)
"""On its way, with the practice's system not yet heard of: the duty's clock runs."""

UNSIGNED = (S.TO_SIGN, S.NOT_THEIRS)
"""Recorded, and not signed by the clinician it names: nothing of it goes to the practice in any way."""

UNTOLD = (*IN_TRANSIT, S.TO_PAPER, *UNSIGNED)
"""The practice is still to know of it: the duty's clock runs."""

TOLD = (S.ON_PAPER, S.BY_TELEPHONE)
"""A person told the practice: the state stays, what still comes in is kept in the story."""

_UNSETTLED = (
    S.ACCEPTED,
    S.ALREADY_HELD,
    S.REJECTED,
    S.NOT_KNOWN_THERE,
    S.NO_LONGER_THERE,
    S.NOT_DELIVERED,
    S.NO_ANSWER,
    S.REOPENED,
)


def _answers_win_by_strength() -> Iterable[tuple[tuple[State, Happening], State]]:
    strength = {state: n for n, state in enumerate(ANSWERS.values())}
    for n, (happening, target) in enumerate(ANSWERS.items()):
        for state in (*IN_TRANSIT, S.NO_ANSWER):
            yield (state, happening), target
        if happening is not H.UNDELIVERED:  # what never arrived may as well stay cancelled
            yield (S.CANCELLED, happening), target
        for state, its_strength in strength.items():
            if its_strength < n:
                yield (state, happening), target


TRANSITIONS: dict[tuple[State, Happening], State] = {
    (S.DRAFT, H.FROZEN): S.WAITING,
    (S.DRAFT, H.NOT_SHARED): S.NOT_SHARED,
    (S.DRAFT, H.TO_SIGN): S.TO_SIGN,
    **{(s, H.SIGNED): S.WAITING for s in UNSIGNED},
    (S.TO_SIGN, H.NOT_THEIRS): S.NOT_THEIRS,
    (S.WAITING, H.NOT_SHARED): S.NOT_SHARED,  # signed, and the patient does not agree to share it
    (S.WAITING, H.CLAIMED): S.SENDING,
    (S.WAITING, H.REFUSED): S.NOT_DELIVERED,
    (S.WAITING, H.PAPER_ONLY): S.TO_PAPER,
    (S.SENDING, H.HANDED_OVER): S.HANDED_OVER,
    (S.CHECKING, H.HANDED_OVER): S.HANDED_OVER,
    (S.HANDED_OVER, H.NOT_TAKEN): S.WAITING,
    (S.HANDED_OVER, H.OUTCOME_UNKNOWN): S.CHECKING,
    (S.HANDED_OVER, H.RESTORED): S.CHECKING,
    **{(s, H.TAKEN): S.SENT for s in (S.SENDING, S.HANDED_OVER, S.CHECKING)},
    **{(s, H.TAKEN_BACK): S.CANCELLED for s in (S.HANDED_OVER, S.CHECKING)},
    **{(s, H.REFUSED): S.NOT_DELIVERED for s in (S.HANDED_OVER, S.CHECKING)},
    (S.SENDING, H.NOT_TAKEN): S.WAITING,
    (S.SENDING, H.OUTCOME_UNKNOWN): S.CHECKING,
    (S.WAITING, H.RESTORED): S.CHECKING,
    (S.SENDING, H.REFUSED): S.NOT_DELIVERED,
    (S.CHECKING, H.FOUND): S.SENT,
    (S.CHECKING, H.NOT_FOUND): S.WAITING,
    **{(s, H.PICKED_UP): S.COLLECTED for s in (S.SENT, S.HANDED_OVER, S.CHECKING)},
    **dict(_answers_win_by_strength()),
    (S.MATCHED, H.VOIDED): S.REJECTED,
    (S.REPLACED, H.VOIDED): S.REJECTED,
    (S.WITHDRAWN, H.VOIDED): S.REJECTED,
    **{(s, H.ANSWER_OVERDUE): S.NO_ANSWER for s in (S.SENT, S.COLLECTED, S.ACCEPTED)},
    (S.NOT_DELIVERED, H.SENT_AGAIN): S.WAITING,
    (S.CHECKING, H.SENT_AGAIN): S.WAITING,  # a person decides where MESH's look-up is not relied upon
    (S.WAITING, H.CANCELLED): S.CANCELLED,
    **{(s, H.CANCELLED): S.CANCELLED for s in (S.TO_PAPER, *UNSIGNED)},
    **{
        (s, H.TOLD_ON_PAPER): S.ON_PAPER
        for s in (S.DRAFT, *IN_TRANSIT, S.TO_PAPER, *_UNSETTLED, S.BY_TELEPHONE)
    },
    # while a message is still on its way a telephone call does not stop it
    **{(s, H.TOLD_BY_TELEPHONE): S.BY_TELEPHONE for s in _UNSETTLED if s is not S.ACCEPTED},
    (S.TO_PAPER, H.TOLD_BY_TELEPHONE): S.BY_TELEPHONE,
    **{(s, H.REOPENED): S.REOPENED for s in (S.MATCHED, S.ALREADY_HELD, S.NO_ANSWER)},
    **{
        (s, H.REPLACED): S.REPLACED
        for s in (
            S.WAITING,
            S.TO_PAPER,
            S.CANCELLED,
            S.MATCHED,
            S.NOT_SHARED,
            *UNSIGNED,
            *_UNSETTLED,
            *TOLD,
        )
    },
    **{(s, H.WITHDRAWN): S.WITHDRAWN for s in (S.MATCHED, S.REPLACED, *TOLD)},
}

ACTS = frozenset(
    {
        H.CANCELLED,
        H.REPLACED,
        H.WITHDRAWN,
        H.SENT_AGAIN,
        H.TOLD_ON_PAPER,
        H.TOLD_BY_TELEPHONE,
        H.DEALT_WITH,
    }
)
"""Acts of a person about a notification: each settles what needed a person until then."""

_ACTS_WITHOUT_A_CHANGE = {
    H.TOLD_BY_TELEPHONE: (*IN_TRANSIT, *UNSIGNED, S.ACCEPTED, S.MATCHED, *TOLD, S.REPLACED, S.WITHDRAWN),
    H.TOLD_ON_PAPER: (S.MATCHED, S.ON_PAPER),
}


@dataclass(frozen=True, slots=True, repr=False)
class Standing:
    """The state of a notification. ``heard`` are the answers so far, each with its code."""

    state: State
    need: Need = Need.NOBODY
    heard: frozenset[tuple[Happening, str]] = frozenset()

    @property
    def needs_person(self) -> bool:
        """Whether it belongs on the list that asks for a person."""
        return self.need > Need.NOBODY

    def has_heard(self, *happenings: Happening) -> bool:
        """Whether one of these answers came, with whatever code."""
        return any(happening in happenings for happening, _ in self.heard)


def next_state(state: State, happening: Happening) -> State | None:
    """Return the state after ``happening``, or None when it changes nothing (it is logged all the same)."""
    return TRANSITIONS.get((state, happening))


def may(standing: Standing, act: Happening) -> bool:
    """Whether a person may do ``act`` now. Notes are always possible."""
    if act is H.NOTED:
        return True
    if act is H.REACTION:
        return standing.state not in (S.DRAFT, S.CANCELLED, S.WITHDRAWN, S.NOT_SHARED)
    if act is H.WRONG_PATIENT:
        return standing.state not in (S.DRAFT, S.CANCELLED, S.REPLACED, S.WITHDRAWN)
    if act is H.DEALT_WITH:  # what is not signed is signed, corrected or cancelled: else nobody would see it
        settles = standing.need is not Need.WITHDRAWAL and standing.state not in UNSIGNED
        return standing.needs_person and settles
    if act is H.SENT_AGAIN and standing.state is S.CHECKING:
        return standing.need >= Need.UNSENT
    return (standing.state, act) in TRANSITIONS or standing.state in _ACTS_WITHOUT_A_CHANGE.get(act, ())


def judge(standing: Standing, happening: Happening, code: str = "", *, asks: bool = False) -> Standing:
    """Return where a notification stands after ``happening``.

    ``asks``: the table of codes says that this code needs a person whatever the state (30004, for one).
    A repeated answer changes nothing; a happening that has no row in the table keeps the state.
    """
    is_answer = happening in ANSWERS or happening in (H.UNEXPECTED, H.DOUBTED)
    # reports are told apart by the sending they are about, so that a second sending can fail as the first did
    if is_answer and happening is not H.UNDELIVERED and (happening, code) in standing.heard:
        return standing
    target = next_state(standing.state, happening)
    need = _need_after(standing, happening, target, asks=asks)
    heard = standing.heard | {(happening, code)} if is_answer else standing.heard
    return replace(standing, state=target or standing.state, need=need, heard=heard)


_SPOKEN = {
    Need.REACTION: (H.TOLD_BY_TELEPHONE, H.DEALT_WITH),
    Need.WITHDRAWAL: (H.TOLD_BY_TELEPHONE, H.CANCELLED, H.REPLACED),
    Need.WRONG_PATIENT: (H.CANCELLED, H.REPLACED, H.WITHDRAWN, H.DEALT_WITH),
}
"""Events that settle a need that no other act settles. A withdrawal that is taken back withdraws nothing."""


def _need_after(standing: Standing, happening: Happening, target: State | None, *, asks: bool) -> Need:
    if happening in ACTS:
        # the practice's system took a newer version: what the answer to this one asked for still stands
        superseded = (
            happening in (H.REPLACED, H.WITHDRAWN)
            and standing.state is S.MATCHED
            and standing.need is not Need.WRONG_PATIENT
        )
        # a reaction and a withdrawal are told by word of mouth, whatever else is done meanwhile
        settled_by = _SPOKEN.get(standing.need)
        untold = settled_by is not None and happening not in settled_by
        return standing.need if superseded or untold else Need.NOBODY
    if happening is H.SIGNED and (standing.state is S.NOT_THEIRS or standing.need is Need.LATE):
        return (
            standing.need if standing.need >= Need.REACTION else Need.NOBODY
        )  # what is late by now is raised anew
    told_already = happening is H.REJECTED and standing.state in TOLD
    raised = Need.ANSWERED if asks and not told_already else _raised_by(standing, happening, target)
    if raised:
        return max(standing.need, raised)
    looked_up = (H.FOUND, H.NOT_FOUND, H.TAKEN, H.PICKED_UP, H.TAKEN_BACK)
    if standing.state is S.CHECKING and happening in looked_up and standing.need is Need.UNSENT:
        return Need.NOBODY  # MESH's word counts again, so what was doubted is settled
    arrived = target is not None and happening in (H.ACCEPTED, H.MATCHED)
    if (arrived or happening is H.RELEASED) and standing.need < Need.ANSWERED:
        return Need.NOBODY
    return standing.need


_ASKED_FOR = {
    H.REACTION: Need.REACTION,
    H.TO_TELEPHONE: Need.WITHDRAWAL,
    H.WRONG_PATIENT: Need.WRONG_PATIENT,
}


def _raised_by(standing: Standing, happening: Happening, target: State | None) -> Need:
    state = standing.state
    match happening:
        case H.REACTION | H.TO_TELEPHONE | H.WRONG_PATIENT:
            return _ASKED_FOR[happening]
        case H.NOT_KNOWN | H.NO_LONGER | H.UNEXPECTED | H.VOIDED | H.REOPENED | H.NOT_THEIRS:
            return Need.ANSWERED
        case H.ORIGINAL_FAILED if state in (S.WAITING, *UNSIGNED):
            return Need.UNSENT
        case H.REJECTED:
            return Need.NOBODY if state in TOLD else Need.ANSWERED
        case H.MATCHED | H.ACCEPTED | H.DUPLICATE if _should_not_be_there(standing):
            return Need.ANSWERED
        case H.MATCHED if standing.has_heard(H.REJECTED, H.NOT_KNOWN, H.NO_LONGER) and state not in TOLD:
            return Need.ANSWERED
        case H.DUPLICATE if target is not None or state in (S.REJECTED, S.NOT_KNOWN_THERE, S.NO_LONGER_THERE):
            return Need.HELD
        case H.REFUSED | H.UNDELIVERED if target is not None:
            return Need.UNSENT
        case H.LOOK_UP_DOUBTED | H.NOT_FOUND_RESTORED if state is S.CHECKING:
            return Need.UNSENT
        case H.DUTY_OVERDUE if state in UNTOLD:
            return Need.LATE
        case H.ANSWER_OVERDUE if target is not None:
            return Need.LATE
    return Need.NOBODY


def _should_not_be_there(standing: Standing) -> bool:
    """Whether an arrival at the practice is news that a person believes not to have happened."""
    if standing.state is S.CANCELLED:
        return True
    return standing.state is S.REPLACED and not standing.has_heard(H.MATCHED)
