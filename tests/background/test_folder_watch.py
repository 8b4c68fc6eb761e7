"""A change in a watched folder is heard of; other folders and a folder that is not there do no harm."""

from pathlib import Path

from pytestqt.qtbot import QtBot

from digmed_desktop.background.folder_watch import FolderWatch


def test_a_new_file_is_heard_of_and_one_elsewhere_is_not(qtbot: QtBot, tmp_path: Path) -> None:
    inbox, other = tmp_path / "IN", tmp_path / "TEMP"
    inbox.mkdir()
    other.mkdir()
    heard: list[int] = []
    watch = FolderWatch()
    watch.changed.connect(lambda: heard.append(1))
    watch.watch([str(inbox), str(tmp_path / "nowhere")])
    qtbot.wait(300)
    (other / "a.ctl").write_bytes(b"x")
    qtbot.wait(400)
    assert heard == []
    for number in range(100):  # it may begin to watch later than this thread goes on
        (inbox / f"{number}.ctl").write_bytes(b"x")
        with qtbot.waitSignal(watch.changed, timeout=1_000, raising=False):
            pass
        if heard:
            break
    assert heard
    watch.close(10.0)
