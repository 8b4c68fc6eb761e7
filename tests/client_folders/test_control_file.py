"""Control files of every published shape are read, hostile ones are refused, and what is written is read the same."""

import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digmed_desktop import untrusted
from digmed_desktop.mesh.client import places
from digmed_desktop.mesh.client.control_file import (
    LARGEST,
    ControlFile,
    MessageType,
    StatusRecord,
    read,
    write,
)
from digmed_desktop.untrusted_xml import NotReadableError

KIT = (
    "<DTSControl><Version>1.0</Version><AddressType>DTS</AddressType><MessageType>Data</MessageType>"
    "<WorkflowId>DIGMED_FLU_VAC_ACK</WorkflowId><To_DTS>X26OT001</To_DTS><From_DTS>X26GP001</From_DTS>"
    "<LocalId>busAck-17</LocalId></DTSControl>"
)
EMPTY_ONES = (
    "<DTSControl>\n<Version>1.0</Version>\n<AddressType>ALL</AddressType>\n<MessageType>Data</MessageType>\n"
    "<From_DTS>X26GP001</From_DTS>\n<To_DTS>X26OT001</To_DTS>\n<Subject></Subject>\n<LocalId/>\n"
    "<DTSId>20261129010203123456_A1B2C3</DTSId>\n<PartnerId/>\n<Compress>Y</Compress>\n<Encrypted>N</Encrypted>\n"
    "<WorkflowId>DIGMED_EMG_MED_ACK</WorkflowId>\n<ProcessId></ProcessId>\n<DataChecksum></DataChecksum>\n"
    "<IsCompressed>Y</IsCompressed>\n<StatusRecord><DateTime>20261129010203</DateTime><Event>TRANSFER</Event>"
    "<Status>SUCCESS</Status><StatusCode>00</StatusCode><Description/></StatusRecord>\n</DTSControl>\n"
)
ANOTHER_ORDER = (
    '<?xml version="1.0" encoding="UTF-8"?><DTSControl><StatusRecord><Status>ERROR</Status><Event>SEND</Event>'
    "<DateTime>20261204010203</DateTime><Description>Message not collected by recipient after 5 days</Description>"
    "<StatusCode>14</StatusCode></StatusRecord><MessageType>Report</MessageType><DTSId>20261129_B</DTSId>"
    "<LocalId>FZZ99_a</LocalId><From_DTS>X26OT001</From_DTS><WorkflowId>DIGMED_FLU_VAC</WorkflowId>"
    "<To_DTS>GPPROVIDER_9990000018_19800101_OTHER</To_DTS><AddressType>DTS</AddressType><Version>1.0</Version>"
    "<From_ESMTP/><To_ESMTP/><SomethingNew><Deep>1</Deep></SomethingNew></DTSControl>"
)
COLLECTED = (
    "<DTSControl><Version>1.0</Version><AddressType>ALL</AddressType><MessageType>Report</MessageType>"
    "<WorkflowId>DIGMED_FLU_VAC</WorkflowId><LocalId>FZZ99_a</LocalId><DTSId>20261129_B</DTSId><StatusRecord>"
    "<DateTime>20261129020304</DateTime><Event>COLLECT</Event><Status>SUCCESS</Status><StatusCode>00</StatusCode>"
    "</StatusRecord></DTSControl>"
)


def test_every_published_shape_is_read() -> None:
    kit = read(KIT.encode())
    assert (kit.message_type, kit.workflow, kit.sender, kit.recipient, kit.local_id, kit.mesh_id, kit.status) == (
        MessageType.DATA, "DIGMED_FLU_VAC_ACK", "X26GP001", "X26OT001", "busAck-17", "", None,
    )  # fmt: skip
    full = read(EMPTY_ONES.encode())
    assert (full.mesh_id, full.local_id, full.is_report) == ("20261129010203123456_A1B2C3", "", False)
    assert full.status is not None
    assert not full.status.is_fault
    assert full.status.at == datetime(2026, 11, 29, 1, 2, 3, tzinfo=UTC)
    report = read(ANOTHER_ORDER.encode())
    assert report.is_report
    assert report.status is not None
    assert (report.status.is_fault, report.status.code, report.status.event) == (True, "14", "SEND")
    collected = read(COLLECTED.encode())
    assert collected.status is not None
    assert (collected.status.event, collected.status.is_fault) == ("COLLECT", False)


def test_the_same_file_in_other_encodings_says_the_same() -> None:
    plain = read(EMPTY_ONES.encode())
    declared = f'<?xml version="1.0" encoding="UTF-16"?>{EMPTY_ONES}'
    for body in (
        b"\xef\xbb\xbf" + EMPTY_ONES.encode(),
        declared.encode("utf-16"),
        EMPTY_ONES.encode("utf-16"),
    ):
        assert read(body) == plain


HOSTILE = {
    "nothing": b"",
    "spaces": b" \r\n ",
    "no root": b'<?xml version="1.0"?>',
    "another root": b"<Control><MessageType>Data</MessageType></Control>",
    "a namespace": b'<DTSControl xmlns="urn:x"><MessageType>Data</MessageType></DTSControl>',
    "no type": b"<DTSControl><Version>1.0</Version></DTSControl>",
    "another type": b"<DTSControl><MessageType>Secret</MessageType></DTSControl>",
    "half": KIT.encode()[:90],
    "two roots": KIT.encode() + KIT.encode(),
    "external entity": b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><DTSControl><LocalId>&x;</LocalId>'
    b"<MessageType>Data</MessageType></DTSControl>",
    "entities in UTF-16": '<!DOCTYPE d [<!ENTITY x "y">]><DTSControl/>'.encode("utf-16"),
    "two local ids": KIT.replace("</LocalId>", "</LocalId><LocalId>other</LocalId>").encode(),
    "elements inside a value": KIT.replace("busAck-17", "<a>b</a>").encode(),
    "a long value": KIT.replace("busAck-17", "x" * 3000).encode(),
    "deep": b"<DTSControl>" + b"<a>" * 500 + b"</a>" * 500 + b"</DTSControl>",
    "many": b"<DTSControl>" + b"<a/>" * 5000 + b"</DTSControl>",
    "an unknown encoding": b'<?xml version="1.0" encoding="EBCDIC-CP-US"?><DTSControl/>',
    "bytes of no text": bytes(range(256)),
    "too long": KIT.encode() + b" " * LARGEST,
}


def test_hostile_files_are_refused_in_a_sentence_that_quotes_nothing() -> None:
    for name, body in HOSTILE.items():
        with pytest.raises(NotReadableError) as refused:
            read(body)
        assert "passwd" not in str(refused.value), name
        assert "busAck" not in str(refused.value), name
        assert str(refused.value).startswith(("The ", "A ")), name


def test_a_control_file_of_a_hundred_megabytes_costs_no_memory(tmp_path: Path) -> None:
    huge = tmp_path / "huge.ctl"
    with huge.open("wb") as file:
        file.write(KIT.encode())
        file.truncate(100_000_000)
    tracemalloc.start()
    with pytest.raises(untrusted.UnreadableError):
        places.read(huge, LARGEST)
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


LETTERS = st.characters(min_codepoint=33, exclude_categories=("Cc", "Cf", "Cs", "Cn", "Zl", "Zp", "Zs", "Co"))
TEXT = st.lists(st.text(LETTERS, min_size=1, max_size=12), max_size=5).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(
    st.builds(
        ControlFile,
        st.sampled_from(MessageType),
        workflow=TEXT,
        sender=TEXT,
        recipient=TEXT,
        subject=TEXT,
        local_id=TEXT,
        mesh_id=TEXT,
        status=st.none()
        | st.builds(
            StatusRecord,
            event=TEXT,
            status=TEXT,
            code=TEXT,
            description=TEXT,
            at=st.none()
            | st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001  # made aware below
                lambda at: at.replace(microsecond=0, tzinfo=UTC)
            ),
        ),
    )
)
def test_whatever_is_written_is_read_the_same(control: ControlFile) -> None:
    body = write(control)
    assert not body.startswith(b"\xef\xbb\xbf")
    assert read(body) == control
