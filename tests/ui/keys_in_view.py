"""The keys that are taken, and those that are shown, in a window as it stands."""

import re
from collections import Counter

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

A_KEY = re.compile(r"^((Ctrl|Alt|Shift)\+)*(F\d{1,2}|[A-Z0-9]|Enter|Esc)$")


def taken_twice(window: QWidget) -> list[str]:
    """Return each key that two shortcuts or mnemonics in view take, so that neither acts."""
    keys = [
        one.key().toString()
        for one in window.findChildren(QShortcut)
        if one.isEnabled() and isinstance(parent := one.parent(), QWidget) and parent.isVisible()
    ]
    for button in window.findChildren(QAbstractButton):
        if button.isVisible() and not (mnemonic := QKeySequence.mnemonic(button.text())).isEmpty():
            keys.append(mnemonic.toString())
    return sorted(key for key, number in Counter(keys).items() if number > 1 and key)


def shown_twice(window: QWidget) -> list[str]:
    """Return each key that stands in view beside two things."""
    shown = [
        label.text()
        for label in window.findChildren(QLabel)
        if label.isVisible() and A_KEY.match(label.text())
    ]
    return sorted(key for key, number in Counter(shown).items() if number > 1)


def key_faults(name: str, window: QWidget) -> list[str]:
    """Return what is wrong with the keys of a window."""
    return [
        *(f"{name}: {key} is taken twice" for key in taken_twice(window)),
        *(f"{name}: {key} is shown at two things" for key in shown_twice(window)),
    ]
