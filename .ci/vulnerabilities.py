"""Asks PyPI whether a package of a payload has a known vulnerability: ``python .ci/vulnerabilities.py``.

It needs a network and the extra ``audit``, which brings pip-audit. The packages are those of ``installer/lock``, each at
the version that is shipped. Exit status: 0 none is known, 1 some are, 2 nobody could be asked.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LOCKS = sorted((ROOT / "installer" / "lock").glob("*.txt"))
AUDIT = (sys.executable, "-m", "pip_audit")
NOT_INSTALLED = "pip-audit is not installed: python -m pip install -e '.[audit]'"
NONE, SOME, NOT_ASKED = 0, 1, 2


def main() -> int:
    """Ask about each lock; return the exit status."""
    status = NONE
    for lock in LOCKS:
        found = asked_about(lock)
        if isinstance(found, str):
            print(f"{lock.name}: nothing is known, because nobody could be asked. {found}", file=sys.stderr)
            return NOT_ASKED
        known = [one for one in found if one.get("vulns")]
        left_out = [one["name"] for one in found if "skip_reason" in one]
        print(
            f"{lock.name}: {len(found) - len(left_out)} packages asked about, {len(known)} with a known vulnerability."
        )
        for one in known:
            for fault in one["vulns"]:
                mended = ", ".join(fault.get("fix_versions", ())) or "no version yet"
                print(f"  {one['name']} {one['version']}: {fault['id']}, mended in {mended}")
        if left_out:
            print(f"  not asked about: {', '.join(left_out)}")
        status = max(status, SOME if known else NONE)
    return status


def asked_about(lock: Path) -> list[dict[str, Any]] | str:
    """Return what pip-audit says of each package of a lock, or why it could not ask."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "found.json"
        done = subprocess.run(  # noqa: S603 - own words only
            [*AUDIT, "--requirement", str(lock), "--disable-pip", "--require-hashes", "--progress-spinner", "off",
             "--format", "json", "--output", str(out)],
            capture_output=True, text=True, check=False, timeout=900,
        )  # fmt: skip
        try:
            found: list[dict[str, Any]] = json.loads(out.read_text(encoding="utf-8"))["dependencies"]
        except (OSError, ValueError, KeyError):
            if "No module named pip_audit" in done.stderr:
                return NOT_INSTALLED
            last = done.stderr.strip().splitlines()
            return f"Is there a network? pip-audit said: {last[-1] if last else 'nothing'}"
        return found


if __name__ == "__main__":
    sys.exit(main())
