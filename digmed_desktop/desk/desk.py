"""The desk: one object behind which store, people, message and delivery stand. Used from a worker thread."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from digmed_desktop.clinical.dates import ENGLAND
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.clinical.problem import Problem
from digmed_desktop.credentials.tries import TryBook
from digmed_desktop.desk.commands.unattended import checks_of_records
from digmed_desktop.desk.connections.connection import ConnectionDesk
from digmed_desktop.desk.connections.message_settings import MessageDesk
from digmed_desktop.desk.connections.reaching import ReachDesk
from digmed_desktop.desk.connections.sender import Sender
from digmed_desktop.desk.door import Door, through_door
from digmed_desktop.desk.files import data_check
from digmed_desktop.desk.files.exporting import ExportDesk
from digmed_desktop.desk.forms import unfinished
from digmed_desktop.desk.forms.acting import ActsDesk
from digmed_desktop.desk.forms.assessment import Assessment
from digmed_desktop.desk.forms.counter import CounterDesk
from digmed_desktop.desk.forms.pending_send import PendingSend, PendingSendFile
from digmed_desktop.desk.forms.record_imports import RecordImportDesk
from digmed_desktop.desk.forms.signing import SigningDesk
from digmed_desktop.desk.forms.supplying import SupplyDesk
from digmed_desktop.desk.forms.vaccinating import VaccinationDesk
from digmed_desktop.desk.gate import Gate, NotPermittedError, acting_id
from digmed_desktop.desk.lists.medicines import MedicineDesk
from digmed_desktop.desk.lists.pgds import PgdDesk
from digmed_desktop.desk.lists.practices import PracticeDesk
from digmed_desktop.desk.lists.stock import StockDesk
from digmed_desktop.desk.noticing import NoticingDelivery
from digmed_desktop.desk.patients.patient_file import PatientFileDesk
from digmed_desktop.desk.patients.patients import PatientDesk
from digmed_desktop.desk.people.auditing import AuditDesk
from digmed_desktop.desk.people.people import PeopleDesk
from digmed_desktop.desk.readable_xml import readable
from digmed_desktop.desk.records.batch_list import BatchListDesk
from digmed_desktop.desk.records.incidents import IncidentDesk
from digmed_desktop.desk.records.listing import ListingDesk
from digmed_desktop.desk.records.papers import PapersDesk
from digmed_desktop.desk.records.registering import RegisterDesk
from digmed_desktop.desk.records.replies import ReplyDesk
from digmed_desktop.desk.records.retention import RetentionDesk
from digmed_desktop.desk.settings import SettingsDesk
from digmed_desktop.desk.upkeep.backups import BackupDesk
from digmed_desktop.desk.upkeep.current_version import check_version
from digmed_desktop.desk.upkeep.doctor import check_keyring, check_names, check_policy, check_settings
from digmed_desktop.desk.upkeep.head_keeper import HeadKeeper, KeepingHead
from digmed_desktop.desk.upkeep.head_keeper import check as check_of_chain
from digmed_desktop.desk.upkeep.managing import ManagingDesk
from digmed_desktop.desk.upkeep.opening import weakness
from digmed_desktop.desk.views.general import (
    DraftView,
    FormLists,
    Opened,
    PracticeView,
    Preview,
    Sent,
    SignIn,
)
from digmed_desktop.messaging.audit import AuditAct
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.connection import Check, Reach
from digmed_desktop.messaging.duty import Duty
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.messaging.ports import DeliveryRounds
from digmed_desktop.messaging.register import Seal
from digmed_desktop.messaging.sending import Kind
from digmed_desktop.messaging.story import Story
from digmed_desktop.reference.ods_api import OdsApi
from digmed_desktop.settings.choices import Choices

if TYPE_CHECKING:
    from digmed_desktop.clinical.record import Organisation
    from digmed_desktop.credentials.vault import Vault
    from digmed_desktop.history.store import Store
    from digmed_desktop.messaging.people import Draft

MakeDelivery = Callable[["Store"], DeliveryRounds]

log = logging.getLogger(__name__)


class FormDesk(Protocol):
    """The parts behind every form."""

    def lists(self) -> FormLists:
        """Return what the form offers, and the answers of a fresh one."""

    def assess(self, state: FormState) -> Assessment[Any]:
        """Return what a form makes, and what is in the way."""

    def preview(self, assessed: Assessment[Any]) -> Preview:
        """Return what a form would send, and what is in the way."""

    def refusal(self, record: Any, by: int) -> tuple[Problem, ...]:
        """Return why this person may not finish such a record."""

    def finished(self, draft_id: str) -> Sent | None:
        """Return what became of a draft that was finished before, None where it was not."""

    def freeze(self, assessed: Assessment[Any], draft_id: str, by: int) -> Sent:
        """Store the message of a form, to be sent; twice with one draft is once."""


class Desk:
    """The questions and acts of the counter. Every method may take its time; none may be called on the window's thread."""

    def __init__(
        self,
        store: "Store",
        clock: Clock,
        *,
        kept_in: str,
        sender: Sender,
        make_delivery: MakeDelivery,
        folder: Path,
        practices: "Sequence[Organisation]" = (),
        directory: "OdsApi | None" = None,
        on_close: Callable[[], None] = lambda: None,
        connection: ConnectionDesk | None = None,
        seal: Seal | None = None,
        choices: Choices | None = None,
        vault: "Vault | None" = None,
        fictional_only: bool = False,
    ) -> None:
        self._store, self._clock, self._kept_in = store, clock, kept_in
        self._make_delivery, self._practices, self._on_close = make_delivery, practices, on_close
        self._connection, self._choices = connection, choices or Choices()
        self._reach = ReachDesk(store, connection, clock) if connection else None
        self._gate = Gate(store)
        self._people = PeopleDesk(store, clock, TryBook(vault))
        self._managing = ManagingDesk(store, vault, self._people)
        self._patients = PatientDesk(store, clock)
        vaccinating = VaccinationDesk(store, self._people, clock, sender)
        stock = StockDesk(store, clock, vaccinating.known)
        directory_desk = PracticeDesk(store, clock, directory or OdsApi(""), practices)
        pgds = PgdDesk(store, self._people, clock)
        self._counter = CounterDesk(
            store, self._patients, directory_desk, stock, pgds, clock, fictional_only=fictional_only
        )
        medicines = MedicineDesk(store)
        self._register = RegisterDesk(store, self._people, clock, seal)
        supplying = SupplyDesk(store, self._people, medicines, clock, sender)
        self._forms: dict[str, FormDesk] = {"vaccination": vaccinating, "emergency-supply": supplying}
        self._acts = ActsDesk(
            store,
            clock,
            sender,
            self._patients,
            connection.take_back if connection else lambda _local_id: False,
        )
        named = self._choices.policy.backup_folder
        door = self._door = Door(self._gate)
        self.people = door.before("people", self._people)
        self.managing = door.before("managing", self._managing)
        self.audit = door.before("audit", AuditDesk(store))
        self.settings = door.before(
            "settings", SettingsDesk(store, self._choices, folder, own_data_only=fictional_only)
        )
        self.patients = door.before("patients", self._patients)
        self.stock = door.before("stock", stock)
        self.directory = door.before("directory", directory_desk)
        self.pgds = door.before("pgds", pgds)
        self.counter = door.before("counter", self._counter)
        self.medicines = door.before("medicines", medicines)
        self.register = door.before("register", self._register)
        self.forms = {form: door.before("forms", behind) for form, behind in self._forms.items()}
        self.acts = door.before("acts", self._acts)
        self._signing = SigningDesk(store, self._people, clock, sender, self.duty)
        self.signing = door.before("signing", self._signing)
        self.replies = door.before("replies", ReplyDesk(store, clock, sender))
        self.papers = door.before("papers", PapersDesk(store, clock, self.duty))
        self.exports = door.before("exports", ExportDesk(store, clock, self.duty))
        self.messages = door.before("messages", MessageDesk(store, sender, self._choices))
        self.record_imports = door.before(
            "record_imports",
            RecordImportDesk(
                store, self._people, vaccinating, supplying, clock, fictional_only=fictional_only
            ),
        )
        self.listing = door.before("listing", ListingDesk(store, clock))
        backup_folder = Path(named) if named else None
        self.backups = door.before("backups", BackupDesk(store, vault, clock, backup_folder))
        self.patient_file = door.before("patient_file", PatientFileDesk(store, clock))
        self.batch_list = door.before("batch_list", BatchListDesk(store, clock))
        self.incidents = door.before("incidents", IncidentDesk(store, clock))
        self.retention = door.before("retention", RetentionDesk(store, clock, self._who_keeps))
        self._pending_send = PendingSendFile(folder)
        self._keeper = HeadKeeper(store)
        self._vault = vault
        self._weakness = weakness(vault) if vault and not fictional_only else ()

    def _who_keeps(self) -> str:
        """Return the name of the manager who is signed in and decides about retention."""
        return self._gate.allow(Permission.KEEP_RETENTION).professional.name.spoken()

    def duty(self) -> Duty:
        """Return when something is late, as the pharmacy has chosen."""
        return Duty.chosen(self._choices.now())

    # ---- opening

    def opened(self) -> Opened:
        """Return what the window needs to begin."""
        return Opened(
            self._store.profile.pharmacy(), self._people.all(), self._kept_in, len(self._store.drafts.all())
        )

    @property
    def connection(self) -> ConnectionDesk:
        """The connection to MESH: what is set up, and changing it."""
        return self._door.before("connection", self._mesh())

    def _mesh(self) -> ConnectionDesk:
        if self._connection is None:
            raise DigMedError("There is no connection to set up here.")
        return self._connection

    def watched_folders(self) -> tuple[str, ...]:
        """Return the folders in which answers appear, where a MESH client brings them; nothing is opened."""
        return self._connection.watched_folders() if self._connection else ()

    @through_door
    def reach(self, practice_ods: str, kind: Kind) -> Reach:
        """Return whether a practice can receive a kind of notification; may ask MESH, so it can take a minute."""
        if self._reach is None:
            return Reach(None, "")
        return self._reach.ask(practice_ods, kind)

    def version_checks(self) -> tuple[Check, ...]:
        """Check whether this version is the one that the administrators call current; may ask the network."""
        proxy = self._connection.proxy_in_use() if self._connection else ""
        return tuple(check_version(self._choices.policy.version_source, proxy))

    def checks(self) -> tuple[Check, ...]:
        """Check the records and the connection; asks MESH, so it can take a minute."""
        return (
            *check_policy(self._choices.policy),
            *check_settings(self._choices),
            *check_names(self._choices),
            *self.version_checks(),
            *(check_keyring(self._vault) if self._vault else ()),
            *checks_of_records(self._store, self._mesh(), self._clock),
            self._register.check(),
            check_of_chain(self._store),
        )

    def close(self) -> None:
        """Close the records and what was started with them."""
        if self._reach is not None:
            self._reach.close()
        self._keeper.close()
        self._store.close()
        self._on_close()

    def warm_up(self) -> None:
        """Load what the first message needs, so that the first Send is as quick as the second; begin what runs behind."""
        from digmed_desktop.fhir.warming import warm_up

        warm_up()
        self._keeper.start()

    def make_delivery(self) -> DeliveryRounds:
        """Return the delivery; called on the delivery's own thread."""
        delivery = NoticingDelivery(
            self._make_delivery(self._store), lambda: (*self._weakness, *self._signing.notices())
        )
        return KeepingHead(delivery, self._keeper)

    def resume_pending_send(self) -> Sent | None:
        """Send what was asked for just before the program died; None when nothing was, or it cannot be done.

        Then the draft is still there to be sent by hand, and the program opens all the same.
        """
        pending = self._pending_send.read()
        if pending is None:
            return None
        try:
            draft = self._store.drafts.get(pending.draft_id)
            if draft is None or not draft.can_be_read:
                return None
            self._let_send(pending.form, draft.state, pending.by)  # they may have left since
            return self._freeze(pending, draft.state)
        except Exception as error:  # noqa: BLE001 - whatever it is, without the program nobody can mend it
            log.error("what was to be sent as the program ended was not: %s", type(error).__name__)
            return None
        finally:
            self._pending_send.done()

    # ---- people

    def person_lists(self) -> FormLists:
        """Return roles and regulators to choose from."""
        return FormLists(self._people.lists(), "", "")

    def sign_in(self, person_id: int, pin: str) -> SignIn:
        """Check a PIN, and see whether the pharmacy still needs its first manager."""
        found = self._people.sign_in(person_id, pin)
        wanted = found.person is not None and self._managing.is_wanted(person_id)
        return replace(found, asks_for_manager=wanted)

    # ---- the form

    def form_lists(self, form: str) -> FormLists:
        """Return the options of a form."""
        closed = data_check.standing().closed(form)
        return FormLists({}, "", "", closed=closed) if closed else self._form(form).lists()

    def all_form_lists(self) -> dict[str, FormLists]:
        """Return the options of every form."""
        return {form: self.form_lists(form) for form in self._forms}

    @through_door
    def preview(self, form: str, state: FormState, draft_id: str = "") -> Preview:
        """Return what a form would send, or why it is closed.

        With ``draft_id``, its own draft, the answer names another draft of the same patient.
        """
        if closed := data_check.standing().closed(form):
            return Preview(problems=(Problem("", closed),))
        with self._store.one_state():  # some fifty questions, for every key
            assessed = self._assess(form, state)
            made = self._form(form).preview(assessed)
            made = replace(made, problems=(*self._refused(form, assessed), *made.problems))
            if not draft_id:
                return made
            drafts, today = self._store.drafts.all(), self._clock.now().astimezone(ENGLAND).date()
            said = unfinished.sentence_about(drafts, self._people, form, state, draft_id, today)
        return replace(made, unfinished=said, problems=(*unfinished.problem_of(said), *made.problems))

    def _assess(self, form: str, state: FormState) -> Assessment[Any]:
        """Return the judgement of a form, with what this pharmacy knows that speaks against it."""
        assessed = self._form(form).assess(state)
        return assessed.with_problems(self._counter.problems(assessed))

    def save_draft(self, draft_id: str, form: str, state: FormState, by: int | None) -> None:
        """Keep a half-filled form. One that was sent already is not kept again."""
        if by is not None:
            self._gate.allow(Permission.KEEP_DRAFTS, by)
        if self._store.notifications.sent_as(draft_id) is None:
            self._store.drafts.save(draft_id, form, state, by)
            self._mark_wrong(state, by)

    @through_door
    def keep_and_preview(self, draft_id: str, form: str, state: FormState, by: int | None) -> Preview:
        """Keep the form, then return what it would send: what the check page shows is on the disk before it."""
        self.save_draft(draft_id, form, state, by)
        return self.preview(form, state, draft_id)

    def discard_draft(self, draft_id: str) -> None:
        """Delete a draft."""
        self._gate.allow(Permission.KEEP_DRAFTS)
        self._store.drafts.discard(draft_id)
        self._gate.note(AuditAct.DRAFT_DISCARDED)

    @through_door
    def drafts(self) -> tuple[DraftView, ...]:
        """Return all drafts, newest first."""
        found = self._store.drafts.all()
        if found:
            self._gate.note(AuditAct.SAW_DRAFTS, again=False)
        return tuple(self._draft_view(draft) for draft in found)

    @through_door
    def newest_draft(self) -> DraftView | None:
        """Return the draft to go on with, or None."""
        return next((draft for draft in self.drafts() if draft.can_be_read), None)

    def send(self, form: str, draft_id: str, state: FormState, by: int | None) -> Sent:
        """Freeze and store the message, to be delivered; the same draft twice is one notification."""
        if by is None:
            raise NotPermittedError("Nobody is signed in.", "Sign in with your PIN and press Send again.")
        self._let_send(form, state, by)
        try:
            return self._freeze(PendingSend(draft_id, form, by), state)
        finally:
            self._keeper.wake()
            self._pending_send.done()  # a person who is told that it failed presses Send again, or does not

    def _refused(self, form: str, assessed: Assessment[Any]) -> tuple[Problem, ...]:
        """Return why the person signed in may not finish a form, and who may."""
        if (by := acting_id()) is None:
            return ()
        try:
            self._let_send(form, assessed.state, by)
        except NotPermittedError as error:
            return (Problem("", str(error)),)
        return self._form(form).refusal(assessed.record, by)

    def _let_send(self, form: str, state: FormState, by: int) -> None:
        """Let a person finish a form. Who may finish a supply is the form's own refusal, beside its question."""
        self._gate.known(by)
        if form == Kind.VACCINATION.form:
            self._gate.allow(Permission.RECORD_VACCINATION, by)
        for corrected in (state.correction, state.withdraws):
            if corrected is not None:
                self._gate.allow(self._acts.correcting(corrected.notification), by)

    def _freeze(self, pending: PendingSend, state: FormState) -> Sent:
        if (earlier := self._form(pending.form).finished(pending.draft_id)) is not None:
            return self._taken_back(earlier, state, pending.by)
        if closed := data_check.standing().closed(pending.form):
            return Sent(None, (Problem("", closed),))
        assessed = self._assess(pending.form, state)
        if in_the_way := assessed.in_the_way():
            return Sent(None, in_the_way)
        self._mark_wrong(state, pending.by)
        noted = assessed.noted(self._two_people(pending))
        sent = self._form(pending.form).freeze(noted, pending.draft_id, pending.by)
        if sent.notification is None:
            return sent
        # the record is stored: whatever fails from here on never says that it was not sent
        try:
            self._patients.remember(state.answers)
            if state.correction is not None:  # nobody is known by what was put right
                self._patients.recall(state.correction.notification)
        except DigMedError as error:
            log.error("the patient of a stored record is not known to Find: %s", type(error).__name__)
        return self._taken_back(sent, state, pending.by)

    def _mark_wrong(self, state: FormState, by: int | None) -> None:
        """Put the record of the wrong patient on the action list, from the moment that someone said so."""
        if (wrong := state.withdraws) is None or by is None:
            return
        if self._gate.may(self._acts.correcting(wrong.notification), by):
            self._acts.mark_wrong_patient(wrong.notification, by, wrong.why)

    def _taken_back(self, sent: Sent, state: FormState, by: int) -> Sent:
        """Take back the record that was made for the wrong patient, now that the right one is stored."""
        if (wrong := state.withdraws) is None:
            return sent
        try:
            self._acts.take_back(wrong.notification, by, wrong.why)
        except DigMedError as error:
            log.error("a record of the wrong patient was not taken back: %s", type(error).__name__)
            return replace(sent, still_stands=wrong.notification)
        return sent

    def _two_people(self, pending: PendingSend) -> str:
        """Return who began a form and who finished it, ``""`` if one person did both."""
        draft = self._store.drafts.get(pending.draft_id)
        begun, finished = self._people.name(draft.begun_by) if draft else "", self._people.name(pending.by)
        return (
            f"Begun by {begun}, finished by {finished}." if begun and finished and begun != finished else ""
        )

    def _form(self, form: str) -> FormDesk:
        if form not in self._forms:
            from digmed_desktop.clinical.json_record import retired

            if why := retired().get(form):
                raise DigMedError(why, "Record it in your pharmacy system.")
            raise DigMedError("This form is not known to this version of the program.", "Update the program.")
        return self._forms[form]

    def _draft_view(self, draft: "Draft") -> DraftView:
        return DraftView(
            draft.id,
            draft.form,
            draft.state,
            self._people.name(draft.begun_by),
            draft.changed_at,
            self._people.name(draft.changed_by),
            draft.can_be_read,
        )

    # ---- practices and history

    @through_door
    def practices(self) -> tuple[PracticeView, ...]:
        """Return the practices to offer: those this pharmacy wrote to, then those that came with the program."""
        known = {one.ods_code: one for one in (*self._practices, *self._store.practices.all())}
        return tuple(PracticeView(one) for one in known.values())

    @through_door
    def story(self, notification: int) -> Story:
        """Return the story of one notification, also of one whose record cannot be read."""
        told = self._store.notifications.story(notification)
        laid_out = tuple(replace(one, readable=readable(one.body)) for one in told.messages)
        return replace(told, messages=laid_out)
