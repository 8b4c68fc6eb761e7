"""The audit for managers: who did what, searched, exported, and held against its seals."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt

from digmed_desktop.clinical import dates
from digmed_desktop.clinical.form import Option
from digmed_desktop.clinical.problem import Problem
from digmed_desktop.messaging.audit import AuditGroup, AuditLine, AuditSearch
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.messaging.register import Verified
from digmed_desktop.messaging.wording import counted
from digmed_desktop.ui import files
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.pages.long_work import LongWork
from digmed_desktop.ui.pages.page import ColumnPage, button
from digmed_desktop.ui.widgets.choices import ChoiceEditor
from digmed_desktop.ui.widgets.editors import DateEditor, TextEditor
from digmed_desktop.ui.widgets.field import Field
from digmed_desktop.ui.widgets.flow import flow
from digmed_desktop.ui.widgets.lists import empty, table
from digmed_desktop.ui.widgets.pair import Pair
from digmed_desktop.ui.widgets.words import Words, row

PAGE = 50
EVERYBODY = "everyone"


class AuditSection(ColumnPage):
    """Shows acts, the newest first. Nothing on it can change or switch off what is noted."""

    COLUMN_EM = 80

    def __init__(self, context: Context) -> None:
        super().__init__(
            "Audit",
            "Who did what, in the order in which it was sealed. It is always on, and nothing in it can be changed.",
        )
        self._context = context
        self._search = AuditSearch()
        self._last: int | None = None
        self._place = 0
        self.who, self.kind = ChoiceEditor(()), ChoiceEditor(())
        search = self.card(
            "Find",
            Pair(Field("audit.who", "Done by", self.who), Field("audit.kind", "Kind", self.kind)),
            Pair(
                Field("audit.since", "From", DateEditor(context.now), optional=True),
                Field("audit.until", "To", DateEditor(context.now), optional=True),
            ),
            Field("audit.text", "Words, or the number of a notification", TextEditor(), optional=True),
        )
        self.find_button = button("Find", "primary")
        self.export = button("Export as CSV …")
        self.check = button("Check the seals")
        self.find_button.clicked.connect(self._find)
        self.export.clicked.connect(self._export)
        self.check.clicked.connect(self._check)
        acts = flow(self.find_button, self.export, self.check)
        self.body.addWidget(acts)
        self.work = LongWork(context.office)
        self.body.addWidget(self.work)
        self._holder, self._list = table((4, 7, 5))
        self._found = self.card("", self._holder)
        self.older = button("Show older")
        self.older.clicked.connect(self._more)
        self.older.setVisible(False)
        self.body.addWidget(row(self.older, None))
        self.who_may = self.only_for(context.acting, Permission.SEE_AUDIT, search, acts, self._found)

    def arrive(self) -> None:
        """Read whose acts and which kinds there are, then the newest acts; nothing for who may not see them."""
        self._found.setHidden(self.who_may.refuses)
        if self.who_may.refuses:
            empty(self._list)
            return
        self._context.office.ask(lambda desk: (desk.audit.people(), desk.audit.groups()), self._have_choices)

    def _have_choices(self, found: tuple[Sequence[Option], Sequence[Option]]) -> None:
        people, groups = found
        self.who.set_options([Option(EVERYBODY, "Everyone"), *people])
        self.kind.set_options([Option(EVERYBODY, "Everything"), *groups])
        for editor in (self.who, self.kind):
            if not editor.answer():
                editor.set_answer(EVERYBODY)
        self._find()

    def _read_search(self) -> AuditSearch | None:
        """Return what is asked for, None where a date is none."""
        answers, today = self.answers(), self._context.now().astimezone(dates.ENGLAND).date()
        days = {}
        for name in ("since", "until"):
            typed = answers[f"audit.{name}"]
            days[name] = dates.of_answer(typed, today) if typed else None
            if typed and days[name] is None:
                self.tell([Problem(f"audit.{name}", "Enter a date, such as 31 3 2027.")])
                return None
        self.tell([])
        who, kind = answers["audit.who"], answers["audit.kind"]
        return AuditSearch(
            by=int(who) if who.isdigit() else None,
            group=AuditGroup(kind) if kind in set(AuditGroup) else None,
            since=days["since"],
            until=days["until"],
            text=answers["audit.text"],
        )

    def _find(self) -> None:
        search = self._read_search()
        if search is None:
            return
        self._search, self._last = search, None
        self._ask(self._show)

    def _more(self) -> None:
        self._ask(self._add)

    def _ask(self, then: Callable[[Sequence[AuditLine]], None]) -> None:
        search, before = self._search, self._last
        self._context.office.ask(lambda desk: desk.audit.page(search, before, PAGE), then, self._failed)

    def _show(self, lines: Sequence[AuditLine]) -> None:
        empty(self._list)
        self._place = 0
        if not lines:
            self._list.addWidget(Words("No results.", role="quiet"), 0, 0, 1, 3)
        self._add(lines)

    def _add(self, lines: Sequence[AuditLine]) -> None:
        for line in lines:
            about = f"Notification {line.row.about}" if line.row.about else ""
            note = ". ".join(part for part in (about, line.note) if part)
            cells = (
                Words(f"{dates.shown_time(line.row.at)}\n{line.who}"),
                Words(line.act, bold=True),
                Words(note),
            )
            for column, cell in enumerate(cells):
                self._list.addWidget(cell, self._place, column, Qt.AlignmentFlag.AlignTop)
            self._place += 1
        if lines:
            self._last = lines[-1].row.number
        self.older.setVisible(len(lines) == PAGE)

    def _export(self) -> None:
        search = self._read_search()
        path = files.ask_where(self, "Export the audit", "digmed-audit", files.CSV) if search else None
        if search is None or path is None:
            return
        self.work.run(
            "Exporting the audit",
            lambda desk, progress: desk.audit.export(search, path, progress),
            lambda count: f"{path.name} contains {counted(count, 'act', 'acts')}.",
            self._failed,
        )

    def _check(self) -> None:
        self.work.run(
            "Checking every record against its seal",
            lambda desk, _progress: desk.audit.verify(),
            self._checked,
            self._failed,
        )

    @staticmethod
    def _checked(found: Verified) -> str:
        if found.broken_at is None:
            return "The one seal fits." if found.entries == 1 else f"All {found.entries:,} seals fit."
        return " ".join(found.faults)

    def _failed(self, error: DigMedError) -> None:
        self.tell([Problem("", str(error))])
