"""Earlier patients at one point of a plan: what was done, and what became of them all.

Made of facts that were added up (`Tally`), of one origin and one node. Patients are
counted once, at the first time they came to the point, so shares of patients have the
exact interval; decisions and treatments may repeat, so theirs respect the clustering.
Nothing is compared here but where the plan says that the action can change the outcome.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from carepaths.core.reasons import WORDS as REASON_WORDS
from feedback.core.charts import Dot, dot
from feedback.core.figures import interval
from feedback.core.page import RETROSPECTIVE, Vocabulary
from feedback.core.stats import Clusters, exact_interval, median_interval, quantile
from feedback.core.tally import Tally
from scamps.core.definition import Action, Outcome, Plan, words

LEAST = 10  # patients with a known outcome in each group, before it is shown split
WIDTH = 100  # of a drawn line: the percents themselves
DECIDED = ("followed", "modified", "deviated")
FIXED = ("deferred", "not-applicable", "missing")
WARNING = (
    "The groups differ for reasons: whoever departed saw something in the patient."
    " A difference between them is not an effect of the action."
)


@dataclass(frozen=True)
class Share:
    """`events` of `total`, with the 95 % interval in percent."""

    events: int
    total: int
    percent: float
    low: float
    high: float
    patients: int

    @property
    def dot(self) -> Dot | None:
        return dot(self.percent, [self.low, self.high], WIDTH)

    @property
    def is_clustered(self) -> bool:
        return self.patients < self.total


@dataclass(frozen=True)
class Middle:
    """The median of `total` values; the interval may be open for few of them."""

    total: int
    median: Decimal
    low: Decimal | None
    high: Decimal | None


@dataclass(frozen=True)
class Done:
    """One action of the point: what was decided about it, and what was then done."""

    key: str
    words: str
    direction: str
    choices: tuple[tuple[str, int], ...]
    followed: Share | None
    departed: int
    done: Share | None
    status_unknown: int

    @property
    def opportunities(self) -> int:
        return sum(count for _, count in self.choices)

    @property
    def bar(self) -> tuple[float, float]:
        """How far the followed reach, and how wide those are that departed."""
        total = self.opportunities or 1
        followed = dict(self.choices).get("followed", 0)
        return 100 * followed / total, 100 * self.departed / total


@dataclass(frozen=True)
class Fate:
    """One outcome of the plan, for all patients who came here."""

    key: str
    label: str
    unit: str
    known: int
    missing: int
    not_due: int
    share: Share | None
    middle: Middle | None
    is_own_path: bool


@dataclass(frozen=True)
class Group:
    """Patients in whom the action was followed, or not, with an outcome known."""

    name: str
    choice: str
    known: int
    missing: int
    share: Share | None
    middle: Middle | None


@dataclass(frozen=True)
class Split:
    """An outcome that the action can change, told apart by what was decided."""

    outcome: str
    unit: str
    action: str
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class Earlier:
    """Everybody who came to one point before, of one origin."""

    origin: str
    patients: int
    encounters: int
    done: tuple[Done, ...]
    fates: tuple[Fate, ...]
    splits: tuple[Split, ...]
    reasons: tuple[tuple[str, int], ...]

    @property
    def word(self) -> Vocabulary:
        return Vocabulary.of(self.origin)

    @property
    def is_retrospective(self) -> bool:
        return self.origin == RETROSPECTIVE

    @property
    def is_repeated(self) -> bool:
        """Whether some came here more than once, or decided more than once."""
        shares = [s for one in self.done for s in (one.followed, one.done) if s]
        return any(share.is_clustered for share in shares)

    @property
    def sentence(self) -> str:
        """What a busy person reads of it."""
        who = f"{self.patients:,} earlier patient{'' if self.patients == 1 else 's'}"
        decided = [one for one in self.done if one.followed]
        if not decided:
            return f"{who}; nothing was decided yet."
        said = "; ".join(_said(one, self.word) for one in decided)
        return f"{who}. {said[0].upper()}{said[1:]}."


def _said(one: Done, word: Vocabulary) -> str:
    share = one.followed
    assert share is not None  # noqa: S101 (those without were left out)
    return f"“{one.words}” {word.followed} in {share.events:,} of {share.total:,}"


def earlier_at(plan: Plan, node: str, origin: str, tally: Tally) -> Earlier | None:
    """Read *tally* about *node*; None if nobody has been there.

    tally: facts of that node and origin alone, over any sites and months.
    """
    patients = tally.count("reached", node)
    if not patients:
        return None
    point = plan.node[node]
    actions = point.actions if point.kind == "recommend" else ()
    return Earlier(
        origin=origin,
        patients=patients,
        encounters=tally.count("node", node),
        done=tuple(_done(plan, node, action, tally) for action in actions),
        fates=tuple(_fate(plan, o, node, tally) for o in plan.outcomes),
        splits=tuple(_splits(plan, node, actions, origin, tally)),
        reasons=_reasons(plan, node, tally),
    )


def _done(plan: Plan, node: str, action: Action, tally: Tally) -> Done:
    made: Counter[str] = Counter()
    for at, about, choice, is_past, count in tally.rows("decision"):
        if (at, about) == (node, action.key):
            made["missing" if choice == "deferred" and is_past else choice] += count
    performed = tally.by_value("performed", node, action.key)
    unknown = sum(n for said, n in performed.items() if said.endswith(" unknown"))
    return Done(
        key=action.key,
        words=words(action.words, plan.language).rstrip("."),
        direction=action.direction,
        choices=tuple((c, made[c]) for c in (*DECIDED, *FIXED) if made[c]),
        followed=_clustered(tally.clusters(node, action.key, "f")),
        departed=made["modified"] + made["deviated"],
        done=_clustered(_treated(tally.by_value("done", node, action.key))),
        status_unknown=unknown,
    )


def _treated(term: Mapping[str, int]) -> Clusters:
    return Clusters(
        patients=term["patients"],
        events=term["d"],
        total=term["n"],
        total_total=term["n_n"],
        events_events=term["d_d"],
        events_total=term["d_n"],
    )


def _clustered(clusters: Clusters) -> Share | None:
    limits = interval(clusters)
    if limits is None:
        return None
    return Share(
        events=clusters.events,
        total=clusters.total,
        percent=100 * clusters.events / clusters.total,
        low=limits[0],
        high=limits[1],
        patients=clusters.patients,
    )


def _fate(plan: Plan, outcome: Outcome, node: str, tally: Tally) -> Fate:
    values: Counter[str] = Counter()
    not_due = 0
    for at, key, value, is_past, count in tally.rows("fate"):
        if (at, key) == (node, outcome.key):
            if is_past:
                values[value] += count
            else:
                not_due += count
    missing = values.pop("", 0)
    share, middle = _figure(outcome, values)
    return Fate(
        key=outcome.key,
        label=words(outcome.label, plan.language),
        unit=outcome.unit or "",
        known=sum(values.values()),
        missing=missing,
        not_due=not_due,
        share=share,
        middle=middle,
        is_own_path=bool(outcome.derived_from),
    )


def _figure(
    outcome: Outcome, values: Counter[str]
) -> tuple[Share | None, Middle | None]:
    """A share of known values that are true, or their median. One value a patient."""
    total = sum(values.values())
    if not total:
        return None, None
    if outcome.type == "boolean":
        events = values["true"]
        low, high = exact_interval(events, total)
        return Share(
            events, total, 100 * events / total, 100 * low, 100 * high, total
        ), None
    numbers = {Decimal(value): count for value, count in values.items()}
    median = quantile(numbers, 0.5)
    assert median is not None  # noqa: S101 (there are values)
    return None, Middle(total, median, *median_interval(numbers))


def _splits(
    plan: Plan, node: str, actions: tuple[Action, ...], origin: str, tally: Tally
) -> list[Split]:
    """Outcomes that the plan marks as affected, where both groups are large enough."""
    found = []
    for outcome in plan.outcomes:
        if not outcome.affected_by_action:
            continue
        for action in actions:
            groups = _groups(outcome, node, action, origin, tally)
            if all(group.known >= LEAST for group in groups):
                found.append(
                    Split(
                        outcome=words(outcome.label, plan.language),
                        unit=outcome.unit or "",
                        action=words(action.words, plan.language).rstrip("."),
                        groups=groups,
                    )
                )
    return found


def _groups(
    outcome: Outcome, node: str, action: Action, origin: str, tally: Tally
) -> tuple[Group, ...]:
    word = Vocabulary.of(origin)
    names = {"followed": word.followed, "deviated": word.deviated}
    values: dict[str, Counter[str]] = {choice: Counter() for choice in names}
    for at, key, said, is_past, count in tally.rows("split"):
        about, choice, value = said.split(" ")
        if (at, key, about) == (node, outcome.key, action.key) and is_past:
            values[choice][value] += count
    return tuple(
        _group(outcome, choice, name, values[choice]) for choice, name in names.items()
    )


def _group(outcome: Outcome, choice: str, name: str, values: Counter[str]) -> Group:
    missing = values.pop("", 0)
    share, middle = _figure(outcome, values)
    return Group(name, choice, sum(values.values()), missing, share, middle)


def _reasons(plan: Plan, node: str, tally: Tally) -> tuple[tuple[str, int], ...]:
    """Why earlier clinicians deviated here, the most frequent first."""
    named: dict[str, Any] = REASON_WORDS | {
        reason.key: words(reason.words, plan.language) for reason in plan.reasons
    }
    found: Counter[str] = Counter()
    for at, _, value, _, count in tally.rows("reason"):
        choice, reason, _ = value.split(" ")
        if at == node and choice == "deviated":
            found[named.get(reason, reason) if reason else "No reason given"] += count
    return tuple(found.most_common(4))
