"""Settings files, mutated: they never stop the program, and are saved again afterwards."""

from pathlib import Path

from digmed_desktop.settings import settings_file
from digmed_desktop.settings.own_product import OwnProduct
from digmed_desktop.settings.settings import Settings
from tests.long import mutations
from tests.long.registry import LongCheck, Outcome, Size


def run(size: Size, folder: Path) -> Outcome:
    """Load mutated files and save over each."""
    file = folder / "settings.toml"
    product = OwnProduct("own-1", "influenza", "A vaccine", dose="0.5")
    settings_file.save(file, Settings(mailbox="X26OT001", text_percent=120, own_products=(product,)))
    lines = file.read_bytes().splitlines()

    def read(body: bytes) -> None:
        file.write_bytes(body)
        loaded = settings_file.load(file)
        settings_file.save(file, loaded.settings)
        assert settings_file.load(file).settings == loaded.settings
        for kept in folder.glob("settings.broken*"):
            kept.unlink()

    reader = mutations.Reader(
        read, (), lambda chance: mutations.changed_lines(lines, chance, chance.choice((b"=", b" ", b'"')))
    )
    return mutations.run(reader, size)


CHECK = LongCheck("a mutated settings file never stops the program and can be saved over", Size(10_000), run)
