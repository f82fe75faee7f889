"""Plan documents as files: out with what they were made of, in with what they say."""

from __future__ import annotations

import re

from scamps.core.definition.canonical import digest, dump_yaml
from scamps.core.definition.document import Plan

BASE = re.compile(r"^# Base: ([0-9a-f]{64})\s*$", re.MULTILINE)
HEAD = 1000  # characters in which a file says what it was made of


def yaml_file(plan: Plan, name: str) -> str:
    """*plan* as a file: its YAML, under a comment with what it is and its hash.

    Reading it gives *plan* again. The hash says of which content a changed file was
    made, so that it can be merged with what others did meanwhile.
    """
    return f"# {name}\n# Base: {digest(plan)}\n{dump_yaml(plan)}"


def base_of(text: str) -> str | None:
    """The hash of the content that a file was made of, if it says so.

    >>> base_of("# Chest pain, version 2\\n# Base: " + 64 * "0" + "\\nschema: 1")[:3]
    '000'
    >>> base_of("schema: 1") is None
    True
    """
    found = BASE.search(text[:HEAD])
    return found.group(1) if found else None
