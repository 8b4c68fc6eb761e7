"""The pharmacy's vaccines: a batch, until when it can be used, and what is wrong with one that is added."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from digmed_desktop.clinical import batch
from digmed_desktop.clinical.dates import DateSentenceError, read_date, shown
from digmed_desktop.clinical.problem import Problem


@dataclass(frozen=True, slots=True)
class StockBatch:
    """A batch on the shelf. ``use_before`` is the last day after thawing or opening, None where that is no matter."""

    programme: str
    product: str
    number: str
    expiry: date
    use_before: date | None = None
    gtin: str = ""
    finished: bool = False
    id: int = 0

    @property
    def last_day(self) -> date:
        """The last day on which it can be given."""
        return min(self.expiry, self.use_before) if self.use_before else self.expiry

    def offered(self, day: date) -> bool:
        """Whether it can be chosen for a vaccination on ``day``."""
        return not self.finished and day <= self.last_day

    def why_not(self, day: date) -> str:
        """Return why it cannot be chosen on ``day``, or ``""``."""
        if self.finished:
            return "Finished"
        if day > self.expiry:
            return f"Expired on {shown(self.expiry)}"
        if self.use_before and day > self.use_before:
            return f"To be used by {shown(self.use_before)} after thawing"
        return ""


def read_batch(
    answers: Mapping[str, str], *, programme: str, today: date
) -> tuple[StockBatch | None, tuple[Problem, ...]]:
    """Return the batch that the answers ``stock.*`` name, and what is wrong with them."""
    problems: list[Problem] = []
    number = answers.get("stock.number", "").strip()
    if not answers.get("stock.product"):
        problems.append(Problem("stock.product", "Select the vaccine."))
    if wrong := batch.sentence_about(number):
        problems.append(Problem("stock.number", wrong))
    expiry = _day(answers, "stock.expiry", "Expiry date", today, problems, whole_month=True)
    use_before = _day(answers, "stock.use_before", "Use by after thawing", today, problems)
    if not answers.get("stock.expiry", "").replace("/", "").strip():
        problems.append(Problem("stock.expiry", "Enter the expiry date."))
    if expiry and expiry < today:
        problems.append(Problem("stock.expiry", "This batch has expired. Check the date on the pack."))
    if expiry and use_before and use_before > expiry:
        problems.append(
            Problem(
                "stock.use_before", "Check both dates: use by after thawing is not after the expiry date."
            )
        )
    if problems or expiry is None:
        return None, tuple(problems)
    return (
        StockBatch(
            programme, answers["stock.product"], number, expiry, use_before, answers.get("stock.gtin", "")
        ),
        (),
    )


def _day(
    answers: Mapping[str, str],
    field: str,
    what: str,
    today: date,
    problems: list[Problem],
    *,
    whole_month: bool = False,
) -> date | None:
    day, month, year = [*answers.get(field, "").split("/", 2), "", "", ""][:3]
    try:
        if whole_month and day.strip() in {"0", "00"}:
            first = read_date("1", month, year, what=what, today=today, past=False)
            return batch.last_day(first.year, first.month) if first else None
        return read_date(day, month, year, what=what, today=today, past=False)
    except DateSentenceError as wrong:
        problems.append(Problem(field, str(wrong)))
        return None
