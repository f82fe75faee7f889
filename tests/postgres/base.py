"""Django's backend; a flush deletes the few rows there are.

TRUNCATE makes every table and index anew, a quarter of a second for a test that left
ten rows. Rows that are append-only go too: their triggers are off while it lasts. As
with TRUNCATE, whoever still writes is waited for, so that nothing comes in behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.postgresql.operations import DatabaseOperations


class Operations(DatabaseOperations):
    def sql_flush(
        self, style: Any, tables: Sequence[str], **options: bool
    ) -> list[str]:
        """Return what empties *tables*."""
        if options.get("reset_sequences") or not tables:
            return super().sql_flush(style, tables, **options)
        names = [self.quote_name(table) for table in tables]
        return [
            "SET LOCAL session_replication_role = 'replica'",
            f"LOCK TABLE {', '.join(names)} IN SHARE ROW EXCLUSIVE MODE",
            *(f"DELETE FROM {name}" for name in names),  # noqa: S608 (our own tables)
        ]


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = Operations
