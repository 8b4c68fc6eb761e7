"""Offer what not everybody may do to those who may, and tell the others who may."""

from PySide6.QtWidgets import QWidget

from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.ui.context import Acting
from digmed_desktop.ui.widgets.words import Notice


class WhoMay(Notice):
    """Says who may do something, where whoever is signed in may not; then the parts that do it cannot be used.

    A part holds buttons and questions: which of them a page allows otherwise stays as it was.
    """

    def __init__(self, acting: Acting, permission: Permission, *parts: QWidget) -> None:
        super().__init__("act", heading_text=HEAD)
        self._acting, self._permission, self._parts = acting, permission, parts
        acting.changed.connect(self._follow)
        self._follow()

    @property
    def refuses(self) -> bool:
        """Whether whoever is signed in may not do it."""
        return bool(self._acting.refusal(self._permission))

    def _follow(self) -> None:
        refusal = self._acting.refusal(self._permission)
        for part in self._parts:
            part.setEnabled(not refusal)
        self.say(refusal)
        if not refusal:
            self.hide()
        elif self.parentWidget() is not None:  # before it stands on a page, it would be a window of its own
            self.show()


HEAD = "Who may do this"
