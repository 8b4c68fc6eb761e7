"""Records of other systems that can hardly be true: parts of two records in one, one number in the place of another."""

import copy
import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from digmed_desktop import resources
from digmed_desktop.clinical import json_record
from digmed_desktop.clinical.dates import ENGLAND
from digmed_desktop.clinical.record import Regulator
from tests.clinical.doors import judged, through
from tests.clinical.examples import FLU, complete_answers, pharmacy, vaccinator

Raw = dict[str, Any]
EXAMPLES = resources.root() / "examples"


def example(start: str) -> Raw:
    """The record of the first example whose name begins so and that was given."""
    files = sorted(one for one in EXAMPLES.glob(f"{start}*.json") if "not-given" not in one.name)
    whole: Raw = json.loads(Path(files[0]).read_text(encoding="utf-8"))
    return whole


SEASONAL, CODED, SUPPLY = example(FLU.id), example("rsv"), example("emergency-supply")
PHARMACY_TELEPHONE = SEASONAL["record"]["pharmacy"]["telephone"]
SAME_DAY = datetime(2026, 10, 14, 17, 0, tzinfo=ENGLAND)
OTHER_CODE = "39113611000001102"


def put(whole: Raw, **values: Any) -> Raw:
    """A record with values at paths, whose steps are joined by two underscores."""
    changed = copy.deepcopy(whole)
    for path, value in values.items():
        *way, last = path.split("__")
        here: Any = changed["record"]
        for step in way:
            here = here[int(step[1:])] if step[1:].isdigit() else here[step]
        here[last] = value
    return changed


def places(whole: Raw) -> set[str]:
    """Where a record is refused, or asks for its reason."""
    text = json.dumps(whole)
    found = judged(json_record.read(text), json_record.stated(text), SAME_DAY)
    return {where for where, _said in (*found.faults, *(one.said for one in found.unstated), *found.unjudged)}


GIBBERISH = "Wexlo quorbat fnimm"


def with_words(whole: Raw, name: str) -> Raw:
    """A term of the first vaccine of a record, with words that mean nothing."""
    term: Raw = whole["record"]["immunizations"][0][name]
    assert term["code"]
    return {**term, "display": GIBBERISH}


NAME = {"given": "rose", "family": "O’Neill"}
DOUBTFUL: dict[str, tuple[Raw, str]] = {
    "another manufacturer": (
        put(CODED, immunizations___0__manufacturer="GlaxoSmithKline UK Ltd"),
        "immunizations.0.product",
    ),
    "a name here with a code of nobody here": (
        put(CODED, immunizations___0__product={"display": "Abrysvo", "code": OTHER_CODE}),
        "immunizations.0.product",
    ),
    "a name without a code here with a code": (
        put(
            SEASONAL,
            immunizations___0__product={
                **SEASONAL["record"]["immunizations"][0]["product"],
                "code": OTHER_CODE,
            },
        ),
        "immunizations.0.product",
    ),
    "a pharmacist without a number": (put(SEASONAL, vaccinator__registration=""), "vaccinator"),
    "a vaccinator with the patient's name": (put(SEASONAL, vaccinator__name=NAME), "vaccinator"),
    "a pharmacist who supplies without a number": (put(SUPPLY, pharmacist__registration=""), "pharmacist"),
    "a pharmacist with the patient's name": (put(SUPPLY, pharmacist__name=NAME), "pharmacist"),
    "a receptionist who supplies": (put(SUPPLY, pharmacist__role={"display": "Receptionist"}), "pharmacist"),
    "a supply by someone without a role": (put(SUPPLY, pharmacist__role=None), "pharmacist"),
    "the pharmacy's telephone": (
        put(SEASONAL, patient__telephones=[{"number": f"+44 {PHARMACY_TELEPHONE[1:]}"}]),
        "patient.telephones",
    ),
    "the practice's telephone": (
        put(
            SEASONAL,
            practice__telephone="01632 960555",
            patient__telephones=[{"number": "01632960555"}],
        ),
        "patient.telephones",
    ),
    "the NHS number as telephone": (
        put(SUPPLY, patient__telephones=[{"number": SUPPLY["record"]["patient"]["nhs_number"]}]),
        "patient.telephones",
    ),
    "the expiry date as batch": (
        put(SEASONAL, immunizations___0__batch="30/06/27", immunizations___0__expiry="2027-06-30"),
        "immunizations.0.batch",
    ),
    "the NHS number as batch": (
        put(SEASONAL, immunizations___0__batch=SEASONAL["record"]["patient"]["nhs_number"]),
        "immunizations.0.batch",
    ),
    "a pharmacy's code as that of a practice": (
        put(SEASONAL, practice__ods_code="FA123"),
        "practice.ods_code",
    ),
    "a practice named as the pharmacy": (
        put(SEASONAL, practice__name=f"{SEASONAL['record']['pharmacy']['name']} "),
        "practice.name",
    ),
    "a practice named as the pharmacy, of a supply": (
        put(SUPPLY, practice__name=SUPPLY["record"]["pharmacy"]["name"].upper()),
        "practice.name",
    ),
    "a GMC number of a pharmacist": (put(SEASONAL, vaccinator__regulator="GMC"), "vaccinator"),
    "a GMC number of a pharmacist who supplies": (put(SUPPLY, pharmacist__regulator="GMC"), "pharmacist"),
    "a GMC number of a pharmacist who recorded it": (
        put(
            SEASONAL,
            on_behalf={
                "recorded_by": {**SEASONAL["record"]["vaccinator"], "regulator": "GMC"},
                "sent_by": SEASONAL["record"]["vaccinator"],
            },
        ),
        "on_behalf.recorded_by.regulator",
    ),
    "a medicine as an appliance": (
        put(SUPPLY, items=[{**SUPPLY["record"]["items"][1], "product": {"display": "Amoxicillin"}}]),
        "items.0.reason",
    ),
    "an appliance as a medicine": (
        put(
            SUPPLY,
            items=[{**SUPPLY["record"]["items"][0], "product": {"display": "Pen needles 4mm"}, "reason": ""}],
        ),
        "items.0.reason",
    ),
    "gibberish beside the code of a vaccine": (
        put(CODED, immunizations___0__product=with_words(CODED, "product")),
        "immunizations.0.product",
    ),
    "gibberish beside the code of a procedure": (
        put(CODED, immunizations___0__procedure=with_words(CODED, "procedure")),
        "immunizations.0.given",
    ),
    "gibberish beside the code of a site": (
        put(CODED, immunizations___0__site=with_words(CODED, "site")),
        "immunizations.0.site",
    ),
    "gibberish beside the code of a route": (
        put(CODED, immunizations___0__route=with_words(CODED, "route")),
        "immunizations.0.route",
    ),
    "gibberish beside the code of a role": (
        put(SEASONAL, vaccinator__role={**SEASONAL["record"]["vaccinator"]["role"], "display": GIBBERISH}),
        "vaccinator",
    ),
    "gibberish beside the code of a medicine": (
        put(
            SUPPLY,
            items___0__product={**SUPPLY["record"]["items"][0]["product"], "display": GIBBERISH},
        ),
        "items.0.product",
    ),
    "gibberish beside the code of a pharmacist's role": (
        put(SUPPLY, pharmacist__role={**SUPPLY["record"]["pharmacist"]["role"], "display": GIBBERISH}),
        "pharmacist",
    ),
    "one item twice": (
        put(SUPPLY, items=[*SUPPLY["record"]["items"], SUPPLY["record"]["items"][0]]),
        "items.2.product",
    ),
    "directions for tablets": (
        put(SUPPLY, items___0__directions="Take one tablet twice daily"),
        "items.0.reason",
    ),
    "an allergy that begins after the contact": (
        put(
            SEASONAL,
            allergies={
                "status": "recorded",
                "entries": [{"agent": {"display": "Nuts"}, "first_experienced": "2027-01-01"}],
            },
        ),
        "allergies.entries",
    ),
    "a severity that no allergy has": (
        put(
            SEASONAL,
            allergies={
                "status": "recorded",
                "entries": [{"agent": {"display": "Nuts"}, "severity": "huge"}],
            },
        ),
        "allergies.entries.0.severity",
    ),
    "sent on behalf, by nobody": (put(SEASONAL, on_behalf={}), "on_behalf"),
    "a text of spaces": (put(SEASONAL, location="   "), "location"),
    "a legal basis of spaces": (put(SEASONAL, legal_basis="  "), "legal_basis"),
    "a schedule of spaces": (put(SUPPLY, items___0__schedule=" "), "items.0.schedule"),
}


@pytest.mark.parametrize("name", DOUBTFUL)
def test_what_can_hardly_be_true_is_refused_or_asked_about(name: str) -> None:
    whole, where = DOUBTFUL[name]
    assert f"record.{where}" in places(whole), places(whole)


def test_what_is_like_it_and_true_is_taken() -> None:
    for whole in (
        SEASONAL,
        CODED,
        SUPPLY,
        put(CODED, immunizations___0__manufacturer="Pfizer"),
        put(CODED, immunizations___0__manufacturer=""),
        put(SEASONAL, vaccinator__name={"given": "Rosemary", "family": "O'Neill"}),
        put(SUPPLY, items___0__directions="Inject as directed"),
        put(SEASONAL, practice__name="Overtown Pharmacy Road Surgery"),
        put(
            CODED, immunizations___0__route={**CODED["record"]["immunizations"][0]["route"], "display": "IM"}
        ),
        put(
            CODED,
            immunizations___0__site={
                **CODED["record"]["immunizations"][0]["site"],
                "display": "Structure of left deltoid muscle",
            },
        ),
        put(SUPPLY, items=[SUPPLY["record"]["items"][0], {**SUPPLY["record"]["items"][0], "days": 7}]),
    ):
        assert places(whole) == set()


def test_two_vaccines_of_one_contact_share_a_service_that_one_of_them_has() -> None:
    both = [SEASONAL["record"]["immunizations"][0], example("covid-19")["record"]["immunizations"][0]]
    assert "record.service" not in places(put(SEASONAL, immunizations=both))
    assert "record.service" in places(put(SEASONAL, immunizations=both, service="Nobody's service"))


def test_the_form_asks_for_the_same_reasons() -> None:
    for answers, who, field in (
        ({}, vaccinator(registration=""), "session.vaccinator"),
        ({"patient.given": "Amira", "patient.family": "KHAN"}, vaccinator(), "session.vaccinator"),
        ({"vaccine.batch": complete_answers()["patient.nhs_number"]}, vaccinator(), "vaccine.batch"),
        ({"practice.ods_code": "FA123"}, vaccinator(), "practice.ods_code"),
        ({"practice.name": pharmacy().name}, vaccinator(), "practice.name"),
        ({}, replace(vaccinator(), regulator=Regulator.GMC), "session.vaccinator"),
    ):
        form = through(complete_answers() | answers, FLU, who).at_form
        assert any(one.field == field and one.needs_reason for one in form), field
