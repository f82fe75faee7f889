"""The plan document: reading, checking, writing and hashing it.

`document` is the document itself; everything others need is named here.
"""

from scamps.core.definition.ages import at_age
from scamps.core.definition.canonical import (
    canonical,
    digest,
    digest_of,
    dump_json,
    dump_yaml,
)
from scamps.core.definition.checking import findings
from scamps.core.definition.document import (
    Action,
    Assess,
    Branch,
    Check,
    Decide,
    Element,
    Finish,
    Form,
    Node,
    Outcome,
    Plan,
    Reason,
    Recommend,
    Resource,
    Score,
    Statement,
    Visit,
)
from scamps.core.definition.finding import Finding, PlanError
from scamps.core.definition.graph import Edge, edges, reachable
from scamps.core.definition.parts import words
from scamps.core.definition.reading import load_json, load_stored, load_yaml, review
from scamps.core.definition.schema import json_schema, json_schema_text
from scamps.core.definition.standard import REASONS, StandardReason

__all__ = [
    "REASONS",
    "Action",
    "Assess",
    "Branch",
    "Check",
    "Decide",
    "Edge",
    "Element",
    "Finding",
    "Finish",
    "Form",
    "Node",
    "Outcome",
    "Plan",
    "PlanError",
    "Reason",
    "Recommend",
    "Resource",
    "Score",
    "StandardReason",
    "Statement",
    "Visit",
    "at_age",
    "canonical",
    "digest",
    "digest_of",
    "dump_json",
    "dump_yaml",
    "edges",
    "findings",
    "json_schema",
    "json_schema_text",
    "load_json",
    "load_stored",
    "load_yaml",
    "reachable",
    "review",
    "words",
]
