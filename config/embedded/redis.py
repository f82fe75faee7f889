"""One Redis server on a Unix socket. It keeps nothing: PostgreSQL holds the truth."""

import os
import signal
import socket
import subprocess
from contextlib import closing

from config.embedded.home import REDIS_DATABASES, Home
from config.embedded.owner import Owner
from config.embedded.processes import die_with_parent
from config.embedded.programs import redis_program

STOP_SIGNALS = (signal.SIGTERM, signal.SIGKILL)


def start(home: Home, owner: Owner) -> subprocess.Popen[bytes]:
    """Start the server; it dies with this process."""
    options = {
        "--port": "0",
        "--unixsocket": os.fspath(home.redis_socket),
        "--unixsocketperm": "700",
        "--save": "",
        "--appendonly": "no",
        "--databases": str(REDIS_DATABASES),
    }
    return subprocess.Popen(
        [redis_program(owner, home.run)]
        + [part for option in options.items() for part in option],
        cwd=home.run,
        env={"PATH": os.defpath, "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        preexec_fn=die_with_parent(signal.SIGTERM),
        **owner.popen(),
    )


def answers(home: Home) -> bool:
    """Does the server answer PING?"""
    with closing(socket.socket(socket.AF_UNIX)) as connection:
        connection.settimeout(1)
        try:
            connection.connect(os.fspath(home.redis_socket))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False
