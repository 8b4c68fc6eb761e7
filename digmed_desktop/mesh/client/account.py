"""Describe the MESH client as the program knows it: its folder, the mailbox that it serves, and who else is there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from digmed_desktop.mesh.account import check_mailbox
from digmed_desktop.messaging.errors import AccountError


@dataclass(frozen=True, slots=True, repr=False)
class ClientAccount:
    """The folder of a mailbox of the MESH client. Raises AccountError when made with anything unusable.

    ``owner`` is the mark of these records in the folder: one program uses it, never two. ``mailboxes``: where
    practices take these messages, by ODS code, as the pharmacy entered them.
    """

    root: Path
    mailbox: str
    owner: str
    mailboxes: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_mailbox(self.mailbox)
        check_root(str(self.root))
        if not self.owner:
            raise AccountError(
                "The MESH client's folder is not marked as this program's.",
                "Save the connection again in Settings, Connection.",
            )


def check_root(typed: str) -> None:
    """Raise AccountError for text that cannot name the folder of a mailbox."""
    if not typed.strip() or typed == ".":
        raise AccountError("The folder of the MESH client is missing.", "Choose it in Settings, Connection.")
    if "\0" in typed or not Path(typed.strip()).is_absolute():
        raise AccountError(
            "The folder of the MESH client is not a full path.",
            "Choose the folder with the button, or type it from its drive or share on.",
        )
