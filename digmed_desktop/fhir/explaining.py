"""The command line's ``explain``: what responses of practices' systems mean."""

import argparse
import sys
from pathlib import Path

from digmed_desktop.fhir.commands import RefusedFileError, bytes_of
from digmed_desktop.fhir.response_reader import understood_as
from digmed_desktop.fhir.responses import UnreadableResponseError, parse
from digmed_desktop.messaging.answers import Meaning, Understood

DECIDED, FOR_A_PERSON, NO_RESPONSE = 0, 1, 2


def explain_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``explain``."""
    parser.description = (
        "Says what each response means. Exit status 0 when its codes decide, 1 when someone has to decide what "
        "one means, 2 when one is not an ITK3 response."
    )
    parser.add_argument("responses", type=Path, nargs="+", metavar="RESPONSE.xml", help="responses (ITK008M)")


def explain_command(args: argparse.Namespace) -> int:
    """Explain responses; return 0 when all decide, 1 when one is for a person, 2 when one is no response."""
    return max(_explain(file) for file in args.responses)


def _explain(file: Path) -> int:
    try:
        understood = understood_as(parse(bytes_of(file)))
    except RefusedFileError as refused:
        print(f"{file}: {refused.faults[0][1]}", file=sys.stderr)
        return NO_RESPONSE
    except UnreadableResponseError as fault:
        print(f"{file}: This is not an ITK3 response. {fault}", file=sys.stderr)
        return NO_RESPONSE
    print(f"{file}: {_about(understood)}")
    for meaning in understood.meanings:
        print("\n".join(f"  {line}" for line in _lines(meaning)))
    print(f"  {_verdict(understood)}")
    return DECIDED if understood.decides else FOR_A_PERSON


def _about(understood: Understood) -> str:
    if understood.original_unreadable:
        return "The sender could not read which message it answers."
    if not understood.answers_message_id:
        return "It does not say which message it answers."
    return f"It answers the message {understood.answers_message_id}."


def _lines(meaning: Meaning) -> list[str]:
    title = f"{meaning.code or 'No code'} {meaning.display}".strip()
    return [title, *(f"  {text}" for text in (meaning.happened, meaning.do) if text)]


def _verdict(understood: Understood) -> str:
    if not understood.decides:
        return "Someone has to decide what it means."
    if any(meaning.needs_person for meaning in understood.meanings):
        return "Its code decides the state. Action is needed."
    return "Its code decides the state."
