"""Every rule about a vaccination at the three doors: the form, ``build``, and a record of another system."""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from digmed_desktop import cli, resources
from digmed_desktop.clinical import record_rules
from digmed_desktop.clinical.problem import is_answered, line_of_reason
from digmed_desktop.clinical.programme import Product, Programme
from digmed_desktop.clinical.record import Coded, Quantity, ScreeningAnswer, VaccinationRecord
from digmed_desktop.reference import roles
from digmed_desktop.reference.programmes import current, programme, programmes
from tests.clinical.doors import Said, rules_of, through
from tests.clinical.examples import FLU, NOW, answers_of, born, complete_answers, typed, vaccinator

TODAY = NOW.date()
MARK = " Not confirmed by a pharmacist."
Row = dict[str, Any]
EXAMPLES = resources.root() / "examples"
FLU_RECORD = next(iter(sorted(EXAMPLES.glob("influenza-*-given.json"))))
AT = ("--at", "2026-11-28T12:00:00+00:00")


def raw(name: str) -> Row:
    return tomllib.loads((resources.root() / name).read_text(encoding="utf-8"))


def rows() -> Iterator[tuple[Row, Programme]]:
    """Every rule of the files with a programme of today's in which it speaks."""
    shared = [*raw("rules/vaccination.toml")["rule"], *raw("rules/both-forms.toml")["rule"]]
    for row in shared:
        kinds = row.get("programmes")
        mine = [one for one in current(TODAY) if not kinds or (one.agreement or one.id) in kinds]
        yield row, next((one for one in mine if product_for(row, one)), mine[0])
    for one in current(TODAY):
        for row in raw(f"programmes/{one.id}.toml").get("warning", []):
            yield row, one


def product_for(row: Row, where: Programme) -> Product | None:
    for product in where.products.values():
        live = where.is_live(product) or not row.get("live")
        if live and (not row.get("holds") or row["holds"] in product.holds):
            return product
    return None


def answers_for(row: Row, where: Programme, product: Product) -> dict[str, str]:
    """Answers that meet every condition of a rule."""
    day = max(TODAY - timedelta(days=row.get("days_ago", 0)), row.get("since", date.min))
    day = min(day, row.get("until", date.max))
    years: int = {"from_age": row.get("to_age", 40), **row}["from_age"]
    answers = answers_of(where, day, years=years) | {"vaccine.product": product.id}
    birth = row.get("born_from") or row.get("born_to")
    answers |= {"patient.date_of_birth": typed(birth) if birth else born(years, day)}
    answers["vaccine.route"] = product.routes[0]
    answers["vaccine.site"] = where.route_sites[product.routes[0]][0]
    for question, wanted in row.get("when", {}).items():
        answers[question] = next((one for one in wanted if one), "")
    for question, names in row.get("mentions", {}).items():
        answers[question] = names[0]
    for question, spoils in row.get("unless", {}).items():
        if answers[question] in spoils:
            answers[question] = "no"
    if row.get("not_given"):
        answers["vaccine.outcome"] = "not-given"
        answers["vaccine.not_given_reason"] = answers["vaccine.not_given_reason"] or "declined"
    if answers["consent.given_by"] != "patient":
        answers |= {"consent.name": "Ada Bell", "consent.relationship": "Daughter"}
    return answers


def sentence_of(row: Row) -> str:
    source = f" Source: {row['source']}." if row.get("weight") == "stop" else ""
    return f"{row['sentence']}{source}{MARK if row['confidence'] == 'general' else ''}"


def test_each_rule_of_the_files_speaks_at_the_form_at_build_and_at_import() -> None:
    tried, own_products_only = 0, set()
    for row, where in rows():
        product = product_for(row, where)
        if product is None:  # only a product that the pharmacy added holds it
            own_products_only.add(row["id"])
            continue
        said = through(answers_for(row, where, product), where, now=NOW)
        sentence, name = sentence_of(row), row.get("id", row["sentence"])
        if row.get("weight") == "note":
            assert any(one.sentence == sentence for one in said.at_form), name
            assert not any(told == sentence for _where, told in said.at_build), name
        else:
            assert said.everywhere(sentence), name
            tried += 1
    assert tried > 60
    assert own_products_only == {"egg-other"}


def test_each_rule_on_a_legal_basis_speaks_at_every_door() -> None:
    """What the file forbids or asks of a basis and a role, in a programme and on a day of the rule."""
    stopped, asked = 0, 0
    for row in raw("law/legal-bases.toml")["rule"]:
        where = next(
            one
            for one in programmes()
            if not row.get("programmes") or (one.agreement in row["programmes"]) is not row.get("outside")
        )
        day = row.get("since", row.get("until", TODAY))
        for role in row.get("roles", ["pharmacist"]):
            answers = answers_of(where, day) | {"session.legal_basis": row["bases"][0]}
            if row["bases"][0] not in [one.id for one in where.lists["legal_bases"]]:
                continue
            said = through(answers, where, vaccinator(role))
            found = [told for where_, told in said.at_build if where_ == "record.legal_basis"]
            if row["verdict"] == "allows":
                assert not [told for told in found if row["source"] in told], row["id"]
                continue
            (sentence,) = [told for told in found if told.startswith(row["sentence"])]
            assert said.everywhere(sentence), (row["id"], role)
            stopped, asked = stopped + (row["verdict"] == "stops"), asked + (row["verdict"] == "asks")
    assert stopped >= 10
    assert asked >= 3


def speaks(said: Said, start: str) -> bool:
    """Whether a sentence that begins so is said at every door."""
    found = {one.sentence for one in said.at_form if start in one.sentence}
    return bool(found) and all(said.everywhere(sentence) for sentence in found)


def test_the_size_of_a_dose_speaks_at_every_door_just_inside_and_outside_its_limits() -> None:
    tried: set[tuple[object, ...]] = set()
    for where in programmes():
        for product in where.products.values():
            usual = [product.dose.value] if product.dose else [*where.usual_doses, where.default_dose]
            doses = [one for one in usual if one]
            if (product.unit, *doses) in tried:
                continue
            tried.add((product.unit, *doses))
            for amount, says in (
                (max(doses) * 10, "Check the decimal point"),
                (max(doses) * Decimal("9.9"), "The usual dose"),
                (min(doses) / 10, "Check the decimal point"),
                (min(doses) * Decimal("0.2"), "The usual dose"),
            ):
                answers = answers_of(where, TODAY) | {
                    "vaccine.product": product.id,
                    "vaccine.dose_amount": f"{amount.normalize():f}",
                }
                assert speaks(through(answers, where), says), (where.id, product.id, amount)
            usually = answers_of(where, TODAY) | {"vaccine.product": product.id}
            usually["vaccine.dose_amount"] = f"{doses[0]}"
            assert not [one for one in through(usually, where).at_build if "usual dose" in one[1]]
    assert len(tried) > 5


def test_the_ages_of_a_product_and_of_a_reason_speak_at_every_door() -> None:
    tried = 0
    for where in programmes():
        for product in where.products.values():
            answers = answers_of(where, TODAY) | {"vaccine.product": product.id}
            if product.least_months or product.least_weeks:
                young = answers | {"patient.date_of_birth": typed(TODAY - timedelta(days=3))}
                assert speaks(through(young, where), "the minimum age for this vaccine"), product.id
                tried += 1
            if product.greatest_age is not None:
                old = answers | {"patient.date_of_birth": born(product.greatest_age + 1, TODAY)}
                assert speaks(through(old, where), "the maximum age for this vaccine"), product.id
                tried += 1
        for reason, cohort in where.cohorts.items():
            if cohort.min_age:
                answers = answers_of(where, TODAY, reason, years=1)
                assert speaks(through(answers, where), "the minimum age for this reason"), (where.id, reason)
                tried += 1
            if cohort.born_from:
                answers = answers_of(where, TODAY, reason, years=40)
                assert speaks(through(answers, where), "This reason is for those born"), (where.id, reason)
                tried += 1
    assert tried > 25


def test_what_stops_besides_speaks_at_every_door() -> None:
    expired, without = {"vaccine.expiry": typed(TODAY - timedelta(days=1))}, {"consent.to_treatment": "no"}
    may_not = next((one.id for one in roles.roles() if not one.may_vaccinate), "")
    for change, who, path in (
        (expired, "pharmacist", "record.immunizations.0.expiry"),
        (without, "pharmacist", "record.consent.to_treatment"),
        ({"vaccine.site": "nose"}, "pharmacist", "record.immunizations.0.site"),
        *([({}, may_not, "record.vaccinator")] if may_not else []),
    ):
        said = through(complete_answers() | change, FLU, vaccinator(who))
        assert path in [where for where, _told in said.at_build], change


# the record as another system writes it


def record(**answers: str) -> VaccinationRecord:
    return through(
        complete_answers() | {key.replace("__", "."): one for key, one in answers.items()}, FLU
    ).record


def refused(one: VaccinationRecord) -> list[tuple[str, str]]:
    return list(rules_of(replace(one, recorded_at=NOW), NOW))


def test_a_reason_counts_for_the_one_warning_that_it_names() -> None:
    several = record(vaccine__dose_amount="5", screening__unwell="yes")
    for note in ("x", "Dr Bell advised it", "Continued although: Reason: he was asked"):
        assert len([f for f in refused(replace(several, notes_kept_here=note)) if "notes" not in f[0]]) == 2
    form = through(complete_answers() | {"vaccine.dose_amount": "5", "screening.unwell": "yes"}, FLU).at_form
    dose, unwell = (
        next(one for one in form if one.field == field)
        for field in ("vaccine.dose_amount", "screening.unwell")
    )
    answered = line_of_reason(unwell, "Better since this morning")
    (left,) = [f for f in refused(replace(several, notes_kept_here=answered)) if "notes" not in f[0]]
    assert left[1] == dose.sentence
    for who, takes in (("x", False), ("Bell", False), ("Dr Bell, consultant: give it", True)):
        notes = f"Kept.\n{answered}\n{line_of_reason(dose, who)}"
        assert is_answered(dose, notes) is takes
        assert (not refused(replace(several, notes_kept_here=notes))) is takes


def test_the_line_that_is_asked_for_is_taken_once_it_says_something() -> None:
    one = record(screening__unwell="yes")
    (asked,) = [told for where, told in refused(one) if where == "record.notes_kept_here"]
    line = asked[asked.index("Continued although") :]
    assert refused(replace(one, notes_kept_here=line))
    assert not refused(replace(one, notes_kept_here=line.replace("…", "Only a cold")))


def test_an_incident_is_the_reason_for_what_was_done_all_the_same() -> None:
    one = through(
        complete_answers()
        | {
            "screening.reaction": "yes",
            "screening.anaphylaxis": "yes",
            "allergies.status": "not-available",
            "incident.done": "yes",
            "incident.reason": "Given before the answer was read.",
        },
        FLU,
        vaccinator("assistant"),
    ).record
    assert [where for where, _told in refused(one)] == []
    silent = replace(one, incident=replace(one.incident, reason=""))
    assert {where for where, _told in refused(silent)} >= {"record.legal_basis", "record.screening.answers"}


def test_the_words_of_another_system_do_not_pass_by_the_rules() -> None:
    """Another unit, another product, no programme: each is judged, or said to be unknown."""
    one = record()
    vaccine = one.immunizations[0]
    large = Quantity(Decimal(5), Coded("ml"))
    cases = {
        "record.immunizations.0.dose": replace(vaccine, dose=large),
        "record.immunizations.0.dose ": replace(vaccine, dose=large, product=Coded("Brand new flu vaccine")),
        "record.immunizations.0.dose  ": replace(vaccine, dose=large, programme=""),
        "record.immunizations.0.dose   ": replace(vaccine, dose=large, programme="influenza-1999"),
        "record.immunizations.0.dose    ": replace(
            vaccine, dose=Quantity(Decimal(2), Coded("vial", "415818006"))
        ),
    }
    for path, changed in cases.items():
        found = refused(replace(one, immunizations=(changed,)))
        assert path.strip() in [where for where, _told in found], path
    assert not refused(one)
    nobody = replace(vaccine, programme="", product=None, procedure=Coded("Injection"), target_disease=None)
    trainee = replace(one, vaccinator=vaccinator("trainee"), immunizations=(nobody,))
    assert any("only registered staff" in told for _where, told in refused(trainee))


def test_an_answer_that_no_rule_knows_is_refused_and_the_known_ones_are_named() -> None:
    one = record()
    (basis,) = refused(replace(one, legal_basis="PGD, signed"))
    assert basis[0] == "record.legal_basis"
    assert "Patient group direction (PGD)" in basis[1]
    (who,) = refused(replace(one, consent=replace(one.consent, given_by="Mother")))
    assert who[0] == "record.consent.given_by"
    unknown = replace(one.screening, answers=(ScreeningAnswer("Feeling peaky?", answer=True),))
    asked = refused(replace(one, screening=unknown))
    assert [where for where, _told in asked] == ["record.screening.note", "record.notes_kept_here"]
    assert "Yes to a question" in asked[0][1]


def test_a_child_who_decides_alone_is_assessed_in_a_record_too() -> None:
    child = record(patient__date_of_birth="3/4/2012", vaccine__eligibility="risk-group")
    assert not [f for f in refused(child) if f[0].startswith("record.consent")]
    silent = replace(child, consent=replace(child.consent, understands=None, assessed_by=""))
    assert {where for where, _told in refused(silent)} >= {
        "record.consent.understands",
        "record.consent.assessed_by",
    }


def test_who_may_not_work_under_a_pgd_says_the_legal_basis() -> None:
    one = record()
    for role in (one.id for one in roles.roles() if one.may_vaccinate):
        unsaid = replace(one, vaccinator=vaccinator(role), legal_basis="")
        under_pgd = replace(unsaid, legal_basis="pgd")
        stops = any("PGD" in told for where, told in refused(under_pgd) if where == "record.legal_basis")
        asks = any(told.startswith("Say under which") for _where, told in refused(unsaid))
        assert asks is (stops and role != "doctor"), role
    assert not [f for f in refused(replace(one, legal_basis="")) if f[0] == "record.legal_basis"]


def test_without_rules_nothing_is_taken() -> None:
    ((where, told),) = record_rules.faults((), record(), NOW)
    assert where == "record"
    assert "check-data" in told


def test_each_vaccine_of_a_record_is_judged_for_itself() -> None:
    one = record()
    second = replace(one.immunizations[0], dose=Quantity(Decimal("4.9"), one.immunizations[0].dose.unit))
    found = refused(replace(one, immunizations=(one.immunizations[0], second)))
    assert {where for where, _told in found} == {
        "record.immunizations.1.dose",
        "record.notes_kept_here",
    }


def test_build_writes_no_message_of_what_the_rules_refuse(tmp_path: Path, capsys: Any) -> None:
    """The command itself, with the cases that were taken once."""
    whole = json.loads(FLU_RECORD.read_text(encoding="utf-8"))
    file, out = tmp_path / "record.json", tmp_path / "out.xml"

    def build(**changes: Any) -> int:
        out.unlink(missing_ok=True)
        changed = json.loads(json.dumps(whole))
        vaccine = changed["record"]["immunizations"][0]
        vaccine["dose"]["value"] = changes.pop("dose", "0.5")
        changed["record"] |= changes
        file.write_text(json.dumps(changed), encoding="utf-8")
        return cli.main(["build", str(file), "--out", str(out), *AT])

    assistant = roles.role("assistant").coded
    of_assistant = {
        **whole["record"]["vaccinator"],
        "role": {"display": assistant.display, "code": assistant.code, "system": assistant.system},
    }
    assert build() == 0, capsys.readouterr().err
    for changes in (
        {"dose": "5", "notes_kept_here": "x"},
        {"dose": "4.9"},
        {"dose": "0.05"},
        {"vaccinator": of_assistant, "legal_basis": "Patient group direction (PGD)"},
        {"contact_at": "2026-05-14T14:05:00+01:00"},
    ):
        assert build(**changes) == 2, changes
        assert not out.exists(), changes
        assert "record." in capsys.readouterr().err


def test_every_example_is_taken_without_a_question() -> None:
    from digmed_desktop.clinical import json_record

    for name in sorted(EXAMPLES.glob("*.json")):
        found = json_record.read(name.read_text(encoding="utf-8"))
        if isinstance(found, VaccinationRecord):
            assert not list(rules_of(found, NOW)), name.name


def test_the_programme_of_a_vaccine_is_found_without_its_name() -> None:
    """By product, procedure or disease; a dose ten times too large stops in each."""
    for where in programmes():
        said = through(answers_of(where, TODAY), where).record
        vaccine = said.immunizations[0]
        if vaccine.dose is None or vaccine.procedure is None:
            continue
        large = replace(vaccine, programme="", dose=replace(vaccine.dose, value=vaccine.dose.value * 10))
        found = [place for place, _told in refused(replace(said, immunizations=(large,)))]
        assert "record.immunizations.0.dose" in found, where.id
    assert programme(FLU.id) is FLU
