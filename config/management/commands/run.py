"""`manage.py run`: the whole product on this machine, for trying it."""

import errno
import socket
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from config import trial
from config.embedded.client import EmbeddedError, Lease, lease
from config.foreground import KeepsEnding, Program, Stop, run_together
from config.probe import is_healthy

EVERYWHERE = "0.0.0.0"  # noqa: S104


class Command(BaseCommand):
    help = "Try the product: prepare everything, then web, worker and beat together."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--cohort", default="", help="A CSV of the real cohort")

    def handle(self, *, host: str, port: int, cohort: str, **options: object) -> None:
        began = time.monotonic()
        if not settings.TRIAL:
            raise CommandError("DATABASE_URL is set: `run` is for a trial only")
        file = existing(cohort)
        stop = Stop()
        with listener(host, port) as address:
            claim = claimed()
            try:
                with stop.at_once():
                    users = self.prepare(file)
                greet = self.greeting(users, host, port, began)
                run_together(programs(address), stop, [claim.ensure, greet])
            except KeyboardInterrupt:
                pass
            except (KeepsEnding, EmbeddedError) as error:
                raise CommandError(str(error)) from error
            finally:
                claim.release(wait=True)
        self.stdout.write("Stopped.")

    def prepare(self, cohort: Path | None) -> str:
        """Take every step, each of which can be repeated. Returns: the demo users."""
        users = StringIO()
        for words, take in trial.steps(cohort, users):
            self.stdout.write(f"Preparing {words} ...")
            self.stdout.flush()
            take()
        connections.close_all()
        return users.getvalue().strip()

    def greeting(
        self, users: str, host: str, port: int, began: float
    ) -> Callable[[], None]:
        """What says the address and the demo users, once, when the web answers."""
        inside = "127.0.0.1" if host == EVERYWHERE else host
        greeted = False

        def greet() -> None:
            nonlocal greeted
            if not greeted and is_healthy(port, settings.ALLOWED_HOSTS, inside):
                greeted = True
                seconds = time.monotonic() - began
                self.stdout.write(
                    f"\n{users}\n\n"
                    f"Ready after {seconds:.0f} seconds: http://{host}:{port}/\n"
                    "Ctrl-C ends everything.\n"
                )
                self.stdout.flush()

        return greet


def existing(cohort: str) -> Path | None:
    """The cohort's file, if one was named. Raises: CommandError: it is not there."""
    if not cohort:
        return None
    file = Path(cohort).expanduser()
    if not file.is_file():
        raise CommandError(f"COHORT={cohort}: there is no such file")
    return file


def claimed() -> Lease:
    try:
        return lease(settings.HOME)
    except EmbeddedError as error:
        raise CommandError(str(error)) from error


def listener(host: str, port: int) -> socket.socket:
    """The address, taken before anything else is begun.

    Raises: CommandError: another program has it, or we may not take it.
    """
    address = socket.socket()
    address.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        address.bind((host, port))
    except OSError as error:
        address.close()
        if error.errno == errno.EADDRINUSE:
            other = "choose another, such as `make run PORT=8001`"
            raise CommandError(f"Port {port} is in use: {other}") from error
        raise CommandError(
            f"Cannot serve at {host}:{port}: {error.strerror}"
        ) from error
    return address


def programs(address: socket.socket) -> list[Program]:
    """Web, worker and beat."""
    python = [sys.executable, "-m"]
    number = address.fileno()
    serve = ["gunicorn", "config.wsgi", f"--bind=fd://{number}", "--workers=2"]
    celery = [*python, "celery", "-A", "config", "--quiet"]
    return [
        Program(
            "web",
            [*python, *serve, "--threads=4", "--preload", "--no-control-socket"],
            pass_fds=(number,),
        ),
        Program("worker", [*celery, "worker", "--concurrency=2", "--without-gossip"]),
        Program("beat", [*celery, "beat"]),
    ]
