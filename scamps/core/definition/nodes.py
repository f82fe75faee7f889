"""The nodes of the tree: assess, decide, recommend, finish."""

from typing import Annotated, Literal

from pydantic import Field

from scamps.core.definition.parts import Criterion, Duration, Flag, Key, Part, Text


class Branch(Part):
    when: Criterion
    to: Key
    label: Text | None = None


class Action(Part):
    """One thing a recommend node advises: do, or do not do."""

    key: Key
    words: Text
    direction: Literal["do", "do-not"]
    resource: Key
    window: Duration | None = None
    rationale: Text | None = None
    evidence: tuple[Key, ...] = ()
    strength: Text | None = None
    serious: Flag = False


class Assess(Part):
    """Asks a form; never blocks."""

    kind: Literal["assess"]
    key: Key
    title: Text
    form: Key
    next: Key


class Decide(Part):
    """Branches on criteria, tried in order."""

    kind: Literal["decide"]
    key: Key
    title: Text
    hit: Literal["first", "unique"] = "first"
    branches: Annotated[tuple[Branch, ...], Field(min_length=1)]
    otherwise: Key | None = None
    unknown: Key | None = None
    if_unknown: Text


class Recommend(Part):
    """Advises actions; without a *next* the walk ends here."""

    kind: Literal["recommend"]
    key: Key
    title: Text
    summary: Text | None = None
    actions: Annotated[tuple[Action, ...], Field(min_length=1)]
    next: Key | None = None


class Finish(Part):
    kind: Literal["finish"]
    key: Key
    title: Text
    words: Text | None = None


Node = Annotated[Assess | Decide | Recommend | Finish, Field(discriminator="kind")]
