"""Warnings of one concern are one warning: it has every fact, and asks for one reason."""

from digmed_desktop.clinical.problem import Problem, Severity, facts_of, join_concerns, told_first


def look(
    field: str, sentence: str, *, asks: bool = True, restates: bool = False, concern: str = "c"
) -> Problem:
    return Problem(field, sentence, Severity.LOOK, needs_reason=asks, concern=concern, restates=restates)


NOTE = look("b", "It says the other thing.", asks=False)
FIRST = look("a", "It was given on Monday.")
AGAIN = look("c", "It was given before.", restates=True)
FURTHER = look("d", "A third one is not usual.")
ELSE = look("e", "A fever.", concern="")


def test_warnings_of_one_concern_are_told_once_with_every_fact() -> None:
    found = join_concerns((NOTE, FIRST, AGAIN, FURTHER, ELSE))
    told = told_first(found)
    assert [p.sentence for p in told] == [FIRST.sentence, ELSE.sentence]
    assert [p.sentence for p in facts_of(told[0], found)] == [
        NOTE.sentence,
        AGAIN.sentence,
        FURTHER.sentence,
    ]
    assert [p.field for p in found] == ["b", "a", "c", "d", "e"], "each is still said at its own question"
    assert [p.needs_reason for p in found] == [False, True, False, False, True]
    assert facts_of(ELSE, found) == []


def test_what_is_new_asks_for_the_reason_anew_and_what_restates_does_not() -> None:
    key = join_concerns((FIRST,))[0].reason_key
    assert join_concerns((FIRST, NOTE, AGAIN))[0].reason_key == key
    assert join_concerns((FIRST, FURTHER))[0].reason_key != key
    assert join_concerns((AGAIN,))[0].needs_reason, "alone it asks for itself"
