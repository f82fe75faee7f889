"""What every page of the outline editor shows: the outline, the tree, the last change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from scamps.core.definition import Finding, Plan, findings
from scamps.core.edit import SECTIONS, Section, keys_of, part_of, parts_of, title_of
from scamps.core.edit.fixed import choice_words
from scamps.core.layout import layout
from scamps.models import Content, Version
from scamps.views.presence import others_here

# The sections of the outline as they stand under headings.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "The plan": ("about", "population", "sources"),
    "The tree": ("nodes", "visits"),
    "What is asked": ("forms", "elements", "scores", "checks"),
    "What it learns from": ("resources", "outcomes", "statements", "reasons"),
}


@dataclass(frozen=True)
class Entry:
    """A part in the outline: its address, its kind, how much is wrong with it."""

    key: str
    title: str
    url: str
    kind: str = ""
    errors: int = 0
    warnings: int = 0
    is_here: bool = False


@dataclass(frozen=True)
class Listed:
    """A section in the outline with its parts."""

    section: Section
    entries: list[Entry]
    add_url: str
    is_open: bool

    @property
    def errors(self) -> int:
        return sum(entry.errors for entry in self.entries)


@lru_cache(maxsize=64)
def findings_of(content: Content) -> tuple[Finding, ...]:
    """What is wrong or doubtful in *content*, which is known by its hash."""
    return tuple(findings(content.plan))


def outline_of(
    version: Version, section: str = "", key: str = ""
) -> list[tuple[str, list[Listed]]]:
    """The outline under its headings; one is at the part *key* of *section*."""
    found = findings_of(version.content)
    counts = Counter((*part_of(one.where), one.level) for one in found)
    return [
        (
            heading,
            [_listed(version, SECTIONS[name], counts, section, key) for name in names],
        )
        for heading, names in HEADINGS.items()
    ]


def _listed(
    version: Version, section: Section, counts: Counter, here: str, key: str
) -> Listed:
    plan, name = version.plan, section.name
    entries = [
        Entry(
            key=one,
            title=title,
            url=part_url(version, name, one),
            kind=kind,
            errors=counts[name, one, "error"],
            warnings=counts[name, one, "warning"],
            is_here=(name, one) == (here, key),
        )
        for one, title, kind in _named(plan, section)
    ]
    add_url = reverse("scamps:add", args=[*_address(version), name])
    is_open = name == here or (not here and name in ("about", "population", "nodes"))
    return Listed(section, entries, add_url if section.is_keyed else "", is_open)


def _named(plan: Plan, section: Section) -> list[tuple[str, str, str]]:
    if section.fixed is not None:
        return [(key, fixed[0], "") for key, fixed in section.fixed.items()]
    return [
        (part.key, title_of(part, plan), _kind(section, part))
        for part in parts_of(plan, section)
    ]


def _kind(section: Section, part: object) -> str:
    if section.name != "nodes":
        return ""
    return choice_words("Node", "kind", getattr(part, "kind", ""))


def part_url(version: Version, section: str, key: str) -> str:
    """The address of a part's form; of a section in the outline for an empty key."""
    if key in keys_of(version.plan, SECTIONS[section]):
        return reverse("scamps:part", args=[*_address(version), section, key])
    return reverse("scamps:outline", args=_address(version)) + f"#{section}"


def _address(version: Version) -> list[str | int]:
    return [version.scamp.key, version.number]


def show(
    request: HttpRequest,
    version: Version,
    template: str,
    context: dict[str, object],
    *,
    section: str = "",
    key: str = "",
    status: int = 200,
) -> HttpResponse:
    """A page of the editor, with the outline and the tree at the part one is at."""
    shown = {
        "version": version,
        "alerts": version.scamp.alerts.open(),
        "plan": version.plan,
        "drawing": layout(version.plan, everything=True),
        "section_name": section,
        "part_key": key,
        "others": others_here(request, version, section, key),
        "outline": outline_of(version, section, key),
        "here": key if section == "nodes" else "",
        "last": version.edits.select_related("by").order_by("-pk").first(),
        "tree_to": reverse("scamps:outline", args=_address(version)) + "nodes/",
    }
    return render(request, f"scamps/{template}.html", shown | context, status=status)
