"""A choice box that is offered other options drops what completed the ones before."""

from pytestqt.qtbot import QtBot

from digmed_desktop.clinical.form import Option
from digmed_desktop.ui.widgets.choices import ChoiceEditor
from digmed_desktop.ui.widgets.suggestions import SuggestionList, Suggestions


def test_no_completer_is_left_behind(qtbot: QtBot, qapp) -> None:
    editor = ChoiceEditor([Option("a", "Left arm"), Option("b", "Right arm")])
    qtbot.addWidget(editor)
    lists = sum(isinstance(one, SuggestionList) for one in qapp.allWidgets())
    for number in range(20):
        editor.set_options([Option("a", f"Site {number}"), Option("c", "Other")])
    assert len(editor.findChildren(Suggestions)) == 1
    qtbot.waitUntil(lambda: sum(isinstance(one, SuggestionList) for one in qapp.allWidgets()) <= lists)
    completer = editor.combo.completer()
    assert completer is not None
    assert completer.model().index(0, 0).data() == "Site 19"
