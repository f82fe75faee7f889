"""The JSON Schema of the plan document, for editors and for other systems."""

import json
from typing import Any

from scamps.core.definition.document import Plan

IDENTIFIER = "urn:scamps:plan:1"


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a plan document, as YAML or JSON may state it."""
    schema = Plan.model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": IDENTIFIER,
        **schema,
        "title": "SCAMP plan document, schema 1",
    }


def json_schema_text() -> str:
    """The JSON Schema as the file docs/plan.schema.json holds it."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
