"""Every public method of the desk: who may ask it, by hand; whoever does not work here is refused by all but a few."""

import inspect
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from digmed_desktop.clinical.form_state import FormState
from digmed_desktop.desk import door
from digmed_desktop.desk.desk import Desk
from digmed_desktop.desk.gate import acting
from digmed_desktop.desk.views.sent import Act
from digmed_desktop.messaging.audit import AuditSearch
from digmed_desktop.messaging.people import Access
from digmed_desktop.messaging.permissions import WorkRole
from digmed_desktop.messaging.progress import Progress
from digmed_desktop.messaging.replies import ReplyAct
from digmed_desktop.messaging.retention import HoldReason
from digmed_desktop.messaging.searching import Search
from tests.desk.test_permissions import LETTERS, TODAY, Shop, everybody, notification

__all__ = ["everybody"]

ALL, OPEN, MPL = "MPLTNRA", "open", "MPL"
WHO = {
    "acts": {
        ALL: "corrected correcting offered do.paper do.telephone do.note do.try-again",
        "MPLTN": (
            "begin_correction mark_wrong_patient take_back withdraw send_as_new reaction do.deal-with do.reopen do.cancel "
            "do.correct do.withdraw do.reaction do.send-as-new"
        ),
        MPL: "record_json save_record",
    },
    "audit": {"M": "export page verify", ALL: "groups people"},
    "backups": {
        OPEN: "daily is_due note_phrase_printed phrase_for phrase_on_paper phrase_written_down",
        "M": "begin_daily end_daily make write",
        ALL: "state suggested_name",
    },
    "batch_list": {"MP": "csv", "MPLT": "paper", ALL: "of"},
    "connection": {
        OPEN: "is_set_up",
        "M": (
            "account certificate client_account open_transport take_back forget_certificate save use_certificate "
            "use_own_root"
        ),
        ALL: (
            "by_client clients_here in_practice_mode mailbox_entered proxy_in_use refuse_while_unsure "
            "routes_by_patient take_policy view watched_folders"
        ),
    },
    "counter": {ALL: "dose_views earlier problems"},
    "directory": {
        "MP": "import_file",
        ALL: "closed look_up_successor other_name refusal search search_directory state whole",
    },
    "exports": {"MP": "csv"},
    "forms": {
        OPEN: "lists",
        ALL: (
            "KIND alongside assess clinician finished freeze kept known message_problems preview programmes store_unshared "
            "reading refusal signer what"
        ),
    },
    "record_imports": {OPEN: "take_in"},
    "incidents": {MPL: "close reopen", ALL: "answers_about done link not_needed note paper record view"},
    "listing": {ALL: "first forget lists page save saved story today"},
    "managing": {OPEN: "become is_wanted reset_pin"},
    "medicines": {"MP": "import_release", ALL: "find known listed release remember"},
    "messages": {"M": "add_product agree choose_edition remove_product", ALL: "shown"},
    "papers": {OPEN: "file_name save_guide", "MPLT": "day_end day_list", ALL: "copy let_print printed save"},
    "patient_file": {"M": "as_data document find gather save_json save_pdf", ALL: "file_name"},
    "patients": {"MPLTN": "recall", ALL: "answers_of doses remember search"},
    "people": {
        OPEN: "all first_run lists locked sign_in",
        "M": "add answers_about change change_pharmacy end_wait known_words new_pin retire",
        ALL: "check_pin may_finish_supply name pharmacy_answers professional signed_in",
    },
    "pgds": {"MP": "authorise enter remove withdraw", "M": "switch", ALL: "problems view"},
    "register": {
        OPEN: "check",
        MPL: "amend prescription_came",
        "MPLT": "list_paper",
        ALL: "entry entry_paper label_paper outstanding page verify",
    },
    "replies": {"MPLT": "give settle", MPL: "let_go_on save", ALL: "candidates view"},
    "retention": {
        "M": "confirm hold holds lift lifted preview remove switch_off view",
        ALL: "confirmed table",
    },
    "settings": {
        "MPLT": "change",
        "M": "use_newer_data",
        ALL: "newer_data",
    },  # of the scanner; the rest: tests/desk/test_permissions.py
    "signing": {MPL: "stand_in", ALL: "notices refuse sign view"},
    "stock": {
        MPL: "hold release",
        ALL: "add warnings held finish for_form learned map_product products scanned view",
    },
    "": {
        OPEN: (
            "all_form_lists checks close duty form_lists resume_pending_send make_delivery opened "
            "person_lists save_draft sign_in version_checks warm_up watched_folders"
        ),
        ALL: ("discard_draft drafts keep_and_preview newest_draft practices preview reach send story"),
    },
}
TABLE = {
    f"{part}.{name}".removeprefix("."): letters
    for part, rows in WHO.items()
    for letters, names in rows.items()
    for name in names.split()
}


def methods(desk: Desk) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield every public method by its path, found by looking at the objects alone."""
    for name in sorted(one for one in dir(desk) if not one.startswith("_")):
        part = getattr(desk, name)
        if inspect.isroutine(part):
            yield name, part
            continue
        inside = part["vaccination"] if isinstance(part, dict) else part
        for inner in sorted(one for one in dir(inside) if not one.startswith("_")):
            path = f"{name}.{inner}"
            if path == "acts.do":
                for act in Act:
                    yield f"{path}.{act.value}", lambda by, a=act, p=inside: p.do(a, 99, by, "Words.")
            else:
                yield path, lambda *args, p=inside, n=inner, **named: _call(p, n, args, named)


def _call(part: Any, name: str, args: tuple[Any, ...], named: dict[str, Any]) -> object:
    found = getattr(part, name)
    return found(*args, **named) if callable(found) else found


def given(function: Callable[..., Any], by: int | None, folder: Path) -> dict[str, Any]:
    """Return arguments that lead to the gate and, beyond it, to nothing that is there."""
    named: dict[str, Any] = {}
    for one in inspect.signature(function).parameters.values():
        if one.kind in (one.VAR_KEYWORD, one.VAR_POSITIONAL) or one.default is not one.empty:
            continue
        kind = str(one.annotation)
        values: dict[str, Any] = {
            "by": by, "path": folder / "none" / "f", "target": folder / "none" / "f", "day": TODAY, "form": "vaccination",
            "draft_id": "none", "state": FormState(), "progress": Progress(), "on": True, "with_patients": False,
            "finished": True, "words": "", "act": ReplyAct.DEALT_WITH, "reason": HoldReason.CLAIM,
            "subject": "batch B", "typed": "x", "record": None,
        }  # fmt: skip
        if one.name in values:
            named[one.name] = values[one.name]
        elif "AuditSearch" in kind:
            named[one.name] = AuditSearch()
        elif "Search" in kind:
            named[one.name] = Search()
        elif "Mapping" in kind:
            named[one.name] = {}
        elif "Sequence" in kind:
            named[one.name] = ()
        elif "int" in kind:
            named[one.name] = 99
        elif "str" in kind:
            named[one.name] = "none"
        elif "Path" in kind:
            named[one.name] = folder / "none" / "f"
        else:
            named[one.name] = None
    return named


def asked(shop: Shop, path: str, method: Callable[..., Any], by: int | None) -> bool:
    """Return whether somebody was let through."""
    real = _real(shop.desk, path)
    named = {"by": by} if path.startswith("acts.do.") else given(real, by, shop.folder) if real else {}
    return shop.let(lambda _shop, _by: method(**named), by)


def _real(desk: Desk, path: str) -> Callable[..., Any] | None:
    part, _, name = path.rpartition(".")
    if path.startswith("acts.do."):
        return None
    if not part:
        found = getattr(desk, name)
    else:
        holder = getattr(desk, part)
        holder = holder["vaccination"] if isinstance(holder, dict) else holder
        found = inspect.getattr_static(type(holder._inner), name)
        if not inspect.isfunction(found):
            return None
        found = getattr(holder._inner, name)
    return found if callable(found) else None


def test_every_public_method_has_a_row_by_hand(everybody: Shop) -> None:
    found = {path for path, _method in methods(everybody.desk)}
    assert found - TABLE.keys() == set(), "say here who may ask the new ones"
    assert TABLE.keys() - found == set()
    assert {path for path, letters in TABLE.items() if letters == OPEN} == door.OPEN.keys()


def test_each_role_is_let_through_exactly_where_its_letter_stands(everybody: Shop) -> None:
    notification(everybody)
    wrong = []
    for path, method in methods(everybody.desk):
        letters = TABLE[path]
        if letters in (OPEN, ALL):
            continue
        for role, person in everybody.people.items():
            if role is WorkRole.MANAGER and path not in ("audit.page", "papers.day_list"):
                continue  # what a manager may is tried with what is there: tests/desk/test_permissions.py
            wanted = LETTERS[role] in letters
            if asked(everybody, path, method, person) is not wanted:
                wrong.append(f"{path} by {role}: {'refused' if wanted else 'let through'}")
    assert wrong == []


def test_nobody_who_does_not_work_here_today_is_let_through(everybody: Shop) -> None:
    notification(everybody)
    retired = everybody.add("pharmacist", Access(manager=True))
    everybody.store.people.retire(retired)
    gone = everybody.add("pharmacist", Access(until=TODAY - timedelta(days=1)))
    through = [
        f"{path} by {who}"
        for who, person in {"retired": retired, "gone": gone, "unknown": 4711, "nobody": None}.items()
        for path, method in methods(everybody.desk)
        if TABLE[path] != OPEN and asked(everybody, path, method, person)
    ]
    assert through == []


def test_what_is_open_says_nothing_of_a_patient(everybody: Shop) -> None:
    notification(everybody)
    with acting(None):
        for path in ("opened", "person_lists", "all_form_lists", "checks", "people.all", "backups.is_due"):
            part, _, name = path.rpartition(".")
            said = repr(getattr(getattr(everybody.desk, part) if part else everybody.desk, name)())
            assert "fennimore" not in said.casefold(), path
