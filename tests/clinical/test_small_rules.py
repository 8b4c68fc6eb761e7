"""The rules of single values: each at its limit, below and above it."""

from datetime import date
from decimal import Decimal

import pytest

from digmed_desktop.clinical import batch, names, ods, postcode, snomed, telephone, units
from digmed_desktop.clinical.record import Coded, PhoneUse, Quantity, Regulator
from digmed_desktop.clinical.registration import check_registration


@pytest.mark.parametrize(
    ("typed", "read_as"),
    [
        ("ls1 4ap", "LS1 4AP"),
        ("LS14AP", "LS1 4AP"),
        (" sw1a  1aa ", "SW1A 1AA"),
        ("m1 1ae", "M1 1AE"),
        ("GIR0AA", "GIR 0AA"),
        ("zz993vz", "ZZ99 3VZ"),
        ("ZZ99 3WZ", "ZZ99 3WZ"),
    ],
)
def test_a_postcode_is_taken_in_any_case_and_spacing(typed: str, read_as: str) -> None:
    assert postcode.sentence_about(typed) is None
    assert postcode.shown(typed) == read_as


@pytest.mark.parametrize(
    "typed", ["LS1", "4AP", "LS1 4A", "LS1 44AP", "LS1 4APP", "1LS 4AP", "LS1 4CP", "ＬＳ1 4AP", "&"]
)
def test_what_is_no_whole_postcode_is_told(typed: str) -> None:
    assert postcode.sentence_about(typed)
    assert postcode.shown(typed) == typed


def test_a_missing_postcode_is_asked_for() -> None:
    assert postcode.sentence_about(" ") == "Enter a postcode."


@pytest.mark.parametrize("typed", ["AB", "A" * 20, "914-151", "AB/12.3-x"])
def test_a_batch_of_2_to_20_characters_is_taken(typed: str) -> None:
    assert batch.sentence_about(typed) is None


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ("", "Enter the batch number"),
        ("A", "at least 2"),
        ("A" * 21, "at most 20"),
        ("AB 12", "without spaces"),
        ("AB_12", "letters"),
        ("Ä123", "letters"),
        ("<script>", "letters"),
    ],
)
def test_a_batch_outside_the_rule_is_told(typed: str, part: str) -> None:
    sentence = batch.sentence_about(typed)
    assert sentence is not None
    assert part in sentence


@pytest.mark.parametrize(("month", "last"), [(1, 31), (2, 28), (4, 30), (12, 31)])
def test_a_pack_without_a_day_can_be_used_to_the_end_of_the_month(month: int, last: int) -> None:
    assert batch.last_day(2027, month) == date(2027, month, last)


def test_the_end_of_february_in_a_leap_year() -> None:
    assert batch.last_day(2028, 2) == date(2028, 2, 29)


@pytest.mark.parametrize(
    "name",
    [
        "Rose",
        "O'Neill",
        "D’Arcy",
        "Anne-Marie",
        "St. John",
        "Łukasz",
        "Zoë",
        "Nguyễn",
        "李小龍",
        "محمد",
        "de la Cruz",
        "X",
    ],
)
def test_names_of_people_are_taken(name: str) -> None:
    assert names.sentence_about(name, "last name") is None
    assert names.warning_about(name, "last name") is None


@pytest.mark.parametrize(
    "name", ["Rose2", "<script>", "Smith & Son", "a,b", "--", "'", "Rose\x07", "Ro\nse", "R@se"]
)
def test_what_is_no_name_is_told(name: str) -> None:
    assert names.sentence_about(name, "last name")


@pytest.mark.parametrize(
    ("length", "doubted", "refused"), [(34, 0, 0), (35, 0, 0), (36, 1, 0), (100, 1, 0), (101, 1, 1)]
)
def test_a_name_is_doubted_above_35_characters_and_refused_above_100(
    length: int, doubted: int, refused: int
) -> None:
    name = "a" * length
    assert bool(names.warning_about(name, "last name")) is bool(doubted)
    assert bool(names.sentence_about(name, "last name")) is bool(refused)


@pytest.mark.parametrize("name", [" Rose", "Rose "])
def test_a_space_around_a_name_is_said(name: str) -> None:
    assert (
        names.warning_about(name, "first name")
        == "The first name begins or ends with a space. The space is left out."
    )


@pytest.mark.parametrize(
    "number", ["0113 496 0", "+44 113 496 000", "0113 496 0000", "(0113) 496-0000", "1" * 10, "1" * 15]
)
def test_telephone_numbers_of_10_to_15_digits_are_taken(number: str) -> None:
    count = sum(c.isdigit() for c in number)
    assert (telephone.sentence_about(number) is None) is (10 <= count <= 15)


@pytest.mark.parametrize("number", ["1" * 9, "1" * 16, "0113 496 CALL", "0113;4960000", "٠٧٧٠٠٩٠٠١٢٣", "+"])
def test_other_telephone_numbers_are_told(number: str) -> None:
    assert telephone.sentence_about(number)


@pytest.mark.parametrize(
    ("number", "use", "doubted"),
    [
        ("07700 900123", PhoneUse.MOBILE, False),
        ("+44 7700 900123", PhoneUse.MOBILE, False),
        ("07700 900123", PhoneUse.HOME, True),
        ("0044 7700 900123", PhoneUse.WORK, True),
        ("0113 496 0000", PhoneUse.MOBILE, True),
        ("+44 (0)20 7946 0000", PhoneUse.MOBILE, True),
        ("0113 496 0000", PhoneUse.HOME, False),
    ],
)
def test_a_kind_of_telephone_that_does_not_fit_the_number_is_doubted(
    number: str, use: PhoneUse, doubted: bool
) -> None:
    assert bool(telephone.warning_about(number, use)) is doubted


@pytest.mark.parametrize("code", ["A81001", " a81001 ", "X99999", "F8G", "ABCDEFGHIJ"])
def test_ods_codes_of_3_to_10_letters_and_digits_are_taken(code: str) -> None:
    assert ods.sentence_about(code, "the practice") is None
    assert ods.shown(code) == code.strip().upper()


@pytest.mark.parametrize("code", ["", "A8", "ABCDEFGHIJK", "A81-001", "A81 001", "A8100É"])
def test_what_is_no_ods_code_is_told(code: str) -> None:
    assert ods.sentence_about(code, "the practice")


@pytest.mark.parametrize("code", ods.NOT_A_PRACTICE)
def test_the_codes_for_no_practice_are_not_a_practice(code: str) -> None:
    assert ods.sentence_about(code, "the practice")


@pytest.mark.parametrize(
    ("code", "doubted"), [("A81001", False), ("A8100", True), ("A810011", True), ("881001", True)]
)
def test_a_practice_code_that_is_not_a_letter_and_five_digits_is_doubted(code: str, doubted: bool) -> None:
    assert bool(ods.warning_about_practice(code)) is doubted


@pytest.mark.parametrize(
    ("regulator", "number", "right"),
    [
        (Regulator.GPHC, "2099999", True),
        (Regulator.GPHC, " 2099999 ", True),
        (Regulator.GPHC, "209999", False),
        (Regulator.GPHC, "20999999", False),
        (Regulator.GPHC, "209999A", False),
        (Regulator.GPHC, "", False),
        (Regulator.GMC, "7099999", True),
        (Regulator.GMC, "709999", False),
        (Regulator.NMC, "99A9999E", True),
        (Regulator.NMC, "99a9999e", True),
        (Regulator.NMC, "9A9999E", False),
        (Regulator.NONE, "", True),
        (Regulator.NONE, "2099999", False),
    ],
)
def test_registration_numbers_follow_the_regulators_rule(
    regulator: Regulator, number: str, right: bool
) -> None:
    assert (check_registration(regulator, number) is None) is right


@pytest.mark.parametrize(
    "code", ["955691000000108", "368208006", "43207411000001105", "6142004", "138875005"]
)
def test_published_concept_ids_are_right(code: str) -> None:
    assert snomed.is_concept_id(code)


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("956951000000105", "check digit"),
        ("39114911000001104", "check digit"),
        ("1210999013", "a description id"),
        ("2622896019", "a description id"),
        ("", "empty"),
        ("71388", "too short"),
        ("9556910000001080000", "too long"),
        ("955691000000108 ", "a space"),
        ("٩٥٥٦٩١٠٠٠٠٠٠١٠٨", "other digits"),
        ("0368208006", "a leading zero"),
    ],
)
def test_what_is_no_concept_id_is_refused(code: str, why: str) -> None:
    assert not snomed.is_concept_id(code), why


def test_every_single_wrong_digit_of_a_concept_id_is_found() -> None:
    code = "955691000000108"
    for place in range(len(code)):
        for digit in "0123456789":
            if digit != code[place]:
                assert not snomed.is_concept_id(code[:place] + digit + code[place + 1 :])


@pytest.mark.parametrize(
    ("unit", "read_as"),
    [
        (Coded("Milliliter (qualifier value)", "258773002"), "0.50 mL"),
        (Coded("mL", "258773002"), "0.50 mL"),
        (Coded("Dose", "3317411000001100"), "0.50 dose"),
        (Coded("No unit of ours", "78421000"), "0.50 No unit of ours"),
        (Coded("puffs"), "0.50 puffs"),
        (Coded(""), "0.50"),
    ],
)
def test_an_amount_is_read_in_the_everyday_word_of_its_unit(unit: Coded, read_as: str) -> None:
    assert units.amount(Quantity(Decimal("0.50"), unit)) == read_as


def test_each_unit_with_a_code_is_read_in_one_word() -> None:
    for word in units.offered():
        assert units.shown(units.unit(word)) == word
