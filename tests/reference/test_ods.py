"""The public list of practices and the directory: read, refused, and a directory that is slow, down, wrong or huge."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from digmed_desktop.messaging.errors import DigMedError, OfflineError
from digmed_desktop.reference import ods_api, ods_file
from digmed_desktop.reference.ods_api import OdsApi
from tests.reference.ods_lines import line


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
    headings = list(ods_file._PLACES)[::-1]
    values = {
        "Organisation Code": "A81001",
        "Name": "DENSHAM",
        "Prescribing Setting": "4",
        "Status Code": "A",
    }
    file = written(tmp_path, ",".join(headings), ",".join(values.get(h, "") for h in headings))
    assert [one.organisation.ods_code for one in ods_file.read(file)] == ["A81001"]


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([line("A81001", "X").rpartition(",")[0]], "Line 1 has 26 columns"),
        ([line("A81001", "X"), "A81002,short"], "Line 2 has 2 columns"),
        (["Organisation Code,Name,Postcode"], "lacks the column Address Line 1"),
        (["", ""], "holds no GP practice"),
        ([line("A81001", "X", closed="31/11/2025")], "closing date that is no date"),
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
    threading.Thread(target=server.serve_forever, daemon=True).start()
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


@pytest.mark.parametrize(
    ("answer", "sentence", "kind"),
    [
        (says({"x": 1}), "could not be understood", DigMedError),
        (says(b"<html>maintenance</html>"), "could not be understood", DigMedError),
        (says(b"\xff\xfe", 200), "could not be understood", DigMedError),
        (says({}, 503), r"answered with an error \(503\)", DigMedError),
        (huge, "far too long", DigMedError),
        (slow, "did not answer in time", OfflineError),
    ],
    ids=["wrong", "no json", "no text", "ill", "huge", "slow"],
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
