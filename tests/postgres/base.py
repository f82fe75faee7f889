"""Django's backend; a flush deletes the few rows there are.

TRUNCATE makes every table and index anew, a quarter of a second for a test that left
ten rows. Rows that are append-only go too: their triggers are off while it lasts.
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
        """Return what empties those of *tables* that hold rows."""
        if options.get("reset_sequences") or not tables:
            return super().sql_flush(style, tables, **options)
        names = [self.quote_name(table) for table in tables]
        one = "SELECT '{0}' WHERE EXISTS (SELECT 1 FROM {0})"
        asked = [one.format(name) for name in names]
        with self.connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(asked))
            filled = [row[0] for row in cursor.fetchall()]
        deleted = [f"DELETE FROM {name}" for name in filled]  # noqa: S608 (our tables)
        return ["SET LOCAL session_replication_role = 'replica'", *deleted]


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = Operations
