"""Answers of the directory of practices over HTTP, mutated: understood or refused with a sentence."""

from http.server import BaseHTTPRequestHandler
from pathlib import Path

from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.reference.ods_api import OdsApi
from tests.long import mutations
from tests.long.registry import LongCheck, Outcome, Size
from tests.reference.test_ods import ONE, SEVERAL, directory


def run(size: Size, _folder: Path) -> Outcome:
    """Ask a directory on this computer that answers with mutations, by code and by name in turn."""
    body = [b""]

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body[0])))
        handler.end_headers()
        handler.wfile.write(body[0])

    with directory(answer) as (api, _asked):
        base = api._base()

        def read(mutated: bytes) -> None:
            body[0] = mutated
            fresh = OdsApi(base)  # nothing is remembered
            if b"Organisations" in mutated:
                fresh.search("overtown")
            else:
                fresh.of_code("A81002")

        reader = mutations.Reader(
            read, (DigMedError,), lambda chance: mutations.changed_json(chance.choice((ONE, SEVERAL)), chance)
        )
        return mutations.run(reader, size)


CHECK = LongCheck(
    "a mutated answer of the directory is understood or refused with a sentence", Size(10_000), run
)
