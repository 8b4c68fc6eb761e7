"""PINs: which may be used, slow hashing, and the waits after wrong ones."""

import importlib.util
from datetime import timedelta

import pytest
from argon2 import PasswordHasher, Type, extract_parameters

from digmed_desktop.credentials import pins


@pytest.fixture
def quick(monkeypatch) -> None:
    """Hash with a fraction of the work."""
    monkeypatch.setattr(pins, "_hasher", lambda: PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.mark.parametrize(
    "pin", ["4826", "739204", "918273645501", "correct horse otter", "ünderwayß", "  4826 "]
)
def test_pins_that_may_be_used(pin) -> None:
    assert pins.problem_with(pin) is None


@pytest.mark.parametrize(
    "pin",
    [
        "",
        "482",
        "7392048261537",
        "0000",
        "777777",
        "1234",
        "4321",
        "7890",
        "0987",
        "8901",
        "1212",
        "474747",
        "2580",
        "1984",
        "2026",
        "short",
        "aaaaaaaaaaaa",
        "x" * 129,
        "48 26",
        "1504",  # a day, as days are written here
        "0415",
        "150467",
        "15041967",
        "1221",
        "1122",
        "2468",
        "482482",
        "Password2026",
        "pharmacy123",
        "blue doorblue door",
        "correct horse",
        "Passw0rd",
        "P@ssword1",
        "password1!pharmacy",
        "liverpool",
        "1q2w3e4r",
        "winter2026",
        "1 2 3 4 5",
        "5683",
        "0007",
        "100000",
        "159753",
        "147852",
        "123454321",
    ],
)
def test_pins_that_may_not_be_used(pin) -> None:
    sentence = pins.problem_with(pin)
    assert sentence is not None
    assert sentence.startswith("Choose")
    with pytest.raises(pins.PinError) as caught:
        pins.hash_pin(pin)
    if pin:
        assert f" {pin} " not in str(caught.value).replace("1234,", "")


def test_a_registration_number_is_no_pin() -> None:
    assert pins.problem_with("2073948") is None
    assert pins.problem_with("2073948", known=("2073948",))
    assert pins.problem_with("73948", known=("2073948",))
    assert pins.problem_with("3948", known=("2073948",))
    assert pins.problem_with("3948", known=("01632960123",)) is None
    for pin in ("20739481", "8493702", "0120739481"):
        assert pins.problem_with(pin, known=("2073948",)), "the number within, or backwards"


def test_names_and_addresses_of_here_are_no_passphrase() -> None:
    known = ("Overtown Pharmacy", "FX999", "LS1 4AP", "Amira", "Khan", "2071234", "01632 960123")
    for passphrase in (
        "amirakhan",
        "Amira Khan",
        "khan2071234",
        "2071234a",
        "overtown pharmacy",
        "Overtown-FX999",
        "khan ls14ap",
        "nahkarima",
    ):
        assert pins.problem_with(passphrase, known=known), passphrase
    assert pins.problem_with("bramble teapot otter", known=known) is None


def test_hash_and_verify(quick) -> None:
    hashed = pins.hash_pin("4826")
    assert "4826" not in hashed
    assert pins.verify(hashed, "4826")
    assert not pins.verify(hashed, "4827")
    assert not pins.verify(hashed, "")
    assert pins.hash_pin("4826") != hashed


def test_the_same_keys_are_the_same_passphrase(quick) -> None:
    assert pins.verify(pins.hash_pin("cafe\u0301 noir"), "caf\u00e9 noir")
    assert pins.verify(pins.hash_pin("４８２６"), " 4826")


@pytest.mark.parametrize("hashed", ["", "4826", "$argon2id$v=19$m=8,t=1,p=1$broken"])
def test_a_damaged_hash_is_a_sentence(hashed) -> None:
    with pytest.raises(pins.PinError, match="cannot be read"):
        pins.verify(hashed, "4826")


def test_hashing_is_as_slow_as_rfc_9106_asks() -> None:
    """As the program hashes: the module is imported anew, without the quick hasher of the tests."""
    found = importlib.util.spec_from_file_location("pins_as_shipped", pins.__file__)
    assert found is not None
    assert found.loader is not None
    shipped = importlib.util.module_from_spec(found)
    found.loader.exec_module(shipped)
    used = extract_parameters(shipped.hash_pin("4826"))
    assert used.type is Type.ID
    assert (used.time_cost, used.memory_cost, used.parallelism) == (3, 65536, 1)
    assert used.salt_len >= 16


def test_five_tries_are_free_then_the_waits_grow() -> None:
    assert [pins.locked_for(n) / timedelta(minutes=1) for n in range(12)] == [
        0,
        0,
        0,
        0,
        0,
        1,
        5,
        15,
        60,
        60,
        60,
        60,
    ]
