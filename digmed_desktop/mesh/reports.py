"""Explain a code of MESH and the next step, in words (``resources/mesh/reports.toml``)."""

from dataclasses import dataclass

from digmed_desktop.data_files.source import OWN


@dataclass(frozen=True, slots=True)
class ReportWords:
    """One code of MESH in words. ``account``: the fault is the mailbox's, so the whole queue stops."""

    code: str
    title: str
    meaning: str
    remedy: str
    account: bool = False
    known: bool = True


def words_of(code: str) -> ReportWords:
    """Return the words of a code as found in a report or a refusal; never fails, an unknown code says so."""
    from digmed_desktop.mesh.reports_file import ReportsFile

    table = OWN.read("mesh/reports.toml", ReportsFile)
    entry = table.codes.get(code.strip().upper())
    row = entry or table.unknown
    return ReportWords(code, row.title, row.meaning, row.remedy, row.account, entry is not None)


def told_of_report(code: str, said: str) -> str:
    """Return a report in words: what the code means and what to do; for an unknown code also what MESH ``said``."""
    words = words_of(code)
    mesh_said = "" if words.known or not said.strip() else f" MESH said: {said.strip()[:200]}."
    return f"{words.meaning}{mesh_said} {words.remedy}"


def codes() -> tuple[str, ...]:
    """Return every code that has words."""
    return tuple(OWN.raw("mesh/reports.toml")["codes"])
