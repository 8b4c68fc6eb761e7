"""On the path of a child process, makes Qt's bindings impossible to import."""

import importlib.abc
import sys


class NoQt(importlib.abc.MetaPathFinder):
    """Refuses Qt."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname.partition(".")[0] in {"PySide6", "shiboken6"}:
            raise ImportError(f"{fullname} is not to be had in this process", name=fullname)


sys.meta_path.insert(0, NoQt())
