"""The .deb in a clean Debian root: installed, used, removed."""

import shlex
import shutil
import subprocess
from pathlib import Path

from installer.checking.table import Table
from installer.checking.windows_faults import TYPO, TYPO_NAMED
from installer.checking.wine import PATIENCE, Result, expect
from installer.making import places
from installer.making.run import megabytes, need, run

SUITE = "bookworm"
LONG = 250  # characters of a path


def make_root(root: Path) -> None:
    """Lay a minimal Debian 12, with this computer's sources of packages."""
    run([need("debootstrap", "debootstrap"), "--variant=minbase", SUITE, root])
    for name in ("sources.list", "sources.list.d", "apt.conf.d"):
        source = Path("/etc/apt", name)
        if source.is_dir():
            shutil.copytree(source, root / "etc/apt" / name, dirs_exist_ok=True)
        elif source.exists():
            shutil.copyfile(source, root / "etc/apt" / name)
    shutil.copyfile("/etc/resolv.conf", root / "etc/resolv.conf")
    if (hosts := Path("/etc/hosts")).exists():
        shutil.copyfile(hosts, root / "etc/hosts")
    certificates = root / "etc/ssl/certs"
    certificates.mkdir(parents=True, exist_ok=True)
    shutil.copyfile("/etc/ssl/certs/ca-certificates.crt", certificates / "ca-certificates.crt")
    inside(root, "apt-get", "update", "-q")


def inside(root: Path, *words: str, seconds: float = PATIENCE) -> Result:
    """Run a command in the root."""
    done = subprocess.run(
        [need("chroot", "coreutils"), str(root), "/usr/bin/env", "-i", "HOME=/root", "LANG=C.UTF-8",
         "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND=noninteractive", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=seconds,
        check=False,
    )  # fmt: skip
    return Result(done.returncode, done.stdout)


def _try_upgrade(package: Path, root: Path, table: Table) -> None:
    """Try the same files as a newer version, then this one again."""
    newer = root / "root" / "newer.deb"

    def made() -> str:
        tree = root / "root" / "newer"
        run(["dpkg-deb", "-R", package, tree])
        control = tree / "DEBIAN" / "control"
        text = control.read_text(encoding="utf-8")
        control.write_text(text.replace(f"Version: {places.version()}", "Version: 99.0.0"), encoding="utf-8")
        run(["dpkg-deb", "-Znone", "-b", tree, newer])
        shutil.rmtree(tree)
        return ""

    def installed() -> str:
        return inside(root, "dpkg-query", "-W", "-f=${Version}", "digmed-desktop").text

    install = ("apt-get", "install", "-y", "-q", "--no-install-recommends")
    table.line("the same files packed as a newer version", made)
    table.line(
        "upgrade",
        lambda: (
            expect(inside(root, *install, "/root/newer.deb"), 0)
            or ("" if installed() == "99.0.0" else installed())
            or expect(inside(root, "digmed-desktop", "doctor", "--installed"), 0, "files are unchanged")
        ),
    )
    table.line(
        "an older version is refused by apt: 100",
        lambda: (
            expect(inside(root, *install, f"/root/{package.name}"), 100, "downgraded")
            or ("" if installed() == "99.0.0" else installed())
        ),
    )
    newer.unlink(missing_ok=True)


def try_package(package: Path, root: Path, table: Table) -> None:
    """Try the package in the order in which an administrator would."""
    shutil.rmtree(root, ignore_errors=True)

    def laid() -> str:
        make_root(root)
        shutil.copyfile(package, root / "root" / package.name)
        return ""

    def shell(line: str) -> Result:
        return inside(root, "sh", "-c", line)

    program = "digmed-desktop"
    example = f"$(ls /opt/{program}/app/digmed_desktop/_resources/examples/*influenza*given*.json | head -1)"
    table.line("a clean Debian root", laid)
    install = f"apt-get install -y -q --no-install-recommends /root/{package.name}"
    if not table.line("apt install", lambda: expect(shell(install), 0)):
        return
    print(f"               installed: {megabytes(root / 'opt' / program)}")
    table.line("version", lambda: expect(shell(f"{program} --version"), 0, places.version()))
    table.line(
        "doctor --installed: every file as built",
        lambda: expect(shell(f"{program} doctor --installed"), 0, "files are unchanged"),
    )
    table.line("without a keyring doctor says so", lambda: expect(shell(f"{program} doctor"), 1, "Keyring"))
    table.line(
        "a message of a record",
        lambda: expect(
            shell(f"{program} build {example} --out /root/m.xml && {program} check /root/m.xml"), 0
        ),
    )
    table.line(
        "the tour's first part, offscreen",
        lambda: expect(shell(f"{program} --demo --tour /root/tour --first 3"), 0, "all as expected"),
    )
    policy = "/etc/digmed-desktop/policy.toml"
    typo = f"mkdir -p /etc/digmed-desktop && printf %s {shlex.quote(TYPO)} >{policy}"
    table.line(
        "a typo at the mailbox in IT's file is named",
        lambda: expect(
            shell(f"{typo}; {program} doctor --installed; s=$?; rm {policy}; exit $s"),
            1,
            *TYPO_NAMED,
        ),
    )
    right = f"printf '[counter]\\nlock_after_minutes = 5\\n' >{policy}"
    table.line(
        "IT's file that is right is listed; one that others can write is ignored",
        lambda: (
            expect(shell(f"{right}; {program} doctor --installed"), 0, "time to the lock")
            or expect(
                shell(f"chmod 666 {policy}; {program} doctor --installed; s=$?; rm {policy}; exit $s"),
                1,
                "ignores it",
            )
        ),
    )
    long = "/root/" + "Apotheke Łódź é/" * 12
    long += "x" * (LONG - 4 - len(long)) + ".xml"
    table.line(
        "a path of 250 characters with spaces and accents",
        lambda: expect(
            shell(f"mkdir -p \"$(dirname '{long}')\" && {program} build {example} --out '{long}'"), 0
        ),
    )
    table.line(
        "a guide as PDF",
        lambda: expect(shell(f"{program} paper staff /root/s.pdf && head -c4 /root/s.pdf"), 0, "%PDF"),
    )
    table.line(
        "a data folder that cannot be made",
        lambda: expect(
            shell(f"touch /root/inway; DIGMED_HOME=/root/inway {program} doctor"),
            1,
            "cannot be made or opened",
        ),
    )
    words = (
        f"{program} build {example} --out ~/m.xml",
        f"{program} doctor --installed",
        *(
            f"! {one}"
            for one in (f"touch {policy}", f"touch /opt/{program}/x", f"rm /opt/{program}/NOTICE.txt")
        ),
    )
    account = f"useradd -m counter; {right}; su counter -s /bin/sh -c '{' && '.join(words)}'"
    table.line(
        "an account without rights: it works, and changes neither the program nor IT's file",
        lambda: expect(
            shell(f"{account}; s=$?; rm {policy}; exit $s"), 0, "time to the lock", "Permission denied"
        ),
    )
    library = f"/opt/{program}/lib/python3.11/site-packages/PySide6/Qt/lib/libQt6Widgets.so.6"
    table.mutant(
        "a library is gone",
        lambda: expect(
            shell(
                f"mv {library} /root/aside; {program} doctor --installed; s=$?; mv /root/aside {library}; exit $s"
            ),
            0,
        ),
    )
    changed = f"/opt/{program}/app/digmed_desktop/cli.py"
    table.mutant(
        "a file was changed",
        lambda: expect(
            shell(
                f"cp -p {changed} /root/aside; echo >>{changed}; {program} doctor --installed; s=$?; "
                f"mv /root/aside {changed}; exit $s"
            ),
            0,
        ),
    )
    files = f"/opt/{program}/{places.MANIFEST}"
    table.mutant(
        "the list of files is gone",
        lambda: expect(
            shell(
                f"mv {files} /root/aside; {program} doctor --installed; s=$?; mv /root/aside {files}; exit $s"
            ),
            0,
        ),
    )
    _try_upgrade(package, root, table)
    kept = "/root/.local/share/DigMed Desktop"
    gone = f"test ! -e /opt/{program}/app && test -d '{kept}'"
    table.line(
        "apt remove: the program goes, what accounts keep stays",
        lambda: expect(shell(f"mkdir -p '{kept}' && apt-get remove -y -q {program} && {gone}"), 0),
    )
    shutil.rmtree(root, ignore_errors=True)
