"""What a fault in the program's own data files closes, and what goes on all the same."""

import functools
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from digmed_desktop import resources
from digmed_desktop.background.faults import as_known
from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.data_files.fault import DataFileError
from digmed_desktop.data_files.source import OWN
from digmed_desktop.desk.connections.connection import ConnectionDesk
from digmed_desktop.desk.files import data_check
from digmed_desktop.desk.upkeep import opening
from digmed_desktop.desk.views.sent import Act, How
from digmed_desktop.messaging.connection import Health
from digmed_desktop.messaging.event_words import words_of_event
from digmed_desktop.messaging.states import Happening, State
from digmed_desktop.messaging.wording import words_of
from digmed_desktop.reference import programmes
from digmed_desktop.settings.choices import Choices
from tests.clinical import supply_examples
from tests.clinical.examples import FLU, complete_answers
from tests.desk.conftest import Counter

Damage = Callable[[str, str, str], None]


def _forget_what_was_read() -> None:
    OWN._raw.clear()
    OWN._read.clear()
    data_check._STANDING.clear()
    for name, module in list(sys.modules.items()):
        if name.startswith("digmed_desktop."):
            for value in vars(module).values():
                if isinstance(value, functools._lru_cache_wrapper) and value is not resources.root:
                    value.cache_clear()


@pytest.fixture
def damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Damage]:
    """Let the program read a copy of its resources in which something is replaced."""
    root = tmp_path / "resources"
    shutil.copytree(resources.root(), root)

    def replace(name: str, old: str, new: str) -> None:
        file = root / name
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
        _forget_what_was_read()

    monkeypatch.setattr(resources, "root", lambda: root)
    yield replace
    monkeypatch.undo()
    _forget_what_was_read()


def flu_file() -> str:
    return f"programmes/{FLU.id}.toml"


def test_a_programme_with_a_fault_is_left_out_and_the_others_are_offered(
    counter: Counter, damage: Damage
) -> None:
    before = {one.id for one in programmes.programmes()}
    damage(flu_file(), "min_age = ", "minage = ")
    assert {one.id for one in programmes.programmes()} == before - {FLU.id}
    lists = counter.desk.all_form_lists()["vaccination"]
    assert lists.closed == ""
    assert FLU.id not in lists.by_programme
    (notice,) = data_check.standing().notices
    assert notice.startswith(f"{flu_file()}, product 1")
    assert "left out" in notice


def test_a_draft_of_a_programme_that_is_left_out_is_never_read_by_the_rules_of_another(
    counter: Counter, damage: Damage
) -> None:
    damage(flu_file(), "min_age = ", "minage = ")
    state = FormState(complete_answers())
    problems = counter.desk.preview("vaccination", state).problems
    assert problems[0].field == "session.programme"
    assert "its file has a fault" in problems[0].sentence
    assert counter.desk.send("vaccination", "d1", state, counter.ada).notification is None


def test_a_fault_in_the_law_closes_emergency_supply_and_nothing_else(
    counter: Counter, damage: Damage
) -> None:
    damage("law/emergency-supply.toml", "days = 30", 'days = "30"')
    answers = supply_examples.complete_answers()
    closed = counter.desk.all_form_lists()["emergency-supply"].closed
    assert "law/emergency-supply.toml, rule 1" in closed
    assert "days" in closed
    counter.desk.save_draft("kept", "emergency-supply", FormState(answers), counter.ada)
    sent = counter.desk.send("emergency-supply", "kept", FormState(answers), counter.ada)
    assert sent.notification is None
    assert sent.problems[0].sentence == closed
    assert [one.id for one in counter.desk.drafts()] == ["kept"]
    assert counter.desk.all_form_lists()["vaccination"].closed == ""
    assert data_check.standing().stops_delivery == ""
    assert counter.record()


STOP = [
    ("states/states.toml", 'tone = "plain"', 'tone = "grey"'),
    ("states/happenings.toml", "frozen = ", "frosted = "),
    ("responses/codes.toml", 'happening = "rejected"', 'happening = "matched"'),
    ("mesh/reports.toml", 'kind = "report"', 'kind = "rumour"'),
    ("codes/units.toml", 'code = "732988008"', 'code = "732988009"'),
    ("codes/vaccination.toml", "[[site]]", "[[sites]]"),
    ("codes/roles.toml", "may_vaccinate = true", 'may_vaccinate = "yes"'),
    ("editions/vaccination-profiles.toml", 'item = "contact.time"', 'item = "contact.tome"'),
    ("editions/vaccination-profiles.toml", "title = ", "titel = "),
    ("editions/words/narrative.toml", "Given by: {who}", "Given by: {whom}"),
    ("states/acts.toml", "label = ", "label: "),
]


@pytest.mark.parametrize(("name", "old", "new"), STOP, ids=[f"{name}-{new}" for name, _old, new in STOP])
def test_a_fault_in_what_messages_stand_on_stops_delivery_while_records_are_read_and_printed(
    counter: Counter, damage: Damage, name: str, old: str, new: str
) -> None:
    sent = counter.record()
    counter.post(sent)
    here = counter.record(practice__registered="no")  # for paper: no message was made
    waiting = counter.record()
    damage(name, old, new)
    connection = ConnectionDesk(counter.store, None, Choices(), counter.clock, practice=lambda: None)  # type: ignore[arg-type, return-value]
    delivery = opening.make_delivery(counter.store, connection, counter.clock, mailbox=lambda: "BOX")
    standing = delivery.run_once()
    assert standing.connected is False
    assert (
        f"Nothing is sent or received: a file of the program has a fault. {name}" in standing.stopped_because
    )
    assert "check-data" in standing.remedy
    assert counter.state(waiting) is State.WAITING
    for notification in (sent, here, waiting):
        assert counter.desk.story(notification).events
        document = counter.desk.papers.copy(notification, How.PATIENT, "Ada")
        assert any("vaccin" in str(asdict(block)).lower() for block in document.blocks)
    assert counter.desk.papers.day_list(counter.clock.now().date()).blocks
    assert counter.desk.opened().people


def test_words_of_states_and_events_are_there_without_their_files(damage: Damage) -> None:
    damage("states/states.toml", "[states.draft]", "[states draft]")
    damage("states/happenings.toml", "frozen", "=")
    assert words_of(State.NOT_DELIVERED).word == "Not delivered"
    assert "Install the program again" in words_of(State.NOT_DELIVERED).do
    assert words_of_event(Happening.TAKEN) == "taken"


def test_both_forms_are_closed_while_no_message_can_be_made(counter: Counter, damage: Damage) -> None:
    damage("codes/roles.toml", "may_vaccinate = true", 'may_vaccinate = "yes"')
    for form in counter.desk.forms:
        closed = counter.desk.all_form_lists()[form].closed
        assert "codes/roles.toml, role 1 (pharmacist), may_vaccinate" in closed
        assert "typing as a draft" in closed
        assert counter.desk.preview(form, FormState({})).problems[0].sentence == closed


@pytest.mark.parametrize("form", ["vaccination", "emergency-supply"])
def test_a_form_with_a_fault_is_closed_alone(counter: Counter, damage: Damage, form: str) -> None:
    damage(f"forms/{form}.toml", 'kind = "date"', 'kind = "dat"')
    assert f"forms/{form}.toml" in counter.desk.all_form_lists()[form].closed
    other = next(one for one in counter.desk.forms if one != form)
    assert counter.desk.all_form_lists()[other].closed == ""
    assert data_check.standing().stops_delivery == ""


def test_without_any_programme_the_vaccination_form_is_closed_in_words(
    counter: Counter, damage: Damage
) -> None:
    for name in OWN.names("programmes"):
        damage(name, "unit = ", "units = ")
    assert "unit: this key is missing" in counter.desk.all_form_lists()["vaccination"].closed
    assert counter.desk.all_form_lists()["emergency-supply"].closed == ""


def test_the_doctor_names_every_fault(damage: Damage) -> None:
    from digmed_desktop.desk.upkeep.doctor import check_data

    (good,) = check_data()
    assert good.health is Health.GOOD
    damage(flu_file(), "min_age = ", "minage = ")
    damage("paper/words.toml", "confidential = ", "secret = ")
    found = [one for one in check_data() if one.health is Health.BAD]
    assert {one.sentence.partition(",")[0] for one in found} == {flu_file(), "paper/words.toml"}


def test_a_fault_met_on_a_worker_thread_is_said_in_its_own_words(damage: Damage) -> None:
    damage("export/columns.toml", "[[column]]", "[column]")
    with pytest.raises(DataFileError) as raised:
        OWN.raw("export/columns.toml")
    known = as_known(raised.value)
    assert known.happened.startswith("export/columns.toml: the file is not TOML")
    assert "check-data" in known.remedy


def test_acts_can_be_offered_without_their_words(counter: Counter, damage: Damage) -> None:
    from digmed_desktop.desk.forms.acting import words_of as words_of_act

    damage("states/acts.toml", "[note]", "[note")
    assert words_of_act(Act.NOTE).label == "Note"


def test_data_past_its_day_is_said_with_how_delivery_stands_and_stops_nothing(
    counter: Counter, damage: Damage
) -> None:
    day = OWN.raw(flu_file())["checked_on"]
    damage(flu_file(), "look_again_by = ", f"look_again_by = {day + timedelta(days=1)} # ")
    connection = ConnectionDesk(counter.store, None, Choices(), counter.clock)  # type: ignore[arg-type]
    delivery = opening.make_delivery(counter.store, connection, counter.clock, mailbox=lambda: "BOX")
    for days, said in ((1, False), (2, True)):
        counter.clock.at = datetime.combine(day + timedelta(days=days), time(12), UTC)
        notices = delivery.run_once().notices
        assert any(one.startswith(f"{FLU.name}: nobody checked") for one in notices) is said
    assert counter.record()
