"""Store answers in doubt, for a person to judge."""

import json
from collections.abc import Callable, Sequence
from datetime import timedelta

import sqlalchemy as sa

from digmed_desktop.history import answerers, ledger, refusals, written
from digmed_desktop.history.database import Database
from digmed_desktop.history.people import name_of
from digmed_desktop.history.readable import read_row
from digmed_desktop.history.tables import AnyRow, inbox, notification, reply_act
from digmed_desktop.messaging.answers import Understood
from digmed_desktop.messaging.errors import NotAllowedNowError, NotThereError, UnreadableRowError
from digmed_desktop.messaging.replies import (
    NAMES_OURS,
    About,
    Doubt,
    Reply,
    ReplyAct,
    Said,
    StoppedPractice,
    UnmatchedCount,
)
from digmed_desktop.messaging.sending import ItemKind
from digmed_desktop.messaging.states import Happening
from digmed_desktop.untrusted import a_text

_DAY = timedelta(days=1)
_LEAST_FOR_A_FLOOD = 3
_CANDIDATES_SINCE = timedelta(days=30)
_WITHOUT_BODY = tuple(column for column in inbox.c if column.name != "body")
OTHER_PROGRAMS = sa.and_(inbox.c.doubt == Doubt.UNKNOWN, inbox.c.about_id.is_(None))
"""Answers to a message that was not sent from here, and points at none of ours in any other way."""


class Replies:
    """The store of answers that belong to nothing, or not for certain."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, limit: int, *, other_programs: bool = False) -> Sequence[Reply]:
        """Return what waits for a person, the newest first; or what is another program's."""
        wanted = (
            sa.select(*_WITHOUT_BODY)
            .where(_waits(), OTHER_PROGRAMS if other_programs else sa.not_(OTHER_PROGRAMS))
            .order_by(inbox.c.kept_at.desc(), inbox.c.mesh_id)
            .limit(limit)
        )
        with self._database.reading() as connection:
            return [_reply(connection, row) for row in connection.execute(wanted).all()]

    def count(self) -> UnmatchedCount:
        """Return how many wait, and whether most answers of the last day are doubted."""
        since = self._database.clock.now() - _DAY
        count = sa.func.count()
        with self._database.reading() as connection:
            others = connection.scalar(sa.select(count).where(_waits(), OTHER_PROGRAMS)) or 0
            asks = connection.scalar(sa.select(count).where(_waits(), sa.not_(OTHER_PROGRAMS))) or 0
            answers = inbox.c.kind == ItemKind.DATA, inbox.c.kept_at > since
            came = connection.scalar(sa.select(count).where(*answers)) or 0
            doubted = connection.scalar(
                sa.select(count).where(*answers, inbox.c.doubt.in_(NAMES_OURS), inbox.c.applied_at.is_(None))
            )
        flood = (doubted or 0) >= _LEAST_FOR_A_FLOOD and 2 * (doubted or 0) > came
        return UnmatchedCount(others, asks, flood)

    def get(self, mesh_id: str) -> Reply:
        """Return one of them; NotThereError when it is not stored."""
        with self._database.reading() as connection:
            return _reply(connection, _stored(connection, mesh_id))

    def body(self, mesh_id: str) -> bytes:
        """Return the bytes as they came; NotThereError when it is not stored."""
        with self._database.reading() as connection:
            found: bytes | None = connection.scalar(sa.select(inbox.c.body).where(inbox.c.mesh_id == mesh_id))
        if found is None:
            raise NotThereError("This reply is not in the data file.")
        return found

    def candidates(self, mesh_id: str, typed: str, limit: int) -> Sequence[About]:
        """Return the notifications that a reply may be about: those sent to its sender, or those that fit ``typed``."""
        key = written.search_key(typed)
        with self._database.reading() as connection:
            row = _stored(connection, mesh_id)
            if typed.strip() and not key:
                return []  # nothing but signs that no name and no number has
            if key:
                low, high = written.prefix_range(key)
                n = notification.c
                fits = sa.or_(
                    sa.and_(n.name_key >= low, n.name_key < high), n.nhs_number == "".join(key.split())
                )
                found = list(
                    connection.scalars(
                        sa.select(n.id)
                        .where(fits, n.message_id.is_not(None))
                        .order_by(n.id.desc())
                        .limit(limit)
                    )
                )
            else:
                since = row.kept_at - _CANDIDATES_SINCE
                found = answerers.sent_to(connection, row.sender, since)[:limit] if row.sender else []
                found = [
                    *([row.about_id] if row.about_id else []),
                    *(one for one in found if one != row.about_id),
                ]
            return [_about(connection, one) for one in found]

    def settle(
        self,
        mesh_id: str,
        act: ReplyAct,
        by: int,
        note: str = "",
        *,
        asks: Callable[[str], bool] = lambda _code: True,
    ) -> None:
        """Record that a person dealt with a reply, or that it is another program's. It changes no state.

        The need that it raised ends with it. ``asks`` says whether a code needs a person whatever the state.
        """
        with self._database.writing() as connection:
            row = self._still_open(connection, mesh_id)
            self._write(connection, row, act, by, row.about_id, note)
            doubt = Doubt.UNKNOWN if act is ReplyAct.OTHER_PROGRAM else row.doubt
            about = None if act is ReplyAct.OTHER_PROGRAM else row.about_id
            settled = None if act is ReplyAct.OTHER_PROGRAM else self._database.clock.now()
            connection.execute(
                inbox.update()
                .where(inbox.c.mesh_id == mesh_id)
                .values(doubt=doubt, about_id=about, settled_at=settled)
            )
            if row.about_id is not None and not _doubted_still(connection, row.about_id):
                ledger.end_doubt(connection, row.about_id, asks)

    def give(self, mesh_id: str, notification_id: int, by: int, note: str = "") -> None:
        """Record that a person says which notification a reply answers, and that its sender may answer for it.

        What it says still has to be applied. Raises NotAllowedNowError when it was settled meanwhile.
        """
        with self._database.writing() as connection:
            row = self._still_open(connection, mesh_id)
            act = ReplyAct.ACCEPTED if row.doubt in NAMES_OURS else ReplyAct.BELONGS
            if row.kind is ItemKind.DATA and row.sender:
                at = self._database.clock.now()
                answerers.accept(connection, notification_id, row.sender, by, at)
            self._write(connection, row, act, by, notification_id, note)
            connection.execute(
                inbox.update()
                .where(inbox.c.mesh_id == mesh_id)
                .values(matched=True, notification_id=notification_id, doubt=Doubt.NONE)
            )

    def stopped_practices(self) -> Sequence[StoppedPractice]:
        """Return the practices that refuse this pharmacy, to which nothing goes out."""
        with self._database.reading() as connection:
            return refusals.stopped(connection)

    def let_go_on(self, ods_code: str | None = None) -> None:
        """Let sending to one practice go on; without ``ods_code`` to all of them."""
        with self._database.writing() as connection:
            refusals.let_go_on(connection, self._database.clock.now(), ods_code)

    @staticmethod
    def _still_open(connection: sa.Connection, mesh_id: str) -> AnyRow:
        row = _stored(connection, mesh_id)
        if row.matched or row.settled_at is not None:
            raise NotAllowedNowError(
                "This was settled in the meantime.", "Look at the list again; it shows what is still waiting."
            )
        return row

    def _write(
        self, connection: sa.Connection, row: AnyRow, act: ReplyAct, by: int, about: int | None, note: str
    ) -> None:
        now = self._database.clock.now()
        connection.execute(
            reply_act.insert().values(
                inbox_id=row.mesh_id,
                act=act,
                notification_id=about,
                by_id=by,
                by_name=name_of(connection, by),
                at=now,
                note=note,
            )
        )
        if about is not None:
            told = _TOLD[act].format(mailbox=row.sender or "an unknown mailbox")
            entry = ledger.Entry(Happening.NOTED, note=f"{told} {note}".strip(), by=by)
            ledger.write(connection, now, about, entry)


_TOLD = {
    ReplyAct.ACCEPTED: "A reply from {mailbox} was accepted as this practice's.",
    ReplyAct.BELONGS: "A reply from {mailbox} was matched to this notification by someone here.",
    ReplyAct.OTHER_PROGRAM: "A reply from {mailbox} was marked as another program's.",
    ReplyAct.DEALT_WITH: "A reply from {mailbox} was looked at and set aside.",
}


def reading_of(understood: Understood) -> str:
    """Return what an answer says as the text that is stored beside it."""
    said = [[one.code, one.sentence, one.positive] for one in understood.meanings]
    return json.dumps({"said": said, "contradictions": understood.contradictions}, ensure_ascii=False)


def _waits() -> sa.ColumnElement[bool]:
    return sa.and_(inbox.c.doubt != Doubt.NONE, inbox.c.applied_at.is_(None), inbox.c.settled_at.is_(None))


def _doubted_still(connection: sa.Connection, notification_id: int) -> bool:
    """Whether another reply about a notification waits for a person."""
    wanted = sa.select(inbox.c.mesh_id).where(_waits(), inbox.c.about_id == notification_id).limit(1)
    return connection.execute(wanted).first() is not None


def _stored(connection: sa.Connection, mesh_id: str) -> AnyRow:
    row = connection.execute(sa.select(*_WITHOUT_BODY).where(inbox.c.mesh_id == mesh_id)).first()
    if row is None:
        raise NotThereError("This reply is not in the data file.")
    return row


def _reply(connection: sa.Connection, row: AnyRow) -> Reply:
    trouble = row.trouble
    try:
        said = read_row("An incoming message", _said, row.reading) if row.reading else ()
    except UnreadableRowError:
        said, trouble = (), "Its text cannot be read from the records."
    if row.kind is ItemKind.REPORT:
        said = (Said(row.status_code, row.status_text),)
    return Reply(
        mesh_id=row.mesh_id,
        kind=row.kind,
        came_at=row.received_at or row.kept_at,
        sender=row.sender,
        workflow=row.workflow,
        doubt=row.doubt,
        said=said,
        trouble=trouble,
        about=_about(connection, row.about_id) if row.about_id else None,
    )


def _said(reading: str) -> tuple[Said, ...]:
    return tuple(_one_said(*one) for one in json.loads(reading)["said"])


def _one_said(code: str, sentence: str, positive: bool = False) -> Said:
    if not isinstance(positive, bool):
        raise TypeError("neither yes nor no")
    return Said(a_text(code), a_text(sentence), positive)


def _about(connection: sa.Connection, notification_id: int) -> About:
    row = connection.execute(notification.select().where(notification.c.id == notification_id)).one()
    return About(
        row.id,
        row.kind,
        row.state,
        row.patient_name,
        row.nhs_number,
        row.what,
        row.practice_name,
        row.practice_ods,
        row.contact_at,
    )
