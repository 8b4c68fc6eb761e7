"""Answers of MESH, mutated, to each of the calls: understood, or one of the errors of messaging."""

import random
from pathlib import Path
from typing import Any

from digmed_desktop.mesh import connection
from digmed_desktop.mesh.account import MeshAccount
from digmed_desktop.mesh.transport import MeshTransport
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.sending import Sending
from tests.long import mutations
from tests.long.registry import LongCheck, Outcome, Size
from tests.mesh.strict_mesh import PASSWORD, PHARMACY, SHARED_KEY, StrictMesh, Way

ID = "20261128000000000000_ABCDEF"
REFUSED = {"messageID": "", "errorEvent": "SEND", "errorCode": "12", "errorDescription": "Unregistered"}
ANSWERS: tuple[tuple[str, Any], ...] = (
    ("handshake", {}),
    ("mailbox_of", {"results": [{"address": "x", "mailbox_id": "X9GP", "description": "a"}]}),
    ("look_up", {"messageId": ID, "localId": "X9TEST_1", "recipient": "X9GP", "status": "Accepted"}),
    ("collected", {"messageId": ID, "status": "Acknowledged", "recipient": "X9GP"}),
    ("inbox", {"messages": [ID, f"{ID}1"], "links": {"self": "/messageexchange/x/inbox"}}),
    ("acknowledge", {}),
    ("send", {"message_id": ID}),
    ("fetch", {"detail": [REFUSED]}),
)


def run(size: Size, _folder: Path) -> Outcome:
    """Ask a MESH on this computer whose every answer is a mutation."""
    connection.FIRST_PAUSE = 0.0
    mesh = StrictMesh()
    transport = MeshTransport(MeshAccount(mesh.url, PHARMACY, PASSWORD, SHARED_KEY), timeout=(5, 5))
    sending = Sending(1, "X9TEST_1", "DIGMED_FLU_VAC", "X9GP01", "s", b"<a/>", recipient="X9GP")
    state: dict[str, Any] = {}

    def read(body: bytes) -> None:
        mesh.reset()
        headers = {"Content-Type": "application/json", **state["headers"]}
        mesh.fail(".*", Way.ANSWER, times=9, status=state["status"], headers=headers, body=body)
        transport._mailboxes.clear()
        calls = {
            "handshake": transport.handshake,
            "mailbox_of": lambda: transport.mailbox_of("X9GP01", "DIGMED_FLU_VAC"),
            "look_up": lambda: transport.look_up("X9TEST_1"),
            "collected": lambda: transport.collected(ID),
            "inbox": transport.inbox,
            "acknowledge": lambda: transport.acknowledge(ID),
            "send": lambda: transport.send(sending),
            "fetch": lambda: transport.fetch(ID),
        }
        calls[state["call"]]()

    def mutate(chance: random.Random) -> bytes:
        name, answer = chance.choice(ANSWERS)
        state["call"] = name
        state["status"] = chance.choice((200, 200, 200, 202, 300, 400, 403, 404, 410, 417, 500))
        mex = {
            "Mex-From": "X",
            "Mex-MessageType": "DATA",
            "Mex-Chunk-Range": chance.choice(("1:1", "1:9", "9", "x:y")),
        }
        state["headers"] = mex if name == "fetch" else {}
        return mutations.changed_json(chance.choice((answer, answer, {"detail": [REFUSED]})), chance)

    try:
        return mutations.run(mutations.Reader(read, (DigMedError,), mutate), size)
    finally:
        transport.close()
        mesh.stop()


CHECK = LongCheck(
    "a mutated answer of MESH is understood or one of the transport's errors", Size(10_000), run
)
