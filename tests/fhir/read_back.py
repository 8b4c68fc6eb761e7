"""What a message says, read from its own XML alone: the record that its receiver could make of it.

Written apart from the program's reader and writer, so that a value which both get wrong is found. What is coded is
read from the resources, what stands only in words from the text by the labels of the edition.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from lxml import etree

from digmed_desktop.clinical.emergency_supply import (
    EmergencySupplyRecord,
    ItemKind,
    PatientConditions,
    PrescriberRequest,
    SuppliedItem,
    SupplyRoute,
)
from digmed_desktop.clinical.record import (
    Address,
    Allergies,
    Allergy,
    AllergyStatus,
    Certainty,
    Coded,
    Consent,
    Immunization,
    Incident,
    OnBehalf,
    Organisation,
    Patient,
    PersonName,
    PhoneUse,
    PreviousDoses,
    Professional,
    Quantity,
    Referral,
    Regulator,
    Screening,
    Sex,
    Telephone,
    VaccinationRecord,
)
from digmed_desktop.fhir.edition import Edition
from digmed_desktop.fhir.items import Record
from tests.fhir.nodes import Node

F = {"f": "http://hl7.org/fhir", "x": "http://www.w3.org/1999/xhtml"}
REGISTERS = {"gphc-number": Regulator.GPHC, "gmc-number": Regulator.GMC, "nmc-number": Regulator.NMC}


def at(node: Node, path: str) -> str:
    """The value at a path, ``""`` where there is none."""
    found = node.xpath(f"{path}/@value", namespaces=F)
    return str(found[0]) if found else ""


def all_at(node: Node, path: str) -> tuple[str, ...]:
    """Every value at a path."""
    return tuple(str(one) for one in node.xpath(f"{path}/@value", namespaces=F))


def lines(text: str) -> str:
    """A text as its lines stand in the message: without blanks around, one sign for every end of line."""
    return "\n".join(text.strip().splitlines())


@dataclass
class Message:
    """A message with its resources by full URL, and its text by section and row."""

    root: Node
    edition: Edition

    def __post_init__(self) -> None:
        self.by_url = {
            at(entry, "f:fullUrl"): entry.xpath("f:resource/*", namespaces=F)[0]
            for entry in self.root.xpath("//f:Bundle/f:entry", namespaces=F)
        }
        (self.composition,) = self.root.xpath("//f:Composition", namespaces=F)

    def one(self, node: Node, path: str) -> Node | None:
        """The resource that a reference leads to."""
        reference = at(node, f"{path}/f:reference")
        return self.by_url[reference] if reference else None

    def tables(self, key: str) -> list[dict[str, tuple[str, ...]]]:
        """The tables of a section, each from the item to its lines; the codes of a third column apart."""
        plan = next((one for one in self.edition.sections if one.key == key), None)
        if plan is None:
            return []
        found = self.composition.xpath(
            f"f:section[f:code/f:coding/f:code/@value='{plan.code.code}']//x:table", namespaces=F
        )
        return [dict(self._rows(table, [(r.item, r.label) for r in plan.rows])) for table in found]

    def _rows(self, table: Node, wanted: list[tuple[str, str]]) -> Iterator[tuple[str, tuple[str, ...]]]:
        left = list(wanted)
        for line in table.xpath(".//x:tr", namespaces=F):
            label, cell = line[0].xpath("string()"), line[1]
            place = next(n for n, (_, planned) in enumerate(left) if _fits(planned, label))
            item = left[place][0]
            del left[: place + 1]
            paragraphs = cell.findall(f"{{{F['x']}}}p")
            yield item, tuple(p.xpath("string()") for p in paragraphs) or (cell.xpath("string()"),)

    def text(self, item: str) -> str:
        """The words of one row, in whichever section the edition has it."""
        for plan in self.edition.sections:
            if item in [row.item for row in plan.rows]:
                for table in self.tables(plan.key):
                    if item in table:
                        return "\n".join(table[item])
        return ""


def _fits(planned: str, label: str) -> bool:
    start, _, end = planned.partition("{regulator}")
    return (
        label == planned if "{regulator}" not in planned else label.startswith(start) and label.endswith(end)
    )


def read_back(xml: bytes, edition: Edition) -> Record:
    """Return the record that a message says; what is kept at the pharmacy is not in it."""
    message = Message(etree.fromstring(xml), edition)
    composition = message.composition
    patient = message.one(composition, "f:subject")
    encounter = message.one(composition, "f:encounter")
    assert patient is not None
    assert encounter is not None
    practice = message.one(patient, "f:generalPractitioner")
    pharmacy = message.one(composition, "f:custodian")
    authors = [message.by_url[one] for one in all_at(composition, "f:author/f:reference")]
    clinician = message.one(encounter, "f:participant/f:individual")
    on_behalf = message.text("record.on_behalf")
    assert message.one(encounter, "f:serviceProvider") is pharmacy
    assert bool(on_behalf) is (clinician not in authors)
    common: dict[str, Any] = {
        "patient": _patient(patient),
        "practice": _organisation(practice),
        "pharmacy": _organisation(pharmacy),
        "contact_at": _moment(at(encounter, "f:period/f:start")),
        "service": message.text("contact.service"),
        "reason_for_service": message.text("contact.reason"),
        "accompanied_by": message.text("contact.accompanied"),
        "allergies": _allergies(message),
        "consent": _consent(message),
        "history": message.text("history"),
        "advice": message.text("advice"),
        "referral": Referral(
            *(message.text(f"referral.{one}") for one in ("to", "urgency", "reason", "expectation"))
        ),
        "incident": Incident(reason=message.text("incident.reason")),
        "on_behalf": _on_behalf(authors, on_behalf) if on_behalf else None,
    }
    who = _professional(clinician, message.text("clinician.role"))
    if edition.event.code == "ITK009D":
        return VaccinationRecord(
            **common,
            vaccinator=who,
            recorded_at=_moment(at(message.root, "//f:Immunization/f:extension/f:valueDateTime")),
            location=message.text("contact.location"),
            chaperone=message.text("contact.chaperone"),
            risk_group=message.text("eligibility.risk_group"),
            pregnancy_due=_shown_day(message.text("eligibility.due_date")),
            immunizations=tuple(_immunizations(message)),
        )
    return EmergencySupplyRecord(
        **common,
        pharmacist=who,
        recorded_at=_moment(at(composition, "f:date")),
        consultation_method=message.text("contact.method"),
        collected_by=message.text("contact.collected"),
        items=tuple(_items(message)),
        plan_for_professionals=message.text("plan.professionals"),
        plan_for_patient=message.text("plan.patient"),
        prescriber_request=_prescriber(message),
    )


def _on_behalf(authors: list[Node], said: str) -> OnBehalf:
    """Who recorded and who sent it, each named in the text too; their roles stand in the text alone."""
    recorder, sender = (replace(_professional(one, ""), role=None) for one in (authors[0], authors[-1]))
    for who, line in zip((recorder, sender), said.split("\n"), strict=True):
        assert who.name.spoken() in line
    return OnBehalf(recorder, sender)


def _prescriber(message: Message) -> PrescriberRequest:
    """Who asked for the supply, and whether a prescription is owed, as far as the text says it."""
    name, role, number, *_more = [*message.text("supply.prescriber").split("\n"), "", ""]
    asked = Professional(
        PersonName(family=name),
        Coded(role) if role else None,
        registration=number.removeprefix("Registration number: "),
    )
    return PrescriberRequest(asked, undertaken=bool(message.text("supply.owed")) or None)


def _shown_day(text: str) -> date | None:
    return datetime.strptime(text, "%d %b %Y").date() if text else None  # noqa: DTZ007 - a day has no zone


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _name(node: Node) -> PersonName:
    return PersonName(at(node, "f:name/f:given"), at(node, "f:name/f:family"), at(node, "f:name/f:prefix"))


def _address(node: Node) -> Address:
    where = "f:address"
    return Address(
        all_at(node, f"{where}/f:line"), at(node, f"{where}/f:city"), at(node, f"{where}/f:postalCode")
    )


def _patient(node: Node) -> Patient:
    return Patient(
        name=_name(node),
        nhs_number=at(node, "f:identifier[f:system/@value='https://fhir.nhs.uk/Id/nhs-number']/f:value"),
        date_of_birth=_day(at(node, "f:birthDate")),
        sex=Sex(at(node, "f:gender")),
        address=_address(node),
        telephones=tuple(
            Telephone(at(one, "f:value"), PhoneUse(at(one, "f:use")))
            for one in node.xpath("f:telecom", namespaces=F)
        ),
    )


def _organisation(node: Node | None) -> Organisation:
    assert node is not None
    return Organisation(
        at(node, "f:name"), at(node, "f:identifier/f:value"), _address(node), at(node, "f:telecom/f:value")
    )


def _professional(node: Node | None, role: str) -> Professional:
    assert node is not None
    register = at(node, "f:identifier/f:system").rpartition("/")[2]
    return Professional(
        _name(node), Coded(role), REGISTERS.get(register, Regulator.NONE), at(node, "f:identifier/f:value")
    )


def _term(node: Node, path: str) -> Coded | None:
    """A CodeableConcept; one whose code is a null flavour or missing by its words alone."""
    found = node.xpath(path, namespaces=F)
    if not found:
        return None
    system = at(found[0], "f:coding/f:system")
    if not system or system.endswith("NullFlavor"):
        return Coded(at(found[0], "f:text"))
    return Coded(at(found[0], "f:coding/f:display"), at(found[0], "f:coding/f:code"), system)


def _quantity(node: Node, path: str) -> Quantity | None:
    if not at(node, f"{path}/f:value"):
        return None
    unit = Coded(at(node, f"{path}/f:unit"), at(node, f"{path}/f:code"), at(node, f"{path}/f:system"))
    return Quantity(Decimal(at(node, f"{path}/f:value")), unit)


def _extension(node: Node, name: str) -> str:
    return f"f:extension[contains(@url, '{name}')]"


def _immunizations(message: Message) -> Iterator[Immunization]:
    section = "f:section[f:code/f:coding/f:code/@value='1102181000000102']/f:entry"
    for entry in message.composition.xpath(section, namespaces=F):
        node = message.by_url[at(entry, "f:reference")]
        maker = message.one(node, "f:manufacturer")
        present = at(node, f"{_extension(node, 'ParentPresent')}/f:valueBoolean")
        number = at(node, "f:vaccinationProtocol/f:doseSequence")
        yield Immunization(
            given=at(node, "f:notGiven") == "false",
            not_given_reason=_term(node, "f:explanation/f:reasonNotGiven"),
            procedure=_term(node, f"{_extension(node, 'VaccinationProcedure')}/f:valueCodeableConcept"),
            product=_term(node, "f:vaccineCode"),
            manufacturer="" if maker is None else at(maker, "f:name"),
            batch=at(node, "f:lotNumber"),
            expiry=_day(at(node, "f:expirationDate")),
            dose_number=int(number) if number else None,
            send_dose_number=bool(number),
            target_disease=_term(node, "f:vaccinationProtocol/f:targetDisease"),
            dose=_quantity(node, "f:doseQuantity"),
            site=_term(node, "f:site"),
            route=_term(node, "f:route"),
            indication=_term(node, "f:explanation/f:reason"),
            parent_present=None if not present else present == "true",
            adverse_reaction=at(node, "f:note/f:text"),
        )


def _items(message: Message) -> Iterator[SuppliedItem]:
    tables = message.composition.xpath(
        "f:section[f:code/f:coding/f:code/@value='933361000000108']/f:entry", namespaces=F
    )
    listed = message.by_url[at(tables[0], "f:reference")]
    for number, entry in enumerate(listed.xpath("f:entry/f:item", namespaces=F)):
        node = message.by_url[at(entry, "f:reference")]
        medication = message.one(node, "f:medicationReference")
        assert medication is not None
        row = {item: "\n".join(told) for item, told in message.tables("medications")[number].items()}
        yield SuppliedItem(
            kind=ItemKind.APPLIANCE if "supply.appliance" in row else ItemKind.MEDICINE,
            product=_term(medication, "f:code"),
            form=_term(medication, "f:form") or (Coded(row["supply.form"]) if "supply.form" in row else None),
            quantity=_quantity(node, "f:quantity"),
            days=int(at(node, "f:daysSupply/f:value")),
            directions=at(node, "f:dosageInstruction/f:text"),
            additional_instructions="\n".join(
                all_at(node, "f:dosageInstruction/f:additionalInstruction/f:text")
            ),
            route=_term(node, "f:dosageInstruction/f:route"),
            site=_term(node, "f:dosageInstruction/f:site"),
            indication=row.get("supply.indication", ""),
            size=row.get("supply.size", ""),
            weight=row.get("supply.weight", ""),
            colour=row.get("supply.colour", ""),
        )


def _allergies(message: Message) -> Allergies:
    tables = message.tables("allergies")
    if not tables:
        return Allergies()
    agents = [table["allergy.agent"] for table in tables]
    coded = message.root.xpath("//f:AllergyIntolerance", namespaces=F)
    negative = {"716186003": AllergyStatus.NONE_KNOWN, "409137002": AllergyStatus.NO_DRUG_ALLERGY}
    codes = [at(node, "f:code/f:coding/f:code") for node in coded]
    if len(codes) == 1 and codes[0] in negative:
        return Allergies(negative[codes[0]])
    if agents == [("Information not available",)]:
        assert message.root.xpath("//f:List/f:emptyReason", namespaces=F)
        return Allergies(AllergyStatus.NOT_AVAILABLE)
    left = iter(coded)
    return Allergies(
        AllergyStatus.RECORDED,
        tuple(
            _in_words(table) if len(table["allergy.agent"]) == 2 else _in_codes(next(left))
            for table in tables
        ),
    )


def _in_codes(node: Node) -> Allergy:
    reaction = _term(node, "f:reaction/f:manifestation")
    return Allergy(
        _term(node, "f:code") or Coded(""),
        at(node, "f:reaction/f:description"),
        reaction if reaction and reaction.is_coded else None,
        at(node, "f:type"),
        at(node, "f:reaction/f:severity"),
        Certainty(at(node, "f:verificationStatus")),
        _day(at(node, "f:onsetDateTime")),
    )


def _in_words(table: dict[str, tuple[str, ...]]) -> Allergy:
    first = _shown_day(table.get("allergy.first", ("",))[0])
    return Allergy(
        Coded(table["allergy.agent"][0]),
        "\n".join(table.get("allergy.reaction", ())),
        None,
        table.get("allergy.kind", ("",))[0].lower(),
        table.get("allergy.severity", ("",))[0].lower(),
        Certainty(table["allergy.certainty"][0].lower()),
        first,
    )


def _consent(message: Message) -> Consent:
    treatment = message.text("consent.treatment").split("\n")
    sharing = message.text("consent.sharing")
    who = next((one.removeprefix("Given by: ") for one in treatment if one.startswith("Given by: ")), "")
    child = message.text("consent.child").split("\n")
    return Consent(
        given_by=who,
        to_treatment=None if not treatment[0] else "not given" not in treatment[0],
        to_sharing=None if not sharing else "not given" not in sharing,
        about_child="\n".join(one for one in child if not one.startswith(STATED)),
    )


STATED = (
    *("Who decided has parental responsibility", "Ability to decide", "Consulted on the best interests"),
    "The power of attorney",
)
"""How lines on the ability to decide begin: what they say of each answer has a test of its own."""


KEPT_OF_AN_ITEM: dict[str, Any] = {
    one.name: one.default
    for one in fields(SuppliedItem)
    if one.name
    in (
        *("strength", "legal_class", "schedule", "preparation", "amount_is"),
        *("for_epilepsy", "as_directed", "reason"),
    )
}


def _of_other_kind(item: SuppliedItem) -> dict[str, Any]:
    """Return what only the other kind of item is described by, left out."""
    return {"form": None} if item.kind is ItemKind.APPLIANCE else {"size": "", "weight": "", "colour": ""}


def as_sent(record: Record, edition: Edition) -> Record:
    """Return a record without what is kept at the pharmacy, in the one shape in which each value is sent."""
    who = ", ".join(part for part in (record.consent.given_by, record.consent.name) if part)
    who += f" ({record.consent.relationship})" if record.consent.relationship else ""
    if record.consent.to_treatment is None or not (record.consent.given_by or record.consent.name):
        who = ""
    common: dict[str, Any] = {
        "patient": replace(record.patient, traced=None),
        "registered": None,
        "no_practice": None,
        "consent": Consent(
            given_by=who,
            to_treatment=record.consent.to_treatment,
            to_sharing=record.consent.to_sharing,
            about_child=record.consent.about_child,
        ),
        "allergies": replace(
            record.allergies, entries=tuple(_allergy_as_sent(one) for one in record.allergies.entries)
        ),
        "identity_checked": False,
        "notes_kept_here": "",
        "incident": Incident(reason=record.incident.reason),
        "on_behalf": record.on_behalf
        and OnBehalf(_by_name(record.on_behalf.recorded_by), _by_name(record.on_behalf.sent_by)),
        "not_stated": (),
    }
    if isinstance(record, VaccinationRecord):
        return replace(
            record,
            **common,
            legal_basis="",
            previous_doses=PreviousDoses(),
            screening=Screening(),
            vaccinator=_by(record.vaccinator),
            immunizations=tuple(_vaccine_as_sent(one, edition) for one in record.immunizations),
        )
    kept: dict[str, Any] = {
        one.name: one.default
        for one in fields(record)
        if one.name in ("supply_route", "asked_by", "referral_reference")
    }
    return replace(
        record,
        **common,
        **kept,
        patient_conditions=PatientConditions(),
        prescriber_request=_prescriber_as_sent(record),
        late_entry_reason="",
        pharmacist=_by(record.pharmacist),
        items=tuple(replace(item, **KEPT_OF_AN_ITEM, **_of_other_kind(item)) for item in record.items),
    )


def _by_name(person: Professional) -> Professional:
    return replace(person, role=None)


def _prescriber_as_sent(record: EmergencySupplyRecord) -> PrescriberRequest:
    """Return who asked as the practice reads it, where that was a prescriber."""
    if record.supply_route is not SupplyRoute.PRESCRIBER:
        return PrescriberRequest()
    who = record.prescriber_request.prescriber
    asked = Professional(
        PersonName(family=who.name.as_on_record()),
        who.role and Coded(who.role.display),
        registration=who.registration,
    )
    return PrescriberRequest(asked, undertaken=record.prescriber_request.undertaken or None)


def _by(person: Professional | None) -> Professional:
    assert person is not None
    return replace(person, role=Coded(person.role.display if person.role else ""))


def _vaccine_as_sent(one: Immunization, edition: Edition) -> Immunization:
    sent = one.send_dose_number
    common = replace(
        one,
        programme="",
        procedure=edition.in_place_of(one.procedure) if one.procedure else None,
        target_disease=one.target_disease if sent else None,
        dose_number=one.dose_number if sent else None,
    )
    return common if one.given else replace(common, product=one.product or Coded("No vaccine product chosen"))


def _allergy_as_sent(one: Allergy) -> Allergy:
    sure = replace(one, certainty=one.certainty or Certainty.UNCONFIRMED)
    if one.agent.is_coded:
        told = bool(one.reaction or one.reaction_code)
        return sure if told else replace(sure, severity="")
    words = [one.reaction_code.display] if one.reaction_code else []
    words += [one.reaction] if one.reaction and one.reaction not in words else []
    return replace(sure, reaction="\n".join(words), reaction_code=None)
