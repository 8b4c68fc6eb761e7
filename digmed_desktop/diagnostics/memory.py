"""Keeps the program's memory, in which patients and keys are in clear, out of what a system writes when it fails."""

import contextlib
import sys
from pathlib import Path

_FILTER = Path("/proc/self/coredump_filter")
_NO_DIALOG = 0x0001 | 0x0002 | 0x8000  # SetErrorMode: no box for critical errors, faults and missing files
_NO_HEAP = 0x0001  # WerSetFlags: an error report holds no heap


def keep_out_of_dumps() -> None:
    """Have no core dump and no error report written with this program's memory, nor with its children's.

    On Linux the limit alone is not enough: a handler such as systemd-coredump is handed the memory whatever the limit
    says, so that the parts to be dumped are emptied too. Where a system refuses, the program runs all the same.
    """
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.windll.kernel32
        kernel.SetErrorMode(kernel.GetErrorMode() | _NO_DIALOG)
        with contextlib.suppress(AttributeError, OSError):
            kernel.WerSetFlags(_NO_HEAP)
        return
    import resource

    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError):
        _FILTER.write_text("0", encoding="ascii")
