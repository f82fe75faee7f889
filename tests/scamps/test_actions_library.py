"""Loading the library: once, again, and after a document changed."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from scamps.actions.library import InOtherHands, NotADemonstration, load_plan
from scamps.models import Content, Scamp, State, Transition, Version
from tests.factories import SMALL_PLAN, UserFactory, small_plan

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def load(plan):
    return load_plan(plan=plan, by=None, at=NOW)


def test_a_plan_becomes_the_active_version_of_its_scamp():
    loaded = load(small_plan())

    scamp = Scamp.objects.get(key="small-plan")
    assert (loaded.what, loaded.version.number) == ("new", 1)
    assert scamp.title == "Small plan"
    assert scamp.active_version == loaded.version
    assert Transition.objects.get().reason == "Library demonstration"


def test_loaded_twice_it_is_one_version():
    first, second = load(small_plan()), load(small_plan())

    assert second.what == "unchanged"
    assert first.version == second.version
    assert Version.objects.count() == Content.objects.count() == 1


def test_a_changed_document_becomes_the_next_version_and_supersedes_the_last():
    old = load(small_plan()).version
    new = load(small_plan(title="Changed")).version

    assert (old.number, new.number) == (1, 2)
    assert (old.current_state, new.current_state) == (State.SUPERSEDED, State.ACTIVE)
    assert Scamp.objects.get().title == "Changed"
    assert old.plan.title == "Small plan"


def test_a_document_that_comes_back_is_a_version_of_its_own():
    load(small_plan())
    load(small_plan(title="Changed"))

    again = load(small_plan()).version

    assert again.number == 3
    assert Content.objects.count() == 2


def test_a_withdrawn_demonstration_stays_withdrawn():
    version = load(small_plan()).version
    Transition.objects.create(version=version, to=State.WITHDRAWN, reason="Wrong.")

    assert load(small_plan()).what == "unchanged"
    assert version.current_state == State.WITHDRAWN


def test_a_plan_that_is_no_demonstration_is_refused():
    with pytest.raises(NotADemonstration):
        load(small_plan(demonstration=False))


def test_the_library_leaves_a_scamp_alone_that_people_have_taken_over():
    version = load(small_plan()).version
    Version.objects.create(
        scamp=version.scamp,
        number=2,
        content=version.content,
        created_by=UserFactory(),
    )

    with pytest.raises(InOtherHands):
        load(small_plan(title="Changed"))


def test_the_command_loads_every_plan_of_the_folder(tmp_path: Path, capsys):
    (tmp_path / "small-plan").mkdir()
    (tmp_path / "small-plan" / "plan.yaml").write_text(SMALL_PLAN)

    for _ in range(2):
        call_command("load_library", folder=tmp_path)

    assert capsys.readouterr().out.splitlines() == [
        "small-plan: version 1, new",
        "small-plan: version 1, unchanged",
    ]


def test_the_command_names_file_and_line_of_a_mistake(tmp_path: Path):
    (tmp_path / "bad").mkdir()
    text = SMALL_PLAN.replace("when: fever,", "when: feaver,")
    (tmp_path / "bad" / "plan.yaml").write_text(text)

    with pytest.raises(CommandError, match=r"bad/plan.yaml:19:.*feaver"):
        call_command("load_library", folder=tmp_path)

    assert not Version.objects.exists()


def test_every_plan_that_ships_loads():
    call_command("load_library")

    assert set(Scamp.objects.values_list("key", flat=True)) >= {
        "suspected-appendicitis"
    }
    assert all(scamp.active_version for scamp in Scamp.objects.all())
