"""Settings that administrators chose: read only, said in words, reached by Tab and by a screen reader."""

from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from digmed_desktop.settings.policy import Policy
from digmed_desktop.settings.settings import Addressing, MeshEnvironment, Theme
from digmed_desktop.ui.pages.page import ColumnPage
from digmed_desktop.ui.pages.settings.page import SettingsPage
from digmed_desktop.ui.widgets.field import SET_BY_IT
from tests.ui.conftest import Bench

CHOSEN = {
    "theme": Theme.LIGHT,
    "text_percent": 110,
    "lock_after_minutes": 7,
    "privacy": True,
    "amber_hour": 10,
    "late_hour": 18,
    "answer_days": 3,
    "scanner_prefix": "]d2",
    "directory": "https://directory.example",
    "mesh_environment": MeshEnvironment.INTEGRATION,
    "mailbox": "X26OT001",
    "addressing": Addressing.GP_PROVIDER,
    "agreed_programmes": ("influenza",),
}
FIELDS = {
    "appearance": ("theme", "size"),
    "counter": ("lock", "privacy"),
    "deadlines": ("amber", "late", "answer"),
    "scanner": ("prefix",),
    "practices": ("directory",),
    "connection": ("connection.environment", "connection.mailbox", "connection.addressing"),
    "messages": ("agreed",),
}


@pytest.fixture
def bench(open_bench: Callable[..., Bench]) -> Bench:
    policy = Policy(
        MappingProxyType(CHOSEN), backup_folder="/srv/backups", file="/etc/digmed-desktop/policy.toml"
    )
    made = open_bench(policy=policy)
    made.sign_in()
    made.window.go("settings")
    made.idle()
    return made


def section(bench: Bench, key: str) -> Any:
    page = cast("SettingsPage", bench.window.pages.currentWidget()).section(key)
    bench.idle()
    return page


def note_of(page: ColumnPage, field_id: str) -> QLabel:
    (note,) = [one for one in page.fields[field_id].findChildren(QLabel) if one.text() == SET_BY_IT]
    return note


def test_each_is_shown_read_only_with_words_that_tab_reaches(bench: Bench) -> None:
    for key, names in FIELDS.items():
        page = section(bench, key)
        for name in names:
            field = page.fields[name]
            assert not field.editor.isEnabled(), name
            note = note_of(page, name)
            assert note.isVisibleTo(page), name
            assert note.focusPolicy() & Qt.FocusPolicy.TabFocus, name
            told = note.accessibleName()
            assert told.startswith(field.label_text), told
            assert told.endswith(f"{SET_BY_IT}."), told
            assert field.editor.spoken() in told


def test_what_is_not_set_stays_free_and_can_be_changed_beside_it(bench: Bench) -> None:
    page = section(bench, "scanner")
    assert page.fields["separator"].editor.isEnabled()
    page.fields["separator"].editor.set_answer("|")
    page._save()
    bench.until(lambda: bench.window.context.choices.now().scanner_separator == "|")
    assert bench.window.context.choices.now().scanner_prefix == "]d2"


def test_the_minutes_that_it_set_are_shown_though_no_choice_has_them(bench: Bench) -> None:
    assert section(bench, "counter").fields["lock"].editor.spoken() == "7 minutes"


def test_the_place_of_the_backups_is_shown_before_it_is_begun(bench: Bench, tmp_path: Path) -> None:
    page = section(bench, "backup")
    assert "Your IT support has named a place" in page.state.text()
    assert "/srv/backups" in page.state.text()
