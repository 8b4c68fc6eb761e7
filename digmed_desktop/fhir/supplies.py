"""Items supplied: the List of dispensed medication, its MedicationDispense entries and their Medication.

One dispense an item. Appliances are medications here too: the profile has no other place for them.
"""

from collections.abc import Sequence

from digmed_desktop.clinical.emergency_supply import SuppliedItem
from digmed_desktop.clinical.record import Coded
from digmed_desktop.clinical.units import amount
from digmed_desktop.fhir.datatypes import (
    HL7_UK_PROFILE,
    NHS_PROFILE,
    coding,
    concept,
    extension,
    moment,
    present,
    quantity,
    reference,
    resource,
    uuid_identifier,
)
from digmed_desktop.fhir.edition import Edition
from digmed_desktop.fhir.frame import Contact, MessageFrame
from digmed_desktop.fhir.supply_items import supply_instructions
from digmed_desktop.fhir.writing import Data

LIST_CODE = Coded("Dispensed Medication", "163541000000107")
"""Fixed by the profile, though its own required value set lacks it (guide 1.3.0 says so)."""
QUANTITY_TEXT_EXTENSION = f"{HL7_UK_PROFILE}Extension-CareConnect-MedicationQuantityText-1"
DAY = Coded("day", "d", "http://unitsofmeasure.org")


def supply_resources(items: Sequence[SuppliedItem], contact: Contact, frame: MessageFrame) -> list[Data]:
    """Return the List first, then each dispense with its medication; nothing when there are no items."""
    if not items:
        return []
    list_id = frame.new_id()
    found: list[Data] = []
    for item in items:
        dispense_id, medication_id = frame.new_id(), frame.new_id()
        dispense = _dispense(dispense_id, item, medication_id, contact, frame.edition)
        found += [dispense, _medication(medication_id, item)]
    whole = resource(
        "List",
        f"{NHS_PROFILE}CareConnect-ITK-MedicationDispense-List-1",
        list_id,
        identifier=[uuid_identifier(list_id)],
        status="current",
        mode="snapshot",
        code={"coding": [coding(LIST_CODE)]},
        subject=reference(contact.patient_id, contact.patient_name.as_on_record()),
        encounter=reference(contact.encounter_id),
        date=moment(contact.at) if contact.at else "",
        entry=[
            {"item": reference(one["id"])} for one in found if one["resourceType"] == "MedicationDispense"
        ],
    )
    return [whole, *found]


def _dispense(id_: str, item: SuppliedItem, medication_id: str, contact: Contact, edition: Edition) -> Data:
    performer = {"actor": reference(contact.clinician_id), "onBehalfOf": reference(contact.pharmacy_id)}
    return resource(
        "MedicationDispense",
        f"{NHS_PROFILE}CareConnect-ITK-MedicationDispense-1",
        id_,
        status="completed",
        medicationReference=reference(medication_id, item.product.display.strip() if item.product else ""),
        subject=reference(contact.patient_id, contact.patient_name.as_on_record()),
        context=reference(contact.encounter_id),
        performer=[performer] if contact.clinician_id else [],
        type={"coding": [coding(edition.supply_type)]} if edition.supply_type else None,
        quantity=_quantity(item),
        daysSupply=None
        if item.days is None
        else {"value": item.days, "unit": DAY.display, "system": DAY.system, "code": DAY.code},
        whenHandedOver=moment(contact.at) if contact.at else "",
        dosageInstruction=_directions(item),
    )


def _quantity(item: SuppliedItem) -> Data | None:
    """Return the amount with its words: number and unit in the singular, as ``2 cartridge``."""
    if item.quantity is None:
        return None
    said = extension(QUANTITY_TEXT_EXTENSION, valueString=amount(item.quantity))
    return {"extension": [said], **quantity(item.quantity)}


def _directions(item: SuppliedItem) -> list[Data]:
    """Return the directions; their words are always sent (release 1.2.9)."""
    parts = present(
        text=item.directions.strip(),
        additionalInstruction=[{"text": line} for line in supply_instructions(item)],
        site=_term(item.site),
        route=_term(item.route),
    )
    return [parts] if parts else []


def _term(coded: Coded | None) -> Data | None:
    if coded is None or not coded.display.strip():
        return None
    return concept(coded) if coded.is_coded else {"text": coded.display.strip()}


def _medication(id_: str, item: SuppliedItem) -> Data:
    """Return the product: a dm+d AMP or AMPP, so its code is sent or the item is not
    (CareConnect-ITK-Medication-1).
    """
    coded = item.product if item.product and item.product.is_coded else None
    form = item.form if item.form and item.form.is_coded else None
    return resource(
        "Medication",
        f"{NHS_PROFILE}CareConnect-ITK-Medication-1",
        id_,
        code={"coding": [coding(coded)]} if coded else None,
        status="active",
        form={"coding": [coding(form)]} if form else None,
    )
