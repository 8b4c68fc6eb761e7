"""GP practices that were written to before."""

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from digmed_desktop.clinical.record import Organisation
from digmed_desktop.history import written
from digmed_desktop.history.database import Database
from digmed_desktop.history.readable import count_unreadable, readable
from digmed_desktop.history.tables import AnyRow, practice


class Practices:
    """Remembers practices by their ODS code, the one used last first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def remember(self, organisation: Organisation) -> None:
        """Keep a practice, with the details given last. ValueError when it has no ODS code."""
        if not organisation.ods_code:
            raise ValueError("a practice is remembered by its ODS code")
        words = (organisation.name, organisation.ods_code, *organisation.address.in_lines())
        changed = {
            "search_key": " " + written.search_key(" ".join(words)),
            "organisation": written.of_organisation(organisation),
            "used_at": self._database.clock.now(),
        }
        row = insert(practice).values(ods_code=organisation.ods_code, **changed)
        with self._database.writing() as connection:
            connection.execute(row.on_conflict_do_update(index_elements=["ods_code"], set_=changed))

    def all(self) -> list[Organisation]:
        """Return all practices remembered."""
        return self.search("", -1)

    def search(self, text: str, limit: int) -> list[Organisation]:
        """Return at most ``limit`` practices in whose name, code or address each typed word begins a word."""
        found = sa.select(practice.c.organisation).order_by(practice.c.used_at.desc(), practice.c.ods_code)
        words = written.search_words(text)
        if text.strip() and not words:
            return []
        for word in words:
            found = found.where(practice.c.search_key.contains(f" {word}", autoescape=True))
        with self._database.reading() as connection:
            return list(readable(_organisation, connection.execute(found.limit(limit))))

    def count_unreadable(self) -> int:
        """Return how many practices cannot be read."""
        with self._database.reading() as connection:
            return count_unreadable(_organisation, connection.execute(practice.select()))


def _organisation(row: AnyRow) -> Organisation:
    return written.organisation(row.organisation)
