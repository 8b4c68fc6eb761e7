"""The vaccination form."""

from digmed_desktop.clinical import dates
from digmed_desktop.desk.views import PersonView
from digmed_desktop.ui.pages.form_page import FormPage


class VaccinatePage(FormPage):
    """One patient's vaccination, as it is typed."""

    FORM = "vaccination"
    help_topic = "vaccinate"

    def fresh_answers(self) -> dict[str, str]:
        """Return what the session keeps, today's date, and who is acting as vaccinator."""
        fresh = super().fresh_answers()
        now = self._context.now().astimezone(dates.ENGLAND)
        fresh["contact.date"] = f"{now.day:02}/{now.month:02}/{now.year}"
        fresh["contact.time"] = f"{now:%H:%M}"
        acting = self._context.acting.person
        if acting is not None and acting.may_vaccinate and not fresh.get("session.vaccinator"):
            fresh["session.vaccinator"] = str(acting.id)
        return fresh

    def answered(self, field_id: str) -> None:
        """Fill in what a product usually answers besides."""
        if field_id == "vaccine.product":
            usual = self._lists.by_product.get(self.form.fields[field_id].editor.answer(), {})
            self.form.set_answers(usual, keep_rest=True)

    def take_over(self, person: PersonView) -> None:
        """Make the person who signed in the vaccinator, unless a patient is on the form already."""
        if person.may_vaccinate and not self.form.answers().get("patient.family"):
            self.form.set_answers({"session.vaccinator": str(person.id)}, keep_rest=True)
            self.refresh()
