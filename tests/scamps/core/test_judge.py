"""One expression as its author types it: English, or the place of the mistake."""

from functools import cache

import pytest

from scamps.core.definition import findings
from scamps.core.judge import judge
from tests.factories import library_plan


@cache
def plan(name: str = "suspected-appendicitis"):
    return library_plan(name)


def first(text: str, **more: str):
    return judge(plan(), text, **more)


def test_a_right_criterion_is_said_with_labels_and_without_a_problem():
    judged = first("appendix_diameter >= 6 'mm' and peritonitis = 'generalized'")

    assert judged.problem is None
    assert "≥ 6 mm and " in judged.english
    assert "“" in judged.english
    assert "generalized" not in judged.english


@pytest.mark.parametrize(
    ("text", "line", "column", "marked", "expected"),
    [
        ("pas <= ", 1, 8, "", "a value"),
        ("pas <=\n  nothere", 2, 3, "nothere", "a name of the plan"),
        ("appendix_diameter >= 6 'kg'", 1, 22, "6", "a unit like 'mm'"),
        ("appendix_diameter >= 6", 1, 22, "6", "a number with a unit"),
        ("peritonitis = 'everywhere'", 1, 15, "'everywhere'", "'generalized'"),
        ("pas >= 'x", 1, 8, "'", ""),
        ("pas + 1", 1, 1, "pas", "a comparison"),
    ],
    ids=["early end", "name", "unit", "bare", "choice", "open string", "type"],
)
def test_a_mistake_is_marked_where_it_is(text, line, column, marked, expected):
    problem = first(text).problem

    assert (problem.line, problem.column, problem.marked) == (line, column, marked)
    assert expected in problem.expected
    assert problem.before + problem.marked + problem.after == text
    assert text[problem.start : problem.end] == marked


def test_a_browsers_line_ends_are_those_of_the_document():
    problem = first("pas <=\r\n  nothere").problem

    assert (problem.line, problem.column, problem.marked) == (2, 3, "nothere")


def test_an_empty_text_is_neither_right_nor_wrong():
    judged = first("  ")

    assert (judged.english, judged.problem) == ("", None)


def test_an_unknown_is_explained_at_its_place():
    where = "nodes.risk.branches[0].when"

    assert "stops the walk" in first("pas <= 3", where=where).if_unknown
    shown = "forms.first.sections.all.items[0].show_when"
    assert first("us_performed", where=shown).if_unknown.endswith("it is shown.")
    never = first("pas is null", where=where).if_unknown
    assert never.startswith("It always has an answer")


def test_a_doubt_has_the_name_that_the_checks_accept_it_by():
    text = "Count({fever_with_pain}) > 0 or age is null"
    chest = plan("pediatric-chest-pain")
    where = f"nodes.{decide(chest).key}.branches[0].when"
    doubted = {doubt.name for doubt in judge(chest, text, where=where).doubts}

    changed = with_branch(chest, text)
    names = {f.name for f in findings(changed) if f.code == "unknown-becomes-known"}

    assert doubted
    assert doubted <= names


def decide(one):
    return next(node for node in one.nodes if node.kind == "decide")


def with_branch(one, text: str):
    node = decide(one)
    branch = node.branches[0].model_copy(update={"when": text})
    changed = node.model_copy(update={"branches": (branch, *node.branches[1:])})
    nodes = tuple(changed if n.key == node.key else n for n in one.nodes)
    return one.model_copy(update={"nodes": nodes})


def test_a_score_is_one_value_and_never_reads_itself():
    where = "scores.pas.expression"

    assert first("pas + 1", where=where, wanted="score").problem.message.startswith(
        "'pas' is the score itself"
    )
    assert first("previous.pas", where=where, wanted="score").problem is None
    listed = first("{1, 2}", where=where, wanted="score").problem
    assert "one value" in listed.message


@pytest.mark.parametrize("name", ["suspected-appendicitis", "pediatric-chest-pain"])
def test_every_expression_of_a_library_plan_is_said(name):
    one = plan(name)
    for path, expression in one.criteria.parsed.items():
        wanted = "score" if path[0] == "scores" else "Boolean"
        judged = judge(one, expression.source, wanted=wanted)
        assert judged.english, path
        assert judged.problem is None


def test_a_long_chain_is_read_part_by_part():
    judged = judge(plan(), plan().score["pas"].expression, wanted="score")

    assert judged.joined == "the sum of"
    assert len(judged.parts) == 8
    assert judged.type_words == "a whole number"
    assert first("us_performed and appendix_seen").parts == ()
    assert first("us_performed or appendix_seen or nausea").joined == "any of"
