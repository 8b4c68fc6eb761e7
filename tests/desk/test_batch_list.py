"""Who was given a batch: every dose that counts, nothing that does not, and no record passed over in silence."""

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from digmed_desktop.desk.records.batch_list import NOT_IN_FORCE, UNREADABLE
from digmed_desktop.desk.views.batches import BatchDose, BatchList
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.paper.document import Listing
from tests.desk.conftest import Counter
from tests.desk.test_every_kind_of_row import NOT_GIVEN, corrected, of


def given(counter: Counter, number: str) -> list[str]:
    return [one.nhs_number for one in counter.desk.batch_list.of(number).given]


def others(counter: Counter, number: str) -> dict[int, str]:
    return {one.notification: one.why_not for one in counter.desk.batch_list.of(number).others}


def test_a_dose_counts_for_its_batch_whatever_its_letters_and_for_no_other(counter: Counter) -> None:
    counter.record(**of(0, vaccine__batch="AB-1"))
    counter.record(**of(1, vaccine__batch="ab-1"))
    counter.record(**of(2, vaccine__batch="AB-10"))
    found = counter.desk.batch_list.of(" Ab-1 ")
    assert [one.nhs_number for one in found.given] == ["9990000018", "9990123020"]
    assert (found.patients, found.others, found.alike) == (2, (), ())
    assert found.sentence == "2 people were given batch Ab-1: 2 doses."
    for one in found.given:
        assert one.patient not in repr(one)
    assert counter.desk.batch_list.of("ZZ-9").sentence.startswith("No record here")
    with pytest.raises(DigMedError, match="Enter the batch"):
        counter.desk.batch_list.of(" ")


def test_a_correction_moves_the_patient_to_the_batch_that_is_right(counter: Counter) -> None:
    made = counter.record(**of(0, vaccine__batch="AB-1"))
    counter.post(made)
    counter.answer(made)
    corrected(counter, made, vaccine__batch="CD-2")
    assert given(counter, "AB-1") == []
    assert others(counter, "AB-1")[made].startswith(NOT_IN_FORCE)
    assert given(counter, "CD-2") == ["9990123020"]
    assert others(counter, "CD-2") == {}


def test_a_correction_of_something_else_counts_the_patient_once(counter: Counter) -> None:
    made = counter.record(**of(0, vaccine__batch="AB-1"))
    counter.post(made)
    counter.answer(made)
    corrected(counter, made, after__advice="Sit for five minutes.")
    found = counter.desk.batch_list.of("AB-1")
    assert (len(found.given), found.patients) == (1, 1)
    assert found.given[0].notification != made


def test_what_was_withdrawn_or_not_given_does_not_count_and_is_said(counter: Counter) -> None:
    made = counter.record(**of(0, vaccine__batch="AB-1"))
    counter.post(made)
    counter.answer(made)
    taken_back = counter.desk.acts.withdraw(made, counter.ada, "Never given.")
    counter.record(**of(1, **NOT_GIVEN))
    assert given(counter, "AB-1") == []
    assert set(others(counter, "AB-1")) == {made, taken_back}
    assert "2 more records name it" in counter.desk.batch_list.of("AB-1").sentence


def test_a_record_that_cannot_be_read_is_listed_and_a_number_nearly_the_same_is_named(
    counter: Counter,
) -> None:
    made = counter.record(**of(0, vaccine__batch="COLD-1"))
    counter.record(**of(1, vaccine__batch="C0LD1"))
    database: Any = counter.store._database
    with database.writing() as connection:
        connection.exec_driver_sql("DROP TRIGGER payload_refuses_update")
        connection.exec_driver_sql(
            "UPDATE payload SET record_json = 'no record' WHERE notification_id = ?", (made,)
        )
    found = counter.desk.batch_list.of("COLD-1")
    assert [(one.notification, one.why_not) for one in found.others] == [(made, UNREADABLE)]
    assert found.alike == ("C0LD1",)
    assert "C0LD1" in found.sentence


def test_paper_and_file_hold_the_same_people_and_each_is_in_the_audit(
    counter: Counter, tmp_path: Path
) -> None:
    counter.record(**of(0, vaccine__batch="AB-1"))
    made = counter.record(**of(1, vaccine__batch="AB-1"))
    counter.post(made)
    counter.answer(made)
    counter.desk.acts.withdraw(made, counter.ada, "Never given.")
    found = counter.desk.batch_list.of("AB-1")
    paper = counter.desk.batch_list.paper("AB-1")
    listed, not_listed = (block for block in paper.blocks if isinstance(block, Listing))
    assert listed.rows == tuple(one.cells for one in found.given)
    assert len(not_listed.rows) == len(found.others) == 2
    assert "Family" not in paper.title + paper.running
    target = tmp_path / "list.csv"
    assert counter.desk.batch_list.csv("AB-1", target) == 1
    rows = list(csv.reader(io.StringIO(target.read_text(encoding="utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == [one.patient for one in (*found.given, *found.others)]
    assert [bool(row[-1]) for row in rows[1:]] == [False, True, True]
    noted = [(row.act, row.note) for row in counter.store.audit.rows() if row.source == "audit"]
    assert ("listed-batch", "AB-1") in noted
    assert any(act == "exported" and "batch AB-1" in note for act, note in noted)


def test_the_people_of_a_list_are_counted_by_number_else_by_name_and_birth() -> None:
    def dose(name: str, born: date | None, number: str) -> BatchDose:
        return BatchDose(1, name, born, number, "", None, "", "", "")

    day = date(1950, 5, 5)
    same = (dose("A", day, "9990000018"), dose("a", None, "9990000018"))
    assert BatchList("B", same).patients == 1
    assert BatchList("B", (dose("A", day, ""), dose("A", date(1951, 5, 5), ""))).patients == 2
