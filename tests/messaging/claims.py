"""What each state claims, and the happenings of which one must have come for it to be true."""

from digmed_desktop.messaging.states import Happening, State

H, S = Happening, State

CLAIMS: dict[State, set[Happening]] = {  # what a state claims can only be claimed when one of these came
    S.ACCEPTED: {H.ACCEPTED},
    S.MATCHED: {H.MATCHED},
    S.ALREADY_HELD: {H.DUPLICATE},
    S.NOT_KNOWN_THERE: {H.NOT_KNOWN},
    S.NO_LONGER_THERE: {H.NO_LONGER},
    S.REJECTED: {H.REJECTED, H.VOIDED},
    S.NOT_DELIVERED: {H.UNDELIVERED, H.REFUSED},
    S.COLLECTED: {H.PICKED_UP},
    S.SENT: {H.TAKEN, H.FOUND},
    S.NO_ANSWER: {H.ANSWER_OVERDUE},
    S.CANCELLED: {H.CANCELLED, H.TAKEN_BACK},
    S.HANDED_OVER: {H.HANDED_OVER},
    S.ON_PAPER: {H.TOLD_ON_PAPER},
    S.BY_TELEPHONE: {H.TOLD_BY_TELEPHONE},
    S.REPLACED: {H.REPLACED},
    S.WITHDRAWN: {H.WITHDRAWN},
    S.NOT_SHARED: {H.NOT_SHARED},
    S.TO_PAPER: {H.PAPER_ONLY},
    S.REOPENED: {H.REOPENED},
    S.TO_SIGN: {H.TO_SIGN},
    S.NOT_THEIRS: {H.NOT_THEIRS},
}
