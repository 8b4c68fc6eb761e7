"""Answers a new question in a copy of the program and prints, as JSON, where the answer is found."""

import csv
import json
import sys
from pathlib import Path

import digmed_desktop
from digmed_desktop import resources
from digmed_desktop.clinical import form, json_record
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.desk.connections.sender import Sender
from digmed_desktop.desk.desk import Desk
from digmed_desktop.desk.gate import acting
from digmed_desktop.messaging.progress import Progress
from digmed_desktop.messaging.searching import Search
from tests.clinical.examples import NOW, complete_answers
from tests.desk.conftest import PHARMACIST, no_delivery
from tests.history.fresh import fresh_store
from tests.history.samples import KEY, PHARMACY, MovedClock

QUESTION, ATTRIBUTE, ANSWER = "after.interpreter", "interpreter", "Ms Noor, in Dari"


def found(folder: Path) -> dict[str, object]:
    """Record and send a vaccination with the new answer; return where it is found."""
    clock = MovedClock(NOW)
    store = fresh_store(folder / "data" / "digmed.db", KEY, clock)
    store.profile.save_pharmacy(PHARMACY)
    by = store.people.add(PHARMACIST, "slow-hash")
    desk = Desk(
        store,
        clock,
        kept_in="a test",
        sender=Sender("FQF01OT001"),
        make_delivery=no_delivery,
        folder=folder,
    )
    state = FormState({**complete_answers(), "session.vaccinator": str(by), QUESTION: ANSWER})
    with acting(by):
        preview = desk.preview("vaccination", state)
        sent = desk.send("vaccination", "d1", state, by)
    assert sent.notification is not None, sent.problems
    message = store.notifications.story(sent.notification).messages[0].body.decode()
    record = store.versions.record(sent.notification)
    with acting(by):
        desk.exports.csv(Search(), folder / "list.csv", Progress(), with_patients=True)
    with (folder / "list.csv").open(encoding="utf-8-sig", newline="") as file:
        (line,) = csv.DictReader(file)
    ((draft, _form),) = desk.record_imports.take_in(record).drafts
    taken_in = store.drafts.get(draft)
    store.close()
    return {
        "program": str(Path(digmed_desktop.__file__).parent),
        "form": form.load("vaccination").field(QUESTION).label,
        "record": getattr(json_record.loads(record), ATTRIBUTE),
        "record JSON": json.loads(record)["record"][ATTRIBUTE],
        "schema": resources.json_file("schemas/record-vaccination-1.schema.json")
        == json_record.schema("vaccination"),
        "preview": [row.field for part in preview.sections for row in part.rows if ANSWER in row.values],
        "message": message.count(ANSWER),
        "CSV": line["Interpreter"],
        "form filled from the record": taken_in.state.answers[QUESTION] if taken_in else "",
    }


if __name__ == "__main__":
    print(json.dumps(found(Path(sys.argv[1]))))
