"""A messy file becomes a cohort: nothing is lost, nothing doubles, nothing is guessed."""

import csv
import json
import signal
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import AccessEvent, Site, User
from carepaths.actions.cohorts import AT_ONCE
from carepaths.models import (
    Decision,
    Encounter,
    Enrolment,
    Identity,
    Mark,
    Opportunity,
    Origin,
    Outcome,
    Patient,
    Performance,
    Revision,
)
from tests.carepaths.factories import SiteFactory, UserFactory, publish

MAPPING = """
schema: 1
file: {encoding: utf-8-sig, delimiter: ";", decimal_mark: ","}
site: {key: old-house, name: The Old House, time_zone: Europe/Berlin}
visit: first
elements:
  - {element: guarding, column: Abwehr, values: {ja: true, nein: false, unklar: null}}
  - {element: temperature, column: Temp, unit: Cel}
  - {element: days_ill, column: Tage}
  - {element: look, column: Eindruck, values: {gut: well, schlecht: ill}}
  - {element: scanned, column: US, values: {ja: true, nein: false}}
  - {element: scan_positive, column: US positiv, values: {ja: true, nein: false}}
resources:
  - {resource: scan, column: US, done: [ja], not_done: [nein], known_how: Recorded}
  - {resource: surgery, column: Tat, done: [OP], not_done: [warten], known_how: Recorded}
  - {resource: watching, column: Tat, done: [warten], not_done: [OP], known_how: Recorded}
outcomes:
  - outcome: ill
    cases:
      - {when: {Ende: [krank], Tat: [OP]}, value: true, known_how: Seen}
      - {when: {Ende: [krank]}, value: true, known_how: Derived, derived: true}
      - {when: {Ende: [gesund]}, value: false, known_how: Seen}
  - {outcome: stay, column: Liegezeit, known_how: Counted}
  - {outcome: weight_loss, column: Verlust, known_how: Weighed}
"""
HEADER = "Abwehr;Temp;Tage;Eindruck;US;US positiv;Tat;Ende;Liegezeit;Verlust;Notiz;;"
ROWS = {
    "home, watched": "nein;37,0;1;gut;nein;;warten;gesund;2;0,50;;;",
    "home, scanned and operated": "nein;36,50;1;gut;ja;ja;OP;krank;5;;;;",
    "operate, watched": "ja;;;;;;warten;krank;;;;;",
    "scan omitted": "nein;38,5;;;nein;ja;;;;;;;",
    "warts": "vielleicht;26,9;1,5;mäßig;ja, später;;raten;tot;viel;x;hm;;stray",
    "impossible": "nein;260;;;;;;;;;;;",
    "thousands": "nein;1.037,0;;;;;;;;;;;",
    "rounded": "nein;37,949;;;;;;;;;;;",
    "unclear": "unklar;;;;;;;;;;;;",
    "empty": ";;;;;;;;;;;;",
}


@pytest.fixture
def scamp(db):
    return publish().scamp


@pytest.fixture
def mapping(tmp_path):
    path = tmp_path / "mapping.yaml"
    path.write_text(MAPPING)
    return path


@pytest.fixture
def write(tmp_path):
    def write(*lines, header=HEADER):
        path = tmp_path / "cohort.csv"
        text = "\r\n".join([header, *lines]) + "\r\n"
        path.write_bytes(b"\xef\xbb\xbf" + text.encode())
        return path

    return write


@pytest.fixture
def load(scamp, mapping, tmp_path):
    """Import a file; give the closing line and the report."""

    def load(path, *options):
        out, report = StringIO(), tmp_path / "report.json"
        call_command(
            "import_cohort", scamp.key, str(path), mapping=mapping, report=report,
            stdout=out, **dict(options),
        )  # fmt: skip
        return out.getvalue(), json.loads(report.read_text())

    return load


def counts():
    models = (
        Patient, Identity, Enrolment, Encounter, Revision, Opportunity, Decision,
        Performance, Outcome,
    )  # fmt: skip
    return {model.__name__: model.objects.count() for model in models}


def row(number):
    return Encounter.objects.get(
        enrolment__patient__identity__record_number=f"row {number}"
    )


def decided(encounter):
    decisions = Decision.objects.filter(opportunity__encounter=encounter)
    return {d.opportunity.key: (d.choice, d.kind) for d in decisions}


def test_every_row_is_one_enrolled_episode_with_one_signed_visit(load, write):
    line, report = load(write(*ROWS.values()))

    assert counts()["Patient"] == counts()["Enrolment"] == counts()["Encounter"] == 10
    encounter = row(1)
    assert encounter.origin == Origin.RETROSPECTIVE
    assert encounter.visit_time is None
    assert not encounter.is_open
    assert encounter.enrolment.opened_at is None
    assert encounter.enrolment.changes.get().to == "enrolled"
    assert (encounter.site.key, encounter.site.is_sandbox) == ("old-house", False)
    assert "10 rows, 10 new" in line
    assert (report["rows"], report["created"]) == (10, 10)


def test_what_was_done_is_read_as_concordant_or_discordant(load, write):
    load(write(*ROWS.values()))

    assert decided(row(1)) == {
        "home/no-scan": ("followed", ""),
        "home/watch": ("followed", ""),
    }
    assert decided(row(2)) == {
        "home/no-scan": ("deviated", "added"),
        "home/watch": ("deviated", "substituted"),
    }
    assert decided(row(3)) == {"operate/operate": ("deviated", "substituted")}
    assert decided(row(4)) == {"scan/scan": ("deviated", "omitted")}


def test_what_is_not_known_to_be_done_makes_no_decision(load, write):
    load(write("nein;37,0;;;;;;;;;;;"))

    assert Opportunity.objects.count() == 2
    assert not Decision.objects.exists()
    assert {p.status for p in Performance.objects.all()} == {"unknown"}


def test_no_reason_is_asked_of_practice_before_the_plan(load, write):
    load(write(*ROWS.values()))

    assert set(Decision.objects.values_list("reason", "standard_reason")) == {("", "")}


def test_outcomes_say_how_they_are_known(load, write):
    load(write(*ROWS.values()))

    def outcomes(number):
        found = Outcome.objects.filter(enrolment=row(number).enrolment)
        return {o.key: (o.value, o.known_how, o.is_derived) for o in found}

    assert outcomes(1) == {
        "ill": (False, "Seen", False),
        "stay": (2, "Counted", False),
        "weight_loss": ("0.50", "Weighed", False),
    }
    assert outcomes(2)["ill"] == (True, "Seen", False)
    assert outcomes(3)["ill"] == (True, "Derived", True)
    assert outcomes(4) == {}


def test_every_wart_is_told_by_row_line_column_value_and_reason(load, write):
    _, report = load(write(*ROWS.values()))

    told = [
        (cell["row"], cell["line"], cell["column"], cell["value"], cell["kind"])
        for cell in report["cells"]
    ]
    assert told == [
        (4, 5, "US positiv", "ja", "hidden"),
        (5, 6, "column 13", "stray", "unnamed"),
        (5, 6, "Abwehr", "vielleicht", "refused"),
        (5, 6, "Temp", "26,9", "implausible"),
        (5, 6, "Tage", "1,5", "refused"),
        (5, 6, "Eindruck", "mäßig", "refused"),
        (5, 6, "US", "ja, später", "refused"),
        (5, 6, "Tat", "raten", "refused"),
        (5, 6, "Ende", "tot", "refused"),
        (5, 6, "Liegezeit", "viel", "refused"),
        (5, 6, "Verlust", "x", "refused"),
        (6, 7, "Temp", "260", "refused"),
        (7, 8, "Temp", "1.037,0", "refused"),
        (8, 9, "Temp", "37,949", "rounded"),
        (10, 11, "", "", "empty"),
    ]
    assert all(cell["reason"] for cell in report["cells"])
    assert report["ignored_columns"] == ["Notiz"]


def test_a_refused_cell_is_null_and_kept_as_typed(load, write):
    load(write(*ROWS.values()))

    answers = row(6).revisions.get().answers
    assert answers["temperature"]["value"] is None
    assert answers["temperature"]["typed"] == "260"
    assert answers["temperature"]["flags"] == ["refused"]
    assert row(6).revisions.get().waiting_for == ["temperature"]


def test_an_implausible_value_is_used_and_flagged(load, write):
    load(write("nein;26,9;;;;;;;;;;;"))

    revision = Revision.objects.get()
    assert revision.end_node == "home"
    assert revision.flagged == ["temperature"]
    assert revision.differs_without_flagged


def test_empty_and_mapped_away_cells_are_not_known(load, write):
    load(write("unklar;;;;;;;;;;;;"))

    answers = Revision.objects.get().answers
    assert answers["guarding"] == {"value": None, "missing": "not-known"}
    assert answers["temperature"] == {"value": None, "missing": "not-known"}


def test_twice_is_once(load, write):
    path = write(*ROWS.values())
    load(path)
    before = counts()

    line, report = load(path)

    assert counts() == before
    assert (report["created"], report["unchanged"]) == (0, 10)
    assert "0 new, 10 there before" in line


def test_a_changed_row_is_told_and_not_touched(load, write):
    load(write("nein;37,0;;;;;;;;;;;", "ja;;;;;;;;;;;;"))
    before = counts()

    _, report = load(write("nein;37,0;;;;;;;;;;;", "nein;;;;;;;;;;;;"))

    assert counts() == before
    assert report["changed"] == [{"row": 2, "line": 3}]
    assert row(2).revisions.get().end_node == "operate"


def test_new_rows_at_the_end_are_added(load, write):
    load(write("nein;37,0;;;;;;;;;;;"))

    _, report = load(write("nein;37,0;;;;;;;;;;;", "ja;;;;;;;;;;;;"))

    assert (report["created"], report["unchanged"]) == (1, 1)


def test_blank_lines_are_no_rows(load, write):
    _, report = load(write("nein;37,0;;;;;;;;;;;", "", "ja;;;;;;;;;;;;", ""))

    assert report["rows"] == 2
    assert row(2).revisions.get().end_node == "operate"


def test_a_dry_run_tells_all_and_writes_nothing(load, write):
    line, report = load(write(*ROWS.values()), ("dry_run", True))

    assert set(counts().values()) == {0}
    assert not Site.objects.exists()
    assert not User.objects.exists()
    assert "10 would be new" in line
    assert len(report["cells"]) == 15


def test_the_importer_cannot_sign_in(load, write):
    load(write("ja;;;;;;;;;;;;"))

    importer = User.objects.get(username="importer")
    assert not importer.is_active
    assert not importer.has_usable_password()
    assert row(1).signed_by == importer


def test_a_named_user_and_site_are_used(load, write):
    user, site = UserFactory(), SiteFactory()

    load(write("ja;;;;;;;;;;;;"), ("by", user.username), ("site", site.key))

    assert (row(1).signed_by, row(1).site) == (user, site)


def test_a_batch_leaves_one_mark_for_each_bucket(load, write, scamp):
    load(write(*ROWS.values()))

    encounters, enrolments = Mark.objects.order_by("scamp_id")[:2][::-1]
    assert Mark.objects.count() == 2
    assert encounters.version_id or enrolments.version_id
    assert {m.month for m in Mark.objects.all()} == {None}
    assert {m.scamp for m in Mark.objects.all()} == {scamp, None}


def test_a_character_that_cannot_be_stored_stops_nothing(load, write):
    load(write("ne\x00in;37,0;;;;;;;;;;;", "ja;;;;;;;;;;;;"))

    assert row(1).revisions.get().answers["guarding"]["flags"] == ["refused"]
    assert row(2).revisions.get().end_node == "operate"


def test_of_two_imports_into_a_site_one_waits_outside(load, write):
    site = SiteFactory()
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_lock(hashtextextended(%s, 0))", [f"import:{site.pk}"]
        )

    try:
        with pytest.raises(CommandError, match="Another import"):
            load(write("ja;;;;;;;;;;;;"), ("site", site.key))
    finally:
        other.close()
    load(write("ja;;;;;;;;;;;;"), ("site", site.key))

    assert Patient.objects.count() == 1


def test_an_import_stands_in_the_trail_and_an_idle_one_does_not(load, write):
    path = write(*ROWS.values())
    load(path)

    load(path)

    event = AccessEvent.objects.get(verb="imported")
    assert (event.user.username, event.site.key) == ("importer", "old-house")
    assert (event.detail["rows"], event.detail["new"]) == ("1-10", 10)


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (HEADER.replace("Temp", "Temperatur"), "columns not in the file: Temp"),
        (HEADER.replace("Notiz", "Temp"), "columns named twice in the file: Temp"),
    ],
    ids=["missing", "twice"],
)
def test_a_header_that_does_not_fit_stops_the_import(load, write, header, words):
    with pytest.raises(CommandError, match=words):
        load(write("ja;;;;;;;;;;;;", header=header))

    assert not Patient.objects.exists()


def test_a_file_in_another_encoding_is_refused(load, tmp_path):
    path = tmp_path / "latin.csv"
    path.write_bytes((HEADER + "\nja;;;mäßig;;;;;;;;;\n").encode("latin-1"))

    with pytest.raises(CommandError, match="cannot be read"):
        load(path)


def test_an_absent_file_is_refused(load, tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        load(tmp_path / "nothing.csv")


@pytest.mark.parametrize(
    ("was", "now", "words"),
    [
        ("element: days_ill", "element: months", "no element 'months'"),
        ("unit: Cel", "unit: kg", "kg cannot be converted to Cel"),
        ("gut: well", "gut: fine", "'fine' is no value of look"),
        ("ja: true, nein: false, unklar", "ja: 1, nein: false, unklar", "boolean"),
        ("resource: scan", "resource: moon", "no resource 'moon'"),
        ("outcome: ill", "outcome: fate", "no outcome 'fate'"),
        ("visit: first", "visit: last", "no visit 'last'"),
        ("not_done: [nein]", "not_done: [ja]", "both done and not done"),
        ("delimiter", "separator", "Extra inputs"),
        ("schema: 1", "schema: 2", "1"),
        ("outcome: ill", "outcome: stay", "mapped twice|name its column"),
        ("column: Liegezeit, ", "", "either cases or a column"),
    ],
)
def test_a_wrong_mapping_is_refused_with_its_line(
    load, write, mapping, was, now, words
):
    mapping.write_text(MAPPING.replace(was, now, 1))

    with pytest.raises(CommandError, match=rf"mapping.yaml:\d+:\d+ .*({words})"):
        load(write("ja;;;;;;;;;;;;"))


def test_no_import_into_a_sandbox(load, write):
    site = SiteFactory(is_sandbox=True)

    with pytest.raises(CommandError, match="real site"):
        load(write("ja;;;;;;;;;;;;"), ("site", site.key))


def test_queries_do_not_follow_the_rows(load, write, django_assert_max_num_queries):
    line = "nein;37,0;1;gut;nein;;warten;gesund;2;0,50;;;"
    load(write(line))

    with django_assert_max_num_queries(2 * 30):
        load(write(*[line] * (AT_ONCE + 20)))

    assert Patient.objects.count() == AT_ONCE + 20


@pytest.mark.django_db(transaction=True)
def test_a_killed_import_completes_when_run_again(
    write, mapping, server_environment, tmp_path
):
    scamp = publish().scamp
    line = "nein;37,0;1;gut;nein;;warten;gesund;2;0,50;;;"
    path = write(*[line] * (AT_ONCE * 8))
    command = [sys.executable, "manage.py", "import_cohort", scamp.key, str(path)]
    command += ["--mapping", str(mapping)]

    with subprocess.Popen(command, env=server_environment) as process:
        wait_for_patients()
        process.send_signal(signal.SIGKILL)
    halfway = Patient.objects.count()
    done = subprocess.run(
        command, env=server_environment, capture_output=True, text=True, check=True
    )

    assert 0 < halfway < AT_ONCE * 8
    assert halfway % AT_ONCE == 0
    assert f"{AT_ONCE * 8 - halfway} new, {halfway} there before" in done.stdout
    expected = counts()
    assert expected["Patient"] == expected["Encounter"] == expected["Revision"] == 800
    assert expected["Opportunity"] == expected["Decision"] == 1600


def wait_for_patients():
    with connection.cursor() as cursor:
        for _ in range(100_000):
            cursor.execute("SELECT count(*) FROM carepaths_patient")
            if cursor.fetchone()[0]:
                return
    raise AssertionError("the import did not begin")


@pytest.fixture
def published(db, real_cohort, tmp_path):
    """The real cohort, imported; what the import reported."""
    publish(Path("library/suspected-appendicitis/plan.yaml").read_text())
    report = tmp_path / "report.json"
    call_command(
        "import_cohort",
        "suspected-appendicitis",
        str(real_cohort),
        mapping=Path("library/suspected-appendicitis/cohort.yaml"),
        report=report,
        stdout=StringIO(),
    )
    return json.loads(report.read_text())


def test_the_published_cohort_is_read_whole(published):
    assert counts()["Encounter"] == published["rows"] == 782
    assert len(published["ignored_columns"]) == 36
    loud = [c for c in published["cells"] if c["kind"] != "hidden"]
    assert [(c["row"], c["column"], c["kind"]) for c in loud] == [
        (222, "Body_Temperature", "implausible"),
        (429, "", "empty"),
        (593, "Severity", "refused"),
        (640, "Age", "rounded"),
    ]
    values = Outcome.objects.filter(key="appendicitis").values_list("value", flat=True)
    assert (sum(values), len(values)) == (463, 780)
    assert Outcome.objects.filter(key="appendicitis", is_derived=True).count() == 483


TRUTH = {"yes": 1, "no": 0, "": None}


def at_least(cell, bound):
    return int(float(cell.replace(",", ".")) >= bound) if cell else None


def walk_by_hand(row):
    """The end of the walk and what it advises, written anew from the plan's prose."""
    if not row["Peritonitis"]:
        return "guarding", []
    if row["Peritonitis"] == "generalized":
        return "operate-peritonitis", ["operate"]
    ones = ("Migratory_Pain", "Loss_of_Appetite", "Nausea", "Neutrophilia")
    twos = ("Coughing_Pain", "Lower_Right_Abd_Pain")
    parts = [TRUTH[row[key]] for key in (*ones, *twos, *twos)]
    parts += [at_least(row["Body_Temperature"], 38), at_least(row["WBC_Count"], 10)]
    if None in parts:
        return "risk", []
    if sum(parts) <= 3:
        return "low", ["no-ultrasound", "observe"]
    if sum(parts) > 6:
        return "operate-high", ["operate"]
    return finding_by_hand(row)


def finding_by_hand(row):
    seen = None if row["US_Performed"] == "no" else TRUTH[row["Appendix_on_US"]]
    wide = at_least(row["Appendix_Diameter"], 6)
    if seen is None or (seen and wide is None):
        return "finding", ["ultrasound"]
    if not seen:
        return "observe-unseen", ["ultrasound", "observe"]
    if wide:
        return "operate-positive", ["ultrasound", "operate"]
    return "observe-negative", ["ultrasound", "observe"]


def choice_by_hand(row, action):
    """Whether what was done agrees with the action; None if it is not known."""
    operated = {
        "primary surgical": True,
        "simultaneous appendectomy": True,
        "conservative": False,
        "secondary surgical": False,
    }.get(row["Management"])
    scanned = {"yes": True, "no": False}.get(row["US_Performed"])
    fits = {
        "operate": operated,
        "observe": None if operated is None else not operated,
        "ultrasound": scanned,
        "no-ultrasound": None if scanned is None else not scanned,
    }[action]
    return None if fits is None else "followed" if fits else "deviated"


def test_the_published_cohort_walks_as_by_hand(published, real_cohort):
    stored = dict(
        Revision.objects.values_list(
            "encounter__enrolment__patient__identity__record_number", "end_node"
        )
    )
    choices = {
        (number, action): choice
        for number, action, choice in Decision.objects.values_list(
            "opportunity__encounter__enrolment__patient__identity__record_number",
            "opportunity__action",
            "choice",
        )
    }

    with real_cohort.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    ends, expected = {}, {}
    for number, row in enumerate(rows, 1):
        ends[f"row {number}"], actions = walk_by_hand(row)
        for action in actions:
            choice = choice_by_hand(row, action)
            if choice:
                expected[f"row {number}", action] = choice

    assert stored == ends
    assert choices == expected
