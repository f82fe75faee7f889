"""The commands for authors of plans."""

from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from scamps.core.definition import json_schema_text
from tests.scamps.core.documents import SMALL

CASES = """\
cases:
  - name: fever
    visit: first
    answers: {temperature: 38.0}
    walk: {path: [ask, hot, %s], actions: [rest]}
"""


def check(folder: Path, plan: str, cases: str = "") -> str:
    (folder / "plan.yaml").write_text(plan)
    if cases:
        (folder / "cases.yaml").write_text(cases)
    out = StringIO()
    try:
        call_command("check_plan", folder / "plan.yaml", stdout=out)
    except CommandError as error:
        out.write(str(error))
    return out.getvalue()


def test_a_good_plan_is_checked_with_its_cases(tmp_path):
    told = check(tmp_path, SMALL, CASES % "fever")

    assert "1 cases walk as they say." in told
    assert "no case comes to hot → well" in told
    assert told.endswith("The plan can be used.\n")


def test_an_error_is_told_with_its_line(tmp_path):
    told = check(tmp_path, SMALL.replace("otherwise: well", "otherwise: wel"))

    assert "plan.yaml:25:16 nodes.hot.otherwise - there is no node 'wel'" in told
    assert told.endswith("The plan cannot be used.")


def test_a_case_that_walks_otherwise_is_told(tmp_path):
    told = check(tmp_path, SMALL, CASES % "well")

    assert "case: fever: path: expected ask → hot → well, not" in told
    assert told.endswith("Some cases walk otherwise than they say.")


def test_cases_that_cannot_be_read_are_told(tmp_path):
    told = check(tmp_path, SMALL, CASES.replace("38.0", "hot") % "fever")

    assert "'hot' is no decimal of 'temperature'" in told


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        call_command("check_plan", tmp_path / "none.yaml")


def test_the_plans_of_the_library_are_in_order():
    for file in (settings.BASE_DIR / "library").glob("*/plan.yaml"):
        out = StringIO()
        call_command("check_plan", file, stdout=out)
        assert "no case comes to" not in out.getvalue()


def test_the_schema_is_written_where_it_is_asked_for(tmp_path):
    call_command("export_plan_schema", tmp_path / "x.json", stdout=StringIO())

    assert (tmp_path / "x.json").read_text() == json_schema_text()
