"""The register on paper: the list, one entry with what was appended, and the labels of a supply."""

from collections.abc import Sequence
from datetime import date, datetime

from digmed_desktop.clinical import dates
from digmed_desktop.clinical.particulars import item_words, label_texts
from digmed_desktop.messaging.register import UNREADABLE, EntryKind, RegisterEntry, Verified
from digmed_desktop.paper.document import Block, Pairs, PaperDocument, Said, table

ROUTES = {"patient": "At the patient's request", "prescriber": "At a prescriber's request", "": ""}


def list_document(
    entries: Sequence[RegisterEntry], verified: Verified, pharmacy: str, now: datetime
) -> PaperDocument:
    """Return the register as a list, oldest first, with what a verification of its chain found."""
    rows = []
    for entry in sorted(entries, key=lambda one: one.number):
        rows.append(_row(entry))
        rows += [_row(later) for later in entry.later]
    return table(
        "Register of emergency supplies",
        ("No.", "Date of supply", "Patient", "Supplied", "Request and reason", "Entered"),
        tuple(rows),
        weights=(1, 3, 6, 8, 8, 5),
        lead=(standing(verified),),
        running=pharmacy,
        made=f"Printed {dates.shown_time(now)}",
    )


def entry_document(entry: RegisterEntry, pharmacy: str, now: datetime) -> PaperDocument:
    """Return one entry with everything that was appended to it."""
    blocks: list[Block] = [Pairs(heading_of(one), one.pairs) for one in (entry, *entry.later)]
    return PaperDocument(
        title=f"Register of emergency supplies: entry {entry.number}",
        blocks=tuple(blocks),
        running=pharmacy,
        made=f"Printed {dates.shown_time(now)}",
    )


def label_document(entry: RegisterEntry) -> PaperDocument:
    """Return the labels of a supply, one for each item."""
    texts = label_texts(entry.standing)
    return PaperDocument(
        title=f"Labels of entry {entry.number}",
        blocks=tuple(
            Said(f"Label {n} of {len(texts)}", tuple(text.split("\n"))) for n, text in enumerate(texts, 1)
        ),
    )


def heading_of(entry: RegisterEntry) -> str:
    """Return what an entry is, its number, when it was made and by whom."""
    if entry.is_unreadable:
        return f"No. {entry.number}"
    when = dates.shown_time(entry.entered_at)
    return f"No. {entry.number}: {entry.what}, entered {when} by {entry.by_name}"


def standing(verified: Verified) -> str:
    """Return what a verification found, in a sentence or two."""
    if verified.intact:
        number = "1 entry" if verified.entries == 1 else f"{verified.entries} entries"
        return f"Register intact: {number}, none changed and none missing."
    return f"The chain is broken at entry {verified.broken_at}. " + " ".join(verified.faults)


def _row(entry: RegisterEntry) -> tuple[str, ...]:
    content = entry.content
    if entry.is_unreadable:
        return (str(entry.number), "", "", entry.what, UNREADABLE, "")
    on = content.get("supplied_on", "")
    if entry.kind in (EntryKind.AMENDMENT, EntryKind.PRESCRIPTION):
        said = "\n".join(f"{label}: {', '.join(lines)}" for label, lines in entry.pairs)
        about = f"{entry.what} to no. {entry.about}"
        return (
            str(entry.number),
            "",
            "",
            about,
            said,
            f"{dates.shown_time(entry.entered_at)}\n{entry.by_name}",
        )
    why = content.get("nature") or content.get("why_not_at_once") or content.get("not_supplied", "")
    who = content.get("prescriber", "")
    address = ", ".join(content.get("prescriber_address", ()))
    request = [ROUTES[content.get("route", "")], f"{who}, {address}" if who else "", why]
    return (
        str(entry.number),
        dates.shown(date.fromisoformat(on)) if on else "",
        "\n".join((content.get("patient", ""), ", ".join(content.get("patient_address", ())))),
        "\n".join(item_words(item) for item in content.get("items", ())) or entry.what,
        "\n".join(part for part in request if part),
        f"{dates.shown_time(entry.entered_at)}\n{entry.by_name}",
    )
