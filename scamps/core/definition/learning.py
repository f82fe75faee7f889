"""What a plan learns from: reasons, resources, outcomes, targeted data statements."""

from typing import Annotated, Literal

from pydantic import Field

from scamps.core.definition.parts import (
    Code,
    Duration,
    Flag,
    Key,
    Name,
    Number,
    Part,
    Text,
    Unit,
    Words,
)


class Reason(Part):
    """A reason to depart, mapped to a standard code; no *actions* means everywhere."""

    key: Key
    words: Text
    standard: Key
    actions: tuple[Key, ...] = ()


class Cost(Part):
    amount: Annotated[Number, Field(ge=0)]
    currency: Annotated[Words, Field(pattern=r"^[A-Z]{3}$")]
    source: Text | None = None


class Resource(Part):
    key: Key
    title: Text
    kind: Literal["test", "treatment", "service"]
    cost: Cost | None = None
    code: Code | None = None


class Outcome(Part):
    """What became of the patient."""

    key: Name
    label: Text
    type: Literal["boolean", "integer", "decimal"]
    unit: Unit | None = None
    kind: Literal["benefit", "harm", "patient-reported", "process"]
    window: Duration | None = None
    known_how: Text
    derived_from: tuple[Name, ...] = ()
    affected_by_action: Flag
    note: Text | None = None


class Prediction(Part):
    comparison: Literal["<", ">"]
    percent: Annotated[Number, Field(ge=0, le=100)]


class Statement(Part):
    """A targeted data statement: a question, and the answer the authors expect."""

    key: Key
    words: Text
    node: Key
    outcome: Name
    prediction: Prediction
    omission_of: Key | None = None
    looks: Literal["at-cut-off"]
