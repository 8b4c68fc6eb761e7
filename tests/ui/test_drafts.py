"""Nothing typed is lost: a form left half filled is there again, and a pending send survives the program."""

from collections.abc import Callable

from PySide6.QtWidgets import QLabel, QPushButton

from digmed_desktop.clinical import identity
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.desk.desk import Desk
from digmed_desktop.desk.forms.pending_send import PendingSend, PendingSendFile
from digmed_desktop.desk.views.general import DraftView
from digmed_desktop.messaging.states import State
from digmed_desktop.ui.pages.drafts import CANNOT_BE_READ, MOST, DraftsPage
from digmed_desktop.ui.widgets.confirmed import ConfirmedButton
from tests.clinical.examples import complete_answers
from tests.ui.conftest import Bench
from tests.ui.test_one_person import NORA, ROSE, begun_for_rose


def test_a_half_filled_form_is_there_at_the_next_start(open_bench: Callable[..., Bench]) -> None:
    first = open_bench()
    first.sign_in()
    first.form.focus_field("patient.nhs_number")
    first.keys("9990123020")
    first.form.form.focus_field("after.notes")
    first.keys("Back <soon> & 'well'")
    first.until(lambda: "Draft kept" in first.form.footer.saved.text())
    first.idle()
    first.window.close()
    first.office.close()
    second = open_bench()
    second.sign_in()
    answers = second.form.form.answers()
    assert answers["patient.nhs_number"] == "999 012 3020"
    assert answers["after.notes"] == "Back <soon> & 'well'"


def test_a_press_of_send_that_was_not_fulfilled_is_fulfilled_at_the_next_start(
    open_bench: Callable[..., Bench],
) -> None:
    first = open_bench()
    first.sign_in()
    first.form.fill(complete_answers())
    first.form.save_draft()
    first.idle()
    draft, person = first.form.draft_id, first.window.context.acting.id
    assert person is not None
    first.window.close()
    first.office.close()
    PendingSendFile(first.folder).write(PendingSend(draft, "vaccination", person))
    second = open_bench()
    second.sign_in()
    assert [row.state for row in second.rows()] == [State.WAITING]
    assert PendingSendFile(second.folder).read() is None
    second.window.close()
    second.office.close()
    third = open_bench()
    third.sign_in()
    assert len(third.rows()) == 1


def test_next_patient_keeps_the_session_and_nothing_of_the_patient(bench: Bench) -> None:
    bench.form.fill(complete_answers())
    bench.form.next_patient()
    answers = bench.form.form.answers()
    assert answers["vaccine.batch"] == "AB-1234"
    assert answers["session.legal_basis"] == "pgd"
    never = (
        "patient.",
        "screening.",
        "consent.",
        "allergies.",
        "vaccine.site",
        "vaccine.outcome",
        "vaccine.eligibility",
    )
    carried = {
        k: v for k, v in answers.items() if k.startswith(never) and v and k not in {"patient.telephone_use"}
    }
    assert carried == {}


def test_a_draft_that_cannot_be_read_is_listed_and_opens_nothing(open_bench: Callable[..., Bench]) -> None:
    bench = open_bench()
    bench.sign_in()
    by = bench.window.context.acting.id

    def leave(desk: Desk) -> int:
        for draft, text in (("old", "x"), ("new", '{"answers": {}}')):
            desk.save_draft(draft, "vaccination", FormState({"patient.family": "Quill"}), by)
            write_over(desk, draft, text)
        return 2

    left: list[int] = []
    bench.office.ask(leave, left.append)
    bench.until(lambda: left == [2])
    bench.window.go("drafts")
    page = bench.window.pages.currentWidget()
    assert isinstance(page, DraftsPage)
    bench.until(lambda: len(page.going_on) == 1)
    names = [one.accessibleName() for one in page.findChildren(QPushButton)]
    assert f"Discard {CANNOT_BE_READ}" in names
    assert [name for name in names if name.startswith("Continue")] == ["Continue with No patient yet"]


def test_every_draft_can_be_reached_however_many_there_are(open_bench: Callable[..., Bench]) -> None:
    bench = open_bench()
    bench.sign_in()
    by = bench.window.context.acting.id

    def leave(desk: Desk) -> int:
        for number in range(MOST + 3):
            desk.save_draft(f"d{number}", "vaccination", FormState({"patient.family": f"Quill{number}"}), by)
        return 1

    left: list[int] = []
    bench.office.ask(leave, left.append)
    bench.until(lambda: left == [1])
    bench.window.go("drafts")
    page = bench.window.pages.currentWidget()
    assert isinstance(page, DraftsPage)
    bench.until(lambda: len(page.going_on) == MOST)
    more = next(one for one in page.findChildren(QPushButton) if one.text() == f"Show {MOST} more")
    more.click()
    bench.until(lambda: len(page.going_on) == MOST + 3)
    assert not more.isVisible()
    assert page.going_on[MOST].hasFocus()


def write_over(desk: Desk, draft: str, text: str) -> None:
    with desk._store.drafts._database.writing() as connection:
        connection.exec_driver_sql("UPDATE draft SET answers = ? WHERE id = ?", (text, draft))


def test_a_draft_is_discarded_on_a_second_press_that_can_have_been_meant(bench: Bench) -> None:
    """A double click is one press; what was discarded is on no form either."""
    bench.form.fill(complete_answers())
    bench.form.save_draft()
    bench.idle()
    draft = bench.form.draft_id
    bench.window.go("drafts")
    page = bench.window.page("drafts")
    assert isinstance(page, DraftsPage)
    bench.until(lambda: bool(page.going_on))
    button = next(one for one in page.findChildren(ConfirmedButton))
    button.click()
    button.click()
    bench.idle()
    assert button.asks, "it asks, and nothing is gone"
    button._asked_at -= button.READ_S
    button.click()
    bench.until(lambda: not page.going_on)
    assert bench.form.draft_id != draft
    assert bench.form.form.answers()["patient.family"] == ""


def test_a_second_form_of_a_patient_says_that_the_first_is_unfinished(bench: Bench) -> None:
    other = next(
        key for key in bench.form._lists.by_programme if key != bench.form.form.answers()["session.programme"]
    )
    begun_for_rose(bench)
    line = bench.form.search.unfinished

    def shown(answers: dict[str, str]) -> bool:
        bench.form.next_patient()
        bench.form.fill(answers)
        bench.form.whose.follow()
        bench.until(lambda: not bench.form._preview_timer.isActive())
        bench.idle()
        return not line.isHidden()

    bench.form.touched("patient.identity_checked")
    bench.form.save_draft()
    bench.form.refresh()
    bench.idle()
    assert line.isHidden(), "this form is the only one"
    assert shown({identity.NUMBER: ROSE[identity.NUMBER]})
    assert "by Amira Khan" in line.text()
    assert "ROSE" not in line.text().upper(), "the banner names the patient"
    named = {key: ROSE[key] for key in (identity.FAMILY, identity.GIVEN, identity.BORN)}
    assert shown(named)
    assert shown(ROSE)
    bench.form.check_now()
    bench.until(bench.window.check.isVisible)
    texts = [one.text() for one in bench.window.check.findChildren(QLabel)]
    assert line.text() in texts
    assert not [one for one in texts if one.startswith("Warning: NHS number")], (
        "nothing is wrong with the number"
    )
    bench.window.visit(bench.form)
    assert not shown({identity.NUMBER: NORA[identity.NUMBER]})
    assert not shown({**named, identity.BORN: "13/3/1991"})
    assert not shown({**named, "session.programme": other}), "another vaccination"


def test_a_draft_without_a_name_is_known_by_its_number(bench: Bench) -> None:
    page = bench.window.page("drafts")
    assert isinstance(page, DraftsPage)
    number, born = {"patient.nhs_number": "999 012 3020"}, {"patient.date_of_birth": "4/7/1969"}
    cases: tuple[tuple[dict[str, str], str, str], ...] = (
        ({}, "No patient yet", "No patient yet"),
        (number, "Name not entered  ·  NHS number 999 012 3020", "Name not entered  ·  NHS number … 3020"),
        (born, "Name not entered  ·  born 04 Jul 1969", "Name not entered"),
        (number | {"patient.given": "Nora"}, "Nora  ·  999 012 3020", "N.  ·  NHS number … 3020"),
    )

    def said() -> list[str]:
        views = [
            DraftView("d", "vaccination", FormState(one), "", bench.clock.now()) for one, _w, _p in cases
        ]
        return [page._who(view) for view in views]

    assert said() == [whole for _one, whole, _private in cases]
    done: list[int] = []
    bench.window.context.made.change(lambda: done.append(1), privacy=True)
    bench.until(lambda: bool(done))
    assert said() == [private for _one, _whole, private in cases]


def test_the_page_says_nothing_before_its_drafts_are_read(bench: Bench) -> None:
    bench.window.go("drafts")
    page = bench.window.page("drafts")
    assert isinstance(page, DraftsPage)
    assert not page.said.isVisible()
    assert not page.none.isVisible()
    assert not page._more.isVisible()
    bench.until(page.none.isVisible)
    assert page.none.head.text() == "No unfinished records"
    page.none.act.click()
    bench.until(bench.form.isVisible)
