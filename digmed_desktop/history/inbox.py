"""What came in (``messaging.delivery.InboxStore``): stored as it came, then applied as often as it takes."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from digmed_desktop.history import ledger, profile
from digmed_desktop.history.database import Database
from digmed_desktop.history.deliveries import write_owed
from digmed_desktop.history.tables import AnyRow, inbox, notification, owed, sending
from digmed_desktop.messaging.answers import Meaning
from digmed_desktop.messaging.delivery import Kept
from digmed_desktop.messaging.errors import NotThereError
from digmed_desktop.messaging.parcel import InboxItem, ItemKind, new_local_id
from digmed_desktop.messaging.states import Happening, State

_POLLED = "delivery.polled"


class Inbox:
    """Keeps everything that MESH had for us."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def last_polled(self) -> datetime | None:
        """Return when the inbox was last asked for."""
        with self._database.reading() as connection:
            text = profile.read(connection, _POLLED)
        return None if text is None else datetime.fromisoformat(json.loads(text))

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
            row = connection.execute(inbox.select().where(inbox.c.mesh_id == mesh_id)).first()
        return None if row is None else _kept(row)

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
        """Return what is stored and not yet applied, the oldest first."""
        wanted = inbox.select().where(inbox.c.applied_at.is_(None)).order_by(inbox.c.kept_at, inbox.c.mesh_id)
        with self._database.reading() as connection:
            return [_kept(row) for row in connection.execute(wanted)]

    def strangers(self) -> int:
        """Return how many responses were left in the mailbox because they name no message of ours."""
        with self._database.reading() as connection:
            return connection.scalar(_unmatched().where(inbox.c.trouble == "")) or 0

    def unexplained(self) -> int:
        """Return how many responses could not be given to a notification: unreadable, or naming no message."""
        with self._database.reading() as connection:
            return connection.scalar(_unmatched().where(inbox.c.trouble != "")) or 0

    def match_report(self, mesh_id: str) -> bool:
        """Record which sending a stored report is about; False when it is about none of ours (yet)."""
        with self._database.writing() as connection:
            row = _stored(connection, mesh_id)
            if not row.matched:
                about = _reported(connection, row)
                if about is None:
                    return False
                _match(connection, mesh_id, about.notification_id)
        return True

    def match_response(self, mesh_id: str, message_id: str, sender_reference: str) -> bool:
        """Record which notification a stored response answers; False when it answers none of ours."""
        with self._database.writing() as connection:
            if not _stored(connection, mesh_id).matched:
                answered = _answered(connection, message_id, sender_reference)
                if answered is None:
                    return False
                _match(connection, mesh_id, answered)
        return True

    def match_unreadable(self, mesh_id: str, since: timedelta) -> bool:
        """Record which notification a response that could not name it is probably about.

        False where that is not the only one its sender was sent within ``since``, or where another response of
        the sender waits for a person.
        """
        with self._database.writing() as connection:
            row = _stored(connection, mesh_id)
            if row.matched:
                return True
            others = _unmatched().where(inbox.c.mesh_id != mesh_id, inbox.c.sender == row.sender)
            sent = connection.scalars(
                sa.select(sending.c.notification_id)
                .where(
                    sending.c.address == row.sender,
                    sending.c.mesh_id.is_not(None),
                    sending.c.notification_id.is_not(None),
                    sending.c.posted_at > row.kept_at - since,
                )
                .distinct()
                .limit(2)
            ).all()
            if len(sent) != 1 or connection.scalar(others) or _has_answered(connection, sent[0]):
                return False
            _match(connection, mesh_id, sent[0])
        return True

    def apply_report(self, mesh_id: str) -> None:
        """Let the notification follow a report that was matched; once, however often it is called."""
        with self._database.writing() as connection:
            row = _stored(connection, mesh_id)
            about = _reported(connection, row)
            if row.applied_at is not None or about is None:
                return
            if about.notification_id is None:
                write_owed(connection, about.owed_id, Happening.UNDELIVERED)
            else:
                happening = Happening.UNDELIVERED if about.latest else Happening.EARLIER_UNDELIVERED
                entry = ledger.Entry(happening, row.status_code, row.status_text)
                ledger.write(connection, self._database.clock.now(), about.notification_id, entry)
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
            if answer is not None:
                _owe(connection, row, row.notification_id, answer)
            self._applied(connection, mesh_id)

    def in_trouble(self, mesh_id: str, sentence: str) -> None:
        """Record why nothing could be made of one thing."""
        with self._database.writing() as connection:
            connection.execute(inbox.update().where(inbox.c.mesh_id == mesh_id).values(trouble=sentence))

    def _applied(self, connection: sa.Connection, mesh_id: str) -> None:
        now = self._database.clock.now()
        connection.execute(inbox.update().where(inbox.c.mesh_id == mesh_id).values(applied_at=now))


def _kept(row: AnyRow) -> Kept:
    return Kept(
        item=InboxItem(
            mesh_id=row.mesh_id,
            kind=row.kind,
            workflow=row.workflow,
            sender=row.sender,
            body=row.body,
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
    )


def _stored(connection: sa.Connection, mesh_id: str) -> AnyRow:
    row = connection.execute(inbox.select().where(inbox.c.mesh_id == mesh_id)).first()
    if row is None:
        raise NotThereError("This answer is not in the data file.")
    return row


def _match(connection: sa.Connection, mesh_id: str, notification_id: int | None) -> None:
    connection.execute(
        inbox.update()
        .where(inbox.c.mesh_id == mesh_id)
        .values(matched=True, notification_id=notification_id, trouble="")
    )


def _unmatched() -> sa.Select[int]:
    """Return the count of responses that are stored and belong to nothing of ours."""
    return sa.select(sa.func.count()).where(
        inbox.c.applied_at.is_(None), inbox.c.matched.is_(False), inbox.c.kind == ItemKind.DATA
    )


def _has_answered(connection: sa.Connection, notification_id: int) -> bool:
    """Whether the practice's system said anything of a notification; reports are MESH's own."""
    heard = ledger.standing_of(connection, notification_id).heard
    return any(happening is not Happening.UNDELIVERED for happening, _ in heard)


def _reported(connection: sa.Connection, report: AnyRow) -> AnyRow | None:
    for column, value in ((sending.c.mesh_id, report.linked_id), (sending.c.local_id, report.local_id)):
        if value:
            row = connection.execute(sending.select().where(column == value)).first()
            if row is not None:
                return row
    return None


def _answered(connection: sa.Connection, message_id: str, sender_reference: str) -> int | None:
    n = notification.c
    for column, value in ((n.message_id, message_id), (n.sender_reference, sender_reference)):
        if value:
            found: int | None = connection.scalar(sa.select(n.id).where(column == value))
            if found is not None:
                return found
    return None


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
