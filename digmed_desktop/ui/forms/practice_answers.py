"""The answers about the GP practice: filled in whole once a known one is named."""

from collections.abc import Sequence

from digmed_desktop.clinical import ods
from digmed_desktop.clinical.record import Organisation
from digmed_desktop.desk.views.general import PracticeView
from digmed_desktop.ui.forms.form_view import FormView

CODE = "practice.ods_code"
NAMES = ("practice.name", CODE)
DETAILS = ("practice.name", "practice.address_lines", "practice.city", "practice.postcode")
OTHER_CODE = "The ODS code was changed, so the name and address of the previous practice were removed."


class PracticeAnswers:
    """Offers the practices known here while one is typed, and fills in the whole of the one that is meant."""

    def __init__(self, form: FormView) -> None:
        self._form = form
        self._known: dict[str, PracticeView] = {}
        self._settled: dict[str, str] = {}  # the practice as it stood when its code was answered

    def offer(self, practices: Sequence[PracticeView]) -> None:
        """Offer practices while their name or code is typed."""
        self._known = {view.label: view for view in practices}
        for field_id in NAMES:
            self._form.complete(field_id, list(self._known))

    def follow(self, field_id: str) -> bool:
        """Fill in the practice that is named at a question; return whether it is one about the practice."""
        if field_id not in NAMES:
            return False
        view = self._known.get(self._form.fields[field_id].editor.answer())
        if view is not None:
            self.fill(view.organisation)
        return True

    def begin(self) -> None:
        """Begin with the practice that is shown."""
        self._settled = self.now()

    def left(self) -> bool:
        """Follow a code that was left; return whether the details of another code were removed.

        The details that came with the code before go, those typed since stay. A practice known here is filled in whole.
        """
        now = self.now()
        before, code = ods.shown(self._settled.get(CODE, "")), ods.shown(now.get(CODE, ""))
        if not code or code == before:
            return False
        stale = [key for key in DETAILS if now[key] and now[key] == self._settled.get(key, "")]
        known = next((v.organisation for v in self._known.values() if v.organisation.ods_code == code), None)
        if before and stale:
            self._form.set_answers(dict.fromkeys(stale, ""), keep_rest=True)
            if known is not None and not any(self.now()[key] for key in DETAILS):
                self.fill(known)
        self._settled = self.now()
        return bool(before and stale and known is None)

    def now(self) -> dict[str, str]:
        """Return the answers about the practice as they stand."""
        return {key: text for key, text in self._form.answers().items() if key.startswith("practice.")}

    def fill(self, organisation: Organisation) -> None:
        """Fill in a practice."""
        place = organisation.address
        self._form.set_answers(
            {
                "practice.registered": "yes",
                "practice.name": organisation.name,
                "practice.ods_code": organisation.ods_code,
                "practice.address_lines": "\n".join(place.lines),
                "practice.city": place.city,
                "practice.postcode": place.postcode,
            },
            keep_rest=True,
        )
        self._settled = self.now()
