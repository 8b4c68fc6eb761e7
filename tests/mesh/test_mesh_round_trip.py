"""The transport against the strict MESH when nothing fails."""

import re
from datetime import timedelta

import pytest

from digmed_desktop.mesh.addressing import automatic_address
from digmed_desktop.mesh.reports import told_of_report
from digmed_desktop.messaging.errors import NotThereError, RefusedError
from digmed_desktop.messaging.ports import Transport
from digmed_desktop.messaging.sending import ItemKind, new_local_id
from tests.mesh.strict_mesh import NOWHERE, OTHER_PRACTICE, PHARMACY, PRACTICE, Registered, StrictMesh


def test_a_message_goes_there_and_an_answer_comes_back(pharmacy, practice, sending):
    transport: Transport = pharmacy
    transport.handshake()
    sent = sending(1, subject="Impfung für Zoë Łukasz — ‘Béatrice’")
    receipt = transport.send(sent)
    assert receipt.recipient == PRACTICE
    assert transport.look_up(sent.local_id) == receipt
    assert not transport.collected(receipt.mesh_id)

    assert list(practice.inbox()) == [receipt.mesh_id]
    item = practice.fetch(receipt.mesh_id)
    assert (item.kind, item.workflow, item.sender, item.body) == (
        ItemKind.DATA, "DIGMED_FLU_VAC", PHARMACY, sent.payload,
    )  # fmt: skip
    assert item.local_id == sent.local_id
    assert not transport.collected(receipt.mesh_id), "fetching alone acknowledges nothing"
    practice.acknowledge(receipt.mesh_id)
    practice.acknowledge(receipt.mesh_id)
    assert list(practice.inbox()) == []
    assert transport.collected(receipt.mesh_id)

    answer = practice.send(sending(2, workflow="DIGMED_FLU_VAC_ACK", recipient=PHARMACY, practice_ods=""))
    assert list(transport.inbox()) == [answer.mesh_id]
    assert transport.fetch(answer.mesh_id).workflow == "DIGMED_FLU_VAC_ACK"


def test_the_headers_are_those_of_the_guide(pharmacy, sending, mesh: StrictMesh):
    pharmacy.send(sending(1, subject="  Łukasz\r\nO’Neill, 999 " + "x" * 600))
    metadata = mesh.stored(PRACTICE)[0].metadata
    assert metadata.subject.startswith("Lukasz O'Neill, 999 x")
    assert len(metadata.subject) == 500
    assert metadata.content_type == "application/xml"
    assert metadata.file_name == sending(1).local_id + ".xml"


def test_an_empty_subject_is_left_out(pharmacy, sending, mesh: StrictMesh):
    pharmacy.send(sending(1, subject=""))
    assert mesh.stored(PRACTICE)[0].metadata.subject == ""


def test_every_call_has_a_token_of_its_own(pharmacy, sending, mesh: StrictMesh):
    pharmacy.handshake()
    for number in range(5):
        pharmacy.send(sending(number))
    pharmacy.inbox()
    assert len(mesh.tokens) == len(set(mesh.tokens)) >= 7


def test_an_unknown_local_id_is_not_there(pharmacy):
    assert pharmacy.look_up("X9TEST_none") is None


def test_a_local_id_used_twice_is_there_under_no_certain_id(pharmacy, sending):
    pharmacy.send(sending(1))
    pharmacy.send(sending(1))
    found = pharmacy.look_up(sending(1).local_id)
    assert found is not None
    assert found.mesh_id == ""


def test_the_inbox_holds_only_our_workflows_and_pages(pharmacy, practice, sending, mesh: StrictMesh):
    practice.send(sending(1, workflow="TOC_FHIR_IP_DISCH_ACK", recipient=PHARMACY))
    ids = [
        practice.send(sending(n, workflow="DIGMED_EMG_MED_ACK", recipient=PHARMACY)).mesh_id
        for n in range(2, 5)
    ]
    assert list(pharmacy.inbox()) == ids


def test_more_than_a_page_is_listed_whole(pharmacy, practice, sending, mesh: StrictMesh):
    mailbox = mesh.stored(PHARMACY)
    first = practice.send(sending(1, workflow="DIGMED_FLU_VAC_ACK", recipient=PHARMACY)).mesh_id
    import copy

    from mesh_sandbox import dependencies

    store = dependencies.get_store()
    original = store.inboxes[PHARMACY][0]
    for number in range(1200):
        twin = copy.copy(original)
        twin.message_id = f"{number:032X}"
        store.inboxes[PHARMACY].append(twin)
    listed = pharmacy.inbox()
    assert mailbox == []
    assert len(listed) == 1201
    assert listed[0] == first


@pytest.mark.parametrize("times", [1, 2])
def test_a_lookup_finds_the_one_mailbox_and_is_remembered(pharmacy, mesh: StrictMesh, times):
    for _ in range(times):
        assert pharmacy.mailbox_of("x9gp01", "DIGMED_FLU_VAC") == PRACTICE
    assert sum("endpointlookup" in call for call in mesh.calls) == 1


def test_a_practice_without_a_mailbox(pharmacy, sending, mesh: StrictMesh):
    assert pharmacy.mailbox_of("X9GP09", "DIGMED_FLU_VAC") is None
    with pytest.raises(RefusedError) as caught:
        pharmacy.send(sending(practice_ods="X9GP09"))
    assert caught.value.code == "EPL-151"
    assert not any("outbox" in call for call in mesh.calls)


def test_a_practice_with_several_mailboxes(pharmacy, sending, mesh: StrictMesh):
    mesh.register("X9GP02", "DIGMED_FLU_VAC", [PRACTICE, OTHER_PRACTICE])
    with pytest.raises(RefusedError) as caught:
        pharmacy.mailbox_of("X9GP02", "DIGMED_FLU_VAC")
    assert caught.value.code == "EPL-150"


BORN = __import__("datetime").date(1970, 1, 2)


def test_automatic_routing_reaches_the_practice(pharmacy, sending, mesh: StrictMesh):
    mesh.patients["9990000018"] = Registered("19700102", "O'Neill", (PRACTICE,))
    pharmacy.send(sending(recipient=automatic_address("9990000018", BORN, "O’Neill")))
    assert len(mesh.stored(PRACTICE)) == 1


@pytest.mark.parametrize(
    ("code", "number", "surname", "mailboxes"),
    [
        ("EPL-150", "9990000018", "Neill", (PRACTICE, OTHER_PRACTICE)),
        ("EPL-151", "9990000018", "Neill", ()),
        ("EPL-153", "9990000026", "Neill", (PRACTICE,)),
        ("EPL-154", "9990000018", "Other", (PRACTICE,)),
    ],
)
def test_routing_that_fails_is_told_later_in_a_report(
    pharmacy, sending, mesh, code, number, surname, mailboxes
):
    mesh.patients["9990000018"] = Registered("19700102", "Neill", mailboxes)
    sent = sending(recipient=automatic_address(number, BORN, surname))
    receipt = pharmacy.send(sent)
    assert len(mesh.stored(NOWHERE)) == 1
    (waiting,) = pharmacy.inbox()
    report = pharmacy.fetch(waiting)
    assert report.kind is ItemKind.REPORT
    assert (report.workflow, report.body) == ("DIGMED_FLU_VAC", b"")
    assert (report.linked_id, report.local_id, report.status_code) == (receipt.mesh_id, sent.local_id, code)
    assert report.status_text


def test_what_is_gone_is_not_there(pharmacy):
    with pytest.raises(NotThereError):
        pharmacy.fetch("0" * 32)
    with pytest.raises(NotThereError):
        pharmacy.collected("0" * 32)
    pharmacy.acknowledge("0" * 32)


@pytest.mark.parametrize("bad", ["../../admin/reset", "a/b", "", "a" * 65, "a?b", "é"])
def test_only_ids_of_the_right_shape_reach_a_url(pharmacy, mesh: StrictMesh, bad):
    for call in (pharmacy.fetch, pharmacy.acknowledge, pharmacy.collected):
        with pytest.raises(RefusedError):
            call(bad)
    assert mesh.calls == []


@pytest.mark.parametrize(
    "change",
    [
        {"payload": b""},
        {"payload": b"x" * (5 * 1024 * 1024 + 1)},
        {"local_id": "with space"},
        {"local_id": "x" * 301},
        {"workflow": "A\r\nB"},
        {"recipient": "X9GP01OT001\r\nmex-evil: 1"},
        {"recipient": "X" * 101},
        {"practice_ods": "../admin"},
    ],
)
def test_a_sending_of_the_wrong_form_is_never_sent(pharmacy, sending, mesh: StrictMesh, change):
    with pytest.raises(RefusedError):
        pharmacy.send(sending(**change))
    assert not any(re.search("outbox|endpointlookup", call) for call in mesh.calls)


def test_an_address_is_made_of_the_parts_that_pds_holds():
    assert (
        automatic_address("9990000018", BORN, "Łuczak-Ibáñez")
        == "GPPROVIDER_9990000018_19700102_Luczak-Ibanez"
    )
    assert automatic_address("9990000018", BORN, "de_la Cruz") == "GPPROVIDER_9990000018_19700102_dela Cruz"
    for number, surname in (("", "Neill"), ("9990000018", " "), ("9990000018", "我")):
        with pytest.raises(RefusedError):
            automatic_address(number, BORN, surname)


def test_what_nobody_collects_in_five_days_is_reported_in_words(
    pharmacy, practice, sending, mesh: StrictMesh
):
    receipt = pharmacy.send(sending())
    assert mesh.expire(PRACTICE) == 0
    mesh.clock_offset = timedelta(days=5, minutes=1)
    assert mesh.expire(PRACTICE) == 1
    mesh.clock_offset = timedelta(0)
    assert practice.inbox() == []
    with pytest.raises(NotThereError):
        practice.fetch(receipt.mesh_id)
    report = pharmacy.fetch(*pharmacy.inbox())
    assert (report.kind, report.linked_id, report.status_code) == (ItemKind.REPORT, receipt.mesh_id, "14")
    assert report.status_text == told_of_report("14", "")
    assert "5 days" in report.status_text


def test_a_report_of_an_unknown_code_keeps_what_mesh_said():
    told = told_of_report("EPL-199", " Something new ")
    assert "Something new" in told
    assert "paper" in told


def test_what_was_acknowledged_is_gone(pharmacy, practice, sending, mesh: StrictMesh):
    receipt = pharmacy.send(sending())
    practice.acknowledge(receipt.mesh_id)
    with pytest.raises(NotThereError):
        practice.fetch(receipt.mesh_id)
    practice.acknowledge(receipt.mesh_id)


def test_what_is_too_large_for_mesh_is_refused(pharmacy, sending, mesh: StrictMesh):
    mesh.size_limit = 40
    with pytest.raises(RefusedError, match="too large") as refused:
        pharmacy.send(sending())
    assert refused.value.code == "413"
    assert mesh.stored(PRACTICE) == []


def test_a_local_id_names_the_sender_and_is_new_each_time():
    ids = {new_local_id("FQF01") for _ in range(100)}
    assert len(ids) == 100
    assert all(re.fullmatch(r"FQF01_[0-9a-f]{32}", one) for one in ids)
