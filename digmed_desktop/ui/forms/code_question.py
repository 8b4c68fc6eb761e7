"""Asks what a barcode means that has meant another vaccine so far: a code is never learned anew without a word."""

from digmed_desktop.ui.widgets.choices import YES_NO, RadioEditor
from digmed_desktop.ui.widgets.field import Field
from digmed_desktop.ui.widgets.words import announce


class CodeQuestion(Field):
    """Stands under the vaccine that a person chose for a scanned box, hidden while the code meant no other one."""

    def __init__(self, field_id: str) -> None:
        self.choice = RadioEditor(YES_NO)
        super().__init__(field_id, "Until now this code meant another vaccine", self.choice)
        self._asked = ("", "")
        self.hide()

    def follow(self, meant: tuple[str, str], chosen: tuple[str, str]) -> None:
        """Ask where the code ``meant`` one vaccine and another is ``chosen``: each an id and a name, ``""`` for none."""
        differs = bool(meant[0] and chosen[0]) and meant[0] != chosen[0]
        if differs and (meant[0], chosen[0]) != self._asked:
            self._asked = (meant[0], chosen[0])
            self.choice.set_answer("")
            self.say("")
            self.label_text = f"Until now this code meant {meant[1]}. Does it mean {chosen[1]} from now on?"
            self.label.setWordWrap(True)
            self.label.setText(self.label_text)
            self.choice.name(self.label_text, "")
            announce(self, self.label_text)
        if not differs:
            self._asked = ("", "")
        self.setVisible(differs)

    def insist(self) -> bool:
        """Return whether it is asked and not answered; then it says so and takes the cursor."""
        unanswered = not self.isHidden() and not self.choice.answer()
        self.say("Select Yes or No: what the code means." if unanswered else "")
        if unanswered:
            self.choice.focus()
        return unanswered

    @property
    def refuses(self) -> bool:
        """Whether a person said that the code goes on to mean what it meant."""
        return not self.isHidden() and self.choice.answer() == "no"
