"""The session strip: who is acting, and what stays from patient to patient, each value a chip that one key changes."""

from collections.abc import Sequence
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
from digmed_desktop.ui.tokens import SIZE, SPACE
from digmed_desktop.ui.widgets.flow import Flow
from digmed_desktop.ui.widgets.words import Words

MARK = "↻ "  # stands before a value that was carried over and is not confirmed
MOST_ROWS = 1  # of whole words; where they need more, the short words are shown
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

    def set_words(self, whole: Wording, short: Wording) -> None:
        """Take what it says where there is room, and where there is not."""
        self._whole, self._short = whole, short

    def width_of(self, *, short: bool) -> int:
        """Return the width that it needs."""
        words = self._short if short else self._whole
        return self.fontMetrics().horizontalAdvance(words.head + words.tail) + self._around()

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
        """Return a width that leaves room for a few letters, or for all where they are fewer."""
        few = self.fontMetrics().horizontalAdvance("m") * LEAST_EM
        return QSize(min(few, self.sizeHint().width()), super().minimumSizeHint().height())

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
        self.programme = Words("", role="quiet")
        self.pharmacy = Words("", role="quiet")
        self.pharmacy.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.more = ChipButton(self)  # where the text is large: every value but the main one
        self.more.setMenu(QMenu(self.more))
        self._flow = Flow((self.who, self.more), SPACE.tight)
        line = QHBoxLayout(self)
        line.setContentsMargins(SPACE.wide, SPACE.tight, SPACE.wide, SPACE.tight)
        line.setSpacing(SPACE.small)
        line.addWidget(self._flow, 2)
        line.addWidget(self.programme, 1)
        line.addWidget(self.pharmacy, 1)
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
            return
        self._values = values
        while len(self.chips) < len(values):
            chip = ChipButton(self)
            place = len(self.chips)
            chip.clicked.connect(lambda _on=False, n=place: self._press(n))
            self.chips.append(chip)
            layout = self._flow.layout()
            if layout is not None:
                layout.removeWidget(self.more)
                layout.addWidget(chip)
                layout.addWidget(self.more)
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
        alone = not self._values
        self.programme.setVisible(alone)
        self.pharmacy.setVisible(alone)
        large = not alone and self.fontMetrics().height() >= SIZE.large
        for place, chip in enumerate(self.chips):
            chip.setVisible(place < len(self._values) and (not large or self._values[place].main))
            chip.setMaximumWidth(SIZE.unbounded)
        chips = [self.who, *self.chips[: len(self._values)]]
        short = not alone and self._rows([chip.width_of(short=False) for chip in chips]) > MOST_ROWS
        for chip in chips:
            chip.show_words(short=short)
        if large:
            self.who.say(Wording(self._initials))
        self._fold(large=large)
        self._flow.updateGeometry()

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

    def _rows(self, widths: Sequence[int]) -> int:
        room = self.width() - 2 * SPACE.wide
        rows, x = 1, 0
        for width in widths:
            if x and x + width > room:
                rows, x = rows + 1, 0
            x += width + SPACE.tight
        return rows
