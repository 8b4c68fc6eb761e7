"""What administrators may mistype: asked as Settings asks it, and nothing is sent while it concerns the mailbox."""

import tomllib
from pathlib import Path

import pytest

from digmed_desktop.settings import settings_file, shapes
from digmed_desktop.settings.policy import Policy, read
from digmed_desktop.settings.sending_keys import SENDING, looks_like_mesh
from digmed_desktop.settings.settings import PLACES, Settings


def written(folder: Path, text: str) -> Policy:
    file = folder / "policy.toml"
    file.write_text(text, encoding="utf-8")
    return read(file, lambda _file: True)


MAILBOXES = (
    "X26 OT 001",
    "x26ot001",
    "../X26OT001",
    "X26OT001\\nY",
    "\uff3826OT001",
    "X26OT001\\u200b",
    "X26OT001\\u0000",
    "\u041526OT001",
    "X" * 5000,
    "X2",
    "X26-OT001",
    "mailbox@nhs.net",
)
URLS = (
    "https://elsewhere.example",
    "https://localhost.elsewhere.example",
    "http://me@localhost:8700",
    "localhost:8700",
    "https:/localhost",
    "https://localhost/messages",
    "",
)


def test_a_mailbox_or_address_of_another_shape_is_named_and_nothing_is_sent(tmp_path: Path) -> None:
    for key, values in (("mailbox", MAILBOXES), ("url", URLS)):
        for value in values:
            made = written(tmp_path, f'[mesh]\nenvironment = "this-computer"\n{key} = "{value}"\n')
            assert [(one.line, one.key) for one in made.faults] == [(3, f"mesh.{key}")], value
            assert made.doubt, value
            assert set(made.values) == {"mesh_environment"}, value


def test_an_address_beside_a_mesh_that_has_its_own_is_in_doubt(tmp_path: Path) -> None:
    for environment in ("live", "integration", "none"):
        made = written(
            tmp_path,
            f'[mesh]\nenvironment = "{environment}"\nurl = "https://localhost:8700"\nmailbox = "X26OT001"\n',
        )
        assert [one.key for one in made.faults] == ["mesh.url"]
        assert made.faults[0].line == 3
        assert made.doubt
        assert not made.locks("mesh_url")
    assert not written(tmp_path, '[mesh]\nurl = "https://localhost:8700"\n').faults


@pytest.mark.parametrize("home", ["policy.toml", "settings.toml"])
def test_a_key_of_the_connection_anywhere_else_leaves_the_mailbox_in_doubt(tmp_path: Path, home: str) -> None:
    stated = '[mesh]\nenvironment = "live"\nmailbox = "X26OT001"\n'
    for text in (
        '[counter]\nmailbox = "X26OT009"\n',
        '[counter]\nmailbx = "X26OT009"\n',
        '[counter]\nMAILBOX_ID = "X26OT009"\n',
        '[appearance]\nenviroment = "integration"\n',
        '[practices]\nurl = "https://localhost"\n',
        '[counter.mesh]\nmailbox = "X26OT009"\n',
        '[deadlines]\n"mesh.mailbox" = "X26OT009"\n',
        '[scanner]\nx = [{ y = { environment = "live" } }]\n',
        '[practices]\nmeshurl = "https://localhost"\n',
    ):
        if home == "policy.toml":
            made = written(tmp_path, stated + text)
            assert made.doubt, text
            assert len(made.faults) == 1, text
            continue
        file = tmp_path / home
        file.write_text(stated + text, encoding="utf-8")
        loaded = settings_file.load(file)
        assert loaded.doubt, text
        settings_file.save(file, loaded.settings)  # the connection was checked and saved
        assert settings_file.load(file).doubt == "", text
        assert tomllib.loads(file.read_text(encoding="utf-8"))["mesh"]["mailbox"] == "X26OT001"


def test_a_folder_of_the_mesh_client_is_named_whole_and_beside_its_environment(tmp_path: Path) -> None:
    for environment, folder, wrong in (
        ("mesh-client", "mesh", True),
        ("mesh-client", "%MESH%\\\\X26OT001", True),
        ("live", "/srv/mesh/X26OT001", True),
        ("mesh-client", "/srv/mesh/X26OT001", False),
    ):
        text = f'[mesh]\nenvironment = "{environment}"\nmailbox = "X26OT001"\nfolder = "{folder}"\n'
        made = written(tmp_path, text)
        assert bool(made.doubt) is wrong is not made.locks("mesh_folder"), text
        assert [(one.line, one.key) for one in made.faults] == [(4, "mesh.folder")] * wrong


def test_a_misplaced_key_is_told_with_its_table(tmp_path: Path) -> None:
    made = written(tmp_path, '[counter]\nmailbox = "X26OT001"\n[mesh]\nprivacy = true\n')
    assert "in the table [mesh]" in made.faults[0].sentence
    assert "in the table [counter]" in made.faults[1].sentence


def test_no_setting_of_another_kind_looks_like_one_of_the_connection() -> None:
    for table, key, _words in PLACES.values():
        if table not in SENDING and key != "folder":  # of the backup, and of the MESH client
            assert not looks_like_mesh(key), key
            assert not looks_like_mesh(table), table


def test_every_other_text_has_its_shape(tmp_path: Path) -> None:
    wrong = {
        "practices.directory": (
            "http://d.example/",
            "file:///etc/passwd",
            "htps://d.example",
            "d.example",
            "https://",
        ),
        "version.current": (
            "http://d.example/v",
            "file:///srv/v",
            "v.txt",
            "%TEMP%\\\\v.txt",
            "~/v.txt",
            "  ",
        ),
        "backup.folder": (
            "backups",
            "%USERPROFILE%\\\\b",
            "C:b",
            "\\\\b",
            "$HOME/b",
            "/srv/$USER",
            "~/b",
            "/srv/\\u202eb",
        ),
        "scanner.prefix": ("a", "7", "-", "Ab1", "\\u0000", "\\u200b", "ä", "]" * 30),
        "scanner.separator": ("A", "1", "-", "GS", "\\u0000", "\\u200b"),
    }
    right = {
        "practices.directory": ("", "https://directory.example/STU3", "http://127.0.0.1:8080"),
        "version.current": (
            "https://it.example/v",
            "\\\\\\\\nas\\\\share$\\\\v.txt",
            "C:\\\\v.txt",
            "/srv/v",
        ),
        "backup.folder": ("\\\\\\\\nas\\\\backup$", "D:\\\\b", "/srv/b", "D:\\\\100% safe"),
        "scanner.prefix": ("", "]d2", "~", "*A*"),
        "scanner.separator": ("", "|", "~", "{GS}", "^"),
    }
    for place, values in wrong.items():
        table, key = place.split(".")
        for value in values:
            made = written(tmp_path, f'[{table}]\n{key} = "{value}"\n')
            assert [one.key for one in made.faults] == [place], (place, value)
            assert (made.doubt, made.values, made.names) == ("", {}, ()), (place, value)
    for place, values in right.items():
        table, key = place.split(".")
        for value in values:
            assert written(tmp_path, f'[{table}]\n{key} = "{value}"\n').faults == (), (place, value)


def test_the_sentences_of_the_scanner_page_are_the_same_rules() -> None:
    assert shapes.prefix_fault("a") == shapes.PREFIX
    assert shapes.separator_fault("A") == shapes.SEPARATOR
    assert shapes.prefix_fault(Settings().scanner_prefix) == shapes.separator_fault("") == ""


def test_a_dose_of_an_own_product_that_is_no_number_is_a_fault(tmp_path: Path) -> None:
    for dose in ("half", "0,5", "-1", "0", "1e3"):
        text = f'[[messages.own_products]]\nid = "own-1"\nprogramme = "rabies"\ndisplay = "A vaccine"\ndose = "{dose}"\n'
        assert written(tmp_path, text).faults, dose
        (tmp_path / "settings.toml").write_text(text, encoding="utf-8")
        loaded = settings_file.load(tmp_path / "settings.toml")
        assert (loaded.settings.own_products, "own products" in loaded.sentence) == ((), True), dose
