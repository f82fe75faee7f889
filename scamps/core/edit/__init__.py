"""Edit: a plan document changed part by part, without its text being seen.

A part is what one form holds: a step, an element, the words about the plan. Sections
and parts have names that findings, comments, differences and links share.
"""

from scamps.core.edit.places import part_of

__all__ = ["part_of"]
