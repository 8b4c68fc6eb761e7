"""Settings: typed, atomic, forgiving of what is in the file, and careful with what is not known."""

import random
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from digmed_desktop.settings import settings as module
from digmed_desktop.settings.choices import Choices
from digmed_desktop.settings.own_product import OwnProduct
from digmed_desktop.settings.settings import Addressing, MeshEnvironment, Settings, Theme
from digmed_desktop.settings.settings_file import CHANGED, Loaded, load, save


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


CHOSEN = Settings(
    theme=Theme.HIGH_CONTRAST,
    text_percent=175,
    lock_after_minutes=3,
    amber_hour=10,
    late_hour=17,
    answer_days=7,
    scanner_prefix="]d2",
    scanner_separator="|",
    privacy=True,
    data_folder="/srv/digmed/data",
    directory="https://directory.example",
    addressing=Addressing.GP_PROVIDER,
    mesh_environment=MeshEnvironment.INTEGRATION,
    mailbox="X26OT001",
    mesh_url="http://127.0.0.1:8700",
    mesh_folder="/srv/mesh/X26OT001",
    agreed_programmes=("covid",),
    editions={"DIGMED_FLU_VAC": "profile"},
    own_products=(
        OwnProduct(
            "own-1",
            "influenza",
            "New flu vaccine 0.5ml",
            "45354911000001100",
            "Maker",
            "intramuscular",
            "0.5",
        ),
        OwnProduct("own-2", "shingles", "Old shingles vaccine"),
    ),
)


def test_no_file_means_the_defaults(file) -> None:
    loaded = load(file)
    assert loaded.settings == Settings()
    assert loaded.sentence == ""
    assert not file.exists()


def test_what_is_saved_is_loaded(file) -> None:
    save(file, CHOSEN)
    assert load(file).settings == CHOSEN
    assert load(file).sentence == ""
    assert CHOSEN.edition_of("DIGMED_FLU_VAC") == "profile"
    assert CHOSEN.edition_of("DIGMED_EMG_MED") == ""


def test_every_value_has_its_place_in_the_file() -> None:
    assert set(module.PLACES) == set(Settings.__dataclass_fields__)
    assert all(getattr(CHOSEN, name) != getattr(Settings(), name) for name in module.PLACES)


@given(
    theme=st.sampled_from(Theme),
    percent=st.sampled_from(module.TEXT_PERCENT),
    mailbox=st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
)
def test_any_settings_survive_the_file(tmp_path_factory, theme, percent, mailbox) -> None:
    file = tmp_path_factory.mktemp("s") / "settings.toml"
    chosen = replace(CHOSEN, theme=theme, text_percent=percent, mailbox=mailbox)
    save(file, chosen)
    assert load(file).settings == chosen


def test_unknown_keys_are_told_and_kept(file) -> None:
    stated = '[mesh]\nenvironment = "live"\nmailbox = "X26OT001"\n'
    file.write_text(
        f'later = 1\n[appearance]\ntheme = "dark"\nfont = "Inter"\n[labels]\nprinter = "Zebra"\n{stated}'
    )
    loaded = load(file)
    assert (loaded.settings.theme, loaded.doubt) == (Theme.DARK, "")
    for told in (
        "settings.toml, line 1: later",
        "line 4: appearance.font",
        "line 5: labels",
        "a key that is known",
    ):
        assert told in loaded.sentence
    save(file, replace(loaded.settings, theme=Theme.LIGHT))
    raw = tomllib.loads(file.read_text())
    assert raw["later"] == 1
    assert raw["appearance"]["font"] == "Inter"
    assert raw["appearance"]["theme"] == "light"
    assert raw["labels"] == {"printer": "Zebra"}


DAMAGED = [
    b"theme = ",
    b"\x00\xff",
    b"[appearance",
    "ü".encode("latin-1"),
    b"x = " + b"[" * 100_000,
    b"x = " + b"[" * 200 + b"]" * 200,
    b"x = " + b"{a=" * 200 + b"1" + b"}" * 200,
    b"[" + b"a." * 500 + b"a]",
    b"# " + b"x" * 2_000_000,
]


@pytest.mark.parametrize("content", DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_file_is_kept_aside_and_said(file, content) -> None:
    file.write_bytes(content)
    loaded = load(file)
    assert loaded.settings == Settings()
    assert "settings.broken.toml" in loaded.sentence
    assert file.with_name("settings.broken.toml").read_bytes() == content
    file.write_bytes(content)
    assert "settings.broken-2.toml" in load(file).sentence
    save(file, CHOSEN)
    assert load(file).settings == CHOSEN


def test_any_flipped_bit_is_told_or_harmless(file) -> None:
    chance = random.Random(20261128)
    save(file, CHOSEN)
    whole = file.read_bytes()
    assert load(file) == Loaded(CHOSEN)
    silent = []
    for number in range(600):
        changed = bytearray(whole)
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
        file.write_bytes(changed)
        loaded = load(file)
        if loaded.settings != CHOSEN and not loaded.sentence:
            silent.append(number)
        for kept in file.parent.glob("settings.broken*"):
            kept.unlink()
    assert silent == []


def test_a_change_by_hand_holds_and_is_told_until_it_is_saved(file) -> None:
    save(file, CHOSEN)
    file.write_bytes(file.read_bytes() + b"\n# mine\n")
    loaded = load(file)
    assert (loaded.settings, loaded.sentence) == (CHOSEN, CHANGED)
    save(file, loaded.settings)
    assert load(file).sentence == ""
    file.write_bytes(file.read_bytes().partition(b"\n")[2])  # as an earlier version wrote it
    assert load(file) == Loaded(CHOSEN)


def test_saving_over_a_damaged_file_keeps_it(file) -> None:
    file.write_bytes(b"theme = ")
    save(file, CHOSEN)
    assert file.with_name("settings.broken.toml").read_bytes() == b"theme = "


@pytest.mark.parametrize(
    ("table", "key", "value", "words"),
    [
        ("appearance", "theme", "purple", "colours"),
        ("appearance", "theme", 1, "colours"),
        ("appearance", "text_percent", 99, "text size"),
        ("appearance", "text_percent", 201, "text size"),
        ("appearance", "text_percent", True, "text size"),
        ("appearance", "text_percent", 150.0, "text size"),
        ("counter", "lock_after_minutes", 0, "lock"),
        ("deadlines", "amber_hour", 17, "paper is offered"),
        ("deadlines", "late_hour", 25, "action is needed"),
        ("deadlines", "answer_days", 0, "practice's reply"),
        ("messages", "addressing", "carrier pigeon", "addressing"),
        ("messages", "agreed_programmes", ["covid", 1], "programmes"),
        ("messages", "editions", {"DIGMED_FLU_VAC": 1}, "editions"),
        ("messages", "own_products", ["x"], "own products"),
        ("messages", "own_products", [{"id": "own-1", "programme": "influenza"}], "own products"),
        ("messages", "own_products", [{"id": "1", "programme": "rsv", "display": "x"}], "own products"),
        ("messages", "own_products", [{"id": "own-1", "programme": "rsv", "display": 1}], "own products"),
        ("mesh", "environment", "LIVEE", "environment"),
        ("mesh", "mailbox", 7, "mailbox"),
    ],
)
def test_one_wrong_value_costs_that_value_only(file, table, key, value, words) -> None:
    save(file, CHOSEN)
    raw = tomllib.loads(file.read_text())
    raw[table][key] = value
    file.write_text(tomli_w.dumps(raw))
    loaded = load(file)
    assert words in loaded.sentence
    assert f"{table}.{key}" in loaded.sentence
    assert "expected" in loaded.sentence
    assert not isinstance(value, str) or value not in loaded.sentence.split()
    assert bool(loaded.doubt) == (table == "mesh")
    (name,) = (n for n, place in module.PLACES.items() if place[:2] == (table, key))
    assert loaded.settings == replace(CHOSEN, **{name: getattr(Settings(), name)})


def test_a_table_that_is_none_is_said_and_mended(file) -> None:
    file.write_text("mesh = 3\n")
    assert "mailbox" in load(file).sentence
    save(file, CHOSEN)
    assert load(file).settings == CHOSEN


def test_a_failed_write_leaves_the_old_file(file, monkeypatch) -> None:
    save(file, CHOSEN)
    before = file.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        save(file, Settings())
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize(
    "values",
    [
        {"text_percent": 99},
        {"text_percent": 201},
        {"lock_after_minutes": 0},
        {"amber_hour": 17},
        {"late_hour": 16},
        {"answer_days": 21},
    ],
)
def test_values_out_of_range_cannot_be_made(values) -> None:
    with pytest.raises(ValueError, match=r"from .* to |has .* to "):
        Settings(**values)


STATED = '[mesh]\nenvironment = "live"\nmailbox = "X26OT001"\n'


@pytest.mark.parametrize(
    "text",
    [
        "mesh = 3\n",
        '[mesh]\nenvironment = "lvie"\nmailbox = "X26OT001"\n',
        '[mesh]\nenvironment = "live"\nmailbox = ["X26OT001"]\n',
        '[mesh]\nenvironment = "live"\nmail_box = "X26OT001"\n',
        f'{STATED}maibox = "X26OT002"\n',
        f'mailbox = "X26OT002"\n{STATED}',
        '[msh]\nenvironment = "live"\nmailbox = "X26OT001"\n',
        'later = 1\n[mesh]\nmailbox = "X26OT001"\n',
        f'{STATED}[Mesh]\nmailbox = "X26OT002"\n',
    ],
)
def test_nothing_is_sent_while_mailbox_or_environment_are_in_doubt(file, text: str) -> None:
    file.write_text(text)
    loaded = load(file)
    assert "Nothing is sent" in loaded.sentence
    choices = Choices(loaded.settings, file, doubt=loaded.doubt)
    assert "settings.toml" in choices.doubt
    choices.change(theme=Theme.DARK)
    assert choices.doubt, "only saving the connection ends it"
    choices.change(mesh_environment=MeshEnvironment.LIVE, mailbox="X26OT009")
    assert choices.doubt == ""
    assert load(file).doubt == ""
    assert load(file).settings.mailbox == "X26OT009"
    assert text in {kept.read_text() for kept in file.parent.glob("settings.broken*")}, "the old file is kept"


@pytest.mark.parametrize(
    "text", [STATED, f'{STATED}[labels]\nprinter = "Zebra"\n', f"{STATED}[appearance]\ntheme = 7\n"]
)
def test_a_fault_elsewhere_does_not_stop_sending(file, text: str) -> None:
    file.write_text(text)
    assert load(file).doubt == ""
