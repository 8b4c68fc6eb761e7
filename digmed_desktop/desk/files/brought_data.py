"""Newer data files that a group brings in a folder: taken whole when none has a fault, and else the last ones stay."""

import contextlib
import hashlib
import json
import logging
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from digmed_desktop import untrusted
from digmed_desktop.clinical import data_review
from digmed_desktop.clinical.dates import ENGLAND, shown
from digmed_desktop.data_files.fault import DataFileError, Fault
from digmed_desktop.data_files.source import MAX_BYTES, OWN, DataSource, is_called_toml
from digmed_desktop.desk.connections import it_policy
from digmed_desktop.desk.files import data_check
from digmed_desktop.files.replacing import replace
from digmed_desktop.messaging.clock import SystemClock

_LOG = logging.getLogger(__name__)
FOLDERS = data_review.FOLDERS
"""Folders that can be brought: what sources say of the world. Codes, forms, editions and words belong to a version."""
HOME = "brought-data"
"""The folder of the program's own in which the files in use lie, in the data folder."""
MOST_FILES = 500
_USED, _NEXT, _TRIED, _BEFORE, _STATE = "used", "next", "tried", "before", "state.json"


@dataclass(frozen=True, slots=True)
class Brought:
    """How the files stand that were brought. ``since``: when these came; ``refused``: why newer ones are not used.

    ``is_reached``: the folder is there, and data files are in it.
    """

    folder: str = ""
    since: date | None = None
    names: tuple[str, ...] = ()
    refused: str = ""
    refused_since: date | None = None
    is_reached: bool = True

    @property
    def notices(self) -> tuple[str, ...]:
        """Return what the banner says: nothing while all that was brought is in use."""
        if not self.refused:
            return ()
        used = f"those of {shown(self.since)} are in use" if self.since else "the program's own are in use"
        if not self.is_reached:
            said = f"No newer data files have come since {shown(self.refused_since)}: {used}."
            return (f"{said} {self.refused} Check the network or the drive, or ask your IT support.",)
        said = (
            f"The newer data files in {self.folder} were all refused on {shown(self.refused_since)}: {used}."
        )
        return (f"{said} {self.refused} Ask the supplier of the files.",)


_NOW: list[Brought] = []


def now() -> Brought:
    """Return how they stand since the program began."""
    return _NOW[-1] if _NOW else Brought()


def at_start(data: Path, own: str) -> Brought:
    """Use what the folder of newer files brings; called before the window reads a data file.

    ``own`` is the folder of the account's settings, which the administrators' goes before.
    """
    return adopt(it_policy.data_folder(own), data / HOME, _today())


def beside_a_window(data: Path, own: str) -> Brought:
    """Use what the window took last; called by a command before it reads a data file."""
    return use_last(it_policy.data_folder(own), data / HOME, _today())


def fault_of(folder: str, data: Path) -> str:
    """Return why the files of a folder would not be used, ``""`` if they would; nothing in use changes."""
    home = data / HOME
    if said := _why_unreached(Path(folder)):
        return said
    try:
        _stage(Path(folder), home / _TRIED)
        _check(home / _TRIED, home / _USED, _today())
    except DataFileError as error:
        return error.faults[0].sentence
    except OSError as error:
        return _not_stored(error)
    finally:
        shutil.rmtree(home / _TRIED, ignore_errors=True)
    return ""


def _not_stored(error: OSError) -> str:
    return f"The folder cannot be read, or its files cannot be stored here ({error.strerror})."


def _why_unreached(folder: Path) -> str:
    """Return why no data file can be found in a folder, ``""`` where some are there."""
    try:
        if not folder.exists():
            return f"The folder {folder} cannot be found."
        if not folder.is_dir():
            return f"{folder} is a file, not a folder."
        if not any(map(is_called_toml, folder.rglob("*"))):
            return f"The folder {folder} contains no data file."
    except OSError as error:
        return f"The folder {folder} cannot be read ({error.strerror})."
    return ""


def _today() -> date:
    return SystemClock().now().astimezone(ENGLAND).date()


def adopt(folder: str | None, home: Path, today: date) -> Brought:
    """Use the files of a folder where none has a fault, else those used last; called before a data file is read.

    ``home`` is a folder of the program's own, where the files in use lie; an empty ``folder`` ends their use, and None,
    which nobody knows, changes nothing.
    """
    if folder is None:
        return use_last(folder, home, today)
    OWN.lay_over(None)
    if not folder:
        shutil.rmtree(home, ignore_errors=True)
        return _stands(Brought())
    before, is_checked = _state(home), False
    refused = unreached = _why_unreached(Path(folder))
    if unreached:
        return _found(_used(folder, home, refused, today, is_reached=False), home)
    try:
        home.mkdir(parents=True, exist_ok=True)
        digest = _stage(Path(folder), home / _NEXT)
        if digest != before.get("digest") or not (home / _USED).is_dir():
            _check(home / _NEXT, home / _USED, today)
            _take(home, {"digest": digest, "since": today.isoformat()})
            is_checked = True
    except DataFileError as error:
        refused = error.faults[0].sentence
    except OSError as error:
        refused = _not_stored(error)
    finally:
        shutil.rmtree(home / _NEXT, ignore_errors=True)
    return _found(_used(folder, home, refused, today, is_checked=is_checked), home)


def _found(found: Brought, home: Path) -> Brought:
    """Keep since when newer files are refused, note it in the log, and say how the files stand."""
    _keep(
        home,
        {**_state(home), "refused_since": found.refused_since.isoformat() if found.refused_since else None},
    )
    if found.refused:
        _LOG.warning("newer data files were refused")
    return _stands(found)


def use_last(folder: str | None, home: Path, today: date) -> Brought:
    """Use the files that the window took last, without looking for newer ones: for what runs beside a window."""
    OWN.lay_over(None)
    return _stands(Brought() if folder == "" else _used(folder or "", home, "", today))


def _used(
    folder: str, home: Path, refused: str, today: date, *, is_checked: bool = False, is_reached: bool = True
) -> Brought:
    """Lay the files used last over the program's own, where they are still without a fault."""
    state, used = _state(home), home / _USED
    since: date | None = None
    names: tuple[str, ...] = ()
    if not used.is_dir() and (home / _BEFORE).is_dir():  # the power went while new ones took their place
        with contextlib.suppress(OSError):
            replace(home / _BEFORE, used)
    if used.is_dir():
        try:
            if not is_checked:
                _check(used)
            OWN.lay_over(used)
            names = tuple(DataSource(used).every_name())
            since = _day(state.get("since"))
        except DataFileError as error:  # a new version of the program reads them otherwise
            refused = refused or error.faults[0].sentence
    began = (_day(state.get("refused_since")) or today) if refused else None
    return Brought(folder, since, names, refused, began, is_reached)


def _stands(brought: Brought) -> Brought:
    _NOW[:] = [brought]
    return brought


def _stage(folder: Path, into: Path) -> str:
    """Copy what is there, so that nobody changes it after it was checked; return its digest."""
    source = data_check.source_in(folder)
    names = source.every_name()
    if len(names) > MOST_FILES:
        raise _refusal(str(folder), f"{len(names)} data files are in it", f"at most {MOST_FILES}")
    shutil.rmtree(into, ignore_errors=True)
    digest = hashlib.sha256()
    only = any(one.suffix == ".toml" for one in folder.iterdir())
    for name in names:
        if name.partition("/")[0] not in FOLDERS:
            raise _refusal(name, "this file comes only with the program", f"files of {', '.join(FOLDERS)}")
        try:
            content = untrusted.read_bytes(folder / (name.partition("/")[2] if only else name), MAX_BYTES)
        except untrusted.UnreadableError:
            raise _refusal(
                name, "the file cannot be read", f"a file of at most {MAX_BYTES:,} bytes"
            ) from None
        digest.update(f"{name} {len(content)} ".encode() + content)
        (into / name).parent.mkdir(parents=True, exist_ok=True)
        (into / name).write_bytes(content)
    return digest.hexdigest()


def _check(folder: Path, used: Path | None = None, today: date = date.min) -> None:
    """Raise DataFileError with every fault of the files in a folder, also against those ``used`` until ``today``."""
    source = DataSource(folder)
    faults = [one.fault for one in data_check.check(source)]
    faults += [*data_check.of_no_kind(source), *_older(source)]
    if used is not None and used.is_dir():
        faults += _older_than_used(source, DataSource(used), today)
    if faults:
        raise DataFileError(tuple(faults))


def _older(source: DataSource) -> list[Fault]:
    """Return a fault for each file that was checked before the program's own of its name."""
    found, own = [], DataSource()  # without those that lie over it now
    for name in source.every_name():
        if name in own.names(name.partition("/")[0]):
            mine, theirs = own.raw(name).get("checked_on"), source.raw(name).get("checked_on")
            if isinstance(mine, date) and isinstance(theirs, date) and theirs < mine:
                wrong = f"it was checked on {theirs}, and the program's own on {mine}"
                found.append(Fault(name, "", "checked_on", wrong, "a newer file, or none with this name"))
    return found


def _older_than_used(source: DataSource, used: DataSource, today: date) -> list[Fault]:
    """Return a fault for each file in use that an older one, or none, would take the place of.

    A programme whose season is over may go.
    """
    found, brought, own = [], set(source.every_name()), DataSource()
    for name in used.every_name():
        in_use = used.raw(name)
        checked = in_use.get("checked_on")
        left = own.raw(name) if name in own.names(name.partition("/")[0]) else {}
        instead = source.raw(name).get("checked_on") if name in brought else left.get("checked_on")
        ended = in_use.get("season_end")
        if not isinstance(checked, date) or (isinstance(instead, date) and instead >= checked):
            continue
        if name in brought:
            wrong = f"it was checked on {instead}, and the one in use on {checked}"
        elif isinstance(ended, date) and ended < today:
            continue
        else:
            wrong = f"it is in use, checked on {checked}, and no longer in the folder"
        found.append(Fault(name, "", "checked_on", wrong, "the file in use, or a newer one"))
    return found


def _refusal(name: str, wrong: str, expected: str) -> DataFileError:
    return DataFileError((Fault(name, "", "", wrong, expected),))


def _take(home: Path, state: dict[str, Any]) -> None:
    """Put the checked files in the place of those used before."""
    shutil.rmtree(home / _BEFORE, ignore_errors=True)
    if (home / _USED).is_dir():
        replace(home / _USED, home / _BEFORE)
    replace(home / _NEXT, home / _USED)
    _keep(home, state)
    shutil.rmtree(home / _BEFORE, ignore_errors=True)


def _keep(home: Path, state: dict[str, Any]) -> None:
    with contextlib.suppress(OSError):  # what is in use does not depend on it
        (home / _STATE).write_text(json.dumps(state), encoding="utf-8")


def _state(home: Path) -> dict[str, Any]:
    try:
        found = json.loads((home / _STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
