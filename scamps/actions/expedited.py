"""The expedited way: fewer approvals, for what an alert names and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from scamps.actions.committee import TooFewMembers, UnderReview, members_of
from scamps.actions.evidence import standing_before
from scamps.core.compare import compare
from scamps.models import Alert, ExpeditedRule, Scamp, State, Version

FREE = ("provenance", "sources")  # parts that any expedited version may change


@dataclass(frozen=True)
class Quorum:
    """How many must approve a version, and why.

    `beyond` names what an expedited version changes that its alerts do not name: then
    the ordinary quorum holds.
    """

    number: int
    alerts: tuple[Alert, ...] = ()
    beyond: tuple[str, ...] = ()
    due_on: date | None = None

    @property
    def is_expedited(self) -> bool:
        return bool(self.alerts) and self.due_on is not None and not self.beyond


def quorum_of(version: Version) -> Quorum:
    """Return how many must approve *version*: fewer if it is expedited, as the rule says
    that was set before, and changes nothing but the nodes that its alerts name."""
    ordinary, rule = version.scamp.quorum, rule_of(version.scamp)
    alerts = tuple(Alert.objects.expediting(version))
    if not alerts or rule is None:
        return Quorum(ordinary, alerts)
    due_on = min(rule.due_on(alert) for alert in alerts)
    if beyond := _beyond(version, alerts):
        return Quorum(ordinary, alerts, beyond, due_on)
    return Quorum(min(ordinary, rule.quorum), alerts, (), due_on)


def _beyond(version: Version, alerts: tuple[Alert, ...]) -> tuple[str, ...]:
    """What *version* changes beside the nodes named, and where it comes from."""
    base = standing_before(version)
    if base is None:
        return ("the whole plan",)
    named = {f"nodes/{node}" for alert in alerts for node in alert.nodes}
    changes = compare(base.plan, version.plan).changes
    return tuple(
        sorted({one.place for one in changes if not _is_named(one.where, named)})
    )


def _is_named(where: str, named: set[str]) -> bool:
    head = "/".join(where.split("/")[:2])
    return head in named or where.split("/")[0] in FREE


def rule_of(scamp: Scamp) -> ExpeditedRule | None:
    """The rule that holds; without one there is no expedited way."""
    return scamp.expedited_rules.order_by("-pk").first()


@transaction.atomic
def set_rule(
    *, scamp: Scamp, quorum: int, days: int, reason: str, by: User, at: datetime
) -> ExpeditedRule:
    """State how expedited versions are judged, from now on.

    Args: quorum: at least 1, and that one has not written in the version. days: within
        which the committee means to decide, from the alert.
    Raises: UnderReview: never while a version is judged; TooFewMembers; ValueError.
    """
    if not reason.strip():
        raise ValueError("Say why.")
    if quorum < 1 or days < 1:
        raise ValueError("At least one must approve, within at least one day.")
    held = Scamp.objects.select_for_update().get(pk=scamp.pk)
    if held.versions.in_state(State.IN_REVIEW).exists():
        raise UnderReview(held)
    if quorum > (members := members_of(held)):
        raise TooFewMembers(members)
    told = {"quorum": quorum, "days": days, "reason": reason.strip()}
    return ExpeditedRule.objects.create(scamp=held, by=by, at=at, **told)
