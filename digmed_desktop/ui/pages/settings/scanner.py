"""Settings of the scanner: its prefix, and a test that says what came and what it means."""

from digmed_desktop.clinical import dates, nhs_number
from digmed_desktop.messaging.permissions import Permission
from digmed_desktop.messaging.wording import counted
from digmed_desktop.scanning.burst import Burst
from digmed_desktop.scanning.pack import Found, Scan
from digmed_desktop.settings import shapes
from digmed_desktop.ui.context import Context
from digmed_desktop.ui.pages.page import ColumnPage
from digmed_desktop.ui.widgets.buttons import button
from digmed_desktop.ui.widgets.editors import TextEditor
from digmed_desktop.ui.widgets.field import Field
from digmed_desktop.ui.widgets.pair import Pair
from digmed_desktop.ui.widgets.words import Notice, row

HOW = (
    "You can use any scanner that reads DataMatrix and acts as a keyboard. Scan the codes in its manual "
    "for these settings. Keyboard country: the same as this computer's (United Kingdom). Before each "
    "scan: the AIM identifier or your own prefix. Function characters (GS, ASCII 29): sent. After "
    "each scan: Enter. A prefix or the AIM identifier makes a scan certain. Without one, only its "
    "speed tells it from typing: one character in 30 milliseconds."
)
SETTINGS = {"prefix": "scanner_prefix", "separator": "scanner_separator"}
_VISIBLE = {"\x1d": "␝"}


class ScannerSection(ColumnPage):
    """Scan anything while this is in view: nothing is recorded."""

    def __init__(self, context: Context) -> None:
        super().__init__("Scanner", HOW)
        self._context = context
        self.prefix, self.separator = TextEditor(), TextEditor()
        signs = self.card(
            "Your scanner's settings",
            Pair(
                Field(
                    "prefix",
                    "Prefix",
                    self.prefix,
                    hint="The characters it sends before each scan. Leave empty for none or AIM.",
                ),
                Field(
                    "separator",
                    "Separator replacement (GS)",
                    self.separator,
                    hint="Only if it cannot send GS. Enter what it sends instead.",
                ),
            ),
        )
        self.save = button("Save", "primary")
        self.save.clicked.connect(self._save)
        save = row(self.save, None)
        self.body.addWidget(save)
        self.only_for(context.acting, Permission.CHANGE_SCANNER, signs, save)
        self.said = Notice(
            "act", "Scan a vaccine's box now. The page shows what came in and what it means.", "Test"
        )
        self.body.addWidget(self.said)

    def arrive(self) -> None:
        """Show what is chosen now."""
        now = self._context.made.now
        self.prefix.set_answer(now.scanner_prefix)
        self.separator.set_answer(now.scanner_separator)
        self.show_set_by_it(self._context.made, SETTINGS)

    @property
    def takes_scans(self) -> bool:
        """Always."""
        return True

    @property
    def tries_scanner(self) -> bool:
        """Always: a scanner that is not set up sends more than codes."""
        return True

    def take_scanned(self, burst: Burst, scan: Scan) -> None:
        """Say what came and what it means."""
        came = "".join(_VISIBLE.get(sign, sign) for sign in burst.text)
        how = "with a prefix" if burst.prefixed else f"one character in {burst.gap_ms:.0f} milliseconds"
        parts = [
            f"{counted(len(burst.text), 'sign', 'signs')}, {how}: {came}",
            *self._meaning(scan),
            scan.sentence,
            *scan.notes,
        ]
        tone = "stop" if scan.found is Found.REFUSED else "look" if scan.sentence or scan.notes else "done"
        heads = {"stop": "Not taken", "look": "Read, with a warning", "done": "Read well"}
        self.said.say("\n".join(part for part in parts if part), heads[tone], tone)
        self.said.head.setText(heads[tone])

    @staticmethod
    def _meaning(scan: Scan) -> list[str]:
        parts = [
            ("Product", scan.gtin),
            ("Batch", scan.batch or " or ".join(scan.batches)),
            ("Expiry", dates.shown(scan.expiry)),
            ("Serial number", scan.serial),
            ("NHS number", nhs_number.shown(scan.nhs_number)),
        ]
        return [f"{name}: {text}" for name, text in parts if text]

    def _save(self) -> None:
        prefix, separator = self.prefix.answer().strip(), self.separator.answer().strip()
        faults = {
            "prefix": shapes.prefix_fault(prefix),
            "separator": shapes.separator_fault(separator),
        }
        for name, fault in faults.items():
            self.fields[name].say(fault)
        if any(faults.values()):
            return
        self._context.made.change(
            lambda: self._tell("Scan a box to see that it works.", "Saved", "done"),
            lambda error: self._tell(str(error), "Not saved", "stop"),
            scanner_prefix=prefix,
            scanner_separator=separator,
        )

    def _tell(self, sentence: str, head: str, tone: str) -> None:
        self.said.say(sentence, head, tone)
        self.said.head.setText(head)
