"""Leases: one file for each process that uses the servers, named for the process."""

import contextlib

from config.embedded.home import Home
from config.embedded.processes import Process


def live_leases(home: Home) -> list[Process]:
    """The processes that use the servers; leases of dead ones are removed."""
    found = []
    for file in home.leases.iterdir():
        with contextlib.suppress(ValueError):
            process = Process.parse(file.name)
            if process.is_alive:
                found.append(process)
            else:
                file.unlink(missing_ok=True)
    return found
