"""Comments for templates: how many are open, of which part, and where the part is."""

from __future__ import annotations

from dataclasses import dataclass

from django import template
from django.urls import reverse

from scamps.core.named import part_words
from scamps.models import State, Thread, Version

register = template.Library()
ANCHORS = {
    "nodes": "node-",
    "elements": "element-",
    "scores": "score-",
    "outcomes": "outcome-",
    "statements": "statement-",
    "sources": "source-",
}


@dataclass(frozen=True)
class Place:
    """A part of a version: what it is called, and where it is read."""

    words: str
    url: str


@register.simple_tag
def open_comments(version: Version, section: str = "") -> dict[str, int]:
    """How many threads are open: by "section/key"; of one *section*, by key.

    Those about the whole stand under "/".
    """
    counts = Thread.objects.standing_on(version).open().counts()
    if not section:
        return dict(counts)
    begins = f"{section}/"
    return {
        place.removeprefix(begins): number
        for place, number in counts.items()
        if place.startswith(begins)
    }


@register.simple_tag
def comments_on(version: Version, section: str, key: str) -> list[Thread]:
    """The open threads of one part, with all that was said in them."""
    standing = Thread.objects.standing_on(version).in_full()
    return list(standing.about(section, key).open().order_by("pk"))


@register.simple_tag
def comments_of(counts: dict[str, int], section: str, key: str) -> int:
    """How many of *counts*, as `open_comments` says them, are of one part."""
    return counts.get(f"{section}/{key}", 0)


@register.simple_tag
def place_name(section: str, key: str) -> str:
    """The part as an address names it."""
    return f"{section}/{key}"


@register.simple_tag
def place_of(thread: Thread, version: Version) -> Place:
    """Where the part of *thread* is read in *version*; without an address if nowhere."""
    said = part_words(version.plan, thread.section, thread.key)
    if said is None:
        return Place("", "")
    address = [version.scamp.key, version.number]
    if getattr(version, "state", "") in (None, State.DRAFT):
        there = reverse("scamps:part", args=[*address, thread.section, thread.key])
        return Place(said, there)
    anchor = ANCHORS.get(thread.section)
    page = reverse("scamps:version", args=address)
    return Place(said, f"{page}#{anchor}{thread.key}" if anchor else page)


@register.filter
def total(counts: dict[str, int]) -> int:
    """The sum of what is counted."""
    return sum(counts.values())
