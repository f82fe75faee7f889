"""Rows as the fields of a form: one name for each field of each row, by its path.

The root is the group `r`; its parts are `r-0`, `r-1`, and theirs `r-1-0`, ... A group has
`.kind`, `.count` and perhaps `.points`, a row `.key`, `.test`, `.value` (as often as needed) and `.unit`, a
typed part `.text`.
"""

from collections.abc import Mapping, Sequence

from scamps.core.rows.shape import COUNTED, KINDS, Group, Item, Row, Typed

DEEPEST, MOST = 8, 60
ROOT = "r"
Data = Mapping[str, Sequence[str]]


def posted(data: Data, path: str = ROOT, depth: int = 0) -> Item:
    """The item at *path*; what is missing or no number is read as empty."""
    if f"{path}.kind" in data and depth < DEEPEST:
        kind = _one(data, path, "kind")
        kinds = COUNTED if path == ROOT else KINDS
        count = _one(data, path, "count")
        places = range(min(int(count), MOST) if count.isdecimal() else 0)
        items = (posted(data, f"{path}-{place}", depth + 1) for place in places)
        points = _one(data, path, "points").strip()
        return Group(kind if kind in kinds else "all", tuple(items), points)
    if f"{path}.text" in data:
        return Typed(_one(data, path, "text"))
    values = tuple(data.get(f"{path}.value", ()))[:MOST]
    return Row(
        _one(data, path, "key"),
        _one(data, path, "test"),
        values,
        _one(data, path, "unit"),
    )


def _one(data: Data, path: str, field: str) -> str:
    found = data.get(f"{path}.{field}", ())
    return found[-1].replace("\r\n", "\n") if found else ""
