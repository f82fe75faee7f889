"""What a draft would have done to past patients: four numbers, never mixed."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from io import StringIO
from pathlib import Path

import polars as pl
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from feedback.actions.runs import start_replay
from feedback.core.impact import History, replay_both, summarise
from feedback.models import ReplayRun
from feedback.tasks import run_replay
from scamps.actions.drafts import start_draft
from scamps.actions.evidence import missing
from scamps.core.definition import Plan, canonical, load_json, load_yaml
from scamps.models import Scamp
from tests.factories import SeatFactory
from tests.feedback.test_real_cohort import Row, finding, score, walk
from tests.scamps.core.documents import SMALL

LIBRARY = settings.BASE_DIR / "library"
SCAMP = "suspected-appendicitis"


def second_version() -> Plan:
    """Images everybody below 7 points, and knows what to do without an ultrasound."""
    text = (LIBRARY / SCAMP / "plan.yaml").read_text()
    document = json.loads(canonical(load_yaml(text, "plan.yaml")))
    nodes = {node["key"]: node for node in document["nodes"]}
    nodes["risk"]["branches"] = nodes["risk"]["branches"][1:]
    nodes["finding"]["branches"].insert(
        0, {"when": "not us_performed", "to": "unimaged"}
    )
    ask = {"key": "operate", "words": "Ask a surgeon.", "direction": "do"}
    unimaged = {
        "kind": "recommend",
        "key": "unimaged",
        "title": "No ultrasound done",
        "actions": [ask | {"resource": "surgery"}],
    }
    document["nodes"] = [n for n in document["nodes"] if n["key"] != "low"] + [unimaged]
    document["statements"] = [s for s in document["statements"] if s["node"] != "low"]
    for reason in document["reasons"]:
        about = [key for key in reason.get("actions", ()) if key != "no-ultrasound"]
        reason |= {"actions": about} if "actions" in reason else {}
    return load_json(json.dumps(document), "version-2.json")


def walk_of_second(row: Row) -> tuple[list[str], set[str]]:
    """As `walk`, by the words of the second version."""
    path, lacking = walk(row)
    points, _ = score(row)
    if path[-1] != "low" and path[-1] != "finding":
        return path, lacking
    assert points is not None
    assert points <= 6
    path = ["presentation", "guarding", "risk", "image", "sonography", "finding"]
    if row["US_Performed"] == "no":
        return [*path, "unimaged"], set()
    if row["US_Performed"] != "yes":
        return path, {"us_performed"}
    return finding(row, path)


ADVICE = {
    "operate-peritonitis": {("do", "surgery")},
    "low": {("do-not", "ultrasound"), ("do", "conservative")},
    "image": {("do", "ultrasound")},
    "observe-unseen": {("do", "conservative")},
    "operate-positive": {("do", "surgery")},
    "observe-negative": {("do", "conservative")},
    "operate-high": {("do", "surgery")},
    "unimaged": {("do", "surgery")},
}


def advised(path: list[str]) -> set[tuple[str, str]]:
    return set().union(*(ADVICE.get(node, set()) for node in path))


def test_the_four_numbers_on_the_real_cohort_equal_a_count_by_hand(
    real_cohort: Path, db: None, tmp_path: Path
):
    call_command("sync_roles", stdout=StringIO())
    call_command("load_library", stdout=StringIO())
    mapping = LIBRARY / SCAMP / "cohort.yaml"
    call_command(
        "import_cohort", SCAMP, real_cohort, mapping=mapping, stdout=StringIO()
    )
    file = tmp_path / "version-2.json"
    file.write_text(canonical(second_version()))
    out = StringIO()
    call_command("replay_plan", SCAMP, file, "--json", stdout=out)
    impact = json.loads(out.getvalue())

    kinds: Counter[str] = Counter()
    flows: Counter[tuple[str, str]] = Counter()
    lacks: Counter[str] = Counter()
    use: Counter[str] = Counter()
    with real_cohort.open(encoding="utf-8-sig", newline="") as opened:
        for row in csv.DictReader(opened, delimiter=";"):
            before, lacked = walk(row)
            after, lacking = walk_of_second(row)
            flows[before[-1], after[-1]] += 1
            if lacking:
                kinds["cannot"] += 1
                lacks.update(lacking)
            elif lacked:
                kinds["newly"] += 1
            else:
                kinds["same" if before == after else "changed"] += 1
                for _, resource in [a for a in advised(after) if a[0] == "do"]:
                    use[resource] += 1
    numbers = impact["numbers"]
    assert {
        key: numbers[key] for key in ("same", "changed", "cannot", "newly")
    } == kinds
    assert numbers["total"] == sum(kinds.values()) == 782
    assert all(kinds[key] > 0 for key in ("same", "changed", "cannot", "newly"))
    assert {
        (f["before"], f["after"]): f["encounters"] for f in impact["flows"]
    } == flows
    assert dict(map(tuple, impact["lacking"])) == lacks
    assert {u["resource"]: u["after"] for u in impact["uses"]} == use
    assert len(impact["otherwise"]) == numbers["changed"] - numbers["only_node"]
    _asked_for_before_publishing(kinds, numbers)


def _asked_for_before_publishing(kinds: Counter[str], numbers: dict[str, int]) -> None:
    """The committee puts version 2 to review; a job replays it, and the page shows the
    same four numbers."""
    scamp = Scamp.objects.get(key=SCAMP)
    author = SeatFactory(scamp=scamp).user
    draft = start_draft(plan=second_version(), by=author, at=timezone.now())
    assert "no replay of this content is on file" in missing(draft)

    run_replay(start_replay(version=draft, by=author, at=timezone.now()).pk)

    assert "no replay of this content is on file" not in missing(draft)
    run = ReplayRun.objects.get()
    (kept,) = run.evidence.result["origins"]
    assert (kept["origin"], kept["numbers"]) == ("retrospective", numbers)
    assert run.otherwise.count() == numbers["changed"] - numbers["only_node"]
    client = Client()
    client.force_login(author)
    page = client.get(reverse("feedback:replay", args=[SCAMP, 2])).content.decode()
    shown = re.findall(r'<span class="replay-count">([\d,]+)</span>', page)
    order = ("same", "changed", "cannot", "newly")
    assert [int(count.replace(",", "")) for count in shown] == [
        kinds[kind] for kind in order
    ]
    assert "They were treated before the plan." in page


def history(plan: Plan, **columns: list[str | None]) -> History:
    rows = len(next(iter(columns.values())))
    frame = pl.DataFrame(
        {"encounter": range(rows), "patient": range(rows), **columns},
        schema_overrides=dict.fromkeys(columns, pl.String),
    )
    return History(plan, 1, "first", frame)


def small(*replacing: tuple[str, str]) -> Plan:
    text = SMALL
    for old, new in replacing:
        assert old in text
        text = text.replace(old, new)
    return load_yaml(text, "small")


def test_a_unit_that_changed_is_converted_exactly():
    past = history(small(), temperature=["38.0", "37.9", None])
    after = small(
        ("unit: Cel", 'unit: "[degF]"'), (">= 38.0 'Cel'", ">= 100.4 '[degF]'")
    )

    numbers = summarise([replay_both(past, after)], after).numbers

    assert (numbers.same, numbers.changed, numbers.cannot) == (2, 0, 1)


def test_an_answer_of_another_type_is_unknown_and_never_no():
    past = history(small(), temperature=["38.0", "37.0"])
    other = (
        "{key: temperature, label: Temperature, type: decimal, unit: Cel, precision: 1}",
        "{key: temperature, label: Temperature, type: boolean}",
    )
    after = small(other, ("temperature >= 38.0 'Cel'", "temperature"))

    impact = summarise([replay_both(past, after)], after)

    assert impact.numbers.cannot == 2
    assert impact.lacking == (("temperature", 2),)


def test_what_was_not_collected_is_named():
    past = history(small(), temperature=["38.0", None], cough=["true", "true"])
    new = "  - {key: cough, label: Cough, type: boolean}\n"
    after = small(
        (new, new + "  - {key: stiff, label: Stiff neck, type: boolean}\n"),
        ("{element: cough}]", "{element: cough}, {element: stiff}]"),
        ("temperature >= 38.0 'Cel'", "stiff and temperature >= 38.0 'Cel'"),
    )

    impact = summarise([replay_both(past, after)], after)

    assert impact.numbers.cannot == 2
    assert dict(impact.lacking) == {"stiff": 2, "temperature": 1}


def test_a_kind_of_visit_that_is_gone_cannot_be_evaluated():
    past = history(small(), temperature=["38.0"])
    after = small(("{key: first,", "{key: initial,"))

    impact = summarise([replay_both(past, after)], after)

    assert impact.numbers.cannot == impact.numbers.total == 1
    assert impact.flows[0].after == ""


def test_a_renamed_node_with_the_same_advice_is_changed_but_not_otherwise():
    past = history(small(), temperature=["38.0", "37.0"])
    after = small(
        ("key: fever\n    title", "key: hot-child\n    title"),
        ("to: fever", "to: hot-child"),
    )

    impact = summarise([replay_both(past, after)], after)

    assert (impact.numbers.changed, impact.numbers.only_node) == (1, 1)
    assert impact.otherwise == ()


def test_the_change_in_use_and_cost_has_an_interval():
    past = history(small(), temperature=["37.0"] * 30 + ["37.6"] * 10 + ["39.0"] * 10)
    bed = "{key: bed, title: Bed, kind: service"
    after = small(
        (">= 38.0 'Cel'", ">= 37.5 'Cel'"),
        (bed, bed + ", cost: {amount: 200, currency: EUR}"),
    )

    (use,) = summarise([replay_both(past, after)], after).uses

    assert (use.encounters, use.before, use.after) == (50, 10, 20)
    assert use.change == pytest.approx(0.2)
    # t(49) times the standard error of 10 ones among 50, n - 1 in the variance
    assert use.interval == pytest.approx((0.0852, 0.3148), abs=5e-4)
    assert (use.cost_change, use.currency) == (4000, "EUR")


def test_nothing_at_all_is_told_as_nothing():
    impact = summarise([], small())

    assert impact.numbers.total == 0
    assert impact.uses == impact.flows == ()


def test_a_plan_that_does_not_hold_is_refused_with_its_findings(db, tmp_path):
    call_command("load_library", stdout=StringIO())
    file = tmp_path / "bad.yaml"
    file.write_text(SMALL.replace("to: fever", "to: nowhere"))

    with pytest.raises(CommandError, match="nowhere"):
        call_command("replay_plan", SCAMP, file)
