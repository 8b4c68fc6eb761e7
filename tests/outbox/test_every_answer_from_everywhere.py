"""Every code from every wrong mailbox, workflow and sender changes nothing; from every right one it counts."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from digmed_desktop.clinical.practices import ListedPractice
from digmed_desktop.fhir.response_codes import known_codes, meaning
from digmed_desktop.fhir.responses import write_response
from digmed_desktop.messaging.answers import Meaning
from digmed_desktop.messaging.states import Need, Standing, State, judge
from tests.history.samples import PRACTICE, facts, local_id, message, token
from tests.outbox.conftest import Pharmacy
from tests.outbox.doubles import OURS, THEIRS

ACK = "DIGMED_FLU_VAC_ACK"
PATIENT = "GPPROVIDER_9991234553_19470329_OFennimore"
CODES = (*known_codes(), "10099", "20099", "30099", "ABC", "")
"""Every code of ITK3, and what is none."""
OF_EACH_KIND = (
    "20013",
    "30001",
    "30004",
    "20008",
    "20009",
    "20012",
    "20014",
    "30002",
    "30003",
    "30005",
    "ABC",
)
"""A code of each kind: what the quick tests take."""


@dataclass(frozen=True)
class Origin:
    """Where an answer comes from. ``ods`` is the organisation that it says it is from."""

    sender: str = THEIRS
    workflow: str = ACK
    ods: str = "Y99901"


WRONG = {
    "a stranger's mailbox": Origin("SOMEBODYELSE"),
    "a mailbox that looks like the practice's": Origin(f"{THEIRS}0"),
    "another practice's mailbox, under the practice's name": Origin("OTHERBOX", ods="Y99901"),
    "our own mailbox": Origin(OURS),
    "a mailbox without a name": Origin(""),
    "the address of automatic routing": Origin(PATIENT),
    "the workflow it was sent on": Origin(workflow="DIGMED_FLU_VAC"),
    "the answers of the other notification": Origin(workflow="DIGMED_EMG_MED_ACK"),
    "a workflow of something else": Origin(workflow="SOMETHING_ELSE"),
    "no workflow": Origin(workflow=""),
    "a stranger on a wrong workflow": Origin("SOMEBODYELSE", "DIGMED_EMG_MED"),
}


def _as_looked_up(_real: Pharmacy) -> Origin:
    return Origin()


def _in_small_letters(_real: Pharmacy) -> Origin:
    return Origin(THEIRS.lower(), ACK.lower())


def _of_another_organisation(_real: Pharmacy) -> Origin:
    """MESH says who sent it; the organisation inside is the receiver's own words."""
    return Origin(ods="Z99999")


def _where_tracking_says_it_went(real: Pharmacy) -> Origin:
    for stored in real.mesh.messages(PATIENT):
        real.mesh.save(stored | {"recipient": "REALBOX"})
    return Origin("REALBOX")


def _where_a_report_says_it_went(real: Pharmacy) -> Origin:
    for stored in real.mesh.messages(PATIENT):
        real.mesh.save(stored | {"recipient": ""})
        real.mesh.put(OURS, kind="REPORT", sender="REPORTBOX", linked_id=stored["mesh_id"], status_code="14")
    real.run(minutes=6)
    return Origin("REPORTBOX")


def _where_a_look_up_leads_under_routing(real: Pharmacy) -> Origin:
    for stored in real.mesh.messages(PATIENT):
        real.mesh.save(stored | {"recipient": ""})
    return Origin()


def _where_the_practice_moved(real: Pharmacy) -> Origin:
    real.transport.mailboxes["Y99901"] = "NEWBOX"
    return Origin("NEWBOX")


def _of_the_practice_that_took_over(real: Pharmacy) -> Origin:
    real.store.gp_practices.replace([ListedPractice(PRACTICE, open=False, successor="Y99902")])
    real.transport.practices = ("Y99901", "Y99902")
    real.transport.mailboxes["Y99902"] = "HEIRBOX"
    return Origin("HEIRBOX")


def _of_the_practice_that_took_over_from_that_one(real: Pharmacy) -> Origin:
    from dataclasses import replace

    other = replace(PRACTICE, ods_code="Y99902")
    real.store.gp_practices.replace(
        [
            ListedPractice(PRACTICE, open=False, successor="Y99902"),
            ListedPractice(other, open=False, successor="Y99903"),
        ]
    )
    real.transport.practices = ("Y99901", "Y99902", "Y99903")
    real.transport.mailboxes["Y99903"] = "SECONDHEIRBOX"
    return Origin("SECONDHEIRBOX")


def _that_a_person_accepted_before(real: Pharmacy) -> Origin:
    made, _ = real.freeze()
    real.run()
    mesh_id = put(real, made, "20013", Origin("LOCALBOX"))
    real.run(minutes=6)
    real.store.replies.give(mesh_id, made, real.ada)
    real.run()
    return Origin("LOCALBOX")


RIGHT: dict[str, tuple[str, Callable[[Pharmacy], Origin]]] = {
    "the mailbox that was looked up": ("", _as_looked_up),
    "the same in small letters": ("", _in_small_letters),
    "the same under another organisation's code": ("", _of_another_organisation),
    "the recipient that tracking names": (PATIENT, _where_tracking_says_it_went),
    "the recipient that a report names": (PATIENT, _where_a_report_says_it_went),
    "the mailbox of a fresh look-up under automatic routing": (PATIENT, _where_a_look_up_leads_under_routing),
    "the new mailbox of a practice that moved": ("", _where_the_practice_moved),
    "the same under automatic routing": (PATIENT, _where_the_practice_moved),
    "the practice that took over": ("", _of_the_practice_that_took_over),
    "the practice that took over from that one": (PATIENT, _of_the_practice_that_took_over_from_that_one),
    "a mailbox that a person accepted": ("", _that_a_person_accepted_before),
}


def sent(real: Pharmacy, count: int, address: str = "") -> list[int]:
    made = [
        real.store.notifications.freeze(
            None,
            "{}",
            facts(),
            message(str(uuid.uuid4())),
            local_id(),
            real.ada,
            token=token(),
            address=address,
        )
        for _ in range(count)
    ]
    real.run(2)
    assert {real.state(one) for one in made} == {State.SENT}
    return made


def put(real: Pharmacy, made: int, code: str, origin: Origin) -> str:
    """Put an answer that asks for one itself into our mailbox; return its MESH id."""
    known = code if code in known_codes() else "30001"
    body = write_response(
        response_to=real.story(made).message_id,
        code=known,
        sender_ods=origin.ods,
        mailbox="X26OT001",
        now=datetime(2026, 11, 24, tzinfo=UTC),
        new_id=lambda: str(uuid.uuid4()),
        ask_answer=True,
    ).replace(f'code value="{known}"'.encode(), f'code value="{code}"'.encode())
    return real.mesh.put(OURS, body, workflow=origin.workflow, sender=origin.sender)


def after(said: Meaning, standing: Standing) -> Standing:
    """Return where a notification that is sent stands after a code that counts."""
    return judge(standing, said.happening, said.code, asks=said.needs_person)


codes = pytest.mark.parametrize(
    "codes", [pytest.param(CODES, id="every", marks=pytest.mark.slow), pytest.param(OF_EACH_KIND, id="kinds")]
)


@codes
@pytest.mark.parametrize("whence", WRONG)
def test_no_code_counts_from_a_wrong_place(real: Pharmacy, whence: str, codes: tuple[str, ...]) -> None:
    origin = WRONG[whence]
    made = sent(real, len(codes))
    mesh_ids = {put(real, one, code, origin): one for one, code in zip(made, codes, strict=True)}
    before = {name: len(real.mesh.messages(name)) for name in (origin.sender, THEIRS)}
    real.run(3, minutes=6)
    for one, code in zip(made, codes, strict=True):
        assert real.state(one) is State.SENT, code
        assert (real.row(one).need is Need.ANSWERED) == (not meaning(code).positive), code
    replies = real.store.replies.open(99)
    assert {reply.mesh_id: reply.about and reply.about.id for reply in replies} == mesh_ids
    assert real.store.deliveries.stopped() is None
    assert not real.store.replies.stopped_practices()
    for name, count in before.items():
        new = real.mesh.messages(name)[count:]
        assert not [one for one in new if one["sender"] == OURS and one["workflow"].endswith("_ACK")], (
            "no reply"
        )
    assert all(stored["collected"] for stored in real.mesh.messages(OURS) if stored["mesh_id"] in mesh_ids)
    sent(real, 1)


@codes
@pytest.mark.parametrize("whence", RIGHT)
def test_every_code_counts_from_a_right_place(real: Pharmacy, whence: str, codes: tuple[str, ...]) -> None:
    address, place = RIGHT[whence]
    made = sent(real, len(codes), address)
    origin = place(real)
    before = {one: Standing(real.state(one), real.row(one).need) for one in made}
    for one, code in zip(made, codes, strict=True):
        put(real, one, code, origin)
    real.run(2, minutes=6)
    for one, code in zip(made, codes, strict=True):
        expected = after(meaning(code), before[one])
        assert (real.state(one), real.row(one).need) == (expected.state, expected.need), code
    assert not real.store.replies.open(99)
    refused = {stop.ods_code for stop in real.store.replies.stopped_practices()}
    assert refused == {"Y99901"}, "20003 and 20012 stop what goes to this practice"
    real.store.replies.let_go_on("Y99901")
    real.run(len(codes), minutes=1)
    owed = [
        m for m in real.mesh.messages(origin.sender.upper()) if m["workflow"] == ACK and m["sender"] == OURS
    ]
    owed += [
        m for m in real.mesh.messages(origin.sender.lower()) if m["workflow"] == ACK and m["sender"] == OURS
    ]
    assert len(owed) >= sum(code.startswith("3") for code in codes), "each business reply gets its own"
