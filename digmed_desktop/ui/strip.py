"""The session strip: who is acting, and what stays from patient to patient, each value a chip that one key changes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QWidget,
)

from digmed_desktop.desk.views.general import PersonView
from digmed_desktop.ui.palette import KEYS
from digmed_desktop.ui.tokens import SIZE, SPACE
from digmed_desktop.ui.widgets.buttons import button
from digmed_desktop.ui.widgets.words import Words

MARK = "↻ "  # stands before a value that was carried over and is not confirmed
LEAST_EM = 6


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a chip. Without room ``head`` ends in dots; ``tail`` is always whole."""

    head: str
    tail: str = ""


@dataclass(frozen=True, slots=True)
class Chip:
    """One value of the session as it is now: all of it in ``text``, on the chip ``whole`` or ``short``."""

    title: str
    text: str
    field: str
    whole: Wording
    short: Wording
    carried: bool = False
    main: bool = False  # it stays in view where the text is large


class ChipButton(QPushButton):
    """A value in a rounded frame, as wide as its words; all of it is in the tip and the accessible name."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("kind", "value")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._words = self._whole = self._short = Wording("")
        self.gives_way = False  # whether its head may end in dots where the line has no room

    def set_words(self, whole: Wording, short: Wording) -> None:
        """Take what it says where there is room, and where there is not."""
        self._whole, self._short = whole, short

    def width_of(self, *, short: bool) -> int:
        """Return the width that it needs."""
        words = self._short if short else self._whole
        return self.fontMetrics().horizontalAdvance(words.head + words.tail) + self._around()

    def least_width(self) -> int:
        """Return the width below which the tail of its short words would be cut, or any of them where none give way."""
        whole = self.width_of(short=True)
        if not self.gives_way:
            return whole
        few = self.fontMetrics().horizontalAdvance("m") * LEAST_EM
        return min(whole, few + self.fontMetrics().horizontalAdvance(self._short.tail) + self._around())

    def show_words(self, *, short: bool) -> None:
        """Say it at length or in short."""
        self.say(self._short if short else self._whole)

    def say(self, words: Wording) -> None:
        """Say exactly these words."""
        self._words = words
        self.setText((words.head + words.tail).replace("&", "&&"))

    def _around(self) -> int:
        return 20 if self.menu() is None else 44

    def sizeHint(self) -> QSize:
        """Return the room for all its words."""
        words = self._words
        width = self.fontMetrics().horizontalAdvance(words.head + words.tail) + self._around()
        return QSize(width, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Return a width that leaves room for a few letters and the tail, or for all where nothing gives way."""
        hint, height = self.sizeHint().width(), super().minimumSizeHint().height()
        return QSize(min(hint, self.least_width()) if self.gives_way else hint, height)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the button with as much of its text as fits."""
        painter = QStylePainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        metrics, words = self.fontMetrics(), self._words
        room = self.width() - self._around() + 4 - metrics.horizontalAdvance(words.tail)
        head = metrics.elidedText(words.head, Qt.TextElideMode.ElideRight, room)
        option.text = (head + words.tail).replace("&", "&&")
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)


class Strip(QFrame):
    """Shows who is acting and the session of the form in view. Alt and a digit leads to a value."""

    lock = Signal()
    search = Signal()
    wanted = Signal(str)  # the field to change
    _is_made = False  # Qt tells of the font while the strip is made

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("strip")
        self.who = ChipButton(self)
        self.who.setProperty("kind", "chip")
        menu = QMenu(self.who)
        menu.addAction("Switch person", self.lock.emit)
        menu.addAction("Lock   Ctrl+L", self.lock.emit)
        self.who.setMenu(menu)
        self.programme = Words("", role="quiet", wrap=False)
        self.pharmacy = Words("", role="quiet", wrap=False)
        self.more = ChipButton(self)  # where the text is large: every value but the main one
        self.more.setMenu(QMenu(self.more))
        self.searching = button(f"Search  {KEYS}")
        self.searching.setAccessibleName("Search pages, actions and patients")
        self.searching.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its keys lead there from anywhere
        self.searching.clicked.connect(self.search)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # it never widens the window
        line = self._line = QHBoxLayout(self)
        line.setContentsMargins(SPACE.wide, SPACE.tight, SPACE.wide, SPACE.tight)
        line.setSpacing(SPACE.tight)
        for part in (self.who, self.more):
            line.addWidget(part)
        line.addSpacing(SPACE.small)
        line.addWidget(self.programme)
        line.addSpacing(SPACE.small)
        line.addWidget(self.pharmacy)
        line.addStretch(1)
        line.addWidget(self.searching)
        self.chips: list[ChipButton] = []
        self._values: Sequence[Chip] = ()
        for digit in range(1, 10):
            QShortcut(QKeySequence(f"Alt+{digit}"), self, lambda n=digit: self._press(n - 1))
        self._initials = ""  # the words of a person where the text is large: the vaccine takes the room
        self.show_person(None)
        self._lay()
        self._is_made = True

    def show_session(self, values: Sequence[Chip]) -> None:
        """Show the values of a form's session; none hides them."""
        if values == self._values:
            self._lay()  # the words beside them may be others
            return
        self._values = values
        while len(self.chips) < len(values):
            chip = ChipButton(self)
            place = len(self.chips)
            chip.clicked.connect(lambda _on=False, n=place: self._press(n))
            self.chips.append(chip)
            self._line.insertWidget(place + 1, chip)  # before the one for more of them
        for place, chip in enumerate(self.chips):
            if place < len(values):
                value = values[place]
                mark = MARK if value.carried else ""
                chip.set_words(
                    *(
                        Wording(mark + (words.head or f"{value.title}?"), words.tail)
                        for words in (value.whole, value.short)
                    )
                )
                carried = ", carried over, not confirmed yet" if value.carried else ""
                chip.gives_way = value.main
                chip.setAccessibleName(f"{value.title}: {value.text or 'not set'}{carried}")
                chip.setToolTip(f"{value.title}: {value.text or 'not set'} (Alt+{place + 1})")
        self._lay()

    def show_person(self, person: PersonView | None) -> None:
        """Say who is acting."""
        label = person.label if person else "Nobody signed in"
        name = person.professional.name if person else None
        self.who.set_words(Wording(label), Wording(name.spoken() if name else label))
        self.who.setAccessibleName(f"Acting: {label}" if person else label)
        self.who.setToolTip(label)
        self._initials = "".join(part[:1] for part in (name.given, name.family)) if name else label
        self._lay()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say as much as there is room for."""
        super().resizeEvent(event)
        self._lay()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the size of the text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and self._is_made:
            self._lay()

    def _press(self, place: int) -> None:
        if place < len(self._values):
            self.wanted.emit(self._values[place].field)

    def _lay(self) -> None:
        """Put everything in one line, whatever the words and the size of the text: the form under it never moves."""
        alone, room = not self._values, self.width() - 2 * SPACE.wide
        chips = [self.who, *self.chips[: len(self._values)]]
        short = not alone and _in_line(chip.width_of(short=False) for chip in chips) > room
        tight = _in_line(chip.least_width() for chip in chips) > room
        large = not alone and (self.fontMetrics().height() >= SIZE.large or tight)
        for place, chip in enumerate(self.chips):
            chip.setVisible(place < len(self._values) and (not large or self._values[place].main))
            chip.setMaximumWidth(SIZE.unbounded)
        for chip in chips:
            chip.show_words(short=short)
        if large:
            self.who.say(Wording(self._initials))
        self.who.gives_way = alone
        self._fold(large=large)
        self._show_beside(alone=alone, room=room)

    def _show_beside(self, *, alone: bool, room: int) -> None:
        """Show beside the values whatever still has room: the way to search, the pharmacy, the programme."""
        shown = [one for one in (self.who, self.more, *self.chips) if not one.isHidden()]
        taken = _in_line(one.sizeHint().width() for one in shown)
        for part, wanted in ((self.searching, True), (self.pharmacy, alone), (self.programme, alone)):
            taken += part.sizeHint().width() + SPACE.large
            part.setVisible(wanted and taken <= room)

    def _fold(self, *, large: bool) -> None:
        """Put every value but the main ones into one menu where the text is large, so that all is one line."""
        folded = [(n, value) for n, value in enumerate(self._values) if large and not value.main]
        self.more.setVisible(bool(folded))
        if not folded:
            return
        carried = any(value.carried for _n, value in folded)
        self.more.set_words(*[Wording(f"{MARK if carried else ''}More")] * 2)
        self.more.show_words(short=True)
        self.more.setAccessibleName("More values of the session")
        menu = self.more.menu()
        menu.clear()
        for n, value in folded:
            mark = MARK if value.carried else ""
            text = f"{mark}{value.title}: {value.text or 'not set'}   Alt+{n + 1}".replace("&", "&&")
            menu.addAction(text, partial(self._press, n))
        beside = sum(
            max(chip.sizeHint().width(), chip.minimumSizeHint().width()) + SPACE.tight
            for chip in (self.who, self.more)
        )
        room = self.width() - 2 * SPACE.wide - beside
        for chip in (chip for chip in self.chips if chip.isVisibleTo(self)):
            chip.setMaximumWidth(max(room, chip.minimumSizeHint().width()))


def _in_line(widths: Iterable[int]) -> int:
    """Return the width of chips beside each other."""
    return sum(width + SPACE.tight for width in widths)
