"""Responses whose parts contradict each other: a person decides, and until then the worse reading stands."""

import re
from pathlib import Path

import pytest

from digmed_desktop.fhir.response_codes import known_codes, meaning
from digmed_desktop.fhir.response_reader import understood_as
from digmed_desktop.fhir.responses import UNREADABLE_ORIGINAL, parse, write_response
from digmed_desktop.messaging.answers import Understood
from digmed_desktop.messaging.states import Happening, Need, Standing, State, judge
from tests.fhir.records import NOW, ids

OURS = "7d0f4a6e-0000-4000-8000-000000000002"
GOOD = [code for code in known_codes() if meaning(code).positive]
BAD = [code for code in known_codes() if meaning(code).known and not meaning(code).positive]
SUCCESSES = (Happening.ACCEPTED, Happening.MATCHED)


def response(code: str, to: str = OURS) -> str:
    return write_response(
        response_to=to, code=code, sender_ods="A99999", mailbox="A99999OT001", now=NOW, new_id=ids()
    ).decode()


def read(text: str) -> Understood:
    return understood_as(parse(text.encode()))


def with_issue(text: str, code: str, times: int = 1, *, first: bool = False) -> str:
    """Put issues with another code before or after the one that is there."""
    issue = re.search(r"<issue>.*?</issue>", text, re.DOTALL)
    assert issue is not None
    more = re.sub(r'<code value="\d{5}"/>', f'<code value="{code}"/>', issue[0]) * times
    return text.replace(issue[0], more + issue[0] if first else issue[0] + more)


def with_outcome(text: str, code: str, *, named: bool) -> str:
    """Put a second outcome in, and have the header name it or not."""
    outcome = re.search(r"<entry>(?:(?!<entry>).)*<OperationOutcome.*?</entry>", text, re.DOTALL)
    assert outcome is not None
    id_ = re.search(r'<id value="([^"]+)"', outcome[0])
    assert id_ is not None
    other = "99999999-0000-4000-8000-000000000009"
    more = re.sub(r'<code value="\d{5}"/>', f'<code value="{code}"/>', outcome[0]).replace(id_[1], other)
    if named:
        text = re.sub(r"(<details>\s*<reference value=\"urn:uuid:)" + id_[1], r"\g<1>" + other, text)
    return text.replace(outcome[0], outcome[0] + more)


def assert_a_person_decides(understood: Understood) -> None:
    assert not understood.decides
    assert all(one.needs_person for one in understood.meanings)
    assert not any(one.positive or one.happening in SUCCESSES for one in understood.meanings)
    standing = Standing(State.SENT)
    for one in understood.meanings:
        standing = judge(standing, one.happening, one.code, asks=one.needs_person)
        assert one.sentence
    assert standing.need is Need.ANSWERED
    assert standing.state not in (State.ACCEPTED, State.MATCHED)


@pytest.mark.parametrize("good", GOOD)
@pytest.mark.parametrize("bad", BAD)
def test_success_and_refusal_in_one_response_is_a_refusal_that_a_person_looks_at(good: str, bad: str) -> None:
    for text in (with_issue(response(good), bad), with_issue(response(bad), good)):
        understood = read(text)
        assert_a_person_decides(understood)
        assert meaning(bad).happening in {one.happening for one in understood.meanings}


@pytest.mark.parametrize("good", GOOD)
@pytest.mark.parametrize("severity", ["error", "fatal", "success", "INFORMATION"])
def test_a_success_marked_as_an_error_is_none(good: str, severity: str) -> None:
    text = response(good).replace('severity value="information"', f'severity value="{severity}"')
    assert severity in text
    assert_a_person_decides(read(text))


@pytest.mark.parametrize("good", GOOD)
@pytest.mark.parametrize("header", ["fatal-error", "transient-error", "nonsense"])
def test_a_success_under_a_header_that_reports_an_error_is_none(good: str, header: str) -> None:
    text = response(good).replace('<code value="ok"/>', f'<code value="{header}"/>')
    assert header in text
    assert_a_person_decides(read(text))


@pytest.mark.parametrize("bad", BAD)
def test_a_refusal_marked_as_information_stays_one_and_asks_a_person(bad: str) -> None:
    understood = read(response(bad).replace('severity value="fatal"', 'severity value="information"'))
    assert_a_person_decides(understood)
    assert [one.happening for one in understood.meanings] == [meaning(bad).happening]


@pytest.mark.parametrize("code", known_codes())
@pytest.mark.parametrize(
    "system", ["http://evil.example/codes", "", "https://fhir.nhs.uk/STU3/CodeSystem/other"]
)
def test_a_code_of_another_system_is_not_known_whatever_its_digits(code: str, system: str) -> None:
    text = response(code).replace("https://fhir.nhs.uk/STU3/CodeSystem/ITK-ResponseCodes-1", system)
    understood = read(text)
    assert_a_person_decides(understood)
    assert [(one.code, one.happening) for one in understood.meanings] == [(code, Happening.UNEXPECTED)]


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize(("first", "second"), [("20013", "20009"), ("20009", "20013"), ("30001", "30002")])
def test_outcomes_that_differ_are_all_read_whichever_the_header_names(
    first: str, second: str, named: bool
) -> None:
    understood = read(with_outcome(response(first), second, named=named))
    assert_a_person_decides(understood)
    assert {one.code for one in understood.meanings} == {first, second}


def test_the_same_outcome_twice_is_no_contradiction() -> None:
    assert read(with_outcome(response("30001"), "30001", named=True)).decides


def test_a_header_that_points_at_an_outcome_that_is_not_there_is_doubted() -> None:
    text = re.sub(r"(<details>\s*<reference value=\"urn:uuid:)[^\"]+", r"\g<1>nowhere", response("30001"))
    assert_a_person_decides(read(text))


@pytest.mark.parametrize("many", [49, 50, 51, 500])
def test_no_number_of_successes_hides_a_refusal_behind_them(many: int) -> None:
    understood = read(with_issue(response("30001"), "30001", many))
    assert [one.code for one in understood.meanings] == ["30001"]
    last = with_issue(response("30002"), "30001", many, first=True)
    assert_a_person_decides(read(last))
    assert Happening.NOT_KNOWN in {one.happening for one in read(last).meanings}


def test_a_thousand_unknown_codes_hide_no_known_one_and_are_counted() -> None:
    text = response("30002")
    for number in range(40000, 41000):
        text = with_issue(text, str(number), first=True)
    understood = read(text)
    assert "30002" in {one.code for one in understood.meanings}
    assert len(understood.meanings) < 50
    assert "980 more" in " ".join(one.sentence for one in understood.meanings)


def test_a_response_that_names_two_messages_names_none() -> None:
    text = response("30001").replace(
        f'<identifier value="{OURS}"/>',
        f'<identifier value="{OURS}"/><identifier value="{OURS.replace("7d", "8e")}"/>',
    )
    understood = read(text)
    assert understood.answers_message_id == ""
    assert_a_person_decides(understood)


@pytest.mark.parametrize("code", GOOD)
def test_no_success_for_a_message_that_the_sender_could_not_read(code: str) -> None:
    assert_a_person_decides(read(response(code, UNREADABLE_ORIGINAL)))


@pytest.mark.parametrize(("one", "other"), [("20013", "30001"), ("30001", "30004")])
def test_two_successes_are_no_contradiction(one: str, other: str) -> None:
    assert read(with_issue(response(one), other)).decides


def test_the_published_responses_decide_but_for_the_original_that_could_not_be_read(shared: Path) -> None:
    files = sorted((shared / "examples/responses").glob("*.xml"))
    assert files
    for file in files:
        assert understood_as(parse(file.read_bytes())).decides, file.name
    case = shared / "cases/responses/two-outcomes-header-names-the-second-20009.xml"
    understood = understood_as(parse(case.read_bytes()))
    assert_a_person_decides(understood)
    assert Happening.REJECTED in {one.happening for one in understood.meanings}


def test_what_surrounds_the_xml_of_a_response_does_not_matter(shared: Path) -> None:
    body = response("30001").encode()
    for around in (b"\n" + body, b"\xef\xbb\xbf\r\n\t " + body, body + b"\0\0\0", body + b" \n\0"):
        assert parse(around).response_to == OURS
    for file in sorted((shared / "cases/responses").glob("30001-*.xml")):
        assert understood_as(parse(file.read_bytes())).decides, file.name
