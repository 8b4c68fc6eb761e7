"""Decide who may answer a notification, and which one an answer is about.

An answer counts when it names one of our messages, on the workflow that answers it, and comes from the mailbox that
the message went to, the recipient that MESH names, or a mailbox that a person accepted for the practice. Whatever
else it holds (a sender's reference, the id of a bundle) is a hint for a person.
"""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa

from digmed_desktop.history import ledger
from digmed_desktop.history.tables import (
    AnyRow,
    accepted_sender,
    gp_practice,
    inbox,
    notification,
    owed,
    payload,
    sending,
)
from digmed_desktop.messaging.answers import Understood
from digmed_desktop.messaging.replies import Doubt, ToVerify
from digmed_desktop.messaging.sending import ItemKind
from digmed_desktop.messaging.states import Happening

MOST_SUCCESSORS = 5
_ANSWERED_WITHIN = timedelta(days=30)


def named(connection: sa.Connection, message_id: str) -> int | None:
    """Return the notification whose message has this MessageHeader.id, or None."""
    if not message_id:
        return None
    found: int | None = connection.scalar(
        sa.select(notification.c.id).where(notification.c.message_id == message_id)
    )
    return found


def hinted(connection: sa.Connection, row: AnyRow, understood: Understood) -> int | None:
    """Return the notification that other ids in an answer point at, or None."""
    id_ = understood.answers_message_id
    ways = (
        (notification.c.sender_reference, understood.sender_reference),
        (payload.c.bundle_id, id_),
        (payload.c.document_id, id_),
    )
    for column, value in ways:
        if value:
            wanted = sa.select(notification.c.id).outerjoin(
                payload, payload.c.notification_id == notification.c.id
            )
            found: int | None = connection.scalar(wanted.where(column == value).limit(1))
            if found is not None:
                return found
    return _about_our_answer(connection, row, id_)


def _about_our_answer(connection: sa.Connection, row: AnyRow, message_id: str) -> int | None:
    """Return the notification about which its sender was sent an answer that has this id; none is awaited there."""
    if not message_id:
        return None
    asked = inbox.alias()
    wanted = (
        sa.select(owed.c.notification_id)
        .join(asked, asked.c.mesh_id == owed.c.inbox_id)
        .where(
            sa.func.upper(asked.c.sender) == _plain(row.sender),
            asked.c.kept_at > row.kept_at - _ANSWERED_WITHIN,
            sa.func.instr(owed.c.body, message_id.encode()) > 0,
        )
        .limit(1)
    )
    found: int | None = connection.scalar(wanted)
    return found


def doubt_of(connection: sa.Connection, row: AnyRow, about: int, also: Collection[str] = ()) -> Doubt:
    """Return why an answer that names ``about`` does not count. ``also``: mailboxes that a look-up gave just now."""
    kind, practice = connection.execute(
        sa.select(notification.c.kind, notification.c.practice_ods).where(notification.c.id == about)
    ).one()
    if _plain(row.workflow) != _plain(kind.answers_on):
        return Doubt.WORKFLOW
    sender = _plain(row.sender)
    known = {*map(_plain, also), *_mailboxes(connection, about, practice)} - {""}
    return Doubt.NONE if sender in known else Doubt.SENDER


def believed_now(connection: sa.Connection) -> list[AnyRow]:
    """Return the answers from mailboxes that were not the practice's, and are known to be by now."""
    waiting = inbox.c.applied_at.is_(None), inbox.c.settled_at.is_(None), inbox.c.doubt == Doubt.SENDER
    rows = connection.execute(
        sa.select(inbox.c.mesh_id, inbox.c.workflow, inbox.c.sender, inbox.c.about_id).where(*waiting)
    ).all()
    return [row for row in rows if doubt_of(connection, row, row.about_id) is Doubt.NONE]


def to_verify(connection: sa.Connection, about: int) -> ToVerify:
    """Return what MESH can be asked about who may answer a notification."""
    kind, practice = connection.execute(
        sa.select(notification.c.kind, notification.c.practice_ods).where(notification.c.id == about)
    ).one()
    unknown = sa.select(sending.c.mesh_id).where(
        sending.c.notification_id == about, sending.c.mesh_id.is_not(None), sending.c.recipient == ""
    )
    return ToVerify(kind.value, tuple(_line(connection, practice)), tuple(connection.scalars(unknown)))


def probably(connection: sa.Connection, row: AnyRow, within: timedelta) -> int | None:
    """Return the notification that an answer naming none is probably about.

    None where that is not the only one its sender was sent ``within`` a time, where that was answered, or where
    another answer of the sender waits for a person.
    """
    others = sa.select(sa.func.count()).where(
        inbox.c.applied_at.is_(None),
        inbox.c.settled_at.is_(None),
        inbox.c.matched.is_(False),
        inbox.c.kind == ItemKind.DATA,
        inbox.c.mesh_id != row.mesh_id,
        inbox.c.sender == row.sender,
    )
    sent = sent_to(connection, row.sender, row.kept_at - within)
    if len(sent) != 1 or connection.scalar(others) or _has_answered(connection, sent[0]):
        return None
    return sent[0]


def sent_to(connection: sa.Connection, mailbox: str, since: datetime) -> list[int]:
    """Return the notifications that MESH took for a mailbox after ``since``, the newest first."""
    to = sa.or_(
        *(sa.func.upper(column) == _plain(mailbox) for column in (sending.c.address, sending.c.recipient))
    )
    wanted = (
        sa.select(sending.c.notification_id)
        .where(
            to,
            sending.c.mesh_id.is_not(None),
            sending.c.notification_id.is_not(None),
            sending.c.posted_at > since,
        )
        .order_by(sending.c.id.desc())
    )
    return list(dict.fromkeys(connection.scalars(wanted)))


def accept(connection: sa.Connection, about: int, mailbox: str, by: int, at: datetime) -> None:
    """Let answers from a mailbox count for the practice of a notification from now on."""
    practice = connection.scalar(sa.select(notification.c.practice_ods).where(notification.c.id == about))
    known = sa.select(accepted_sender.c.mailbox).where(
        accepted_sender.c.practice_ods == practice, accepted_sender.c.mailbox == _plain(mailbox)
    )
    if practice and connection.scalar(known) is None:
        connection.execute(
            accepted_sender.insert().values(practice_ods=practice, mailbox=_plain(mailbox), by_id=by, at=at)
        )


def _mailboxes(connection: sa.Connection, about: int, practice: str) -> Iterator[str]:
    sent = sa.select(sending.c.address, sending.c.recipient).where(sending.c.notification_id == about)
    for row in connection.execute(sent):
        yield from map(_plain, row)
    accepted = sa.select(accepted_sender.c.mailbox).where(accepted_sender.c.practice_ods == practice)
    yield from map(_plain, connection.scalars(accepted))


def _line(connection: sa.Connection, practice: str) -> Iterator[str]:
    """Yield a practice's ODS code and those of the practices that took over, as far as the list here says."""
    code, seen = practice, set[str]()
    while code and code not in seen and len(seen) <= MOST_SUCCESSORS:
        seen.add(code)
        yield code
        code = (
            connection.scalar(sa.select(gp_practice.c.successor).where(gp_practice.c.ods_code == code)) or ""
        )


def _has_answered(connection: sa.Connection, notification_id: int) -> bool:
    """Whether the practice's system said anything of a notification; reports are MESH's own."""
    heard = ledger.standing_of(connection, notification_id).heard
    not_answers = (Happening.UNDELIVERED, Happening.DOUBTED)
    return any(happening not in not_answers for happening, _ in heard)


def _plain(mailbox: str) -> str:
    """Return a mailbox or workflow id as it is compared: MESH does not mind letter case."""
    return mailbox.strip().upper()
