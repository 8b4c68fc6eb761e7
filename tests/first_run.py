"""The answers of a first run, for whatever needs a pharmacy that is set up."""

FIRST_RUN = {
    "pharmacy.name": "Overtown Pharmacy",
    "pharmacy.ods_code": "FX999",
    "pharmacy.telephone": "01632 960123",
    "pharmacy.address_lines": "1 High Street",
    "pharmacy.city": "Leeds",
    "pharmacy.postcode": "LS1 4AP",
    "person.given": "Amira",
    "person.family": "Khan",
    "person.role": "pharmacist",
    "person.regulator": "GPhC",
    "person.registration": "2071234",
    "person.pin": "507182",
    "person.pin_again": "507182",
}
