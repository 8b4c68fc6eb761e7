"""What cannot be true is refused by ``build`` and found by ``check``, whatever the rules of the day."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from digmed_desktop import resources
from digmed_desktop.clinical import json_record
from digmed_desktop.clinical.contradictions import contradictions
from digmed_desktop.fhir.checks import check
from digmed_desktop.fhir.commands import build_arguments, build_command
from digmed_desktop.reference.programmes import programmes
from tests.clinical.doors import judged

EXAMPLES = resources.root() / "examples"
FLU = next(iter(sorted(EXAMPLES.glob("influenza-*-given.json"))))
NOT_GIVEN = next(iter(sorted(EXAMPLES.glob("influenza-*not-given.json"))))
AT = ("--at", "2026-11-28T12:00:00+00:00")
Raw = dict[str, Any]
Change = Callable[[Raw, Raw], None]
PROGRAMME = programmes()[0]
LIVE = next(one for one in PROGRAMME.products.values() if one.live)
BY_WORDS = next(one for one in PROGRAMME.products.values() if not one.coded.is_coded)
DECLINED = next(p.coded for p in PROGRAMME.procedures if not p.given)
GIVEN = next(p.coded for p in PROGRAMME.procedures if p.given)
SECOND = next(p.coded for p in PROGRAMME.procedures if p.given and p.dose_number == 2)
OF_ANOTHER = next(
    p.coded for one in programmes() if one.agreement != PROGRAMME.agreement for p in one.procedures if p.given
)
VACCINE_OF_ANOTHER = next(
    p.coded
    for one in programmes()
    if one.agreement != PROGRAMME.agreement
    for p in one.products.values()
    if p.coded.is_coded
)
DISEASE_OF_ANOTHER = next(
    one.target_disease
    for one in programmes()
    if one.target_disease and one.target_disease != PROGRAMME.target_disease
)


def coded(display: str, code: str) -> Raw:
    return {"display": display, "code": code}


def both(one: object) -> Raw:
    return coded(one.display, one.code)  # type: ignore[attr-defined]


CASES: dict[str, tuple[str, Change]] = {
    "a dose below nothing": ("immunizations.0.dose", lambda _r, v: v["dose"].update(value="-0.5")),
    "no dose at all": ("immunizations.0.dose", lambda _r, v: v["dose"].update(value="0")),
    "a dose of half a cubic metre": ("immunizations.0.dose", lambda _r, v: v["dose"].update(value="500000")),
    "a dose of a hundred syringes": ("immunizations.0.dose", lambda _r, v: v["dose"].update(value="50")),
    "a hundredth of a dose": ("immunizations.0.dose", lambda _r, v: v["dose"].update(value="0.002")),
    "a dose by weight": (
        "immunizations.0.dose",
        lambda _r, v: v["dose"].update(unit=coded("microgram", "258685003")),
    ),
    "a dose by weight in words": (
        "immunizations.0.dose",
        lambda _r, v: v["dose"].update(unit=coded("mg", "")),
    ),
    "dose number nought": ("immunizations.0.dose_number", lambda _r, v: v.update(dose_number=0)),
    "given, by the code of a refusal": (
        "immunizations.0.procedure",
        lambda _r, v: v.update(procedure=both(DECLINED)),
    ),
    "not given, by the code of an injection": (
        "immunizations.0.procedure",
        lambda _r, v: v.update(
            given=False, not_given_reason=coded("Generally unwell", "213257006"), procedure=both(GIVEN)
        ),
    ),
    "the first dose by the code of the second": (
        "immunizations.0.procedure",
        lambda _r, v: v.update(procedure=both(SECOND), dose_number=1),
    ),
    "the code of another vaccination": (
        "immunizations.0.procedure",
        lambda _r, v: v.update(procedure=both(OF_ANOTHER)),
    ),
    "a procedure of two names": (
        "immunizations.0.procedure",
        lambda _r, v: v.update(procedure=coded(DECLINED.display, GIVEN.code)),
    ),
    "a given vaccine with a reason against it": (
        "immunizations.0.not_given_reason",
        lambda _r, v: v.update(not_given_reason=coded("Generally unwell", "213257006")),
    ),
    "a nasal spray with the words of an injection": (
        "immunizations.0.product",
        lambda _r, v: v.update(product=coded(BY_WORDS.coded.display, LIVE.coded.code)),
    ),
    "the same with the words nearly right": (
        "immunizations.0.product",
        lambda _r, v: v.update(product=coded(f"{BY_WORDS.coded.display}.", LIVE.coded.code)),
    ),
    "a different disease from that of the programme": (
        "immunizations.0.target_disease",
        lambda _r, v: v.update(target_disease=both(DISEASE_OF_ANOTHER)),
    ),
    "a product of another vaccination": (
        "immunizations.0.product",
        lambda _r, v: v.update(product=both(VACCINE_OF_ANOTHER)),
    ),
    "a site of two names": (
        "immunizations.0.site",
        lambda _r, v: v.update(site=coded("Structure of left thigh", "368208006")),
    ),
    "a route of two names": (
        "immunizations.0.route",
        lambda _r, v: v.update(route=coded("Nasal", "78421000")),
    ),
    "an indication of two names": (
        "immunizations.0.indication",
        lambda _r, v: v.update(indication=coded("Occupation", "398192003")),
    ),
    "a unit of two names": (
        "immunizations.0.dose",
        lambda _r, v: v["dose"].update(unit=coded("tablet", "258773002")),
    ),
    "a role of two names": ("vaccinator.role", lambda r, _v: r["vaccinator"]["role"].update(code="R0620")),
    "an injection into the nose": (
        "immunizations.0.site",
        lambda _r, v: v.update(site=coded("Nasal cavity structure", "279549004")),
    ),
    "a contact in years to come": (
        "contact_at",
        lambda r, _v: r.update(contact_at="2030-10-14T14:05:00+01:00", recorded_at=None),
    ),
    "a record in years to come": (
        "recorded_at",
        lambda r, _v: r.update(recorded_at="2030-10-14T14:05:00+01:00"),
    ),
    "a record made before the contact": (
        "recorded_at",
        lambda r, _v: r.update(recorded_at="2020-10-14T14:05:00+01:00"),
    ),
    "a patient born after the contact": (
        "patient.date_of_birth",
        lambda r, _v: r["patient"].update(date_of_birth="2026-11-27"),
    ),
    "a patient of two hundred years": (
        "patient.date_of_birth",
        lambda r, _v: r["patient"].update(date_of_birth="1826-11-27"),
    ),
    "a batch that had expired": ("immunizations.0.expiry", lambda _r, v: v.update(expiry="2020-01-31")),
    "a vaccine given without consent": (
        "consent.to_treatment",
        lambda r, _v: r["consent"].update(to_treatment=False),
    ),
    "the pharmacy as the practice": (
        "practice.ods_code",
        lambda r, _v: r["practice"].update(ods_code=r["pharmacy"]["ods_code"].lower()),
    ),
    "an allergy that is not known": (
        "allergies.status",
        lambda r, _v: r.update(
            allergies={"status": "none-known", "entries": [{"agent": {"display": "Egg"}}]}
        ),
    ),
}


def changed(file: Path, change: Change) -> str:
    whole = json.loads(file.read_text(encoding="utf-8"))
    change(whole["record"], whole["record"]["immunizations"][0])
    whole["record"] = {key: value for key, value in whole["record"].items() if value is not None}
    return json.dumps(whole)


def build(text: str, folder: Path) -> int:
    file = folder / "record.json"
    file.write_text(text, encoding="utf-8")
    grammar = argparse.ArgumentParser()
    build_arguments(grammar)
    return build_command(grammar.parse_args([str(file), "--out", str(folder / "out.xml"), *AT]), judged)


def test_build_refuses_what_cannot_be_true_and_names_the_field(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, (field, change) in CASES.items():
        assert build(changed(FLU, change), tmp_path) == 2, name
        assert not (tmp_path / "out.xml").exists(), name
        assert f"record.{field}: " in capsys.readouterr().err, name


def test_an_item_of_a_supply_whose_code_and_words_name_two_things_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = json.loads((EXAMPLES / "emergency-supply-insulin-and-needles.json").read_text(encoding="utf-8"))
    first, second = whole["record"]["items"][:2]
    for part, value in {
        "product": coded(second["product"]["display"], first["product"]["code"]),
        "quantity": {**first["quantity"], "unit": coded("needle", first["quantity"]["unit"]["code"])},
        "route": coded("Oral", "34206005"),
    }.items():
        items = [{**first, part: value}, second]
        changed_record = {**whole, "record": {**whole["record"], "items": items}}
        assert build(json.dumps(changed_record), tmp_path) == 2, part
        assert f"record.items.0.{part}: " in capsys.readouterr().err
    assert build(json.dumps(whole), tmp_path) == 0, capsys.readouterr().err


def test_check_finds_a_supply_to_which_nobody_consented(tmp_path: Path) -> None:
    text = (EXAMPLES / "emergency-supply-insulin-and-needles.json").read_text(encoding="utf-8")
    assert build(text, tmp_path) == 0
    message = (tmp_path / "out.xml").read_text(encoding="utf-8")
    refused = message.replace("Consent was given to the supply", "Consent was not given to the supply")
    assert refused != message
    assert not [f for f in check(message.encode()) if "Consent" in f.sentence]
    assert [f for f in check(refused.encode()) if "Consent was refused" in f.sentence]


def test_a_vaccine_not_given_has_no_batch_dose_or_site(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {
        "batch": "Y3C491V",
        "dose": {"value": "0.5", "unit": coded("mL", "258773002")},
        "site": coded("Left upper arm structure", "368208006"),
        "adverse_reaction": "A rash",
    }.items():
        assert build(changed(NOT_GIVEN, lambda _r, v, n=name, x=value: v.update({n: x})), tmp_path) == 2
        assert f"record.immunizations.0.{name}: " in capsys.readouterr().err


def test_every_example_and_what_was_done_all_the_same_can_be_true(tmp_path: Path) -> None:
    for file in sorted(EXAMPLES.glob("*.json")):
        assert not list(contradictions(json_record.read(file.read_text(encoding="utf-8")))), file.name

    def all_the_same(record: Raw, vaccine: Raw) -> None:
        record["consent"]["to_treatment"] = False
        record["incident"] = {
            "done": True,
            "reason": "Given before the answer was read.",
            "report": "Told the manager.",
        }
        vaccine["expiry"] = "2020-01-31"

    assert build(changed(FLU, all_the_same), tmp_path) == 0
    assert not check((tmp_path / "out.xml").read_bytes())


IN_THE_MESSAGE: dict[str, tuple[str, str, str]] = {
    "a dose below nothing": ("doseQuantity", '<value value="0.5', '<value value="-0.5'),
    "an absurd dose": ("doseQuantity", '<value value="0.5', '<value value="500000.5'),
    "given, by the code of a refusal": ("extension", f'value="{GIVEN.code}"', f'value="{DECLINED.code}"'),
    "not given, by the code of an injection": (
        "extension",
        '<notGiven value="false"/>',
        '<notGiven value="true"/>',
    ),
    "a batch that had expired": ("expirationDate", '<expirationDate value="20', '<expirationDate value="19'),
    "a birth after the contact": ("birthDate", '<birthDate value="19', '<birthDate value="29'),
    "an injection into the nose": ("site", 'value="368208006"', 'value="279549004"'),
    "consent that was refused": (
        "section",
        "Consent was given to the vaccination",
        "Consent was not given to the vaccination",
    ),
}


def test_check_finds_what_cannot_be_true_in_a_message(tmp_path: Path) -> None:
    assert build(FLU.read_text(encoding="utf-8"), tmp_path) == 0
    message = (tmp_path / "out.xml").read_text(encoding="utf-8")
    before = {(found.path, found.sentence) for found in check(message.encode())}
    for name, (element, was, now) in IN_THE_MESSAGE.items():
        assert was in message, name
        found = [f for f in check(message.replace(was, now).encode()) if (f.path, f.sentence) not in before]
        assert any(f".{element}" in f.path for f in found), (name, found)


def test_check_finds_dates_and_codes_of_other_systems_against_each_other(tmp_path: Path) -> None:
    assert build(FLU.read_text(encoding="utf-8"), tmp_path) == 0
    message = (tmp_path / "out.xml").read_text(encoding="utf-8")
    record = json_record.loads(FLU.read_text(encoding="utf-8"))
    assert record.practice is not None
    site = record.immunizations[0].site
    assert site is not None
    for sentence, changed_message in {
        "before the contact": message.replace('<date value="2026', '<date value="2016', 1),
        "pharmacy's own ODS code": message.replace(
            f'value="{record.practice.ods_code}"', f'value="{record.pharmacy.ods_code}"'
        ),
        "two different things": message.replace(site.display, "Structure of left thigh"),
    }.items():
        assert changed_message != message
        assert any(sentence in found.sentence for found in check(changed_message.encode())), sentence
