"""One PostgreSQL server on a Unix socket."""

import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2 import sql

from config.embedded.home import ROLE, Home
from config.embedded.owner import Owner
from config.embedded.processes import die_with_parent
from config.embedded.programs import POSTGRES_MAJOR, installation, postgres_programs

STOP_SIGNALS = (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)  # fast, immediate, hard
INITDB = (
    f"--username={ROLE} --auth=trust --encoding=UTF8 --locale=C --no-instructions "
    "--locale-provider=builtin --builtin-locale=C.UTF-8"
).split()
# Only the socket, in a folder of mode 0700, leads in: no port, no password.
SETTINGS = ("listen_addresses=", "timezone=UTC", "log_timezone=UTC", "max_wal_size=1GB")


class OtherMajor(Exception):
    """The data were written by another major version of PostgreSQL."""

    def __init__(self, data: Path, found: str) -> None:
        super().__init__(
            f"{data} was written by PostgreSQL {found}; this is {POSTGRES_MAJOR}. "
            "`make dump` saves the data to dump.sql; then move that folder away, and "
            "`make restore` reads them in."
        )


def major_of(data: Path) -> str | None:
    """The major version that wrote *data*, or None if there are no data yet."""
    version = data / "PG_VERSION"
    return version.read_text().strip() if version.exists() else None


def prepare(home: Home, owner: Owner) -> None:
    """Create the data folder if there is none.

    Raises: OtherMajor: there is one that this PostgreSQL cannot read.
    """
    found = major_of(home.data)
    if found is None:
        _initialise(home, owner)
    elif found != str(POSTGRES_MAJOR):
        raise OtherMajor(home.data, found)


def _initialise(home: Home, owner: Owner) -> None:
    owner.take(home.data)
    program = postgres_programs(owner, home.run, installation()) / "initdb"
    subprocess.run(
        [program, "-D", _data_argument(home, owner), *INITDB],
        check=True,
        **_surroundings(home, owner),
    )


def start(
    home: Home, owner: Owner, root: Path | None = None
) -> subprocess.Popen[bytes]:
    """Start the server, of the installation *root*; it dies with this process."""
    chosen = [*SETTINGS, *home.marker.read_text().split()]
    program = postgres_programs(owner, home.run, root or installation()) / "postgres"
    return subprocess.Popen(
        [os.fspath(program), "-D", _data_argument(home, owner), "-k", str(home.run)]
        + [part for setting in chosen for part in ("-c", setting)],
        preexec_fn=die_with_parent(signal.SIGINT),
        **_surroundings(home, owner),
    )


def answers(home: Home) -> bool:
    """Does the server accept connections?"""
    try:
        psycopg2.connect(home.database_url("postgres")).close()
    except psycopg2.OperationalError:
        return False
    return True


def create_database(home: Home) -> None:
    """Create the product's database unless it is there."""
    with closing(psycopg2.connect(home.database_url("postgres"))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [ROLE])
            if cursor.fetchone() is None:
                cursor.execute(
                    sql.SQL("CREATE DATABASE {}").format(sql.Identifier(ROLE))
                )


def _data_argument(home: Home, owner: Owner) -> str:
    """How the server is told its data folder.

    The user we drop to may be unable to walk to the data folder, though it owns it (a
    project below /root). We enter it as root, drop, and name it by the link to the
    current folder, which the kernel follows without walking. PostgreSQL's processes
    never leave that folder.
    """
    if owner.drops and sys.platform.startswith("linux"):
        return "/proc/self/cwd"
    return os.fspath(home.data)


def _surroundings(home: Home, owner: Owner) -> dict[str, Any]:
    return {
        "cwd": home.data,
        "env": {"PATH": os.defpath, "LC_ALL": "C"},
        "stdin": subprocess.DEVNULL,
        **owner.popen(),
    }
