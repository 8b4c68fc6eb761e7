"""Texts, names, addresses and counts of a record that another system wrote: ``build`` refuses what the form refuses."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from digmed_desktop import resources
from digmed_desktop.clinical import json_record, known_terms, record_texts
from digmed_desktop.clinical.contradictions import contradictions
from digmed_desktop.clinical.record import Coded, Immunization, VaccinationRecord
from digmed_desktop.reference.programmes import programmes

EXAMPLES = sorted((resources.root() / "examples").glob("*.json"))
EXAMPLE = next(one for one in EXAMPLES if one.name.startswith("influenza-") and "not-given" not in one.name)


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
