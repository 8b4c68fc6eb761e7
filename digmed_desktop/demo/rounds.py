"""The practices' staff: collect what waits in the mailboxes, have it judged, send the answers when due.

Runs on a thread of its own in the process of the practice MESH and speaks to it as any client does.
"""

import heapq
import itertools
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Protocol

from digmed_desktop.demo.journal import Journal
from digmed_desktop.demo.practice import SimulatedPractice, Verdict
from digmed_desktop.demo.world import Answer
from digmed_desktop.fhir.responses import write_response
from digmed_desktop.mesh.transport import MeshTransport
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.sending import InboxItem, Sending, new_local_id

COLLECT_WITHIN = timedelta(days=5)
"""After this MESH takes a message out of the mailbox and reports it as not delivered (MESH API)."""

_AGAIN = 0.5


class PostOffice(Protocol):
    """Acts of MESH itself."""

    def report(self, item: InboxItem, code: str) -> None:
        """Take a message back and report to its sender that it could not be delivered."""
        ...


@dataclass(frozen=True, slots=True)
class _Owed:
    mailbox: str
    mesh_id: str
    workflow: str
    sender: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class _Due:
    owed: _Owed
    answer: Answer


@dataclass(frozen=True, slots=True)
class _Left:
    item: InboxItem
    since: datetime


class Rounds:
    """All practices' rounds. ``answer_after`` is the unit of answering time, in seconds."""

    def __init__(
        self,
        practices: Mapping[str, SimulatedPractice],
        connect: Callable[[str], MeshTransport],
        office: PostOffice,
        clock: Clock,
        answer_after: float,
        lost: tuple[str, Callable[[str], str]],
        journal: Journal,
    ) -> None:
        self.answer_after = answer_after
        self._practices = practices
        self._connect = connect
        self._office = office
        self._clock = clock
        self._lost_mailbox, self._code_of_lost = lost
        self._due: list[tuple[float, int, _Due]] = []
        self._left: dict[str, _Left] = {}
        self._count = itertools.count()
        self._wake = threading.Event()
        self._turn = threading.Condition()
        self._asked = self._done = 0
        self._journal = journal
        self._owed_for: set[str] = set()  # MESH ids of messages whose answers are written down
        self._left_since: dict[str, datetime] = {}
        self._take_up()

    def wake(self) -> None:
        """Have a round made soon; called when a message has come in."""
        self._wake.set()

    def make_now(self, timeout: float = 50.0) -> bool:
        """Have a round made and wait for its end; False when it took too long."""
        with self._turn:
            self._asked += 1
            mine = self._asked
        self._wake.set()
        with self._turn:
            return self._turn.wait_for(lambda: self._done >= mine, timeout)

    def run(self) -> None:
        """Make rounds for ever."""
        transports = {mailbox: self._connect(mailbox) for mailbox in (*self._practices, self._lost_mailbox)}
        again = False
        while True:
            self._wake.wait(_AGAIN if again else self._until_due())
            self._wake.clear()
            with self._turn:
                asked = self._asked
            again = self._collect_all(transports)
            self._send_due(transports)
            self._report_left()
            with self._turn:
                self._done = asked
                self._turn.notify_all()

    def _until_due(self) -> float | None:
        return max(0.0, self._due[0][0] - time.monotonic()) if self._due else None

    def _collect_all(self, transports: Mapping[str, MeshTransport]) -> bool:
        """Take in what waits everywhere; True when something has to be tried again."""
        done = [self._collect(mailbox, one) for mailbox, one in transports.items()]
        return not all(done)

    def _collect(self, mailbox: str, transport: MeshTransport) -> bool:
        """Take in what waits in one mailbox; False when it has to be tried again."""
        try:
            for mesh_id in transport.inbox():
                if mesh_id not in self._left:
                    self._take(mailbox, transport, transport.fetch(mesh_id))
        except DigMedError:
            return False
        return True

    def _take(self, mailbox: str, transport: MeshTransport, item: InboxItem) -> None:
        if mailbox == self._lost_mailbox:
            self._office.report(item, self._code_of_lost(item.local_id))
            return
        if item.workflow.endswith("_ACK"):  # the pharmacy's answer to an answer
            transport.acknowledge(item.mesh_id)
            return
        if item.mesh_id in self._owed_for:  # judged just before the program ended
            transport.acknowledge(item.mesh_id)
            return
        if since := self._left_since.get(item.mesh_id):
            self._left[item.mesh_id] = _Left(item, since)
            return
        verdict = self._practices[mailbox].judge(item.body)
        if verdict.report:
            self._office.report(item, verdict.report)
        elif not verdict.collects:
            self._left[item.mesh_id] = _Left(item, self._clock.now())
            self._journal.write("left", id=item.mesh_id, since=self._clock.now().isoformat())
        else:
            owed = _Owed(mailbox, item.mesh_id, item.workflow, item.sender, verdict)
            self._journal.write("owed", **asdict(owed))
            transport.acknowledge(item.mesh_id)
            self._owe(owed, 0)

    def _owe(self, owed: "_Owed", already: int) -> None:
        """Put the answers to a message on the list, but for those that went out already."""
        self._owed_for.add(owed.mesh_id)
        at = time.monotonic()
        for answer in owed.verdict.answers[already:]:
            at += answer.after * self.answer_after
            heapq.heappush(self._due, (at, next(self._count), _Due(owed, answer)))

    def _take_up(self) -> None:
        """Go on where the last program ended."""
        owed: dict[str, _Owed] = {}
        sent: dict[str, int] = {}
        for kind, fields in self._journal.entries():
            if kind == "owed":
                verdict = dict(fields.pop("verdict"))
                answers = tuple(Answer(**one) for one in verdict.pop("answers"))
                owed[fields["mesh_id"]] = _Owed(**fields, verdict=Verdict(answers, **verdict))
            elif kind == "sent":
                sent[fields["id"]] = sent.get(fields["id"], 0) + 1
            elif kind == "left":
                self._left_since[fields["id"]] = datetime.fromisoformat(fields["since"])
        for mesh_id, one in owed.items():
            if one.mailbox in self._practices:
                self._owe(one, sent.get(mesh_id, 0))

    def _send_due(self, transports: Mapping[str, MeshTransport]) -> None:
        while self._due and self._due[0][0] <= time.monotonic():
            _, number, due = heapq.heappop(self._due)
            try:
                transports[due.owed.mailbox].send(self._sending(due))
                self._journal.write("sent", id=due.owed.mesh_id)
            except DigMedError:
                heapq.heappush(self._due, (time.monotonic() + _AGAIN, number, due))
                return

    def _sending(self, due: _Due) -> Sending:
        organisation, verdict = self._practices[due.owed.mailbox].practice, due.owed.verdict
        body = write_response(
            response_to=verdict.response_to,
            code=due.answer.code,
            sender_ods=organisation.ods_code,
            mailbox=organisation.mailbox,
            now=self._clock.now(),
            new_id=lambda: str(uuid.uuid4()),
            sender_reference=verdict.sender_reference,
            receiver_ods=verdict.sender_ods,
            diagnostics=due.answer.diagnostics,
            ask_answer=due.answer.ask_answer,
        )
        return Sending(
            notification=0,
            local_id=new_local_id(organisation.ods_code),
            workflow=f"{due.owed.workflow}_ACK",
            practice_ods="",
            subject="",
            payload=body,
            recipient=due.owed.sender,
        )

    def _report_left(self) -> None:
        for mesh_id, left in list(self._left.items()):
            if self._clock.now() - left.since >= COLLECT_WITHIN:
                del self._left[mesh_id]
                self._office.report(left.item, "14")
