"""The Qt application and how it looks."""

import sys

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QFontInfo, QIcon
from PySide6.QtWidgets import QApplication

from digmed_desktop import __version__, resources
from digmed_desktop.diagnostics import log
from digmed_desktop.ui import fonts
from digmed_desktop.ui.theme import Appearance


def make_application(*, fixed_font: bool = False) -> QApplication:
    """Return the Qt application, with the bundled font where it is needed."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("DigMed Desktop")
    app.setApplicationVersion(__version__)
    qInstallMessageHandler(_qt_said)
    app.setWindowIcon(QIcon(str(resources.path("icons/digmed.svg"))))
    if fixed_font or _is_bare(app):
        fonts.family()
    return app


def make_appearance(
    app: QApplication, theme: str, text_percent: int, *, fixed_font: bool = False
) -> Appearance:
    """Return how the application looks, in the bundled font where it is needed."""
    return Appearance(app, theme, text_percent, fonts.FAMILY if fixed_font or _is_bare(app) else "")


def _is_bare(app: QApplication) -> bool:
    """Whether the system has no typeface of its own."""
    return not QFontInfo(app.font()).family()


_LEVELS = {
    QtMsgType.QtDebugMsg: "debug",
    QtMsgType.QtInfoMsg: "info",
    QtMsgType.QtWarningMsg: "warning",
    QtMsgType.QtCriticalMsg: "critical",
    QtMsgType.QtFatalMsg: "critical",
}


def _qt_said(level: QtMsgType, context: QMessageLogContext, text: str) -> None:
    log.qt_message(_LEVELS[level], text, context.category or "")
