"""Checks everything that delivery stands on, one thing after another, each with its remedy."""

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from digmed_desktop.clinical.dates import shown
from digmed_desktop.clinical.record import Organisation
from digmed_desktop.data_files.fault import REMEDY
from digmed_desktop.desk.connections import it_policy, mesh_client
from digmed_desktop.desk.connections.connection import ConnectionDesk, certificate_view
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.connection import Check, Health
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.wording import counted, needing
from digmed_desktop.settings import policy as policy_room
from digmed_desktop.settings.choices import Choices
from digmed_desktop.settings.policy import Policy
from digmed_desktop.settings.settings import PLACES

if TYPE_CHECKING:
    from digmed_desktop.credentials.vault import Vault
    from digmed_desktop.history.store import Store
    from digmed_desktop.mesh.account import MeshAccount
    from digmed_desktop.mesh.transport import MeshTransport

LITTLE_SPACE, NO_SPACE = 1_000_000_000, 100_000_000  # bytes left on the disk
CLOCK_OFF = timedelta(minutes=5)
NOT_LOOKED = timedelta(hours=24)  # MESH asks that a mailbox is looked into at least once a day
OTHER_PROGRAM = "Another program uses this mailbox: ask your supplier for a mailbox for this pharmacy only."

_NAMES = ("agreed_programmes", "editions")  # settings that name something of the program's data

_GOOD, _LOOK, _BAD, _NOT_ASKED = Health.GOOD, Health.LOOK, Health.BAD, Health.NOT_ASKED


def check_folder(folder: Path) -> Iterator[Check]:
    """Check that the data folder is on this computer and has space."""
    from digmed_desktop.history.place import refuse_network_path

    try:
        refuse_network_path(folder)
    except DigMedError as error:
        yield Check("Data folder", _BAD, error.happened, error.remedy)
    else:
        yield Check("Data folder", _GOOD, "The data is on a disk of this computer.")
    free = shutil.disk_usage(folder).free
    if free < NO_SPACE:
        yield Check("Disk space", _BAD, "The disk is almost full.", "Make space before anything is recorded.")
    elif free < LITTLE_SPACE:
        yield Check("Disk space", _LOOK, "Less than 1 GB is free on the disk.", "Make space soon.")
    else:
        yield Check("Disk space", _GOOD, f"{free // 1_000_000_000} GB are free.")


def check_settings(choices: Choices) -> Iterator[Check]:
    """Check whether the settings file leaves mailbox or environment in doubt."""
    if choices.doubt and not choices.policy.doubt:
        yield Check("Settings", _BAD, choices.doubt, choices.remedy)


def check_names(choices: Choices) -> Iterator[Check]:
    """Check whether this version knows the vaccinations and editions that the account chose."""
    own = choices.own()
    for name, expected in it_policy.unknown({one: getattr(own, one) for one in _NAMES}):
        if not choices.policy.locks(name):
            what = f"The settings contain a name that this version does not know. {PLACES[name][2]}: expected {expected}."
            yield Check("Settings", _LOOK, what, "Choose again in Settings, Messages.")


def check_policy(policy: Policy) -> Iterator[Check]:
    """Check the administrators' file, each fault with its line."""
    name = "Settings of your IT support"
    if not policy.file:
        yield Check(name, _GOOD, "No administrator has set anything for this computer.")
        return
    for fault in policy.faults:
        yield Check(name, _BAD if policy.doubt else _LOOK, fault.sentence, policy_room.REMEDY)
    if policy.doubt:
        yield Check(
            name, _BAD, "Nothing is sent or collected until the file is right.", f"It is {policy.file}."
        )
    elif policy.names:
        yield Check(name, _GOOD, f"Set in {policy.file}: {', '.join(policy.names)}.")
        for open_still in it_policy.left_open(policy):
            yield Check(name, _LOOK, open_still, f"Set it in {policy.file}, unless that is intended.")
    elif not policy.faults:
        yield Check(name, _LOOK, f"{policy.file} sets nothing.", "Write keys into it, or remove it.")


def check_data() -> Iterator[Check]:
    """Check the program's own data files: programmes, law, wording, codes."""
    from digmed_desktop.desk.files import data_check

    found = data_check.standing().found
    for one in found:
        yield Check("Data files", _BAD, f"{one.fault.sentence} {one.consequence.value}", REMEDY)
    if not found:
        yield Check("Data files", _GOOD, "Programmes, law, wording and codes have no fault.")


def check_records(store: "Store", clock: Clock) -> Iterator[Check]:
    """Check the records, and what in them waits for a person."""
    standing = store.deliveries.standing()
    told = f"The records open. {standing.waiting} waiting to go out, {needing(standing.needs_person)}."
    health = _LOOK if standing.needs_person else _GOOD
    remedy = "Open the program and deal with Action needed." if standing.needs_person else ""
    yield Check("Records", health, told, remedy)
    if (stop := store.deliveries.stopped()) is not None:
        yield Check("Queue", _BAD, f"Nothing is sent: {stop.sentence}", stop.remedy)
    replies = store.replies.count()
    if strangers := replies.other_program:
        answer = counted(strangers, "response in the mailbox answers", "responses in the mailbox answer")
        what = f"{answer} nothing that was sent from here. The program left {'it' if strangers == 1 else 'them'} there."
        yield Check("Mailbox", _LOOK, what, OTHER_PROGRAM)
    if replies.for_person:
        what = f"{counted(replies.for_person, 'answer does', 'answers do')} not count until someone decides."
        yield Check("Answers", _LOOK, what, "Open the program and check Replies.")
    for practice in store.replies.stopped_practices():
        what = f"Nothing is sent to {practice.name or practice.ods_code}: it refuses this pharmacy ({practice.code})."
        yield Check(
            "Practice", _BAD, what, "Ask your onboarding contact; then let sending continue under Replies."
        )


def check_rows(store: "Store") -> Iterator[Check]:
    """Check that each draft, person, patient, practice, incident, batch and notification can be read."""
    counted = {
        "drafts": store.drafts.count_unreadable(),
        "people": store.people.count_unreadable(),
        "patients": store.patients.count_unreadable(),
        "practices": store.practices.count_unreadable(),
        "incidents": store.incidents.count_unreadable(),
        "batches or holds on them": store.stock.count_unreadable(),
        "notifications": store.searching.count_unreadable(),
    }
    found = [f"{count} {name}" for name, count in counted.items() if count]
    if found:
        yield Check(
            "Rows of the records",
            _BAD,
            f"These rows cannot be read: {', '.join(found)}.",
            "Make a backup, and ask your supplier.",
        )


def check_keyring(vault: "Vault") -> Iterator[Check]:
    """Check where the secrets are kept, and that they are protected there as far as that can be seen."""
    from digmed_desktop.credentials.protection import Protection, no_password
    from digmed_desktop.credentials.vault import protection_of

    found = protection_of(vault)
    if found is Protection.IN_CLEAR:
        said = no_password(vault.kept_in)
        yield Check("Keyring", _BAD, said.happened, said.remedy)
        return
    yield Check("Keyring", _GOOD, f"Secrets are in {vault.kept_in}.")
    if found is Protection.PROVED:
        yield Check("Keyring's protection", _GOOD, "Its file was checked: its contents are encrypted.")
    else:
        yield Check(
            "Keyring's protection",
            _NOT_ASKED,
            "This keyring cannot be checked here.",
        )


def check_databases(vault: "Vault") -> Iterator[Check]:
    """Check that the other databases that this account has opened are where they were."""
    from digmed_desktop.credentials.databases import missing_elsewhere

    for one in missing_elsewhere(vault):
        what = f"The records in {one.folder}, last opened on {shown(one.opened_on)}, can no longer be found."
        yield Check("Other records", _LOOK, what, "Put the folder back, or keep its latest backup.")


def check_polled(store: "Store", now: datetime) -> Iterator[Check]:
    """Check that the mailbox was looked into lately."""
    last = store.inbox.last_polled()
    if last is None:
        yield Check("Collecting", _LOOK, "The mailbox has never been checked.", "Start the program once.")
    elif now - last > NOT_LOOKED:
        yield Check(
            "Collecting",
            _LOOK,
            f"The mailbox was last checked on {last:%d %B %Y}.",
            "Leave the program open during the day, or schedule 'digmed-desktop sync'.",
        )
    else:
        yield Check("Collecting", _GOOD, "The mailbox was checked within the last day.")


def check_connection(
    connection: ConnectionDesk,
    pharmacy: Organisation | None,
    now: datetime,
    open_transport: "Callable[[MeshAccount], MeshTransport] | None" = None,
) -> Iterator[Check]:
    """Check what is set up for MESH, then MESH itself. Each failure is told apart where it can be."""
    if not connection.is_set_up:
        yield Check(
            "Connection",
            _LOOK,
            "No connection to MESH is set up: everything goes on paper.",
            "Set it up in Settings, Connection, once NHS England has given a mailbox and a certificate.",
        )
        return
    if connection.by_client:
        yield from mesh_client.checks(connection.client_account)
        return
    fine = True
    for check in (*_certificate(connection, pharmacy, now),):
        fine &= check.health is not _BAD
        yield check
    try:
        account = connection.account()
    except DigMedError as error:
        yield Check("Account", _BAD, error.happened, error.remedy)
        fine = False
    else:
        yield Check("Account", _GOOD, f"Mailbox {account.mailbox} at the {_where(account)}.")
    if not fine:
        yield Check("MESH", _NOT_ASKED, "MESH was not asked: correct the faults above first.")
        return
    yield from _mesh(account, open_transport or _open)


def _certificate(connection: ConnectionDesk, pharmacy: Organisation | None, now: datetime) -> Iterator[Check]:
    if connection.in_practice_mode:
        return
    try:
        certificate = connection.certificate()
    except DigMedError as error:
        yield Check("Certificate", _BAD, error.happened, error.remedy)
        return
    if certificate is None:
        return  # the account says whether one is needed
    view = certificate_view(certificate, now)
    lasts = f"The certificate lasts until {view.not_after.day} {view.not_after:%B %Y}."
    yield Check("Certificate", view.health, view.sentence or lasts)
    ods = pharmacy.ods_code if pharmacy else ""
    if ods and ods not in certificate.common_name.upper().split("."):
        yield Check(
            "Certificate",
            _LOOK,
            f"The certificate's name does not contain this pharmacy's ODS code, {ods}.",
            "Make sure that it is the certificate made for this pharmacy's mailbox.",
        )


def _mesh(
    account: "MeshAccount", open_transport: "Callable[[MeshAccount], MeshTransport]"
) -> Iterator[Check]:
    try:
        transport = open_transport(account)
    except DigMedError as error:
        yield Check("MESH", _BAD, error.happened, error.remedy)
        return
    try:
        transport.handshake()
    except DigMedError as error:
        yield Check("MESH", _BAD, error.happened, error.remedy)
    else:
        yield Check("MESH", _GOOD, "MESH answers and accepts this mailbox.")
        yield from _clock(transport.clock_ahead())
    finally:
        transport.close()


def _clock(ahead: timedelta | None) -> Iterator[Check]:
    if ahead is None:
        return
    minutes = round(abs(ahead) / timedelta(minutes=1))
    if abs(ahead) > CLOCK_OFF:
        side = "ahead of" if ahead > timedelta() else "behind"
        yield Check(
            "Clock",
            _LOOK,
            f"This computer's clock is {minutes} minutes {side} MESH's.",
            "Correct it: records show its time, and MESH refuses calls if it is two hours wrong.",
        )
    else:
        yield Check("Clock", _GOOD, "This computer's clock agrees with MESH's.")


def _where(account: "MeshAccount") -> str:
    names = {"loopback": "MESH on this computer", "integration": "integration MESH", "live": "live MESH"}
    return names[account.environment.value]


def _open(account: "MeshAccount") -> "MeshTransport":
    from digmed_desktop.mesh.transport import MeshTransport

    return MeshTransport(account, timeout=(10.0, 20.0))
