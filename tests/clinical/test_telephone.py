"""What a telephone number says of itself, as it is dialled at home or from abroad."""

import pytest

from digmed_desktop.clinical.record import PhoneUse
from digmed_desktop.clinical.telephone import use_of, warning_about


@pytest.mark.parametrize("typed", ["07700 900102", "+44 7700 900102", "0044 (0)7700-900102", "07123456789"])
def test_a_mobile_says_so_by_its_number(typed: str) -> None:
    assert use_of(typed) is PhoneUse.MOBILE
    assert warning_about(typed, PhoneUse.MOBILE) is None


@pytest.mark.parametrize(
    "typed", ["01632 960101", "070 1234 5678", "07600 123456", "0770", "", "+33 612345678"]
)
def test_any_other_number_leaves_the_kind_to_be_stated(typed: str) -> None:
    assert use_of(typed) is None
