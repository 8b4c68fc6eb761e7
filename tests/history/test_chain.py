"""The sealed chain: whatever is recorded has its link, and what was changed, removed or put back is found."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from digmed_desktop.credentials.chain_seal import HEAD, KEY, VaultChainSeal
from digmed_desktop.credentials.vault import VaultError
from digmed_desktop.history import sealing
from digmed_desktop.history.cipher import WRITES, engine
from digmed_desktop.history.sealed_tables import SEALED
from digmed_desktop.history.sealing import chain_key, seal_of
from digmed_desktop.history.store import Store
from digmed_desktop.messaging.answers import Meaning
from digmed_desktop.messaging.chain import Agreement
from digmed_desktop.messaging.errors import StoreError
from digmed_desktop.messaging.sending import InboxItem, ItemKind, Receipt
from digmed_desktop.messaging.states import Happening
from tests.history.fresh import fresh_store
from tests.history.samples import KEY as DATABASE_KEY
from tests.history.samples import PHARMACIST, START, MovedClock, answered, facts, message

KEPT = Path(__file__).parent / "kept" / "version-1.db"
NOW = "2026-11-20T10:30:00.000000Z"


def first_link_of_before(path: Path, without: tuple[str, ...] = ("lists", "kinds")) -> str:
    """Return the SQL that makes the first link one of a program that sealed no lists yet, or fewer tables."""
    made = engine(path, DATABASE_KEY, size=1)
    with made.connect() as connection:
        first = list(connection.exec_driver_sql("SELECT * FROM link WHERE number = 1").one())
    made.dispose()
    first[5] = json.dumps({key: value for key, value in json.loads(first[5]).items() if key not in without})
    mac = seal_of(chain_key(DATABASE_KEY), bytes(32), first[:6]).hex()
    return f"UPDATE link SET note = '{first[5]}', mac = x'{mac}' WHERE number = 1"


@pytest.fixture
def seal(memory_vault) -> VaultChainSeal:
    return VaultChainSeal(memory_vault, lambda: chain_key(DATABASE_KEY))


@pytest.fixture
def sealed(database: Path, clock: MovedClock, seal: VaultChainSeal) -> Iterator[Store]:
    made = fresh_store(database, DATABASE_KEY, clock, seal)
    yield made
    made.close()


def record(store: Store, number: int) -> int:
    """Record one notification, have it sent and answered, and owe an answer."""
    local_id = f"FQF01_{number:032x}"
    made = store.notifications.freeze(None, f'{{"n": {number}}}', facts(number), message(f"<m{number}/>"), local_id, 1,
                                      token=f"t{number}")  # fmt: skip
    store.deliveries.claim([local_id])
    receipt = Receipt(f"MESH{number}", "Y99901MB")
    store.deliveries.record(local_id, Happening.TAKEN, receipt=receipt)
    came = InboxItem(
        f"IN{number}", ItemKind.DATA, "DIGMED_FLU_VAC_ACK", "Y99901MB", b"<answer/>", received_at=START
    )
    store.inbox.keep(came)
    assert answered(store, came.mesh_id, store.notifications.story(made).message_id, "Y99901MB")
    meaning = Meaning("20013", Happening.ACCEPTED, needs_person=False, happened="It has it.")
    store.inbox.apply_response(came.mesh_id, [meaning], b"<our answer/>")
    return made


@pytest.fixture
def three(sealed: Store) -> Store:
    sealed.people.add(PHARMACIST, "hash")
    for number in range(3):
        record(sealed, number)
    sealed.chain.keep_head()
    return sealed


def tamper(path: Path, *statements: str, key: bytes = DATABASE_KEY) -> None:
    """Change the file with its key and without its triggers, as somebody who has both could."""
    made = engine(path, key, size=1).execution_options(**{WRITES: True})
    with made.begin() as connection:
        for table in ("event", "payload", "link"):
            for act in ("update", "delete"):
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_refuses_{act}")
        for statement in statements:
            connection.exec_driver_sql(statement)
    made.dispose()


def test_every_row_that_is_recorded_has_a_link_of_its_own(three: Store) -> None:
    with three.profile._database.reading() as connection:
        for table in SEALED:
            keys = (
                connection.exec_driver_sql(f"SELECT CAST({table.key} AS TEXT) FROM {table.table}")
                .scalars()
                .all()
            )
            links = (
                connection.exec_driver_sql("SELECT subject FROM link WHERE kind = ?", (table.kind,))
                .scalars()
                .all()
            )
            assert keys or table.kind in (
                "reply-act",
                "pgd-act",
                "access-act",
                "audit",
                "incident-act",
            )  # tests of their desks add those
            assert sorted(links) == sorted(keys)
        numbers = connection.exec_driver_sql("SELECT number FROM link ORDER BY number").scalars().all()
    assert numbers == list(range(1, len(numbers) + 1))
    found = three.chain.verify()
    assert (found.intact, found.entries) == (True, len(numbers))
    assert three.chain.check_tail().agreement is Agreement.WHOLE


def test_nothing_is_recorded_when_its_link_cannot_be_made(three: Store) -> None:
    with three.profile._database.writing() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON link BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    before = three.notifications.story(1).events
    with pytest.raises(sa.exc.DBAPIError):
        three.notifications.note(1, 1, "a note")
    assert three.notifications.story(1).events == before


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE event SET by_name = 'Mallory' WHERE id = 2", "was changed afterwards (event 2"),
        ("UPDATE event SET note = 'x' WHERE id = 3", "was changed afterwards (event 3"),
        ("UPDATE event SET at = 'long ago' WHERE id = 3", "was changed afterwards (event 3"),
        ("UPDATE event SET id = 900 WHERE id = 3", "is missing (event 3"),
        ("DELETE FROM event WHERE id = 4", "is missing (event 4"),
        ("UPDATE payload SET record_json = '{}' WHERE notification_id = 2", "was changed afterwards (payload 2"),
        ("UPDATE payload SET body = x'00' WHERE notification_id = 1", "was changed afterwards (payload 1"),
        ("UPDATE inbox SET sender = 'EVIL' WHERE mesh_id = 'IN1'", "was changed afterwards (inbox IN1"),
        ("UPDATE owed SET body = x'00' WHERE id = 2", "was changed afterwards (owed 2"),
        ("UPDATE notification SET state = 'matched' WHERE id = 3", "Notification 3 shows a state that nothing"),
        ("UPDATE link SET digest = zeroblob(32) WHERE number = 5", "Link 5 of"),
        ("UPDATE link SET note = 'x' WHERE number = 1", "Link 1 of"),
        ("UPDATE link SET at = 'long ago' WHERE number = 4", "Link 4 of an unknown day"),
        ("DELETE FROM link WHERE number = 6", "Link 6 is missing"),
        ("DELETE FROM link WHERE number < 4", "Links 1 to 3 are missing"),
        (
            "INSERT INTO event (notification_id, at, happening, state, by_name, code, note) "
            f"VALUES (1, '{NOW}', 'matched', 'accepted', '', '30001', '')",
            "Row 13 of event was added without being sealed",
        ),
    ],
)  # fmt: skip
def test_a_change_by_sql_is_found_and_told(three: Store, database: Path, statement: str, words: str) -> None:
    tamper(database, statement)
    found = three.chain.verify()
    assert not found.intact
    assert any(words in sentence for sentence in found.faults), found.faults
    assert "Fennimore" not in " ".join(found.faults)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE person SET active = 1 WHERE id = 2", "was changed afterwards (person 2"),
        ("UPDATE person SET pin_hash = 'mine' WHERE id = 1", "was changed afterwards (person 1"),
        ("UPDATE person SET professional = replace(professional, 'Ada', 'Eve')", "was changed afterwards (person 1"),
        ("DELETE FROM person WHERE id = 2", "is missing (person 2"),
        (
            "INSERT INTO person (professional, pin_hash, active, failed_tries) "
            "SELECT professional, 'mine', 1, 0 FROM person WHERE id = 1",
            "Person 3 was added without being sealed",
        ),
    ],
)  # fmt: skip
def test_a_person_who_is_not_as_recorded_is_found(
    sealed: Store, database: Path, statement: str, words: str
) -> None:
    for _ in range(2):
        sealed.people.add(PHARMACIST, "hash")
    sealed.people.retire(2)
    sealed.people.note_wrong_pin(1, None)
    sealed.chain.keep_head()
    assert sealed.chain.verify().intact
    tamper(database, statement)
    found = sealed.chain.verify()
    assert any(words in sentence for sentence in found.faults), found.faults
    assert (sealed.chain.check_tail().agreement is Agreement.ALTERED) == ("INSERT" not in statement)


def test_an_older_page_cannot_bring_back_who_has_left(
    sealed: Store, database: Path, clock: MovedClock, seal: VaultChainSeal
) -> None:
    sealed.people.add(PHARMACIST, "hash")
    sealed.close()
    before = database.read_bytes()
    opened = Store.open(database, DATABASE_KEY, clock, seal)
    opened.people.retire(1)
    opened.chain.keep_head()
    opened.close()
    after, reactivated = database.read_bytes(), 0
    for page in range(len(before) // 4096):
        at = slice(page * 4096, (page + 1) * 4096)
        if before[at] == after[at]:
            continue
        database.write_bytes(after[: at.start] + before[at] + after[at.stop :])
        try:
            opened = Store.open(database, DATABASE_KEY, clock, seal)
        except StoreError:
            continue
        try:
            if opened.people.get(1).active:
                reactivated += 1
                assert opened.chain.check_tail().agreement is not Agreement.WHOLE
        except (StoreError, sa.exc.DBAPIError):
            pass
        finally:
            opened.close()
    assert reactivated, "one of the pages is that of the people"


def test_people_from_before_are_sealed_once_as_they_are_found(
    sealed: Store, database: Path, clock: MovedClock, seal: VaultChainSeal
) -> None:
    sealed.people.add(PHARMACIST, "hash")
    sealed.close()
    without = "DELETE FROM link WHERE kind = 'person'", "DELETE FROM profile WHERE key = 'chain.lists'"
    tamper(database, *without, first_link_of_before(database))
    opened = Store.open(database, DATABASE_KEY, clock, seal)
    assert opened.chain.verify().intact
    opened.close()
    tamper(database, "UPDATE person SET active = 0", "DELETE FROM profile WHERE key = 'chain.lists'")
    again = Store.open(database, DATABASE_KEY, clock, seal)
    assert not again.chain.verify().intact, "whoever was sealed is not sealed anew"
    again.close()


def test_links_made_anew_without_the_key_are_found(three: Store, database: Path) -> None:
    """The database's key is known, and the chain is made again from the changed link on with plain hashes."""
    made = engine(database, DATABASE_KEY, size=1)
    with made.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM link ORDER BY number").mappings().all()
    made.dispose()
    before, statements = bytes(32), []
    for row in rows:
        plain = [row["number"], row["kind"], row["subject"], row["at"], row["digest"].hex(), row["note"]]
        before = hashlib.sha256(before + json.dumps(plain).encode()).digest()
        statements.append(f"UPDATE link SET mac = x'{before.hex()}' WHERE number = {row['number']}")
    tamper(database, *statements)
    assert three.chain.verify().broken_at == 1
    assert three.chain.check_tail().agreement is Agreement.ANOTHER


def test_a_row_that_is_emptied_leaves_its_link_and_the_chain_whole(three: Store, database: Path) -> None:
    tamper(
        database, "UPDATE payload SET record_json = '', answers = NULL, body = NULL WHERE notification_id = 2"
    )
    assert not three.chain.verify().intact
    with three.profile._database.writing() as connection:
        three.profile._database.sealer.say(
            connection, sealing.REMOVED, "payload 2", {"why": "kept long enough"}
        )
    assert three.chain.verify().intact
    tamper(database, "UPDATE payload SET subject = 'x' WHERE notification_id = 1")
    assert not three.chain.verify().intact, "only what was said to be emptied is"


# ---- a database from before


def test_a_database_from_before_is_sealed_once_as_it_is_found(
    database: Path, clock: MovedClock, seal: VaultChainSeal
) -> None:
    database.parent.mkdir(mode=0o700)
    shutil.copy(KEPT, database)
    store = Store.open(database, DATABASE_KEY, clock, seal)
    found = store.chain.verify()
    assert found.intact, found.faults
    begun = store.chain.begun_with()
    assert begun is not None
    assert begun[0] == clock.now()
    assert begun[1] == found.entries - 1 > 200
    store.close()
    again = Store.open(database, DATABASE_KEY, clock, seal)
    assert again.chain.verify().entries == found.entries
    again.close()


def test_a_fresh_database_was_not_there_before(sealed: Store) -> None:
    assert sealed.chain.begun_with() is None
    assert sealed.chain.verify().entries == 1


# ---- the head outside


def test_the_head_is_kept_when_it_moved_on(sealed: Store, seal: VaultChainSeal) -> None:
    assert sealed.chain.keep_head()
    assert not sealed.chain.keep_head()
    sealed.people.add(PHARMACIST, "hash")
    record(sealed, 1)
    assert sealed.chain.keep_head()
    head = seal.head()
    assert head is not None
    assert head.number == sealed.chain.verify().entries


def test_a_database_ahead_of_its_head_by_whole_links_is_healthy(three: Store) -> None:
    record(three, 4)
    found = three.chain.check_tail()
    assert found.agreement is Agreement.WHOLE
    assert found.last is not None
    assert found.head is not None
    assert found.last.number > found.head.number


def test_what_was_added_after_the_head_is_checked_at_the_start(three: Store, database: Path) -> None:
    record(three, 4)
    tamper(database, "UPDATE event SET by_name = 'Mallory' WHERE id = (SELECT max(id) FROM event)")
    found = three.chain.check_tail()
    assert found.agreement is Agreement.ALTERED
    assert "changed afterwards" in found.faults[0]


def test_an_older_file_is_behind_its_head_and_says_since_when(
    three: Store, database: Path, clock: MovedClock, seal: VaultChainSeal
) -> None:
    three.close()
    older = database.with_name("older")
    shutil.copy(database, older)
    clock.move(hours=2)
    store = Store.open(database, DATABASE_KEY, clock, seal)
    record(store, 4)
    store.chain.keep_head()
    store.close()
    older.replace(database)
    store = Store.open(database, DATABASE_KEY, clock, seal)
    found = store.chain.check_tail()
    assert found.agreement is Agreement.BEHIND
    assert found.missing > 4
    assert found.last is not None
    assert found.head is not None
    assert (found.last.at, found.head.at) == (START, clock.now())
    record(store, 5)
    assert not store.chain.keep_head(), "a head that the database does not hold is never replaced"
    assert store.chain.check_tail().agreement in (Agreement.BEHIND, Agreement.ANOTHER)
    store.close()


def test_going_on_with_a_loss_is_itself_a_link(
    three: Store, database: Path, memory_vault, seal: VaultChainSeal
) -> None:
    memory_vault.put(HEAD, json.dumps({"number": 900, "mac": "ab", "at": "2026-11-20T12:00:00+00:00"}))
    assert three.chain.check_tail().agreement is Agreement.BEHIND
    three.chain.go_on("Ms Ada Okonkwo-Bright", "older file")
    assert three.chain.check_tail().agreement is Agreement.WHOLE
    assert three.chain.verify().intact
    with three.profile._database.reading() as connection:
        said = connection.exec_driver_sql("SELECT note FROM link WHERE kind = 'lost'").scalar_one()
    assert json.loads(said)["head"] == 900


def test_records_sealed_with_a_lost_key_are_read_and_nothing_is_added_until_a_person_goes_on(
    three: Store, database: Path, clock: MovedClock, memory_vault
) -> None:
    three.close()
    memory_vault.put(KEY, bytes(32).hex())
    other = VaultChainSeal(memory_vault, lambda: chain_key(DATABASE_KEY))
    store = Store.open(database, DATABASE_KEY, clock, other)
    assert store.chain.check_tail().agreement is Agreement.OTHER_KEY
    assert store.notifications.story(1).events
    with pytest.raises(StoreError, match="sealed with a key"):
        store.notifications.note(1, 1, "a note")
    store.chain.go_on("Ada", "the keyring was lost")
    store.notifications.note(1, 1, "a note")
    assert store.chain.check_tail().agreement is Agreement.WHOLE
    (told,) = store.chain.verify().faults
    assert "sealed with a key that is not here" in told
    tamper(database, "UPDATE event SET by_name = 'Mallory' WHERE id = 2")
    assert len(store.chain.verify().faults) == 2
    store.close()
    tamper(database, "UPDATE event SET by_name = '' WHERE id = 2", "DELETE FROM link WHERE kind = 'lost'")
    store = Store.open(database, DATABASE_KEY, clock, other)
    assert not store.chain.verify().intact
    store.close()


def test_a_forged_note_of_another_key_hides_nothing(three: Store, database: Path) -> None:
    """Somebody goes on, as after a restore; then the first link is made to name a key that nobody has."""
    three.chain.go_on("Ada", "restored")
    assert three.chain.verify().intact
    forged = json.dumps({"key": "0" * 16})
    tamper(
        database,
        f"UPDATE link SET note = '{forged}' WHERE number = 1",
        "UPDATE event SET by_name = 'Mallory' WHERE id = 2",
    )
    with three.notifications._database.reading() as connection:
        event = SEALED[0]
        row = connection.exec_driver_sql(f"SELECT {event.selected} FROM event WHERE id = 2").one()
    digest = event.digest(row).hex()
    tamper(database, f"UPDATE link SET digest = x'{digest}' WHERE kind = 'event' AND subject = '2'")
    found = three.chain.verify()
    assert not found.intact
    assert "sealed with a key that is not here" in found.faults[0]


def test_a_chain_sealed_anew_with_its_key_is_found_between_two_days(
    three: Store, database: Path, clock: MovedClock, seal: VaultChainSeal
) -> None:
    """The key of the chain follows from that of the database: the heads kept outside give it away, and the place."""
    for number in range(10, 13):
        clock.move(days=1)
        record(three, number)
        three.chain.keep_head()
    heads = seal.heads()
    assert len(heads) == 4
    assert three.chain.verify().intact
    with three.notifications._database.reading() as connection:
        links = [list(row) for row in connection.exec_driver_sql("SELECT * FROM link ORDER BY number").all()]
    changed = next(link for link in links if link[0] > heads[1].number and link[1] == "event")
    statements, before = [], bytes(32)
    for link in links:
        if link[0] >= changed[0]:
            link[3] = link[3].replace("2026", "2025") if link is changed else link[3]
            link[6] = seal_of(chain_key(DATABASE_KEY), before, link[:6])
            statements.append(
                f"UPDATE link SET at = '{link[3]}', mac = x'{link[6].hex()}' WHERE number = {link[0]}"
            )
        before = bytes(link[6])
    tamper(database, *statements)
    (told,) = three.chain.verify().faults
    assert told.startswith(f"Links {heads[1].number + 1} to {heads[2].number} are not those")


def test_an_emptied_chain_is_not_begun_again(three: Store, database: Path, clock: MovedClock, seal) -> None:
    three.close()
    tamper(database, "DELETE FROM link")
    store = Store.open(database, DATABASE_KEY, clock, seal)
    found = store.chain.check_tail()
    assert (found.agreement, found.last) == (Agreement.BEHIND, None)
    store.chain.go_on("Ada", "nothing else is there")
    assert store.chain.verify().intact
    store.close()


def test_the_key_is_kept_and_comes_back_with_the_database_key(memory_vault, seal: VaultChainSeal) -> None:
    key = seal.key()
    memory_vault.remove(KEY)
    assert VaultChainSeal(memory_vault, lambda: chain_key(DATABASE_KEY)).key() == key
    assert memory_vault.items[KEY] != DATABASE_KEY.hex()


@pytest.mark.parametrize(
    "kept", ["", "{}", "[]", '{"number": "x"}', '{"number": 1, "mac": "a", "at": "never"}']
)
def test_a_damaged_head_is_told(memory_vault, seal: VaultChainSeal, kept: str) -> None:
    memory_vault.put(HEAD, kept)
    with pytest.raises(VaultError, match="damaged"):
        seal.head()
