"""Edit: a plan document changed part by part, without its text being seen.

A part is what one form holds: a step, an element, the words about the plan. Its form is
made from the models of the document, so that nothing of the schema can be forgotten.
Sections and parts have names that findings, comments, differences and links share.
"""

from scamps.core.edit.changes import (
    data_of,
    duplicated,
    empty_plan,
    held,
    key_from,
    moved,
    without,
)
from scamps.core.edit.options import title_of
from scamps.core.edit.places import part_of
from scamps.core.edit.posted import Sent, noted
from scamps.core.edit.rows import rearranged
from scamps.core.edit.saving import Outcome, as_kind, dropped_as, findings_in, taken_in
from scamps.core.edit.sections import (
    SECTIONS,
    NoSuchPart,
    Section,
    Sheet,
    all_sheets,
    blank,
    find_section,
    keys_of,
    parts_of,
    sheet,
)
from scamps.core.edit.showing import Showing
from scamps.core.edit.shown import Faults, Shown
from scamps.core.edit.uses import KeyTaken, Sort, Use, renamed, uses

__all__ = [
    "SECTIONS",
    "Faults",
    "KeyTaken",
    "NoSuchPart",
    "Outcome",
    "Section",
    "Sent",
    "Sheet",
    "Showing",
    "Shown",
    "Sort",
    "Use",
    "all_sheets",
    "as_kind",
    "blank",
    "data_of",
    "dropped_as",
    "duplicated",
    "empty_plan",
    "find_section",
    "findings_in",
    "held",
    "key_from",
    "keys_of",
    "moved",
    "noted",
    "part_of",
    "parts_of",
    "rearranged",
    "renamed",
    "sheet",
    "taken_in",
    "title_of",
    "uses",
    "without",
]
