"""The pending send: it outlives the program's death, and nothing that a person was told did not work."""

import uuid
from pathlib import Path

import pytest

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.desk.forms.pending_send import PendingSend, PendingSendFile
from digmed_desktop.messaging.errors import StoreError
from tests.clinical.examples import complete_answers
from tests.desk.conftest import Counter


def test_a_send_that_failed_before_the_eyes_of_a_person_is_not_made_at_the_next_start(
    counter: Counter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_: object) -> None:
        raise StoreError("The disk is full.")

    draft = uuid.uuid4().hex
    counter.desk.save_draft(draft, "vaccination", FormState(complete_answers()), counter.ada)
    PendingSendFile(tmp_path).write(PendingSend(draft, "vaccination", counter.ada))
    with monkeypatch.context() as patch, pytest.raises(StoreError):
        patch.setattr(counter.store.notifications, "freeze", full)
        counter.desk.send("vaccination", draft, FormState(complete_answers()), counter.ada)
    changed = complete_answers(vaccine__batch="ZZ-9999")
    counter.desk.save_draft(draft, "vaccination", FormState(changed), counter.ada)  # and nobody presses Send
    assert counter.desk.resume_pending_send() is None
    assert counter.store.notifications.page() == []
    assert [one.id for one in counter.desk.drafts()] == [draft]


@pytest.mark.parametrize(
    "content",
    [
        "[" * 100_000,
        '{"draft":' * 50_000,
        '{"draft": "a", "form": "vaccination", "by": 1e999}',
        '{"draft": "a", "form": "vaccination", "by": ' + "9" * 5000 + "}",
        '{"draft": "a", "form": "vaccination", "by": true}',
        '{"draft": "a", "form": "vaccination", "by": -1}',
        '{"draft": ["a"], "form": {}, "by": 1}',
        '{"draft": "\\ud800", "form": "vaccination", "by": 1}',
        '["draft", "form", "by"]',
        "",
        "x" * 20_000,
    ],
    ids=range(11),
)
def test_a_damaged_pending_send_is_none_and_the_program_opens(
    counter: Counter, tmp_path: Path, content: str
) -> None:
    (tmp_path / "send-pressed.json").write_text(content)
    assert PendingSendFile(tmp_path).read() is None
    assert counter.desk.resume_pending_send() is None


def test_a_pending_send_that_cannot_be_done_does_not_keep_the_program_from_opening(
    counter: Counter, tmp_path: Path
) -> None:
    draft = uuid.uuid4().hex
    counter.desk.save_draft(draft, "vaccination", FormState(complete_answers()), counter.ada)
    PendingSendFile(tmp_path).write(PendingSend(draft, "a form of another version", counter.ada))
    assert counter.desk.resume_pending_send() is None
    assert PendingSendFile(tmp_path).read() is None
    assert [one.id for one in counter.desk.drafts()] == [draft], "it is there to be sent by hand"
