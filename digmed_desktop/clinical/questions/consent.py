"""The questions of every form about who decided, and whether that person could."""

from digmed_desktop.clinical.answers import AnswerSheet
from digmed_desktop.clinical.questions.binding import Binding, Codec
from digmed_desktop.clinical.questions.codecs import LABEL, TEXT, YES_NO, put_line


def _is_asked(sheet: AnswerSheet, question: str) -> bool:
    return question not in sheet.left_out


def _able(sheet: AnswerSheet, question: str) -> bool | None:
    """Return what was found of the ability to decide; an answer nobody is asked for any more says nothing."""
    return sheet.yes(question) if _is_asked(sheet, question) else None


def _if_asked(sheet: AnswerSheet, question: str) -> str:
    """Return a text; one that nobody is asked for any more, and nobody sees, says nothing."""
    return sheet.text(question) if _is_asked(sheet, question) else ""


_ABLE: Codec[bool | None] = Codec(_able, YES_NO.write)
WHO_DECIDED = (
    Binding("consent.given_by", "consent.given_by", LABEL),
    Binding("consent.relationship", "consent.relationship", TEXT),
    Binding("consent.parental_responsibility", "consent.parental_responsibility", YES_NO),
    Binding("consent.authority", "consent.authority", YES_NO),
    Binding("consent.understands", "consent.understands", _ABLE),
    Binding("consent.retains", "consent.retains", _ABLE),
    Binding("consent.weighs", "consent.weighs", _ABLE),
    Binding("consent.communicates", "consent.communicates", _ABLE),
    Binding("consent.assessed_by", "consent.assessed_by", Codec(_if_asked, put_line)),
    Binding("consent.consulted", "consent.consulted", TEXT),
    Binding("consent.about_child", "consent.about_child", Codec(_if_asked, put_line)),
)
