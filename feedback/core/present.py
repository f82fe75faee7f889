"""A report made ready for its page: everything a template only has to write down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from feedback.core.figures import Row
from feedback.core.page import (
    ActionLine,
    Answer,
    Names,
    StatementAnswer,
    Vocabulary,
    Wait,
    action_lines,
    adherence_answer,
    statement_answers,
    stopped_answer,
    traffic_tree,
    waits,
)
from feedback.core.tables import (
    OutcomeTable,
    Pair,
    ReasonLine,
    answer_figures,
    outcome_tables,
    pairs_of,
    reason_lines,
    reason_sums,
    resource_rows,
    tree_rows,
)
from feedback.core.tree import Tree
from scamps.core.definition import Plan


@dataclass(frozen=True)
class Page:
    """The report page: answers, charts and the tables behind them."""

    report: Row
    cut_off: datetime
    word: Vocabulary
    names: Names
    lines: list[ActionLine]
    adherence: Answer
    statements: list[StatementAnswer]
    stopped: Answer
    waits: list[Wait]
    tree: Tree
    tree_rows: list[Row]
    reasons: list[ReasonLine]
    reason_sums: list[Row]
    performances: list[Row]
    not_advised: list[Row]
    performed: list[Row]
    answers: list[Row]
    outcomes: list[OutcomeTable]
    quality: list[Pair]
    enrolment: list[Pair]

    @property
    def is_retrospective(self) -> bool:
        return bool(self.report["origin"] == "retrospective")

    @property
    def columns(self) -> list[tuple[str, str]]:
        """The columns of decisions that hold anything: (key, heading)."""
        headings = [
            ("followed", self.word.followed.capitalize()),
            ("modified", "Modified"),
            ("deviated", self.word.deviated.capitalize()),
            ("deferred", "Deferred"),
            ("not_applicable", "Not applicable"),
            ("missing", "Missing"),
        ]
        rows = self.report["opportunities"]
        always = {"followed", "deviated"}
        return [
            (key, heading)
            for key, heading in headings
            if key in always or any(row[key] for row in rows)
        ]

    @property
    def decisions(self) -> list[tuple[ActionLine, list[int]]]:
        """Each action with its figures, in the order of `columns`."""
        return [
            (line, [line.row[key] for key, _ in self.columns]) for line in self.lines
        ]

    @property
    def has_open_decisions(self) -> bool:
        rows = self.report["opportunities"]
        return any(row["missing"] or row["deferred"] for row in rows)

    @property
    def is_clustered(self) -> bool:
        return any(line.adherence["is_clustered"] for line in self.lines)

    @property
    def is_empty(self) -> bool:
        return not self.report["encounters"]

    @property
    def digest(self) -> str:
        digest = self.report["digest"]
        return f"{digest[:4]}…{digest[-2:]}"


def page_of(plan: Plan, report: Row) -> Page:
    """Make *report*, of a version whose plan is *plan*, ready for its page."""
    names = Names(plan)
    lines = action_lines(report, names)
    reasons = reason_lines(report, names)
    performances, not_advised, performed = resource_rows(report, names)
    quality, enrolment = pairs_of(report)
    return Page(
        report=report,
        cut_off=datetime.fromisoformat(report["cut_off"]),
        word=Vocabulary.of(report["origin"]),
        names=names,
        lines=lines,
        adherence=adherence_answer(report, lines),
        statements=statement_answers(report, names),
        stopped=stopped_answer(report, names),
        waits=waits(report, names),
        tree=traffic_tree(plan, report),
        tree_rows=tree_rows(report, names),
        reasons=reasons,
        reason_sums=reason_sums(reasons),
        performances=performances,
        not_advised=not_advised,
        performed=performed,
        answers=answer_figures(report, names),
        outcomes=outcome_tables(plan, report, names),
        quality=quality,
        enrolment=enrolment,
    )
