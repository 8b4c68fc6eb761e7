"""The kept bytes of a message are those that were frozen, or an error of the store."""

import contextlib
import random

import pytest
import sqlalchemy as sa

from digmed_desktop.history.bodies import packed, unpacked
from digmed_desktop.history.store import Store
from digmed_desktop.history.tables import payload
from digmed_desktop.messaging.errors import StoreError
from tests.history.samples import facts, local_id, message, token

SENT = message("<Bundle>" + "<entry value='1'/>" * 50 + "</Bundle>")


def test_what_was_packed_comes_back() -> None:
    assert unpacked(packed(SENT.payload), SENT.sha256) == SENT.payload


def test_no_damage_to_kept_bytes_gives_other_bytes_or_another_error() -> None:
    whole, chance = packed(SENT.payload), random.Random(11)
    for number in range(2000):
        body = bytearray(whole)
        if number % 3:
            body[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
        else:
            del body[chance.randrange(len(body)) :]
        with contextlib.suppress(StoreError):
            assert unpacked(bytes(body), SENT.sha256) == SENT.payload
            assert number % 3, "a cut is always noticed"


def test_a_damaged_message_is_neither_sent_nor_shown(store: Store) -> None:
    number = store.notifications.freeze(None, "{}", facts(), SENT, local_id(), None, token=token())
    with store.notifications._database.writing() as connection:
        other = payload.update().where(payload.c.notification_id == number)
        connection.execute(sa.text("DROP TRIGGER payload_refuses_update"))
        connection.execute(other.values(body=packed(b"another message")))
    with pytest.raises(StoreError, match="damaged"):
        store.deliveries.waiting(10)
    with pytest.raises(StoreError, match="damaged"):
        store.notifications.story(number)
