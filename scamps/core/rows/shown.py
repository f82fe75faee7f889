"""Rows as a form shows them: what can be chosen in each, and what it lacks."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from scamps.core.definition import Plan
from scamps.core.judge import options_of
from scamps.core.judge.names import names_at
from scamps.core.language import Type
from scamps.core.language.types import ANY
from scamps.core.language.units import commensurable
from scamps.core.rows.asked import asked_of, count_of
from scamps.core.rows.moving import item_at
from scamps.core.rows.offer import Subject, subjects, units_for
from scamps.core.rows.posted import ROOT
from scamps.core.rows.shape import COUNTED, KINDS, Group, Item, Kind, Row, Typed
from scamps.core.rows.writing import Path, type_of


@dataclass(frozen=True)
class ShownRow:
    """One row. *control* says how its value is given."""

    id: str
    number: str
    row: Row
    tests: Mapping[str, str]
    control: str
    units: Mapping[str, str]
    choices: Mapping[str, str]
    others: tuple[Subject, ...]
    problem: str
    tools: Mapping[str, str]
    is_typed: bool = False
    is_group: bool = False

    @property
    def first(self) -> str:
        """The value, or the lower one."""
        return self.row.values[0] if self.row.values else ""

    @property
    def second(self) -> str:
        """The upper value."""
        return self.row.values[1] if len(self.row.values) > 1 else ""


@dataclass(frozen=True)
class ShownTyped:
    """A part in CQL among rows."""

    id: str
    number: str
    text: str
    problem: str
    tools: Mapping[str, str]
    is_typed: bool = True
    is_group: bool = False


@dataclass(frozen=True)
class ShownGroup:
    """A group, with what it holds."""

    id: str
    number: str
    kind: Kind
    items: tuple["Shown", ...]
    points: str
    kinds: Mapping[Kind, str]
    problem: str
    tools: Mapping[str, str]
    is_typed: bool = False
    is_group: bool = True

    @property
    def is_single(self) -> bool:
        """One part alone, so that it does not matter how they count."""
        return len(self.items) == 1 and self.kind in ("all", "any")


Shown = ShownRow | ShownTyped | ShownGroup


@dataclass(frozen=True)
class _Setting:
    """What every row of one field is shown from."""

    plan: Plan
    names: Mapping[str, Type]
    subjects: tuple[Subject, ...]
    options: Mapping[str, Mapping[str, str]]
    problems: Mapping[Path, str]
    root: Group
    counts: bool


TOOLS = {"up": "Up", "down": "Down", "group": "Group", "remove": "Remove"}


def show(
    root: Group,
    plan: Plan,
    *,
    where: str = "",
    language: str | None = None,
    problems: Mapping[Path, str] | None = None,
    counts: bool = False,
) -> ShownGroup:
    """What a form shows for *root*, whose ids are those `posted` reads.

    Args: counts: it may be a sum of points.
    """
    spoken = language or plan.language
    setting = _Setting(
        plan,
        names_at(plan, where),
        subjects(plan, where, spoken),
        options_of(plan, spoken),
        problems or {},
        root,
        counts,
    )
    return _group(root, (), setting)


def offered(plan: Plan, where: str, language: str) -> Mapping[str, tuple[Subject, ...]]:
    """What a row may ask about, by the part of the plan."""
    found: dict[str, tuple[Subject, ...]] = {}
    for one in subjects(plan, where, language):
        found[one.group] = (*found.get(one.group, ()), one)
    return found


def fitted(item: Item, plan: Plan, where: str) -> Item:
    """The item with each row's test and unit made to fit what it asks about.

    So a row whose name was changed just now has the first test of the new type.
    """
    return _fitted(item, names_at(plan, where))


def _fitted(item: Item, names: Mapping[str, Type]) -> Item:
    match item:
        case Group(items=items):
            return replace(item, items=tuple(_fitted(one, names) for one in items))
        case Row():
            return _fit(item, names)
    return item


def _fit(row: Row, names: Mapping[str, Type]) -> Row:
    kind = type_of(row.key, names)
    if kind is None:
        return Row(row.key)
    tests = asked_of(kind)
    test = row.test if row.test in tests else next(iter(tests))
    values = row.values if test == row.test else ()
    if kind.options and not test.endswith(" item"):
        values = tuple(value for value in values if value in kind.options)
    return Row(row.key, test, values, _unit(row.unit, kind))


def _unit(given: str, kind: Type) -> str:
    """The unit of a row, unless what it asks about now is in units of another kind."""
    if kind.name != "Quantity":
        return given if given == "1" else ""
    return given if given and _units_fit(given, kind.unit) else kind.unit or ""


def _id(path: Path) -> str:
    return "-".join([ROOT, *map(str, path)])


def _number(path: Path) -> str:
    return ".".join(str(place + 1) for place in path)


def _item(item: Item, path: Path, setting: _Setting) -> Shown:
    match item:
        case Group():
            return _group(item, path, setting)
        case Typed(text=text):
            told = (setting.problems.get(path, ""), _tools(item, path, setting.root))
            return ShownTyped(_id(path), _number(path), text, *told)
    return _row(item, path, setting)


def _group(group: Group, path: Path, setting: _Setting) -> ShownGroup:
    items = tuple(
        _item(item, (*path, place), setting) for place, item in enumerate(group.items)
    )
    told = (setting.problems.get(path, ""), _tools(group, path, setting.root))
    kinds = COUNTED if setting.counts and not path else KINDS
    more = (group.points, kinds, *told)
    return ShownGroup(_id(path), _number(path), group.kind, items, *more)


def _tools(item: Item, path: Path, root: Group) -> Mapping[str, str]:
    """What can be done to an item, by what it is called; the first row stays first."""
    at_top = len(path) == 1
    above = item_at(root, path[:-1]) if path else root
    alone = isinstance(above, Group) and len(above.items) == 1
    if not path or (alone and _stays(item, above, root)):
        return {}
    hidden = {"group"} if isinstance(item, Group) else set()
    hidden |= {"up"} if at_top and path[0] == 0 else set()
    hidden |= {"down"} if at_top and path[0] == len(root.items) - 1 else set()
    return {verb: words for verb, words in TOOLS.items() if verb not in hidden}


def _stays(item: Item, above: Item, root: Group) -> bool:
    """Whether an item that is alone in its group can go nowhere."""
    if above is root:
        return root.kind == "sum" or not isinstance(item, Group)
    return isinstance(above, Group) and above.points != ""


def _row(row: Row, path: Path, setting: _Setting) -> ShownRow:
    kind = type_of(row.key, setting.names)
    is_number = kind is not None and kind.name not in ("String", "Date", "Boolean")
    return ShownRow(
        id=_id(path),
        number=_number(path),
        row=row,
        tests=asked_of(kind) if kind else {},
        control=_control(row.test, kind),
        units=units_for(setting.plan, kind, row.unit) if kind and is_number else {},
        choices=setting.options.get(row.key, {}),
        others=_others(row.key, kind, setting.subjects),
        problem=setting.problems.get(path, ""),
        tools=_tools(row, path, setting.root),
    )


def _control(test: str, kind: Type | None) -> str:
    """How the value of a test is given: nothing, item, choice, choices, date, ..."""
    count = count_of(test)
    if kind is None or count == 0:
        return ""
    if test.endswith(" item"):
        return "item"
    if kind.options:
        return "choices" if count < 0 else "choice"
    what = {"String": "words", "Date": "date"}.get(kind.name, "number")
    return f"two {what}s" if count == 2 else what


def _others(
    key: str, kind: Type | None, among: tuple[Subject, ...]
) -> tuple[Subject, ...]:
    """The names that can be compared with one of this type."""
    if kind is None or kind == ANY:
        return ()
    return tuple(
        one
        for one in among
        if one.key != key
        and "." not in one.key.removeprefix("previous.")
        and comparable(one.type, kind)
    )


def comparable(one: Type, other: Type) -> bool:
    numbers = {"Integer", "Decimal"}
    if one.name == other.name == "Quantity":
        return _units_fit(one.unit, other.unit)
    if one.options or other.options:
        return one.options == other.options
    return one.name == other.name or {one.name, other.name} <= numbers


def _units_fit(one: str | None, other: str | None) -> bool:
    """Whether quantities in the two units can be compared."""
    return one is None or other is None or commensurable(one, other)
