"""Let only the owner, the system and administrators enter a folder."""

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


def is_administrators(file: Path) -> bool:
    """Whether this account can change a file or its folder only as an administrator. Raises OSError."""
    if sys.platform == "win32":
        return _is_administrators(file)
    return all(
        found.st_uid == 0 and not stat.S_IMODE(found.st_mode) & 0o022
        for found in (file.stat(), file.parent.stat())
    )


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

    # rights by which a file or folder can be changed, deleted, or taken over
    _CHANGES_FILE = (0x2, 0x4, 0x10000, 0x40000, 0x80000)
    _CHANGES_FOLDER = (0x2, 0x40, 0x10000, 0x40000, 0x80000)
    _SHARED, _EXISTING, _FOLDERS_TOO = 0x7, 3, 0x02000000
    _NO_HANDLE = ctypes.c_void_p(-1).value

    def _is_administrators(file: Path) -> bool:
        """Ask Windows itself, which knows groups, inheritance and refusals: it opens nothing that is not allowed."""
        if ctypes.windll.shell32.IsUserAnAdmin():
            return True
        return not (
            any(_opens(file, right) for right in _CHANGES_FILE)
            or any(_opens(file.parent, right) for right in _CHANGES_FOLDER)
        )

    def _opens(path: Path, right: int) -> bool:
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.CreateFileW.restype = wintypes.HANDLE
        kernel.CloseHandle.argtypes = (wintypes.HANDLE,)
        handle = kernel.CreateFileW(str(path), right, _SHARED, None, _EXISTING, _FOLDERS_TOO, None)
        if handle in (None, _NO_HANDLE):
            return False
        kernel.CloseHandle(handle)
        return True
