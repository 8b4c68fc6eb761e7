"""Notifications: frozen once, listed, told, and acted upon by people."""

import hashlib
from collections.abc import Callable, Collection
from datetime import datetime

import sqlalchemy as sa

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.history import ledger, searching, written
from digmed_desktop.history.bodies import packed
from digmed_desktop.history.database import Database
from digmed_desktop.history.deliveries import counted
from digmed_desktop.history.rows import LISTED, event_row, listed, messages, strictly
from digmed_desktop.history.tables import draft, event, notification, payload, sending
from digmed_desktop.messaging.corrections import Correction, Way, may_withdraw, way_to_correct
from digmed_desktop.messaging.errors import NotAllowedNowError, NotThereError
from digmed_desktop.messaging.sending import FrozenMessage
from digmed_desktop.messaging.states import Happening, Need, Standing, State, may
from digmed_desktop.messaging.story import Facts, NotificationRow, QueueStanding, Story

Alongside = Callable[[sa.Connection, int], None]
"""Writes something else in the transaction in which a notification is made, given its id."""


class Notifications:
    """Keeps notifications. What was sent or happened is never changed: it is added to."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def freeze(
        self,
        draft_id: str | None,
        record_json: str,
        facts: Facts,
        message: FrozenMessage | None,
        local_id: str,
        by: int | None,
        *,
        token: str,
        address: str = "",
        correction: Correction | None = None,
        withdrawal: bool = False,
        no_route: str = "",
        not_shared: bool = False,
        state: FormState | None = None,
        signer: int | None = None,
        alongside: Alongside | None = None,
    ) -> int:
        """Keep a message so that it will be sent, remove its draft, and return the notification's id.

        ``token`` is made once for one press of Send: with a token that was used, nothing is added and the id
        of then is returned. ``address`` is the MESH address where it is known beforehand. ``correction`` is
        what :meth:`correction` said; NotAllowedNowError when it no longer holds. With no ``message`` there is
        no electronic route: ``no_route`` says why, and the notification waits for a person to tell it on
        paper. ``not_shared``: nobody is told, at the patient's wish, and nothing waits. ``state`` is the
        form as typed, for a later correction; without it that of the draft is kept. ``signer``: the person whose
        signature it waits for; then nothing of it goes out, and nobody is told, before they sign.
        """
        if message is not None and hashlib.sha256(message.payload).hexdigest() != message.sha256:
            raise ValueError("the checksum does not match the payload")
        if not_shared and (
            message is not None or (correction is not None and correction.replaces is not None)
        ):
            raise ValueError(
                "a record that stays here has no message, and replaces nothing that the practice has"
            )
        at = self._database.clock.now()
        with self._database.writing() as connection:
            typed = None if state is None else state.to_json()
            if draft_id is not None:
                if typed is None:
                    typed = connection.scalar(sa.select(draft.c.answers).where(draft.c.id == draft_id))
                connection.execute(draft.delete().where(draft.c.id == draft_id))
            known = connection.scalar(sa.select(notification.c.id).where(notification.c.token == token))
            if known is not None:
                return int(known)
            if correction is not None:
                self._still(connection, correction, withdrawal=withdrawal)
            new: int = connection.execute(
                notification.insert()
                .values(
                    token=token,
                    kind=facts.kind,
                    state=State.DRAFT,
                    need=Need.NOBODY,
                    held=correction is not None and correction.way is Way.HOLD,
                    corrects=correction.corrects if correction else None,
                    replaces=correction.replaces if correction else None,
                    withdrawal=withdrawal,
                    outcome=facts.outcome,
                    patient_name=facts.patient_name,
                    name_key=written.search_key(facts.patient_name),
                    nhs_number=facts.nhs_number,
                    what=facts.what,
                    batch=facts.batch,
                    practice_name=facts.practice_name,
                    practice_ods=facts.practice_ods,
                    by_name=facts.by,
                    contact_at=facts.contact_at,
                    changed_at=at,
                    # the duty of the contact was the first version's, and that of a correction begins now; where
                    # nobody was told of the first version, the contact's goes on
                    settled_at=at if correction and correction.way is not Way.SWAP else None,
                    signer_id=signer,
                    once_signed=_becomes(message, not_shared=not_shared) if signer is not None else None,
                    message_id=message.message_id if message else None,
                    sender_reference=message.sender_reference if message else None,
                )
                .returning(notification.c.id)
            ).scalar_one()
            searching.index(connection, new, facts)
            self._keep_payload(connection, new, record_json, typed, message, at)
            for entry in _first_entries(
                by, no_route, not_shared=not_shared, on_paper=message is None, to_sign=signer is not None
            ):
                ledger.write(connection, at, new, entry)
            if message is not None:  # what waits for a signature keeps its id for MESH from the beginning
                self._new_sending(connection, new, local_id, address)
            if withdrawal and not not_shared:
                ledger.write(connection, at, new, ledger.Entry(Happening.TO_TELEPHONE))
            if correction is not None:
                _follow_up(connection, at, correction, withdrawal=withdrawal, by=by)
            if alongside is not None:
                alongside(connection, new)
        return new

    def sent_as(self, token: str) -> int | None:
        """Return the id of the notification that was made with ``token``, or None."""
        with self._database.reading() as connection:
            found = connection.scalar(sa.select(notification.c.id).where(notification.c.token == token))
        return None if found is None else int(found)

    @staticmethod
    def _keep_payload(
        connection: sa.Connection,
        new: int,
        record_json: str,
        answers: str | None,
        message: FrozenMessage | None,
        at: datetime,
    ) -> None:
        values = {"notification_id": new, "record_json": record_json, "answers": answers, "made_at": at}
        if message is not None:
            values |= {
                "edition": message.edition,
                "body": packed(message.payload),
                "sha256": message.sha256,
                "subject": message.subject,
                "bundle_id": message.bundle_id,
                "document_id": message.document_id,
                "composition_id": message.composition_id,
                "made_at": message.made_at,
            }
        connection.execute(payload.insert().values(values))

    @staticmethod
    def _new_sending(connection: sa.Connection, of: int, local_id: str, address: str) -> None:
        if not local_id:
            raise ValueError("a sending needs a local id")
        connection.execute(sending.update().where(sending.c.notification_id == of).values(latest=False))
        connection.execute(
            sending.insert().values(
                notification_id=of, latest=True, local_id=local_id, address=address, attempts=0
            )
        )

    def correction(self, notification_id: int) -> Correction:
        """Return how a notification can be corrected, as things stand."""
        with self._database.reading() as connection:
            return _correction(connection, notification_id)

    def may_withdraw(self, notification_id: int) -> bool:
        """Whether a message that withdraws this one makes sense now."""
        with self._database.reading() as connection:
            return _may_withdraw(connection, notification_id)

    @staticmethod
    def _still(connection: sa.Connection, correction: Correction, *, withdrawal: bool) -> None:
        now = _correction(connection, correction.corrects)
        possible = now == correction and now.way is not Way.LATEST_ONLY
        if not possible or (withdrawal and not _may_withdraw(connection, correction.corrects)):
            raise NotAllowedNowError(
                "The notification has changed in the meantime, so this correction no longer fits it.",
                "Look at it again and correct it from there.",
            )

    def page(
        self,
        before: int | None = None,
        limit: int = 100,
        states: Collection[State] | None = None,
        needs_person: bool | None = None,
    ) -> list[NotificationRow]:
        """Return notifications, newest first: those with an id under ``before``, filtered."""
        ids = sa.select(notification.c.id).order_by(notification.c.id.desc()).limit(limit)
        if before is not None:
            ids = ids.where(notification.c.id < before)
        if states is not None:
            ids = ids.where(notification.c.state.in_(tuple(states)))
        if needs_person is not None:
            ids = ids.where(notification.c.need > 0 if needs_person else notification.c.need == 0)
        wanted = LISTED.where(notification.c.id.in_(ids)).order_by(notification.c.id.desc())
        with self._database.reading() as connection:
            return [listed(row) for row in connection.execute(wanted)]

    def row(self, notification_id: int) -> NotificationRow:
        """Return one row of the list; NotThereError when there is none."""
        with self._database.reading() as connection:
            return _row(connection, notification_id)

    def standing_of(self, notification_id: int) -> Standing:
        """Return state, need and the answers heard: what decides which acts are offered (``states.may``)."""
        with self._database.reading() as connection:
            return ledger.standing_of(connection, notification_id)

    def story(self, notification_id: int) -> Story:
        """Return everything known of one notification; NotThereError when there is none."""
        with self._database.reading() as connection:
            row = _row(connection, notification_id)
            kept = connection.execute(
                payload.select().where(payload.c.notification_id == notification_id)
            ).one()
            sent = connection.execute(
                sending.select().where(
                    sending.c.notification_id == notification_id, sending.c.latest.is_(True)
                )
            ).first()
            events = connection.execute(
                event.select().where(event.c.notification_id == notification_id).order_by(event.c.id)
            ).all()
            message_id = connection.scalar(
                sa.select(notification.c.message_id).where(notification.c.id == notification_id)
            )
            return Story(
                row=row,
                record_json=kept.record_json,
                events=tuple(event_row(one) for one in events),
                messages=tuple(messages(connection, notification_id, kept, sent)),
                message_id=message_id or "",
                local_id=sent.local_id if sent else "",
                mesh_id=(sent.mesh_id or "") if sent else "",
                subject=(kept.subject or "") if sent else "",
                address=sent.address if sent else "",
            )

    def cancel(self, notification_id: int, by: int, why: str) -> State:
        """Take back a notification that still waits; nothing goes out.

        Raises NotAllowedNowError too where that would leave no record of what was recorded here only before.
        """
        with self._database.writing() as connection:
            if _was_not_shared(connection, notification_id):
                raise NotAllowedNowError(
                    "This replaced a record that stays here only.",
                    "Correct it and answer No to sharing: then it is recorded here only, and does not go out.",
                )
            entry = ledger.Entry(Happening.CANCELLED, note=why, by=by)
            return ledger.act(connection, self._database.clock.now(), notification_id, entry).state

    def may_cancel(self, notification_id: int) -> bool:
        """Whether a notification can be taken back now."""
        with self._database.reading() as connection:
            standing = ledger.standing_of(connection, notification_id)
            return may(standing, Happening.CANCELLED) and not _was_not_shared(connection, notification_id)

    def may_take_back(self, notification_id: int) -> bool:
        """Whether it lies with the MESH client, out of whose folder it may be taken again."""
        with self._database.reading() as connection:
            state = ledger.standing_of(connection, notification_id).state
            return state is State.HANDED_OVER and not _was_not_shared(connection, notification_id)

    def taken_back(self, notification_id: int, by: int, why: str) -> State:
        """Record that it was taken out of the MESH client's folder again, so nothing goes out."""
        entry = ledger.Entry(Happening.TAKEN_BACK, note=why, by=by)
        with self._database.writing() as connection:
            return ledger.write(connection, self._database.clock.now(), notification_id, entry).state

    def record_paper(self, notification_id: int, by: int, note: str) -> State:
        """Record that the practice was told on paper."""
        return self._act(notification_id, ledger.Entry(Happening.TOLD_ON_PAPER, note=note, by=by))

    def record_telephone(self, notification_id: int, by: int, note: str) -> State:
        """Record a telephone call to the practice; it does not stop a message that is on its way."""
        return self._act(notification_id, ledger.Entry(Happening.TOLD_BY_TELEPHONE, note=note, by=by))

    def deal_with(self, notification_id: int, by: int, note: str) -> State:
        """Record that a person settled what needed one."""
        return self._act(notification_id, ledger.Entry(Happening.DEALT_WITH, note=note, by=by))

    def reopen(self, notification_id: int, by: int, note: str) -> State:
        """Record that the practice says this is not on the patient's record, although its system matched it."""
        return self._act(notification_id, ledger.Entry(Happening.REOPENED, note=note, by=by))

    def note(self, notification_id: int, by: int, note: str) -> State:
        """Add a note, kept here."""
        return self._act(notification_id, ledger.Entry(Happening.NOTED, note=note, by=by))

    def record_reaction(self, notification_id: int, by: int, what: str) -> State:
        """Record an adverse reaction after it: the practice is to be told by telephone."""
        return self._act(notification_id, ledger.Entry(Happening.REACTION, note=what, by=by))

    def mark_wrong_patient(self, notification_id: int, by: int, why: str) -> None:
        """Put a record that still stands for the wrong patient on the action list, once."""
        with self._database.writing() as connection:
            standing = ledger.standing_of(connection, notification_id)
            if standing.need is not Need.WRONG_PATIENT and may(standing, Happening.WRONG_PATIENT):
                entry = ledger.Entry(Happening.WRONG_PATIENT, note=why, by=by)
                ledger.act(connection, self._database.clock.now(), notification_id, entry)

    def send_again(
        self, notification_id: int, by: int, local_id: str, address: str = "", note: str = ""
    ) -> State:
        """Have the identical message go out again under a new local id: MESH did not deliver it, or cannot say."""
        with self._database.writing() as connection:
            unsent = connection.scalar(
                sa.select(payload.c.body.is_(None)).where(payload.c.notification_id == notification_id)
            )
            if unsent:
                raise NotAllowedNowError(
                    "There is no message to send for this one.", "Send the practice a paper copy."
                )
            entry = ledger.Entry(Happening.SENT_AGAIN, note=note, by=by)
            after = ledger.act(connection, self._database.clock.now(), notification_id, entry)
            self._let_go(connection, notification_id)
            self._new_sending(connection, notification_id, local_id, address)
        return after.state

    @staticmethod
    def _let_go(connection: sa.Connection, notification_id: int) -> None:
        """Hold a correction no longer whose original was matched while it was not waiting."""
        original = notification.alias()
        matched = sa.select(original.c.id).where(
            original.c.id == notification.c.replaces, original.c.state == State.MATCHED
        )
        connection.execute(
            notification.update()
            .where(notification.c.id == notification_id, sa.exists(matched))
            .values(held=False)
        )

    def _act(self, notification_id: int, entry: ledger.Entry) -> State:
        with self._database.writing() as connection:
            return ledger.act(connection, self._database.clock.now(), notification_id, entry).state

    def standing(self) -> QueueStanding:
        """Return how many wait and how many need a person; the rest is for the delivery to say."""
        with self._database.reading() as connection:
            return counted(connection)


def _follow_up(
    connection: sa.Connection, at: datetime, correction: Correction, *, withdrawal: bool, by: int | None
) -> None:
    """Let the version before stand as the new one leaves it."""
    before = correction.corrects
    if correction.replaces != before:
        # nothing of it is on a record: the new message takes its place
        ledger.act(connection, at, before, ledger.Entry(Happening.REPLACED, by=by))
    elif withdrawal and ledger.standing_of(connection, before).need is Need.WRONG_PATIENT:
        ledger.act(connection, at, before, ledger.Entry(Happening.DEALT_WITH, by=by))  # it is on its way


def _first_entries(
    by: int | None, no_route: str, *, not_shared: bool, on_paper: bool, to_sign: bool
) -> tuple[ledger.Entry, ...]:
    """Return what is written down first of a notification: who recorded it, and which way it goes."""
    if to_sign:
        return (ledger.Entry(Happening.TO_SIGN, note=no_route, by=by),)
    if not_shared:
        return (ledger.Entry(Happening.NOT_SHARED, by=by),)
    frozen = ledger.Entry(Happening.FROZEN, by=by)
    return (frozen, ledger.Entry(Happening.PAPER_ONLY, note=no_route)) if on_paper else (frozen,)


def _becomes(message: FrozenMessage | None, *, not_shared: bool) -> State:
    """Return what a record becomes once it is signed."""
    if not_shared:
        return State.NOT_SHARED
    return State.TO_PAPER if message is None else State.WAITING


def _row(connection: sa.Connection, notification_id: int) -> NotificationRow:
    row = connection.execute(LISTED.where(notification.c.id == notification_id)).first()
    if row is None:
        raise NotThereError("This notification is not in the data file.")
    return strictly(row)


def _posted(connection: sa.Connection, notification_id: int) -> bool:
    return bool(
        connection.scalar(
            sa.select(sa.func.count()).where(
                sending.c.notification_id == notification_id, sending.c.attempts > 0
            )
        )
    )


def _was_not_shared(connection: sa.Connection, notification_id: int) -> bool:
    """Whether this or a version before it was recorded here only."""
    chain = (
        sa.select(notification.c.id, notification.c.corrects)
        .where(notification.c.id == notification_id)
        .cte("chain", recursive=True)
    )
    chain = chain.union(
        sa.select(notification.c.id, notification.c.corrects).where(notification.c.id == chain.c.corrects)
    )
    kept = sa.select(event.c.id).where(
        event.c.notification_id.in_(sa.select(chain.c.id)), event.c.happening == Happening.NOT_SHARED.value
    )
    return connection.scalar(kept.limit(1)) is not None


def _may_withdraw(connection: sa.Connection, notification_id: int) -> bool:
    standing = ledger.standing_of(connection, notification_id)
    return may_withdraw(standing, posted=_posted(connection, notification_id))


def _correction(connection: sa.Connection, of: int) -> Correction:
    standing = ledger.standing_of(connection, of)
    newer = connection.scalar(
        sa.select(sa.func.count()).where(
            notification.c.corrects == of, notification.c.state != State.CANCELLED
        )
    )
    if newer:
        return Correction(of, Way.LATEST_ONLY)
    way = way_to_correct(standing, posted=_posted(connection, of))
    if way in (Way.HOLD, Way.REPLACE):
        return Correction(of, way, of, _composition(connection, of))
    base = connection.scalar(sa.select(notification.c.replaces).where(notification.c.id == of))
    if way in (Way.SWAP, Way.AFRESH) and base is not None:
        # this one was itself to replace an earlier version: its successor replaces that one
        way_of_base = way_to_correct(ledger.standing_of(connection, base), posted=True)
        if way_of_base in (Way.HOLD, Way.REPLACE):
            return Correction(of, way_of_base, base, _composition(connection, base))
    return Correction(of, way)


def _composition(connection: sa.Connection, of: int) -> str:
    found = connection.scalar(sa.select(payload.c.composition_id).where(payload.c.notification_id == of))
    return found or ""
