"""A folder of data files, laid out as ``resources/`` is; a file that it has not is the program's own."""

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from digmed_desktop import resources, untrusted
from digmed_desktop.data_files.fault import DataFileError, Fault

if TYPE_CHECKING:
    from pydantic import BaseModel

MAX_BYTES = 5_000_000
ModelT = TypeVar("ModelT", bound="BaseModel")


class DataSource:
    """Reads TOML files and checks them. Each file is read once."""

    def __init__(self, folder: Path | None = None, *, only: str = "") -> None:
        """``folder`` is laid out as ``resources/``, or holds the files of one of its folders, ``only``.

        Without a folder the program's own files are read.
        """
        self._folder, self._only = folder, only
        self._over: Path | None = None
        self._raw: dict[str, dict[str, Any]] = {}
        self._read: dict[tuple[str, type[BaseModel]], BaseModel] = {}

    def names(self, folder: str) -> list[str]:
        """Return the names of the TOML files that this source itself has in ``folder``, sorted."""
        places = [self._own(folder), self._over / folder if self._over else None]
        found = (one for place in places if place is not None and place.is_dir() for one in place.iterdir())
        return sorted({f"{folder}/{one.name}" for one in found if one.name.endswith(".toml")})

    def all_names(self, folder: str) -> list[str]:
        """Return the names of the TOML files that can be read from ``folder``: this source's and the program's own."""
        return sorted({*self.names(folder), *OWN.names(folder)})

    def raw(self, name: str) -> dict[str, Any]:
        """Return a file as it stands; do not change what you get. Raises DataFileError."""
        if not self._has(name):
            return OWN.raw(name)
        if name not in self._raw:
            own = self._own(name) or resources.root() / name
            self._raw[name] = _parsed(
                name, self._over / name if self._over and self.is_brought(name) else own
            )
        return self._raw[name]

    def at(self, name: str, *keys: str) -> Any:
        """Return the value at a place of a file, or None where the file or the place is not there.

        For words that people read of records: a fault closes sending, never reading.
        """
        try:
            value: Any = self.raw(name)
        except DataFileError:
            return None
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return value

    def read(self, name: str, model: "type[ModelT]") -> "ModelT":
        """Return a file as its model, with all its faults in one DataFileError otherwise."""
        if not self._has(name):
            return OWN.read(name, model)
        key = (name, model)
        if key not in self._read:
            from digmed_desktop.data_files.validating import validated

            self._read[key] = validated(name, self.raw(name), model)
        found = self._read[key]
        assert isinstance(found, model)  # noqa: S101 - the key names the type
        return found

    def lay_over(self, folder: Path | None) -> None:
        """Read files of a folder laid out as ``resources/`` in place of those of the same name; None: no longer.

        Called before anything is read: what was made of a file stays as it was made.
        """
        self._over = folder
        self._raw.clear()
        self._read.clear()

    def is_brought(self, name: str) -> bool:
        """Whether a file is read from the folder that lies over this source."""
        return self._over is not None and (self._over / name).is_file()

    def every_name(self) -> list[str]:
        """Return the names of all files that this source itself has and that call themselves TOML, sorted."""
        root = self._folder or resources.root()
        before = f"{self._only}/" if self._only else ""
        found = (one for one in root.rglob("*") if is_called_toml(one))
        return sorted(before + one.relative_to(root).as_posix() for one in found)

    def _own(self, name: str) -> Path | None:
        """Return where this source itself would have a file or folder."""
        root = self._folder or resources.root()
        if not self._only:
            return root / name
        first, _, rest = name.partition("/")
        return root / rest if first == self._only else None

    def _has(self, name: str) -> bool:
        """Whether a file is read from here: the program's own source is where all others are sought."""
        if self._folder is None:
            return True
        own = self._own(name)
        return own is not None and own.exists()


OWN = DataSource()
"""The files that come with the program."""


def is_called_toml(path: Path) -> bool:
    """Whether a file calls itself TOML in any letter case; only names in small letters are read."""
    return path.suffix.lower() == ".toml"


def _parsed(name: str, path: Path) -> dict[str, Any]:
    """Return the content of a file. Raises DataFileError where it cannot be read or is not TOML."""

    def refuse(wrong: str, expected: str) -> DataFileError:
        return DataFileError((Fault(name, "", "", wrong, expected),))

    try:
        content = untrusted.read_bytes(path, MAX_BYTES)
        return tomllib.loads(content.decode("utf-8-sig"))  # some editors write a byte order mark
    except untrusted.NotAFileError:
        raise refuse("this is not a file", "a file that can be read") from None
    except untrusted.UnreadableError:
        raise refuse("the file is too large to be a data file", f"at most {MAX_BYTES:,} bytes") from None
    except FileNotFoundError:
        raise refuse("the file is missing", "the file that comes with the program") from None
    except OSError as error:
        raise refuse(f"the file cannot be opened ({error.strerror})", "a file that can be read") from None
    except UnicodeDecodeError as error:
        raise refuse(f"byte {error.start} is not UTF-8", "a text file in UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        raise refuse(f"the file is not TOML: {said[:1].lower()}{said[1:]}", "a file in TOML") from None
    except RecursionError:
        raise refuse("the file is nested too deeply", "a file in TOML") from None
