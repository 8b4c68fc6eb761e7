"""What is read within one state of the records is of one moment, and costs one transaction."""

import threading
from pathlib import Path

import sqlalchemy as sa

from digmed_desktop.history.store import Store
from tests.history.fresh import fresh_store
from tests.history.samples import KEY, MovedClock


def remember(store: Store, number: str) -> None:
    store.patients.remember(family="Lund", given="Bo", nhs_number=number, born=None, answers={})


def test_what_others_write_meanwhile_is_seen_afterwards(tmp_path: Path) -> None:
    store = fresh_store(tmp_path / "history.db", KEY, MovedClock())
    remember(store, "9990000018")
    with store.one_state():
        assert len(store.patients.names()) == 1
        other = threading.Thread(target=remember, args=(store, "9990000026"))
        other.start()
        other.join()
        assert len(store.patients.names()) == 1
    assert len(store.patients.names()) == 2
    store.close()


def test_it_is_one_transaction_of_this_thread_alone(tmp_path: Path) -> None:
    store = fresh_store(tmp_path / "history.db", KEY, MovedClock())
    begun: list[int] = []
    sa.event.listen(store._engine, "begin", lambda _connection: begun.append(threading.get_ident()))
    with store.one_state():
        for _ in range(5):
            store.patients.names()
        other = threading.Thread(target=store.patients.names)
        other.start()
        other.join()
        remember(store, "9990000018")  # written in a transaction of its own
    assert len(begun) == 3
    store.patients.names()
    assert len(begun) == 4
    store.close()
