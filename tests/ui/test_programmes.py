"""Choosing the vaccination on the form, and the settings of the messages, by what stands in the window."""

from PySide6.QtWidgets import QPushButton

from digmed_desktop.reference.programmes import programmes
from digmed_desktop.ui.pages.settings.messages import MessagesSection
from digmed_desktop.ui.pages.settings.page import SettingsPage
from digmed_desktop.ui.widgets.choices import ChoiceEditor, RadioEditor
from tests.clinical.examples import FLU, complete_answers
from tests.ui.conftest import Bench


def choose(bench: Bench, field: str, answer: str) -> None:
    """Answer a question as a user would, and wait for what follows."""
    bench.form.form.fields[field].editor.set_answer(answer)
    bench.form.touched(field)
    bench.idle()


def offered(bench: Bench, field: str) -> list[str]:
    editor = bench.form.form.fields[field].editor
    assert isinstance(editor, (ChoiceEditor, RadioEditor))
    return list(editor._ids)


def test_another_vaccination_brings_its_own_products_sites_and_questions(bench: Bench) -> None:
    bench.form.fill(complete_answers())
    assert "tivc" in offered(bench, "vaccine.product")
    assert bench.form.form.fields["screening.egg"].isHidden()  # this vaccine is not made with egg
    choose(bench, "vaccine.product", "ativ")
    assert not bench.form.form.fields["screening.egg"].isHidden()
    choose(bench, "session.programme", "cholera")
    assert offered(bench, "vaccine.route") == ["oral"]
    assert offered(bench, "vaccine.site") == ["mouth"]
    assert bench.form.form.fields["screening.egg"].isHidden()
    answers = bench.form.answers()
    assert (answers["vaccine.product"], answers["vaccine.batch"], answers["vaccine.site"]) == ("", "", "")
    assert answers["vaccine.route"] == ""  # the product sets it
    assert answers["patient.family"] == "O'Neill"
    assert bench.window.strip.programme.text() == "Cholera"


def test_nobody_but_the_vaccinator_says_which_dose_of_a_course_it_is(bench: Bench) -> None:
    """Where the data names one usual dose, the form says so in its words, and only there is a number filled in."""
    for programme in programmes():
        choose(bench, "session.programme", programme.id)
        field = bench.form.form.fields["vaccine.dose_number"]
        assert not field.isHidden()
        for product in offered(bench, "vaccine.product"):
            choose(bench, "vaccine.product", product)
            bench.idle()
            filled_in = bench.form.answers()["vaccine.dose_number"]
            assert bool(filled_in) is programme.single_dose, (programme.id, product)
            assert not filled_in or field.editor.spoken() != "First", "the words of the data"
        if not programme.single_dose:
            bench.until(
                lambda: any(p.field == "vaccine.dose_number" for p in bench.form.preview.preview.problems)
            )
            choose(bench, "vaccine.dose_number", offered(bench, "vaccine.dose_number")[1])
            bench.form.changed()
            bench.form.next_patient()
            assert bench.form.answers()["vaccine.dose_number"] == ""


def test_another_vaccination_keeps_nothing_that_was_said_of_the_first(bench: Bench) -> None:
    bench.form.fill({**complete_answers(), "after.advice": "Rest today.", "consent.name": "Ada"})
    of_it = (
        "consent.to_treatment",
        "consent.given_by",
        "consent.name",
        "vaccine.",
        "previous.",
        "screening.",
        "after.",
    )
    before = bench.form.answers()
    choose(bench, "session.programme", "mmr")
    answers = bench.form.answers()
    assert not {key: text for key, text in answers.items() if text and key.startswith(of_it)}
    for key in ("patient.family", "consent.to_sharing", "allergies.status", "practice.ods_code"):
        assert answers[key] == before[key]
    assert not bench.form._asked_anew.isHidden()
    choose(bench, "session.programme", FLU.id)
    assert bench.form.answers() == before, "nothing that was typed is lost"
    choose(bench, "session.programme", "mmr")
    bench.form.next_patient()
    assert bench.form._asked_anew.isHidden()
    choose(bench, "session.programme", FLU.id)
    assert not bench.form.answers()["consent.to_treatment"]


def test_a_draft_of_another_vaccination_comes_back_with_its_lists(bench: Bench) -> None:
    bench.form.fill(complete_answers())
    choose(bench, "session.programme", "shingles")
    choose(bench, "vaccine.product", "shingrix")
    bench.form.save_draft()
    bench.form.next_patient()
    choose(bench, "session.programme", FLU.id)
    bench.idle()
    drafts: list[object] = []
    bench.office.ask(lambda desk: [d for d in desk.drafts() if d.patient], drafts.append)
    bench.until(lambda: bool(drafts))
    from digmed_desktop.ui.context import FormStart

    bench.window.begin_form(FormStart("vaccination", draft=drafts[0][0]))  # type: ignore[index] # a list
    answers = bench.form.answers()
    assert (answers["session.programme"], answers["vaccine.product"]) == ("shingles", "shingrix")
    assert offered(bench, "vaccine.product") == ["shingrix"]


def test_the_next_patient_gets_the_same_vaccination_with_what_is_usual_in_it(bench: Bench) -> None:
    choose(bench, "session.programme", "rsv")
    bench.form.next_patient()
    answers = bench.form.answers()
    assert answers["session.programme"] == "rsv"
    assert answers["after.advice"] == ""  # said by whoever gave it
    product = offered(bench, "vaccine.product")[0]
    choose(bench, "vaccine.product", product)
    assert bench.form.answers()["vaccine.dose_amount"] == "0.5"


def messages(bench: Bench) -> MessagesSection:
    bench.window.go("settings")
    page = bench.window.page("settings")
    assert isinstance(page, SettingsPage)
    section = page.section("messages")
    assert isinstance(section, MessagesSection)
    bench.idle()
    bench.until(lambda: section._made)
    return section


def test_what_is_agreed_and_added_in_the_settings_holds_on_the_form_at_once(bench: Bench) -> None:
    section = messages(bench)
    section.agreed.set_answer("influenza,rsv")
    section._agreed()
    for field, answer in {
        "product.programme": "influenza",
        "product.display": "A new influenza vaccine",
        "product.code": "45354911000001101",
        "product.live": "no",
    }.items():
        section.fields[field].editor.set_answer(answer)
    section._offer_routes()
    section.route.set_answer("intramuscular")
    section._add()
    bench.until(lambda: "check digit" in section.fields["product.code"].sentence)
    section.fields["product.code"].editor.set_answer("45354911000001100")
    section._add()
    bench.until(lambda: section.said.isVisibleTo(section))
    bench.until(lambda: section._own.count() == 3)
    bench.idle()
    bench.window.go("vaccinate")
    bench.until(lambda: offered(bench, "vaccine.product")[0].startswith("own-"))
    seen: list[tuple[str, ...]] = []
    bench.office.ask(lambda desk: desk.messages.shown().agreed, seen.append)
    bench.until(lambda: bool(seen))
    assert seen == [("influenza", "rsv")]
    remove = next(one for one in section.findChildren(QPushButton) if one.text() == "Remove")
    remove.click()
    bench.until(lambda: section._own.count() == 0)


def test_another_edition_is_chosen_and_kept(bench: Bench) -> None:
    section = messages(bench)
    section._editions["DIGMED_FLU_VAC"].set_answer("vaccination-1.2.9")
    section._edition_chosen("DIGMED_FLU_VAC")
    bench.idle()
    bench.form.fill(complete_answers())
    bench.idle()
    bench.until(
        lambda: any(s.title == "Contacts with professionals" for s in bench.form.preview.preview.sections)
    )
