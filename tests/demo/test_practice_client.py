"""Practice mode through its simulated MESH client: the child process stands between the folders and the MESH."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from digmed_desktop.demo.session import PracticeMesh
from digmed_desktop.mesh.client.timing import Timing
from digmed_desktop.mesh.client.transport import ClientTransport
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.sending import WITH_CLIENT, ItemKind, Receipt, Sending, new_local_id

GOLDEN = Path(__file__).resolve().parents[1] / "golden"


@pytest.fixture(scope="module")
def practised(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeMesh]:
    folder = tmp_path_factory.mktemp("practice")
    with PracticeMesh.start(folder, answer_after=0.1) as mesh:
        mesh.use_client(folder)
        yield mesh


def until(done: object, seconds: float = 60.0) -> None:
    assert callable(done)
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_what_is_sent_goes_through_the_folders_and_waits_while_the_client_is_stopped(
    practised: PracticeMesh,
) -> None:
    client = practised.client
    assert client is not None
    account = client.account()
    transport = ClientTransport(account, timing=Timing.practice())
    practice = next(iter(account.mailboxes))
    sending = Sending(1, new_local_id("FZZ99"), "DIGMED_FLU_VAC", practice, "A subject", b"<Bundle/>")
    client.pause(paused=True)
    assert transport.send(sending) == WITH_CLIENT
    assert [file.name for file in (account.root / "OUT").glob("*.ctl")] == [f"{sending.local_id}.ctl"]
    client.pause(paused=False)
    until(lambda: transport.follow([sending.local_id]))
    found = transport.look_up(sending.local_id)
    assert isinstance(found, Receipt)
    assert found.recipient == account.mailboxes[practice]
    assert list((account.root / "SENT").iterdir()) == []
    transport.close()


def test_what_the_practice_answers_comes_back_through_the_folders(practised: PracticeMesh) -> None:
    """The answer, and the report that the practice collected: both lie in IN, and are for this mailbox."""
    assert practised.client is not None
    account = practised.client.account()
    transport = ClientTransport(account, timing=Timing.practice())
    practice = next(iter(account.mailboxes))
    body = (GOLDEN / "edition-vaccination-profiles.xml").read_bytes()
    sending = Sending(2, new_local_id("FZZ99"), "DIGMED_FLU_VAC", practice, "A subject", body)
    transport.send(sending)
    until(lambda: transport.follow([sending.local_id]))

    def came() -> set[tuple[ItemKind, str, str]]:
        items = [transport.fetch(mesh_id) for mesh_id in transport.inbox()]
        return {(item.kind, item.workflow, item.sender) for item in items}

    until(
        lambda: (
            {
                (ItemKind.DATA, "DIGMED_FLU_VAC_ACK", account.mailboxes[practice]),
                (ItemKind.REPORT, "DIGMED_FLU_VAC", ""),
            }
            <= came()
        )
    )
    for mesh_id in transport.inbox():
        transport.acknowledge(mesh_id)
    transport.close()


def test_the_folders_are_the_owners_alone(practised: PracticeMesh) -> None:
    assert practised.client is not None
    assert Path(practised.client.root).stat().st_mode & 0o077 == 0


def test_a_client_that_has_ended_is_told(practised: PracticeMesh, tmp_path: Path) -> None:
    practised.use_client(tmp_path)
    client = practised.client
    assert client is not None
    client.stop()
    with pytest.raises(DigMedError, match="has ended"):
        client.pause(paused=True)
