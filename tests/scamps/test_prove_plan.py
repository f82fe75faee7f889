"""`manage.py prove_plan`: of a file and of a Scamp, for people and as JSON."""

import json
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from tests.carepaths.factories import publish
from tests.scamps.core.broken_plans import decide, plan_text

TORUS = settings.BASE_DIR / "library/torus-fracture/plan.yaml"


def run(*arguments):
    out = StringIO()
    call_command("prove_plan", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_a_plan_of_the_library_has_no_error():
    assert "no error." in run(TORUS)


def test_a_broken_plan_is_told_with_the_patient_who_shows_it(tmp_path):
    file = tmp_path / "plan.yaml"
    file.write_text(plan_text(decide("n < 5 -> end", "n > 5 -> end")))
    out = StringIO()

    with pytest.raises(CommandError, match="1 errors"):
        call_command("prove_plan", str(file), stdout=out)

    said = out.getvalue()
    assert "nodes.one - no branch is true, and there is no otherwise (gap)" in said
    assert "for example: first visit, n: 5" in said


def test_json_carries_the_counter_example_as_a_case_writes_it(tmp_path):
    file = tmp_path / "plan.yaml"
    text = plan_text(decide("a is true -> end", otherwise="end"))
    file.write_text(text)

    told = json.loads(run(file, "--json"))

    (found,) = told["found"]
    assert found["level"] == "warning"
    assert found["patient"] == {"visit": "first", "answers": {}, "context": {}}
    assert found["other"]["answers"] == {"a": True}


def test_a_version_in_the_database_is_proven_by_its_key(db):
    publish()

    assert "questions asked" in run("fever")


def test_an_unknown_name_is_told(db):
    with pytest.raises(CommandError, match="neither a file nor the key"):
        run("nothing-here")
