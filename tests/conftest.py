"""What all tests share. It knows nothing of Qt: the core is tested without it too."""

import gc
import ipaddress
import os
import sys
import time
from functools import cache
from pathlib import Path

import hypothesis
import pytest
from argon2 import PasswordHasher
from keyring.backend import KeyringBackend
from keyring.compat import properties
from keyring.errors import PasswordDeleteError

from digmed_desktop.credentials import pins
from digmed_desktop.history import cipher
from tests import golden_files

if not os.environ.get("DIGMED_ONSCREEN"):
    os.environ["QT_QPA_PLATFORM"] = "offscreen"

_BEGAN = pytest.StashKey[float]()

hypothesis.settings.register_profile(
    "no deadlines", deadline=None
)  # machines are busy; what matters is the answer
hypothesis.settings.load_profile("no deadlines")


def _refuse_the_world(event: str, args: tuple[object, ...]) -> None:
    """Stop any connection that would leave this computer."""
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg"} and isinstance(args[1], tuple):
        host = args[1][0]
    elif event == "socket.getaddrinfo":
        host = args[0]
    else:
        return
    if isinstance(host, bytes):
        host = host.decode()
    if host in (None, "", "localhost"):
        return
    try:
        inside = ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        inside = False
    if not inside:
        raise OSError("a test tried to leave this computer")


sys.addaudithook(_refuse_the_world)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Refuse cases from a set: two workers would number them in two orders, and the whole run would end."""
    for mark in metafunc.definition.iter_markers("parametrize"):
        if isinstance(mark.args[1], set | frozenset):
            raise pytest.UsageError(
                f"{metafunc.definition.nodeid}: the cases are a set, which has no order. Sort them."
            )


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="a test that is skipped fails the run")
    parser.addoption(
        "--new-golden", action="store_true", help="write golden files anew; read them before they are kept"
    )
    parser.addoption("--within", type=float, default=0.0, help="seconds after which no other test is begun")


@cache
def _quick_hasher() -> PasswordHasher:
    """The real one takes 0.2 s and 64 MiB on purpose, hundreds of times: ``tests/credentials/test_pins.py`` proves it."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_BEGAN] = time.monotonic()
    golden_files.write_anew = config.option.new_golden
    pins._hasher = _quick_hasher
    # locking and wiping each piece of memory makes a new store cost five times as much, thousands of times:
    # ``tests/history/test_memory.py`` proves that the program asks for it
    cipher._OF_MEMORY = ()


def pytest_collection_finish() -> None:
    """Let Python's collector go through all that lives more rarely: a million objects are imported and collected."""
    gc.set_threshold(10_000, 20, 50)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Begin no other test once the time that was given is over."""
    within = item.config.option.within
    if within and time.monotonic() - item.config.stash[_BEGAN] > within:
        pytest.skip("the time of this run is over; .ci/run runs all tests")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say which tests did not run, where all have to."""
    if config.option.no_skips:
        for report in terminalreporter.stats.get("skipped", ()):
            terminalreporter.write_line(f"NOT RUN: {report.nodeid}", red=True)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run in which a test was skipped, where all have to run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if session.config.option.no_skips and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Everything the program keeps lies here, for this test only."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("DIGMED_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of published examples, codes and validators that DIGMED_SHARED names."""
    named = os.environ.get("DIGMED_SHARED")
    if not named or not Path(named).is_dir():
        pytest.skip("set DIGMED_SHARED to the folder with the published examples and the validator")
    return Path(named)


@pytest.fixture
def patient_strings() -> tuple[str, ...]:
    """A fictional patient in pieces: none may be found in a log, a crash report or a file in clear."""
    return (
        "O'Fennimore",
        "Fennimore",
        "FENNIMORE",
        "Wilhelmina",
        "9991234553",
        "999 123 4553",
        "999-123-4553",
        "1947-03-29",
        "29/03/1947",
        "29 Mar 1947",
        "19470329",
        "27 Quillfeather Lane",
        "Quillfeather",
        "ZZ99 3WZ",
        "ZZ993WZ",
        "07700 900417",
    )


class MemoryVault:
    """Keeps secrets for the length of a test."""

    kept_in = "the memory of a test"

    def __init__(self) -> None:
        self.items: dict[str, str] = {}

    def get(self, name: str) -> str | None:
        return self.items.get(name)

    def put(self, name: str, value: str) -> None:
        self.items[name] = value

    def remove(self, name: str) -> None:
        self.items.pop(name, None)


@pytest.fixture
def memory_vault() -> MemoryVault:
    return MemoryVault()


class MemoryKeyring(KeyringBackend):
    """A back-end of ``keyring`` for a test; its priority keeps it from being chosen by itself."""

    @properties.classproperty
    def priority(self) -> float:
        return -1

    def __init__(self) -> None:
        super().__init__()
        self.items: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.items.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.items[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.items.pop((service, username), None) is None:
            raise PasswordDeleteError("no such entry")


@pytest.fixture
def memory_keyring(monkeypatch: pytest.MonkeyPatch) -> MemoryKeyring:
    """The program's keyring is one in memory, and counts as safe."""
    import keyring

    from digmed_desktop.credentials import vault

    backend = MemoryKeyring()
    monkeypatch.setitem(vault.SAFE_BACKENDS, type(backend).__module__, "the memory of a test")
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    return backend
