"""The merge of one part, of one field, and of one list, three ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from scamps.core.compare.effects import field_words
from scamps.core.definition import Branch
from scamps.core.definition.parts import Part
from scamps.core.merge.entries import Name, Named, named, text_of
from scamps.core.merge.here import Here, as_written
from scamps.core.merge.order import OrderClash, merge_orders, order_as
from scamps.core.merge.together import group_of, is_one_value

P = TypeVar("P", bound=Part)


def merge_parts(base: P | None, mine: P, theirs: P, here: Here) -> P:
    """One part of what two sides have made of it; *base* is None if both added it."""
    values: dict[str, Any] = {}
    bound = _bound(base, mine, theirs)
    if bound:
        side = mine if _clash_of(bound, base, mine, theirs, here) == "mine" else theirs
        values = {name: getattr(side, name) for name in bound}
    changed: set[str] = {"both"} if bound else set()
    for name in type(mine).model_fields:
        if name in values:
            continue
        was = _was(base, mine, name)
        ours, others = getattr(mine, name), getattr(theirs, name)
        changed |= {"mine"} if ours != was else set()
        changed |= {"theirs"} if others != was else set()
        values[name] = merge_values(name, was, ours, others, here)
    if here.where and len(changed) > 1 and mine != theirs:
        here.touched()
    return mine.model_copy(update=values)


def _was(base: Part | None, like: Part, name: str) -> Any:
    if base is not None and name in type(base).model_fields:
        return getattr(base, name)
    field = type(like).model_fields[name]
    return None if field.is_required() else field.get_default()


def _bound(base: Part | None, mine: Part, theirs: Part) -> list[str]:
    """The fields that were changed on both sides and mean something only together."""
    group = group_of(mine)
    was = {name: _was(base, mine, name) for name in group.fields}
    ours = {name for name in was if getattr(mine, name) != was[name]}
    others = {name for name in was if getattr(theirs, name) != was[name]}
    changed = ours | others
    agree = all(getattr(mine, name) == getattr(theirs, name) for name in changed)
    if agree or not (ours and others) or not changed & group.anchors:
        return []
    return [name for name in type(mine).model_fields if name in changed]


def _clash_of(
    names: list[str], base: Part | None, mine: Part, theirs: Part, here: Here
) -> str:
    parts: dict[str, Part | None] = {"base": base, "mine": mine, "theirs": theirs}
    said = {side: _fields_said(names, here, side, one) for side, one in parts.items()}
    if said["mine"] == said["theirs"]:
        said = {side: _fields_written(names, one) for side, one in parts.items()}
    return here.clash("+".join(names), said)


def _fields_written(names: list[str], part: Part | None) -> str:
    return "; ".join(as_written(getattr(part, name)) for name in names if part)


def _fields_said(names: list[str], here: Here, side: Any, part: Part | None) -> str:
    if part is None:
        return ""
    said = {name: here.word(name, side, getattr(part, name)) for name in names}
    if len(names) == 1:
        return said[names[0]]
    return "; ".join(
        f"{field_words(n)}: {words or 'none'}" for n, words in said.items()
    )


def merge_values(name: str, base: Any, mine: Any, theirs: Any, here: Here) -> Any:
    """One field of what two sides have made of it."""
    if mine == theirs or theirs == base:
        return mine
    if mine == base:
        return theirs
    match mine, theirs:
        case (Part(), Part()) if type(mine) is type(theirs) and not is_one_value(mine):
            old = base if type(base) is type(mine) else None
            return merge_parts(old, mine, theirs, here.below(name))
        case (tuple(), tuple()) if _is_mergeable((*mine, *theirs)):
            return _list(name, base or (), mine, theirs, here)
        case (Mapping(), Mapping()) if isinstance(base, Mapping):
            return _texts(name, base, mine, theirs, here)
    return _chosen(name, base, mine, theirs, here)


def _chosen(name: str, base: Any, mine: Any, theirs: Any, here: Here) -> Any:
    said = here.words(name, base, mine, theirs)
    return mine if here.clash(name, said) == "mine" else theirs


def _is_mergeable(entries: Sequence[Any]) -> bool:
    return not any(isinstance(one, Part) and is_one_value(one) for one in entries)


def _texts(
    name: str,
    base: Mapping[str, str],
    mine: Mapping[str, str],
    theirs: Mapping[str, str],
    here: Here,
) -> Any:
    """A text in several languages: each is a field of its own."""
    below = here.below(name)
    found = {
        language: merge_values(
            language,
            base.get(language),
            mine.get(language),
            theirs.get(language),
            below,
        )
        for language in sorted({*base, *mine, *theirs})
    }
    left = {language: words for language, words in found.items() if words is not None}
    return left or _chosen(name, base, mine, theirs, here)


def _list(
    name: str,
    base: Sequence[Any],
    mine: Sequence[Any],
    theirs: Sequence[Any],
    here: Here,
) -> tuple[Any, ...]:
    """A list of what two sides have made of it: its entries, then their order."""
    lists = named(base, mine, theirs)
    found: Named = {}
    for one in dict.fromkeys(key for entries in lists for key in entries):
        was, ours, others = (entries.get(one) for entries in lists)
        made = _entry(name, was, ours, others, here)
        if made is not None:
            found[one] = made
    if mine and theirs and not found:
        whole: tuple[Any, ...] = _chosen(name, base, mine, theirs, here)
        return whole
    return tuple(found[one] for one in _order(name, lists, found, here))


def _entry(name: str, base: Any, mine: Any, theirs: Any, here: Here) -> Any:
    if mine == theirs or theirs == base:
        return mine
    if mine == base:
        return theirs
    below = here.of_entry(name, base, mine, theirs)
    if type(mine) is type(theirs) and (base is None or type(base) is type(mine)):
        return merge_parts(base, mine, theirs, below)
    said = below.whole(base, mine, theirs)
    return mine if below.clash("", said) == "mine" else theirs


def _order(
    name: str, lists: tuple[Named, Named, Named], found: Named, here: Here
) -> list[Name]:
    base, mine, theirs = lists
    is_strict = any(isinstance(one, Branch) for one in found.values())
    try:
        return merge_orders(
            list(base),
            list(mine),
            list(theirs),
            found.keys(),
            tie=lambda one: text_of(found[one]),
            is_strict=is_strict,
        )
    except OrderClash:
        said = here.orders(*(list(entries.values()) for entries in lists))
        sides = (mine, theirs)
        if here.of_list(name).clash("order", said) == "theirs":
            sides = (theirs, mine)
        return order_as(list(sides[0]), list(sides[1]), found.keys())
