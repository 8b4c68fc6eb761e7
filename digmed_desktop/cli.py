"""The command line. Starting the window is what happens when nothing else is asked for."""

import argparse
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from digmed_desktop import __version__
from digmed_desktop.demo.own_command import PRACTICE_CLIENT, PRACTICE_MESH
from digmed_desktop.diagnostics import console, memory

QUIET = ([PRACTICE_MESH], [PRACTICE_CLIENT], ["sync"], ["schedule"], ["close"])
"""Commands that run without anyone looking: they never waits at a message box."""
MAINTENANCE = frozenset(
    {"sync", "doctor", "schedule", "close", "erase", "paper", "retention", "patient-file"}
)
"""Commands of :mod:`digmed_desktop.maintenance`, which is loaded for them alone."""
EVIDENCE = frozenset({"hazards", "evidence"})
"""Commands of :mod:`digmed_desktop.evidence`, which is loaded for them alone."""

NO_SCREEN = (
    "There is no screen here, so the window cannot be shown. "
    "To work through the main tasks without one: digmed-desktop --demo --tour DIR"
)


def parser() -> argparse.ArgumentParser:
    """Return the command line's grammar."""
    made = argparse.ArgumentParser(
        prog="digmed-desktop",
        description="Sends a pharmacy's vaccinations and emergency supplies to the GP practice over MESH.",
        epilog="'digmed-desktop open RECORD.json' shows a record from another system as a draft. "
        "The other commands need no window. "
        "'digmed-desktop build RECORD.json' writes the message of a record. "
        "'digmed-desktop check MESSAGE.xml ...' applies the program's own checks. "
        "'digmed-desktop explain RESPONSE.xml ...' says what a practice's answer means. "
        "'digmed-desktop sync' sends and collects once. 'digmed-desktop doctor' checks the connection. "
        "'digmed-desktop check-data' checks programmes, rules and wording. "
        "'digmed-desktop paper' writes guides and blank forms. 'digmed-desktop hazards' prints the hazard log. "
        "'digmed-desktop evidence' writes what an assessor asks for. Each has its own --help.",
    )
    made.add_argument("--version", action="version", version=f"DigMed Desktop {__version__}")
    made.add_argument(
        "--demo",
        action="store_true",
        help="practice mode: an embedded MESH, fictional patients; no account is needed and nothing leaves this computer",
    )
    made.add_argument(
        "--tour",
        metavar="DIR",
        type=Path,
        help="with --demo: work through the main tasks in the real windows; write pictures, messages and tour.json to DIR",
    )
    made.add_argument(
        "--first",
        metavar="N",
        type=int,
        help="with --tour: play the first N chapters only, to try an installation",
    )
    made.add_argument(
        "--pictures",
        metavar="DIR",
        type=Path,
        help="with --demo: write a picture of every page to DIR, light, dark and in high contrast, at 100 and 200 %% text, "
        "1280x720 and 1920x1080",
    )
    made.add_argument(
        "--only",
        metavar="PAGE",
        nargs="+",
        default=(),
        help="with --pictures: only these pages, named as their files are, for example check",
    )
    made.add_argument(
        "--documented",
        action="store_true",
        help="with --pictures: only those that README and the guides show, under the names that they have there",
    )
    return made


def has_screen() -> bool:
    """Whether a window can be shown."""
    if not sys.platform.startswith("linux"):
        return True
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if platform:
        return platform not in {"offscreen", "minimal"}
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; return its exit status."""
    unheard = console.prepare()
    memory.keep_out_of_dumps()
    words = list(sys.argv[1:] if argv is None else argv)
    if unheard is None or words[:1] in QUIET:
        with console.visible():
            return _run(words)
    answers = bool(words) and words[0] not in {"open", "--demo"}
    with unheard.shown(console.message_box, answers=answers), console.visible():
        return _run(words)


def _run(words: list[str]) -> int:
    if words and words[0] in {"build", "check", "explain"}:
        return _on_messages(words[0], words[1:])
    if words and words[0] == "check-data":
        return _check_data(words[1:])
    return _run_program(words)


def _run_program(words: list[str]) -> int:
    if words and words[0] in EVIDENCE:
        from digmed_desktop.evidence import commands

        return commands.run(words[0], words[1:])
    if words and words[0] in MAINTENANCE:
        from digmed_desktop import maintenance

        return maintenance.run(words[0], words[1:])
    if words and words[0] == "open":
        return _open(words[1:])
    if words and words[0] in (PRACTICE_MESH, PRACTICE_CLIENT):
        return _part_of_practice_mode(words[0], words[1:])
    asked = parser().parse_args(words)
    plays = asked.tour is not None or asked.pictures is not None
    if plays and not asked.demo:
        print("Tour and pictures are of practice mode only: add --demo", file=sys.stderr)
        return 2
    if not has_screen():
        if not plays:
            print(NO_SCREEN, file=sys.stderr)
            return 2
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    if not _has_qt():
        return 2
    if plays:
        return _play(asked)
    from digmed_desktop import starting

    return starting.run(practice=asked.demo)


def _play(asked: argparse.Namespace) -> int:
    """Play the tour, or take pictures. Exit status 2 when they cannot be written."""
    from digmed_desktop import app
    from digmed_desktop.messaging.whole_file import FileNotWrittenError

    try:
        if asked.tour is not None:
            return app.play_tour(asked.tour, asked.first)
        return app.take_pictures(asked.pictures, asked.only, documented=asked.documented)
    except FileNotWrittenError as error:
        print(error, file=sys.stderr)
        return 2


def _open(words: list[str]) -> int:
    """Open a record of another system as a draft in the window. Exit status 2 when it is none."""
    grammar = argparse.ArgumentParser(
        prog="digmed-desktop open",
        description="Opens the window with a form filled in from a record, or fills it in where a window is already open. "
        "Nothing is sent: it is a draft for you to check.",
    )
    grammar.add_argument(
        "record", type=Path, metavar="RECORD.json", help="a record in the program's JSON format"
    )
    grammar.add_argument("--demo", action="store_true", help="in practice mode")
    asked = grammar.parse_args(words)
    from digmed_desktop.fhir import commands

    found = commands.read_record(asked.record)
    if found is None:
        print(f"{asked.record.name} was not opened: it cannot be read as a record.", file=sys.stderr)
        return 2
    if not has_screen():
        print(NO_SCREEN, file=sys.stderr)
        return 2
    if not _has_qt():
        return 2
    from digmed_desktop import starting

    return starting.run(practice=asked.demo, record=found[0])


def _has_qt() -> bool:
    """Whether Qt's own libraries are there; says what is missing."""
    try:
        import PySide6.QtWidgets  # noqa: F401
    except ImportError as error:
        print(_qt_sentence(error), file=sys.stderr)
        return False
    return True


def _on_messages(command: str, words: list[str]) -> int:
    """Run ``build``, ``check`` or ``explain``, which need no window and no records."""
    from digmed_desktop.fhir import commands

    grammar = argparse.ArgumentParser(prog=f"digmed-desktop {command}")
    if command == "build":
        from digmed_desktop.clinical import record_judgement
        from digmed_desktop.reference.programmes import programmes

        commands.build_arguments(grammar)
        asked = grammar.parse_args(words)
        return commands.build_command(asked, partial(record_judgement.judge, programmes()))
    if command == "explain":
        from digmed_desktop.fhir import explaining

        explaining.explain_arguments(grammar)
        return explaining.explain_command(grammar.parse_args(words))
    commands.check_arguments(grammar)
    return commands.check_command(grammar.parse_args(words))


def _part_of_practice_mode(which: str, words: list[str]) -> int:
    if which == PRACTICE_CLIENT:
        from digmed_desktop.demo import client_process

        return client_process.main()
    from digmed_desktop.demo import mesh_process

    return mesh_process.main(words)


def _check_data(words: list[str]) -> int:
    """Check data files; exit status 1 when there is a fault, 2 when the schemas cannot be written."""
    grammar = argparse.ArgumentParser(
        prog="digmed-desktop check-data",
        description="Checks every file that can be edited: programmes, law, forms, wording, codes. A fault names "
        "file, entry and key. Exit status 1 when there is one, 2 when the schemas cannot be written.",
    )
    grammar.add_argument(
        "folder",
        type=Path,
        nargs="?",
        metavar="FOLDER",
        help="laid out as the program's resources folder, or containing only programme files; left out: the program's own",
    )
    grammar.add_argument(
        "--schemas",
        type=Path,
        metavar="DIR",
        help="write the JSON Schema of each kind of file to DIR, for editors",
    )
    asked = grammar.parse_args(words)
    if asked.schemas is not None:
        return _write_schemas(asked.schemas)
    from digmed_desktop.data_files.fault import DataFileError
    from digmed_desktop.data_files.source import OWN
    from digmed_desktop.demo import world_files
    from digmed_desktop.desk.files import data_check

    try:
        source = data_check.source_in(asked.folder) if asked.folder else OWN
    except DataFileError as error:
        print(error, file=sys.stderr)
        return 1
    sentences = [
        f"{one.fault.sentence} {one.consequence.value}" for one in data_check.check(source, world_files.KINDS)
    ]
    sentences += [fault.sentence for fault in data_check.of_no_kind(source, world_files.KINDS)]
    for sentence in sentences:
        print(sentence)
    files = len(source.every_name())
    if sentences:
        print(f"{_number(len(sentences), 'fault')} in {_number(files, 'file')}.", file=sys.stderr)
        return 1
    print(f"{_number(files, 'file')} checked, no fault.")
    return 0


def _write_schemas(folder: Path) -> int:
    """Write the JSON Schema of each kind of data file."""
    import json

    from digmed_desktop.demo import world_files
    from digmed_desktop.desk.files import data_check
    from digmed_desktop.messaging.whole_file import FileNotWrittenError, folder_for_files, whole_file

    try:
        folder_for_files(folder)
        for kind in (*data_check.kinds(), *world_files.KINDS):
            text = json.dumps(kind.schema(), indent=2, ensure_ascii=False)
            with whole_file(folder / f"data-{kind.name}.schema.json") as file:
                file.write(f"{text}\n".encode())
    except FileNotWrittenError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _number(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"


def _qt_sentence(error: ImportError) -> str:
    from digmed_desktop import resources

    if not sys.platform.startswith("linux"):
        return (
            f"Qt, which draws the window, is missing or damaged: {error.name or error}. "
            "Install DigMed Desktop again; your records are not touched by that."
        )
    packages = " ".join(resources.text("linux/qt-packages.txt").split())
    return (
        f"Qt cannot be loaded: {error.name or error}. On Debian and Ubuntu this puts right what is missing:\n"
        f"  sudo apt-get install -y {packages}"
    )
