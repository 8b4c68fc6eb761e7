"""Whether the records that open are those that were last used here; until a person has said so, nothing is sent."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from digmed_desktop.clinical import dates
from digmed_desktop.messaging.audit import AuditAct, AuditEntry
from digmed_desktop.messaging.chain import Agreement, TailCheck
from digmed_desktop.messaging.errors import RecordsDoubt, RecordsInDoubtError

if TYPE_CHECKING:
    from digmed_desktop.credentials.vault import Vault
    from digmed_desktop.history.store import Store

_INSTALLATION = "installation"
_DOUBTS = {
    Agreement.BEHIND: RecordsDoubt.OLDER,
    Agreement.ANOTHER: RecordsDoubt.ANOTHER,
    Agreement.ALTERED: RecordsDoubt.ALTERED,
    Agreement.OTHER_KEY: RecordsDoubt.UNKNOWN,
    Agreement.NO_HEAD: RecordsDoubt.UNKNOWN,
}
_NOTHING_SENT = "Nothing was sent."


def refuse_in_doubt(store: "Store", vault: "Vault") -> None:
    """Raise RecordsInDoubtError unless the records are those that were last used here; then keep the head.

    Records that were never opened by a program that keeps a head are taken as they are.
    """
    from digmed_desktop.credentials.databases import installation
    from digmed_desktop.history.backup import restored

    tail = store.chain.check_tail()
    doubt = _doubt(store, tail, installation(vault))
    if doubt is not None:
        happened, remedy = _told(doubt, tail)
        kept = restored(store.profile)
        raise RecordsInDoubtError(happened + _of_secrets(kept or ()), remedy, doubt)
    if (
        restored(store.profile) is not None
    ):  # nothing differs, so nobody is asked; the audit says it all the same
        store.audit.add(AuditEntry(AuditAct.RESTORED, None))
    settle(store, vault)


def go_on(store: "Store", vault: "Vault", by: str, doubt: RecordsDoubt) -> None:
    """Record that a person goes on with records in doubt; what waits is looked up before it is sent."""
    store.chain.go_on(by, _WHY[doubt])
    store.look_up_first()
    settle(store, vault)


def settle(store: "Store", vault: "Vault") -> None:
    """Take the records as those of this installation, and keep their head."""
    from digmed_desktop.credentials.databases import installation
    from digmed_desktop.history.backup import RESTORED

    here = json.dumps(installation(vault))
    if store.profile.get(_INSTALLATION) != here:
        store.profile.put(_INSTALLATION, here)
    if store.profile.get(RESTORED) is not None:
        store.profile.forget(RESTORED)
    store.chain.keep_head()


def _doubt(store: "Store", tail: TailCheck, here: str) -> RecordsDoubt | None:
    from digmed_desktop.history.backup import restored as found

    kept, secrets = store.profile.get(_INSTALLATION), found(store.profile)
    if kept is not None and kept != json.dumps(here):
        return RecordsDoubt.ELSEWHERE
    restored = secrets is not None
    if tail.agreement is Agreement.WHOLE:
        return RecordsDoubt.RESTORED if restored and (secrets or tail.last != tail.head) else None
    if tail.agreement is Agreement.NO_HEAD:
        if kept is None:  # from before heads were kept, or just made
            return RecordsDoubt.RESTORED if restored else None
        return RecordsDoubt.UNKNOWN
    return _DOUBTS[tail.agreement]


def _of_secrets(kept: Sequence[str]) -> str:
    if not kept:
        return ""
    return (
        f" Kept as they are in the keyring, although the backup has others: {', '.join(kept)}. Check them in Settings, "
        "Connection."
    )


_WHY = {
    RecordsDoubt.OLDER: "they are older than the last ones used here.",
    RecordsDoubt.ANOTHER: "they are not the ones last used here.",
    RecordsDoubt.ALTERED: "the latest ones were changed.",
    RecordsDoubt.ELSEWHERE: "they come from another computer or account that is no longer used.",
    RecordsDoubt.RESTORED: "they were restored from a backup.",
    RecordsDoubt.UNKNOWN: "the keyring did not say which entry is the last.",
}


def _told(doubt: RecordsDoubt, tail: TailCheck) -> tuple[str, str]:
    last, head = tail.last, tail.head
    until = f" Their last entry is dated {dates.shown_time(last.at)}." if last else ""
    if head is not None:
        used = f" The last entry recorded here is dated {dates.shown_time(head.at)}."
    else:
        used = ""
    match doubt:
        case RecordsDoubt.OLDER:
            lost = f"{tail.missing} entries are missing, with everything recorded in them."
            what = f"These records are older than the ones last used here.{until}{used} {lost}"
            return f"{what} {_NOTHING_SENT}", (
                "Put the newer file back if there is one, or restore the latest backup; ask support if you are not sure. "
                "If there is nothing newer, continue: the loss is recorded."
            )
        case RecordsDoubt.ANOTHER:
            return f"These are not the records last used here.{until}{used} {_NOTHING_SENT}", (
                "Put the right file back, or restore the latest backup. If these are right, continue: it is recorded."
            )
        case RecordsDoubt.ALTERED:
            return (
                f"The latest entries were changed after they were recorded. {tail.faults[0]} {_NOTHING_SENT}",
                (
                    "Tell the superintendent pharmacist and ask support before you continue, or restore the latest backup."
                ),
            )
        case RecordsDoubt.ELSEWHERE:
            return f"These records were last used on another computer or account.{until} {_NOTHING_SENT}", (
                "If that computer still uses them, this is a copy: only look "
                "at it here. If it is out of use, continue here; "
                "waiting notifications are looked up at MESH first."
            )
        case RecordsDoubt.RESTORED:
            return f"These records were restored from a backup.{until}{used} {_NOTHING_SENT}", (
                "Make sure that no other computer uses them, then continue. "
                "Waiting notifications are looked up at MESH first."
            )
        case RecordsDoubt.UNKNOWN:
            return f"The keyring does not say which entry is the last.{until} {_NOTHING_SENT}", (
                "If they are the latest, continue. Otherwise put the newer file back, or restore the latest backup."
            )
