"""Each interval, count and age of the rules on earlier doses, at its boundary, as the programmes' files have it.

The expectation is worked out here from the files as they stand, without the loader and the rules of the program.
"""

import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from digmed_desktop import resources
from digmed_desktop.clinical.earlier_doses import Dose, NextDose, warnings
from digmed_desktop.reference.programmes import programme, programmes

Row = dict[str, Any]
NAMES = [one.id for one in programmes()]
MARK = "Not confirmed by a pharmacist."
BORN_BEFORE = 280  # days from the last period to the due date
AFTER = 28  # days after the due date that still count


def raw(name: str) -> Row:
    return tomllib.loads((resources.root() / f"programmes/{name}.toml").read_text(encoding="utf-8"))


def holds(row: Row, now: NextDose) -> bool:
    assert now.on is not None
    assert now.years is not None
    return (
        row["since"] <= now.on <= row.get("until", now.on)
        and now.reason in row.get("reasons", [now.reason])
        and now.reason not in row.get("not_reasons", [])
        and row.get("min_age", 0) <= now.years <= row.get("max_age", 999)
        and all(now.typed(question) in wanted for question, wanted in row.get("when", {}).items())
        and not any(now.typed(question) in spoils for question, spoils in row.get("unless", {}).items())
    )


def in_pregnancy(on: date, now: NextDose) -> bool:
    assert now.on is not None
    if now.due is None:
        return abs((now.on - on).days) < BORN_BEFORE
    begun = now.due - timedelta(days=BORN_BEFORE)
    return begun <= on < now.due + timedelta(days=AFTER)


def begins(row: Row, file: Row, doses: list[date], now: NextDose) -> str:
    """How the sentence of one rule begins; "" where it says nothing."""
    assert now.on is not None
    nearest = min(abs((now.on - one).days) for one in doses)
    if nearest < row.get("least_days", 0):
        return f"At least {row.get('least', '')}"
    start = file.get("season_start")
    if row.get("season") and start and any(0 <= (one - start).days < 365 for one in doses):
        return "This would be a second dose of the season"
    if row.get("pregnancy") and any(in_pregnancy(one, now) for one in doses):
        return "This would be a second dose in this pregnancy" if now.due else "This may be a second dose"
    if row.get("most") and len(doses) >= row["most"]:
        return "One dose is usual" if row["most"] == 1 else ("Two doses", "Three doses")[row["most"] - 2]
    return ""


def cases(file: Row, row: Row) -> Iterator[tuple[list[date], NextDose]]:
    """Doses and the next one, just before and at each boundary of a rule."""
    edge = row.get("least_days", 0)
    days = sorted({max(0, edge + more) for more in (-1, 0, 1)} | {1, 200, 280, 400, 5000})
    ages = {76, *(row[key] + more for key in ("min_age", "max_age") if key in row for more in (-1, 0, 1))}
    reasons = [one["id"] for one in file.get("eligibility", [])] + file.get("indications", [])
    some = {reasons[0], reasons[-1], *row.get("reasons", []), *row.get("not_reasons", [])}
    first = max(file.get("season_start", date.min), row["since"])
    for on in (first - timedelta(days=1), first, first + timedelta(days=60)):
        for gap in days:
            before = on - timedelta(days=gap)
            for years in ages:
                for reason in some:
                    for due in (None, on + timedelta(days=100), on - timedelta(days=27)):
                        for answers in answered(row):
                            now = NextDose(on, reason, years, due, answers.__getitem__)
                            for number in range(1, row.get("most", 1) + 1):
                                yield [before - timedelta(days=700 * n) for n in range(number)], now


def answered(row: Row) -> list[dict[str, str]]:
    """Answers to what a rule asks besides: none, and each one that it names, with the others as they raise it."""
    when, unless = row.get("when", {}), row.get("unless", {})
    raising = dict.fromkeys(unless, "") | {question: wanted[0] for question, wanted in when.items()}
    named = [(question, one) for asked in (when, unless) for question in asked for one in asked[question]]
    return [
        raising,
        *({**raising, question: one} for question, one in named),
        *({**raising, question: ""} for question in when),
    ]


@pytest.mark.parametrize("name", NAMES)
def test_each_rule_on_earlier_doses_says_at_its_boundary_what_its_file_says(name: str) -> None:
    file, loaded = raw(name), programme(name)
    rows = file.get("earlier_doses", [])
    assert len(rows) == len(loaded.earlier)
    for row, rule in zip(rows, loaded.earlier, strict=True):
        said_something = False
        for given, now in cases(file, row):
            doses = [Dose(one, "A vaccine") for one in given]
            said = [one.sentence for one in warnings([rule], loaded.season_start, {rule: doses}, now)]
            want = begins(row, file, given, now) if holds(row, now) else ""
            assert [one.startswith(want) for one in said] == ([True] if want else []), (row, given, now, said)
            assert all(one.endswith(MARK) == (row.get("confidence") == "general") for one in said)
            said_something |= bool(want)
        assert said_something, row
