"""The pharmacy's vaccines: a batch, until when it can be used, and what is wrong with one that is added."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from digmed_desktop.clinical import batch
from digmed_desktop.clinical.dates import ENGLAND, DateSentenceError, read_date, shown, shown_time
from digmed_desktop.clinical.problem import Problem, Severity, refusal, sourced
from digmed_desktop.clinical.record import Immunization

CODE_MEANS = "stock.code_means"
"""Whether the barcode of a batch that is added means its product from now on, where it meant another one."""


@dataclass(frozen=True, slots=True)
class BatchHold:
    """A hold on a batch, after a fault of the fridge for one: nothing of it is given from ``since`` on.

    One whose details cannot be read names nobody; it holds from the day on which the batch was added.
    """

    since: datetime
    by: str
    why: str

    @property
    def is_unreadable(self) -> bool:
        """Whether it is only known that there is one."""
        return not self.by

    @property
    def day(self) -> date:
        """The day in England on which it was placed."""
        return self.since.astimezone(ENGLAND).date()

    @property
    def source(self) -> str:
        """Who placed it, when and why."""
        if self.is_unreadable:
            return "a hold whose details cannot be read. Run Check everything under Settings"
        return f"the hold that {self.by} placed on {shown_time(self.since)}: {self.why}"


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
    held: BatchHold | None = None

    @property
    def last_day(self) -> date:
        """The last day on which it can be given."""
        return min(self.expiry, self.use_before) if self.use_before else self.expiry

    def offered(self, day: date) -> bool:
        """Whether it can be chosen for a vaccination on ``day``."""
        return self.usable(day) and (self.held is None or day < self.held.day)

    def usable(self, day: date) -> bool:
        """Whether it is neither finished nor past its date on ``day``, held or not."""
        return not self.finished and day <= self.last_day

    def why_not(self, day: date) -> str:
        """Return why it cannot be chosen on ``day``, or ``""``."""
        if self.finished:
            return "Used up"
        if day > self.expiry:
            return f"Expired on {shown(self.expiry)}"
        if self.use_before and day > self.use_before:
            return f"To be used by {shown(self.use_before)} after thawing"
        if self.held and day >= self.held.day:
            return "Held: cannot be read" if self.held.is_unreadable else f"Held since {shown(self.held.day)}"
        return ""


HELD = "This batch is held in this pharmacy: do not use it."
HELD_NUMBER = "A batch with this number is held in this pharmacy"
HELD_ALIKE = "The batch number is nearly that of a batch that is held in this pharmacy"
CHECK_PACK = "Check the product and the expiry date on the pack."
_ALIKE = str.maketrans("oil", "011")


def held(
    batches: Iterable[StockBatch],
    vaccine: Immunization,
    product: str,
    at: datetime,
    *,
    names: Callable[[StockBatch], str],
    done: bool,
) -> Iterator[Problem]:
    """Yield what the holds say against a dose; one from before the hold is recorded as any other.

    ``at`` is the moment of the act; ``names`` returns the name of a batch's product; ``done``: the dose was given
    all the same. The number decides: a slip in expiry date or product takes no batch out of its hold.
    """
    every = tuple(batches)
    number = vaccine.batch.strip().casefold()
    holds = [(one, one.held) for one in every if one.held and one.held.since <= at]
    same = [(one, hold) for one, hold in holds if number and one.number.casefold() == number]
    same.sort(key=lambda found: not _is_of(found[0], vaccine, product))
    for one, hold in same[:1]:
        which = f"{HELD_NUMBER}: {_named(one, names)}."
        if _is_another(every, vaccine, product, [of.product for of, _ in same]):
            yield _asks(f"{which} {CHECK_PACK}", vaccine, hold)
        else:
            stop = HELD if _is_of(one, vaccine, product) else f"{which} Do not use it. {CHECK_PACK}"
            yield refusal("vaccine.batch", stop, hold.source, done=done)
        return
    for one, hold in holds:
        if alike(one.number) == alike(number) != "":
            yield _asks(
                f"{HELD_ALIKE}: {_named(one, names)}. Compare every character with the pack.", vaccine, hold
            )
            return


def _is_of(one: StockBatch, vaccine: Immunization, product: str) -> bool:
    """Whether a batch of the same number agrees with all that is answered about the dose."""
    return product in ("", one.product) and vaccine.expiry in (None, one.expiry)


def _is_another(
    every: Iterable[StockBatch], vaccine: Immunization, product: str, held_products: list[str]
) -> bool:
    """Whether the stock has a batch of that number of another maker too, just as answered: two may share a number."""
    number = vaccine.batch.strip().casefold()
    return product not in ("", *held_products) and any(
        one.number.casefold() == number and one.product == product and one.expiry == vaccine.expiry
        for one in every
    )


def alike(number: str) -> str:
    """Return a batch number without what is easily misread: signs, capitals, O for 0, I or l for 1."""
    return "".join(sign for sign in number.casefold() if sign.isalnum()).translate(_ALIKE)


def _named(one: StockBatch, names: Callable[[StockBatch], str]) -> str:
    return f"{names(one)}, batch {one.number}, expiry {shown(one.expiry)}"


def _asks(sentence: str, vaccine: Immunization, hold: BatchHold) -> Problem:
    by = f"{vaccine.batch} {vaccine.expiry}"
    said = sourced(sentence, hold.source)
    return Problem("vaccine.batch", said, Severity.LOOK, needs_reason=True, raised_by=by)


def warnings(
    batches: Iterable[StockBatch], *, product: str, number: str, expiry: date | None, day: date
) -> Iterator[Problem]:
    """Yield what the stock says against a batch that is given on ``day``; capitals and small letters are the same.

    A batch that the stock does not hold is no warning: not all that is given here need stand in the list.
    """
    same = [one for one in batches if number and one.number.casefold() == number.strip().casefold()]
    mine = [one for one in same if one.product == product]
    if product and same and not mine:
        yield Problem(
            "vaccine.batch",
            "The stock has this batch number, but of another vaccine. Check product and batch on the pack.",
            Severity.LOOK,
            needs_reason=True,
            raised_by=f"{product} {number}",
        )
        return
    known = [one for one in mine or same if expiry is None or one.expiry == expiry]
    if mine and not known:
        when = " and ".join(dict.fromkeys(shown(one.expiry) for one in mine))
        yield Problem(
            "vaccine.expiry",
            f"In the stock this batch expires on {when}. Check the expiry date on the pack.",
            Severity.LOOK,
            needs_reason=True,
            raised_by=str(expiry),
        )
        known = mine
    if not known or any(one.usable(day) for one in known):
        return
    one = max(known, key=lambda batch: batch.last_day)
    if day <= one.last_day:
        sentence = "The stock list says that this batch is used up. Check the number on the pack."
    elif day > one.expiry:
        sentence = f"The stock says that this batch expired on {shown(one.expiry)}: do not use it."
    else:
        sentence = (
            f"The stock says that this batch was to be used by {shown(one.last_day)} after thawing: "
            "do not use it."
        )
    yield Problem("vaccine.batch", sentence, Severity.LOOK, needs_reason=True, raised_by=number)


def other_programme(product: str, of: str, form: str) -> str:
    """Return what is said of a scanned pack that the form is not for: all three by their names."""
    return (
        f"Scanned: {product}, a vaccine of {of}. This form is for {form}, so nothing was filled in. "
        f"Scan a pack for {form}; or, if it is {of} that you give, choose {of} under Vaccination (Alt+2) "
        "and scan again."
    )


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
