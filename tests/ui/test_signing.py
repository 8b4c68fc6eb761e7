"""Signed by who did it, through the window: a scribe, a paper clinic, and a vaccinator who is away."""

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.desk.desk import Desk
from digmed_desktop.desk.gate import acting
from digmed_desktop.desk.views.general import Sent
from digmed_desktop.messaging.duty import Duty
from digmed_desktop.messaging.states import State
from digmed_desktop.messaging.story import NotificationRow
from digmed_desktop.ui.pages.check import TO_SIGN
from digmed_desktop.ui.pages.signing import SigningPage
from digmed_desktop.ui.pages.supply import SupplyPage
from digmed_desktop.ui.pages.today import TodayPage
from tests.clinical.examples import complete_answers
from tests.ui.conftest import FIRST_RUN, NOW, Bench, FixedClock, open_desk_in

AMIRA, BEN, LENA = "507182", "614283", "908172"
PEOPLE = (
    {"person.given": "Ben", "person.family": "Carter", "person.registration": "2071235", "person.pin": BEN},
    {
        "person.given": "Lena",
        "person.family": "Vale",
        "person.role": "healthcare-assistant",
        "person.regulator": "none",
        "person.registration": "",
        "person.pin": LENA,
    },
)
CTRL = Qt.KeyboardModifier.ControlModifier
SHOTS = os.environ.get("DIGMED_SHOTS", "")


@pytest.fixture(scope="session")
def three_people(tmp_path_factory: pytest.TempPathFactory, after_first_run: Path) -> Path:
    """A pharmacy with Amira (1) and Ben (2), who are pharmacists, and Lena (3), an assistant."""
    folder = tmp_path_factory.mktemp("three") / "data"
    shutil.copytree(after_first_run, folder)
    desk = open_desk_in(folder, FixedClock())
    with acting(1):
        for person in PEOPLE:
            assert desk.people.add({**FIRST_RUN, **person, "person.pin_again": person["person.pin"]}) == ()
    desk.close()
    return folder


@pytest.fixture
def clinic(tmp_path: Path, three_people: Path, open_bench: Callable[..., Bench]) -> Bench:
    """A window that waits for a PIN."""
    shutil.copytree(three_people, tmp_path / "data")
    return open_bench()


def banner(bench: Bench) -> str:
    shown = bench.window.banner
    return shown.notice.body.text() if shown.isVisible() else ""


def shot(bench: Bench, name: str) -> None:
    if SHOTS:
        bench.idle()
        QApplication.processEvents()
        bench.window.grab().save(f"{SHOTS}/{name}.png")


def sign_in(bench: Bench, name: str) -> None:
    """Let somebody in at the gate; signing in by keys is tested elsewhere."""
    people = {one.professional.name.given: one for one in bench.window.context.people}
    if bench.window.context.acting.person is not None:
        bench.key(Qt.Key.Key_L, CTRL)
        bench.until(bench.window.sign_in.isVisible)
    bench.window.signing_in.let_in(people[name])
    bench.until(lambda: bench.window.pages.currentWidget() in bench.window._made.values())
    bench.idle()


def page(bench: Bench) -> SigningPage:
    """Open To sign with its key."""
    bench.key(Qt.Key.Key_T, CTRL)
    found = bench.window.page("sign")
    assert isinstance(found, SigningPage)
    bench.until(found.isVisible)
    bench.idle()
    bench.idle()  # the record that is read comes after the list
    return found


def type_up(bench: Bench, given: str, **changes: str) -> None:
    """Record what Ben gave, over the check page."""
    bench.window.go("vaccinate")
    bench.idle()
    bench.form.fill({**complete_answers(), "patient.given": given, "session.vaccinator": "2", **changes})
    bench.key(Qt.Key.Key_Return, CTRL)
    check = bench.window.check
    bench.until(check.isVisible)
    while check.confirming is not None and check.to_confirm:
        check.confirming.focus()
        bench.key(Qt.Key.Key_Return)
    for editor in check.open_warnings():
        editor.set_answer("Checked with the patient")
        editor.edited.emit()
    bench.until(check.send_button.isEnabled)
    shot(bench, f"check-{given}")
    before = len(bench.rows())
    bench.key(Qt.Key.Key_F12)
    bench.until(lambda: len(bench.rows()) > before)
    bench.idle()


def record(bench: Bench, given: str, **changes: str) -> None:
    """Have Lena's record stored as the check page would; the window types the first of each clinic."""
    state = FormState(complete_answers(**{"patient.given": given, "session.vaccinator": "2", **changes}))
    sent: list[Sent] = []

    def send(desk: Desk) -> Sent:
        warnings = (p for p in desk.preview("vaccination", state).problems if p.needs_reason)
        reasons = {warning.reason_key: "It is a test" for warning in warnings}
        return desk.send("vaccination", given, replace(state, reasons=reasons), 3)

    bench.office.ask(send, sent.append)
    bench.until(lambda: bool(sent))
    assert sent[0].notification is not None, sent[0].problems
    bench.office.deliver_now()
    bench.idle()


def states(bench: Bench) -> dict[str, State]:
    """Return the state of each record in force, by first name."""
    aside = (State.REPLACED, State.CANCELLED)
    return {
        row.patient_name.split(", ")[1].split(" ")[0]: row.state
        for row in bench.rows()
        if row.state not in aside
    }


def late(bench: Bench) -> list[NotificationRow]:
    """Return what is late at the end of the day by which the practices must know."""
    return [
        row
        for row in bench.rows()
        if Duty().lateness(row.state, row.duty_from, bench.clock.now()).value == "overdue"
    ]


def sign(bench: Bench, pin: str) -> None:
    found = page(bench)
    found.pin.focus()
    bench.keys(pin)
    bench.key(Qt.Key.Key_Return)
    bench.idle()
    bench.idle()


def test_the_page_of_an_unsigned_record_leads_to_the_signature(clinic: Bench) -> None:
    bench = clinic
    sign_in(bench, "Lena")
    record(bench, "Rose")
    story = bench.window.story
    bench.window.open_story(bench.rows()[0].id)
    bench.until(lambda: bool(story.offers) and story.isVisible())
    bench.idle()
    story.refresh()
    for hours in (0, 30):  # on the day of the contact, and when it is late
        bench.clock.moment = NOW + timedelta(hours=hours)
        story.refresh()
        bench.idle()
        bench.idle()
        assert story.steps.first() is story.sign_button
        assert story.sign_button.property("kind") == "primary"
        assert story.paper_button.text() == "Paper copy", "nothing of it goes to the practice yet"
        assert story.paper_button.property("kind") != "primary"
    story.sign_button.click()
    bench.until(bench.window.page("sign").isVisible)
    bench.idle()
    bench.idle()


def test_a_scribe_records_and_the_vaccinator_signs_all_with_one_pin(clinic: Bench) -> None:
    bench = clinic
    sign_in(bench, "Lena")
    type_up(bench, "Rose")
    assert bench.window.check.send_button.text() == TO_SIGN[0]
    assert "Ben Carter" in bench.window.toast.body.text()
    record(bench, "Violet", **{"patient.nhs_number": "999 000 0018"})
    assert states(bench) == {"Rose": State.TO_SIGN, "Violet": State.TO_SIGN}
    bench.until(lambda: "2 records wait for the signature of Ben Carter" in banner(bench))
    bench.window.go("today")
    today = bench.window.page("today")
    assert isinstance(today, TodayPage)
    bench.until(lambda: today.sign_tile.text().startswith("2 "))
    shot(bench, "today")

    found = page(bench)
    assert found.list.count() == 2
    assert "Rose" in found.record.toPlainText()  # the whole record, as the practice reads it
    bench.key(Qt.Key.Key_Down)
    bench.idle()
    assert "Violet" in found.record.toPlainText()
    assert "2 of 2 opened" in found.progress.text()
    shot(bench, "to-sign")
    sign(bench, LENA)  # her own PIN signs nothing of Ben's
    assert found.pin_field.sentence
    assert found.pin.answer() == ""
    assert set(states(bench).values()) == {State.TO_SIGN}
    sign(bench, BEN)
    assert set(states(bench).values()) == {State.WAITING}
    assert "2 records signed by Ben Carter" in found.said.body.text()
    shot(bench, "signed")
    bench.until(lambda: "signature" not in banner(bench))
    bench.clock.moment = Duty().over_at(bench.rows()[0].contact_at)
    assert [row.by for row in bench.rows()] == ["Ben Carter", "Ben Carter"]


def test_a_paper_clinic_typed_up_the_next_day_is_in_time_and_only_the_vaccinator_signs(clinic: Bench) -> None:
    bench = clinic
    bench.clock.moment = datetime(
        2026, 10, 15, 8, 30, tzinfo=UTC
    )  # the clinic was on Wednesday, this is Thursday
    care = {"contact.date": "14/10/2026", "contact.time": "10:40"}
    sign_in(bench, "Lena")
    type_up(bench, "Rose", **care)
    record(bench, "Violet", **care, **{"patient.nhs_number": "999 000 0018"})
    record(bench, "Iris", **care, **{"patient.nhs_number": "999 000 0026"})
    bench.until(lambda: "3 must reach the practice by the end of today" in banner(bench))
    found = page(bench)
    assert found.list.item(0).text().count("DUE TODAY") == 1

    sign_in(bench, "Ben")
    found = page(bench)
    assert "Rose" in found.record.toPlainText()
    found.correct.click()  # the batch on the paper is another
    bench.keys("The batch was typed wrongly.")
    bench.key(Qt.Key.Key_Return, CTRL)
    bench.until(bench.form.isVisible)
    assert bench.form.corrects
    bench.form.fill({"vaccine.batch": "CD-5678"})
    bench.key(Qt.Key.Key_Return, CTRL)
    check = bench.window.check
    bench.until(check.isVisible)
    assert check.send_button.text() == "Send"  # it is his own: pressing Send signs it
    for editor in check.open_warnings():
        editor.set_answer("Checked with the paper")
        editor.edited.emit()
    bench.until(check.send_button.isEnabled)
    bench.key(Qt.Key.Key_F12)
    bench.until(lambda: states(bench)["Rose"] is State.WAITING)

    found = page(bench)
    bench.key(Qt.Key.Key_Down)
    bench.idle()
    assert "Iris" in found.record.toPlainText()
    found.pin.focus()
    bench.keys(BEN)
    found.refuse.click()
    shot(bench, "refuse")
    bench.keys("Amira gave this one.")
    bench.key(Qt.Key.Key_Return, CTRL)
    bench.until(lambda: states(bench)["Iris"] is State.NOT_THEIRS)
    bench.idle()
    shot(bench, "refused")
    sign(bench, BEN)  # all that he did not refuse
    assert states(bench) == {"Rose": State.WAITING, "Violet": State.WAITING, "Iris": State.NOT_THEIRS}

    sign_in(bench, "Lena")  # who typed it is asked
    bench.window.go("today")
    today = bench.window.page("today")
    assert isinstance(today, TodayPage)
    bench.until(lambda: today.needing_tile.text().startswith("1 "))
    shot(bench, "today-refused")
    found = page(bench)
    assert "Refused: Amira gave this one." in found.list.item(0).text()
    found.correct.click()
    bench.keys("Amira gave it.")
    bench.key(Qt.Key.Key_Return, CTRL)
    bench.until(bench.form.isVisible)
    bench.form.fill({"session.vaccinator": "1"})
    bench.key(Qt.Key.Key_Return, CTRL)
    bench.until(check.isVisible)
    for editor in check.open_warnings():
        editor.set_answer("Checked with the paper")
        editor.edited.emit()
    bench.until(check.send_button.isEnabled)
    bench.key(Qt.Key.Key_F12)
    bench.until(lambda: states(bench)["Iris"] is State.TO_SIGN)
    sign(bench, BEN)
    assert states(bench)["Iris"] is State.TO_SIGN  # it is not his any more
    sign(bench, AMIRA)
    assert set(states(bench).values()) == {State.WAITING}
    signers = {row.patient_name: row.by for row in bench.rows() if row.state is State.WAITING}
    assert signers["O'NEILL, Iris"] == "Amira Khan"
    assert late(bench) == []


def test_an_absent_vaccinators_records_go_on_behalf_at_noon_and_not_before(clinic: Bench) -> None:
    bench = clinic
    sign_in(bench, "Lena")
    type_up(bench, "Rose")
    record(bench, "Violet", **{"patient.nhs_number": "999 000 0018"})
    bench.clock.moment = datetime(2026, 10, 15, 10, 59, tzinfo=UTC)  # 11:59 in England, the next working day
    sign_in(bench, "Amira")
    found = page(bench)
    assert found.stand_in.isHidden()
    assert "from 15 Oct 2026 12:00" in found.why_not.text()
    bench.clock.moment = datetime(2026, 10, 15, 11, 0, tzinfo=UTC)
    bench.until(lambda: "2 must reach the practice by the end of today" in banner(bench))

    sign_in(bench, "Lena")  # an assistant cannot
    found = page(bench)
    assert found.stand_in.isHidden()
    assert "A pharmacist can send this on behalf of Ben Carter" in found.why_not.text()

    sign_in(bench, "Amira")
    found = page(bench)
    assert found.stand_in.text() == "Send all 2 on behalf of Ben Carter …"
    found.stand_in.click()
    shot(bench, "on-behalf")
    bench.key(Qt.Key.Key_Return, CTRL)
    assert found.panel.reason.sentence  # a reason is wanted
    assert set(states(bench).values()) == {State.TO_SIGN}
    bench.keys("Ben is ill today.")
    bench.key(Qt.Key.Key_L, CTRL)  # a lock in between: nothing was done, and nothing of it stays on the page
    bench.until(bench.window.sign_in.isVisible)
    bench.window.signing_in.let_in(bench.window.context.people[0])
    bench.until(found.isVisible)
    bench.idle()
    assert found.panel.isHidden()
    assert set(states(bench).values()) == {State.TO_SIGN}
    found.stand_in.click()
    bench.keys("Ben is ill today.")
    bench.key(Qt.Key.Key_Return, CTRL)
    bench.until(lambda: set(states(bench).values()) == {State.WAITING})
    bench.idle()
    shot(bench, "sent-on-behalf")
    assert found.none.isVisible() or "2 records sent on behalf" in found.said.body.text()
    sent = [row for row in bench.rows() if row.state is State.WAITING]
    bench.window.open_story(sent[0].id)
    bench.until(bench.window.story.isVisible)
    bench.idle()
    bench.idle()
    read = bench.window.story.recorded.toPlainText()
    assert "Lena Vale (Healthcare Assistant) on behalf of Ben Carter (Pharmacist), who had not signed" in read
    assert "Sent by Amira Khan (Pharmacist)." in read
    assert {row.by for row in sent} == {"Ben Carter"}
    assert "signed" not in {event.happening for event in bench.window.story.view.story.events}
    assert late(bench) == []
    shot(bench, "story-on-behalf")


def test_whoever_signs_in_never_becomes_who_gave_or_supplied_what_the_form_says_already(
    clinic: Bench,
) -> None:
    bench = clinic
    sign_in(bench, "Amira")
    bench.window.go("vaccinate")
    bench.idle()
    bench.form.fill({"session.vaccinator": "1", "vaccine.outcome": "given", "vaccine.batch": "AB-1234"})
    bench.window.go("supply")
    supply = bench.window.page("supply")
    assert isinstance(supply, SupplyPage)
    supply.fill(
        {"session.pharmacist": "1", "patient.nhs_number": "999 000 0018"}
    )  # a number, and no name yet
    bench.idle()
    sign_in(bench, "Ben")
    for form, question in ((bench.form, "session.vaccinator"), (supply, "session.pharmacist")):
        assert form.form.answers()[question] == "1"
        assert (
            question in form.carried
        )  # it is confirmed before it is stored, and waits for Amira's signature
