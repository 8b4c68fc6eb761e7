"""Who may enter a folder: its owner, the system and administrators."""

import os
import stat
import sys
from pathlib import Path

_OWNER_ONLY = "D:PAI(A;OICI;FA;;;OW)(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)"
"""Windows' words for it: nothing is inherited; owner, system and administrators have all rights, others none."""


def is_anothers(folder: Path) -> bool:
    """Whether a folder belongs to another account, where the system says so."""
    if sys.platform == "win32":
        return False  # another account's folder cannot be written, which shows by itself
    return folder.stat().st_uid != os.geteuid()


def keep_to_owner(folder: Path) -> None:
    """Take away the rights that others have in a folder. Raises OSError."""
    if sys.platform == "win32":
        _set_rules(folder)
    elif stat.S_IMODE(folder.stat().st_mode) & 0o077:
        folder.chmod(0o700)


if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _RULES, _NOT_INHERITED = 0x4, 0x80000000  # DACL_SECURITY_INFORMATION, PROTECTED_DACL_SECURITY_INFORMATION

    def _set_rules(folder: Path) -> None:
        made = wintypes.LPVOID()
        security = ctypes.WinDLL("advapi32", use_last_error=True)
        if not security.ConvertStringSecurityDescriptorToSecurityDescriptorW(
            _OWNER_ONLY, 1, ctypes.byref(made), None
        ):
            raise ctypes.WinError(ctypes.get_last_error())
        try:
            if not security.SetFileSecurityW(str(folder), _RULES | _NOT_INHERITED, made):
                raise ctypes.WinError(ctypes.get_last_error())
        finally:
            ctypes.windll.kernel32.LocalFree(made)
