"""The public list of practices and the directory: read, refused, and a directory that is slow, down, wrong or huge."""

import gzip
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from digmed_desktop.clinical.practices import NotOpen
from digmed_desktop.messaging.errors import DigMedError, OfflineError
from digmed_desktop.reference import ods_api, ods_file
from digmed_desktop.reference.ods_api import OdsApi
from tests.reference.ods_lines import line

TODAY = date(2026, 11, 28)


def written(tmp_path: Path, *lines: str) -> Path:
    file = tmp_path / "epraccur.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def test_gp_practices_are_read_and_other_prescribers_left_out(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        line("A81001", "THE DENSHAM SURGERY"),
        line("Y00001", "WALK IN CENTRE", setting="1"),
        line("A81002", "ST ANNE'S-ON-SEA PRACTICE", status="C", closed="20250331"),
    )
    first, second = ods_file.read(file)
    assert first.organisation.name == "The Densham Surgery"
    assert first.organisation.address.in_lines() == ("1 High Street", "Leeds", "LS1 4AP")
    assert (first.open, second.open, str(second.closed_on)) == (True, False, "2025-03-31")
    assert second.organisation.name == "St Anne's-On-Sea Practice"


def test_a_list_with_headings_is_taken_by_its_headings(tmp_path: Path) -> None:
    for which, setting in ((0, "4"), (-1, "RO76|RO87")):
        columns = list(ods_file._COLUMNS.items())[::-1]
        values = {"code": "A81001", "name": "DENSHAM", "roles": setting, "status": "A", "town": "LEEDS"}
        file = written(
            tmp_path,
            ",".join(column.names[which] for _key, column in columns),
            ",".join(values.get(key, "") for key, _column in columns),
        )
        (found,) = ods_file.read(file)
        assert (found.organisation.ods_code, found.organisation.address.city) == ("A81001", "Leeds")


@pytest.mark.parametrize("roles", ["RO76", "RO76|RO87", "RO87|RO76", " ro76 ", "4"])
def test_a_practice_is_known_by_its_role_in_both_layouts(tmp_path: Path, roles: str) -> None:
    (found,) = ods_file.read(written(tmp_path, line("A81001", "DENSHAM", setting=roles, status="ACTIVE")))
    assert found.open


@pytest.mark.parametrize("roles", ["RO80|RO87", "RO760", "RO7", "RO177", "", "44", "0"])
def test_whatever_else_prescribes_is_no_practice(tmp_path: Path, roles: str) -> None:
    others = written(tmp_path, line("A81001", "X", setting=roles), line("A81002", "Y"))
    assert [one.organisation.ods_code for one in ods_file.read(others)] == ["A81002"]


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("INACTIVE", NotOpen.CLOSED),
        ("inactive", NotOpen.CLOSED),
        ("C", NotOpen.CLOSED),
        ("D", NotOpen.DORMANT),
        ("P", NotOpen.PROPOSED),
        ("", NotOpen.UNKNOWN),
        ("SUSPENDED", NotOpen.UNKNOWN),
        ("a1", NotOpen.UNKNOWN),
    ],
)
def test_only_a_status_that_says_open_is_open(tmp_path: Path, status: str, why: NotOpen) -> None:
    (found,) = ods_file.read(written(tmp_path, line("A81001", "DENSHAM", status=status)))
    assert (found.open, found.why_not_open) == (False, why)
    assert found.refusal(TODAY)


def test_a_practice_that_is_about_to_close_is_open_until_its_day(tmp_path: Path) -> None:
    (found,) = ods_file.read(written(tmp_path, line("A81001", "DENSHAM", closed="2026-12-31")))
    assert found.refusal(date(2026, 12, 30)) is None
    assert found.refusal(date(2026, 12, 31))
    (closed,) = ods_file.read(written(tmp_path, line("A81001", "X", closed="20261231", status="INACTIVE")))
    assert closed.refusal(date(2026, 12, 30)), "the status says so, whatever the day"


@pytest.mark.parametrize(
    ("places", "lines", "town"),
    [
        ({4: "1 MILL ROW", 7: "LEEDS", 8: "KENT"}, ("1 Mill Row",), "Leeds"),
        ({4: "1 MILL ROW", 5: "HORSFORTH", 6: "LEEDS", 7: "WEST YORKSHIRE"}, ("1 Mill Row", "Horsforth"), "Leeds"),
        ({4: "1 MILL ROW", 5: "LEEDS", 6: "W. YORKS"}, ("1 Mill Row",), "Leeds"),
        ({4: "1 MILL ROW", 8: "ESSEX"}, ("1 Mill Row",), ""),
        ({4: "1 MILL ROW", 7: "DURHAM"}, ("1 Mill Row",), "Durham"),
        ({4: "1 MILL ROW", 5: "BRISTOL", 7: "AVON"}, ("1 Mill Row",), "Bristol"),
        ({4: "LEEDS"}, ("Leeds",), ""),
    ],
)  # fmt: skip
def test_the_town_is_the_town_and_not_the_county(
    tmp_path: Path, places: dict[int, str], lines: tuple[str, ...], town: str
) -> None:
    columns = line("A81001", "DENSHAM", city="").split(",")
    columns[4] = ""
    for place, text in places.items():
        columns[place] = text
    (found,) = ods_file.read(written(tmp_path, ",".join(columns)))
    assert (found.organisation.address.lines, found.organisation.address.city) == (lines, town)


@pytest.mark.skipif(
    "DIGMED_SHARED" not in os.environ, reason="needs the folder with inputs beside the project"
)
def test_the_lists_of_today_and_of_before_end_as_described() -> None:
    folder = Path(os.environ["DIGMED_SHARED"]) / "cases" / "public"
    today = {one.organisation.ods_code: one for one in ods_file.read(folder / "epraccur-dse-2025.csv")}
    assert {code: one.open for code, one in today.items()} == {"F99001": True, "F99002": False}
    assert {one.organisation.address.city for one in today.values()} == {"Exampleton"}
    before = {one.organisation.ods_code: one.open for one in ods_file.read(folder / "epraccur-dormant.csv")}
    assert before == {"F99010": True, "F99011": False, "F99012": False}


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([line("A81001", "X").rpartition(",")[0]], "Line 1 has 26 columns"),
        ([line("A81001", "X"), "A81002,short"], "Line 2 has 2 columns"),
        (["Organisation Code,Name,Postcode"], "lacks the column Address Line 1"),
        (["", ""], "contains no GP practice"),
        ([line("A81001", "X", closed="31/11/2025")], "closing date that is not a date"),
        ([line("A81001", "X"), line("?", "X")], "does not begin with an ODS code"),
    ],
)
def test_a_file_that_is_not_the_list_is_refused_with_what_to_do(
    tmp_path: Path, lines: list[str], says: str
) -> None:
    with pytest.raises(DigMedError, match=says) as refused:
        list(ods_file.read(written(tmp_path, *lines)))
    assert "Download epraccur again" in str(refused.value)


def test_a_file_that_is_no_text_or_not_there_is_refused(tmp_path: Path) -> None:
    picture = tmp_path / "list.csv"
    picture.write_bytes(b"\x89PNG\r\n\xff\xfe\x00")
    with pytest.raises(DigMedError):
        list(ods_file.read(picture))
    with pytest.raises(DigMedError, match="cannot be read"):
        list(ods_file.read(tmp_path / "nothing.csv"))


# ---- the directory

ONE = {
    "Organisation": {
        "Name": "OVERTOWN SURGERY",
        "Status": "Inactive",
        "Roles": {"Role": [{"id": "RO177", "primaryRole": True}, {"id": "RO76", "Status": "Inactive"}]},
        "Date": [{"Type": "Operational", "Start": "1999-04-01", "End": "2025-03-31"}],
        "OrgId": {"extension": "A81002"},
        "GeoLoc": {"Location": {"AddrLn1": "1 HIGH STREET", "Town": "LEEDS", "PostCode": "LS1 4AP"}},
        "Contacts": {"Contact": [{"type": "tel", "value": "01632 960100"}]},
        "Succs": {
            "Succ": [
                {"Type": "Predecessor", "Target": {"OrgId": {"extension": "A80000"}}},
                {"Type": "Successor", "Target": {"OrgId": {"extension": "B82003"}}},
            ]
        },
    }
}
SEVERAL = {"Organisations": [{"Name": "OVERTOWN SURGERY", "OrgId": "A81001", "PostCode": "LS1 4AP"}]}
Answer = Callable[[BaseHTTPRequestHandler], None]


def says(body: object, status: int = 200) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(raw)))
        handler.end_headers()
        handler.wfile.write(raw)

    return answer


def slow(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(200):
        try:
            handler.wfile.write(b" ")
            handler.wfile.flush()
        except OSError:
            return
        time.sleep(0.1)


def huge(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(200):
            handler.wfile.write(b"[" * 100_000)
    except OSError:
        return


PACKED = gzip.compress(b" " * 50_000_000, 1)


def bomb(handler: BaseHTTPRequestHandler) -> None:
    packed = PACKED
    handler.send_response(200)
    handler.send_header("Content-Encoding", "gzip")
    handler.send_header("Content-Length", str(len(packed)))
    handler.end_headers()
    try:
        handler.wfile.write(packed)
    except OSError:
        return


def slow_head(handler: BaseHTTPRequestHandler) -> None:
    try:
        for sign in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 200:
            handler.wfile.write(bytes([sign]))
            time.sleep(0.1)
    except OSError:
        return


@contextmanager
def directory(answer: Answer) -> Iterator[tuple[OdsApi, list[str]]]:
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            answer(self)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield OdsApi(f"http://127.0.0.1:{server.server_address[1]}/ORD/2-0-0"), asked
    finally:
        server.shutdown()
        server.server_close()


def test_it_finds_by_name_and_by_postcode_and_asks_once_for_the_same() -> None:
    with directory(says(SEVERAL)) as (api, asked):
        (found,) = api.search("overtown")
        assert (found.organisation.name, found.organisation.ods_code) == ("Overtown Surgery", "A81001")
        assert api.search("overtown") == (found,)
        api.search("ls1 4ap")
    assert len(asked) == 2
    assert "Name=overtown" in asked[0]
    assert "PrimaryRoleId=RO177" in asked[0]
    assert "NonPrimaryRoleId=RO76" in asked[0]
    assert "PostCode=LS1+4AP" in asked[1]


def test_a_closed_one_names_its_successor() -> None:
    with directory(says(ONE)) as (api, _asked):
        found = api.of_code("A81002")
    assert found is not None
    assert (found.open, found.successor, str(found.closed_on)) == (False, "B82003", "2025-03-31")
    assert found.organisation.telephone == "01632 960100"


def test_of_several_successors_none_is_taken() -> None:
    several = json.loads(json.dumps(ONE))
    another = {"Type": "Successor", "Target": {"OrgId": {"extension": "C83004"}}}
    several["Organisation"]["Succs"]["Succ"].append(another)
    with directory(says(several)) as (api, _asked):
        found = api.of_code("A81002")
    assert found is not None
    assert (found.open, found.successor) == (False, "")


def test_a_code_that_is_not_known_is_none() -> None:
    with directory(says({"errorCode": 404}, 404)) as (api, _asked):
        assert api.search("A99999") == ()


def test_a_search_that_finds_nothing_finds_nothing() -> None:
    with directory(says({"errorCode": 404}, 404)) as (api, _asked):
        assert api.search("nowhere") == ()


def changed(path: str, value: object) -> object:
    """The answer about an open practice with one part of it changed."""
    whole = json.loads(json.dumps(ONE))
    whole["Organisation"] |= {"Status": "Active", "Date": [], "Succs": None}
    whole["Organisation"]["Roles"]["Role"][1]["Status"] = "Active"
    *way, last = path.split(".")
    at = whole["Organisation"]
    for name in way:
        at = at[int(name)] if name.isdigit() else at[name]
    at[int(last) if last.isdigit() else last] = value
    return whole


@pytest.mark.parametrize(
    ("path", "value", "why"),
    [
        ("Roles.Role.1.id", "RO87", NotOpen.NO_PRACTICE),
        ("Roles.Role", {"id": "RO272", "primaryRole": True}, NotOpen.NO_PRACTICE),
        ("Roles.Role.1.Status", "Inactive", NotOpen.NO_PRACTICE),
        ("Roles", None, NotOpen.UNKNOWN),
        ("Status", "Inactive", NotOpen.CLOSED),
        ("Status", "Dormant", NotOpen.UNKNOWN),
    ],
)
def test_what_is_no_open_practice_is_marked(path: str, value: object, why: NotOpen) -> None:
    with directory(says(changed("Name", "OVERTOWN"))) as (api, _asked):
        (good,) = api.search("A81002")
    with directory(says(changed(path, value))) as (api, _asked):
        (found,) = api.search("A81002")
    assert good.open
    assert (found.open, found.why_not_open) == (False, why)
    assert found.refusal(TODAY)


@pytest.mark.skipif(
    "DIGMED_SHARED" not in os.environ, reason="needs the folder with inputs beside the project"
)
def test_a_network_with_a_code_like_a_practices_is_not_offered_as_one() -> None:
    answer = (Path(os.environ["DIGMED_SHARED"]) / "cases/public/ods-api-not-a-practice.json").read_bytes()
    with directory(says(answer)) as (api, _asked):
        (found,) = api.search("U12345")
    assert "not list this as a GP practice" in str(found.refusal(TODAY))


def test_an_answer_about_another_code_is_not_believed() -> None:
    answer = says(changed("OrgId", {"extension": "X88888"}))
    with directory(answer) as (api, _asked), pytest.raises(DigMedError, match="another organisation"):
        api.of_code("A81002")


def test_it_is_not_led_to_another_address() -> None:
    with directory(says(ONE)) as (_other, asked):

        def leads_away(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(302)
            handler.send_header("Location", _other._base() + "/organisations/A81002")
            handler.end_headers()

        with directory(leads_away) as (api, _asked), pytest.raises(DigMedError, match="another address"):
            api.of_code("A81002")
    assert asked == []


@pytest.mark.parametrize(
    "base",
    ["http://directory.example/ORD", "http://127.0.0.1.example/ORD", "ftp://127.0.0.1", "https://u:p@x.example", "x"],
)  # fmt: skip
def test_an_address_without_https_is_not_asked(base: str) -> None:
    with pytest.raises(OfflineError, match="directory is not allowed"):
        OdsApi(base).of_code("A81002")


def test_the_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with directory(says(ONE)) as (proxy, asked), directory(says(ONE)) as (api, _asked):
        monkeypatch.setenv("http_proxy", proxy._base().removesuffix("/ORD/2-0-0"))
        monkeypatch.setenv("no_proxy", "")
        assert api.of_code("A81002")
    assert asked == []


@pytest.mark.parametrize(
    ("answer", "sentence", "kind"),
    [
        (says(b"[" * 50_000), "could not be understood", DigMedError),
        (says([ONE]), "could not be understood", DigMedError),
        (says({"Organisations": {"a": 1}}), "could not be understood", DigMedError),
        (says(b'{"Organisations": 1e999}'), "could not be understood", DigMedError),
        (says(b'{"Organisations": [{"Name": "\\ud800", "OrgId": "A81001"}]}'), "could not be", DigMedError),
        (bomb, "far too long", DigMedError),
        (slow_head, "did not answer in time", OfflineError),
        (says({"x": 1}), "could not be understood", DigMedError),
        (says(b"<html>maintenance</html>"), "could not be understood", DigMedError),
        (says(b"\xff\xfe", 200), "could not be understood", DigMedError),
        (says({}, 503), r"answered with an error \(503\)", DigMedError),
        (huge, "far too long", DigMedError),
        (slow, "did not answer in time", OfflineError),
    ],
)
def test_whatever_it_does_there_is_a_sentence(
    answer: Answer, sentence: str, kind: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ods_api, "WHOLE_SECONDS", 0.5)
    with directory(answer) as (api, _asked), pytest.raises(kind, match=sentence) as said:
        api.search("overtown")
    assert "by hand" in str(said.value)


def test_when_it_is_down_that_is_said() -> None:
    with pytest.raises(OfflineError, match="cannot be reached"):
        OdsApi("http://127.0.0.1:9/ORD/2-0-0").search("overtown")
