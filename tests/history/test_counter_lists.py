"""Patients, stock and the list of practices in the encrypted store."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from digmed_desktop.clinical.practices import ListedPractice
from digmed_desktop.clinical.record import Address, Organisation
from digmed_desktop.clinical.stock import StockBatch
from digmed_desktop.history import gp_practices
from digmed_desktop.history.store import Store
from digmed_desktop.messaging.errors import DigMedError
from tests.clinical.examples import FLU
from tests.history.samples import MovedClock

ROSE = {"patient.family": "O'Fennimore", "patient.postcode": "ZZ99 3WZ"}


def remember(store: Store, **changed: object) -> int:
    known = {
        "family": "O'Fennimore", "given": "Wilhelmina", "nhs_number": "9991234553",
        "born": date(1947, 3, 29), "answers": ROSE,
    }  # fmt: skip
    return store.patients.remember(**{**known, **changed})  # type: ignore[arg-type]


def test_a_patient_is_one_by_nhs_number_and_takes_the_details_given_last(store: Store) -> None:
    first = remember(store)
    assert remember(store, family="Fennimore", answers={"patient.city": "Testham"}) == first
    (found,) = store.patients.of_number("999123", 5)
    assert (found.family, found.answers) == ("Fennimore", {"patient.city": "Testham"})


def test_without_a_number_name_and_birth_decide_and_a_number_found_later_joins(store: Store) -> None:
    first = remember(store, nhs_number="")
    assert remember(store, nhs_number="", born=date(1947, 3, 30)) != first
    assert remember(store, nhs_number="", given="WILHELMINA") == first
    assert remember(store) == first
    assert remember(store, nhs_number="9991234561") != first  # the same name and birth, another number


def test_a_batch_is_never_deleted_and_one_that_comes_again_is_open_again(
    store: Store, clock: MovedClock
) -> None:
    batch = StockBatch(FLU.id, "ativ", "AB12", date(2027, 4, 30))
    kept, new = store.stock.add(batch, None)
    assert new
    again, new = store.stock.add(batch, None)
    assert (again.id, new) == (kept.id, False)
    store.stock.finish(kept.id, finished=True)
    assert [one.offered(date(2026, 11, 1)) for one in store.stock.all()] == [False]
    back, new = store.stock.add(batch, None)
    assert (back.id, new, back.finished) == (kept.id, True, False)


def test_after_thawing_a_batch_is_offered_until_its_earlier_day() -> None:
    batch = StockBatch("covid-19", "mrna", "AB12", date(2027, 4, 30), date(2026, 11, 10))
    assert batch.offered(date(2026, 11, 10))
    assert not batch.offered(date(2026, 11, 11))
    assert "10 Nov 2026 after thawing" in batch.why_not(date(2026, 11, 11))
    assert "Expired" in batch.why_not(date(2027, 5, 1))


def practice(
    code: str, name: str, city: str = "Leeds", post: str = "LS1 4AP", **more: object
) -> ListedPractice:
    return ListedPractice(
        Organisation(name, code, Address(("1 High Street",), city, post)),
        **more,  # type: ignore[arg-type]
    )


@pytest.fixture
def listed(store: Store) -> Store:
    store.gp_practices.replace(
        [
            practice("A81001", "Overtown Surgery"),
            practice("A81002", "Overtown Medical Centre", open=False, closed_on=date(2025, 3, 31)),
            practice("B82003", "The Overtown Practice", "Bradford", "BD1 1AA"),
            practice("B82004", "St Anne's Practice", "Bradford", "BD1 1AB"),
        ]
    )
    return store


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("over", ["A81001", "B82003", "A81002"]),
        ("OVERTOWN brad", ["B82003"]),
        ("a8100", ["A81001", "A81002"]),
        ("bd1 1ab", ["B82004"]),
        ("BD11", ["B82004", "B82003"]),
        ("st annes", ["B82004"]),
        ("nowhere", []),
        ("   ", []),
        ("%", []),
    ],
)
def test_practices_are_found_by_the_beginnings_of_words_codes_and_postcodes(
    listed: Store, typed: str, codes: list[str]
) -> None:
    assert [one.organisation.ods_code for one in listed.gp_practices.search(typed, 10)] == codes


def test_a_closed_practice_says_who_took_over_and_that_outlives_the_next_import(listed: Store) -> None:
    closed = listed.gp_practices.of_code("A81002")
    assert closed is not None
    assert "closed on 31 Mar 2025" in (closed.refusal(date(2026, 1, 1)) or "")
    listed.gp_practices.learn_successor("A81002", "A81001")
    listed.gp_practices.replace(
        [practice("A81002", "Overtown Medical Centre", open=False, closed_on=date(2025, 3, 31))]
    )
    again = listed.gp_practices.of_code("A81002")
    assert again is not None
    assert "Overtown Surgery (A81001) took over" in (
        again.refusal(date(2026, 1, 1), "Overtown Surgery") or ""
    )


def test_a_list_that_breaks_off_leaves_the_old_one(listed: Store) -> None:
    def broken() -> object:
        yield practice("C83001", "Another Surgery")
        raise DigMedError("Line 2 is short.", "")

    with pytest.raises(DigMedError):
        listed.gp_practices.replace(broken())  # type: ignore[arg-type]
    assert listed.gp_practices.count() == 4


def words_kept(store: Store) -> int:
    with store.profile._database.reading() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM gp_practice_word").scalar_one())


def test_an_import_killed_between_its_pieces_leaves_the_old_list_and_no_rest(
    listed: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = words_kept(listed)
    new = [practice("C83001", "Overtown New Surgery"), practice("C83002", "Another Surgery")]
    monkeypatch.setattr(gp_practices, "_AT_ONCE_WORDS", 2)
    with monkeypatch.context() as patch:
        patch.setattr(gp_practices, "_PRACTICE", "no SQL")
        with pytest.raises(sa.exc.DBAPIError):
            listed.gp_practices.replace(new)
    assert words_kept(listed) > before
    codes = [one.organisation.ods_code for one in listed.gp_practices.search("over", 10)]
    assert codes == ["A81001", "B82003", "A81002"]
    listed.gp_practices.replace(new)
    assert [one.organisation.ods_code for one in listed.gp_practices.search("over", 10)] == ["C83001"]
    assert words_kept(listed) == len({"overtown", "new", "surgery", "leeds", "c83001", "ls14ap"}) + len(
        {"another", "surgery", "leeds", "c83002", "ls14ap"}
    )


def test_somebody_records_something_between_the_pieces_of_an_import(
    listed: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gp_practices, "_AT_ONCE_WORDS", 1)
    recorded: list[int] = []

    def read() -> Iterator[ListedPractice]:
        for n in range(3):
            recorded.append(remember(listed, nhs_number="", given=f"Rose {n}"))  # no transaction holds it up
            yield practice(f"C8300{n}", "Another Surgery")

    assert listed.gp_practices.replace(read()) == 3
    assert len(recorded) == 3


def test_none_of_it_is_on_the_disk_in_clear(
    store: Store, database: Path, patient_strings: tuple[str, ...]
) -> None:
    remember(store)
    raw = b"".join(file.read_bytes() for file in database.parent.iterdir())
    assert not any(text.encode() in raw for text in patient_strings)


def test_a_record_without_a_number_completes_and_empties_nothing(store: Store) -> None:
    born = date(1971, 3, 12)
    known = {"patient.telephone": "01632 960001", "patient.postcode": "LS1 4AP", "patient.city": "Leeds"}
    first = store.patients.remember(
        family="Khan", given="Ann", nhs_number="9990000018", born=born, answers=known
    )
    moved = {"patient.postcode": "YO1 1AA"}
    assert (
        store.patients.remember(family="Khan", given="Ann", nhs_number="", born=born, answers=moved) == first
    )
    (ann,) = store.patients.of_number("9990000018", 2)
    assert ann.answers == {"patient.telephone": "01632 960001", "patient.postcode": "YO1 1AA"}


def test_two_of_one_name_are_two_where_nothing_says_that_they_are_one(store: Store) -> None:
    for postcode in ("AA1 1AA", "BB1 1BB"):
        store.patients.remember(
            family="Khan", given="Ann", nhs_number="", born=None, answers={"patient.postcode": postcode}
        )
    born = date(1971, 3, 12)
    for number in ("9990000018", "9994000047"):
        store.patients.remember(family="Roe", given="Jo", nhs_number=number, born=born, answers={})
    store.patients.remember(family="Roe", given="Jo", nhs_number="", born=born, answers={})
    assert len(store.patients.names()) == 5
