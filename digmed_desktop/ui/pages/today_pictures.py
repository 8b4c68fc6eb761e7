"""Pictures of Today by pyqtgraph: bars with their numbers beside them as text, in the colours of the theme.

The library is loaded on the first visit, on another thread; a picture is drawn anew when the theme changes,
because it takes its colours once. Each bar has a pattern besides its colour.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from digmed_desktop.messaging.figures import DayCount, Doses, SpanCount, WeekDoses
from digmed_desktop.messaging.states import State
from digmed_desktop.messaging.wording import Tone, words_of
from digmed_desktop.ui.theme import Theme, mixed, sized
from digmed_desktop.ui.tokens import INSET, SPACE, TYPE
from digmed_desktop.ui.widgets.flow import Flow
from digmed_desktop.ui.widgets.words import Words, heading, quiet

DAYS_SHOWN = 14
NO_NAMES: Mapping[str, str] = MappingProxyType({})
MOST_BARS = 8
MOST_TOLD = 40
LEAST_EM_HIGH = 11
NUMBER_EM = 3
BAR_LINES, LABEL_LINES = 1.7, 2.4
GROUP = 0.8  # of the room of a week that its bars take
LABEL_SHARE, LEAST_LABEL_EM = 0.45, 12  # of the width that the labels of bars take
AGAIN_MS = 150  # after the last change of width


@dataclass(frozen=True, slots=True)
class Series:
    """One part of every bar: its name, its colour by role, its pattern, and a number for each bar."""

    name: str
    role: str
    pattern: Qt.BrushStyle
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as data: what it is called, its bars, its numbers as a sentence."""

    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    told: str
    across: bool = False  # bars lie on their side, so that long labels can be read
    beside: bool = False  # the parts of a bar stand beside each other, each with its number


_GROUPS = (
    ("Done", "done", Qt.BrushStyle.SolidPattern),
    ("On its way", "act", Qt.BrushStyle.BDiagPattern),
    ("Action needed", "stop", Qt.BrushStyle.Dense4Pattern),
    ("Closed without sending", "border", Qt.BrushStyle.Dense6Pattern),
)
_ASIDE = (State.CANCELLED, State.REPLACED, State.WITHDRAWN)
_NOTHING_LEFT = (State.NOT_SHARED,)  # done, although nobody was told


def group_of(state: State) -> str:
    """Return under which name a state is counted in the picture of days."""
    tone = words_of(state).tone
    if state in _ASIDE:
        return "Closed without sending"
    if tone is Tone.DONE or state in _NOTHING_LEFT:
        return "Done"
    return "Action needed" if tone in (Tone.LOOK, Tone.STOP) else "On its way"


def days_picture(counts: Sequence[DayCount], today: date) -> Picture:
    """Return notifications by day of contact and what became of them."""
    days = [today - timedelta(days=n) for n in range(DAYS_SHOWN - 1, -1, -1)]
    series = tuple(
        Series(
            name,
            role,
            pattern,
            tuple(sum(c.count for c in counts if c.day == day and group_of(c.state) == name) for day in days),
        )
        for name, role, pattern in _GROUPS
    )
    parts = []
    for place, day in enumerate(days):
        said = [f"{one.values[place]} {one.name.lower()}" for one in series if one.values[place]]
        if said:
            parts.append(f"{day:%a} {day.day} {day:%b}: {', '.join(said)}")
    told = "; ".join(parts) or "None in the last two weeks"
    return Picture(
        "Notifications by day", tuple(f"{day:%a}"[:2] + f"\n{day.day}" for day in days), series, f"{told}."
    )


def doses_picture(doses: Sequence[Doses], short: Mapping[str, str] = NO_NAMES) -> Picture:
    """Return doses given by vaccine and batch, the most first; what does not fit is one bar.

    ``short``: names of vaccines for the bars, by the whole name, which the text has.
    """
    shown = list(doses[:MOST_BARS])
    rest = sum(one.count for one in doses[MOST_BARS:])
    labels = [f"{short.get(one.what, one.what)}, {one.batch}" for one in shown]
    values = [one.count for one in shown]
    if rest:
        labels.append(f"{len(doses) - MOST_BARS} more batches")
        values.append(rest)
    by_what: dict[str, list[str]] = {}
    for one in doses[:MOST_TOLD]:
        by_what.setdefault(one.what, []).append(f"{one.batch} {one.count}")
    told = "; ".join(f"{what}: {', '.join(batches)}" for what, batches in by_what.items())
    more = f"; and {len(doses) - MOST_TOLD} more batches" if len(doses) > MOST_TOLD else ""
    bars = Series("Doses", "act", Qt.BrushStyle.SolidPattern, tuple(values))
    return Picture(
        "Doses by vaccine and batch",
        tuple(labels),
        (bars,),
        f"{told or 'None in the last two weeks'}{more}.",
        across=True,
    )


def weeks_picture(weeks: Sequence[WeekDoses]) -> Picture:
    """Return the doses of each week beside those of the same week a year before."""
    told = [
        f"{one.begins.day} {one.begins:%b}: {one.count}, a year before {one.before}"
        for one in weeks
        if one.count or one.before
    ]
    sums = f"In all {sum(one.count for one in weeks)}, a year before {sum(one.before for one in weeks)}."
    return Picture(
        "Doses by week, beside last year",
        tuple(f"{one.begins.day}\n{one.begins:%b}" for one in weeks),
        (
            Series("Last year", "border", Qt.BrushStyle.NoBrush, tuple(one.before for one in weeks)),
            Series("This year", "act", Qt.BrushStyle.SolidPattern, tuple(one.count for one in weeks)),
        ),
        f"{sums} Weeks from Monday. {'; '.join(told)}."
        if told
        else "None in these weeks, this year or last.",
        beside=True,
    )


def took(span: timedelta) -> str:
    """Return a span of time in words, to the minute, the hour or the day."""
    minutes = max(1, round(span.total_seconds() / 60))
    if minutes < 60:
        return f"{minutes} minute{'s' * (minutes != 1)}"
    if minutes < 48 * 60:
        hours = round(minutes / 60)
        return f"{hours} hour{'s' * (hours != 1)}"
    return f"{round(minutes / 60 / 24)} days"


def spans_picture(spans: Sequence[SpanCount], half_within: timedelta | None = None) -> Picture:
    """Return how long it took until the practice's system had found the patient."""
    bars = Series("Matched", "done", Qt.BrushStyle.SolidPattern, tuple(one.count for one in spans))
    said = "; ".join(f"{one.label}: {one.count}" for one in spans if one.count)
    if half_within is not None:
        said = f"Half within {took(half_within)}. {said}"
    return Picture(
        "From contact to “matched to the patient”",
        tuple(one.label for one in spans),
        (bars,),
        f"{said or 'None matched in the last two weeks'}.",
        across=True,
    )


def _in_part(text: str, metrics: QFontMetrics, room: int) -> str:
    """Return the label of a bar as far as there is room: what is left out is its middle, so that a batch stays."""
    return metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, room)


class PictureCard(QFrame):
    """One picture with its legend over it and its numbers under it."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(*INSET.card)
        self._layout.setSpacing(SPACE.tight)
        self.head = heading("")
        self.told = quiet("")
        self.told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._layout.addWidget(self.head)
        self._layout.addWidget(self.told)
        self.undrawable = quiet("The picture cannot be drawn on this computer. Its numbers are here.")
        self.undrawable.hide()
        self._layout.addWidget(self.undrawable)
        self.plot: QWidget | None = None
        self._legend: QWidget | None = None
        self.picture: Picture | None = None
        self._drawn_with: tuple[Theme, Any] | None = None
        self._drawn_at = 0  # the width that its labels were made for
        self._again = QTimer(self, singleShot=True, interval=AGAIN_MS)
        self._again.timeout.connect(self._draw_again)

    def show_picture(self, picture: Picture, theme: Theme, graphs: Any) -> None:
        """Draw it with ``graphs`` (pyqtgraph), or its numbers only while that is not loaded."""
        self.picture = picture
        self._drawn_with, self._drawn_at = (theme, graphs), self.width()
        self.head.setText(picture.title)
        self.told.setText(picture.told)
        for old in (self.plot, self._legend):
            if old is not None:
                self._layout.removeWidget(old)
                old.hide()
                old.deleteLater()
        self.plot = self._legend = None
        if graphs is None or not any(any(one.values) for one in picture.series):
            return
        if len(picture.series) > 1:
            self._legend = _legend(picture, theme)
            self._layout.insertWidget(1, self._legend)
        self.plot = _plot(picture, theme, graphs, self)
        self._layout.insertWidget(self._layout.count() - 1, self.plot)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw labels anew for another width."""
        super().resizeEvent(event)
        if self.picture is not None and self.picture.across and self.width() != self._drawn_at:
            self._again.start()

    def _draw_again(self) -> None:
        if self.picture is not None and self._drawn_with is not None:
            self.show_picture(self.picture, *self._drawn_with)


def _legend(picture: Picture, theme: Theme) -> QWidget:
    entries: list[QWidget] = []
    for one in picture.series:
        entry = QWidget()
        line = Words(f"■ {one.name}", TYPE.small, wrap=False)
        palette = line.palette()
        palette.setColor(QPalette.ColorRole.WindowText, theme.qcolor(one.role))
        line.setPalette(palette)
        layout = QVBoxLayout(entry)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(line)
        entries.append(entry)
    return Flow(entries, SPACE.medium)


def _plot(picture: Picture, theme: Theme, graphs: Any, parent: QWidget) -> QWidget:
    plot: Any = graphs.PlotWidget(parent, background=theme["surface"])
    ink = QColor(theme["text"])
    plot.setMenuEnabled(False)
    plot.setMouseEnabled(x=False, y=False)
    plot.hideButtons()
    plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    plot.setFrameShape(QFrame.Shape.NoFrame)
    plot.setAccessibleName(picture.title)
    plot.setAccessibleDescription(picture.told)
    plot.setToolTip(picture.told)
    item = plot.getPlotItem()
    for side in ("left", "bottom"):
        axis = item.getAxis(side)
        axis.setPen(QColor(theme["border"]))
        axis.setTextPen(ink)
        axis.setStyle(tickFont=parent.font(), tickLength=0)
    count = len(picture.labels)
    below = [0.0] * count
    for place, one in enumerate(picture.series):
        solid = one.pattern is Qt.BrushStyle.SolidPattern
        shade = QColor(theme[one.role] if solid else mixed(theme[one.role], theme["surface"], 0.1))
        brush, pen = QBrush(shade, one.pattern), QColor(theme[one.role])
        if picture.beside:
            wide = GROUP / len(picture.series)
            at = [n - GROUP / 2 + wide * (place + 0.5) for n in range(count)]
            bars = graphs.BarGraphItem(
                x=at, y0=[0.0] * count, height=list(one.values), width=wide, brush=brush, pen=pen
            )
            for x, count_here in zip(at, one.values, strict=True):
                if count_here:
                    number = graphs.TextItem(f"{count_here}", color=ink, anchor=(0.5, 0.9))
                    number.setFont(sized(parent.font(), TYPE.small))
                    number.setPos(x, count_here)
                    plot.addItem(number)
        elif picture.across:
            places = [count - 1 - n for n in range(count)]
            bars = graphs.BarGraphItem(
                x0=below, y=places, width=list(one.values), height=0.62, brush=brush, pen=pen
            )
        else:
            bars = graphs.BarGraphItem(
                x=list(range(count)), y0=below, height=list(one.values), width=0.66, brush=brush, pen=pen
            )
        plot.addItem(bars)
        below = [
            max(under, value) if picture.beside else under + value
            for under, value in zip(below, one.values, strict=True)
        ]
    longest = max(below) or 1
    em = parent.fontMetrics().horizontalAdvance("m")
    if picture.across:
        room = max(em * LEAST_LABEL_EM, int(parent.width() * LABEL_SHARE))
        labels = [_in_part(label, parent.fontMetrics(), room) for label in picture.labels]
        item.getAxis("left").setTicks([[(count - 1 - n, label) for n, label in enumerate(labels)]])
        item.getAxis("left").setWidth(
            int(max(parent.fontMetrics().horizontalAdvance(t) for t in labels) + em)
        )
        item.hideAxis("bottom")
        plot.setXRange(0, longest * 1.3, padding=0)  # room for the number at the longest
        plot.setYRange(-0.6, count - 0.4, padding=0)
        for n, value in enumerate(below):
            number = graphs.TextItem(f"{int(value)}", color=ink, anchor=(0, 0.5))
            number.setFont(parent.font())
            number.setPos(value, count - 1 - n)
            plot.addItem(number)
        plot.setFixedHeight(int(parent.fontMetrics().height() * BAR_LINES * count + SPACE.medium))
    else:
        item.getAxis("bottom").setTicks([list(enumerate(picture.labels))])
        item.getAxis("bottom").setHeight(int(parent.fontMetrics().height() * LABEL_LINES))
        step = max(1, -(-int(longest) // 4))
        item.getAxis("left").setTicks([[(n, str(n)) for n in range(0, int(longest) + 1, step)]])
        item.getAxis("left").setWidth(em * NUMBER_EM)
        plot.setXRange(-0.6, count - 0.4, padding=0)
        plot.setYRange(0, longest * (1.2 if picture.beside else 1.08), padding=0)  # room for the numbers
        plot.setFixedHeight(em * LEAST_EM_HIGH + parent.fontMetrics().height() * 2)
    drawn: QWidget = plot
    return drawn
