"""What an unknown does to an expression, at the place where it stands."""

import re

from scamps.core.definition import Plan, words
from scamps.core.language import Expression
from scamps.core.language.traps import may_be_null

_SAID = {
    "population": "If that is not known, it is left open whether the plan is for the patient.",
    "scores": "If an item is not known, the score may be unknown: it is never counted as 0.",
    "forms": "If that is not known, it is shown.",
    "checks": "If that is not known, the check says nothing.",
    "nodes": "An unknown here stops the walk, unless the node says where to go.",
}
_NODE = re.compile(r"nodes\.([a-z0-9-]+)\.")


def unknown_words(plan: Plan, where: str, expression: Expression, language: str) -> str:
    """What happens if the answer is unknown; empty where nobody can say."""
    part = re.split(r"[.\[]", where, maxsplit=1)[0]
    if part not in _SAID:
        return ""
    if not may_be_null(expression.root):
        return "It always has an answer, whatever is known." * bool(expression.names)
    named = _NODE.match(where)
    node = plan.node.get(named[1]) if named else None
    if node is None or node.kind != "decide":
        return _SAID[part]
    if node.unknown and node.unknown in plan.node:
        title = words(plan.node[node.unknown].title, language, plan.language)
        return f"An unknown here leads on to “{title}”."
    step = words(node.if_unknown, language, plan.language)
    return f"An unknown here stops the walk, and the clinician reads: “{step}”"
