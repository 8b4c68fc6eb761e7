"""People: a locum is added and takes over; the lock keeps the form; wrong PINs lock out."""

from PySide6.QtCore import Qt

from digmed_desktop.tour.chapters.vaccination import LOCUM
from digmed_desktop.tour.player import Player
from digmed_desktop.ui.pages.settings.page import SettingsPage
from digmed_desktop.ui.pages.settings.pharmacy import PharmacySection
from tests.ui.conftest import Bench


def test_a_locum_is_added_and_takes_over_by_keyboard_and_the_form_stays(bench: Bench) -> None:
    player = Player(bench.window, bench.folder)
    bench.form.focus_field("patient.nhs_number")
    bench.keys("9990123020")
    bench.key(Qt.Key.Key_F8)
    page = bench.window.people
    assert page is not None
    bench.until(page.isVisible)
    page.focus_field("person.given")
    player.fill(page, LOCUM)
    bench.key(Qt.Key.Key_Tab)
    bench.key(Qt.Key.Key_Space)
    bench.until(page.said.isVisible)
    bench.idle()
    bench.window.go("vaccinate")
    bench.key(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    bench.until(bench.window.sign_in.isVisible)
    assert bench.window.context.acting.person is None
    bench.until(lambda: len(bench.window.context.people) == 2)
    bench.window.sign_in.show_people(bench.window.context.people, locked=True)
    bench.window.sign_in.choose(bench.window.context.people[1])
    bench.keys(LOCUM["person.pin"])
    bench.key(Qt.Key.Key_Return)
    bench.until(bench.form.isVisible)
    assert "Sunita Rao" in bench.window.who.text()
    assert bench.form.form.answers()["patient.nhs_number"] == "999 012 3020"


def test_five_wrong_pins_make_everyone_wait(bench: Bench) -> None:
    answers: list[str] = []
    for _ in range(6):
        bench.office.ask(
            lambda desk: desk.sign_in(1, "111222"), lambda answer: answers.append(answer.sentence)
        )
    bench.office.ask(lambda desk: desk.sign_in(1, "507182"), lambda answer: answers.append(answer.sentence))
    bench.until(lambda: len(answers) == 7, timeout=100_000)
    assert answers[0] == "That is not this person's PIN. Check the name and type the PIN again."
    assert "Too many wrong PINs" in answers[6]


def test_the_pharmacy_is_changed_in_the_settings_and_a_mistake_keeps_what_was(bench: Bench) -> None:
    bench.window.go("settings")
    settings = bench.window.page("settings")
    assert isinstance(settings, SettingsPage)
    section = settings.section("pharmacy")
    assert isinstance(section, PharmacySection)
    bench.idle()
    assert section.answers()["pharmacy.name"] == "Overtown Pharmacy"
    player = Player(bench.window, bench.folder)
    section.focus_field("pharmacy.name")
    player.fill(section, {"pharmacy.name": "Undertown Pharmacy", "pharmacy.postcode": "LEEDS"})
    player.click(section.save)
    bench.until(section.summary.isVisible)
    assert kept_pharmacy(bench) == "Overtown Pharmacy"
    assert section.answers()["pharmacy.name"] == "Undertown Pharmacy", "nothing typed is lost"
    player.fill(section, {"pharmacy.postcode": "ls1 4ap"})
    player.click(section.save)
    bench.until(section.said.isVisible)
    assert kept_pharmacy(bench) == "Undertown Pharmacy"
    bench.window.go("vaccinate")
    assert bench.window.strip.pharmacy.text() == "Undertown Pharmacy"


def kept_pharmacy(bench: Bench) -> str:
    got: list[str] = []
    bench.office.ask(lambda desk: desk.people.pharmacy_answers()["pharmacy.name"], got.append)
    bench.until(lambda: bool(got))
    return got[0]
