"""The MESH client of the pharmacy's IT: its folder in the settings, the transport over it, and what is found there."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from digmed_desktop.messaging.connection import Check, Health
from digmed_desktop.messaging.errors import AccountError, DigMedError, UnreadableRowError
from digmed_desktop.settings.settings import Settings
from digmed_desktop.untrusted import a_table, a_text

if TYPE_CHECKING:
    from digmed_desktop.history.store import Store
    from digmed_desktop.mesh.client.account import ClientAccount
    from digmed_desktop.mesh.client.transport import ClientTransport

T = TypeVar("T")
OWNER, MAILBOXES = "mesh.client.owner", "mesh.client.mailboxes"  # in the records
_GOOD, _LOOK, _BAD, _NOT_ASKED = Health.GOOD, Health.LOOK, Health.BAD, Health.NOT_ASKED
NOT_TRIED = (
    "This route has been tried only with a simulated MESH client, never with NHS England's own. Try it with "
    "your IT support on the integration system first."
)
NO_LOOK_UP = "The MESH client cannot look up whether a practice can receive."
BY_PATIENT = (
    "MESH finds the patient's practice by NHS number, date of birth and surname, and reports if it cannot."
)
ENTERED = "A mailbox is entered for this practice in Settings, Connection."
NOT_ENTERED = "No mailbox is entered for this practice in Settings, Connection: send them a paper copy."


def account(store: "Store", chosen: Settings) -> "ClientAccount":
    """Return the folder and mailbox that are set up. Raises AccountError when something is missing."""
    from digmed_desktop.mesh.client.account import ClientAccount

    return ClientAccount(Path(chosen.mesh_folder), chosen.mailbox, _owner(store), mailboxes(store))


def transport(account_: "ClientAccount", *, in_practice_mode: bool = False) -> "ClientTransport":
    """Return the transport over a folder of the MESH client."""
    from digmed_desktop.mesh.client.timing import Timing
    from digmed_desktop.mesh.client.transport import ClientTransport

    return ClientTransport(account_, timing=Timing.practice() if in_practice_mode else None)


def watched(account_: "ClientAccount") -> tuple[str, ...]:
    """Return the folders in which the client puts something."""
    from digmed_desktop.mesh.client.places import Places

    here = Places(account_.root)
    return tuple(str(folder) for folder in (here.inbox, here.sent, here.failed))


def mailboxes(store: "Store") -> Mapping[str, str]:
    """Return the mailboxes of practices that the pharmacy entered, by ODS code."""
    return kept(store, MAILBOXES, _by_practice, "The list of mailboxes of practices") or {}


def _by_practice(found: Any) -> dict[str, str]:
    return {code: a_text(mailbox) for code, mailbox in a_table(found).items()}


def _owner(store: "Store") -> str:
    return kept(store, OWNER, a_text, "The name of these records in the MESH client's folder") or ""


def kept(store: "Store", key: str, understand: Callable[[Any], T], of: str) -> T | None:
    """Return what the records hold of the connection under a key. Raises AccountError where it cannot be read."""
    try:
        return store.profile.value(key, understand, of)
    except UnreadableRowError as error:
        happened = error.happened
    raise AccountError(happened, "Set up the connection again in Settings, Connection.")


def shown(entered: Mapping[str, str]) -> str:
    """Return entered mailboxes as they are typed: one line for each practice."""
    return "\n".join(f"{ods} {mailbox}" for ods, mailbox in sorted(entered.items()))


def typed(text: str) -> dict[str, str]:
    """Read mailboxes that were typed, a practice's ODS code and its mailbox on each line. Raises AccountError."""
    from digmed_desktop.mesh import addressing
    from digmed_desktop.mesh.account import check_mailbox

    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        parts = line.replace(",", " ").replace("=", " ").split()
        if not parts:
            continue
        try:
            if len(parts) != 2:
                raise AccountError("An ODS code and a mailbox are needed.")
            ods = addressing.checked_ods(parts[0])
            check_mailbox(parts[1])
        except DigMedError as error:
            why = f"Line {number} is not correct: {error.happened}"
            raise AccountError(why, "Type the practice's ODS code, a space and its mailbox.") from None
        if found.get(ods, parts[1]) != parts[1]:
            raise AccountError(f"Line {number} gives {ods} a second mailbox.", "Keep the right one.")
        found[ods] = parts[1]
    return found


def check_folder(folder: str, mailbox: str) -> None:
    """Raise AccountError or OfflineError for what is no folder of ``mailbox`` of the MESH client."""
    from digmed_desktop.mesh.client.account import check_root
    from digmed_desktop.mesh.client.inspecting import inspect

    check_root(folder)
    inspect(Path(folder), mailbox).refuse_unusable()


def keep(store: "Store", folder: str, entered: Mapping[str, str]) -> None:
    """Mark the folder as the one of these records, and keep the mailboxes. Raises what the folder raises."""
    from digmed_desktop.mesh.client.claiming import claim, new_owner

    owner = _owner(store) or new_owner()
    claim(Path(folder), owner, store.deliveries.may_be_with_client())
    store.profile.put(OWNER, json.dumps(owner))
    store.profile.put(MAILBOXES, json.dumps(dict(entered)))


def found_on_this_computer() -> tuple[tuple[str, str], ...]:
    """Return the mailboxes that MESH clients installed here serve: id and folder of each."""
    from digmed_desktop.mesh.client.inspecting import installed

    return installed()


def checks(open_account: "Callable[[], ClientAccount]") -> Iterator[Check]:
    """Check the folder of the MESH client, and by it the client itself."""
    from digmed_desktop.mesh.client.inspecting import inspect

    try:
        account_ = open_account()
        seen = inspect(account_.root, account_.mailbox)
        seen.refuse_unusable()
    except DigMedError as error:
        yield Check("MESH client", _BAD, error.happened, error.remedy)
        return
    made = transport(account_)
    try:
        made.handshake()
        made.follow(())
        made.inbox()
    except DigMedError as error:
        yield Check("MESH client", _BAD, error.happened, error.remedy)
    else:
        said = made.warning()
        told = f"Mailbox {account_.mailbox}, in {account_.root}. {seen.latest}"
        yield Check("MESH client", _LOOK if said else _GOOD, said or told, seen.remedy if said else "")
        _, others = made.unread()
        if others:
            what = (
                f"{others} files in its folder IN are for another program or mailbox. They were left there."
            )
            yield Check("MESH client's folder", _LOOK, what, "One mailbox is for one program.")
    finally:
        made.close()
    for name, fine, sentence, remedy in seen.remarks:
        yield Check(name, _GOOD if fine else _LOOK, sentence, remedy)
    yield Check("MESH client tried", _LOOK, NOT_TRIED)
