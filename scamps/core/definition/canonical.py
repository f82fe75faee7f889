"""The one text of a plan that is stored and hashed, and the text people edit."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import Node, ScalarNode
from ruamel.yaml.representer import SafeRepresenter

from scamps.core.definition.document import Plan
from scamps.core.definition.events import resolve

FIELD_ORDER = ("schema", "kind", "key", "title", "label", "type")


def canonical(plan: Plan) -> str:
    """The canonical text of *plan*: what is stored, and hashed for ever.

    JSON in UTF-8, keys sorted, no white space, decimals as strings without
    superfluous zeros, fields that are unset or have their default absent. Two plans
    are equal if and only if their canonical texts are.
    """
    return json.dumps(
        _plain(_set_fields(plan)),
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
        allow_nan=False,
    )


def digest(plan: Plan) -> str:
    """The SHA-256 of the canonical text, as 64 hexadecimal digits."""
    return digest_of(canonical(plan))


def digest_of(text: str) -> str:
    """The SHA-256 of canonical *text*."""
    return hashlib.sha256(text.encode()).hexdigest()


def dump_json(plan: Plan) -> str:
    """JSON for people: the canonical content, indented."""
    data = _plain(_set_fields(plan))
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def dump_yaml(plan: Plan) -> str:
    """YAML for people; reading it gives *plan* again, decimals as they were typed."""
    return yaml_text(_ordered(_set_fields(plan)))


def yaml_text(data: Any) -> str:
    """*data* as YAML for people, in its own order."""
    yaml = YAML(typ="safe", pure=True)
    yaml.Representer = _Representer
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.allow_unicode = True
    yaml.width = 88
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = StringIO()
    yaml.dump(data, out)
    return out.getvalue()


def plain_decimal(value: Decimal) -> str:
    """*value* without exponent or superfluous zeros.

    >>> [plain_decimal(Decimal(text)) for text in ("38.0", "1E+2", "0.00", "-0.50")]
    ['38', '100', '0', '-0.5']
    """
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def _set_fields(plan: Plan) -> dict[str, Any]:
    return plan.model_dump(by_alias=True, exclude_defaults=True)


def _plain(value: Any) -> Any:
    match value:
        case Mapping():
            return {key: _plain(entry) for key, entry in value.items()}
        case list() | tuple():
            return [_plain(entry) for entry in value]
        case Decimal():
            return plain_decimal(value)
        case date():
            return value.isoformat()
    return value


def _ordered(value: Any) -> Any:
    match value:
        case dict():
            first = {key: value[key] for key in FIELD_ORDER if key in value}
            return {key: _ordered(entry) for key, entry in (first | value).items()}
        case list() | tuple():
            return [_ordered(entry) for entry in value]
        case date():
            return value.isoformat()
    return value


class _Representer(SafeRepresenter):
    """Numbers plain; a word that would read as something else in quotes."""


def _represent_decimal(representer: SafeRepresenter, value: Decimal) -> Node:
    text = format(value, "f")
    kind = "float" if "." in text else "int"
    return ScalarNode(f"tag:yaml.org,2002:{kind}", text)


def _represent_text(representer: SafeRepresenter, value: str) -> ScalarNode:
    plain = isinstance(resolve(value), str) and value.isprintable()
    style = None if plain else "|" if _fits_block(value) else '"'
    return ScalarNode("tag:yaml.org,2002:str", value, style=style)


def _fits_block(value: str) -> bool:
    lines = value.split("\n")
    return (
        len(lines) > 1
        and all(line.isprintable() for line in lines)
        and all(line == line.strip() != "" for line in lines[:-1])
        and lines[-1] == lines[-1].strip()
    )


_Representer.add_representer(Decimal, _represent_decimal)
_Representer.add_representer(str, _represent_text)
