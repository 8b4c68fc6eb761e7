"""What delivery relies on in a transport. To run it on another one, subclass it and give both ends."""

from abc import ABC, abstractmethod
from pathlib import Path

import pytest

from digmed_desktop.messaging.errors import NotThereError
from digmed_desktop.messaging.ports import Transport
from digmed_desktop.messaging.sending import WITH_CLIENT, Elsewhere, ItemKind, Receipt, Sending
from tests.history.samples import START
from tests.outbox.clients import Ends, ends_of
from tests.outbox.doubles import OURS, THEIRS, FolderClock, FolderMesh, FolderTransport

WORKFLOW, PRACTICE = "DIGMED_FLU_VAC", "Y99901"


class TransportContract(ABC):
    """``ends``: the pharmacy's transport, and that of the practice ``PRACTICE``, which takes ``WORKFLOW``.

    Where another program stands between a transport and MESH, ``carry`` has it do its work.
    """

    @pytest.fixture
    @abstractmethod
    def ends(self, tmp_path: Path) -> tuple[Transport, Transport]: ...

    def carry(self) -> None:  # noqa: B027  # nothing stands between most transports and MESH
        """Let what stands between do all that it has to do."""

    def taken(self, by: Transport, sending: Sending) -> Receipt:
        """Send, and return MESH's receipt."""
        found: Receipt | Elsewhere | None = by.send(sending)
        if isinstance(found, Elsewhere):
            assert found == WITH_CLIENT
            assert by.look_up(sending.local_id) == WITH_CLIENT
            self.carry()
            found = by.follow([sending.local_id])[sending.local_id]
        assert isinstance(found, Receipt)
        return found

    def sending(self, local_id: str, payload: bytes = b"<Bundle/>") -> Sending:
        return Sending(1, local_id, WORKFLOW, PRACTICE, "Vaccination notification", payload)

    def test_what_is_sent_arrives_byte_for_byte(self, ends: tuple[Transport, Transport]) -> None:
        ours, theirs = ends
        ours.handshake()
        receipt = self.taken(ours, self.sending("FQF01_a", "<Bundle>é</Bundle>".encode()))
        assert list(theirs.inbox()) == [receipt.mesh_id]
        item = theirs.fetch(receipt.mesh_id)
        assert item.body == "<Bundle>é</Bundle>".encode()
        assert (item.kind, item.workflow, item.local_id) == (ItemKind.DATA, WORKFLOW, "FQF01_a")

    def test_a_sending_is_found_by_its_local_id_and_no_other(self, ends: tuple[Transport, Transport]) -> None:
        ours, _ = ends
        assert not isinstance(ours.look_up("FQF01_a"), Receipt)
        receipt = self.taken(ours, self.sending("FQF01_a"))
        found = ours.look_up("FQF01_a")
        assert isinstance(found, Receipt)
        assert found.mesh_id == receipt.mesh_id
        assert not isinstance(ours.look_up("FQF01_b"), Receipt)

    def test_it_leaves_the_inbox_when_acknowledged_and_not_before(
        self, ends: tuple[Transport, Transport]
    ) -> None:
        ours, theirs = ends
        receipt = self.taken(ours, self.sending("FQF01_a"))
        theirs.fetch(receipt.mesh_id)
        assert list(theirs.inbox()) == [receipt.mesh_id]
        assert not ours.collected(receipt.mesh_id)
        theirs.acknowledge(receipt.mesh_id)
        assert list(theirs.inbox()) == []
        self.carry()
        assert ours.collected(receipt.mesh_id)
        theirs.acknowledge(receipt.mesh_id)  # a second time does no harm

    def test_a_practice_is_found_by_code_and_workflow(self, ends: tuple[Transport, Transport]) -> None:
        ours, _ = ends
        assert ours.mailbox_of(PRACTICE, WORKFLOW)
        assert ours.mailbox_of("Y99999", WORKFLOW) is None

    def test_an_answer_goes_to_the_mailbox_that_is_named(self, ends: tuple[Transport, Transport]) -> None:
        ours, theirs = ends
        first = self.taken(ours, self.sending("FQF01_a"))
        sender = theirs.fetch(first.mesh_id).sender
        answer = Sending(0, "Y99901_a", f"{WORKFLOW}_ACK", "", "", b"<Response/>", recipient=sender)
        receipt = self.taken(theirs, answer)
        self.carry()
        assert list(ours.inbox()) == [receipt.mesh_id]

    def test_a_sending_that_was_done_is_not_done_again(self, ends: tuple[Transport, Transport]) -> None:
        ours, theirs = ends
        receipt = self.taken(ours, self.sending("FQF01_a"))
        assert ours.follow(["FQF01_a"]) == {"FQF01_a": receipt}
        assert list(theirs.inbox()) == [receipt.mesh_id]

    def test_what_is_not_there_is_said_to_be_not_there(self, ends: tuple[Transport, Transport]) -> None:
        ours, _ = ends
        with pytest.raises(NotThereError):
            ours.fetch("20261122000000000000_000000")
        with pytest.raises(NotThereError):
            ours.collected("20261122000000000000_000000")


class TestFolderTransport(TransportContract):
    """The double keeps the contract."""

    @pytest.fixture
    def ends(self, tmp_path: Path) -> tuple[Transport, Transport]:
        mesh = FolderMesh(tmp_path, FolderClock(tmp_path, START))
        return FolderTransport(mesh, OURS), FolderTransport(mesh, THEIRS)


class TestClientTransport(TransportContract):
    """The folders of a MESH client keep it too: a client stands between them and the MESH of the practice."""

    @pytest.fixture
    def ends(self, tmp_path: Path) -> tuple[Transport, Transport]:
        mesh = FolderMesh(tmp_path / "mesh", FolderClock(tmp_path, START))
        self.ours: Ends = ends_of(
            tmp_path / OURS, OURS, FolderTransport(mesh, OURS), mailboxes={PRACTICE: THEIRS}
        )
        return self.ours.transport, FolderTransport(mesh, THEIRS)

    def carry(self) -> None:
        self.ours.client.round()
