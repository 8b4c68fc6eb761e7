"""Forms that were begun and not sent."""

from sqlalchemy.dialects.sqlite import insert

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.history.database import Database
from digmed_desktop.history.readable import count_unreadable, read_row
from digmed_desktop.history.tables import AnyRow, draft
from digmed_desktop.messaging.errors import UnreadableRowError
from digmed_desktop.messaging.people import Draft


class Drafts:
    """Keeps half-filled forms, so that nothing typed is lost."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, draft_id: str, form: str, state: FormState, by: int | None) -> None:
        """Keep a draft as it is now; who saved it first stays the one who began it."""
        changed = {
            "answers": state.to_json(),
            "changed_by": by,
            "changed_at": self._database.clock.now(),
        }
        row = insert(draft).values(id=draft_id, form=form, begun_by=by, **changed)
        with self._database.writing() as connection:
            connection.execute(row.on_conflict_do_update(index_elements=["id"], set_=changed))

    def all(self) -> list[Draft]:
        """Return all drafts, the one changed last first; of one that cannot be read, that it is there."""
        with self._database.reading() as connection:
            return [
                _draft(row)
                for row in connection.execute(draft.select().order_by(draft.c.changed_at.desc(), draft.c.id))
            ]

    def get(self, draft_id: str) -> Draft | None:
        """Return one draft, or None."""
        with self._database.reading() as connection:
            row = connection.execute(draft.select().where(draft.c.id == draft_id)).first()
        return None if row is None else _draft(row)

    def count_unreadable(self) -> int:
        """Return how many drafts cannot be read."""
        with self._database.reading() as connection:
            return count_unreadable(
                lambda row: FormState.from_json(row.answers), connection.execute(draft.select())
            )

    def discard(self, draft_id: str) -> None:
        """Delete a draft, if it is still there."""
        with self._database.writing() as connection:
            connection.execute(draft.delete().where(draft.c.id == draft_id))


def _draft(row: AnyRow) -> Draft:
    try:
        state = read_row("A draft", FormState.from_json, row.answers)
    except UnreadableRowError:
        state = None
    return Draft(
        id=row.id,
        form=row.form,
        state=state or FormState(),
        begun_by=row.begun_by,
        changed_by=row.changed_by,
        changed_at=row.changed_at,
        can_be_read=state is not None,
    )
