"""A release of dm+d with the elements of a real one and products that a test names."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from tests.reference.synthetic_dmd import code

CATEGORIES = {
    "none": ("0000", "No Controlled Drug Status"),
    "1": ("0001", "Schedule 1 (CD Lic)"),
    "2": ("0002", "Schedule 2 (CD)"),
    "3": ("0004", "Schedule 3 (CD No Register)"),
    "4": ("0008", "Schedule 4 (CD Benz)"),
    "5": ("0010", "Schedule 5 (CD Inv)"),
}
LEGAL = {"gsl": ("0001", "GSL"), "p": ("0002", "P"), "pom": ("0003", "POM")}
FORMS = {"Tablet": "385055001", "Pressurised inhalation": "420641004", "Oral suspension": "385024007"}
UNITS = {"tablet": "428673006", "dose": "3317411000001100", "ml": "258773002"}


@dataclass(frozen=True)
class Named:
    """One product of a release."""

    name: str
    schedule: str = "none"
    legal_class: str = "pom"
    form: str = "Tablet"
    unit: str = "tablet"


def code_of(number: int) -> str:
    """Return the dm+d code of the product at a place of the release."""
    return code(30_000_000 + number)


def write(folder: Path, products: Sequence[Named]) -> Path:
    """Write a release of these products into a folder; return the folder."""
    folder.mkdir(parents=True)
    tables = (
        ("CONTROL_DRUG_CATEGORY", list(CATEGORIES.values())),
        ("UNIT_OF_MEASURE", [(cd, words) for words, cd in UNITS.items()]),
        ("FORM", [(cd, words) for words, cd in FORMS.items()]),
        ("LEGAL_CATEGORY", list(LEGAL.values())),
    )
    look_up = "".join(
        f"<{table}>{''.join(f'<INFO><CD>{cd}</CD><DESC>{words}</DESC></INFO>' for cd, words in rows)}</{table}>"
        for table, rows in tables
    )
    vmps, forms, categories, amps, packs = [], [], [], [], []
    for n, one in enumerate(products):
        virtual, name = code(2_000_000 + n), escape(one.name)
        vmps.append(
            f"<VMP><VPID>{virtual}</VPID><NM>{name}</NM><UNIT_DOSE_UOMCD>{UNITS[one.unit]}</UNIT_DOSE_UOMCD></VMP>"
        )
        forms.append(f"<DFORM><VPID>{virtual}</VPID><FORMCD>{FORMS[one.form]}</FORMCD></DFORM>")
        category = CATEGORIES[one.schedule][0]
        categories.append(f"<CONTROL_INFO><VPID>{virtual}</VPID><CATCD>{category}</CATCD></CONTROL_INFO>")
        amps.append(
            f"<AMP><APID>{code_of(n)}</APID><VPID>{virtual}</VPID><NM>{name}</NM><DESC>{name}</DESC></AMP>"
        )
        legal = LEGAL[one.legal_class][0]
        packs.append(
            f"<AMPP><APPID>{code(60_000_000 + n)}</APPID><APID>{code_of(n)}</APID><LEGAL_CATCD>{legal}</LEGAL_CATCD></AMPP>"
        )
    parts = {
        "f_lookup2_3280926.xml": f"<LOOKUP>{look_up}</LOOKUP>",
        "f_vmp2_3280926.xml": (
            f"<VIRTUAL_MED_PRODUCTS><VMPS>{''.join(vmps)}</VMPS><DRUG_FORM>{''.join(forms)}</DRUG_FORM>"
            f"<CONTROL_DRUG_INFO>{''.join(categories)}</CONTROL_DRUG_INFO></VIRTUAL_MED_PRODUCTS>"
        ),
        "f_amp2_3280926.xml": f"<ACTUAL_MEDICINAL_PRODUCTS><AMPS>{''.join(amps)}</AMPS></ACTUAL_MEDICINAL_PRODUCTS>",
        "f_ampp2_3280926.xml": (
            f"<ACTUAL_MEDICINAL_PROD_PACKS><AMPPS>{''.join(packs)}</AMPPS></ACTUAL_MEDICINAL_PROD_PACKS>"
        ),
    }
    for name, text in parts.items():
        (folder / name).write_text(f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n', encoding="utf-8")
    return folder
