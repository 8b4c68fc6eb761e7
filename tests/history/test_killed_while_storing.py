"""SIGKILL at every statement with which a notification is stored: afterwards it is there whole, or not at all."""

import os
import shutil
import signal
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.history.store import Store
from digmed_desktop.messaging.states import Happening, State
from tests.history.samples import KEY, PHARMACIST, MovedClock, facts, local_id, message
from tests.outbox.killing import in_process

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="SIGKILL in a forked process needs fork")
DRAFT = "draft-1"
MOST_STATEMENTS = 40


def begin(database: Path) -> int:
    store = Store.create(database, KEY, MovedClock())
    ada = store.people.add(PHARMACIST, "hash")
    store.drafts.save(DRAFT, "vaccination", FormState({"patient.family": "Quill"}), ada)
    store.close()
    return 0


def store_it(database: Path, killed_before: int, *, not_shared: bool) -> int:
    """Store the notification, and die before the statement of that number."""
    store = Store.open(database, KEY, MovedClock())
    passed = 0

    def at_statement(*_args: object) -> None:
        nonlocal passed
        passed += 1
        if passed == killed_before:
            os.kill(os.getpid(), signal.SIGKILL)

    for moment in ("before_cursor_execute", "commit"):
        sa.event.listen(sa.Engine, moment, at_statement)
    sent = None if not_shared else message()
    store.notifications.freeze(DRAFT, "{}", facts(), sent, local_id(), 1, token=DRAFT, not_shared=not_shared)
    os._exit(0)


@pytest.mark.parametrize(("not_shared", "state"), [(True, State.NOT_SHARED), (False, State.WAITING)])
def test_it_is_there_whole_or_not_at_all(tmp_path: Path, *, not_shared: bool, state: State) -> None:
    begun = tmp_path / "begun"
    assert in_process(partial(begin, begun / "digmed.db")) == 0
    kills = 0
    for number in range(1, MOST_STATEMENTS):
        database = tmp_path / str(number) / "digmed.db"
        shutil.copytree(begun, database.parent)
        ended = in_process(partial(store_it, database, number, not_shared=not_shared))
        store = Store.open(database, KEY, MovedClock())
        rows = store.notifications.page()
        if ended == 0:
            break
        kills += 1
        assert ended == -signal.SIGKILL
        assert rows == [], "half a notification"
        assert [one.id for one in store.drafts.all()] == [DRAFT], "what was typed is lost"
        store.close()
    assert kills > 6
    (row,) = rows
    assert row.state is state
    assert store.drafts.all() == []
    happened = [event.happening for event in store.notifications.story(row.id).events]
    assert happened == [Happening.NOT_SHARED if not_shared else Happening.FROZEN]
    store.close()


def begin_unsigned(database: Path) -> int:
    store = Store.create(database, KEY, MovedClock())
    ben = store.people.add(PHARMACIST, "hash")
    for token in ("first", "second"):
        store.notifications.freeze(None, "{}", facts(), message(), local_id(), None, token=token, signer=ben)
    store.close()
    return 0


def sign_both(database: Path, killed_before: int) -> int:
    """Sign both records, and die before the statement of that number."""
    store = Store.open(database, KEY, MovedClock())
    passed = 0

    def at_statement(*_args: object) -> None:
        nonlocal passed
        passed += 1
        if passed == killed_before:
            os.kill(os.getpid(), signal.SIGKILL)

    for moment in ("before_cursor_execute", "commit"):
        sa.event.listen(sa.Engine, moment, at_statement)
    store.signatures.sign([1, 2], 1)
    os._exit(0)


@pytest.mark.slow
def test_a_signature_killed_at_any_statement_is_there_for_all_or_for_none(tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    assert in_process(partial(begin_unsigned, begun / "digmed.db")) == 0
    kills = 0
    for number in range(1, MOST_STATEMENTS):
        database = tmp_path / str(number) / "digmed.db"
        shutil.copytree(begun, database.parent)
        ended = in_process(partial(sign_both, database, number))
        store = Store.open(database, KEY, MovedClock())
        states = {row.state for row in store.notifications.page()}
        waiting = store.deliveries.waiting(9)
        store.close()
        if ended == 0:
            break
        kills += 1
        assert ended == -signal.SIGKILL
        assert (states, waiting) == ({State.TO_SIGN}, [])
    assert kills > 6
    assert ended == 0
    assert states == {State.WAITING}
    assert [sending.notification for sending in waiting] == [1, 2]  # each once
