"""ITK3 responses: every published example understood, hostile input refused, what is written is valid."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digmed_desktop.fhir.checks import check
from digmed_desktop.fhir.response_codes import known_codes, meaning
from digmed_desktop.fhir.response_reader import understood_as
from digmed_desktop.fhir.responses import (
    UNREADABLE_ORIGINAL,
    ItkResponse,
    UnreadableResponseError,
    parse,
    write_response,
)
from digmed_desktop.messaging.states import Happening
from tests.fhir.records import NOW, ids

OURS = "4c1e0b52-1111-4000-8000-00000000000a"


def response(code: str, **more: object) -> bytes:
    return write_response(
        response_to=OURS,
        code=code,
        sender_ods="A99999",
        mailbox="A99999OT001",
        now=NOW,
        new_id=ids(),
        **more,  # type: ignore[arg-type] # passed on as they are
    )


def test_every_published_response_is_understood(shared: Path) -> None:
    files = sorted((shared / "examples/responses").glob("*.xml"))
    assert len(files) >= 15
    for file in files:
        read = parse(file.read_bytes())
        code = next(part for part in file.stem.split("-") if part.isdigit() and len(part) == 5)
        assert [issue.code for issue in read.codes] == [code], file.name
        assert len(read.response_to) == 36, file.name
        assert meaning(code).known


def test_a_published_business_response_that_asks_for_an_answer_is_owed_one(shared: Path) -> None:
    folder = shared / "examples/responses"
    assert parse((folder / "ITK-Response-30001-Example-1.xml").read_bytes()).answer_owed
    assert not parse((folder / "ITK-Response-20013-Example-1.xml").read_bytes()).answer_owed
    assert not parse((folder / "synthetic-digimeds-30001.xml").read_bytes()).answer_owed


@pytest.mark.parametrize("code", known_codes())
def test_every_code_can_be_written_read_and_has_a_meaning(code: str) -> None:
    body = response(code, sender_reference="ref-1", diagnostics="No identifiable data", receiver_ods="FZZ99")
    read = parse(body)
    assert (read.response_to, read.sender_ods, read.sender_reference) == (OURS, "A99999", "ref-1")
    assert read.codes[0].code == code
    assert "No identifiable data" in read.codes[0].texts
    assert check(body) == []
    said = meaning(code)
    assert said.happened.endswith((".", ")."))
    assert said.do.endswith(".")


@pytest.mark.parametrize(
    ("code", "happening", "needs_person"),
    [
        ("20013", Happening.ACCEPTED, False),
        ("30001", Happening.MATCHED, False),
        ("30004", Happening.MATCHED, True),
        ("30002", Happening.NOT_KNOWN, True),
        ("30003", Happening.NO_LONGER, True),
        ("20007", Happening.DUPLICATE, False),
        ("20008", Happening.DUPLICATE, False),
        ("20009", Happening.REJECTED, True),
        ("20014", Happening.REJECTED, True),
        ("10001", Happening.REJECTED, True),
        ("30011", Happening.UNEXPECTED, True),
    ],
)
def test_meaning_follows_the_code_alone(code: str, happening: Happening, needs_person: bool) -> None:
    said = meaning(code)
    assert (said.happening, said.needs_person) == (happening, needs_person)


@pytest.mark.parametrize("code", ["20003", "20012"])
def test_a_fault_of_the_account_stops_the_queue(code: str) -> None:
    assert meaning(code).stops_sending
    assert not meaning("20009").stops_sending


@pytest.mark.parametrize("code", ["10006", "29999", "31234", "99999", "", "abc", "²0013", "unknown"])
def test_an_unknown_code_is_never_success_and_needs_a_person(code: str) -> None:
    said = meaning(code)
    assert (said.happening, said.needs_person, said.positive, said.known) == (
        Happening.UNEXPECTED,
        True,
        False,
        False,
    )


def test_a_response_that_calls_itself_ok_is_judged_by_its_code() -> None:
    body = response("20014").replace(b'"fatal-error"', b'"ok"')
    understood = understood_as(parse(body))
    assert [one.happening for one in understood.meanings] == [Happening.REJECTED]
    assert understood.decides


def test_of_several_issues_the_negative_one_decides() -> None:
    body = response("20013")
    start, end = body.index(b"<issue>"), body.index(b"</issue>") + 8
    second = body[start:end].replace(b"20013", b"20009")
    read = parse(body[:end] + second + body[end:])
    assert [issue.code for issue in read.codes] == ["20013", "20009"]
    assert {one.happening for one in understood_as(read).meanings} == {
        Happening.UNEXPECTED,
        Happening.REJECTED,
    }


def test_trailing_tabs_and_written_forms_of_ids_do_not_matter() -> None:
    body = response("30003").replace(b'setting"', b'setting&#9; "')
    body = body.replace(OURS.encode(), b"URN:UUID:" + OURS.upper().encode())
    read = parse(body)
    assert read.codes[0].display == "Patient no longer at this clinical setting"
    assert read.response_to == OURS


def test_original_that_could_not_be_read_is_said_so() -> None:
    body = write_response(
        response_to=UNREADABLE_ORIGINAL, code="10009", sender_ods="A99999", mailbox="M", now=NOW, new_id=ids()
    )
    read = parse(body)
    assert (read.response_to, read.original_unreadable) == ("", True)


def test_missing_handling_parts_are_no_fault() -> None:
    body = response("30001")
    start, end = body.index(b"<extension"), body.rindex(b"</extension>") + 12
    read = parse(body[:start] + body[end:])
    assert read.codes[0].code == "30001"
    assert (read.answer_owed, read.sender_reference) == (False, "")


def test_an_answer_is_owed_to_a_business_response_that_asks_and_never_to_an_infrastructure_one() -> None:
    assert parse(response("30001", ask_answer=True)).answer_owed
    assert not parse(response("30001")).answer_owed
    assert not parse(response("20013", ask_answer=True)).answer_owed


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(20))
    + b"]><Bundle xmlns='http://hl7.org/fhir'>&u;</Bundle>"
)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   \n",
        b"not xml",
        b"<a><b></a>",
        response("20013")[:-20],
        BOMB,
        BOMB.decode().encode("utf-16"),
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
        b'<?xml version="1.0" encoding="UTF-7"?><Bundle xmlns="http://hl7.org/fhir"/>',
        response("20013").decode().replace("utf-8", "ebcdic-us").encode("utf-16"),
        b"\xff\xfe\x00\x01" * 100,
        b"<Bundle/>",
        b'<Bundle xmlns="http://hl7.org/fhir"/>',
        b'<Patient xmlns="http://hl7.org/fhir"/>',
        b"<a>" * 5000,
        b'<Bundle xmlns="http://hl7.org/fhir">' + b"<entry/>" * 250_000 + b"</Bundle>",
        b" " * 11_000_000,
    ],
    ids=lambda body: f"{len(body)} bytes",
)
def test_what_is_no_response_is_refused_and_nothing_of_it_is_told(body: bytes) -> None:
    with pytest.raises(UnreadableResponseError) as refused:
        parse(body)
    assert "passwd" not in str(refused.value)


GOOD = response("30001", sender_reference="ref")


@given(
    st.lists(
        st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 40), st.binary(max_size=12)),
        min_size=1,
        max_size=8,
    )
)
def test_a_mutated_response_raises_nothing_but_the_parsers_own_error(
    changes: list[tuple[int, int, bytes]],
) -> None:
    body = GOOD
    for at, cut, new in changes:
        body = body[:at] + new + body[at + cut :]
    with suppress(UnreadableResponseError):
        assert isinstance(parse(body), ItkResponse)
