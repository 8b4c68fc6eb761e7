"""The list of notifications, the story of one, and what Today shows."""

import contextlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from digmed_desktop.clinical import dates
from digmed_desktop.desk.forms.correcting import differences
from digmed_desktop.desk.forms.identified import with_births
from digmed_desktop.desk.forms.sharing import may_be_told
from digmed_desktop.desk.gate import Gate
from digmed_desktop.desk.readable_xml import readable
from digmed_desktop.desk.records.incidents import incidents_about, open_incidents
from digmed_desktop.desk.records.registering import owed
from digmed_desktop.desk.views.sent import (
    COUNTED_TO,
    Found,
    RecordedSection,
    StoryView,
    TodayView,
    VersionView,
)
from digmed_desktop.history.readable import record_of
from digmed_desktop.messaging.audit import AuditAct
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.duty import is_working_day
from digmed_desktop.messaging.errors import UnreadableRowError
from digmed_desktop.messaging.figures import Figures
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.messaging.searching import SavedSearch, Search, SearchLists
from digmed_desktop.messaging.story import NotificationRow, Story, Version
from digmed_desktop.reference import programmes

if TYPE_CHECKING:
    from digmed_desktop.clinical.json_record import Record
    from digmed_desktop.history.store import Store


class ListingDesk:
    """Searches and tells."""

    def __init__(self, store: "Store", clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._gate = Gate(store)

    def first(self, search: Search, limit: int, is_wanted: Callable[[], bool] = lambda: True) -> Found:
        """Return the first page of a search, and how many it finds.

        Raises NoLongerWantedError as soon as it is not wanted any more.
        """
        self._gate.allow(Permission.SEE_RECORDS)
        self._gate.note(AuditAct.SEARCHED, again=False)
        rows = tuple(self._store.searching.page(search, None, limit, is_wanted))
        more = len(rows) == limit
        return Found(rows, self._store.searching.count(search, COUNTED_TO, is_wanted) if more else len(rows))

    def page(
        self,
        search: Search,
        after: NotificationRow | None,
        limit: int,
        is_wanted: Callable[[], bool] = lambda: True,
    ) -> list[NotificationRow]:
        """Return the rows of a search that come after one. Raises NoLongerWantedError as :meth:`first`."""
        return self._store.searching.page(search, after, limit, is_wanted)

    def lists(self) -> SearchLists:
        """Return what filters can be set to."""
        return replace(self._store.searching.lists(), short=programmes.short_names())

    def saved(self) -> tuple[SavedSearch, ...]:
        """Return the searches kept under a name."""
        return self._store.searching.saved()

    def save(self, name: str, search: Search) -> tuple[SavedSearch, ...]:
        """Keep a search under a name; return all."""
        self._store.searching.save(name, search)
        return self.saved()

    def forget(self, name: str) -> tuple[SavedSearch, ...]:
        """Remove a saved search; return those that are left."""
        self._store.searching.forget(name)
        return self.saved()

    def today(self) -> TodayView:
        """Return what Today shows: answers since the last working day began."""
        self._gate.note(AuditAct.SAW_TODAY, again=False)
        day = self._clock.now().astimezone(dates.ENGLAND).date() - timedelta(days=1)
        while not is_working_day(day):
            day -= timedelta(days=1)
        since = datetime.combine(day, time(), dates.ENGLAND)
        today = self._clock.now().astimezone(dates.ENGLAND).date()
        lapsing = tuple(
            f"{one.title} lapses on {dates.shown(one.valid_to)}."
            for one in self._store.pgds.register().lapsing(today)
        )
        replies = self._store.replies.count().for_person
        figures = self._with_births(self._store.figures.today(since))
        return TodayView(
            figures,
            since,
            tuple(owed(self._store)),
            lapsing,
            replies,
            open_incidents(self._store),
            programmes.short_names(),
        )

    def _with_births(self, figures: Figures) -> Figures:
        """Return the figures with a date of birth in each row that names a patient."""
        store = self._store
        back = with_births(store, [one.row for one in figures.back])
        return replace(
            figures,
            needing=with_births(store, figures.needing),
            due=with_births(store, figures.due),
            to_paper=with_births(store, figures.to_paper),
            to_sign=with_births(store, figures.to_sign),
            back=tuple(replace(one, row=row) for one, row in zip(figures.back, back, strict=True)),
        )

    def story(self, notification: int) -> StoryView:
        """Return the story of one notification, with what was recorded and how its versions differ."""
        self._gate.allow(Permission.SEE_RECORDS)
        self._gate.note(AuditAct.SAW_RECORD, about=notification, again=False)
        from digmed_desktop.fhir import editions
        from digmed_desktop.fhir.sections import sections

        story = self._store.notifications.story(notification)
        laid_out = tuple(replace(one, readable=readable(one.body)) for one in story.messages)
        named = self._store.versions.edition(notification)
        edition = editions.load(named) if named else editions.default_for(story.row.kind)
        record = record_of(notification, story.record_json)
        recorded = tuple(
            RecordedSection(
                section.title, tuple((row.label, row.values) for row in section.rows if row.values)
            )
            for section in sections(record, edition)
        )
        views: list[VersionView] = []
        before = None
        versions = self._store.versions.of(notification)
        for number, version in enumerate(versions, 1):
            this = _if_readable(version)
            changes = differences(before, this, edition) if before is not None and this is not None else ()
            views.append(VersionView(version, number, changes))
            before = this or before
        return StoryView(
            replace(story, messages=laid_out),
            recorded,
            tuple(views),
            may_be_told=may_be_told(versions),
            travels=_travels(story),
            patient=record.patient,
            allergies=record.allergies,
            incidents=incidents_about(self._store, {one.row.id for one in versions}),
        )


def _if_readable(version: Version) -> "Record | None":
    with contextlib.suppress(UnreadableRowError):
        return record_of(version.row.id, version.record_json)
    return None


def _travels(story: Story) -> RecordedSection | None:
    """Return what stands on the outside of the message, as MESH and support see it."""
    from digmed_desktop.mesh.addressing import subject_header

    if not story.local_id:
        return None
    header = subject_header(story.subject)
    rows = (
        ("Workflow", story.row.kind.value),
        ("Sent to", story.address or "looked up when it is sent"),
        ("Subject as written", story.subject if header != story.subject else ""),
        ("Subject as sent", header),
        ("Our id for MESH", story.local_id),
        ("MESH's id", story.mesh_id),
        ("Id of the message", story.message_id),
    )
    return RecordedSection("How it travels", tuple((label, (said,)) for label, said in rows if said))
