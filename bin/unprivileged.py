"""Where PostgreSQL can run and keep its data when we are root: it refuses root, and `nobody` may not pass everywhere.

Not as root, everything is as one expects: it runs as we do, from its package, in the folder asked for.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from bin.processes import ServerDidNotStart

SHELTER = Path("/var/tmp")  # any user may pass here, and it outlives a restart


def server_user() -> str | None:
    """The user PostgreSQL runs as when we are root, else None: it runs as we do."""
    return "nobody" if os.geteuid() == 0 else None


def as_user(user: str | None) -> dict[str, Any]:
    """Arguments that make subprocess run a command as `user`, from a folder everybody may be in."""
    if user is None:
        return {"cwd": "/"}
    return {"cwd": "/", "user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def reachable_home(folder: Path) -> Path:
    """`folder` (made when missing), or a sheltered one in its place when the server's user may not pass to it."""
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    user = server_user()
    if user is None:
        return folder
    folder.chmod(0o711)
    if subprocess.run(["test", "-x", str(folder)], check=False, **as_user(user)).returncode == 0:
        return folder
    home = sheltered_home(folder)
    with suppress(FileExistsError):
        home.mkdir(mode=0o711)
    _must_be_ours(home)
    home.chmod(0o711)
    return home


def sheltered_home(folder: Path) -> Path:
    """The folder that stands in for `folder`; it need not exist."""
    return SHELTER / f"mandate-data-{hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:12]}"


def reachable_programs(package: Path) -> Path:
    """The folder with `postgres` and `initdb`: the package's, or a copy where the server's user cannot reach it."""
    programs = max(package.glob("pginstall*/bin"))
    user = server_user()
    if user is None or _runs(programs / "initdb", user):
        return programs
    print_of_both = hashlib.sha256((programs / "postgres").read_bytes() + (programs / "initdb").read_bytes())
    copy = SHELTER / f"mandate-postgres-{print_of_both.hexdigest()[:12]}"
    if not copy.exists():
        _copy_programs(package, programs, copy)
    _must_be_ours(copy)
    return copy / package.name / programs.parent.name / "bin"


def _copy_programs(package: Path, programs: Path, copy: Path) -> None:
    """Copy beside, then rename: two who start at once both end with a whole copy."""
    half = Path(tempfile.mkdtemp(prefix="mandate-postgres-", dir=copy.parent))
    libraries = package.with_name(f"{package.name}.libs")
    shutil.copytree(programs.parent, half / package.name / programs.parent.name, symlinks=True)
    if libraries.exists():
        shutil.copytree(libraries, half / libraries.name)
    subprocess.run(["chmod", "-R", "u=rwX,go=rX", str(half)], check=True)
    with suppress(OSError):
        half.rename(copy)
    shutil.rmtree(half, ignore_errors=True)


def _must_be_ours(place: Path) -> None:
    status = place.lstat()
    if place.is_symlink() or status.st_uid != os.geteuid() or status.st_mode & 0o022:
        raise ServerDidNotStart(f"{place} exists and belongs to somebody else; remove it first")


def _runs(program: Path, user: str) -> bool:
    command = [str(program), "--version"]
    try:
        return subprocess.run(command, check=False, capture_output=True, **as_user(user)).returncode == 0
    except OSError:
        return False
