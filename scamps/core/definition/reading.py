"""From text to a plan: the shape of the document, then what it says."""

from contextlib import suppress
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from scamps.core.definition.checking import findings
from scamps.core.definition.document import Plan
from scamps.core.definition.finding import Finding, Path, PlanError
from scamps.core.definition.parts import KEBAB, LANGUAGE, NAME
from scamps.core.definition.source import Source, read_json, read_yaml

MESSAGES = {
    "missing": "this field is required",
    "extra_forbidden": "not a field of a plan",
    "string_type": "expected words",
    "bool_type": "expected true or false",
    "int_type": "expected a whole number",
    "tuple_type": "expected a list",
    "model_type": "expected named fields",
    "model_attributes_type": "expected named fields",
    "decimal_type": "expected a decimal number",
    "decimal_parsing": "expected a decimal number",
    "too_short": "expected at least one entry",
    "union_tag_invalid": "expected kind assess, decide, recommend or finish",
    "union_tag_not_found": "expected kind assess, decide, recommend or finish",
}
PATTERNS = {
    KEBAB: "expected a key in lower case with hyphens, such as no-ultrasound",
    NAME: "expected a key in lower case with underscores, such as length_of_stay",
    LANGUAGE: "expected a language, such as en or pt-BR",
    r"\S": "expected words",
}


def load_yaml(text: str, source_name: str = "plan.yaml") -> Plan:
    """Read a plan from YAML *text*.

    Raises: PlanError: whatever makes the plan unusable, each with its line.
    """
    return _checked(read_yaml(text, source_name))


def load_json(text: str, source_name: str = "plan.json") -> Plan:
    """Read a plan from JSON *text*: a file, or the canonical text of a version.

    Raises: PlanError: whatever makes the plan unusable.
    """
    return _checked(read_json(text, source_name))


def load_stored(text: str) -> Plan:
    """Read the canonical text of a version that was checked when it was stored.

    Raises: PlanError: it has not the shape of a plan.
    """
    return shape(read_json(text, "stored plan"))


def review(
    text: str, source_name: str = "plan.yaml"
) -> tuple[Plan | None, list[Finding]]:
    """Read YAML or JSON *text* and say all that is wrong or doubtful; for editors.

    Returns: the plan, or None if the text has not the shape of one; the findings.
    """
    try:
        source = _read(text, source_name)
        plan = shape(source)
    except PlanError as error:
        return None, list(error.findings)
    return plan, findings(plan, source)


def _read(text: str, name: str) -> Source:
    """JSON where the text is JSON, for its escapes differ; else YAML."""
    if name.endswith(".json"):
        return read_json(text, name)
    if text.lstrip().startswith("{"):
        with suppress(PlanError):
            return read_json(text, name)
    return read_yaml(text, name)


def shape(source: Source) -> Plan:
    """Type the data of *source* as a plan, without asking what it says.

    Raises: PlanError: a field is missing, unknown, or of another type.
    """
    try:
        return Plan.model_validate(source.data)
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise PlanError(_in_order(source, details)) from None


def _checked(source: Source) -> Plan:
    plan = shape(source)
    errors = [found for found in findings(plan, source) if found.level == "error"]
    if errors:
        raise PlanError(errors)
    return plan


def _in_order(source: Source, details: list[ErrorDetails]) -> list[Finding]:
    found = [
        _finding(source, detail) for detail in details if not _echo(detail, details)
    ]
    return sorted(found, key=lambda finding: (finding.line or 0, finding.path))


def _echo(detail: ErrorDetails, details: list[ErrorDetails]) -> bool:
    """A list that is too short only because its entries are wrong."""
    here = detail["loc"]
    return detail["type"] == "too_short" and any(
        other["loc"][: len(here)] == here and other is not detail for other in details
    )


def _finding(source: Source, detail: ErrorDetails) -> Finding:
    path = _path(source.data, detail["loc"])
    kind, value = detail["type"], detail["input"]
    message = MESSAGES.get(kind) or detail["msg"].removeprefix("Value error, ")
    if kind == "string_pattern_mismatch":
        message = PATTERNS.get(detail["ctx"]["pattern"], message)
    if kind not in ("missing", "extra_forbidden") and not isinstance(
        value, dict | list | tuple
    ):
        message = f"{message}, not {str(value)[:60]!r}"
    return source.finding("shape", path, message)


def _path(data: Any, location: tuple[int | str, ...]) -> Path:
    """Drop the steps of *location* that are the validator's, not the document's."""
    path: list[str | int] = []
    for index, part in enumerate(location):
        inside = isinstance(data, list) and isinstance(part, int) and part < len(data)
        if inside or (isinstance(data, dict) and part in data):
            data = data[part]
            path.append(part)
        elif index == len(location) - 1 and isinstance(data, dict):
            path.append(part)
    return tuple(path)
