"""The second thing that tells a patient from a namesake, for lists that name patients for an act."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from digmed_desktop.messaging.story import NotificationRow

if TYPE_CHECKING:
    from digmed_desktop.history.store import Store


def with_births(store: "Store", rows: Iterable[NotificationRow]) -> tuple[NotificationRow, ...]:
    """Return the rows with the date of birth that each record has."""
    every = tuple(rows)
    born = store.versions.births([row.id for row in every]) if every else {}
    return tuple(replace(row, born=born.get(row.id)) for row in every)
