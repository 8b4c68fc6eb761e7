"""Two people at one computer: each one's draft stays apart, and one finishes what the other began, through the window."""

import shutil
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from digmed_desktop.desk.gate import acting
from digmed_desktop.desk.views.general import FormLists
from digmed_desktop.history.tables import payload
from digmed_desktop.ui.pages.drafts import DraftsPage
from digmed_desktop.ui.sign_in_flow import SignInFlow
from tests.clinical.examples import complete_answers
from tests.ui.conftest import FIRST_RUN, Bench, FixedClock, open_desk_in

AMIRA, SUNITA = "507182", "614283"


@pytest.fixture
def two_people(tmp_path: Path, after_first_run: Path) -> None:
    """A pharmacy with two pharmacists."""
    folder = tmp_path / "data"
    shutil.copytree(after_first_run, folder)
    desk = open_desk_in(folder, FixedClock())
    person = {**FIRST_RUN, "person.given": "Sunita", "person.family": "Rao", "person.registration": "2071235"}
    with acting(1):
        assert desk.people.add({**person, "person.pin": SUNITA, "person.pin_again": SUNITA}) == ()
    desk.close()


@pytest.fixture
def shared(two_people: None, open_bench: Callable[..., Bench]) -> Bench:
    """A window that waits for a PIN."""
    return open_bench()


def choose(bench: Bench, name: str) -> None:
    """Press the digit on a person's tile, and Enter."""
    people = bench.window.sign_in._people
    bench.keys(str(1 + next(n for n, one in enumerate(people) if name in one.label)))
    bench.key(Qt.Key.Key_Return)


def sign_in(bench: Bench, name: str, pin: str) -> None:
    bench.until(bench.window.sign_in.isVisible)
    if bench.focused().accessibleName() == "PIN":  # whoever locked is still named
        bench.key(Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    choose(bench, name)
    bench.until(lambda: bench.focused().accessibleName() == "PIN", timeout=30_000)
    bench.keys(pin)
    bench.key(Qt.Key.Key_Return)
    bench.until(lambda: bench.window.context.acting.person is not None, timeout=30_000)
    assert name in bench.window.who.text()
    bench.idle()


def begin(bench: Bench, family: str) -> None:
    """Type a last name a minute later, and wait until it is kept."""
    bench.clock.moment += timedelta(minutes=1)
    bench.form.focus_field("patient.family")
    bench.keys(family)
    bench.form.save_draft()
    bench.idle()


def lock(bench: Bench) -> None:
    bench.key(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    bench.until(bench.window.sign_in.isVisible)


def drafts(bench: Bench) -> DraftsPage:
    bench.key(Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    page = bench.window.page("drafts")
    assert isinstance(page, DraftsPage)
    bench.until(page.isVisible)
    bench.idle()
    return page


def texts(page: DraftsPage) -> list[str]:
    return [label.text() for label in page._holder.findChildren(QLabel) if label.isVisible()]


def test_drafts_of_two_people_stay_apart_and_one_finishes_the_others(shared: Bench) -> None:
    bench = shared
    sign_in(bench, "Amira", AMIRA)
    bench.key(Qt.Key.Key_F2)
    bench.until(lambda: bench.window.vaccinate is not None and bench.form.isVisible())
    begin(bench, "Vance")
    amiras = bench.form.draft_id
    lock(bench)
    assert not bench.form.isVisible()

    sign_in(bench, "Sunita", SUNITA)
    bench.until(bench.form.isVisible)
    assert bench.form.form.answers()["patient.family"] == "Vance"  # as it was left
    bench.key(Qt.Key.Key_F9)
    bench.until(lambda: bench.form.draft_id != amiras)
    assert bench.form.form.answers()["session.vaccinator"] == "2"  # she acts now, for the next patient
    assert "session.vaccinator" not in bench.form.carried
    begin(bench, "Marsh")
    page = drafts(bench)
    assert [one.accessibleName() for one in page.going_on] == ["Continue with MARSH", "Continue with VANCE"]
    shown = texts(page)
    assert any(text.startswith("Sunita Rao, ") for text in shown), shown
    assert any(text.startswith("Amira Khan, ") for text in shown), shown

    page.going_on[1].setFocus()
    bench.key(Qt.Key.Key_Return)
    bench.until(lambda: bench.form.isVisible() and bench.form.draft_id == amiras)
    assert bench.form.form.answers()["patient.family"] == "Vance"
    bench.form.fill({**complete_answers(), "patient.family": "Vance", "session.vaccinator": "1"})
    bench.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    bench.until(bench.window.check.isVisible)
    confirming = bench.window.check.confirming
    assert confirming is not None
    assert bench.window.check.to_confirm == 1  # that Amira is the vaccinator is not taken unseen
    assert "Confirm Vaccinator: Amira Khan · Pharmacist" in [
        one.accessibleName() for one in confirming._waiting
    ]
    bench.key(Qt.Key.Key_Return)
    bench.key(Qt.Key.Key_F12)
    bench.open_sent()

    (row,) = bench.rows()
    assert row.patient_name == "VANCE, Rose"
    records: list[str] = []

    def read(desk: object) -> str:
        with desk._store.patients._database.reading() as connection:  # type: ignore[attr-defined]
            query = payload.select().where(payload.c.notification_id == row.id)
            return str(connection.execute(query).one().record_json)

    bench.office.ask(read, records.append)
    bench.until(lambda: bool(records))
    assert "Begun by Amira Khan, finished by Sunita Rao." in records[0]
    page = drafts(bench)
    assert [one.accessibleName() for one in page.going_on] == ["Continue with MARSH"]  # hers is as it was


def test_a_form_in_view_that_a_colleague_unlocks_names_both(shared: Bench) -> None:
    bench = shared
    sign_in(bench, "Amira", AMIRA)
    bench.key(Qt.Key.Key_F2)
    bench.until(lambda: bench.window.vaccinate is not None and bench.form.isVisible())
    begin(bench, "Vance")
    lock(bench)
    sign_in(bench, "Amira", AMIRA)
    bench.until(bench.form.isVisible)
    assert "session.vaccinator" not in bench.form.carried
    lock(bench)
    sign_in(bench, "Sunita", SUNITA)
    bench.until(bench.form.isVisible)
    assert bench.form.form.answers()["session.vaccinator"] == "1"
    assert "session.vaccinator" in bench.form.carried
    begin(bench, "-Hart")
    shown = texts(drafts(bench))
    assert any(text.startswith("Amira Khan, then Sunita Rao, ") for text in shown), shown


def test_whoever_goes_to_a_page_right_after_the_pin_stays_there(
    shared: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = shared
    gate, have_forms = threading.Event(), SignInFlow._have_forms

    def with_slow_records(self: SignInFlow, lists: dict[str, FormLists]) -> None:
        bench.office.ask(lambda _desk: gate.wait(30), lambda _none: None)
        have_forms(self, lists)

    monkeypatch.setattr(SignInFlow, "_have_forms", with_slow_records)
    bench.until(bench.window.sign_in.isVisible)
    choose(bench, "Amira")
    bench.until(lambda: bench.focused().accessibleName() == "PIN")
    bench.keys(AMIRA)
    bench.key(Qt.Key.Key_Return)
    bench.until(lambda: "vaccination" in bench.window.context.lists)
    bench.key(Qt.Key.Key_F2)
    bench.until(bench.form.isVisible)
    gate.set()
    bench.idle()
    bench.idle()
    assert bench.form.isVisible()
