"""Reading the database as of one moment, on several connections at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Event
from typing import Any, TypeVar

from django.db import connection, transaction

READERS = 2  # connections at once: a core of the database for each
MEMORY = "64MB"  # for the joins of one of them
Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass
class _Shared:
    """What the readers share: what is left to do, and what was found."""

    left: SimpleQueue[Any] = field(default_factory=SimpleQueue)
    found: SimpleQueue[Any] = field(default_factory=SimpleQueue)
    stop: Event = field(default_factory=Event)


def read_each(
    work: Callable[[Any, Item], Result], items: Iterable[Item]
) -> Iterator[Result]:
    """Do *work* on a cursor and each of *items*; yield what it returns, in any order.

    All read the database as of one moment; meanwhile the caller's own connection is
    free to write. Inside a transaction they are read in it, one after another. Whoever
    leaves the loop early must close the iterator, so that the readers end.
    """
    if connection.in_atomic_block:
        with connection.cursor() as cursor:
            for item in items:
                yield work(cursor, item)
        return
    shared = _Shared()
    for item in items:
        shared.left.put(item)
    with _exported() as moment, ThreadPoolExecutor(READERS) as pool:
        readers = [pool.submit(_read, work, moment, shared) for _ in range(READERS)]
        try:
            for _ in readers:
                while (result := shared.found.get()) is not None:
                    yield result
        finally:
            shared.stop.set()
        for reader in readers:
            reader.result()


@contextmanager
def _exported() -> Iterator[str]:
    """The name of a snapshot of now, on a connection of its own."""
    own = connection.copy()
    try:
        own.set_autocommit(False)
        with own.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            yield cursor.fetchone()[0]
    finally:
        own.close()


def _read(work: Callable, moment: str, shared: _Shared) -> None:
    """Work at what is left, on this thread's own connection, until nothing is."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SET TRANSACTION SNAPSHOT %s", [moment])
            cursor.execute(f"SET LOCAL work_mem = '{MEMORY}'")
            cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")
            while not shared.stop.is_set():
                shared.found.put(work(cursor, shared.left.get_nowait()))
    except Empty:
        return
    finally:
        shared.found.put(None)
        connection.close()
