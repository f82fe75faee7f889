"""What the report page says, made of the report's numbers: sentences, charts, words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from carepaths.core.reasons import WORDS as REASON_WORDS
from feedback.core.charts import Dot, StatementChart, dot, share_of_ten, statement_chart
from feedback.core.figures import Row
from feedback.core.tree import Traffic, Tree, draw
from scamps.core.definition import Plan, words

RETROSPECTIVE = "retrospective"
DOTS = 196  # width of a line of the adherence chart


@dataclass(frozen=True)
class Vocabulary:
    """The words for an origin: before a plan, nobody follows or deviates from it."""

    followed: str
    deviated: str

    @classmethod
    def of(cls, origin: str) -> Vocabulary:
        if origin == RETROSPECTIVE:
            return cls("concordant", "discordant")
        return cls("followed", "deviated")


class Names:
    """The plan's words for the keys that a report holds."""

    def __init__(self, plan: Plan) -> None:
        def label(text: Any) -> str:
            return words(text, plan.language)

        self.nodes = {node.key: label(node.title) for node in plan.nodes}
        self.actions = {
            (node.key, action.key): label(action.words)
            for node in plan.nodes
            if node.kind == "recommend"
            for action in node.actions
        }
        self.elements = {e.key: label(e.label) for e in plan.elements}
        self.resources = {r.key: label(r.title) for r in plan.resources}
        self.outcomes = {o.key: label(o.label) for o in plan.outcomes}
        self.units = {o.key: o.unit or "" for o in plan.outcomes}
        self.statements = {s.key: label(s.words) for s in plan.statements}
        self.omissions = {
            s.key: self.resources[s.omission_of]
            for s in plan.statements
            if s.omission_of
        }
        self.reasons = REASON_WORDS | {r.key: label(r.words) for r in plan.reasons}


@dataclass(frozen=True)
class ActionLine:
    """One action with its counts, its share followed and where that is drawn."""

    node: str
    action: str
    short: str
    row: Row
    adherence: Row
    dot: Dot | None

    @property
    def is_mostly_deviated(self) -> bool:
        return (self.adherence["followed_percent"] or 0) < 50


def action_lines(report: Row, names: Names) -> list[ActionLine]:
    lines = []
    for row, beside in zip(report["opportunities"], report["adherence"], strict=True):
        node = names.nodes.get(row["node"], row["node"])
        action = names.actions.get((row["node"], row["action"]), row["action"])
        lines.append(
            ActionLine(
                node=node,
                action=action.rstrip("."),
                short=_short(row["node"], row["action"]),
                row=row,
                adherence=beside,
                dot=dot(beside["followed_percent"], beside["interval"], DOTS),
            )
        )
    return lines


def _short(node: str, action: str) -> str:
    """Name an action in a few letters, by its key and what its node's key adds.

    >>> _short("operate-high", "operate"), _short("low", "no-ultrasound")
    ('operate (high)', 'no ultrasound (low)')
    """
    taken = action.split("-")
    beside = " ".join(part for part in node.split("-") if part not in taken)
    return f"{' '.join(taken)} ({beside})" if beside else " ".join(taken)


@dataclass(frozen=True)
class Answer:
    """A sentence a busy person can act on, and the figures behind it."""

    sentence: str
    figures: str


def adherence_answer(report: Row, lines: list[ActionLine]) -> Answer:
    """Say how often the advice is followed, and where most and least."""
    word = Vocabulary.of(report["origin"])
    rows = report["opportunities"]
    sums = {
        name: sum(row[name] for row in rows)
        for name in ("opportunities", "followed", "modified", "deviated")
    }
    decided = sums["followed"] + sums["modified"] + sums["deviated"]
    if not decided:
        return Answer("Nothing has been decided yet.", "")
    sentence = f"In {share_of_ten(sums['followed'], decided)} decisions."
    ranked = sorted(
        (line for line in lines if line.dot),
        key=lambda line: line.adherence["followed_percent"],
    )
    if len(ranked) > 1:
        low, high = ranked[0], ranked[-1]
        sentence += (
            f" Most often “{high.short}”, {high.adherence['followed_percent']:.0f} %;"
            f" least often “{low.short}”, {low.adherence['followed_percent']:.0f} %."
        )
    undecided = sums["opportunities"] - decided
    figures = (
        f"{sums['opportunities']:,} opportunities in {report['patients']:,} patients: "
        f"{sums['followed']:,} {word.followed}, "
        + (f"{sums['modified']:,} modified, " if sums["modified"] else "")
        + f"{sums['deviated']:,} {word.deviated}"
        + (f", {undecided:,} open or not applicable." if undecided else ".")
    )
    return Answer(sentence, f"{figures} {_reasons_missing(report)}".strip())


def _reasons_missing(report: Row) -> str:
    """Retrospective decisions ask for no reason, so none is missing there."""
    asked = [row for row in report["reasons"] if row["choice"] == "deviated"]
    total = sum(row["decisions"] for row in asked)
    if report["origin"] == RETROSPECTIVE or not total:
        return ""
    missing = sum(row["decisions"] for row in asked if not row["reason"])
    return f"Reason missing in {100 * missing / total:.0f} % of deviations."


@dataclass(frozen=True)
class StatementAnswer:
    row: Row
    verdict: str
    words: str
    found: str
    figures: str
    chart: StatementChart
    omitted: str
    warning: str


VERDICTS = {"supported": "Held", "refuted": "Refuted", "undecided": "Undecided so far"}


def statement_answers(report: Row, names: Names) -> list[StatementAnswer]:
    """Each statement: what was predicted, what was found, how sure that is."""
    omitted = {row["key"]: row for row in report["statements_omitted"]}
    beware = {  # once for each outcome
        row["statements"][0]: row
        for row in report["outcome_warnings"]
        if row["statements"]
    }
    return [
        StatementAnswer(
            row=row,
            verdict=VERDICTS[row["verdict"]],
            words=names.statements[row["key"]],
            found="" if row["percent"] is None else f"It was {row['percent']:.0f} %.",
            figures=_statement_figures(row),
            chart=statement_chart(row),
            omitted=_omitted(omitted.get(row["key"]), names),
            warning=_warning(beware.get(row["key"])),
        )
        for row in report["statements"]
    ]


def _omitted(row: Row | None, names: Names) -> str:
    """Say the same of those in whom the thing was really omitted."""
    if row is None or not row["total"]:
        return ""
    what = names.omissions[row["key"]]
    return f"Of those without “{what}”: {row['events']:,} of {row['total']:,}."


def _warning(row: Row | None) -> str:
    """Warn of a prediction that partly predicts itself."""
    if row is None or not row["derived_from"]:
        return ""
    return "This outcome may be derived from what the plan decides on: see below."


def _statement_figures(row: Row) -> str:
    if not row["total"]:
        return "No patient with a known outcome has been here."
    low, high = row["interval"]
    figures = (
        f"{row['events']:,} of {row['total']:,} episodes, "
        f"95 % interval {low:.0f} to {high:.0f} %"
    )
    missing = row["outcome_missing"]
    if not missing:
        return f"{figures}; no outcome is missing."
    if row["verdict"] == "undecided":
        return f"{figures}; the outcome of {missing:,} more is unknown."
    return f"{figures}; holds whichever way the {missing:,} unknown went."


@dataclass(frozen=True)
class Wait:
    """Walks that stopped at one node for the same reason."""

    node: str
    elements: str
    encounters: int
    width: float


def waits(report: Row, names: Names) -> list[Wait]:
    rows = sorted(report["stopped"], key=lambda row: -row["encounters"])
    most = max([1, *(row["encounters"] for row in rows)])
    return [
        Wait(
            node=names.nodes.get(row["node"], row["node"]),
            elements=", ".join(names.elements.get(e, e) for e in row["waiting_for"]),
            encounters=row["encounters"],
            width=round(100 * row["encounters"] / most, 1),
        )
        for row in rows
    ]


def stopped_answer(report: Row, names: Names) -> Answer:
    """Say how many walks stopped, and what most of them waited for."""
    stopped = report["managed_without_plan"]
    if not stopped:
        return Answer("No walk stopped: each one came to an end of the plan.", "")
    missing: Counter[str] = Counter()
    for row in report["stopped"]:
        for element in row["waiting_for"]:
            missing[element] += row["encounters"]
    sentence = (
        f"{stopped:,} of {report['encounters']:,} walks stopped for want of data."
    )
    if missing:
        [(element, count)] = missing.most_common(1)
        name = names.elements.get(element, element)
        sentence += f" Most often “{name}” was not known ({count:,})."
    return Answer(
        sentence,
        "They were managed without the plan, and are counted where they stopped.",
    )


def traffic_tree(plan: Plan, report: Row) -> Tree:
    """The plan with everybody who walked it."""
    deviated: Counter[str] = Counter()
    stopped: Counter[str] = Counter()
    for row in report["departures"]:
        deviated[row["node"]] += row["encounters"]
    for row in report["stopped"]:
        stopped[row["node"]] += row["encounters"]
    traffic = Traffic(
        encounters={row["node"]: row["encounters"] for row in report["nodes"]},
        edges={(row["from"], row["to"]): row["encounters"] for row in report["edges"]},
        stopped=stopped,
        deviated=deviated,
        deviation_word=Vocabulary.of(report["origin"]).deviated,
    )
    return draw(plan, traffic)
