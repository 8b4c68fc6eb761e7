"""The commands that keep an installation running, from sync to retention. None needs a window."""

import argparse
import getpass
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path

from digmed_desktop.demo.own_command import own_command
from digmed_desktop.desk.commands import unattended
from digmed_desktop.diagnostics import log
from digmed_desktop.messaging.connection import Check, Health
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.settings import folders as folder_room
from digmed_desktop.settings.folders import Folders

NAMES = 32  # the column of doctor's names, wider than the longest
_MARKS = {Health.GOOD: "ok", Health.LOOK: "LOOK", Health.BAD: "FAILED", Health.NOT_ASKED: "-"}


def run(command: str, words: list[str]) -> int:
    """Run one of :data:`COMMANDS`; return the exit status."""
    try:
        return COMMANDS[command](words)
    except (DigMedError, folder_room.FolderError) as error:
        print(error, file=sys.stderr)
        return 1


def _grammar(command: str, about: str) -> argparse.ArgumentParser:
    return argparse.ArgumentParser(prog=f"digmed-desktop {command}", description=about)


def _sync(words: list[str]) -> int:
    _grammar(
        "sync",
        "Send waiting notifications and collect replies, once. For a "
        "scheduled task, under the computer account that the program "
        "was set up with; safe while the program is open. Exit status 1 when MESH was not reached.",
    ).parse_args(words)
    return _logged(lambda folders: _say(*unattended.sync(folders)))


def _doctor(words: list[str]) -> int:
    grammar = _grammar(
        "doctor",
        "Check everything that sending and collecting depend on, each with its remedy. Exit status 1 when a check fails.",
    )
    grammar.add_argument(
        "--installed",
        action="store_true",
        help="check the installed files only, for administrators: opens no records, makes no folder",
    )
    grammar.add_argument("--json", action="store_true", help="write the checks as JSON")
    grammar.add_argument("--out", type=Path, metavar="FILE", help="write to FILE, which may lie on a share")
    asked = grammar.parse_args(words)

    def tell(checks: Iterable[Check]) -> int:
        return _told(checks, as_json=asked.json, out=asked.out)

    if asked.installed:
        from digmed_desktop.desk.commands import installed

        return tell(installed.checks())
    return _logged(lambda folders: tell(unattended.doctor(folders)))


def _schedule(words: list[str]) -> int:
    from digmed_desktop.desk.commands import schedule

    grammar = _grammar(
        "schedule",
        "Make the task of Windows that runs 'sync' while someone is signed on. For administrators. Nobody signed on: "
        "nothing is sent.",
    )
    what = grammar.add_mutually_exclusive_group(required=True)
    what.add_argument("minutes", type=int, nargs="?", help=f"{schedule.MINUTES[0]} to {schedule.MINUTES[-1]}")
    what.add_argument("--remove", action="store_true", help="remove the task")
    asked = grammar.parse_args(words)
    launcher = Path(own_command()[0])
    print(schedule.remove() if asked.remove else schedule.make(launcher, asked.minutes))
    return 0


def _close(words: list[str]) -> int:
    _grammar(
        "close",
        "Ask an open window of this account to close, before an upgrade. It does when no form is half typed. Exit status "
        "1 when it does not.",
    ).parse_args(words)
    status = 0
    for practice in (False, True):
        closed, sentence = unattended.close_window(folder_room.data_folder(practice=practice))
        if closed or not practice:
            _say(closed, sentence)
        status = max(status, closed)
    return status


def _manager(names: list[str], what: str) -> tuple[int, str]:
    """Ask which manager does something, and for the PIN."""
    print(f"A manager {what}:", ", ".join(f"{n} {name}" for n, name in enumerate(names, 1)))
    number = input("Number of the manager: ").strip() if len(names) > 1 else "1"
    which = int(number) if number.isdecimal() and 1 <= int(number) <= len(names) else 0
    if not which:
        raise DigMedError("There is no manager with this number.", "Nothing was changed.")
    return which - 1, getpass.getpass(f"PIN of {names[which - 1]}: ")


def _erase(words: list[str]) -> int:
    from digmed_desktop.desk.commands import erasing
    from digmed_desktop.desk.upkeep.opening import open_vault
    from digmed_desktop.messaging.clock import SystemClock
    from digmed_desktop.messaging.wording import counted

    grammar = _grammar(
        "erase",
        "Erase the records, settings and keys of this account permanently. The program first makes a "
        "backup and tests it by restoring, then asks you to type words.",
    )
    grammar.add_argument(
        "--backup", type=Path, required=True, metavar="FILE", help="where the last backup is written"
    )
    asked = grammar.parse_args(words)

    def passphrase() -> tuple[str, str]:
        return getpass.getpass("Passphrase of the backup: "), getpass.getpass("Repeat the passphrase: ")

    def typed(count: int) -> str:
        print(
            f"The backup contains {counted(count, 'notification', 'notifications')} and opens. {erasing.KEPT_FOR}"
        )
        return input(f"To erase everything in this account, type {erasing.WORDS}: ")

    def work(folders: Folders) -> int:
        answers = erasing.Asked(passphrase, typed, lambda names: _manager(names, "erases the records"))
        print(erasing.erase(folders, open_vault(folders), SystemClock(), asked.backup, answers))
        return 0

    return work(folder_room.prepare(practice=False))  # without a log: it lies among what may be erased


def _retention(words: list[str]) -> int:
    from digmed_desktop.desk.commands import retention as retention_acts
    from digmed_desktop.desk.upkeep.opening import open_vault
    from digmed_desktop.messaging.clock import SystemClock
    from digmed_desktop.messaging.retention import HoldReason

    grammar = _grammar(
        "retention",
        "Say how long to keep each kind of record, by which source, "
        "and which records are past their retention period. Nothing is "
        "removed until a manager has confirmed the table with --confirm and then asks for it with --remove. Each decision "
        "asks for the manager's PIN. Close the window first.",
    )
    what = grammar.add_mutually_exclusive_group()
    what.add_argument("--confirm", action="store_true", help="confirm the table as it is shown")
    what.add_argument("--off", action="store_true", help="take the confirmation back")
    what.add_argument("--remove", action="store_true", help="remove the records that the preview names")
    what.add_argument("--lift", type=int, metavar="N", help="lift hold N")
    what.add_argument("--hold", choices=[one.value for one in HoldReason], help="hold the records of --about")
    grammar.add_argument(
        "--about",
        metavar="WHOSE",
        default="",
        help="'patient' (it asks for the NHS number), 'notification N' or 'batch N'",
    )
    grammar.add_argument(
        "--note", metavar="TEXT", default="", help="what the hold is for, or why it is lifted, in a few words"
    )
    asked = grammar.parse_args(words)
    if asked.about.split()[:1] == ["patient"] and asked.about.strip() != "patient":
        grammar.error(
            "write only --about patient: every account can read a command, so it asks for the NHS number"
        )

    def work(folders: Folders) -> int:
        wanted = retention_acts.Wanted(
            asked.confirm, asked.off, asked.remove, asked.lift, asked.hold or "", asked.about, asked.note
        )
        answers = retention_acts.Asked(
            lambda names: _manager(names, "decides about retention"),
            input,
            lambda: getpass.getpass("NHS number of the patient, not shown: "),
        )
        for line in retention_acts.carry_out(folders, open_vault(folders), SystemClock(), wanted, answers):
            print(line)
        return 0

    return _logged(work)


def _patient_file(words: list[str]) -> int:
    from digmed_desktop.desk.commands import patient_file as patient_file_acts
    from digmed_desktop.desk.upkeep.opening import open_vault
    from digmed_desktop.messaging.clock import SystemClock

    grammar = _grammar(
        "patient-file",
        "Write everything that is recorded about one patient, once a manager has reviewed it. The "
        "command asks for the patient and for what to leave out. Close the window first.",
    )
    grammar.add_argument(
        "--pdf", type=Path, metavar="FILE.pdf", help="where it is written for people to read"
    )
    grammar.add_argument(
        "--json", type=Path, metavar="FILE.json", help="where it is written for other systems"
    )
    asked = grammar.parse_args(words)
    if asked.pdf is None and asked.json is None:
        grammar.error("name at least one of --pdf and --json")

    def work(folders: Folders) -> int:
        answers = patient_file_acts.Asked(
            lambda names: _manager(names, "gives out a patient's data"),
            lambda: input("NHS number, name, or the number of a notification: "),
            lambda: input("Numbers of the lines to leave out, with commas; empty for none: "),
            lambda line: input(f"Why line {line} is left out: "),
            print,
        )
        targets = (asked.pdf, asked.json)
        for line in patient_file_acts.carry_out(
            folders, open_vault(folders), SystemClock(), targets, answers
        ):
            print(line)
        return 0

    return _logged(work)


def _paper(words: list[str]) -> int:
    from digmed_desktop.desk.records import guides

    grammar = _grammar("paper", "Write a guide, or a blank form to fill in by hand, as PDF.")
    grammar.add_argument("name", choices=guides.NAMES, help="what is written")
    grammar.add_argument("file", type=Path, metavar="FILE.pdf", help="where it is written")
    asked = grammar.parse_args(words)
    guides.save(guides.document(asked.name), asked.file)
    return 0


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "sync": _sync,
    "doctor": _doctor,
    "schedule": _schedule,
    "close": _close,
    "erase": _erase,
    "paper": _paper,
    "retention": _retention,
    "patient-file": _patient_file,
}


def _logged(work: Callable[[Folders], int]) -> int:
    folders = folder_room.prepare(practice=False)
    log.start(folders.logs, name=log.UNATTENDED)
    try:
        return work(folders)
    finally:
        log.stop()


def _say(status: int, sentence: str) -> int:
    print(sentence, file=sys.stderr if status else sys.stdout)
    return status


def _told(checks: Iterable[Check], *, as_json: bool, out: Path | None) -> int:
    """Show checks as they come, or write all of them at the end; return the exit status."""
    from digmed_desktop.messaging.whole_file import whole_file

    made: list[Check] = []
    for check in checks:
        made.append(check)
        if not as_json and out is None:
            print("\n".join(_lines(check)))
    text = json.dumps([asdict(check) for check in made], ensure_ascii=False, indent=1) if as_json else ""
    if out is not None:
        with whole_file(out) as file:
            file.write((text or "\n".join(line for check in made for line in _lines(check))).encode() + b"\n")
    elif as_json:
        print(text)
    return int(any(check.health is Health.BAD for check in made))


def _lines(check: Check) -> list[str]:
    lines = [f"{_MARKS[check.health]:7}{check.name:{NAMES}}{check.sentence}"]
    return [*lines, f"{'':{7 + NAMES}}{check.remedy}"] if check.remedy else lines
