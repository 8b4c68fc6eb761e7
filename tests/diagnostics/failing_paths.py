"""Run as a program: handles a fictional patient and fails in many ways, with the log and the crash watch on.

Its arguments are the folder for log and reports and how to end: main, thread, native or well. The patient's
strings come on standard input, as JSON.
"""

import gc
import json
import logging
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from digmed_desktop.clinical.record import Patient, PersonName, Traced
from digmed_desktop.diagnostics import crash, log

folder, ending = Path(sys.argv[1]), sys.argv[2]
strings: list[str] = json.load(sys.stdin)
everything = " | ".join(strings)
patient = Patient(
    name=PersonName(given=strings[3], family=strings[0]),
    nhs_number=strings[4],
    traced=Traced.PDS,
    date_of_birth=date(1947, 3, 29),
)
OWN = logging.getLogger("digmed_desktop.outbox.test")
LIBRARY = logging.getLogger("urllib3.connectionpool")


def database() -> None:
    import sqlalchemy as sa

    engine = sa.create_engine("sqlite://")  # parameters not hidden: the worst case
    table = sa.Table("t", sa.MetaData(), sa.Column("name", sa.String, primary_key=True))
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(table.insert().values(name=everything))
        connection.execute(table.insert().values(name=everything))


def message() -> None:
    from fhir.resources.STU3.patient import Patient as FhirPatient

    FhirPatient.model_validate({"birthDate": everything, "name": [{"family": 1}], "gender": patient})


def xml() -> None:
    from lxml import etree

    etree.fromstring(f"<name>{everything}<{patient.nhs_number}")


def network() -> None:
    import requests

    requests.get(f"http://127.0.0.1:1/GPPROVIDER_{patient.nhs_number}_19470329_{strings[1]}", timeout=2)


def text() -> None:
    (everything + "\N{SNOWMAN}").encode("ascii")


def look_up() -> None:
    dict[object, object]()[patient]


def nested() -> None:
    try:
        int(everything)
    except ValueError as error:
        try:
            raise RuntimeError(f"for {patient}") from error
        except RuntimeError as second:
            raise ExceptionGroup(
                everything, [second, KeyError(patient.name.family), OSError(2, everything, everything)]
            ) from None


def noted() -> None:
    error = ValueError(everything)
    error.add_note(everything)
    raise error


@dataclass
class Careless:
    who: Patient

    def __del__(self) -> None:
        raise ValueError(everything)


PATHS: tuple[Callable[[], None], ...] = (database, message, xml, network, text, look_up, nested, noted)

log.start(folder, level=logging.DEBUG)
watch = crash.CrashWatch(folder)
watch.install()
reached = 0
for path in PATHS:
    try:
        path()
    except Exception as error:  # noqa: BLE001  # all of them, that is what is tried
        reached += 1
        OWN.exception("Path %s failed: %s, %s", path.__name__, error, patient)
        LIBRARY.exception("gave up after %s", error)
        LIBRARY.error(str(error))
        LIBRARY.error(f"quoted {everything!r}")
for one in strings:
    OWN.info("Sent %s to %s", one, {"nhs": one})
    OWN.info(one)
    OWN.warning("%d of %s", one, one)
    LIBRARY.warning("Connection to %s lost: %r", one, [one])
    LIBRARY.warning(f"Connection to '{one}' lost")
    log.qt_message("warning", f'QLabel(0x55, name = "{one}"): cannot draw {one}')
    log.qt_message("warning", f"QTextBrowser: No document for {one}")
Careless(patient)
gc.collect()
OWN.info("Reached %d of %d paths, local id %s", reached, len(PATHS), "FA123_0f8fad5bd9cb469fa16570867728950e")


def fail() -> None:
    name, number = patient.name.family, patient.nhs_number
    raise ValueError(f"{everything} {name} {number}") from KeyError(patient)


if ending == "main":
    fail()
elif ending == "thread":
    worker = threading.Thread(target=fail, name=f"sender of {patient.name.family}")
    worker.start()
    worker.join()
elif ending == "native":
    import faulthandler

    faulthandler._sigsegv()  # type: ignore[attr-defined]
watch.remove()
