"""What can stand at the cursor."""

from functools import cache

import pytest

from scamps.core.complete import complete
from scamps.core.language import parse
from tests.factories import library_plan


@cache
def plan(name: str = "suspected-appendicitis"):
    return library_plan(name)


def offered(text: str, **more: str) -> list[str]:
    """The options at the | of *text*."""
    cursor = text.index("|")
    found = complete(plan(), text.replace("|", ""), cursor, **more)
    return [option.insert for option in found.options]


def taken(text: str, insert: str) -> str:
    """The text with one option taken at the |."""
    cursor, text = text.index("|"), text.replace("|", "")
    found = complete(plan(), text, cursor)
    assert insert in [option.insert for option in found.options]
    return text[: found.start] + insert + text[found.end :]


def test_at_the_beginning_every_name_can_stand():
    found = offered("|")

    assert set(plan().element) <= set(found)
    assert "not" in found
    assert "Coalesce(" in found


def test_a_name_is_found_by_its_key_and_by_its_label():
    label = plan().element["wbc"].label

    assert offered("wb|")[0] == "wbc"
    assert "wbc" in offered(f"{label.split()[0][:4].lower()}|")


@pytest.mark.parametrize(
    ("text", "expected", "first"),
    [
        ("peritonitis = |", "'generalized'", "'"),
        ("peritonitis = 'gen|", "'generalized'", "'gen"),
        ("peritonitis = 'gen|xyz'", "'generalized'", "'gen"),
        ("peritonitis in {'none', '|", "'generalized'", "'"),
        ("appendix_diameter >= 6 '|", "'mm'", "'"),
        ("appendix_diameter >= 6 |", "'cm'", ""),
        ("appendix_diameter between 4 'mm' and 6 |", "'mm'", ""),
        ("pas |", ">=", ""),
        ("pas is |", "not null", ""),
        ("pas >= |", "previous.pas", ""),
        ("us_performed |", "and", ""),
        ("us_performed and app|", "appendix_seen", "app"),
    ],
)
def test_what_fits_is_offered(text, expected, first):
    assert expected in offered(text)
    assert expected in taken(text, expected)


def test_what_is_taken_replaces_the_word_or_the_string_it_stands_in():
    assert taken("peritonitis = 'ge|'", "'generalized'") == (
        "peritonitis = 'generalized'"
    )
    assert taken("us_perf|ormed and pas > 3", "us_performed") == (
        "us_performed and pas > 3"
    )


def test_only_units_that_convert_are_offered_the_own_first():
    found = offered("temperature >= 38 '|")

    assert found[0] == "'Cel'"
    assert "'[degF]'" in found
    assert "'kg'" not in found


def test_only_what_compares_is_offered_after_a_comparison():
    found = offered("temperature >= |")

    assert "previous.temperature" in found
    assert "nausea" not in found
    assert "peritonitis" not in found


def test_a_comment_is_left_alone():
    assert offered("pas > 3 // and wb|") == []
    assert offered("pas /* wb|") == []


def test_a_score_is_not_offered_to_itself():
    assert "pas" not in offered("|", where="scores.pas.expression")


def test_every_offered_operand_types_where_it_is_offered():
    for text in ("temperature >= |", "peritonitis = |", "pas <= |", "us_performed = |"):
        for insert in offered(text):
            if insert not in ("@",):
                whole = text.replace("|", insert)
                assert parse(whole, plan().names()).root, whole


def test_every_prefix_of_a_criterion_is_completed_without_failing():
    for expression in plan().criteria.parsed.values():
        for cursor in range(len(expression.source) + 1):
            found = complete(plan(), expression.source, cursor)
            assert found.start <= cursor <= found.end


def test_the_next_token_of_every_library_criterion_is_among_those_offered():
    for name in ("suspected-appendicitis", "pediatric-chest-pain"):
        one = plan(name)
        for expression in one.criteria.parsed.values():
            for key in expression.names:
                cursor = expression.source.index(key)
                found = complete(one, expression.source[:cursor], cursor)
                assert key in [o.insert for o in found.options], expression.source


def test_an_expression_that_is_taken_step_by_step_is_right():
    text = "|"
    for insert in ("peritonitis", "=", "'generalized'", "and", "pas", ">="):
        text = taken(text, insert) + " |"
    text = text.replace("|", "7")

    assert parse(text, plan().names())
