"""What people do in each chapter of the tour, in order: who, which act, and the notification that it is about."""

from typing import Any

ADA, RAO, NOBODY = "Amara Lindqvist", "Sunita Rao", ""
Act = tuple[str, str, int | None]


def sent(who: str, number: int) -> list[Act]:
    """Return the acts of sending a record and opening its page."""
    return [(who, "frozen", number), (who, "saw-record", number)]


ACTS: tuple[tuple[str, list[Act]], ...] = (
    (
        "first_run",
        [
            (NOBODY, "begun", None),
            (NOBODY, "first-run", None),
            (NOBODY, "person-added", None),
            (NOBODY, "wrong-pin", None),
            (ADA, "signed-in", None),
            (ADA, "saw-today", None),
        ],
    ),
    ("first_patient", [(ADA, "looked-up", None), *sent(ADA, 1)]),
    ("what_came_back", [(ADA, "searched", None)]),
    ("new_patient", [(ADA, "looked-up", None), (ADA, "frozen", 2)]),
    ("known_patient", [(ADA, "looked-up", None), (ADA, "frozen", 3)]),
    ("declined", [(ADA, "looked-up", None), (ADA, "frozen", 4)]),
    ("bad_input", []),
    ("warned", [(ADA, "looked-up", None), (ADA, "saw-doses", 1)]),
    ("scan", [(ADA, "code-learned", None)]),
    ("locked", [(ADA, "locked", None), (ADA, "signed-in", None), (ADA, "saw-drafts", None)]),
    ("insulin_over_easter", sent(ADA, 5)),
    (
        "in_the_register",
        [(ADA, "saw-register", None), (ADA, "register-amended", None), (ADA, "saw-register", None)],
    ),
    ("a_locum", [(ADA, "person-added", None), (ADA, "locked", None), (RAO, "signed-in", None)]),
    ("outcomes", [*(act for number in range(6, 12) for act in sent(RAO, number)), (RAO, "searched", None)]),
    ("unplugged", [(RAO, "saw-doses", 3), *sent(RAO, 12)]),
    ("five_days", sent(RAO, 13)),
    ("finding", [(RAO, "searched", None)]),
    ("correcting", [(RAO, "saw-record", 12), (RAO, "saw-doses", 12), *sent(RAO, 14)]),
    (
        "reaction",
        [
            (RAO, "frozen", 15),
            (RAO, "reaction", 15),
            (RAO, "saw-record", 15),
            (RAO, "told-by-telephone", 15),
        ],
    ),
    (
        "paper",
        [
            (RAO, "searched", None),
            (RAO, "saw-record", 13),
            (RAO, "saved-pdf", 13),
            (RAO, "told-on-paper", 13),
        ],
    ),
    ("not_shared", [(RAO, "kept-here", 16), (RAO, "saw-record", 16), (RAO, "saw-doses", 16)]),
    ("today", [(RAO, "saw-today", None)]),
    ("unknown", [(RAO, "saw-doses", 2), *sent(RAO, 17)]),
    ("on_the_way", [*sent(RAO, 18), *sent(RAO, 19)]),
    ("late", sent(RAO, 20)),
    ("no_answer", [(RAO, "saw-record", 19)]),
    ("reach", [(RAO, "saw-doses", 11), (RAO, "saw-doses", 1)]),
    ("connection", []),
    ("through_folders", sent(RAO, 21)),
    ("back_to_mesh", []),
    (
        "scribe",
        [(RAO, "saw-doses", 21), (RAO, "to-sign", 22), (RAO, "saw-record", 22), (ADA, "signed", 22)],
    ),
    (
        "absent",
        [
            (RAO, "saw-doses", 15),
            (RAO, "to-sign", 23),
            (RAO, "saw-record", 23),
            (RAO, "saw-today", None),
            (RAO, "saw-record", 23),
            (RAO, "frozen", 24),
            (RAO, "replaced", 23),
            (RAO, "on-behalf", 24),
            (RAO, "saw-record", 24),
        ],
    ),
    ("look_and_size", [(RAO, "searched", None), (RAO, "saw-doses", 24)]),
)
"""Whoever looks at a record, at a patient's earlier doses or through a list does something too. What a page reads anew
while nothing else is done is the same act."""

REPEATED = {"claimed", "not-taken"}
"""Acts of the program that are done again while MESH cannot be reached."""
ENDS: dict[str, str] = {
    "matched": "matched",
    "not-known-there": "not-known",
    "no-longer-there": "no-longer",
    "rejected": "rejected",
    "already-held": "duplicate",
}
"""The last act of the program, by the state in which a notification ends."""


def split(found: list[dict[str, Any]]) -> tuple[list[tuple[str, list[Act]]], dict[int, list[str]]]:
    """Return what people did by chapters, and what the program did by notifications."""
    people: list[tuple[str, list[Act]]] = []
    program: dict[int, list[str]] = {}
    for chapter in found:
        done: list[Act] = []
        for _number, kind, act, about, _note, by in chapter["acts"]:
            if kind == "event" and not by:
                program.setdefault(about, []).append(act)
            else:
                done.append((by, act, about))
        people.append((chapter["chapter"], done))
    return people, program
