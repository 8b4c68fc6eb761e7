"""Vaccinations of every programme at the desk: what is sent, what goes on paper, and what the settings change."""

from dataclasses import asdict

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.problem import Severity
from tests.clinical.examples import FLU, complete_answers
from tests.desk.conftest import Counter

RSV = {
    "session__programme": "rsv",
    "vaccine__product": "abrysvo",
    "vaccine__eligibility": "age",
    "patient__date_of_birth": "12/3/1950",
}


def test_the_form_offers_every_programme_with_its_own_lists(counter: Counter) -> None:
    lists = counter.desk.all_form_lists()["vaccination"]
    assert lists.lists["programmes"][0].id == FLU.id
    assert len(lists.by_programme) >= 20
    rsv = lists.by_programme["rsv"]
    assert "abrysvo" in {one.id for one in rsv.lists["products"]}
    assert rsv.usual["session.programme"] == "rsv"
    assert all("screening.egg" in not_asked for not_asked in rsv.not_asked.values())
    of_flu = lists.by_programme[FLU.id].not_asked
    assert "screening.egg" in of_flu["tivc"]
    assert "screening.egg" not in of_flu["ativ"]


def test_a_programme_that_was_not_agreed_goes_on_paper_until_it_was(counter: Counter) -> None:
    answers = complete_answers(**RSV)
    preview = counter.desk.preview("vaccination", FormState(answers))
    assert preview.paper_only
    assert [p.field for p in preview.problems if "paper" in p.sentence] == ["session.programme"]
    assert not [p for p in preview.problems if p.severity is Severity.STOP]
    on_paper = counter.desk.send("vaccination", "d1", FormState(answers), counter.ada).notification
    assert on_paper is not None
    assert counter.store.notifications.story(on_paper).messages == ()
    assert "not agreed" in str(asdict(counter.store.notifications.story(on_paper)))
    counter.desk.messages.agree(("influenza", "rsv", "no-such"))
    assert counter.desk.messages.shown().agreed == ("influenza", "rsv")
    somebody_else = {**answers, "patient.nhs_number": "999 000 0018", "patient.family": "Marsh"}
    sent = counter.desk.send("vaccination", "d2", FormState(somebody_else), counter.ada).notification
    assert sent is not None
    assert b"Abrysvo" in counter.store.notifications.story(sent).messages[0].body


def test_a_vaccination_that_no_notification_is_for_is_recorded_and_goes_on_paper(counter: Counter) -> None:
    counter.desk.messages.agree(("influenza", "covid-19", "rsv", "pertussis-in-pregnancy"))
    answers = complete_answers(
        session__programme="shingles",
        session__service="private",
        patient__date_of_birth="12/3/1955",
        vaccine__product="shingrix",
        vaccine__eligibility="due",
    )
    preview = counter.desk.preview("vaccination", FormState(answers))
    assert preview.paper_only
    assert any("Shingrix" in value for s in preview.sections for row in s.rows for value in row.values)
    notification = counter.desk.send("vaccination", "d1", FormState(answers), counter.ada).notification
    assert notification is not None
    row = counter.store.notifications.row(notification)
    assert (row.state, row.what) == (counter.state(notification), row.what)
    assert "Shingrix" in row.what
    assert counter.store.notifications.story(notification).messages == ()


def test_people_read_the_everyday_unit_and_the_message_codes_the_published_term(counter: Counter) -> None:
    shown = counter.desk.preview("vaccination", FormState(complete_answers()))
    assert "0.5 mL" in {value for s in shown.sections for row in s.rows for value in row.values}
    (sent,) = counter.store.notifications.story(counter.record()).messages
    assert b"<td>0.5 mL</td>" in sent.body
    assert b'<unit value="Milliliter (qualifier value)"/>' in sent.body
    assert sent.body.count(b"qualifier value") == 1


def test_what_else_is_wrong_still_stops_what_goes_on_paper(counter: Counter) -> None:
    answers = complete_answers(**RSV, patient__family="")
    preview = counter.desk.preview("vaccination", FormState(answers))
    assert not preview.paper_only
    assert counter.desk.send("vaccination", "d1", FormState(answers), counter.ada).notification is None


def test_influenza_that_was_not_agreed_goes_on_paper_too(counter: Counter) -> None:
    counter.desk.messages.agree(())
    assert counter.desk.preview("vaccination", FormState(complete_answers())).paper_only


def test_another_edition_holds_from_the_next_message_on(counter: Counter) -> None:
    counter.desk.messages.choose_edition("DIGMED_FLU_VAC", "vaccination-1.1.3")
    choice = counter.desk.messages.shown().editions[0]
    assert choice.chosen == "vaccination-1.1.3"
    assert choice.options[0].label.endswith("(usual)")
    notification = counter.record()
    assert counter.store.versions.edition(notification) == "vaccination-1.1.3"


def test_an_edition_that_is_gone_gives_way_to_the_usual_one(counter: Counter) -> None:
    counter.desk.messages.choose_edition("DIGMED_FLU_VAC", "vaccination-9.9")
    assert counter.desk.messages.shown().editions[0].chosen == "vaccination-profiles"


def test_an_own_product_is_offered_sent_and_taken_away(counter: Counter) -> None:
    new = {
        "product.programme": "influenza",
        "product.display": "A new influenza vaccine",
        "product.code": "45354911000001100",
        "product.route": "intramuscular",
        "product.dose": "0.5",
        "product.live": "no",
    }
    assert counter.desk.messages.add_product(new | {"product.code": "45354911000001101"})
    assert counter.desk.messages.shown().own == ()
    assert counter.desk.messages.add_product(new) == ()
    own = counter.desk.messages.shown().own[0]
    offered = counter.desk.all_form_lists()["vaccination"].lists["products"]
    assert offered[0].id == own.id
    assert f"{FLU.id}|{own.id}" in {one.id for one in counter.desk.stock.products()}
    notification = counter.record(vaccine__product=own.id)
    assert b"A new influenza vaccine" in counter.store.notifications.story(notification).messages[0].body
    counter.desk.messages.remove_product(own.id)
    assert own.id not in {one.id for one in counter.desk.all_form_lists()["vaccination"].lists["products"]}


def test_a_retired_kind_of_form_is_refused_with_the_reason(counter: Counter) -> None:
    import pytest

    from digmed_desktop.messaging.errors import DigMedError

    for form in ("minor-illness", "medication-review", "appliance-use-review", "new-medicine-service"):
        with pytest.raises(DigMedError, match="retired"):
            counter.desk.preview(form, FormState({}))
