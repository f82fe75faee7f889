"""Carry the data from one major version of PostgreSQL to another, as SQL."""

import os
import subprocess
from pathlib import Path

from config.embedded import postgres
from config.embedded.client import lease
from config.embedded.home import ROLE, Home
from config.embedded.owner import owner_of
from config.embedded.programs import installation
from config.embedded.supervisor import (
    CannotStart,
    Server,
    await_answer,
    clean_up,
    locked,
    stop_all,
)


def dump(home: Home, file: Path) -> None:
    """Write the product's database to *file*, with the programs that wrote the data.

    Raises: CannotStart: there are no data, or they are in use. NoSuchMajor.
    """
    major = int(postgres.major_of(home.data) or 0)
    if not major:
        raise CannotStart(f"There are no data in {home.data}")
    root = installation(major)
    with locked(home) as mine:
        if not mine:
            raise CannotStart("The servers are running: end what uses them, then retry")
        clean_up(home)
        owner = owner_of(home.data)
        owner.take(home.run)
        server = Server(postgres, postgres.start(home, owner, root))
        try:
            await_answer(server, home)
            _run(root / "bin" / "pg_dump", home, "--no-owner", f"--file={file}")
        finally:
            stop_all([server])


def restore(home: Home, file: Path) -> None:
    """Read *file* into a database that has no tables yet, all of it or nothing."""
    claim = lease(home)
    try:
        options = ["--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
        psql = installation() / "bin" / "psql"
        _run(
            psql, home, *options, "--no-psqlrc", "--output=/dev/null", f"--file={file}"
        )
    finally:
        claim.release(wait=True)


def _run(program: Path, home: Home, *options: str) -> None:
    subprocess.run(
        [program, "--host", home.run, "--username", ROLE, "--dbname", ROLE, *options],
        check=True,
        env={"PATH": os.defpath},
    )
