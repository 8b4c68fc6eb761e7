"""The MESH subject: which document, of whom, from where, in plain ASCII.

``[payload-title] for [patient-name], NHS Number: [nhs-number], seen at [practice-name], ODS code:
[ods-code], version [version]`` (guide 1.3.0, MESH metadata; at most 500 characters). It holds patient data
because the guide asks for it: it is stored encrypted and never logged.
"""

import unicodedata

from digmed_desktop.clinical.record import Organisation, Patient

MAX_LENGTH = 500
_LETTERS = str.maketrans(
    {
        **dict(
            zip(
                "æÆœŒßẞþÞłŁøØ",
                ("ae", "AE", "oe", "OE", "ss", "SS", "th", "Th", "l", "L", "o", "O"),
                strict=True,
            )
        ),
        **dict(zip("đĐðÐħĦıŋŊ", ("d", "D", "d", "D", "h", "H", "i", "ng", "NG"), strict=True)),
        **dict.fromkeys("‘’‚ʼ", "'"),
        **dict.fromkeys("“”„", '"'),
        **dict.fromkeys("‐‑–—−", "-"),
    }
)


def to_ascii(text: str) -> str:
    """Return text in printable ASCII: accents taken off, other scripts as question marks, white space as one
    space.
    """
    plain = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    kept = (c for c in plain if not unicodedata.combining(c))
    spelt = "".join(
        " " if c.isspace() else c if " " <= c <= "~" else "?" for c in kept if unicodedata.category(c) != "Cf"
    )
    return " ".join(spelt.split())


def subject_of(title: str, patient: Patient, pharmacy: Organisation, version: int) -> str:
    """Return the subject as it goes into the MESH metadata."""
    return to_ascii(summary_of(title, patient, pharmacy, version))


def summary_of(title: str, patient: Patient, pharmacy: Organisation, version: int) -> str:
    """Return the same sentence in full letters, as Composition.text holds it."""
    return (
        f"{title} for {patient.name.spoken()}, NHS Number: {patient.sendable_nhs_number}, "
        f"seen at {pharmacy.name}, ODS code: {pharmacy.ods_code}, version {version}"
    )
