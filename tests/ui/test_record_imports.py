"""A record of another system comes into view as a filled form, at once or after signing in."""

from PySide6.QtCore import Qt

from digmed_desktop import resources
from digmed_desktop.ui.pages.drafts import DraftsPage
from digmed_desktop.ui.pages.form_page import FormPage
from tests.ui.conftest import Bench

RSV = resources.text("examples/rsv-given.json")
FLU = resources.text(
    next(n for n in resources.names("examples", "-given.json") if "influenza" in n and "not-" not in n)
)


def test_an_imported_record_is_on_the_form_in_its_own_programme(bench: Bench) -> None:
    bench.window.open_record(RSV)
    bench.until(lambda: bench.form.answers()["session.programme"] == "rsv")
    answers = bench.form.answers()
    assert answers["patient.family"] == "O'Neill"
    assert answers["vaccine.product"]
    assert bench.window.banner.isVisible()
    assert bench.window.banner.head == "Imported record"


def test_a_record_waits_while_another_patient_is_on_the_form(bench: Bench) -> None:
    bench.form.fill({"patient.family": "Typed"})
    bench.form.focus_field("patient.given")
    bench.window.open_record(RSV)
    bench.until(lambda: bench.window.banner.head == "Imported record")
    bench.keys("Amy")  # the keys that were under way
    assert bench.form.answers()["patient.family"] == "Typed"
    assert bench.form.answers()["patient.given"] == "Amy"
    bench.key(Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    bench.idle()
    drafts = bench.window.page("drafts")
    assert isinstance(drafts, DraftsPage)
    next(one for one in drafts.going_on if "O'NEILL" in one.accessibleName()).click()
    bench.until(lambda: bench.form.answers()["patient.family"] == "O'Neill")
    kept: list[list[str]] = []
    bench.office.ask(lambda desk: [one.patient for one in desk.drafts()], kept.append)
    bench.until(lambda: bool(kept))
    assert any("Typed" in one for one in kept[0])


def test_behind_the_lock_nothing_shows_until_someone_signs_in(bench: Bench) -> None:
    bench.window.lock()
    bench.window.open_record(FLU)
    bench.idle()
    assert not bench.form.isVisible()
    bench.window.signing_in.let_in(bench.window.context.people[0])
    bench.until(lambda: bench.form.isVisible() and bench.form.answers()["patient.family"] == "O'Neill")


def test_a_record_before_the_first_sign_in_is_what_comes_into_view(open_bench) -> None:
    bench = open_bench()
    bench.window.open_record(RSV)
    bench.idle()
    bench.sign_in()
    bench.until(lambda: bench.form.answers()["session.programme"] == "rsv")


def test_an_emergency_supply_comes_into_view_on_its_own_form(bench: Bench) -> None:
    bench.window.open_record(resources.text("examples/emergency-supply-insulin-and-needles.json"))
    bench.until(lambda: bench.window.page("supply").isVisible())
    page = bench.window.page("supply")
    assert isinstance(page, FormPage)
    assert page.answers()["item.2.kind"] == "appliance"
    assert page.answers()["patient.family"] == "O'Neill"
