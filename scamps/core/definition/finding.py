"""What is wrong with a plan document, and where."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Finding:
    """One thing wrong (`error`) or doubtful (`warning`) in a plan document.

    `path` counts (`nodes[3].branches[0].when`), `where` names
    (`nodes.risk.branches[0].when`) and so survives a change of order. `line` and
    `column` count from 1; None where the document has no text.
    """

    code: str
    message: str
    level: Literal["error", "warning"] = "error"
    path: str = ""
    where: str = ""
    file: str = ""
    line: int | None = None
    column: int | None = None

    @property
    def name(self) -> str:
        """What an author accepts a warning by."""
        return f"{self.code} {self.where}"

    def __str__(self) -> str:
        place = [str(part) for part in (self.file, self.line, self.column) if part]
        return " ".join(filter(None, [":".join(place), self.where, "-", self.message]))


class PlanError(Exception):
    """A plan document that cannot be used; `findings` says why, in document order."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("\n".join(map(str, findings)))
        self.findings = tuple(findings)


def spell(path: Path) -> str:
    """Write *path* as people do.

    >>> spell(("nodes", 3, "branches", 0, "when"))
    'nodes[3].branches[0].when'
    """
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def spell_by_key(path: Path, data: object) -> str:
    """Write *path*, naming each list entry of *data* that has a key by that key.

    >>> spell_by_key(("nodes", 0, "form"), {"nodes": [{"key": "history"}]})
    'nodes.history.form'
    """
    text = ""
    for part in path:
        data = _child(data, part)
        key = data.get("key") if isinstance(data, dict) else None
        if isinstance(part, int) and not isinstance(key, str):
            text += f"[{part}]"
        else:
            name = key if isinstance(part, int) and key else str(part)
            text += f".{name}" if text else name
    return text


def _child(data: object, part: str | int) -> object:
    match data, part:
        case dict(), str():
            return data.get(part)
        case list() | tuple(), int() if part < len(data):
            return data[part]
    return None
