"""Delivery under fault: a short run against the embedded MESH there and then, and the kept results of the long ones."""

import secrets
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from digmed_desktop import resources
from digmed_desktop.clinical.record import VaccinationRecord
from digmed_desktop.clinical.table_text import table
from digmed_desktop.demo.session import PracticeMesh
from digmed_desktop.demo.world import FictionalPatient, load_world
from digmed_desktop.evidence.messages import examples, message
from digmed_desktop.evidence.pages import EvidencePage
from digmed_desktop.fhir.editions import default_for
from digmed_desktop.fhir.response_reader import response_reader
from digmed_desktop.messaging import wording
from digmed_desktop.messaging.errors import NotStartedError
from digmed_desktop.messaging.sending import Kind, Receipt, Sending
from digmed_desktop.messaging.states import UNSENT, State
from digmed_desktop.messaging.story import Facts, Outcome
from digmed_desktop.outbox.policy import Policy

if TYPE_CHECKING:
    from digmed_desktop.mesh.transport import MeshTransport
    from digmed_desktop.outbox.engine import Delivery

_LIMIT = 90.0  # seconds until a case is called unfinished
_ON_ITS_WAY = (*UNSENT, State.SENT, State.COLLECTED, State.ACCEPTED)
_SOON = timedelta(milliseconds=200)
_TITLE = "Delivery under fault"


@dataclass(frozen=True, slots=True, repr=False)
class _Fault:
    """A fault of delivery, with its ``begin`` and ``end``."""

    name: str
    begin: Callable[[PracticeMesh], None]
    end: Callable[[PracticeMesh], None]


FAULTS = (
    _Fault("None", lambda _mesh: None, lambda _mesh: None),
    _Fault(
        "MESH cannot be reached while two notifications wait",
        lambda mesh: mesh.go_offline(600),
        lambda mesh: mesh.go_offline(0),
    ),
    _Fault(
        "MESH takes the message, and its answer is lost",
        lambda mesh: mesh.lose_answers(1),
        lambda mesh: mesh.lose_answers(0),
    ),
    _Fault(
        "MESH refuses the account",
        lambda mesh: mesh.refuse(600),
        lambda mesh: mesh.refuse(0),
    ),
)


def page() -> EvidencePage:
    """Return the page: the run that is made now, and what was kept of the long ones."""
    parts = [f"# {_TITLE}", "## A short run, made for this page", *_run()]
    parts += ["## Results of long runs", _KEPT]
    parts += [f"### {name}\n\n```\n{text}\n```" for name, text in kept_results()]
    about = "a short run without a fault and with three, and the kept results of the long runs"
    return EvidencePage("delivery", _TITLE, about, "\n\n".join(parts))


_KEPT = (
    "Engineers make these runs with `python -m tests.long NAME` from the sources. Each names its date and the commit on "
    "which it was made; a later commit can have changed what it shows."
)


def kept_results() -> Iterator[tuple[str, str]]:
    """Yield the last full output of each long check with its name."""
    for file in resources.results():
        yield file.stem, file.read_text(encoding="utf-8").strip()


def _run() -> Iterator[str]:
    try:
        mesh = PracticeMesh.start(None, answer_after=0.0)
    except NotStartedError as error:
        yield f"**This run was not made.** {error}"
        return
    with mesh, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        pharmacy = _Pharmacy(mesh, Path(folder))
        try:
            rows = [_case(pharmacy, fault) for fault in FAULTS]
            lost, twice = pharmacy.lost, pharmacy.twice
        finally:
            pharmacy.close()
    yield (
        f"Made on {datetime.now(UTC):%d %B %Y at %H:%M} UTC against a MESH on this computer (NHS's mesh-sandbox) with "
        "simulated practices, through the program's own store, transport and delivery. The patients are fictional."
    )
    head = ("Fault", "While it lasts", "Afterwards", "Sendings", "Messages at the practices")
    yield table(head, rows)
    yield f"Notifications lost: {lost}. Notifications that reached a practice twice: {twice}."


def _case(pharmacy: "_Pharmacy", fault: _Fault) -> tuple[str, str, str, str, str]:
    """Record two notifications, deliver them through a fault, and return what became of them."""
    sent, received = len(pharmacy.tried), len(pharmacy.receipts)
    fault.begin(pharmacy.mesh)
    numbers = [pharmacy.note(), pharmacy.note()]
    pharmacy.delivery.run_once()
    during = pharmacy.words(numbers)
    fault.end(pharmacy.mesh)
    pharmacy.settle(numbers)
    tried, there = len(pharmacy.tried) - sent, len(pharmacy.receipts) - received
    return fault.name, during, pharmacy.words(numbers), str(tried), str(there)


class _Pharmacy:
    """The whole of delivery over a real store, as the program puts it together."""

    def __init__(self, mesh: PracticeMesh, folder: Path) -> None:
        from digmed_desktop.history.store import Store

        self.mesh = mesh
        self.tried: list[str] = []
        self.receipts: set[str] = set()
        self._numbers: list[int] = []
        self.store: Store = Store.create(folder / "evidence.db", secrets.token_bytes(32), mesh.clock)
        self.delivery = self._delivery()
        world = load_world()
        self._who = next(one for one in world.patients if one.behaviour.id == "matched")
        self._pharmacy = world.pharmacy
        self._record = next(
            record for _name, record in examples() if isinstance(record, VaccinationRecord) and _sends(record)
        )

    def _delivery(self) -> "Delivery":
        from digmed_desktop.outbox.engine import Delivery

        world, policy = load_world(), Policy.practice()
        quick = replace(
            policy,
            grace=timedelta(seconds=1),
            look_up_every=_SOON,
            back_off=(_SOON,),
            try_account_every=_SOON,
            poll_every=timedelta(0),
        )
        understand = response_reader(lambda: world.pharmacy.ods_code, world.pharmacy_mailbox, self.mesh.clock)
        return Delivery(
            self.store.deliveries, self.store.inbox, self._connect, understand, self.mesh.clock, quick
        )

    def _connect(self) -> "MeshTransport":
        from digmed_desktop.mesh.transport import MeshTransport

        tried = self.tried

        class Counting(MeshTransport):
            """The real transport, which counts what it sends."""

            def send(self, sending: Sending) -> Receipt:
                tried.append(sending.local_id)
                return super().send(sending)

        return Counting(self.mesh.account(), timeout=(10, 60))

    def note(self) -> int:
        """Freeze a vaccination of the fictional patient, to be sent."""
        who: FictionalPatient = self._who
        record = replace(
            self._record,
            patient=who.patient,
            practice=who.practice.organisation,
            pharmacy=self._pharmacy,
        )
        token = uuid.uuid4().hex
        frozen = message(record, default_for(Kind.VACCINATION), self.mesh.clock.now())
        facts = Facts(
            kind=Kind.VACCINATION,
            patient_name=who.patient.name.as_on_record(),
            nhs_number=who.patient.nhs_number,
            what="Vaccination",
            batch="",
            practice_name=who.practice.organisation.name,
            practice_ods=who.practice.ods_code,
            by="",
            contact_at=self.mesh.clock.now(),
            outcome=Outcome.GIVEN,
        )
        local_id = f"{self._pharmacy.ods_code}_{token}"
        number = self.store.notifications.freeze(None, "{}", facts, frozen, local_id, None, token=token)
        self._numbers.append(number)
        return number

    def settle(self, numbers: list[int]) -> None:
        """Let delivery go on until nothing is on its way, or the time is over."""
        end = time.monotonic() + _LIMIT
        while time.monotonic() < end:
            self.delivery.run_once()
            if all(self.store.notifications.row(one).state not in _ON_ITS_WAY for one in numbers):
                break
            time.sleep(0.2)
        for one in numbers:
            self.receipts |= {self.store.notifications.story(one).mesh_id} - {""}

    def words(self, numbers: list[int]) -> str:
        """Return the states of notifications in the words that people read."""
        states = [wording.words_of(self.store.notifications.row(one).state).word for one in numbers]
        return ", ".join(dict.fromkeys(f"{states.count(one)} {one.lower()}" for one in states))

    @property
    def lost(self) -> int:
        """How many notifications no practice has."""
        rows = [self.store.notifications.row(one) for one in self._numbers]
        return sum(row.state is not State.MATCHED for row in rows)

    @property
    def twice(self) -> int:
        """How many notifications MESH took more than once: it then names no single message for a local id."""
        transport = self._connect()
        try:
            found = [transport.look_up(one) for one in sorted(set(self.tried))]
            return sum(one is not None and not one.mesh_id for one in found)
        finally:
            transport.close()

    def close(self) -> None:
        """Close delivery and store."""
        self.delivery.close()
        self.store.close()


def _sends(record: VaccinationRecord) -> bool:
    """Whether a record is of a vaccine given that can be sent."""
    from digmed_desktop.fhir.message import IncompleteRecordError

    try:
        message(record, default_for(Kind.VACCINATION), datetime.now(UTC))
    except IncompleteRecordError:
        return False
    return record.immunizations[0].given is True
