"""The composition root: puts settings, records, transport, delivery and window together. The only module that knows all."""

import contextlib
import gc
import logging
import os
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from digmed_desktop.background.daily_backup import DailyBackup
from digmed_desktop.background.doorbell import Doorbell
from digmed_desktop.background.office import Office
from digmed_desktop.desk.connections import it_policy
from digmed_desktop.desk.files import brought_data
from digmed_desktop.desk.forms.pending_send import PendingSend, PendingSendFile
from digmed_desktop.desk.upkeep.front_door import FrontDoor
from digmed_desktop.diagnostics import crash, log
from digmed_desktop.messaging.clock import Clock, FollowingClock, SystemClock
from digmed_desktop.messaging.connection import Check, Health
from digmed_desktop.messaging.errors import DigMedError, RecordsDoubt
from digmed_desktop.messaging.whole_file import folder_for_files
from digmed_desktop.settings import counters, layout_file, settings_file
from digmed_desktop.settings import folders as folder_room
from digmed_desktop.settings.choices import Choices
from digmed_desktop.settings.folders import Folders
from digmed_desktop.settings.policy import NO_POLICY
from digmed_desktop.settings.settings import Theme
from digmed_desktop.ui.application import make_appearance, make_application
from digmed_desktop.ui.context import Context, PracticeControls, Recovery
from digmed_desktop.ui.session_watch import SessionWatch
from digmed_desktop.ui.theme import Appearance
from digmed_desktop.ui.wedge import Wedge

if TYPE_CHECKING:
    from digmed_desktop.demo.session import PracticeMesh
    from digmed_desktop.demo.world import FictionalPatient
    from digmed_desktop.desk.desk import Desk
    from digmed_desktop.mesh.client.account import ClientAccount
    from digmed_desktop.ui.first_window import FirstWindow
    from digmed_desktop.ui.window import Window

_LOG = logging.getLogger(__name__)

ROUND_SECONDS = 20.0  # between rounds of delivery; how often MESH itself is asked is the delivery's own rule
PRACTICE_ROUND_SECONDS = 0.5
TOUR_ANSWER_AFTER = 0.3  # seconds; nobody watches the tour


@dataclass
class Program:
    """Hold what runs until :func:`finish`."""

    app: QApplication
    window: "Window"
    office: Office
    folders: Folders
    door: FrontDoor
    watch: crash.CrashWatch
    practice: "PracticePart | None" = None


class PracticePart:
    """Practice mode's share: its world, its clock, and its MESH once the records thread has started it."""

    def __init__(self, folders: Folders, *, answer_after: float | None) -> None:
        from digmed_desktop.demo.world import load_world

        self.world = load_world()
        self.clock = FollowingClock()
        self._data, self._answer_after = folders.data, answer_after
        self._mesh: PracticeMesh | None = None

    def start(self) -> "PracticeMesh":
        """Start the embedded MESH; called on the records thread."""
        from digmed_desktop.demo.session import ANSWER_AFTER, PracticeMesh

        if self._mesh is not None:  # the records were opened again
            return self._mesh
        after = ANSWER_AFTER if self._answer_after is None else self._answer_after
        self._mesh = PracticeMesh.start(self._data, answer_after=after)
        self.clock.follow(self._mesh.clock)
        return self._mesh

    def use_client(self, on: bool) -> None:
        """Put a simulated MESH client between the program and the embedded MESH, or take it away."""
        self.mesh().use_client(self._data if on else None)

    def stop_client(self, stopped: bool) -> None:
        """Stop the rounds of the simulated MESH client, or let them go on."""
        if (client := self.mesh().client) is not None:
            client.pause(paused=stopped)

    def client_account(self) -> "ClientAccount | None":
        """Return the account at the simulated MESH client, or None while there is none."""
        client = self._mesh.client if self._mesh is not None else None
        return client.account() if client is not None else None

    def stop(self) -> None:
        """Stop the embedded MESH."""
        if self._mesh is not None:
            self._mesh.stop()

    def mesh(self) -> "PracticeMesh":
        """Return the running MESH."""
        if self._mesh is None:
            raise DigMedError("Practice mode's MESH is not running.", "Close the program and start it again.")
        return self._mesh


def run(
    app: QApplication, first: "FirstWindow", appearance: Appearance, *, practice: bool, record: str = ""
) -> int:
    """Show the window in place of the ``first`` until it is closed; return the exit status."""
    program = start(app, practice=practice, appearance=appearance)
    if record:
        program.office.opened.connect(
            lambda _found: program.window.open_record(record), Qt.ConnectionType.SingleShotConnection
        )
    program.window.showMaximized() if not practice else program.window.show()
    first.close()
    session = SessionWatch(app, program.window.lock, program.window.keep_typed)
    session.begin(program.window)
    program.door.open()
    status = app.exec()
    finish(program)
    return status


def play_tour(folder: Path, first: int | None = None) -> int:
    """Play the main job in practice mode from an empty folder; return 0 only if all was as expected."""
    from digmed_desktop.tour import play

    return _played(folder, lambda window, pictures: play.play(window, pictures, first))


def take_pictures(folder: Path, only: Collection[str] = (), *, documented: bool = False) -> int:
    """Write a picture of every page in every look, of those named, or of those that README and guides show."""
    from digmed_desktop.tour import pictures

    return _played(folder, lambda window, into: pictures.take(window, into, only, documented=documented))


def _played(folder: Path, play: "Callable[[Window, Path], int]") -> int:
    """Let something play in practice mode, from an empty home. Raises FileNotWrittenError."""
    folder_for_files(folder)
    with tempfile.TemporaryDirectory(prefix="digmed-tour-") as home, _environment("DIGMED_HOME", home):
        app = make_application(fixed_font=True)
        program = start(app, practice=True, fixed_font=True, answer_after=TOUR_ANSWER_AFTER)
        try:
            return play(program.window, folder)
        finally:
            program.window.close()
            finish(program)


@contextlib.contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def start(
    app: QApplication,
    *,
    practice: bool,
    fixed_font: bool = False,
    answer_after: float | None = None,
    appearance: Appearance | None = None,
) -> Program:
    """Put everything together and begin to open the records; returns before they are open.

    ``answer_after``: seconds until a practice of practice mode answers; None for its own pace.
    """
    folders = folder_room.prepare(practice=practice)
    log.start(folders.logs)
    alarm = _Alarm()
    watch = crash.CrashWatch(folders.logs, lambda report: alarm.rung.emit(report is not None))
    watch.install()
    loaded = settings_file.load(folders.settings_file)
    part = PracticePart(folders, answer_after=answer_after) if practice else None
    if not practice:  # before any data file is read
        brought_data.at_start(folders.data, loaded.settings.data_folder)
    policy = NO_POLICY if practice else it_policy.read()
    choices = Choices(loaded.settings, folders.settings_file, policy, "" if practice else loaded.doubt)
    clock: Clock = part.clock if part else SystemClock()
    how = _Start()
    office = Office(
        lambda: open_desk(folders, choices, clock, part, look_only=how.look_only),
        PRACTICE_ROUND_SECONDS if practice else ROUND_SECONDS,
    )
    office.open()  # beside the window being built, which takes as long
    from digmed_desktop.ui.window import Window

    look = str(choices.now().theme), choices.now().text_percent
    appearance = appearance or make_appearance(app, *look, fixed_font=fixed_font)
    if look != (appearance.choice, appearance.text_percent):  # the administrators chose another
        appearance.set(*look)
    context = Context(
        office=office,
        appearance=appearance,
        now=clock.now,
        save_appearance=_saver(office, choices),
        note_send=_noter(folders),
        practice=_controls(part) if part else None,
        choices=choices,
        wedge=Wedge(),
        layout=layout_file.load(folders.layout_file),
        recovery=_recovery(folders, clock, how),
        fault_reports=crash.left_from_before(folders.logs),
        elsewhere="" if practice else counters.sentence(counters.others(counters.place())),
    )
    window = Window(context)
    if sentence := f"{policy.sentence} {loaded.sentence}".strip():
        window.banner.say("stop" if choices.doubt else "look", sentence, "Settings", for_all=True)
    alarm.setParent(window)
    alarm.rung.connect(window.notices.program_failed, Qt.ConnectionType.QueuedConnection)
    window.take_last_size()
    program = Program(app, window, office, folders, _front_door(folders, window, office), watch, part)
    window.closing.connect(office.close)
    office.warm.connect(_settle_memory)
    office.not_opened.connect(lambda _error: gc.enable())
    DailyBackup(office, window)
    if policy.version_source:
        office.opened.connect(lambda _found: _compare_version(office, window))
    return program


def _compare_version(office: Office, window: "Window") -> None:
    """Say it where this version is not the one that the administrators call current."""

    def tell(checks: Sequence[Check]) -> None:
        for check in checks:
            if check.health is Health.LOOK:
                window.banner.say("look", f"{check.sentence} {check.remedy}", check.name, for_all=True)

    office.enquire(lambda desk: desk.version_checks(), tell, unasked="version")


def finish(program: Program) -> None:
    """Stop what runs beside the window."""
    program.door.close()
    program.office.close()
    if program.practice is not None:
        program.practice.stop()
    elif program.window.context.pharmacy.ods_code:
        counters.note(counters.place())
    program.watch.remove()
    log.stop()


def _front_door(folders: Folders, window: "Window", office: Office) -> FrontDoor:
    """Return the door at which other starts of the program ask for this window; not open yet."""
    bell = Doorbell(window)
    queued = Qt.ConnectionType.QueuedConnection
    bell.rung.connect(lambda: _bring_to_front(window), queued)
    bell.asked_to_close.connect(lambda reply: _close_if_done(window, reply), queued)
    bell.record_came.connect(window.open_record, queued)
    return FrontDoor(folders.data, lambda word: bell.answer(word, office))


class _Alarm(QObject):
    """Carries the news of a fault that nothing caught, from any thread to the window."""

    rung = Signal(bool)  # whether a report of it was written


def _close_if_done(window: "Window", reply: "SimpleQueue[str]") -> None:
    """Close the window unless a form is half typed; ``reply`` takes why not."""
    if any(form.person.owner for form in window.forms()):
        reply.put("A form in the open window is half typed. Finish it or discard it, then close the window.")
        return
    reply.put("")
    QTimer.singleShot(300, window.close)  # once the answer is out


def _bring_to_front(window: "Window") -> None:
    if window.isMinimized():
        window.showNormal()
    window.raise_()
    window.activateWindow()


def _settle_memory() -> None:
    """Take what is loaded out of the collector's sight: looking at all of it would stop the window for a moment."""
    gc.freeze()
    gc.enable()


def _saver(office: Office, choices: Choices) -> Callable[[str, int], None]:
    def save(theme: str, text_percent: int) -> None:
        office.run(lambda: choices.change(theme=Theme(theme), text_percent=text_percent), lambda _n: None)

    return save


@dataclass
class _Start:
    """Choose how to open the records. ``look_only``: a person chose only to view records in doubt."""

    look_only: bool = False


def _recovery(folders: Folders, clock: Clock, how: _Start) -> Recovery:
    """Return the ways to get back records that do not open; used on the records thread."""

    def with_phrase(typed: str) -> None:
        from digmed_desktop.desk.upkeep import opening, recovery

        recovery.with_phrase(typed, folders.database, opening.open_vault(folders), clock)

    def from_backup(source: Path, passphrase: str) -> object:
        from digmed_desktop.desk.upkeep import opening, recovery

        return recovery.from_backup(source, passphrase, folders.database, opening.open_vault(folders), clock)

    def begin_with_empty_records() -> None:
        from digmed_desktop.desk.upkeep import opening, recovery

        recovery.begin_with_empty_records(folders.database, opening.open_vault(folders))

    def go_on(doubt: RecordsDoubt, by: str) -> None:
        from digmed_desktop.desk.upkeep import opening

        opening.go_on_with(folders, opening.open_vault(folders), clock, doubt, by)

    def look_only() -> None:
        how.look_only = True

    return Recovery(with_phrase, from_backup, begin_with_empty_records, go_on, look_only)


def _noter(folders: Folders) -> Callable[[str, str, int], None]:
    intent = PendingSendFile(folders.data)
    return lambda draft_id, form, by: intent.write(PendingSend(draft_id, form, by))


# ---- what the records thread does


def open_desk(
    folders: Folders, choices: Choices, clock: Clock, part: PracticePart | None, *, look_only: bool = False
) -> "Desk":
    """Fetch the key, open the records, start practice mode's MESH; on the records thread."""
    from digmed_desktop.credentials.register_seal import VaultSeal
    from digmed_desktop.desk.connections.connection import ConnectionDesk
    from digmed_desktop.desk.connections.sender import Sender
    from digmed_desktop.desk.desk import Desk
    from digmed_desktop.desk.upkeep import opening
    from digmed_desktop.messaging.duty import Duty
    from digmed_desktop.outbox.policy import Policy
    from digmed_desktop.reference.ods_api import LIVE, OdsApi

    vault = opening.open_vault(folders)
    store = opening.open_store(folders, vault, clock, look_only=look_only)
    with contextlib.ExitStack() as undo:  # whatever does not start, the records must be free for the next try
        undo.callback(store.close)
        mesh = part.start() if part else None
        sender = Sender(mesh.account().mailbox if mesh else "", choices.now)
        connection = ConnectionDesk(
            store, vault, choices, clock, *((mesh.account, part.client_account) if mesh and part else ())
        )
        policy = Policy.practice() if mesh else None
        desk = Desk(
            store,
            clock,
            kept_in=vault.kept_in,
            sender=sender,
            make_delivery=opening.LookOnly
            if look_only
            else lambda records: opening.make_delivery(
                records,
                connection,
                clock,
                mailbox=lambda: sender.mailbox,
                duty=lambda: Duty.chosen(choices.now()),
                policy=policy,
            ),
            folder=folders.data,
            practices=tuple(one.organisation for one in part.world.practices) if part else (),
            directory=OdsApi(
                "" if part else lambda: choices.now().directory or LIVE, proxy=connection.proxy_in_use
            ),
            connection=connection,
            fictional_only=part is not None,
            seal=VaultSeal(vault),
            choices=choices,
            vault=vault,
        )
        if not look_only:
            desk.resume_pending_send()
        undo.pop_all()
    return desk


def _controls(part: PracticePart) -> PracticeControls:
    from digmed_desktop.clinical.form import Answers
    from digmed_desktop.clinical.questions.vaccination import answers_about
    from digmed_desktop.demo.first_run import first_run_answers
    from digmed_desktop.ui.context import PracticePatient

    world = part.world
    first = world.people[0]

    def answers(patient: "FictionalPatient") -> Answers:
        return answers_about(patient.patient, patient.practice.organisation)

    return PracticeControls(
        patients=tuple(
            PracticePatient(p.patient.name.spoken(), p.behaviour.label, p.behaviour.shows, dict(answers(p)))
            for p in world.patients
        ),
        pins=((first.name.spoken(), first.pin),),
        first_run=first_run_answers(world.pharmacy, first),
        now=part.clock.now,
        move_clock=lambda hours: part.mesh().move_clock(hours=hours),
        go_offline=lambda seconds: part.mesh().go_offline(seconds),
        lose_answer=lambda seconds: part.mesh().lose_answers(1, then_away=seconds),
        use_client=part.use_client,
        stop_client=part.stop_client,
    )
