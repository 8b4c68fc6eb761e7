"""Settings of the deadlines: when paper is offered, and when a person is asked."""

from digmed_desktop.clinical.form import Option
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.settings.settings import AMBER_HOURS, ANSWER_DAYS, LATE_HOURS
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.pages.page import ColumnPage
from digmed_desktop.ui.widgets.choices import ChoiceEditor
from digmed_desktop.ui.widgets.field import Field
from digmed_desktop.ui.widgets.words import quiet

END_OF_DAY = 24
SETTINGS = {"amber": "amber_hour", "late": "late_hour", "answer": "answer_days"}


class DeadlinesSection(ColumnPage):
    """Takes effect at once and is stored for this computer account."""

    def __init__(self, context: Context) -> None:
        super().__init__("Deadlines", "When a notification needs attention.")
        self._context = context
        self.amber = ChoiceEditor([Option(str(hour), _hour(hour)) for hour in AMBER_HOURS])
        self.late = ChoiceEditor([Option(str(hour), _hour(hour)) for hour in LATE_HOURS])
        self.answer = ChoiceEditor([Option(str(days), _days(days)) for days in ANSWER_DAYS])
        working_day = self.card(
            "The next working day",
            quiet(
                "The practice must know by the end of the next working day after the contact. Until its system "
                "has confirmed the notification, these hours apply to that day."
            ),
            Field("amber", "Offer a paper copy from", self.amber),
            Field(
                "late",
                "Flag for action from",
                self.late,
                hint="An hour before you close leaves time to telephone.",
            ),
        )
        own_answer = self.card(
            "The practice's own answer",
            Field(
                "answer",
                "Flag for action when there is none within",
                self.answer,
                hint="Counted from the day on which the practice's system accepted it.",
            ),
        )
        self.only_for(context.acting, Permission.CHANGE_SETTINGS, working_day, own_answer)
        for editor in (self.amber, self.late, self.answer):
            editor.edited.connect(self._changed)

    def arrive(self) -> None:
        """Show what is chosen now."""
        now = self._context.made.now
        self.amber.set_answer(str(now.amber_hour))
        self.late.set_answer(str(now.late_hour))
        self.answer.set_answer(str(now.answer_days))
        self.show_set_by_it(self._context.made, SETTINGS)

    def _changed(self) -> None:
        chosen = [
            _one_of(editor.answer(), allowed)
            for editor, allowed in (
                (self.amber, AMBER_HOURS),
                (self.late, LATE_HOURS),
                (self.answer, ANSWER_DAYS),
            )
        ]
        amber, late, answer = chosen
        if None not in chosen:  # while something is typed, nothing is chosen yet
            self._context.made.change(
                otherwise=self._not_kept, amber_hour=amber, late_hour=late, answer_days=answer
            )

    def _not_kept(self, error: DigMedError) -> None:
        self.arrive()  # what holds still
        self.say_not_kept(error)


def _one_of(answer: str, allowed: range) -> int | None:
    return int(answer) if answer in map(str, allowed) else None


def _hour(hour: int) -> str:
    if hour == END_OF_DAY:
        return "the end of the day"
    return "noon" if hour == 12 else f"{hour:02}:00"


def _days(days: int) -> str:
    return f"{days} working day{'s' if days != 1 else ''}"
