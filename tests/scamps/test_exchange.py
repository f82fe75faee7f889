"""Documents go out and come in without a loss, as files and for programs."""

from __future__ import annotations

import hashlib
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings

from accounts.actions import sync_roles
from scamps.core.definition import Plan, canonical, digest, dump_yaml, review
from scamps.core.definition.exchange import base_of, yaml_file
from scamps.models import Version
from tests.factories import (
    MembershipFactory,
    SiteFactory,
    active_version,
    library_plan,
    library_version,
    small_plan,
)
from tests.scamps.core.documents import plans
from tests.scamps.test_adoption import adopted
from tests.scamps.test_saving import node
from tests.scamps.test_views_governance import seated, url, words_of

law = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@law
@given(plan=plans)
def test_a_file_read_again_is_the_same_plan(plan: Plan):
    text = yaml_file(plan, "Some plan, version 3")

    for written in (text, canonical(plan)):
        read, _ = review(written)
        assert read is not None
        assert digest(read) == digest(plan)
    assert base_of(text) == digest(plan)


@pytest.fixture
def roles(db, settings):
    sync_roles(roles=settings.ROLES)


@pytest.fixture
def reader(db) -> Client:
    client = Client()
    client.force_login(MembershipFactory().user)
    return client


def fetch(client: Client, version: Version, form: str):
    place = [version.scamp.key, version.number, form]
    return client.get(reverse("scamps:document", args=place))


@pytest.mark.parametrize(
    "key", ["suspected-appendicitis", "pediatric-chest-pain", "torus-fracture"]
)
def test_the_librarys_plans_are_downloaded_without_a_loss(reader, key):
    version = library_version(key)

    as_yaml, as_json = (fetch(reader, version, form) for form in ("yaml", "json"))

    read, _ = review(as_yaml.content.decode())
    assert digest(read) == version.content_id
    assert hashlib.sha256(as_json.content).hexdigest() == version.content_id
    assert as_json["ETag"] == f'"{version.content_id}"'
    assert f'filename="{key}-1.yaml"' in as_yaml["Content-Disposition"]
    assert fetch(reader, version, "exe").status_code == 404


@pytest.fixture
def pair(roles) -> tuple[Client, Client]:
    scamp = active_version().scamp
    (_, one), (_, other) = (seated(scamp, "committee member") for _ in range(2))
    one.post(url("revise", 1))
    return one, other


def upload(client: Client, text: str, name: str = "plan.yaml", **more: object):
    draft = Version.objects.get(number=2)
    file = SimpleUploadedFile(name, text.encode())
    data = {"file": file, "seen": draft.content_id, "then": "save", "text": ""}
    return client.post(url("edit"), data | more)


def test_a_file_changed_at_home_is_merged_with_what_was_saved_since(pair):
    one, other = pair
    taken = fetch(one, Version.objects.get(number=2), "yaml").content.decode()
    upload(other, dump_yaml(node(small_plan(), "home", title="Home")))

    answer = upload(one, taken.replace("Small plan\nsummary", "Changed\nsummary"))

    assert answer.status_code == 302
    plan = Version.objects.get(number=2).plan
    assert (plan.title, plan.node["home"].title) == ("Changed", "Home")


def test_a_file_of_json_is_read_even_from_windows(pair):
    one, _ = pair
    changed = small_plan(title="Fieber \u2265 38")
    text = "\ufeff" + json.dumps(json.loads(canonical(changed)), indent=1)

    assert upload(one, text, "plan.json").status_code == 302

    assert Version.objects.get(number=2).content_id == digest(changed)


def test_a_file_that_is_too_long_is_refused_and_never_cut(pair):
    long = dump_yaml(small_plan()) + "#" * 4_000_000

    answer = upload(pair[0], long)

    assert answer.status_code == 422
    assert "longer than" in words_of(answer)


def test_json_that_is_none_is_said_with_its_line(pair):
    answer = upload(pair[0], '{"schema": 1,\n "key" "small-plan"}', "plan.json")

    assert answer.status_code == 422
    assert "line 2" in words_of(answer)


# For programs.
def post(client: Client, name: str, data: object):
    text = data if isinstance(data, str) else json.dumps(data)
    return client.post(reverse(f"api:{name}"), text, content_type="application/json")


def test_a_document_is_checked_as_text_and_as_json(reader):
    plan = library_plan()
    as_json = json.loads(canonical(plan))

    for sent in ({"text": dump_yaml(plan)}, {"document": as_json}):
        found = post(reader, "check", sent).json()
        assert found["digest"] == digest(plan)
        assert found["holds"] is True
        assert found["proof"] is None


def test_decimals_are_kept_as_they_are_written(reader):
    plan = library_plan()
    text = canonical(plan).replace('"high":"45"', '"high":45.0000000')
    assert "45.0000000" in text

    found = post(reader, "check", f'{{"document": {text}}}').json()

    assert found["digest"] == digest(plan)


def test_what_is_wrong_is_told_with_its_place(reader):
    text = dump_yaml(small_plan()).replace("to: cool", "to: nowhere")

    found = post(reader, "check", {"text": text, "proof": True}).json()

    assert found["holds"] is False
    assert found["proof"] is None
    (error,) = [one for one in found["findings"] if one["code"] == "no-such-key"]
    assert error["where"] == "nodes.hot.branches[0].to"
    assert text.splitlines()[error["line"] - 1].strip(" -") == "to: nowhere"


def test_a_document_without_shape_has_findings_and_no_digest(reader):
    found = post(reader, "check", {"text": "schema: 1"}).json()

    assert found["digest"] is None
    assert not found["holds"]
    assert found["findings"]


def test_a_proof_names_the_patient_for_whom_it_goes_wrong(reader):
    text = dump_yaml(small_plan()).replace("otherwise: home\n", "unknown: home\n")

    found = post(reader, "check", {"text": text, "proof": True}).json()

    assert found["proof"]["asked"] > 0
    assert found["holds"] is False
    assert any(one["patient"] for one in found["proof"]["found"])


@pytest.mark.parametrize(
    "sent",
    [
        "{",
        "[1]",
        '{"document": NaN}',
        '{"text": "a", "document": {}}',
        '{"text": "a", "proof": true, "seconds": 600}',
        '{"document": ' + 5000 * '{"a":' + "1" + 5000 * "}" + "}",
    ],
    ids=["cut off", "a list", "not a number", "both", "too long", "too deep"],
)
def test_what_cannot_be_checked_is_refused_in_words(reader, sent):
    answer = post(reader, "check", sent)

    assert answer.status_code in (200, 400)
    assert answer.json()
    if answer.status_code == 200:
        assert answer.json()["digest"] is None


def test_proofs_are_so_many_a_minute(reader, monkeypatch):
    sent = {"text": "schema: 1", "proof": True}

    codes = [post(reader, "check", sent).status_code for _ in range(13)]

    assert codes == [200] * 12 + [429]
    assert post(reader, "check", {"text": "schema: 1"}).status_code == 200


def test_two_documents_are_compared_and_stored_versions_too(reader):
    version = active_version()
    text = dump_yaml(small_plan(title="Changed"))
    stored = {"scamp": "small-plan", "number": 1}

    found = post(reader, "compare", {"before": stored, "after": {"text": text}}).json()

    assert found["before"] == version.content_id
    assert found["wording_only"] is True
    (change,) = found["changes"]
    assert change["words"] == "The plan, title: “Small plan” became “Changed”"


def test_a_side_that_is_none_is_named(reader):
    stored = {"scamp": "small-plan", "number": 7}

    answer = post(reader, "compare", {"before": stored, "after": {"text": "x"}})

    assert answer.status_code == 400
    assert "no such version" in str(answer.json()["before"])


def test_programs_read_where_a_plan_comes_from_and_what_is_new(reader, roles):
    adopted(SiteFactory(key="here"), title="Ours")
    active_version(small_plan(title="Theirs"))

    found = reader.get(reverse("api:adoption", args=["small-here"])).json()

    assert (found["site"], found["upstream"], found["number"]) == (
        "here",
        "small-plan",
        1,
    )
    assert found["newer"]["number"] == 2
    (conflict,) = found["conflicts"]
    assert (conflict["mine"], conflict["theirs"]) == ("“Ours”", "“Theirs”")
