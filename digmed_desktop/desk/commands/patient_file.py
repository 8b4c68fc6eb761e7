"""Write everything about one patient from the command line, once a manager has reviewed it and left lines out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from digmed_desktop.desk.gate import acting
from digmed_desktop.desk.patients.patient_file import PatientFileDesk
from digmed_desktop.desk.people.prompted import AskManager, prompted_manager
from digmed_desktop.desk.upkeep import opening
from digmed_desktop.desk.upkeep.front_door import knock
from digmed_desktop.desk.views.patient_file import PatientFile
from digmed_desktop.messaging.clock import Clock
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.messaging.wording import counted
from digmed_desktop.settings.folders import Folders

if TYPE_CHECKING:
    from digmed_desktop.credentials.vault import Vault


@dataclass(frozen=True, slots=True, repr=False)
class Asked:
    """Answers of the person at the keyboard; nothing of it is an argument, which every program sees."""

    manager: AskManager
    who: Callable[[], str]
    left_out: Callable[[], str]  # numbers of lines, with commas
    reason: Callable[[str], str]  # given a line's number and label
    show: Callable[[str], None]


def carry_out(
    folders: Folders, vault: "Vault", clock: Clock, targets: tuple[Path | None, Path | None], asked: Asked
) -> Iterator[str]:
    """Show what is recorded, ask what is left out, write PDF and JSON as far as they are named. Raises DigMedError."""
    if knock(folders.data, "show", 5.0) is not None:
        raise DigMedError("DigMed Desktop is open on this computer.", "Close its window, then do this again.")
    store = opening.open_store(folders, vault, clock, create=False)
    try:
        manager = prompted_manager(store, vault, clock, asked.manager, Permission.GIVE_PATIENT_FILE)
        with acting(manager.id):
            desk = PatientFileDesk(store, clock)
            file = _gathered(desk, asked)
            left_out = _left_out(file, asked)
            pdf, data = targets
            if pdf is not None:
                desk.save_pdf(file, left_out, pdf)
                yield f"Saved as {pdf.name}."
            if data is not None:
                desk.save_json(file, left_out, data)
                yield f"Saved as {data.name}."
        recorded = counted(len(file.lines()), "line is", "lines are")
        yield f"{recorded} recorded, and {len(left_out)} {'was' if len(left_out) == 1 else 'were'} left out."
        store.chain.keep_head()
    finally:
        store.close()


def _gathered(desk: PatientFileDesk, asked: Asked) -> PatientFile:
    found = desk.find(asked.who())
    if len(found) != 1:
        raise DigMedError(
            f"{len(found) or 'No'} patients fit.", "Use the NHS number, or the number of one notification."
        )
    return desk.gather(found[0].notification)


def _left_out(file: PatientFile, asked: Asked) -> dict[str, str]:
    chosen = file.doubted()
    for part in file.parts:
        asked.show(part.title)
        for line in part.lines:
            doubt = f" [left out: {part.doubt}]" if part.doubt else ""
            asked.show(f"  {line.id}  {line.label}: {'; '.join(line.values)}{doubt}")
    lines = {line.id: line for _part, line in file.lines()}
    for number in (one.strip() for one in asked.left_out().split(",")):
        if not number:
            continue
        if number not in lines:
            raise DigMedError(f"There is no line {number[:20]}.", "Nothing was written.")
        chosen[number] = asked.reason(f"{number}, {lines[number].label}")
    return chosen
