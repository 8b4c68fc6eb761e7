"""Whether the practice can receive is said under its code, for the practice that stands there now."""

from digmed_desktop.desk.connections.reaching import ReachDesk
from digmed_desktop.messaging.connection import Reach
from digmed_desktop.messaging.sending import Kind
from digmed_desktop.ui.forms.reach_line import ASKING
from tests.ui.conftest import Bench


def test_it_is_said_and_asked_once_for_each_practice(bench: Bench, monkeypatch) -> None:
    asked: list[tuple[str, Kind]] = []
    said = {
        "Y99901": Reach(can=True, sentence="This practice can receive it electronically."),
        "Y99902": Reach(can=False, sentence="This practice has no mailbox for this: send them a paper copy."),
    }

    def ask(_self: ReachDesk, ods: str, kind: Kind) -> Reach:
        asked.append((ods, kind))
        return said.get(ods, Reach(None, "Whether this practice can receive it is not known."))

    monkeypatch.setattr(ReachDesk, "ask", ask)
    form = bench.form
    line = form.reach
    assert line.isHidden()
    for ods, words in (("y99901", "✓ This practice can"), ("Y99902", "! This practice has no mailbox")):
        form.fill({"practice.ods_code": ods})
        bench.until(lambda words=words: line.text().startswith(words))
        assert not line.isHidden()
    form.fill({"practice.ods_code": "Y9"})
    assert line.isHidden()
    form.fill({"practice.ods_code": "Y99903"})
    assert line.text() == ASKING
    bench.until(lambda: "not known" in line.text())
    form.fill({"practice.ods_code": "Y99901"})
    bench.until(lambda: line.text().startswith("✓"))
    form.fill({"patient.given": "Rose"})
    assert [ods for ods, _ in asked] == ["Y99901", "Y99902", "Y99903", "Y99901"]
    assert {kind for _, kind in asked} == {Kind.VACCINATION}


def test_without_a_connection_it_says_paper(bench: Bench) -> None:
    bench.form.fill({"practice.ods_code": "Y99901"})
    bench.until(lambda: "send the practice a paper copy" in bench.form.reach.text())
