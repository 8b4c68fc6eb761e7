"""Store what came in (``messaging.delivery.InboxStore``): stored as it came, then applied as often as it takes."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from digmed_desktop.history import answerers, ledger, profile, refusals
from digmed_desktop.history.database import Database
from digmed_desktop.history.deliveries import write_owed
from digmed_desktop.history.replies import Replies, reading_of
from digmed_desktop.history.tables import AnyRow, inbox, notification, owed, sending
from digmed_desktop.messaging.answers import Meaning, Understood
from digmed_desktop.messaging.delivery import Kept
from digmed_desktop.messaging.errors import NotThereError
from digmed_desktop.messaging.replies import NAMES_OURS, Doubt, Placed, ToVerify, UnmatchedCount
from digmed_desktop.messaging.sending import COLLECTED_REPORT, TAKEN_REPORT, InboxItem, new_local_id
from digmed_desktop.messaging.states import Happening, State

_POLLED = "delivery.polled"
_AT_ONCE = 500  # ids in one question
_REPORTED = {COLLECTED_REPORT: Happening.PICKED_UP, TAKEN_REPORT: Happening.TAKEN}
"""Reports that tell no fault; every other one is of something that was not delivered."""
_TWO_SENDINGS = "MESH's report names two different messages, so we do not know which it is about."
_WHY = {
    Doubt.SENDER: "It came from {mailbox}, which is not known as this practice's mailbox.",
    Doubt.WORKFLOW: "It came from {mailbox} on a workflow that does not answer this message.",
    Doubt.UNKNOWN: "It came from {mailbox} and names another message, but points at this one.",
    Doubt.UNNAMED: "It came from {mailbox}, does not name a message, and points at this one.",
}


class Inbox:
    """Keeps everything that MESH had for us."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def last_polled(self) -> datetime | None:
        """Return when the inbox was last asked for."""
        with self._database.reading() as connection:
            return profile.remembered(connection, _POLLED, datetime.fromisoformat)

    def polled(self) -> None:
        """Record that the inbox is asked for now."""
        with self._database.writing() as connection:
            profile.write(connection, _POLLED, json.dumps(self._database.clock.now().isoformat()))

    def keep(self, item: InboxItem) -> None:
        """Store one thing; storing it again changes nothing."""
        row = insert(inbox).values(
            mesh_id=item.mesh_id,
            kind=item.kind,
            workflow=item.workflow,
            sender=item.sender,
            body=item.body,
            local_id=item.local_id,
            linked_id=item.linked_id,
            status_code=item.status_code,
            status_text=item.status_text,
            received_at=item.received_at,
            kept_at=self._database.clock.now(),
            matched=False,
            trouble="",
        )
        with self._database.writing() as connection:
            connection.execute(row.on_conflict_do_nothing(index_elements=["mesh_id"]))

    def kept(self, mesh_id: str) -> Kept | None:
        """Return what is stored of one thing, or None."""
        with self._database.reading() as connection:
            row = connection.execute(_known().where(inbox.c.mesh_id == mesh_id)).first()
        return None if row is None else _kept(row)

    def body(self, mesh_id: str) -> bytes:
        """Return the bytes of one thing as they came."""
        with self._database.reading() as connection:
            found: bytes | None = connection.scalar(sa.select(inbox.c.body).where(inbox.c.mesh_id == mesh_id))
        if found is None:
            raise NotThereError("This reply is not in the data file.")
        return found

    def acknowledged(self, mesh_id: str) -> None:
        """Record that MESH was told that one thing is stored."""
        now = self._database.clock.now()
        with self._database.writing() as connection:
            connection.execute(
                inbox.update()
                .where(inbox.c.mesh_id == mesh_id, inbox.c.acknowledged_at.is_(None))
                .values(acknowledged_at=now)
            )

    def to_do(self) -> Sequence[Kept]:
        """Return what is stored, not yet applied, and not known to be doubtful, the oldest first."""
        wanted = _known().where(inbox.c.applied_at.is_(None), inbox.c.doubt == Doubt.NONE)
        with self._database.reading() as connection:
            return [
                _kept(row) for row in connection.execute(wanted.order_by(inbox.c.kept_at, inbox.c.mesh_id))
            ]

    def left_alone(self, mesh_ids: Sequence[str]) -> set[str]:
        """Return those that are stored and stay in the mailbox, as far as is known."""
        found: set[str] = set()
        with self._database.reading() as connection:
            for begin in range(0, len(mesh_ids), _AT_ONCE):
                some = mesh_ids[begin : begin + _AT_ONCE]
                stays = (
                    inbox.c.doubt.not_in((Doubt.NONE, *NAMES_OURS)),
                    inbox.c.settled_at.is_(None),
                    inbox.c.matched.is_(False),
                )
                found.update(
                    connection.scalars(sa.select(inbox.c.mesh_id).where(inbox.c.mesh_id.in_(some), *stays))
                )
        return found

    def count(self) -> UnmatchedCount:
        """Return how many came in that do not count by themselves."""
        return Replies(self._database).count()

    def place_report(self, mesh_id: str) -> Placed:
        """Record which sending a stored report is about; a doubt where its ids lead to different ones."""
        with self._database.writing() as connection:
            row = _stored(connection, mesh_id)
            if row.matched or row.doubt is not Doubt.NONE:
                return Placed(row.matched, row.doubt)
            about = _reported(connection, row)
            if not about:
                return Placed(matched=False)
            if len(about) > 1:
                self._doubt_report(connection, row, about)
                return Placed(matched=False, doubt=Doubt.REPORT)
            _match(connection, mesh_id, about[0].notification_id)
            if row.sender and not about[0].recipient:
                connection.execute(
                    sending.update().where(sending.c.id == about[0].id).values(recipient=row.sender)
                )
        return Placed(matched=True)

    def _doubt_report(self, connection: sa.Connection, row: AnyRow, about: Sequence[AnyRow]) -> None:
        """Ask a person about every notification that a report may be about; none of their states changes."""
        notifications = {one.notification_id for one in about if one.notification_id is not None}
        _doubt(connection, row.mesh_id, Doubt.REPORT, min(notifications, default=None))
        entry = ledger.Entry(
            Happening.DOUBTED, row.status_code, f"{_TWO_SENDINGS} {row.status_text}".strip(), asks=True
        )
        for one in sorted(notifications):
            ledger.write(connection, self._database.clock.now(), one, entry)

    def place_response(
        self,
        mesh_id: str,
        understood: Understood,
        within: timedelta,
        *,
        also: Collection[str] = (),
        last: bool = True,
    ) -> Placed:
        """Record which notification a stored response answers, or why it does not count."""
        with self._database.writing() as connection:
            row = _stored(connection, mesh_id)
            if row.matched or row.doubt is not Doubt.NONE:
                return Placed(row.matched, row.doubt)
            doubt, about = _judged(connection, row, understood, within, also)
            if doubt is Doubt.NONE:
                _match(connection, mesh_id, about)
            elif last or doubt is not Doubt.SENDER:
                _doubt(connection, mesh_id, doubt, about, reading_of(understood))
                if about is not None:
                    self._tell_of_doubt(connection, row, doubt, about, understood)
        return Placed(doubt is Doubt.NONE, doubt)

    def _tell_of_doubt(
        self, connection: sa.Connection, row: AnyRow, doubt: Doubt, about: int, understood: Understood
    ) -> None:
        """Note a doubted answer in the story of what it names or hints at; a negative one asks for a person."""
        why = _WHY[doubt].format(mailbox=row.sender or "an unknown mailbox")
        for meaning in understood.meanings:
            entry = ledger.Entry(
                Happening.DOUBTED, meaning.code, f"{why} {meaning.sentence}", asks=not meaning.positive
            )
            ledger.write(connection, self._database.clock.now(), about, entry)

    def believe(self) -> Sequence[str]:
        """Record as matched what comes from mailboxes that are known by now to be the practice's; return which."""
        with self._database.reading() as connection:
            believed = answerers.believed_now(connection)
        for row in believed:
            with self._database.writing() as connection:
                _match(connection, row.mesh_id, row.about_id)
        return [row.mesh_id for row in believed]

    def to_verify(self, mesh_id: str, understood: Understood) -> ToVerify:
        """Return what MESH can be asked about the sender of a response."""
        with self._database.reading() as connection:
            about = answerers.named(connection, understood.answers_message_id)
            if about is None:
                raise NotThereError("This reply does not name any of our messages.")
            return answerers.to_verify(connection, about)

    def sent_to(self, mesh_id: str, recipient: str) -> None:
        """Record the mailbox that MESH names for a sending, which is known by its MESH id."""
        with self._database.writing() as connection:
            connection.execute(
                sending.update().where(sending.c.mesh_id == mesh_id).values(recipient=recipient)
            )

    def apply_report(self, mesh_id: str) -> None:
        """Let the notification follow a report that was matched; once, however often it is called."""
        with self._database.writing() as connection:
            row = _stored(connection, mesh_id)
            if row.applied_at is not None or not row.matched:
                return
            about = _reported(connection, row)
            # a person may have said which of several it is about
            latest = len(about) != 1 or about[0].latest
            happening = _REPORTED.get(row.status_code, Happening.UNDELIVERED)
            if happening is not Happening.UNDELIVERED and row.linked_id:
                _note_mesh_id(connection, about, row.linked_id)
            if row.notification_id is None:
                write_owed(connection, about[0].owed_id, happening)
            elif latest or happening is Happening.UNDELIVERED:
                if not latest:
                    happening = Happening.EARLIER_UNDELIVERED
                code = "" if row.status_code in _REPORTED else row.status_code
                entry = ledger.Entry(happening, code, row.status_text)
                write = ledger.write_news if row.status_code in _REPORTED else ledger.write
                write(connection, self._database.clock.now(), row.notification_id, entry)
            self._applied(connection, mesh_id)

    def apply_response(self, mesh_id: str, meanings: Sequence[Meaning], answer: bytes | None) -> None:
        """Let the notification follow a response that was matched; once, however often it is called."""
        with self._database.writing() as connection:
            row = _stored(connection, mesh_id)
            if row.applied_at is not None or row.notification_id is None:
                return
            now = self._database.clock.now()
            for meaning in meanings:
                entry = ledger.Entry(
                    meaning.happening,
                    meaning.code,
                    meaning.sentence,
                    asks=meaning.needs_person,
                    voids_original=meaning.voids_original,
                )
                ledger.write(connection, now, row.notification_id, entry)
                if meaning.stops_sending:
                    refusals.note(connection, now, row.notification_id, meaning.code)
            if answer is not None:
                _owe(connection, row, row.notification_id, answer)
            self._applied(connection, mesh_id)

    def in_trouble(self, mesh_id: str, sentence: str) -> None:
        """Record why something cannot be read, or that something about it failed."""
        with self._database.writing() as connection:
            row = _stored(connection, mesh_id)
            doubt = row.doubt if row.matched or row.doubt is not Doubt.NONE else Doubt.UNREADABLE
            connection.execute(
                inbox.update().where(inbox.c.mesh_id == mesh_id).values(trouble=sentence, doubt=doubt)
            )

    def _applied(self, connection: sa.Connection, mesh_id: str) -> None:
        now = self._database.clock.now()
        connection.execute(inbox.update().where(inbox.c.mesh_id == mesh_id).values(applied_at=now))


def _known() -> sa.Select[*tuple[Any, ...]]:
    """Return the select of what is known of things that came in, without their bodies."""
    return sa.select(*(column for column in inbox.c if column.name != "body"))


def _kept(row: AnyRow) -> Kept:
    return Kept(
        item=InboxItem(
            mesh_id=row.mesh_id,
            kind=row.kind,
            workflow=row.workflow,
            sender=row.sender,
            body=b"",
            local_id=row.local_id,
            linked_id=row.linked_id,
            status_code=row.status_code,
            status_text=row.status_text,
            received_at=row.received_at,
        ),
        matched=row.matched,
        acknowledged=row.acknowledged_at is not None,
        applied=row.applied_at is not None,
        kept_at=row.kept_at,
        trouble=row.trouble,
        doubt=row.doubt,
        settled=row.settled_at is not None,
    )


def _stored(connection: sa.Connection, mesh_id: str) -> AnyRow:
    row = connection.execute(_known().where(inbox.c.mesh_id == mesh_id)).first()
    if row is None:
        raise NotThereError("This reply is not in the data file.")
    return row


def _judged(
    connection: sa.Connection,
    row: AnyRow,
    understood: Understood,
    within: timedelta,
    also: Collection[str],
) -> tuple[Doubt, int | None]:
    """Return why a response does not count, and the notification that it answers or hints at."""
    named = answerers.named(connection, understood.answers_message_id)
    if named is not None:
        return answerers.doubt_of(connection, row, named, also), named
    hint = answerers.hinted(connection, row, understood)
    if understood.answers_message_id:
        return Doubt.UNKNOWN, hint
    probable = answerers.probably(connection, row, within) if understood.original_unreadable else None
    if probable is not None and hint in (None, probable):
        doubt = answerers.doubt_of(connection, row, probable)
        return (Doubt.NONE if doubt is Doubt.NONE else Doubt.UNNAMED), probable
    return Doubt.UNNAMED, hint


def _doubt(
    connection: sa.Connection, mesh_id: str, doubt: Doubt, about: int | None, reading: str | None = None
) -> None:
    connection.execute(
        inbox.update().where(inbox.c.mesh_id == mesh_id).values(doubt=doubt, about_id=about, reading=reading)
    )


def _match(connection: sa.Connection, mesh_id: str, notification_id: int | None) -> None:
    connection.execute(
        inbox.update()
        .where(inbox.c.mesh_id == mesh_id)
        .values(matched=True, notification_id=notification_id, trouble="", doubt=Doubt.NONE)
    )


def _note_mesh_id(connection: sa.Connection, about: Sequence[AnyRow], mesh_id: str) -> None:
    """Note under which id MESH has a sending, where only its report tells."""
    connection.execute(
        sending.update()
        .where(sending.c.id.in_([one.id for one in about]), sending.c.mesh_id.is_(None))
        .values(mesh_id=mesh_id)
    )


def _reported(connection: sa.Connection, report: AnyRow) -> Sequence[AnyRow]:
    """Return the sendings that a report may be about: where both ids lead somewhere, what both lead to.

    MESH's sample reports have no local id; where MESH gave one message id to two sendings, the local id decides.
    """
    found = [
        connection.execute(sending.select().where(column == value).order_by(sending.c.id)).all()
        for column, value in ((sending.c.mesh_id, report.linked_id), (sending.c.local_id, report.local_id))
        if value
    ]
    led = [rows for rows in found if rows]
    if not led:
        return ()
    both = [row for row in led[0] if all(row.id in {one.id for one in rows} for rows in led)]
    return both or [row for rows in led for row in rows]


def _owe(connection: sa.Connection, response: AnyRow, answered: int, body: bytes) -> None:
    kind = connection.execute(
        sa.select(notification.c.kind).where(notification.c.id == answered)
    ).scalar_one()
    owed_id = connection.execute(
        owed.insert()
        .values(
            inbox_id=response.mesh_id,
            notification_id=answered,
            workflow=kind.answers_on,
            body=body,
            state=State.WAITING,
        )
        .returning(owed.c.id)
    ).scalar_one()
    ours = connection.scalar(
        sa.select(sending.c.local_id)
        .where(sending.c.notification_id == answered)
        .order_by(sending.c.id)
        .limit(1)
    )
    prefix = str(ours or "").partition("_")[0]
    connection.execute(
        sending.insert().values(
            owed_id=owed_id,
            latest=True,
            local_id=new_local_id(prefix),
            address=response.sender,
            attempts=0,
        )
    )
