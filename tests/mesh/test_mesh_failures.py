"""Each way in which a call to MESH can fail, and what the program may then believe about the message."""

import socket
import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from digmed_desktop.mesh import connection
from digmed_desktop.mesh import transport as transport_module
from digmed_desktop.mesh.transport import MeshTransport
from digmed_desktop.messaging.errors import (
    AccountError,
    BusyError,
    DigMedError,
    OfflineError,
    OutcomeUnknownError,
    RefusedError,
    UnusableError,
)
from digmed_desktop.messaging.sending import Kind
from tests.mesh.strict_mesh import PHARMACY, PRACTICE, StrictMesh, Way

OUTBOX = "POST .*/outbox$"
HTML = {"headers": {"Content-Type": "text/html"}, "body": b"<html><body>Please sign in</body></html>"}


def posts(mesh: StrictMesh) -> int:
    return sum(call.startswith("POST") and call.endswith("/outbox") for call in mesh.calls)


# --- sending: what is known of the message afterwards ----------------------------------------------


@pytest.mark.parametrize(
    ("way", "more", "stored"),
    [
        (Way.ANSWER, {"status": 500}, 0),
        (
            Way.ANSWER,
            {"status": 500, "headers": {"Content-Type": "text/xml"}, "body": b"<soap:Envelope/>"},
            0,
        ),
        (Way.ANSWER_AFTER, {"status": 500}, 1),
        (Way.ANSWER, {"status": 502}, 0),
        (Way.ANSWER, {"status": 503, "headers": {"Retry-After": "2"}}, 0),
        (Way.ANSWER_AFTER, {"status": 504, **HTML}, 1),
        (Way.ANSWER_AFTER, {"status": 200, **HTML}, 1),
        (Way.ANSWER, {"status": 200, **HTML}, 0),
        (Way.ANSWER_AFTER, {"status": 202, "body": b"{}"}, 1),
        (Way.ANSWER_AFTER, {"status": 202, "body": b'{"message_id": "../x"}'}, 1),
        (Way.CUT, {}, 0),
        (Way.CUT_AFTER, {}, 1),
        (Way.TRUNCATE, {}, 1),
    ],
)
def test_an_unknown_outcome_is_said_to_be_unknown_and_never_repeated(
    pharmacy, sending, mesh, way, more, stored
):
    mesh.fail(OUTBOX, way, times=5, **more)
    with pytest.raises(OutcomeUnknownError) as caught:
        pharmacy.send(sending())
    assert caught.value.happened
    assert caught.value.remedy
    assert posts(mesh) == 1, "a send is never repeated by itself"
    assert len(mesh.stored(PRACTICE)) == stored
    found = pharmacy.look_up(sending().local_id)
    assert (found is not None) == bool(stored)


def test_no_answer_in_time_leaves_the_outcome_unknown(opened, sending, mesh):
    transport = opened(timeout=(2, 0.3))
    mesh.fail(OUTBOX, Way.DELAY, seconds=1.0)
    with pytest.raises(OutcomeUnknownError, match="in time"):
        transport.send(sending())
    assert len(mesh.stored(PRACTICE)) == 1


def test_a_message_that_is_stored_late_is_found_later(pharmacy, sending, mesh):
    mesh.fail(OUTBOX, Way.DONE_LATE, status=504, seconds=0.4)
    with pytest.raises(OutcomeUnknownError):
        pharmacy.send(sending())
    assert pharmacy.look_up(sending().local_id) is None
    deadline = time.monotonic() + 5
    while pharmacy.look_up(sending().local_id) is None:
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("status", [425, 429])
def test_a_wait_is_honoured(pharmacy, sending, mesh, status):
    mesh.fail(OUTBOX, Way.ANSWER, status=status, headers={"Retry-After": "7"})
    with pytest.raises(BusyError) as caught:
        pharmacy.send(sending())
    assert caught.value.retry_after == 7
    assert mesh.stored(PRACTICE) == []


@pytest.mark.parametrize(
    ("told", "low", "high"),
    [
        (None, 60, 60),
        ("0", 1, 1),
        ("999999", 3600, 3600),
        ("soon", 60, 60),
    ],
)
def test_a_wait_is_kept_within_reason(pharmacy, sending, mesh, told, low, high):
    assert low <= wait_after(pharmacy, sending, mesh, told) <= high


def test_a_wait_may_be_told_as_a_date(pharmacy, sending, mesh):
    told = format_datetime(datetime.now(UTC) + timedelta(minutes=9), usegmt=True)
    assert 400 <= wait_after(pharmacy, sending, mesh, told) <= 541


def wait_after(pharmacy, sending, mesh, told):
    mesh.fail(OUTBOX, Way.ANSWER, status=429, headers={"Retry-After": told} if told else {})
    with pytest.raises(BusyError) as caught:
        pharmacy.send(sending())
    return caught.value.retry_after


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(pharmacy, sending, mesh, status):
    mesh.fail(OUTBOX, Way.ANSWER, status=status, headers={"Location": "http://127.0.0.1:9/elsewhere"})
    with pytest.raises(AccountError, match="in its place"):
        pharmacy.send(sending())


def test_a_redirect_that_cannot_be_read_is_no_refusal_of_the_message(pharmacy, sending, mesh):
    broken = {"status": 302, "headers": {"Location": "http://127.0.0.1:9/\xff"}}
    mesh.fail(OUTBOX, Way.ANSWER, **broken)
    with pytest.raises(OutcomeUnknownError, match="in its place"):
        pharmacy.send(sending())
    mesh.fail(f"POST .*/{PHARMACY}$", Way.ANSWER, **broken)
    with pytest.raises(AccountError, match="in its place"):
        pharmacy.handshake()


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 423])
def test_a_web_page_in_place_of_mesh_leaves_the_outcome_unknown(pharmacy, sending, mesh, status):
    mesh.fail(OUTBOX, Way.ANSWER, status=status, **HTML)
    with pytest.raises(OutcomeUnknownError, match="in its place"):
        pharmacy.send(sending())


@pytest.mark.parametrize("status", [401, 403, 404, 408, 409, 410, 423])
@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"detail": "no"}', b'{"message": "Forbidden"}'])
@pytest.mark.parametrize("way", [Way.ANSWER, Way.ANSWER_AFTER])
def test_a_refusal_without_a_code_of_mesh_leaves_the_outcome_unknown(
    pharmacy, sending, mesh, status, body, way
):
    mesh.fail(OUTBOX, way, status=status, body=body)
    with pytest.raises(OutcomeUnknownError):
        pharmacy.send(sending())
    assert len(mesh.stored(PRACTICE)) == (way is Way.ANSWER_AFTER)


@pytest.mark.parametrize("code", ["12", "EPL-151"])
def test_a_denial_leaves_the_outcome_unknown_even_with_a_code(pharmacy, sending, mesh, code):
    body = b'{"errorCode": "%s", "errorDescription": "x"}' % code.encode()
    mesh.fail(OUTBOX, Way.ANSWER_AFTER, status=403, body=body)
    with pytest.raises(OutcomeUnknownError):
        pharmacy.send(sending())
    assert len(mesh.stored(PRACTICE)) == 1


def test_a_proxy_that_wants_a_password_stops_the_queue(pharmacy, sending, mesh):
    mesh.fail(OUTBOX, Way.ANSWER, status=407, **HTML)
    with pytest.raises(AccountError, match="proxy"):
        pharmacy.send(sending())


@pytest.mark.parametrize("code", ["07", "16", "17"])
def test_a_fault_of_registration_is_the_accounts(pharmacy, sending, mesh, code):
    body = b'{"message_id": "A", "detail": [{"event": "SEND", "code": "%s", "msg": "no"}]}' % code.encode()
    mesh.fail(OUTBOX, Way.ANSWER, status=417, body=body)
    with pytest.raises(AccountError):
        pharmacy.send(sending())


def test_a_workflow_that_is_not_registered_is_the_accounts_fault(pharmacy, sending, mesh):
    mesh.unregistered.add("DIGMED_FLU_VAC")
    with pytest.raises(AccountError, match="not registered"):
        pharmacy.send(sending())


def test_an_unknown_mailbox_refuses_this_one_message(pharmacy, sending):
    with pytest.raises(RefusedError) as caught:
        pharmacy.send(sending(recipient="X9NOBODY"))
    assert caught.value.code == "12"
    assert "not registered" in caught.value.happened


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (
            400,
            b'{"detail": [{"type": "string_too_long", "loc": ["header", "mex-subject"], "msg": "no"}]}',
            "",
        ),
        (417, b'{"errorEvent": "SEND", "errorCode": "06", "errorDescription": "x"}', "06"),
        (417, b'{"message_id": "A", "detail": [{"event": "SEND", "code": "E-99 <b>", "msg": "x"}]}', "E-99b"),
        (413, b"", "413"),
        (422, b"[]", ""),
    ],
)
def test_a_refusal_keeps_its_code(pharmacy, sending, mesh, status, body, code):
    mesh.fail(OUTBOX, Way.ANSWER, status=status, body=body)
    with pytest.raises(RefusedError) as caught:
        pharmacy.send(sending())
    assert caught.value.code == code


def test_a_mailbox_that_moved_is_looked_up_again_after_a_refusal(pharmacy, sending, mesh):
    assert pharmacy.mailbox_of("X9GP01", Kind.VACCINATION) == PRACTICE
    mesh.fail(OUTBOX, Way.ANSWER, status=417, body=b'{"errorCode": "12", "errorDescription": "x"}')
    with pytest.raises(RefusedError):
        pharmacy.send(sending())
    pharmacy.send(sending())
    assert sum("endpointlookup" in call for call in mesh.calls) == 2


def test_a_token_that_something_repeated_leaves_the_outcome_unknown(pharmacy, sending, mesh):
    body = b'{"detail": [{"event": "SEND", "code": "", "msg": "Error Duplicated Authentication Token"}]}'
    mesh.fail(OUTBOX, Way.ANSWER_AFTER, status=403, body=body)
    with pytest.raises(OutcomeUnknownError):
        pharmacy.send(sending())


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_nothing_leaves_when_nobody_listens(opened, sending, mesh):
    transport = opened(url=f"http://127.0.0.1:{closed_port()}")
    for call in (
        transport.handshake,
        transport.inbox,
        lambda: transport.send(sending(recipient=PRACTICE)),
        lambda: transport.send(sending()),
        lambda: transport.look_up("X9TEST_1"),
    ):
        with pytest.raises(OfflineError, match="cannot be reached"):
            call()


def test_a_name_that_nobody_knows_is_offline(account_of, mesh, sending, monkeypatch):
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    transport = MeshTransport(
        account_of(mesh, url=mesh.url.replace("127.0.0.1", "localhost")), timeout=(1, 1)
    )
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(OfflineError, match="cannot be reached"):
        transport.send(sending(recipient=PRACTICE))
    transport.close()


# --- the account -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change", [{"password": "wrong"}, {"shared_key": "wrong"}, {"mailbox": "X9ELSEWHERE"}]
)
def test_wrong_secrets_stop_the_queue_and_say_which_to_enter(opened, sending, mesh, change):
    mailbox = change.pop("mailbox", PHARMACY)
    transport = opened(mailbox, **change)
    for call in (transport.handshake, transport.inbox):
        with pytest.raises(AccountError, match="mailbox id, its password or the shared key"):
            call()
    with pytest.raises(OutcomeUnknownError, match="mailbox id, its password or the shared key"):
        transport.send(sending())
    assert mesh.stored(PRACTICE) == []


@pytest.mark.parametrize(("hours", "side"), [(-3, "fast"), (3, "slow")])
def test_a_wrong_clock_is_told_from_a_wrong_password(pharmacy, sending, mesh, hours, side):
    mesh.clock_offset = timedelta(hours=hours)
    with pytest.raises(AccountError, match=f"clock is 3.0 hours {side}"):
        pharmacy.handshake()
    with pytest.raises(OutcomeUnknownError, match=f"clock is 3.0 hours {side}"):
        pharmacy.send(sending())


def test_a_clock_that_is_a_little_off_is_accepted(pharmacy, mesh):
    mesh.clock_offset = timedelta(hours=1.9)
    pharmacy.handshake()


def test_an_inactive_mailbox_says_so(pharmacy, mesh):
    body = b'{"detail": [{"event": "SEND", "code": "", "msg": "Request Received from Inactive Mailbox"}]}'
    mesh.fail("POST", Way.ANSWER, status=403, body=body)
    with pytest.raises(AccountError, match="switched off"):
        pharmacy.handshake()


# --- calls that are safe to repeat -----------------------------------------------------------------


SAFE = {
    "handshake": (lambda t: t.handshake(), f"POST .*/{PHARMACY}$"),
    "list": (lambda t: t.inbox(), "GET .*/inbox$"),
    "track": (lambda t: t.look_up("X9TEST_1"), "GET .*/tracking/"),
    "endpoint": (lambda t: t.mailbox_of("X9GP01", "DIGMED_FLU_VAC"), "GET .*/endpointlookup/"),
    "acknowledge": (lambda t: t.acknowledge("0" * 32), "PUT "),
}


@pytest.mark.parametrize("name", SAFE)
@pytest.mark.parametrize(
    ("way", "status"), [(Way.CUT, 0), (Way.CUT_AFTER, 0), (Way.ANSWER, 503), (Way.ANSWER_AFTER, 504)]
)
def test_a_safe_call_is_repeated_with_a_fresh_token(pharmacy, mesh, name, way, status):
    call, at = SAFE[name]
    mesh.fail(at, way, status=status)
    call(pharmacy)
    assert len(mesh.calls) == 2
    assert len(set(mesh.tokens)) == len(mesh.tokens)


@pytest.mark.parametrize("name", SAFE)
@pytest.mark.parametrize(
    ("way", "more", "error"),
    [
        (Way.ANSWER, {"status": 500}, OfflineError),
        (Way.ANSWER, {"status": 503}, OfflineError),
        (Way.ANSWER, {"status": 503, "headers": {"Retry-After": "4"}}, BusyError),
        (Way.ANSWER, {"status": 429, "headers": {"Retry-After": "4"}}, BusyError),
        (Way.CUT, {}, OfflineError),
        (Way.ANSWER, {"status": 403, **HTML}, AccountError),
        (Way.ANSWER, {"status": 404, **HTML}, AccountError),
        (Way.ANSWER, {"status": 302, "headers": {"Location": "https://sign-in.example/"}}, AccountError),
    ],
)
def test_a_safe_call_that_goes_on_failing_says_why(pharmacy, mesh, name, way, more, error):
    call, at = SAFE[name]
    mesh.fail(at, way, times=9, **more)
    with pytest.raises(error):
        call(pharmacy)
    assert len(mesh.calls) <= 3


@pytest.mark.parametrize("name", SAFE)
def test_a_web_page_with_status_200_is_not_an_answer(pharmacy, mesh, name):
    call, at = SAFE[name]
    mesh.fail(at, Way.ANSWER, status=200, times=3, **HTML)
    with pytest.raises(AccountError, match="in its place"):
        call(pharmacy)


def test_a_safe_call_without_an_answer_ends_in_time(opened, mesh):
    transport = opened(timeout=(2, 0.3))
    mesh.fail("GET .*/inbox$", Way.DELAY, seconds=60.0)
    started = time.monotonic()
    with pytest.raises(OfflineError, match="in time"):
        transport.inbox()
    assert time.monotonic() - started < 20


def test_closing_the_program_does_not_wait_for_a_pause(account_of, mesh, monkeypatch):
    monkeypatch.setattr(connection, "FIRST_PAUSE", 60.0)
    stop = threading.Event()
    stop.set()
    transport = MeshTransport(account_of(mesh), stop=stop, timeout=(5, 5))
    mesh.fail("GET .*/inbox$", Way.CUT, times=9)
    started = time.monotonic()
    with pytest.raises(OfflineError):
        transport.inbox()
    assert time.monotonic() - started < 20
    transport.close()


@pytest.mark.parametrize(
    ("name", "status"),
    [
        *((name, status) for name in ("handshake", "list") for status in (400, 404, 410, 417)),
        *(("endpoint", status) for status in (404, 410)),  # another may well be of this one practice's code
    ],
)
def test_a_refusal_that_concerns_no_message_is_the_accounts_fault(pharmacy, mesh, name, status):
    call, at = SAFE[name]
    mesh.fail(at, Way.ANSWER, status=status)
    with pytest.raises(AccountError) as caught:
        call(pharmacy)
    assert "message" not in caught.value.happened, "nothing is said of any message"


def test_a_look_up_that_mesh_gave_up_stops_everything(pharmacy, mesh):
    mesh.fail("GET .*/tracking/", Way.ANSWER, status=410)
    with pytest.raises(AccountError, match="no longer says"):
        pharmacy.look_up("X9TEST_1")


# --- receiving -------------------------------------------------------------------------------------


@pytest.fixture
def waiting(practice, sending) -> str:
    answer = sending(1, workflow="DIGMED_FLU_VAC_ACK", recipient=PHARMACY, payload=bytes(range(256)) * 400)
    return practice.send(answer).mesh_id


@pytest.mark.parametrize("way", [Way.TRUNCATE, Way.CUT])
def test_a_download_that_breaks_off_is_not_a_message(pharmacy, mesh, waiting, way):
    mesh.fail("GET .*/inbox/", way, times=9)
    with pytest.raises(OfflineError):
        pharmacy.fetch(waiting)
    mesh.faults.clear()
    assert pharmacy.fetch(waiting).body == bytes(range(256)) * 400
    assert waiting in pharmacy.inbox()


def test_a_web_page_is_not_a_message(pharmacy, mesh, waiting):
    mesh.fail("GET .*/inbox/", Way.ANSWER, status=200, **HTML)
    with pytest.raises(AccountError, match="in its place"):
        pharmacy.fetch(waiting)


@pytest.mark.parametrize("status", [403, 404, 417, 500])
def test_a_refused_download_whose_words_cannot_be_read_is_told_all_the_same(pharmacy, mesh, waiting, status):
    packed = {"Content-Encoding": "gzip"}
    mesh.fail("GET .*/inbox/", Way.ANSWER, status=status, headers=packed, body=b"no gzip")
    with pytest.raises(DigMedError):
        pharmacy.fetch(waiting)


def test_a_download_that_cannot_be_unpacked_is_told_apart_from_a_cut(pharmacy, mesh, waiting):
    packed = {"Content-Encoding": "gzip", "Mex-MessageType": "DATA", "Mex-From": PRACTICE}
    mesh.fail("GET .*/inbox/", Way.ANSWER, status=200, headers=packed, body=b"no gzip")
    with pytest.raises(UnusableError, match="unpacked"):
        pharmacy.fetch(waiting)


def test_a_download_has_a_limit(pharmacy, mesh, waiting, monkeypatch):
    monkeypatch.setattr(transport_module, "LARGEST_DOWNLOAD", 1000)
    with pytest.raises(UnusableError, match="too large"):
        pharmacy.fetch(waiting)


def test_nothing_sent_is_in_any_error(pharmacy, sending, mesh):
    secret = "Zebedee Smith 9990000018"
    ways = [(Way.ANSWER, {"status": s}) for s in (400, 403, 417, 429, 500)] + [(Way.CUT, {})]
    for way, more in ways:
        mesh.fail(OUTBOX, way, **more)
        with pytest.raises(DigMedError) as caught:
            pharmacy.send(sending(subject=secret, recipient=PRACTICE, payload=secret.encode()))
        told = [str(caught.value), repr(caught.value), repr(caught.value.__cause__)]
        assert not any(word in text for text in told for word in ("Zebedee", "9990000018"))
