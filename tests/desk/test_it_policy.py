"""Names that administrators write are looked up in the program's data; doctor says each fault."""

from collections.abc import Callable
from pathlib import Path

import pytest

from digmed_desktop.desk.connections import it_policy
from digmed_desktop.desk.upkeep.doctor import check_names, check_policy
from digmed_desktop.fhir import editions
from digmed_desktop.messaging.connection import Health
from digmed_desktop.messaging.sending import Kind
from digmed_desktop.reference import programmes
from digmed_desktop.settings import policy as policy_room
from digmed_desktop.settings.choices import Choices
from digmed_desktop.settings.policy import Policy
from digmed_desktop.settings.settings import Settings

Write = Callable[[str], Policy]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write the administrators' file and read it as the program does."""
    file, plain = tmp_path / "policy.toml", policy_room.read
    monkeypatch.setattr(policy_room, "place", lambda: file)
    monkeypatch.setattr(policy_room, "read", lambda found: plain(found, lambda _file: True))

    def written(text: str) -> Policy:
        file.write_text(text, encoding="utf-8")
        return it_policy.read()

    return written


def own_product(**changes: str) -> str:
    programme = next(one for one in programmes.programmes() if one.agreement)
    values = {
        "id": "own-1",
        "programme": programme.agreement,
        "display": "A vaccine",
        "route": programme.lists["routes"][0].id,
        "live": "yes",
    } | changes
    return "[[messages.own_products]]\n" + "".join(f'{key} = "{value}"\n' for key, value in values.items())


def test_a_name_that_the_data_does_not_know_is_a_fault_and_nothing_is_sent(write: Write) -> None:
    one, other = Kind
    edition_of_other = editions.default_for(other).id
    for key, text in {
        "agreed_programmes": '[messages]\nagreed_programmes = ["influenca"]\n',
        "editions": '[messages]\neditions = { DIGMED_X = "nope" }\n',
        "editions ": f'[messages]\neditions = {{ {one.value} = "nope" }}\n',
        "editions  ": f'[messages]\neditions = {{ {one.value} = "{edition_of_other}" }}\n',
        "own_products": own_product(programme="nope"),
        "own_products ": own_product(route="nope"),
        "own_products  ": own_product(code="45354911000001101"),
        "own_products   ": own_product(display="A \u202evaccine"),
        "own_products    ": own_product() + own_product(),
    }.items():
        made = write(text)
        (fault,) = made.faults
        assert fault.key == f"messages.{key.strip()}", text
        assert fault.line > 0, text
        assert made.doubt, text
        assert not made.locks(key.strip()), text
        told = list(check_policy(made))
        assert [check.health for check in told] == [Health.BAD, Health.BAD], text
        assert told[0].sentence == fault.sentence


def test_names_that_the_data_knows_are_taken(write: Write) -> None:
    agreed = [one.id for one in programmes.agreements()]
    edition = editions.default_for(Kind.VACCINATION).id
    made = write(
        f'[messages]\nagreed_programmes = {agreed}\neditions = {{ {Kind.VACCINATION.value} = "{edition}" }}\n'
        f"{own_product()}"
    )
    assert (made.faults, made.doubt) == ((), "")
    assert set(made.values) == {"agreed_programmes", "editions", "own_products"}


def test_doctor_says_what_is_set_by_half(write: Write) -> None:
    for text, told in {
        '[mesh]\nmailbox = "X26OT001"\n': "no environment",
        '[mesh]\nenvironment = "live"\n': "no mailbox",
        "[messages]\nagreed_programmes = []\n": "on paper",
    }.items():
        made = write(text)
        assert made.doubt == ""
        good, look = check_policy(made)
        assert (good.health, look.health) == (Health.GOOD, Health.LOOK)
        assert told in look.sentence
    assert len(list(check_policy(write('[mesh]\nenvironment = "live"\nmailbox = "X26OT001"\n')))) == 1


def test_doctor_names_a_choice_of_the_account_that_this_version_does_not_know(write: Write) -> None:
    odd = Settings(agreed_programmes=("influenca",), editions={Kind.VACCINATION.value: "vaccination-9"})
    told = list(check_names(Choices(odd)))
    assert [one.health for one in told] == [Health.LOOK, Health.LOOK]
    assert not list(check_names(Choices()))
    agreed = programmes.agreements()[0].id
    set_by_it = write(f'[messages]\nagreed_programmes = ["{agreed}"]\n')
    assert len(list(check_names(Choices(odd, policy=set_by_it)))) == 1


def test_a_programme_with_a_fault_of_its_own_puts_no_agreement_in_doubt(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    rest = programmes.programmes()[1:]
    gone = programmes.agreements()[0].id
    monkeypatch.setattr(programmes, "programmes", lambda: rest)
    assert write(f'[messages]\nagreed_programmes = ["{gone}"]\n').faults == ()
