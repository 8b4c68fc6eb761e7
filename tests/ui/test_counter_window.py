"""The counter through the window: scans on pages, the lock after minutes, initials, a directory that is slow or down."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PySide6.QtCore import QElapsedTimer, Qt, QTimer
from PySide6.QtWidgets import QApplication

from digmed_desktop.messaging.register import EntryKind, RegisterEntry
from digmed_desktop.reference import ods_api
from digmed_desktop.reference.ods_api import OdsApi
from digmed_desktop.scanning.burst import Burst
from digmed_desktop.ui import idle_lock
from digmed_desktop.ui.pages.drafts import DraftsPage
from digmed_desktop.ui.pages.register import RegisterPage
from digmed_desktop.ui.pages.settings.page import SettingsPage
from digmed_desktop.ui.pages.settings.practices import PracticesSection
from digmed_desktop.ui.pages.settings.scanner import ScannerSection
from digmed_desktop.ui.pages.stock import StockPage
from tests.clinical.examples import FLU, complete_answers
from tests.reference.ods_lines import line
from tests.ui.conftest import NOW, Bench

PACK = "0109501101530003172704301012AB"
KNOWN = f"{FLU.id}|ativ"


def do(bench: Bench, work: Callable[..., object]) -> None:
    done: list[object] = []
    bench.office.ask(work, done.append)
    bench.until(lambda: bool(done))


def scan(bench: Bench, text: str) -> None:
    bench.window.counter.scanned(Burst(text, 8.0, prefixed=True))
    bench.idle()
    bench.idle()


def test_a_known_pack_fills_in_product_batch_and_expiry_and_no_other_field(bench: Bench) -> None:
    do(bench, lambda desk: desk.stock.map_product("09501101530003", KNOWN, 1))
    before = bench.form.form.answers()
    scan(bench, PACK)
    after = bench.form.form.answers()
    changed = {key for key in after if after[key] != before.get(key)}
    assert changed <= {
        "vaccine.product",
        "vaccine.batch",
        "vaccine.expiry",
        "vaccine.dose_number",
        "vaccine.dose_amount",
        "vaccine.route",
    }
    assert (after["vaccine.product"], after["vaccine.batch"]) == ("ativ", "12AB")


def test_an_unknown_pack_is_asked_about_once(bench: Bench) -> None:
    scan(bench, PACK)
    panel = bench.form.scan_panel
    assert panel.product_field.isVisible()
    assert bench.form.form.answers()["vaccine.batch"] == ""
    panel.use.click()
    assert "Select the vaccine" in panel.product_field.sentence
    panel.product.set_answer(KNOWN)
    panel.use.click()
    bench.until(lambda: bench.form.form.answers()["vaccine.batch"] == "12AB")
    bench.idle()
    bench.form.next_patient()
    scan(bench, PACK.replace("12AB", "34CD"))
    assert bench.form.form.answers()["vaccine.batch"] == "34CD"
    assert not bench.form.scan_panel.product_field.isVisible()


def test_an_unsure_batch_is_filled_in_only_after_a_person_chose(bench: Bench) -> None:
    do(bench, lambda desk: desk.stock.map_product("09501101530003", KNOWN, 1))
    scan(bench, "0109501101530003172704301012AB21XYZ")
    assert bench.form.form.answers()["vaccine.batch"] == ""
    panel = bench.form.scan_panel
    assert panel._batch is not None
    panel._batch.set_answer("12AB")
    panel.use.click()
    assert bench.form.form.answers()["vaccine.batch"] == "12AB"


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ("5000112637922", "has only a product"),
        ("0109501101530004172704301012AB", "check digit"),
        ("0109501101530003172004301012AB", "expired on 30 Apr 2020"),
    ],
    ids=["cereal", "misread", "expired"],
)
def test_what_is_no_pack_is_refused_with_a_sentence_and_changes_nothing(
    bench: Bench, sent: str, says: str
) -> None:
    do(bench, lambda desk: desk.stock.map_product("09501101530003", KNOWN, 1))
    before = bench.form.form.answers()
    scan(bench, sent)
    assert says in bench.form.scan_panel.said.text()
    assert bench.form.form.answers() == before


def test_a_scanned_nhs_number_is_the_patient(bench: Bench) -> None:
    scan(bench, "9990123020")
    bench.until(lambda: bench.form.form.answers()["patient.nhs_number"] == "999 012 3020")


def test_a_box_is_added_to_the_stock_by_scanning_it(bench: Bench) -> None:
    bench.window.go("stock")
    page = bench.window.page("stock")
    assert isinstance(page, StockPage)
    bench.idle()
    scan(bench, PACK)
    page.product.set_answer(KNOWN)
    page.add.click()
    bench.until(lambda: "can be chosen now" in page.said.body.text())
    scan(bench, PACK)
    bench.until(lambda: page.product.answer() == KNOWN)
    page.add.click()
    bench.until(lambda: "already in your list" in page.said.body.text())


def test_the_scanner_section_shows_every_sign(bench: Bench) -> None:
    bench.window.go("settings")
    page = bench.window.page("settings")
    assert isinstance(page, SettingsPage)
    section = page.section("scanner")
    assert isinstance(section, ScannerSection)
    scan(bench, "010950110153000310AB12\x1d17270430")
    text = section.said.body.text()
    assert "AB12␝17270430" in text
    assert "Batch: AB12" in text
    assert "Expiry: 30 Apr 2027" in text


def test_it_locks_after_minutes_and_keeps_the_form(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.form.fill({"patient.family": "Half"})
    idle = bench.window.counter.idle_lock
    slept = [0.0]
    monkeypatch.setattr(idle_lock, "running_seconds", lambda: 5_000.0 + slept[0])
    clipboard = QApplication.clipboard()
    clipboard.setText("999 012 3020")
    idle.begin()
    slept[0] = 10 * 60 - 10
    assert not idle.look()
    idle.touched()
    slept[0] += 10 * 60 - 10
    assert not idle.look(), "someone was here"
    slept[0] += 3 * 3600  # the computer slept; the first touch after it comes before any timer
    idle.touched()
    bench.until(bench.window.sign_in.isVisible)
    assert bench.window.context.acting.person is None
    assert clipboard.text() == ""
    assert bench.form.form.answers()["patient.family"] == "Half"


def test_privacy_shows_initials_in_lists(bench: Bench) -> None:
    bench.form.fill({"patient.given": "Rose", "patient.family": "O'Neill"})
    bench.form.save_draft()
    bench.window.context.made.change(privacy=True)
    bench.until(lambda: bench.window.context.made.now.privacy)
    bench.window.go("drafts")
    page = bench.window.page("drafts")
    assert isinstance(page, DraftsPage)
    bench.until(lambda: bool(page.going_on))
    assert page.going_on[0].accessibleName() == "Continue with O. R."
    assert bench.window.context.made.private("O'NEILL, Rose") == "O. R."


def test_privacy_hides_names_and_numbers_in_every_list(bench: Bench) -> None:
    """What the lists of sent items, of Find and of the register show, say aloud, and tell under the pointer."""
    window, seen = bench.window, list[str]()
    bench.form.fill(complete_answers())
    bench.idle()
    window.sending.show_check(bench.form, bench.form.preview.preview)
    window.sending.send()
    bench.until(lambda: bool(bench.rows()))
    window.context.made.change(privacy=True)
    bench.until(lambda: window.context.made.now.privacy)
    window.go("sent")
    bench.until(lambda: window.sent.model.rowCount() == 1)
    roles = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
    model = window.sent.model
    seen += [str(model.index(0, n).data(role)) for n in range(model.columnCount()) for role in roles]
    window.go("vaccinate")
    box = bench.form.search.box
    box.search("oneill")
    bench.until(lambda: box.list.count() > 0)
    seen.append(box.list.item(0).text())
    register = window.page("register")
    assert isinstance(register, RegisterPage)
    content = {"patient": "O'NEILL, Rose", "items": (), "supplied_on": "", "not_supplied": "no need"}
    register._add([RegisterEntry(1, next(iter(EntryKind)), content, NOW, "Amira Khan")])
    cells = [register.table.item(0, n) for n in range(register.table.columnCount())]
    seen += [text for cell in cells for text in (cell.text(), cell.toolTip())]
    assert sum("O. R." in one for one in seen) >= 4, seen
    assert sum("… 3020" in one for one in seen) >= 2, seen
    for name in ("NEILL", "Rose", "999 012 3020", "9990123020"):
        assert not [one for one in seen if name in one], name


# ---- practices


def test_a_list_is_imported_and_one_with_a_missing_column_refused(bench: Bench, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text("\n".join(line(f"A8{n:04}", f"SURGERY {n}") for n in range(1200)), encoding="utf-8")
    bad.write_text(line("A81001", "X").rpartition(",")[0], encoding="utf-8")
    bench.window.go("settings")
    page = bench.window.page("settings")
    assert isinstance(page, SettingsPage)
    section = page.section("practices")
    assert isinstance(section, PracticesSection)
    bench.idle()
    section.ask_for_file = lambda: str(good)
    section.choose.click()
    bench.until(lambda: "1,200 practices are here" in section.said.body.text())
    section.ask_for_file = lambda: str(bad)
    section.choose.click()
    bench.until(lambda: "26 columns" in section.said.body.text())
    bench.window.go("vaccinate")
    box = bench.form.practice_search.box
    box.search("surgery 77")
    bench.until(lambda: box.list.count() > 0)


@contextmanager
def directory(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def sleeps(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(1.5)
    handler.close_connection = True


def nonsense(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(b"<html>maintenance</html>")


def huge(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(100):
            handler.wfile.write(b"[" * 100_000)
    except OSError:
        return


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (sleeps, "did not answer in time"),
        (nonsense, "could not be understood"),
        (huge, "far too long"),
        (None, "cannot be reached"),
    ],
    ids=["slow", "wrong", "huge", "down"],
)
def test_a_directory_that_fails_leaves_the_window_alive_and_says_so(
    bench: Bench,
    monkeypatch: pytest.MonkeyPatch,
    answer: Callable[[BaseHTTPRequestHandler], None] | None,
    says: str,
) -> None:
    monkeypatch.setattr(ods_api, "READ_SECONDS", 1.0)
    search = bench.form.practice_search
    with directory(answer or nonsense) as address:
        base = address if answer else "http://127.0.0.1:9"

        def use(desk: object) -> None:
            desk.directory._directory = OdsApi(base)  # type: ignore[attr-defined]

        do(bench, use)
        beats: list[int] = []
        clock = QElapsedTimer()
        clock.start()
        timer = QTimer(interval=20)
        timer.timeout.connect(lambda: beats.append(clock.restart()))
        timer.start()
        search.box.search("overtown")
        bench.idle()
        search.online.click()
        assert "You can continue while you wait" in search.box.said.text()
        bench.form.focus_field("patient.family")
        bench.keys("Typed in the meantime")
        bench.until(lambda: says in search.box.said.text())
        timer.stop()
    assert "by hand" in search.box.said.text()
    assert search.online.isEnabled()
    assert bench.form.form.answers()["patient.family"] == "Typed in the meantime"
    if answer is sleeps:  # the others fail at once: there is no meanwhile to beat in
        assert len(beats) > 3
