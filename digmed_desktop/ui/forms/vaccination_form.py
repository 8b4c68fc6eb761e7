"""The vaccination form as it is drawn: outcome and site are one question, asked last."""

from collections.abc import Mapping, Sequence

from digmed_desktop.clinical.form import FormField, Option
from digmed_desktop.ui.forms.sectioned_form import SectionedForm
from digmed_desktop.ui.widgets.choices import RadioEditor
from digmed_desktop.ui.widgets.editors import Editor

OUTCOME, SITE = "vaccine.outcome", "vaccine.site"
GIVEN, NOT_GIVEN = "given", "not-given"


class GivenInEditor(RadioEditor):
    """The site of injection, or "not given": stating a site states that it was given. 0 says "not given"."""

    def __init__(self) -> None:
        self._not_given = Option(NOT_GIVEN, "Not given")
        super().__init__((self._not_given,))
        self.site = ""
        self._outcome = ""
        self.group.idClicked.disconnect()
        self.group.idClicked.connect(self._pressed)

    def key_of(self, place: int, option_id: str) -> str:
        return "0" if option_id == NOT_GIVEN else super().key_of(place, option_id)

    def offer(self, sites: Sequence[Option], not_given: Option) -> None:
        """Offer the sites at which the vaccine can be given."""
        self._not_given = not_given
        self.set_options((*sites, not_given))

    def set_options(self, options: Sequence[Option]) -> None:
        outcome, site = self._outcome, self.site
        super().set_options(options)
        self.show_given(outcome, site)

    def answer(self) -> str:
        return self._outcome

    def set_answer(self, text: str) -> None:
        self.show_given(text, self.site if text == GIVEN else "")

    def show_given(self, outcome: str, site: str) -> None:
        """Show an outcome, and the site where it was given."""
        self._outcome, self.site = outcome, site
        super().set_answer(site if outcome == GIVEN else outcome)

    def choose(self, place: int) -> None:
        """Take the answer at a place and go on."""
        self.group.buttons()[place].setChecked(True)
        self._take(place)
        super().choose(place)

    def _pressed(self, place: int) -> None:
        self._take(place)
        self.edited.emit()

    def _take(self, place: int) -> None:
        chosen = self._ids[place]
        self._outcome = NOT_GIVEN if chosen == NOT_GIVEN else GIVEN
        self.site = "" if chosen == NOT_GIVEN else chosen


class VaccinationForm(SectionedForm):
    """Draws the vaccination form."""

    NEVER_DRAWN = frozenset({SITE})

    @property
    def given_in(self) -> GivenInEditor:
        """Return the editor of the outcome."""
        editor = self.fields[OUTCOME].editor
        assert isinstance(editor, GivenInEditor)  # noqa: S101 - as _editor makes it
        return editor

    def _editor(self, question: FormField, options: Sequence[Option], *, row: bool) -> Editor:
        return GivenInEditor() if question.id == OUTCOME else super()._editor(question, options, row=row)

    def _lay_out(self) -> None:
        super()._lay_out()
        self.fields[OUTCOME].label.setText("Given in")
        self.detours[SITE] = lambda: self.focus_field(OUTCOME)

    def focus_field(self, field_id: str) -> None:
        """Put the cursor at a question; the site is asked with the outcome."""
        super().focus_field(OUTCOME if field_id == SITE else field_id)

    def set_answers(self, answers: Mapping[str, str], *, keep_rest: bool = False) -> None:
        """Show these answers."""
        super().set_answers(answers, keep_rest=keep_rest)
        self._show_given()

    def _show_given(self) -> None:
        self.given_in.show_given(self.given_in.answer(), self.fields[SITE].editor.answer())

    def offer_sites(self, sites: Sequence[Option]) -> None:
        """Offer the sites that fit the route; a site that does not is asked again."""
        editor = self.fields[SITE].editor
        assert isinstance(editor, RadioEditor)  # noqa: S101 - as resources/forms says
        editor.set_options(sites)
        self.given_in.offer(sites, Option(NOT_GIVEN, "Not given"))
        self._show_given()

    def _edited(self, field_id: str) -> None:
        if field_id == OUTCOME:
            self.fields[SITE].editor.set_answer(self.given_in.site)
        super()._edited(field_id)
        if field_id == OUTCOME:
            self.edited.emit(SITE)
