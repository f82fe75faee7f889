"""Which part of the outline a place in the document belongs to."""

from __future__ import annotations

import re

ABOUT = ("key", "title", "summary", "language", "demonstration", "emergency", "schema")
STEP = re.compile(r"[^.\[\]]+")


def part_of(where: str) -> tuple[str, str]:
    """The section and the key of the part that holds *where*, as findings name places.

    The key is empty for a section as a whole.
    >>> part_of("nodes.risk.branches[0].when")
    ('nodes', 'risk')
    >>> [part_of(where) for where in ("title", "provenance.gaps[2]", "visits")]
    [('about', 'plan'), ('about', 'provenance'), ('visits', '')]
    >>> part_of("provenance.sources.fulton.url"), part_of("population.inclusion[0].when")
    (('sources', 'fulton'), ('population', 'inclusion'))
    """
    steps = STEP.findall(where)
    match steps:
        case [] | ["about"]:
            return "about", "plan"
        case ["provenance", "sources", *rest]:
            return "sources", rest[0] if rest else ""
        case ["provenance", *_]:
            return "about", "provenance"
        case [field, *_] if field in ABOUT:
            return "about", "plan"
        case [section, key, *_]:
            return section, key
    return steps[0], ""
