"""A finding before it knows its file and line."""

from dataclasses import dataclass
from typing import Literal

from scamps.core.definition.finding import Path


@dataclass(frozen=True)
class Problem:
    """What is wrong at *path*; *line* and *column* count inside an expression."""

    code: str
    path: Path
    message: str
    level: Literal["error", "warning"] = "error"
    line: int | None = None
    column: int | None = None
