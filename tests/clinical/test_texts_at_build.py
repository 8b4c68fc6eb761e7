"""Texts, names, addresses and counts of a record that another system wrote: ``build`` refuses what the form refuses."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from digmed_desktop import cli, resources
from digmed_desktop.clinical import json_record, known_terms, record_texts
from digmed_desktop.clinical.contradictions import contradictions
from digmed_desktop.clinical.record import Coded, Immunization, VaccinationRecord
from digmed_desktop.fhir import commands
from digmed_desktop.fhir.checks import check
from digmed_desktop.reference.programmes import programmes
from tests.clinical.examples import FLU

EXAMPLES = sorted((resources.root() / "examples").glob("*.json"))
EXAMPLE = next(one for one in EXAMPLES if one.name.startswith("influenza-") and "not-given" not in one.name)
SUPPLY = next(one for one in EXAMPLES if one.name.startswith("emergency-supply"))


def said(path: str, value: Any) -> list[str]:
    """Return where the record of an example is refused after one value was changed."""
    whole = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    *way, last = path.split(".")
    here: Any = whole["record"]
    for step in way:
        here = here[int(step)] if step.isdigit() else here[step]
    here[last] = value
    text = json.dumps(whole)
    record = json_record.read(text)
    found = [where for where, _sentence in record_texts.faults(record, json_record.stated(text))]
    return [*found, *(one.in_file for one in contradictions(record))]


def test_every_example_is_taken() -> None:
    for file in EXAMPLES:
        text = Path(file).read_text(encoding="utf-8")
        assert not list(record_texts.faults(json_record.read(text), json_record.stated(text))), file.name


def test_what_the_form_refuses_is_refused_with_its_place() -> None:
    hidden = (
        "O\u202ellieN",
        "O'Ne\u200bill",
        "Rose\nMary",
        "Rose\u0007",
        "Rose\U0001f600",
        "=cmd|' /C calc'!A0",
    )
    for part in ("given", "family"):
        for name in hidden:
            assert f"record.patient.name.{part}" in "".join(said(f"patient.name.{part}", name)), name
    for path, value, where in (
        ("patient.address.postcode", "XX", ""),
        ("patient.address.lines", [f"line {n}" for n in range(30)], ""),
        ("patient.address.lines", ["1 High\u202e Street"], ".0"),
        ("patient.telephones", [{"number": "999"}], ".0.number"),
        ("patient.telephones", [{"number": "01132960001"}] * 50, ""),
        ("vaccinator.registration", "12", ""),
        ("advice", "x" * 100_000, ""),
        ("service", "Flu\nvaccination", ""),
        ("identity_checked", False, ""),
        ("immunizations.0.programme", "nope", ""),
        ("immunizations.0.manufacturer", "Maker\u2028", ""),
        ("immunizations.0.target_disease", {"display": "Measles", "code": "14189004"}, ""),
        ("immunizations.0.target_disease", {"display": "Measles", "code": "6142004"}, ""),
        ("immunizations.0.dose.unit", {"display": "L", "code": "258773002"}, "immunizations.0.dose"),
    ):
        wanted = where if where.startswith("imm") else f"{path}{where}"
        assert f"record.{wanted}" in said(path, value), (path, str(value)[:40])


def test_a_disease_is_known_by_each_of_its_codes_and_terms_and_by_no_others() -> None:
    for one in programmes():
        known, vaccine = known_terms.known_programmes()[one.id].diseases, Immunization(programme=one.id)
        assert {term.code for term in one.diseases} == known, one.id
        older = known_terms.programme_files()[one.id].get("target_disease_also", ())
        also = [Coded(words, row["code"]) for row in older for words in row["words"]]
        for disease in (*one.diseases, *also):
            for words in (disease.display, f"{disease.display} (disorder)", one.name, ""):
                told = replace(vaccine, target_disease=Coded(words, disease.code))
                assert not list(contradictions(VaccinationRecord(immunizations=(told,)))), (one.id, words)
            for code, words in (("14189004", disease.display), (disease.code, "Measles")):
                told = replace(vaccine, target_disease=Coded(words, code))
                assert list(contradictions(VaccinationRecord(immunizations=(told,)))), (one.id, code, words)
    assert any(one.diseases_also for one in programmes())


def test_what_the_form_takes_is_taken() -> None:
    for path, value in (
        ("patient.name.family", "Ó Néill-D'Souza"),
        ("patient.address.postcode", "ls1 4ap"),
        ("advice", "Several\nlines."),
        ("identity_checked", True),
        ("immunizations.0.dose.unit", {"display": "ml", "code": "258773002"}),
    ):
        assert said(path, value) == [], path


def built(folder: Path, change: Any, example: Path = EXAMPLE) -> int:
    """Run ``build`` on an example after ``change`` of its record; return its exit status."""
    whole = json.loads(example.read_text(encoding="utf-8"))
    change(whole["record"])
    file = folder / "record.json"
    file.write_text(json.dumps(whole), encoding="utf-8")
    return cli.main(
        ["build", str(file), "--out", str(folder / "out.xml"), "--at", "2026-11-28T12:00:00+00:00"]
    )


def test_what_was_done_without_a_word_on_consent_is_refused_as_the_form_refuses_it(
    tmp_path: Path, capsys: Any
) -> None:
    not_given = next(one for one in EXAMPLES if one.name.startswith("influenza-") and "not-given" in one.name)
    for example in (EXAMPLE, not_given, SUPPLY):
        done = example is not not_given
        for change in (
            lambda record: record.update(consent={"to_sharing": True}),
            lambda record: record["consent"].pop("to_treatment", None),
        ):
            assert built(tmp_path, change, example) == (2 if done else 0), example.name
            said = capsys.readouterr().err
            assert ("record.consent.to_treatment: Select Yes or No" in said) is done, (example.name, said)


def test_an_answer_that_another_one_asks_for_is_refused_where_it_is_missing(
    tmp_path: Path, capsys: Any
) -> None:
    for example in (EXAMPLE, SUPPLY):
        for field, value, where in (
            ("allergies", {"status": "recorded"}, "record.allergies.entries"),
            ("incident", {"done": True}, "record.incident.reason"),
        ):
            assert built(tmp_path, lambda record, f=field, v=value: record.update({f: v}), example) == 2, (
                field
            )
            assert where in capsys.readouterr().err, (example.name, where)


LEFT_OUT = {
    "legal_basis": "legal_basis",
    "identity_checked": "identity_checked",
    "service": "service",
    "screening": "screening.answers",
    "previous_doses": "previous_doses.finding",
    "immunizations.0.programme": "immunizations.0.programme",
    "immunizations.0.indication": "immunizations.0.indication",
    "immunizations.0.batch": "immunizations.0.batch",
    "immunizations.0.site": "immunizations.0.site",
    "consent.given_by": "consent.given_by",
    "consent.to_sharing": "consent.to_sharing",
}
LEFT_OUT_OF_A_SUPPLY = {
    "patient_conditions.interviewed": "patient_conditions.interviewed",
    "patient_conditions.nature_of_emergency": "patient_conditions.nature_of_emergency",
    "patient_conditions.seen_in": "patient_conditions.seen_in",
    "items.0.schedule": "items.0.schedule",
    "identity_checked": "identity_checked",
    "consent.to_sharing": "consent.to_sharing",
}


def without(path: str, *reasons: dict[str, str]) -> Any:
    """Return a change that takes a field out of a record, and gives these reasons why it is not there."""

    def change(record: Any) -> None:
        *way, last = path.split(".")
        here = record
        for step in way:
            here = here[int(step)] if step.isdigit() else here[step]
        del here[last]
        record["not_stated"] = [*record.get("not_stated", []), *reasons]

    return change


def test_what_the_form_needs_and_a_record_leaves_out_is_named_until_it_says_why(
    tmp_path: Path, capsys: Any
) -> None:
    for example, paths in ((EXAMPLE, LEFT_OUT), (SUPPLY, LEFT_OUT_OF_A_SUPPLY)):
        for path, field in paths.items():
            out = tmp_path / "out.xml"
            assert built(tmp_path, without(path), example) == 0, path
            told = capsys.readouterr().err
            assert f"list {field} in record.not_stated with the reason." in told, path
            assert all(line.startswith(f"record.{field}: Not stated") for line in told.splitlines()), told
            why = {"field": field, "reason": "The other system has no such question."}
            assert built(tmp_path, without(path, why), example) == 0, (path, capsys.readouterr().err)
            assert b"no such question" not in out.read_bytes(), "it stays here"
            assert capsys.readouterr().err == ""


def test_a_reason_for_what_is_not_stated_says_something_about_something_missing(
    tmp_path: Path, capsys: Any
) -> None:
    why = {"field": "legal_basis", "reason": "The other system has no such question."}
    for path, reasons, where in (
        ("legal_basis", [{**why, "reason": "-"}], "not_stated.0.reason"),
        ("legal_basis", [why, why], "not_stated.1.field"),
        ("identity_checked", [why], "not_stated.0.field"),
        ("legal_basis", [why, {**why, "field": "shoe_size"}], "not_stated.1.field"),
    ):
        assert built(tmp_path, without(path, *reasons)) == 2, reasons
        assert f"record.{where}: " in capsys.readouterr().err, where


def test_no_reason_excuses_what_the_message_or_an_answer_needs(tmp_path: Path, capsys: Any) -> None:
    for path, field in (
        ("patient.nhs_number", "patient.nhs_number"),
        ("practice.ods_code", "practice.ods_code"),
        ("immunizations.0.product", "immunizations.0.product"),
        ("consent.to_treatment", "consent.to_treatment"),
    ):
        why = {"field": field, "reason": "The other system has no such question."}
        assert built(tmp_path, without(path, why)) == 2, path
        told = capsys.readouterr().err
        assert "in record.not_stated with the reason" not in told, told


def test_an_answer_in_words_that_the_form_does_not_have_is_named(tmp_path: Path, capsys: Any) -> None:
    for path, words in (
        ("service", "Flu jabs on Saturday"),
        ("previous_doses.finding", "Maybe"),
        ("immunizations.0.indication", {"display": "Asked for it"}),
    ):
        *way, last = path.split(".")

        def change(record: Any, way: list[str] = way, last: str = last, words: Any = words) -> None:
            here = record
            for step in way:
                here = here[int(step)] if step.isdigit() else here[step]
            here[last] = words

        assert built(tmp_path, change) == 0, path
        told = capsys.readouterr().err.splitlines()
        assert any(line.startswith(f"record.{path}: The form has no such answer") for line in told), told


def test_a_procedure_that_the_programme_does_not_have_is_refused() -> None:
    others = {
        code for code, uses in known_terms.procedure_uses().items() if not any(one.given for one in uses)
    }
    mine = json.loads(EXAMPLE.read_text(encoding="utf-8"))["record"]["immunizations"][0]["procedure"]
    path = "immunizations.0.procedure"
    assert said(path, mine) == []
    for code in ("1324681000000101", "xxx", *sorted(others)):
        for words in ("Administration of first dose of SARS-CoV-2 vaccine", mine["display"], ""):
            assert f"record.{path}" in said(path, {"display": words, "code": code}), (code, words)
    for one in programmes():
        for words in (
            "Administration of first dose of SARS-CoV-2 (severe acute respiratory syndrome coronavirus 2) vaccine",
            f"Booster against {one.name} at school",
        ):
            told = Immunization(programme=one.id, procedure=Coded(words, "1324681000000101"))
            found = list(contradictions(VaccinationRecord(immunizations=(told,))))
            assert bool(found) is (one.name not in words and not one.id.startswith("covid")), (one.id, words)


def test_a_product_code_with_the_name_of_another_product_is_refused() -> None:
    path, coded = "immunizations.0.product", FLU.products.values()
    for one in (one for one in coded if one.coded.code):
        code = one.coded.code
        for words in (one.coded.display, one.short_name, "Influenza vaccine", "Flu jab", ""):
            assert said(path, {"display": words, "code": code}) == [], (code, words)
        for other in coded:
            brand = other.coded.display.split()[0]
            branded = [f"{brand} (nasal)"] if other.coded.code else []
            for words in (other.coded.display, other.short_name, *branded):
                if other is not one and brand.lower() not in (
                    "influenza",
                    one.coded.display.split()[0].lower(),
                ):
                    assert f"record.{path}" in said(path, {"display": words, "code": code}), (code, words)
        assert said(path, {"display": "Fluenz (nasal)", "code": "999"}) == []


def test_the_same_vaccine_given_twice_in_a_record_is_refused() -> None:
    one = json.loads(EXAMPLE.read_text(encoding="utf-8"))["record"]["immunizations"][0]
    twice = "record.immunizations.1"
    assert said("immunizations", [one, one]) == [twice]
    assert said("immunizations", [one, {**one, "batch": one["batch"].lower() + " "}]) == [twice]
    assert said("immunizations", [one, {**one, "batch": "SECOND"}]) == []


def test_a_due_date_of_no_pregnancy_or_of_a_man_is_refused(tmp_path: Path, capsys: Any) -> None:
    for due, taken in (
        ("2027-03-01", True),
        ("2026-10-01", True),
        ("2020-03-01", False),
        ("2027-10-01", False),
    ):
        assert (said("pregnancy_due", due) == []) is taken, due
    for sex in ("male", "female"):

        def change(record: Any, sex: str = sex) -> None:
            record["patient"]["sex"], record["pregnancy_due"] = sex, "2027-03-01"

        assert built(tmp_path, change) == (2 if sex == "male" else 0), sex
        assert ("a baby is due" in capsys.readouterr().err) is (sex == "male")


def test_a_code_that_no_source_proves_current_goes_as_text(tmp_path: Path, capsys: Any) -> None:
    (product,) = (one for one in FLU.products.values() if one.unconfirmed_code)
    assert known_terms.unconfirmed_codes() == {product.unconfirmed_code}

    def change(record: Any) -> None:
        record["immunizations"][0]["product"] = {
            "display": product.coded.display,
            "code": product.unconfirmed_code,
        }
        record["patient"] |= {"date_of_birth": "1980-06-07", "sex": "male"}
        record["immunizations"][0]["indication"] = {"display": "Carer"}
        record["notes_kept_here"] = "\n".join(reasons)

    reasons: list[str] = []
    assert built(tmp_path, change) == 2  # the product is second choice at any age
    lines = [line for line in capsys.readouterr().err.splitlines() if "Continued although" in line]
    reasons += [line[line.index("Continued") :].replace("…", "The only one in stock") for line in lines]
    assert built(tmp_path, change) == 0, capsys.readouterr().err
    assert f"record.immunizations.0.product: {commands.GOES_AS_TEXT}" in capsys.readouterr().err
    message = (tmp_path / "out.xml").read_text(encoding="utf-8")
    assert product.unconfirmed_code not in message
    assert product.coded.display in message
    assert check(message.encode()) == []
