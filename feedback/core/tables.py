"""The tables behind the charts, in the plan's words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from feedback.core.figures import Row
from feedback.core.page import Names, Vocabulary
from scamps.core.definition import Plan

NOT_GIVEN = "No reason given"


@dataclass(frozen=True)
class ReasonLine:
    """One reason with how often it was given; `width`: percent of the most frequent."""

    words: str
    action: str
    node: str
    choice: str
    decisions: int
    width: float


def reason_lines(report: Row, names: Names) -> list[ReasonLine]:
    """Why decisions departed, the most frequent first."""
    rows = sorted(report["reasons"], key=lambda row: -row["decisions"])
    most = max([1, *(row["decisions"] for row in rows)])
    return [
        ReasonLine(
            words=_reason(row, names),
            action=names.actions.get((row["node"], row["action"]), row["action"]),
            node=names.nodes.get(row["node"], row["node"]),
            choice=row["choice"].replace("-", " "),
            decisions=row["decisions"],
            width=round(100 * row["decisions"] / most, 1),
        )
        for row in rows
    ]


def _reason(row: Row, names: Names) -> str:
    if not row["reason"]:
        return NOT_GIVEN
    if row["reason"] == "other":
        return "Other, in words"
    reason: str = row["reason"]
    return names.reasons.get(reason, reason)


def reason_sums(lines: list[ReasonLine]) -> list[Row]:
    """Reasons added up over nodes and actions; not given stands last."""
    sums: Counter[str] = Counter()
    for line in lines:
        sums[line.words] += line.decisions
    most = max([1, *sums.values()])
    rows = [
        {
            "words": words,
            "decisions": count,
            "width": round(100 * count / most, 1),
            "is_given": words != NOT_GIVEN,
        }
        for words, count in sums.most_common()
    ]
    return sorted(rows, key=lambda row: not row["is_given"])


def tree_rows(report: Row, names: Names) -> list[Row]:
    """The ways that were taken, in words."""
    return [
        {
            "start": names.nodes.get(row["from"], row["from"]),
            "end": names.nodes.get(row["to"], row["to"]),
            "encounters": row["encounters"],
        }
        for row in report["edges"]
    ]


def resource_rows(report: Row, names: Names) -> tuple[list[Row], list[Row], list[Row]]:
    """Use of resources; what was done unadvised; decisions against performances."""
    used = [
        row | {"title": names.resources.get(row["resource"], row["resource"])}
        for row in report["performances"]
    ]
    unadvised = [
        row
        | {
            "title": names.resources.get(row["resource"], row["resource"]),
            "where": names.nodes.get(row["node"], row["node"]),
        }
        for row in report["not_advised"]
    ]
    word = Vocabulary.of(report["origin"])
    told = {"followed": word.followed, "deviated": word.deviated}
    performed = [
        row
        | {
            "title": names.actions.get((row["node"], row["action"]), row["action"]),
            "choice": told.get(row["choice"], row["choice"]).replace("-", " "),
            "status": row["status"].replace("-", " "),
        }
        for row in report["performed"]
    ]
    return used, unadvised, performed


def answer_figures(report: Row, names: Names) -> list[Row]:
    codes = ("known", "not-asked", "pending", "not-done", "refused", "not-known")
    return [
        {
            "title": names.elements.get(row["element"], row["element"]),
            "figures": [row[code] for code in codes],
        }
        for row in report["answers"]
    ]


@dataclass(frozen=True)
class OutcomeTable:
    """One outcome, for everybody and by where the walk ended."""

    label: str
    unit: str
    is_share: bool
    rows: list[Row]
    warnings: list[str]


def outcome_tables(plan: Plan, report: Row, names: Names) -> list[OutcomeTable]:
    beware = {row["outcome"]: row for row in report["outcome_warnings"]}
    tables = []
    for outcome in plan.outcomes:
        rows = [
            row | {"title": names.nodes.get(row["node"], "Everybody")}
            for row in report["outcomes"]
            if row["outcome"] == outcome.key
        ]
        if any(row["known"] for row in rows):
            tables.append(
                OutcomeTable(
                    label=names.outcomes[outcome.key],
                    unit=names.units[outcome.key],
                    is_share=outcome.type == "boolean",
                    rows=rows,
                    warnings=_warnings(beware.get(outcome.key), names),
                )
            )
    return tables


def _warnings(row: Row | None, names: Names) -> list[str]:
    """What to beware of when reading an outcome."""
    if row is None:
        return []
    found = []
    if row["derived"]:
        found.append(
            f"In {row['derived']:,} episodes it was not observed but derived from other "
            "data of the same record."
        )
    if row["derived_from"] and row["statements"]:
        from_what = ", ".join(
            names.elements.get(key, key.upper()) for key in row["derived_from"]
        )
        found.append(
            f"It may be derived from what the plan itself decides on ({from_what}): "
            "a prediction about it partly predicts itself."
        )
    if len(row["known_how"]) > 1:
        ways = "; ".join(f"{w['how']} ({w['episodes']:,})" for w in row["known_how"])
        found.append(f"It is known in different ways: {ways}.")
    return found


@dataclass(frozen=True)
class Pair:
    """A figure with its name, and what it means where that needs saying."""

    name: str
    figure: str
    note: str = ""


def pairs_of(report: Row) -> tuple[list[Pair], list[Pair]]:
    """How good the data are; and eligible against enrolled."""
    flagged = report["flagged"]
    quality = [
        Pair("Walks that used an implausible value", f"{flagged['encounters']:,}"),
        Pair("of them, would differ without it", f"{flagged['would_differ']:,}"),
        Pair("Encounters amended after signing", f"{report['amended']:,}"),
        Pair(
            "of them, would now be advised otherwise",
            f"{report['amended_would_advise_otherwise']:,}",
            "What was advised and decided at signing stays counted.",
        ),
        Pair("Entered in error", f"{report['voided']:,}", "Left every count above."),
    ]
    counts = report["enrolments"]
    enrolment = [
        Pair("Eligible episodes", f"{counts['episodes']:,}"),
        Pair("Enrolled", f"{counts['enrolled']:,}"),
        Pair("Declined", f"{counts['declined']:,}"),
        Pair("Not decided yet", f"{counts['undecided']:,}"),
        Pair("Left after enrolling", f"{counts['left']:,}"),
    ]
    return quality, enrolment
