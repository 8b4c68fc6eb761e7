"""A pharmacy's own product: its code is checked before it is taken, and it is offered and sent like any other."""

from typing import Any

import pytest

from digmed_desktop.clinical import known_terms, own_product
from digmed_desktop.clinical.programme import Programme
from digmed_desktop.clinical.vaccination import read
from digmed_desktop.reference.programmes import programme, programmes
from digmed_desktop.settings.own_product import OwnProduct
from tests.clinical.examples import AGREED, NOW, complete_answers, flu, pharmacy, vaccinator

RIGHT = {
    "product.programme": "influenza",
    "product.display": "Adjuvanted trivalent influenza vaccine 0.5ml pre-filled syringes (Maker Ltd)",
    "product.code": "45176811000001109",
    "product.manufacturer": "Maker Ltd",
    "product.route": "intramuscular",
    "product.dose": "0.5",
    "product.live": "no",
}
KINDS: dict[str, Programme] = {"influenza": flu(), "shingles": programme("shingles")}


def fault(taken: tuple[OwnProduct, ...] = (), **changes: str) -> list[tuple[str, str]]:
    answers = RIGHT | {f"product.{key}": text for key, text in changes.items()}
    made, problems = own_product.read(answers, KINDS, {one.id: one for one in taken})
    assert (made is None) is bool(problems)
    return [(p.field, p.sentence) for p in problems]


def test_a_right_product_is_taken_as_typed() -> None:
    made, problems = own_product.read(RIGHT, KINDS, {})
    assert problems == ()
    assert made == OwnProduct(
        "own-1",
        "influenza",
        RIGHT["product.display"],
        RIGHT["product.code"],
        "Maker Ltd",
        "intramuscular",
        "0.5",
        live="no",
    )


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"code": "45354911000001101"}, "product.code", "check digit"),
        ({"code": "45354911000001010"}, "product.code", "check digit"),
        ({"code": "4535491100000110a"}, "product.code", "Enter only the digits"),
        ({"code": "٤٥٣٥٤٩١١٠٠٠٠٠١١٠٠"}, "product.code", "Enter only the digits"),
        ({"code": "12345"}, "product.code", "6 to 18"),
        ({"code": "045354911000001100"}, "product.code", "does not begin with 0"),
        ({"code": "2841961000001118"}, "product.code", "number of a description"),
        ({"display": " "}, "product.display", "Enter the name"),
        ({"display": "x" * 256}, "product.display", "Shorten"),
        ({"display": "new\x07"}, "product.display", "hidden character"),
        ({"manufacturer": "a\u200bb"}, "product.manufacturer", "hidden character"),
        ({"programme": "smallpox"}, "product.programme", "Select the vaccination"),
        ({"route": "oral"}, "product.route", "Select how"),
        ({"dose": "0,5"}, "product.dose", "full stop"),
        ({"dose": "0"}, "product.dose", "full stop"),
        ({"dose": "1e3"}, "product.dose", "full stop"),
        ({"live": ""}, "product.live", "whether the vaccine is live"),
        ({"live": "perhaps"}, "product.live", "whether the vaccine is live"),
        ({"least_months": "2 years"}, "product.least_months", "whole months"),
        ({"least_months": "0"}, "product.least_months", "whole months"),
    ],
)
def test_a_wrong_answer_is_said_at_its_field(changes: dict[str, Any], field: str, says: str) -> None:
    found = fault(**changes)
    assert [one for one, _ in found] == [field]
    assert says in found[0][1]


def test_a_product_needs_no_code_and_is_then_sent_by_its_words() -> None:
    assert fault(code="") == []
    made = own_product.as_product(OwnProduct("own-1", "influenza", "New vaccine"), flu())
    assert not made.coded.is_coded


def test_spaces_in_a_pasted_code_do_not_matter_and_a_code_twice_does() -> None:
    assert fault(code=" 4535 4911 0000 01100 ") == []
    there = OwnProduct("own-4", "influenza", "x", RIGHT["product.code"])
    assert fault((there,)) == [("product.code", "This code is in the list already.")]
    made, _ = own_product.read(RIGHT | {"product.code": ""}, KINDS, {"own-4": there})
    assert made is not None
    assert made.id == "own-5"


def test_it_is_offered_first_and_recorded_with_its_code() -> None:
    made, _ = own_product.read(RIGHT, KINDS, {})
    assert made is not None
    of = flu().with_products([own_product.as_product(made, flu())])
    assert of.lists["products"][0].id == "own-1"
    result = read(
        complete_answers(vaccine__product="own-1"),
        programme=of,
        pharmacy=pharmacy(),
        vaccinator=vaccinator(),
        now=NOW,
        agreed=AGREED,
    )
    assert result.problems == ()
    vaccine = result.record.immunizations[0]
    assert vaccine.product is not None
    assert (vaccine.product.code, vaccine.manufacturer) == (RIGHT["product.code"], "Maker Ltd")


def own(of: Programme, **said: str) -> Programme:
    """A programme with a product of the pharmacy, of which somebody said something."""
    route = said.pop("route", of.lists["routes"][0].id)
    product = OwnProduct(
        "own-1", of.agreement or of.id, "A vaccine of tomorrow", route=route, dose="0.5", **said
    )
    return of.with_products([own_product.as_product(product, of)])


@pytest.mark.parametrize("kind", [one.id for one in programmes()])
def test_what_was_said_of_an_own_product_decides_what_is_asked_of_it(kind: str) -> None:
    of = programme(kind)
    for said, question, asked in (
        ({"live": "yes"}, "immune", True),
        ({"live": "no"}, "immune", False),
        ({"egg": "yes"}, "egg", True),
        ({"latex": "yes"}, "latex", True),
        ({"latex": "no"}, "latex", False),
    ):
        always = question in of.asked_always
        assert (question in own(of, **said).screening_of("own-1")) is (asked or always), (kind, said)


@pytest.mark.parametrize("kind", [one.id for one in programmes()])
def test_a_live_own_product_stops_and_warns_by_the_screening(kind: str) -> None:
    of = own(programme(kind), live="yes", least_months="24")
    answers = complete_answers(vaccine__product="own-1", patient__date_of_birth="14/9/2025")
    answers |= {"session.programme": of.id, "screening.immune": "yes", "screening.pregnant": "yes"}
    answers |= {"patient.sex": "female", "vaccine.eligibility": of.lists["eligibility"][0].id}
    result = read(answers, programme=of, pharmacy=pharmacy(), vaccinator=vaccinator(), now=NOW, agreed=AGREED)
    stops = {p.field for p in result.notes if p.needs_adviser}
    assert "screening.immune" in stops
    assert any("younger than 2 years" in p.sentence for p in result.notes)
    adult = answers | {"patient.date_of_birth": "14/9/1996"}
    grown = read(adult, programme=of, pharmacy=pharmacy(), vaccinator=vaccinator(), now=NOW, agreed=AGREED)
    assert any(p.field == "screening.pregnant" and p.needs_reason for p in grown.notes)
    assert not any("minimum age for this vaccine" in p.sentence for p in grown.notes)


def test_a_product_known_to_be_live_is_not_taken_as_one_that_is_not() -> None:
    live = next(one for one in flu().products.values() if one.live)
    for changes in ({"code": live.coded.code}, {"display": live.coded.display, "code": ""}):
        assert [field for field, _ in fault((), **changes, route="intranasal")] == ["product.live"]


def test_an_own_product_of_earlier_settings_counts_as_live_where_one_of_its_way_can_be() -> None:
    assert "immune" in own(programme("cholera")).screening_of("own-1")
    assert "immune" in own(flu(), route="intranasal").screening_of("own-1")
    assert "immune" not in own(programme("cholera"), live="no").screening_of("own-1")
    assert "immune" not in own(flu()).screening_of("own-1")


def test_an_own_product_of_an_unconfirmed_code_goes_as_text_until_a_release_has_it() -> None:
    (code,) = known_terms.unconfirmed_codes()
    made, _ = own_product.read(RIGHT | {"product.code": code}, KINDS, {})
    assert made is not None
    whole = flu().with_products([own_product.as_product(made, flu())])
    assert not whole.products[made.id].coded.is_coded
    named = whole.with_confirmed(lambda code: made.display if code == made.code else "")
    assert named.products[made.id].coded.code == made.code
    other = whole.with_confirmed(lambda _code: "Another vaccine (Maker Ltd)")
    assert not other.products[made.id].coded.is_coded
