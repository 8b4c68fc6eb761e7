"""What goes out on paper: the copy of each kind of notification against a golden text, and its marks.

The golden texts are written anew with ``pytest --new-golden`` and read before they are kept.
"""

import io
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from digmed_desktop.clinical import json_record
from digmed_desktop.clinical.record import Consent
from digmed_desktop.desk.records.papers import PapersDesk
from digmed_desktop.desk.views.sent import Act, How
from digmed_desktop.fhir.editions import default_for
from digmed_desktop.fhir.message import MessageFrame, build
from digmed_desktop.messaging.errors import NotAllowedNowError
from digmed_desktop.messaging.sending import Kind
from digmed_desktop.messaging.whole_file import FileNotWrittenError
from digmed_desktop.paper.document import PaperDocument
from digmed_desktop.paper.pdf import pdf
from tests.desk.conftest import Counter
from tests.fhir import records
from tests.golden_files import kept
from tests.history.samples import facts, local_id, token

ADA = "Ms Ada Okonkwo-Bright"


def read(document: PaperDocument) -> PdfReader:
    return PdfReader(io.BytesIO(pdf(document)))


def text(document: PaperDocument) -> str:
    pages = [page.extract_text() for page in read(document).pages]
    return "\n".join(re.sub(r"[ \t]+", " ", line).strip() for page in pages for line in page.splitlines())


def papers(counter: Counter) -> PapersDesk:
    return PapersDesk(counter.store, counter.clock)


def supply(counter: Counter, *, electronic: bool = True) -> int:
    record = records.supply()
    ids = iter(f"00000000-0000-4000-8000-{n:012d}" for n in range(1, 99))
    frame = MessageFrame(
        edition=default_for(Kind.EMERGENCY_SUPPLY),
        mailbox="FZZ99OT001",
        now=counter.clock.now().replace(month=11),
        new_id=lambda: next(ids),
        sender_reference="a-reference",
    )
    message = build(record, frame) if electronic else None
    told = replace(
        facts(),
        kind=Kind.EMERGENCY_SUPPLY,
        patient_name=record.patient.name.as_on_record(),
        nhs_number=record.patient.nhs_number,
        contact_at=record.contact_at or counter.clock.now(),
    )
    return counter.store.notifications.freeze(
        None,
        json_record.dumps(record),
        told,
        message,
        local_id() if electronic else "",
        counter.ada,
        token=token(),
        no_route="" if electronic else "The practice has no mailbox.",
    )


def golden(name: str, document: PaperDocument) -> None:
    made = read(document)
    assert len(made.pages) <= 2
    root: Any = made.trailer["/Root"]
    assert root["/Lang"] == "en-GB"
    assert root["/MarkInfo"]["/Marked"]
    assert made.metadata is not None
    assert made.metadata.title == document.title
    assert "NEILL" not in document.title
    said = text(document) + "\n"
    assert said == kept(f"paper-{name}.txt", said)


def test_a_vaccination_on_paper(counter: Counter) -> None:
    golden("vaccination", papers(counter).copy(counter.record(), How.POST, ADA))


def test_an_emergency_supply_on_paper(counter: Counter) -> None:
    golden("emergency-supply", papers(counter).copy(supply(counter), How.HAND, ADA))


def test_what_was_never_electronic_says_so_and_has_the_same_sections(counter: Counter) -> None:
    by_message = papers(counter).copy(supply(counter), How.HAND, ADA)
    alone = papers(counter).copy(supply(counter, electronic=False), How.HAND, ADA)
    assert "on paper only" in text(alone)
    assert alone.blocks[1:] == by_message.blocks[1:]


def test_a_corrected_and_a_withdrawn_one_say_so(counter: Counter) -> None:
    made = counter.record()
    counter.post(made)
    counter.answer(made)
    begun = counter.desk.acts.begin_correction(made, "The batch was misread.")
    newer = counter.desk.send(
        "vaccination", "second", begun.state.answered({"vaccine.batch": "AB-1243"}), counter.ada
    ).notification
    assert newer is not None
    assert "A newer version of this record was made since." in text(papers(counter).copy(made, How.POST, ADA))
    said = text(papers(counter).copy(newer, How.POST, ADA))
    assert "Corrected record: it replaces the record of 14 Oct 2026" in said
    assert "AB-1243" in said
    counter.post(newer)
    counter.answer(newer)
    gone = counter.desk.acts.withdraw(newer, counter.ada, "Wrong patient.")
    assert text(papers(counter).copy(gone, How.POST, ADA)).count("RECORDED IN ERROR - PLEASE DISREGARD") == 2


def test_how_it_left_and_by_whom_stands_on_it(counter: Counter) -> None:
    made = counter.record()
    for how, said in (
        (How.POST, "By post, by Ms Ada Okonkwo-Bright on 14 Oct 2026"),
        (How.SECURE_EMAIL, "By secure e-mail, by"),
        (How.PATIENT, "Copy given to the patient by"),
    ):
        assert said in text(papers(counter).copy(made, how, ADA))
    counter.desk.acts.do(Act.PAPER, made, counter.ada, "By post to Overtown Surgery")
    last = counter.store.notifications.story(made).events[-1]
    assert (last.happening, last.by) == ("told-on-paper", ADA)


def test_a_refusal_to_share_is_respected_on_paper_too(counter: Counter) -> None:
    record = replace(records.supply(), consent=Consent(to_sharing=False))
    made = counter.store.notifications.freeze(
        None, json_record.dumps(record), facts(), None, "", counter.ada, token=token(), no_route="refused"
    )
    with pytest.raises(NotAllowedNowError, match="does not agree"):
        papers(counter).copy(made, How.POST, ADA)
    assert "Copy given to the patient" in text(papers(counter).copy(made, How.PATIENT, ADA))


def test_the_list_and_the_end_of_a_day(counter: Counter) -> None:
    counter.record()
    counter.record(patient__family="Quill", vaccine__batch="LOT9")
    day = date(2026, 10, 14)
    listed = text(papers(counter).day_list(day))
    assert "Notifications of 14 Oct 2026" in listed
    assert "QUILL, Rose" in listed
    assert "999 012 3020" in listed
    end = text(papers(counter).day_end(day))
    for part in ("End of the day: 14 Oct 2026", "LOT9", "Still open", "Waiting", ADA):
        assert part in end
    assert "None." in text(papers(counter).day_end(date(2026, 10, 13)))


def test_file_names_hold_no_patient(counter: Counter) -> None:
    assert papers(counter).file_name("notification", 12) == "notification-000012-2026-10-14"
    printed = papers(counter).printed(papers(counter).copy(counter.record(), How.POST, ADA), "notification-1")
    assert "NEILL" not in printed.name
    assert "NEILL" in printed.html


def test_a_pdf_that_cannot_be_written_leaves_nothing(counter: Counter, tmp_path: Path) -> None:
    document = papers(counter).day_list(date(2026, 10, 14))
    with pytest.raises(FileNotWrittenError, match="cannot be found"):
        papers(counter).save(document, tmp_path / "gone" / "a.pdf")
    papers(counter).save(document, tmp_path / "a.pdf")
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
def test_a_full_disk_leaves_no_half_pdf(tmp_path: Path) -> None:
    script = """
import resource, signal, sys
from pathlib import Path
from digmed_desktop.desk.records.papers import write_pdf
from digmed_desktop.paper.document import table
document = table("Register", ("a",), (("b",),))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
try:
    write_pdf(document, Path(sys.argv[1]))
except Exception as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "a.pdf")], capture_output=True, text=True, timeout=180
    )
    assert "not enough room on the disk" in done.stdout, done.stderr
    assert list(tmp_path.iterdir()) == []
