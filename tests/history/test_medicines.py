"""The list of medicines: imported as a stream, refused whole, cancelled, searched."""

import re
import resource
import shutil
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from digmed_desktop.clinical.emergency_supply import ItemKind, SuppliedItem
from digmed_desktop.clinical.medicine import Medicine
from digmed_desktop.clinical.record import Coded
from digmed_desktop.desk.lists.medicines import MOST, MedicineDesk, bundled
from digmed_desktop.history.cipher import engine
from digmed_desktop.history.medicines import SEARCH
from digmed_desktop.history.store import Store
from digmed_desktop.history.written import search_key
from digmed_desktop.messaging.errors import DigMedError
from digmed_desktop.reference.dmd import ImportCancelledError, ReleaseError
from tests.history.samples import KEY
from tests.long.registry import sized
from tests.managing import as_manager
from tests.reference import synthetic_dmd

NEVER = lambda: False  # noqa: E731


def ignore(_share: float) -> None:
    pass


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthetic_dmd.write(tmp_path_factory.mktemp("dmd") / "nhsbsa_dmd_1.2.0_20260101", 400, 48)


@pytest.fixture
def desk(store: Store) -> Iterator[MedicineDesk]:
    with as_manager(store):
        yield MedicineDesk(store)


def names(found: tuple[Medicine, ...]) -> list[str]:
    return [one.product.display for one in found]


def test_a_release_is_imported_and_searched(desk: MedicineDesk, release: Path) -> None:
    shares: list[float] = []
    assert desk.import_release(release, shares.append, NEVER) == ("nhsbsa_dmd_1.2.0_20260101", 400)
    assert desk.release() == ("nhsbsa_dmd_1.2.0_20260101", 400)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    found = desk.find("paracet")
    assert len(found) == MOST
    assert all("Paracetex" in name for name in names(found))
    first = found[0]
    assert first.kind is ItemKind.MEDICINE
    assert first.unit == "tablet"
    assert first.legal_class in ("pom", "p")
    assert first.schedule == "none"
    assert desk.find("zopid")[0].schedule == "4"
    assert names(desk.find("willow 15mg paracetex")) == names(desk.find("PARACETEX  15mg (Willow"))
    assert names(desk.find("gone long")) == [], "invalid products are not offered"
    assert desk.find("nothing like it") == ()
    assert desk.find("  ") == ()
    assert desk.find('"quoted" OR * NEAR(') == ()


def test_a_zip_file_is_read_as_it_is(desk: MedicineDesk, release: Path, tmp_path: Path) -> None:
    archive = tmp_path / "nhsbsa_dmd.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        for file in release.iterdir():
            out.write(file, f"inside/{file.name}")
        out.writestr("inside/week012026-r2_3-GTIN.zip", b"another file of the release")
    assert desk.import_release(archive, ignore, NEVER) == ("nhsbsa_dmd", 400)


def test_a_later_release_takes_the_place_of_the_earlier(
    desk: MedicineDesk, release: Path, tmp_path: Path
) -> None:
    desk.import_release(release, ignore, NEVER)
    smaller = synthetic_dmd.write(tmp_path / "smaller", 20, 10)
    assert desk.import_release(smaller, ignore, NEVER) == ("smaller", 20)
    assert desk.release() == ("smaller", 20)


def spoil(name: str, change: Callable[[str], str]) -> Callable[[Path], None]:
    def do(folder: Path) -> None:
        file = next(folder.glob(f"f_{name}2_*.xml"))
        file.write_text(change(file.read_text("utf-8")), "utf-8")

    return do


def take_away(name: str) -> Callable[[Path], None]:
    return lambda folder: next(folder.glob(f"f_{name}2_*.xml")).unlink()


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (spoil("amp", lambda text: text[: len(text) // 2]), "f_amp2_3010126.xml is broken in line "),
        (spoil("amp", lambda text: text.replace("</NM>", "</NAME>", 1)), "is broken in line 4"),
        (spoil("vmp", lambda text: text.replace("<VMPS>", "<VMPS>&nonsense;")), "f_vmp2_3010126.xml is broken in line"),
        (spoil("amp", lambda _: "<rss><channel/></rss>"), "line 1 begins with rss"),
        (spoil("ampp", lambda _: ""), "f_ampp2_3010126.xml is broken in line 1"),
        (spoil("amp", lambda text: text.replace(synthetic_dmd.code(30_000_003), "12345")), "does not fit in line 7"),
        (spoil("amp", lambda text: text.replace(synthetic_dmd.code(2_000_002), "99", 1)), "a VMP that this release"),
        (spoil("amp", lambda text: re.sub("(?s)<AMP>.*</AMP>", "", text)), "no product in this release"),
        (spoil("amp", lambda text: text.replace("</VPID>", "</VPID><INVALID>1</INVALID>")), "no product in this release"),
        (take_away("lookup"), "f_lookup2 is not in it"),
        (take_away("amp"), "f_amp2 is not in it"),
    ],
)  # fmt: skip
def test_a_broken_or_foreign_release_is_refused_whole(
    desk: MedicineDesk, release: Path, tmp_path: Path, broken: Callable[[Path], None], words: str
) -> None:
    desk.import_release(release, ignore, NEVER)
    before = names(desk.find("lisovane"))
    folder = Path(shutil.copytree(release, tmp_path / "broken"))
    broken(folder)
    with pytest.raises(ReleaseError) as caught:
        desk.import_release(folder, ignore, NEVER)
    assert words in caught.value.happened
    assert "Nothing was changed" in caught.value.remedy
    assert names(desk.find("lisovane")) == before
    assert desk.release() == ("nhsbsa_dmd_1.2.0_20260101", 400)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not really", b"%PDF-1.7"])
def test_a_file_that_is_no_zip_is_refused(desk: MedicineDesk, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "leaflet.zip"
    file.write_bytes(content)
    with pytest.raises(ReleaseError, match="not a zip file"):
        desk.import_release(file, ignore, NEVER)


def test_a_zip_cut_off_is_refused(desk: MedicineDesk, release: Path, tmp_path: Path) -> None:
    archive = tmp_path / "half.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        for file in release.iterdir():
            out.write(file, file.name)
    whole = archive.read_bytes()
    archive.write_bytes(whole[:2000] + bytes(1000) + whole[3000:])
    with pytest.raises(DigMedError):
        desk.import_release(archive, ignore, NEVER)
    assert desk.release() is None


@pytest.mark.parametrize("after", [1, 3])
def test_a_cancelled_import_leaves_the_old_list(
    desk: MedicineDesk, store: Store, release: Path, tmp_path: Path, after: int
) -> None:
    desk.import_release(synthetic_dmd.write(tmp_path / "old", 20, 10), ignore, NEVER)
    asked = iter(range(1000))
    with pytest.raises(ImportCancelledError):
        desk.import_release(release, ignore, lambda: next(asked) >= after)
    assert desk.release() == ("old", 20)
    assert list(store.medicines.path.parent.glob("medicines.db.new*")) == []


def test_what_was_supplied_before_comes_first_also_by_a_name_alone(desk: MedicineDesk, release: Path) -> None:
    desk.import_release(release, ignore, NEVER)
    known = desk.find("paracetex")[5]
    desk.remember(
        (
            SuppliedItem(product=known.product, legal_class="pom", schedule="none"),
            SuppliedItem(product=Coded("Paracetex suspension made here")),
        )
    )
    found = desk.find("paracetex")
    assert {one.product for one in found[:2]} == {known.product, Coded("Paracetex suspension made here")}
    assert len({one.product for one in found}) == len(found) == MOST


def test_the_products_that_come_with_the_program(desk: MedicineDesk) -> None:
    assert names(desk.find("humulin")) == [bundled()[0].product.display]
    assert desk.find("needles 5mm")[0].kind is ItemKind.APPLIANCE
    assert desk.release() is None


def test_the_list_is_encrypted(desk: MedicineDesk, store: Store, release: Path) -> None:
    desk.import_release(release, ignore, NEVER)
    assert b"Paracetex" not in store.medicines.path.read_bytes()
    assert not store.medicines.path.read_bytes().startswith(b"SQLite format 3")


PRODUCTS = sized(200_000, 20_000)


@pytest.mark.slow
def test_200_000_products_in_bounded_memory_and_a_search_per_key(
    desk: MedicineDesk, store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Imports a synthetic release of the real shape, cancels another, and times each key of a search beside the same
    query in bare SQLCipher. In full it takes about a minute and a half on one core of a small virtual machine.
    """
    folder = synthetic_dmd.write(tmp_path / "big", PRODUCTS)
    size = sum(file.stat().st_size for file in folder.iterdir())
    shares: list[float] = []
    unit = 1 if sys.platform == "darwin" else 1024
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    began = time.monotonic()
    assert desk.import_release(folder, shares.append, NEVER)[1] == PRODUCTS
    took = time.monotonic() - began
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit - before
    assert grown < 150_000_000, "memory does not follow the size of the files"
    assert len(shares) > PRODUCTS / 400, "the bar moves"
    assert max(b - a for a, b in pairwise(shares)) < max(0.02, 2000 / PRODUCTS)
    stop_at = 0.4
    with pytest.raises(ImportCancelledError):
        desk.import_release(folder, shares.append, lambda: shares[-1] < 1.0 and shares[-1] > stop_at)
    assert desk.release() == ("big", PRODUCTS)

    typed = "willow generics paracetex 15mg"
    through: list[float] = []
    bare: list[float] = []
    made = engine(store.medicines.path, KEY, size=1)
    raw = made.raw_connection()
    cursor = raw.cursor()
    for _ in range(5):
        for end in range(1, len(typed) + 1):
            text = typed[:end]
            began = time.perf_counter()
            found = desk.find(text)
            through.append((time.perf_counter() - began) * 1000)
            wanted = " AND ".join(f'"{word}"*' for word in search_key(text).split())
            began = time.perf_counter()
            rows = cursor.execute(SEARCH, (wanted, MOST)).fetchall()
            bare.append((time.perf_counter() - began) * 1000)
            assert {row[0] for row in rows} <= {one.product.code for one in found} or len(found) == MOST
    raw.close()
    made.dispose()
    through.sort()
    bare.sort()
    with capsys.disabled():
        print(
            f"\n{PRODUCTS} products, {size / 1e6:.0f} MB of XML: {took:.0f} s, {grown / 1e6:.0f} MB more memory at most; "
            f"a key of the search takes {through[len(through) // 2]:.2f} ms (slowest {through[-1]:.1f}), "
            f"in bare SQLCipher {bare[len(bare) // 2]:.2f} ms (slowest {bare[-1]:.1f})"
        )
    assert through[len(through) // 2] < 100
