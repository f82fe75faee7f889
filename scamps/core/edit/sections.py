"""The sections of the outline, and what one form of each holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from scamps.core.definition import Plan
from scamps.core.definition.document import (
    Check,
    Element,
    Form,
    Population,
    Provenance,
    Score,
    Source,
    Visit,
)
from scamps.core.definition.learning import Outcome, Reason, Resource, Statement
from scamps.core.definition.nodes import Assess, Decide, Finish, Node, Recommend
from scamps.core.definition.parts import Part
from scamps.core.edit.shapes import Field, Rows, Value, fields_of

Path = tuple[str | int, ...]
Fixed = Mapping[str, tuple[str, Path, type[Part], tuple[str, ...]]]
# Fields of the plan that no form holds: they do not change while a plan lives.
FIXED = ("schema", "key")
KINDS: Mapping[str, type[Part]] = {
    get_args(model.model_fields["kind"].annotation)[0]: model
    for model in (Assess, Decide, Recommend, Finish)
}
assert set(KINDS.values()) == set(get_args(get_args(Node)[0]))  # noqa: S101


@dataclass(frozen=True)
class Section:
    """Parts of one sort. `path`: where its list stands in the document.

    A section that is not keyed has fixed parts instead: the path, the model and the
    names of the fields of each.
    """

    name: str
    title: str
    one: str
    path: Path = ()
    models: Mapping[str, type[Part]] | None = None
    fixed: Fixed | None = None
    says: str = ""

    @property
    def a_new(self) -> str:
        """One of its parts, with the article."""
        return f"{'an' if self.one[0] in 'aeiou' else 'a'} {self.one}"

    @property
    def is_keyed(self) -> bool:
        return self.fixed is None

    def model(self, kind: str = "") -> type[Part]:
        """The model of its parts; of nodes by their *kind*."""
        models = self.models or {}
        return models[kind] if kind in models else next(iter(models.values()))


def _keyed(
    name: str, title: str, one: str, model: type[Part], says: str, *path: str
) -> Section:
    return Section(name, title, one, path or (name,), {"": model}, says=says)


_PLAN = ("title", "summary", "language", "demonstration", "emergency")
_ABOUT: Fixed = {
    "plan": ("The plan in words", (), Plan, _PLAN),
    "provenance": (
        "Authors and gaps",
        ("provenance",),
        Provenance,
        ("authors", "reviewers", "next_review", "gaps"),
    ),
}
_WHO: Fixed = {
    "inclusion": ("Who is in", ("population",), Population, ("inclusion",)),
    "exclusion": ("Who is not", ("population",), Population, ("exclusion",)),
}
_NODES = "The tree: what is asked, decided and advised, step by step."
SECTIONS: Mapping[str, Section] = {
    section.name: section
    for section in (
        Section("about", "About the plan", "part", fixed=_ABOUT),
        Section("population", "For whom", "part", fixed=_WHO),
        Section("nodes", "Steps", "step", ("nodes",), KINDS, says=_NODES),
        _keyed("visits", "Visits", "visit", Visit, "Where a walk through it begins."),
        _keyed("forms", "Forms", "form", Form, "What is asked together."),
        _keyed("elements", "Elements", "element", Element, "Each item of data."),
        _keyed("scores", "Scores", "score", Score, "What is worked out from answers."),
        _keyed("checks", "Checks", "check", Check, "Answers that cannot be right."),
        _keyed("resources", "Resources", "resource", Resource, "Tests and services."),
        _keyed("outcomes", "Outcomes", "outcome", Outcome, "What became of patients."),
        _keyed(
            "statements",
            "Statements",
            "statement",
            Statement,
            "The questions it is to answer, each with a prediction.",
        ),
        _keyed("reasons", "Reasons", "reason", Reason, "Why one may depart from it."),
        _keyed(
            "sources",
            "Sources",
            "source",
            Source,
            "The evidence it rests on.",
            "provenance",
            "sources",
        ),
    )
}


@dataclass(frozen=True)
class Sheet:
    """What one form holds: fields of a model, at a path of the document."""

    section: Section
    key: str
    title: str
    path: Path
    model: type[Part]
    fields: tuple[Field, ...]
    kind: str = ""


class NoSuchPart(LookupError):
    """There is no such section, or no part of that key in it."""


def sheet(plan: Plan, section: str, key: str, kind: str = "") -> Sheet:
    """The form of a part; of a node as if it were of another *kind*, if one is given.

    Raises: NoSuchPart.
    """
    found = find_section(section)
    if found.fixed is not None:
        if key not in found.fixed:
            raise NoSuchPart(key)
        title, path, model, names = found.fixed[key]
        return Sheet(found, key, title, path, model, fields_of(model, names))
    index, part = _at(plan, found, key)
    kind = kind or str(getattr(part, "kind", "")) if found.name == "nodes" else ""
    return blank(found, kind, key=key, path=(*found.path, index))


def blank(section: Section, kind: str = "", *, key: str = "", path: Path = ()) -> Sheet:
    """The form of a part that is not there yet."""
    model = section.model(kind)
    return Sheet(section, key, key, path, model, fields_of(model), kind)


def find_section(name: str) -> Section:
    """Raises: NoSuchPart."""
    if name not in SECTIONS:
        raise NoSuchPart(name)
    return SECTIONS[name]


def parts_of(plan: Plan, section: Section) -> tuple[Any, ...]:
    """The keyed parts of *section*, in their order."""
    found: Any = plan
    for step in section.path:
        found = getattr(found, str(step))
    return tuple(found)


def _at(plan: Plan, section: Section, key: str) -> tuple[int, Any]:
    for index, part in enumerate(parts_of(plan, section)):
        if part.key == key:
            return index, part
    raise NoSuchPart(key)


def all_sheets(plan: Plan) -> tuple[Sheet, ...]:
    """Every form of *plan*, in the order of the outline."""
    return tuple(
        sheet(plan, section.name, key)
        for section in SECTIONS.values()
        for key in keys_of(plan, section)
    )


def keys_of(plan: Plan, section: Section) -> tuple[str, ...]:
    """The keys of the parts of *section*."""
    if section.fixed is not None:
        return tuple(section.fixed)
    return tuple(part.key for part in parts_of(plan, section))


def own_key(fields: tuple[Field, ...]) -> Value | None:
    """The field that holds the part's own key, if it has one."""
    for field in fields:
        if isinstance(field, Value) and field.name == "key":
            return field
    return None


def needs_rows(fields: tuple[Field, ...]) -> tuple[Rows, ...]:
    """The lists that cannot stay empty."""
    return tuple(one for one in fields if isinstance(one, Rows) and one.needs_one)
