"""A release of dm+d with the elements of a real one and invented products, of any size."""

from collections.abc import Iterator
from pathlib import Path

from digmed_desktop.clinical import snomed

WORDS = (
    "Amoril", "Bexanol", "Caldipine", "Doxafen", "Enapril", "Fluvastol", "Glipiride", "Hydrazone", "Ibuvent",
    "Ketorax", "Lisovane", "Metformal", "Nabutol", "Omepraz", "Paracetex", "Quinapril", "Ramivol", "Salbutine",
    "Tramadex", "Ultralyte", "Valsartex", "Warfix", "Xylomet", "Zopidem",
)  # fmt: skip
FORMS = (("385055001", "Tablet", "428673006", "tablets"), ("385049006", "Capsule", "428641000", "capsules"))
SUPPLIERS = ("Lantern Pharma Ltd", "Willow Generics UK", "Hartsedge Healthcare", "Marrowby Medicines Ltd")
NAMESPACE = 1000001  # NHS Digital's, as in dm+d


def code(number: int) -> str:
    """A dm+d code with its check digit right (partition 10)."""
    digits = f"{number}{NAMESPACE}10"
    rest = 0
    for place, digit in enumerate(reversed(digits), 1):
        turned = int(digit)
        for _ in range(place % 8):
            turned = snomed._TURN[turned]
        rest = snomed._TIMES[rest][turned]
    check = next(d for d in range(10) if snomed._TIMES[d][rest] == 0)
    return f"{digits}{check}"


def lookup() -> Iterator[str]:
    yield '<?xml version="1.0" encoding="utf-8"?>\n<LOOKUP xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
    for table, rows in (
        ("CONTROL_DRUG_CATEGORY", (
            ("0000", "No Controlled Drug Status"), ("0002", "Schedule 2 (CD)"), ("0004", "Schedule 3 (CD No Register)"),
            ("0008", "Schedule 4 (CD Benz)"), ("0010", "Schedule 5 (CD Inv)"))),
        ("UNIT_OF_MEASURE", tuple((unit, name.lower()) for _, name, unit, _ in FORMS)),
        ("FORM", tuple((form, name) for form, name, *_ in FORMS)),
        ("LEGAL_CATEGORY", (("0001", "GSL"), ("0002", "P"), ("0003", "POM"), ("0004", "Not Applicable"))),
    ):  # fmt: skip
        yield f"<{table}>\n"
        for cd, words in rows:
            yield f"<INFO><CD>{cd}</CD><DESC>{words}</DESC></INFO>\n"
        yield f"</{table}>\n"
    yield "</LOOKUP>\n"


def vmp(virtual: int) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="utf-8"?>\n<VIRTUAL_MED_PRODUCTS>\n<VMPS>\n'
    for n in range(virtual):
        _, _, unit, plural = FORMS[n % 2]
        name = f"{WORDS[n % len(WORDS)]} {n % 997 + 1}mg {plural}"
        yield (
            f"<VMP><VPID>{code(2_000_000 + n)}</VPID><VTMID>{code(1000 + n % 24)}</VTMID><NM>{name}</NM>"
            f"<BASISCD>0001</BASISCD><PRES_STATCD>0001</PRES_STATCD><DF_INDCD>1</DF_INDCD><UDFS>1.000</UDFS>"
            f"<UDFS_UOMCD>{unit}</UDFS_UOMCD><UNIT_DOSE_UOMCD>{unit}</UNIT_DOSE_UOMCD></VMP>\n"
        )
    yield "</VMPS>\n<VIRTUAL_PRODUCT_INGREDIENT>\n"
    for n in range(virtual):
        yield f"<VPI><VPID>{code(2_000_000 + n)}</VPID><ISID>{code(9_000 + n % 24)}</ISID></VPI>\n"
    yield "</VIRTUAL_PRODUCT_INGREDIENT>\n<DRUG_FORM>\n"
    for n in range(virtual):
        yield f"<DFORM><VPID>{code(2_000_000 + n)}</VPID><FORMCD>{FORMS[n % 2][0]}</FORMCD></DFORM>\n"
    yield "</DRUG_FORM>\n<CONTROL_DRUG_INFO>\n"
    for n in range(virtual):
        category = "0008" if WORDS[n % len(WORDS)] == "Zopidem" else "0000"
        yield (f"<CONTROL_INFO><VPID>{code(2_000_000 + n)}</VPID><CATCD>{category}</CATCD></CONTROL_INFO>\n")
    yield "</CONTROL_DRUG_INFO>\n</VIRTUAL_MED_PRODUCTS>\n"


def amp(products: int, virtual: int) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="utf-8"?>\n<ACTUAL_MEDICINAL_PRODUCTS>\n<AMPS>\n'
    for n in range(products):
        of = n % virtual
        name = f"{WORDS[of % len(WORDS)]} {of % 997 + 1}mg {FORMS[of % 2][3]}"
        yield (
            f"<AMP><APID>{code(30_000_000 + n)}</APID><VPID>{code(2_000_000 + of)}</VPID><NM>{name}</NM>"
            f"<DESC>{name} ({SUPPLIERS[n // virtual % len(SUPPLIERS)]} {n // virtual})</DESC>"
            "<NMDT>2019-01-01</NMDT><SUPPCD>2074201000001102</SUPPCD><LIC_AUTHCD>0001</LIC_AUTHCD>"
            "<AVAIL_RESTRICTCD>0001</AVAIL_RESTRICTCD></AMP>\n"
        )
    yield (
        f"<AMP><APID>{code(29_000_000)}</APID><INVALID>1</INVALID><VPID>{code(2_000_000)}</VPID><NM>Gone</NM>"
        "<DESC>Gone long ago</DESC><SUPPCD>1</SUPPCD></AMP>\n"
    )
    yield "</AMPS>\n<LICENSED_ROUTE>\n"
    for n in range(products):
        yield f"<LIC_ROUTE><APID>{code(30_000_000 + n)}</APID><ROUTECD>26643006</ROUTECD></LIC_ROUTE>\n"
    yield "</LICENSED_ROUTE>\n</ACTUAL_MEDICINAL_PRODUCTS>\n"


def ampp(products: int) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="utf-8"?>\n<ACTUAL_MEDICINAL_PROD_PACKS>\n<AMPPS>\n'
    for n in range(products):
        yield (
            f"<AMPP><APPID>{code(60_000_000 + n)}</APPID><NM>Pack of 28</NM><VPPID>{code(5_000 + n % 999)}</VPPID>"
            f"<APID>{code(30_000_000 + n)}</APID><LEGAL_CATCD>{'0003' if n % 5 else '0002'}</LEGAL_CATCD>"
            "<DISCCD>0000</DISCCD></AMPP>\n"
        )
    yield "</AMPPS>\n</ACTUAL_MEDICINAL_PROD_PACKS>\n"


def write(folder: Path, products: int, virtual: int | None = None) -> Path:
    """Write a release into a folder, never the whole of a file in memory; return the folder."""
    virtual = virtual or max(products // 8, 1)
    folder.mkdir(parents=True, exist_ok=True)
    parts = {
        "f_lookup2_3010126.xml": lookup(),
        "f_vmp2_3010126.xml": vmp(virtual),
        "f_amp2_3010126.xml": amp(products, virtual),
        "f_ampp2_3010126.xml": ampp(products),
    }
    for name, lines in parts.items():
        with (folder / name).open("w", encoding="utf-8") as file:
            file.writelines(lines)
    return folder
