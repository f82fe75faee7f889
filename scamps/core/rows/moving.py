"""Adding, moving, grouping and removing rows; each gives new rows and where one lands."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from scamps.core.rows.shape import Group, Item, Kind, Row, Typed

Path = tuple[int, ...]
_OTHER: dict[Kind, Kind] = {
    "all": "any",
    "any": "all",
    "none": "all",
    "not-all": "any",
    "sum": "all",
}


@dataclass(frozen=True)
class Moved:
    """The rows after a change, and the path of what was changed."""

    root: Group
    at: Path


_Verb = Callable[[Group, Path], Moved]


def changed(root: Group, verb: str, path: Path) -> Moved:
    """Do *verb* to what is at *path*; what cannot be done leaves the rows as they are.

    Args: verb: "add-row", "add-typed", "add-group" (to the group at *path*), "remove",
    "up", "down", "group" (put it into a group of its own).
    """
    try:
        moved = _VERBS[verb](root, path) if verb in _VERBS else Moved(root, path)
        return _settled(moved)
    except IndexError:
        return _settled(Moved(root, ()))


def _settled(moved: Moved) -> Moved:
    """In a sum every part is a group with its points; elsewhere none has points."""
    root, at = moved.root, moved.at
    if root.kind != "sum":
        return Moved(replace(root, items=tuple(map(_bare, root.items))), at)
    if len(at) == 1 and not isinstance(item_at(root, at), Group):
        at = (*at, 0)
    return Moved(replace(root, items=tuple(map(_counted, root.items))), at)


def _counted(item: Item) -> Item:
    if isinstance(item, Group):
        return item if item.points else replace(item, points="1")
    return Group("all", (item,), "1")


def _bare(item: Item) -> Item:
    if not isinstance(item, Group) or not item.points:
        return item
    alone = len(item.items) == 1 and item.kind in ("all", "any")
    return item.items[0] if alone else replace(item, points="")


def _adding(item: Item, *below: int) -> _Verb:
    def add(root: Group, path: Path) -> Moved:
        group = item_at(root, path)
        if not isinstance(group, Group):
            return Moved(root, path)
        new = item
        if isinstance(new, Group):
            new = replace(new, kind=_OTHER[group.kind])
        place = len(group.items)
        return Moved(_inserted(root, (*path, place), new), (*path, place, *below))

    return add


def item_at(root: Item, path: Path) -> Item:
    """The item at *path*.

    Raises: IndexError: there is none.
    """
    for place in path:
        if not isinstance(root, Group) or place < 0:
            raise IndexError(place)
        root = root.items[place]
    return root


def _with(root: Group, path: Path, items: tuple[Item, ...]) -> Group:
    """The rows with other items in the group at *path*."""
    if not path:
        return replace(root, items=items)
    first, *rest = path
    inner = root.items[first]
    if not isinstance(inner, Group):
        raise IndexError(first)
    new = _with(inner, tuple(rest), items)
    return replace(root, items=(*root.items[:first], new, *root.items[first + 1 :]))


def _items(root: Group, path: Path) -> tuple[Item, ...]:
    group = item_at(root, path)
    if not isinstance(group, Group):
        raise IndexError(path)
    return group.items


def _inserted(root: Group, path: Path, item: Item) -> Group:
    *above, place = path
    items = _items(root, tuple(above))
    return _with(root, tuple(above), (*items[:place], item, *items[place:]))


def _without(root: Group, path: Path) -> Group:
    *above, place = path
    items = _items(root, tuple(above))
    return _with(root, tuple(above), (*items[:place], *items[place + 1 :]))


def _remove(root: Group, path: Path) -> Moved:
    """Take an item away; a group that is left empty goes with it."""
    if not path:
        return Moved(root, path)
    item_at(root, path)
    left = _without(root, path)
    above = path[:-1]
    if above and not _items(left, above):
        return _remove(left, above)
    place = max(0, min(path[-1], len(_items(left, above)) - 1))
    return Moved(left, (*above, place))


def _group(root: Group, path: Path) -> Moved:
    """Put an item into a new group, of the other kind than where it stands."""
    if not path:
        return Moved(root, path)
    above, item = item_at(root, path[:-1]), item_at(root, path)
    kind = _OTHER[above.kind] if isinstance(above, Group) else "any"
    new = Group(kind, (item,))
    return Moved(_inserted(_without(root, path), path, new), (*path, 0))


def _up(root: Group, path: Path) -> Moved:
    """One place up: into the group above it, or out of its own."""
    if not path:
        return Moved(root, path)
    item, (*above, place) = item_at(root, path), path
    if place == 0:
        return _out(root, path, item, after=False)
    before = item_at(root, (*above, place - 1))
    end: Path = (len(before.items),) if isinstance(before, Group) else ()
    at = (*above, place - 1, *end)
    return Moved(_inserted(_without(root, path), at, item), at)


def _down(root: Group, path: Path) -> Moved:
    """One place down: into the group below it, or out of its own."""
    if not path:
        return Moved(root, path)
    item, (*above, place) = item_at(root, path), path
    if place == len(_items(root, tuple(above))) - 1:
        return _out(root, path, item, after=True)
    left = _without(root, path)
    is_group = isinstance(item_at(left, (*above, place)), Group)
    at = (*above, place, 0) if is_group else (*above, place + 1)
    return Moved(_inserted(left, at, item), at)


def _out(root: Group, path: Path, item: Item, *, after: bool) -> Moved:
    """Out of its group, to before or after it; an emptied group goes."""
    if len(path) < 2:
        return Moved(root, path)
    group = path[:-1]
    left = _without(root, path)
    if not _items(left, group):
        return Moved(_inserted(_without(left, group), group, item), group)
    at = (*group[:-1], group[-1] + after)
    return Moved(_inserted(left, at, item), at)


_VERBS: dict[str, _Verb] = {
    "add-row": _adding(Row()),
    "add-typed": _adding(Typed("")),
    "add-group": _adding(Group("any", (Row(),)), 0),
    "remove": _remove,
    "group": _group,
    "up": _up,
    "down": _down,
}
