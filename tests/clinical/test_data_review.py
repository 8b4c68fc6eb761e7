"""Every file of rules says when it was checked; once its day has passed, the banner and the help say so."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from digmed_desktop.clinical import data_review, rule_tables
from digmed_desktop.clinical.dates import shown
from digmed_desktop.data_files.reviewed import ReviewedFile
from digmed_desktop.data_files.source import OWN
from digmed_desktop.desk.files import data_check
from tests.data_files.changed import changed, faults_of, named, without

DAY = timedelta(days=1)
AGEING = [
    (kind, name)
    for kind in data_check.kinds()
    if issubclass(kind.model, ReviewedFile)
    for name in kind.names(OWN)
]


def test_every_programme_and_every_file_of_rules_and_law_names_its_days() -> None:
    must = {
        name
        for folder in ("programmes", "rules", "law", "applicability", "retention", "incidents")
        for name in OWN.names(folder)
    }
    assert must <= {name for _kind, name in AGEING}
    assert {one.name for one in data_review.reviews()} == {name for _kind, name in AGEING}


def test_the_banner_is_silent_on_the_last_day_and_speaks_on_the_next() -> None:
    first = data_review.reviews()[0]
    assert data_review.notices(first.look_again_by) == ()
    (said,) = data_review.notices(first.look_again_by + DAY)
    assert first.title in said
    assert shown(first.look_again_by) in said
    (later,) = data_review.notices(date(2049, 12, 31))
    assert f"nor {len(AGEING) - 1} more" in later


def test_the_help_lists_every_file_and_marks_those_past_their_day() -> None:
    every = data_review.reviews()
    day = every[0].look_again_by
    page = rule_tables.text(data_review.TOPIC, day + DAY)
    for one in every:
        (line,) = (line for line in page.splitlines() if f"({one.name})" in line)
        assert one.checked_by in line
        assert ("This day has passed" in line) == (one.look_again_by <= day)
    assert "This day has passed" not in rule_tables.text(data_review.TOPIC, day)


@pytest.mark.parametrize("key", ["checked_on", "checked_by", "look_again_by"])
def test_a_file_without_one_of_the_keys_or_with_days_out_of_order_has_a_fault(
    key: str, tmp_path: Path
) -> None:
    for kind, name in AGEING[:: max(1, len(AGEING) // 6)]:
        raw = OWN.raw(name)
        assert named(faults_of(tmp_path, kind, name, without(raw, (key,))), name, key)
        for wrong in (raw["checked_on"], raw["checked_on"] + timedelta(days=733)):
            bad = changed(raw, ("look_again_by",), wrong)
            assert named(faults_of(tmp_path, kind, name, bad), name, "look_again_by")
