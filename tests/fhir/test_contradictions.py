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

OURS = "4c1e0b52-1111-4000-8000-00000000000a"
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
        f'<identifier value="{OURS}"/><identifier value="{OURS.replace("4c", "8e")}"/>',
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


def inside(text: str, element: str, more: str) -> str:
    """Put something right behind the first beginning of an element."""
    assert f"<{element}>" in text
    return text.replace(f"<{element}>", f"<{element}>{more}", 1)


def of_entry(more: str) -> str:
    """Return an entry with a resource."""
    return f'<entry><fullUrl value="urn:uuid:99999999-0000-4000-8000-000000000009"/><resource>{more}</resource></entry>'


def outcome(code: str) -> str:
    """Return an outcome as a receiver would write it."""
    found = re.search(r"<OperationOutcome.*?</OperationOutcome>", response(code), re.DOTALL)
    assert found is not None
    return found[0].replace("<OperationOutcome>", '<OperationOutcome xmlns="http://hl7.org/fhir">')


ELSEWHERE = {
    "in parameters": lambda inner: of_entry(
        f'<Parameters><parameter><name value="a"/><resource>{inner}</resource></parameter></Parameters>'
    ),
    "in a bundle of its own": lambda inner: of_entry(
        f'<Bundle><type value="collection"/><entry><resource>{inner}</resource></entry></Bundle>'
    ),
    "contained in an organisation": lambda inner: of_entry(
        f"<Organization><contained>{inner}</contained></Organization>"
    ),
    "as the outcome of an entry": lambda inner: (
        f'<entry><response><status value="400"/><outcome>{inner}</outcome></response></entry>'
    ),
}


@pytest.mark.parametrize("place", ELSEWHERE)
@pytest.mark.parametrize("good", GOOD)
def test_a_refusal_is_read_wherever_an_outcome_stands(good: str, place: str) -> None:
    more = ELSEWHERE[place](outcome("30002"))
    understood = read(response(good).replace("</Bundle>", f"{more}</Bundle>"))
    assert_a_person_decides(understood)
    assert Happening.NOT_KNOWN in {one.happening for one in understood.meanings}


@pytest.mark.parametrize("place", ELSEWHERE)
def test_a_success_that_stands_where_no_outcome_belongs_is_doubted(place: str) -> None:
    more = ELSEWHERE[place](outcome("30001"))
    assert_a_person_decides(read(response("30001").replace("</Bundle>", f"{more}</Bundle>")))


MODIFIER = (
    '<modifierExtension url="http://example.org/not-this"><valueBoolean value="true"/></modifierExtension>'
)


@pytest.mark.parametrize(
    "element", ["issue", "OperationOutcome", "MessageHeader", "Organization", "response"]
)
@pytest.mark.parametrize("code", ["20013", "30001", "30002"])
def test_a_modifier_that_nobody_knows_here_is_for_a_person(code: str, element: str) -> None:
    assert_a_person_decides(read(inside(response(code), element, MODIFIER)))


@pytest.mark.parametrize("element", ["OperationOutcome", "MessageHeader", "Bundle"])
def test_rules_of_the_sender_that_nobody_knows_here_are_for_a_person(element: str) -> None:
    text = response("30001").replace('<Bundle xmlns="http://hl7.org/fhir">', "<Bundle>")
    text = inside(text, element, '<implicitRules value="http://example.org/rules"/>')
    assert_a_person_decides(read(text.replace("<Bundle>", '<Bundle xmlns="http://hl7.org/fhir">')))


@pytest.mark.parametrize("code", GOOD)
@pytest.mark.parametrize(
    ("was", "now"),
    [
        ('code value="ITK008M"', 'code value="ITK007C"'),
        ('code value="ITK008M"', 'code value="ITK009D"'),
        ('code value="ITK008M"', 'code value="ITK010D"'),
        ("CodeSystem/ITK-MessageEvent-2", "CodeSystem/other-events"),
        ("ITK-Response-MessageDefinition-1", "ITK-DM-Immunization-MessageDefinition-1"),
        ('type value="message"', 'type value="document"'),
    ],
)
def test_what_calls_itself_another_kind_of_message_is_no_success(code: str, was: str, now: str) -> None:
    text = response(code)
    assert was in text
    assert_a_person_decides(read(text.replace(was, now)))


@pytest.mark.parametrize("code", GOOD)
@pytest.mark.parametrize(
    "kind", ["exception", "processing", "not-found", "duplicate", "security", "Informational"]
)
def test_a_success_whose_issue_is_of_another_type_is_none(code: str, kind: str) -> None:
    text = response(code)
    assert 'code value="informational"' in text
    assert_a_person_decides(read(text.replace('code value="informational"', f'code value="{kind}"')))


@pytest.mark.parametrize("code", [code for code in BAD if meaning(code).decides])
def test_a_refusal_whose_issue_is_called_informational_asks_a_person(code: str) -> None:
    text = re.sub(r'(<severity value="fatal"/>\s*<code value=")[^"]+', r"\g<1>informational", response(code))
    assert "informational" in text
    understood = read(text)
    assert_a_person_decides(understood)
    assert [one.happening for one in understood.meanings] == [meaning(code).happening]


@pytest.mark.parametrize("code", ["20007", "20008"])
def test_a_copy_that_is_held_and_called_a_fault_asks_a_person(code: str) -> None:
    assert_a_person_decides(read(response(code).replace('code value="duplicate"', 'code value="invalid"')))


def with_coding(code: str, more: str) -> str:
    """Put another coding before that of a response."""
    return re.sub(r"(<details>)(\s*<coding>)", rf"\g<1><coding>{more}</coding>\g<2>", response(code), count=1)


@pytest.mark.parametrize("code", GOOD)
@pytest.mark.parametrize(
    "more",
    [
        '<system value="http://example.org/codes"/><code value="REJECTED"/>',
        '<system value="http://example.org/codes"/><code value="30002"/>',
        '<code value="30002"/>',
        '<system value="http://example.org/codes"/><display value="Not here"/>',
    ],
)
def test_a_success_beside_another_systems_code_is_none(code: str, more: str) -> None:
    assert_a_person_decides(read(with_coding(code, more)))


def test_a_refusal_beside_a_success_of_another_system_asks_a_person_and_stays_one() -> None:
    understood = read(with_coding("30002", '<system value="http://example.org"/><code value="30001"/>'))
    assert_a_person_decides(understood)
    assert Happening.NOT_KNOWN in {one.happening for one in understood.meanings}


@pytest.mark.parametrize("code", GOOD)
def test_the_same_code_under_another_system_as_well_is_no_contradiction(code: str) -> None:
    assert read(with_coding(code, f'<system value="http://example.org"/><code value="{code}"/>')).decides


@pytest.mark.parametrize("code", GOOD)
@pytest.mark.parametrize("text", ["Rejected", "Patient NOT\n found", "processing failed", "3 errors"])
def test_a_success_with_words_of_a_refusal_is_none(code: str, text: str) -> None:
    shown = response(code)
    for changed in (
        shown.replace("</issue>", f'<diagnostics value="{text}"/></issue>'),
        shown.replace("</details>\n        </issue>", f'<text value="{text}"/></details></issue>'),
        re.sub(r'(<code value="\d{5}"/>\s*<display value=")[^"]+', rf"\g<1>{text}", shown),
        inside(
            shown,
            "OperationOutcome",
            f'<text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml">{text}</div></text>',
        ),
    ):
        assert changed != shown
        assert_a_person_decides(read(changed))


@pytest.mark.parametrize("code", GOOD)
@pytest.mark.parametrize(
    "text",
    ["Processed without errors", "No error", "0 errors, 0 warnings", "Stored in the workflow inbox", "OK"],
)
def test_a_success_with_words_of_success_decides(code: str, text: str) -> None:
    assert read(response(code).replace("</issue>", f'<diagnostics value="{text}"/></issue>')).decides


@pytest.mark.parametrize(("code", "other"), [("30001", "30002"), ("30002", "30001"), ("30001", "30004")])
def test_a_code_with_the_words_of_a_worse_one_asks_a_person(code: str, other: str) -> None:
    shown = response(code).replace(meaning(code).display, meaning(other).display)
    assert_a_person_decides(read(shown))


def test_an_id_that_two_parts_have_is_for_a_person() -> None:
    text = response("30001")
    ids_ = re.findall(r'<fullUrl value="([^"]+)"/>', text)
    assert len(set(ids_)) >= 2
    assert_a_person_decides(
        read(text.replace(f'<fullUrl value="{ids_[1]}"/>', f'<fullUrl value="{ids_[0]}"/>'))
    )


def test_a_response_that_answers_itself_is_for_a_person() -> None:
    own = re.search(r'<MessageHeader>\s*<id value="([^"]+)"', response("30001"))
    assert own is not None
    assert_a_person_decides(read(response("30001", own[1])))


@pytest.mark.parametrize("code", GOOD)
@pytest.mark.parametrize("focus", ["urn:uuid:nowhere", "Immunization/1", "#a"])
def test_a_focus_that_leads_to_no_outcome_is_for_a_person(code: str, focus: str) -> None:
    text = response(code).replace("</response>", f'</response><focus><reference value="{focus}"/></focus>', 1)
    assert "<focus>" in text
    assert_a_person_decides(read(text))


@pytest.mark.parametrize(
    ("element", "other"),
    [("severity", "fatal"), ("fullUrl", "urn:uuid:1"), ("identifier", "x"), ("code", "fatal-error")],
)
def test_what_can_be_stated_once_and_is_stated_twice_is_for_a_person(element: str, other: str) -> None:
    text = response("30001")
    outside_handling = re.sub(r"<extension.*</extension>", "", text, flags=re.DOTALL)
    for once in set(re.findall(rf'<{element} value="[^"]*"/>', outside_handling)):
        changed = text.replace(once, f'{once}<{element} value="{other}"/>')
        assert_a_person_decides(read(changed))


def test_an_element_that_is_not_of_fhir_is_for_a_person() -> None:
    more = '<status xmlns="http://example.org">rejected</status>'
    assert_a_person_decides(read(inside(response("30001"), "issue", more)))


@pytest.mark.parametrize("code", [code for code in known_codes() if meaning(code).decides])
def test_what_a_response_may_lack_or_have_besides_is_no_contradiction(code: str) -> None:
    text = response(code)
    for changed in (
        re.sub(r"<extension.*</extension>", "", text, flags=re.DOTALL),
        re.sub(r"<event>.*?</event>", "", text, flags=re.DOTALL),
        re.sub(r"<severity [^>]*>", "", text),
        re.sub(r"(<OperationOutcome>\s*<id value=\")[^\"]+", r"\g<1>another", text),
        text.replace("ITK-Response-MessageDefinition-1", "ITK-Response-MessageDefinition-Instance-1"),
        inside(
            text,
            "OperationOutcome",
            '<extension url="http://example.org/x"><valueString value="rejected"/></extension>',
        ),
        text.replace(' value="urn:uuid:', ' value="URN:UUID:'),
        text.replace("</details>\n", "</details>\n<!-- rejected -->", 1),
        re.sub(r'(<display value="[^"]+)', r"\g<1>&#9;", text),
    ):
        assert changed != text
        assert read(changed).decides


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


REFUSAL = (
    '<coding><system value="https://fhir.nhs.uk/STU3/CodeSystem/ITK-ResponseCodes-1"/>'
    '<code value="30002"/></coding>'
)
ISSUE = (
    f'<issue><severity value="fatal"/><code value="not-found"/><details>{REFUSAL}</details>'
    '<diagnostics value="not found"/></issue>'
)
STRAY = {
    "an issue": ISSUE,
    "a severity": '<severity value="fatal"/>',
    "a diagnostics": '<diagnostics value="Rejected"/>',
    "a diagnostics without words of refusal": '<diagnostics value="see below"/>',
    "a code of ITK3": REFUSAL,
    "a concept with a code of ITK3": f"<details>{REFUSAL}</details>",
    "an event": '<event><code value="ITK007C"/></event>',
    "a response": f'<response><identifier value="{OURS}"/><code value="fatal-error"/></response>',
    "an outcome without its resource": f"<OperationOutcome>{ISSUE}</OperationOutcome>",
    "a status": '<status value="rejected"/>',
    "text": "Rejected",
    "an element written small": f"<operationoutcome>{ISSUE}</operationoutcome>",
    "an element of XHTML": '<div xmlns="http://www.w3.org/1999/xhtml">Rejected</div>',
}
"""What speaks of a refusal, and has no place in any of the places below."""
PLACES = {
    "the bundle": lambda text, more: text.replace("</Bundle>", f"{more}</Bundle>"),
    "its meta": lambda text, more: text.replace("</meta>", f"{more}</meta>", 1),
    "an entry": lambda text, more: text.replace("</entry>", f"{more}</entry>", 1),
    "an entry of its own": lambda text, more: text.replace("</Bundle>", f"<entry>{more}</entry></Bundle>"),
    "a resource without a type": lambda text, more: text.replace(
        "</Bundle>", f"<entry><resource>{more}</resource></entry></Bundle>"
    ),
    "the header's event": lambda text, more: text.replace("</event>", f"{more}</event>"),
    "the header's source": lambda text, more: text.replace("</source>", f"{more}</source>"),
    "the organisation": lambda text, more: text.replace("</Organization>", f"{more}</Organization>", 1),
    "parameters": lambda text, more: text.replace(
        "</Bundle>", of_entry(f"<Parameters>{more}</Parameters>") + "</Bundle>"
    ),
    "a parameter": lambda text, more: text.replace(
        "</Bundle>",
        of_entry(f'<Parameters><parameter><name value="a"/>{more}</parameter></Parameters>') + "</Bundle>",
    ),
    "an extension of the header": lambda text, more: inside(
        text, "MessageHeader", f'<extension url="http://example.org/x">{more}</extension>'
    ),
    "an extension of the outcome": lambda text, more: inside(
        text, "OperationOutcome", f'<extension url="http://example.org/x">{more}</extension>'
    ),
    "a contained resource": lambda text, more: inside(
        text, "Organization", f"<contained><Basic>{more}</Basic></contained>"
    ),
    "the coding of the issue": lambda text, more: text.replace("</coding>", f"{more}</coding>"),
    "a value": lambda text, more: re.sub(
        r'<severity value="([^"]+)"/>', rf'<severity value="\1">{more}</severity>', text
    ),
}


@pytest.mark.parametrize("part", STRAY)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("good", GOOD)
def test_what_stands_where_fhir_has_no_place_for_it_is_for_a_person(good: str, place: str, part: str) -> None:
    text = response(good)
    changed = PLACES[place](text, STRAY[part])
    assert changed != text
    understood = read(changed)
    assert_a_person_decides(understood)
    if 'code value="30002"' in STRAY[part]:
        assert Happening.NOT_KNOWN in {one.happening for one in understood.meanings}


@pytest.mark.parametrize("part", [part for part in STRAY if part != "a diagnostics without words of refusal"])
@pytest.mark.parametrize("element", ["MessageHeader", "OperationOutcome", "issue", "details"])
@pytest.mark.parametrize("good", GOOD)
def test_an_answer_with_parts_that_do_not_belong_there_is_for_a_person(
    good: str, element: str, part: str
) -> None:
    end = f"</{element}>"
    text = response(good)
    assert end in text
    assert_a_person_decides(read(text.replace(end, f"{STRAY[part]}{end}", 1)))


CONCEPT = REFUSAL.replace("coding>", "valueCoding>")


@pytest.mark.parametrize(
    ("element", "more"),
    [
        ("MessageHeader", f"<meta>{REFUSAL.replace('coding>', 'tag>')}</meta>"),
        ("MessageHeader", f"<reason>{REFUSAL}</reason>"),
        ("MessageHeader", f'<extension url="http://example.org/x">{CONCEPT}</extension>'),
        (
            "issue",
            f'<extension url="http://example.org/x"><valueCodeableConcept>{REFUSAL}</valueCodeableConcept></extension>',
        ),
        ("Organization", f"<type>{REFUSAL}</type>"),
        ("Organization", f"<type>{REFUSAL.replace('https://fhir.nhs.uk/STU3/CodeSystem/', 'urn:')}</type>"),
        ("Organization", '<type><coding><code value="30002"/></coding></type>'),
    ],
)
@pytest.mark.parametrize("good", GOOD)
def test_a_response_code_in_a_place_that_fhir_has_but_no_answer_is_for_a_person(
    good: str, element: str, more: str
) -> None:
    understood = read(inside(response(good), element, more))
    assert_a_person_decides(understood)
    assert {one.code for one in understood.meanings} == {good, "30002"}


@pytest.mark.parametrize(
    "attribute", ['severity="fatal"', 'value="fatal"', 'code="30002"', 'status="rejected"']
)
@pytest.mark.parametrize("element", ["issue", "response", "OperationOutcome", "entry", "Organization"])
def test_an_attribute_that_fhir_does_not_have_is_for_a_person(element: str, attribute: str) -> None:
    text = response("30001")
    assert f"<{element}>" in text
    assert_a_person_decides(read(text.replace(f"<{element}>", f"<{element} {attribute}>", 1)))


def test_a_url_of_an_extension_written_as_an_element_has_its_place() -> None:
    text = re.sub(r'<extension url="([^"]+)">', r'<extension><url value="\1"/>', response("30001"))
    assert "<extension><url" in text
    assert read(text).decides
