"""Comments on the parts of a version: threads that are answered, resolved, carried."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from scamps.actions.comments import (
    AlreadyResolved,
    AnotherScamp,
    NoSuchPart,
    StillOpen,
    answer,
    begin_thread,
)
from scamps.actions.drafts import content_of, start_draft
from scamps.models import Comment, Thread, Turn, Version
from tests.factories import SeatFactory, UserFactory, VersionFactory, small_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def version() -> Version:
    return VersionFactory(number=1)


@pytest.fixture
def member(version: Version) -> Client:
    client = Client()
    client.force_login(SeatFactory(scamp=version.scamp).user)
    return client


def who() -> dict:
    return {"by": UserFactory(), "at": timezone.now()}


def begun(version: Version, section: str = "nodes", key: str = "hot") -> Thread:
    return begin_thread(
        version=version, section=section, key=key, words="Why?", **who()
    )


def turn(thread: Thread, version: Version, to: str, words: str = "") -> Comment:
    return answer(thread=thread, version=version, turn=to, words=words, **who())


def page(version: Version, *more: object) -> str:
    name = "scamps:thread" if more else "scamps:comments"
    return reverse(name, args=[version.scamp.key, version.number, *more])


def test_a_thread_is_open_until_it_is_resolved_and_again_once_reopened(version):
    thread = begun(version)
    seen = [Thread.objects.open().count()]
    turn(thread, version, Turn.RESOLVED)
    seen.append(Thread.objects.open().count())
    turn(thread, version, Turn.REOPENED, "Not for infants.")
    seen.append(Thread.objects.open().count())

    assert seen == [1, 0, 1]


def test_what_is_open_is_carried_to_the_next_version(version):
    later = VersionFactory(scamp=version.scamp, number=2)
    stays, done, after = begun(version), begun(version), begun(later)
    turn(done, version, Turn.RESOLVED)

    assert set(Thread.objects.standing_on(later)) == {stays, after}
    assert set(Thread.objects.standing_on(version)) == {stays, done}


def test_what_is_resolved_on_a_version_still_stands_there(version):
    second = VersionFactory(scamp=version.scamp, number=2)
    third = VersionFactory(scamp=version.scamp, number=3)
    thread = begun(version)
    turn(thread, second, Turn.RESOLVED)

    standing = [
        Thread.objects.standing_on(one).filter(pk=thread.pk).exists()
        for one in (version, second, third)
    ]

    assert standing == [True, True, False]


def test_a_thread_resolved_before_and_opened_again_later_is_carried_again(version):
    second = VersionFactory(scamp=version.scamp, number=2)
    third = VersionFactory(scamp=version.scamp, number=3)
    thread = begun(version)
    turn(thread, version, Turn.RESOLVED)
    turn(thread, second, Turn.REOPENED)

    assert thread in Thread.objects.standing_on(third)


def test_other_scamps_are_not_counted(version):
    begun(VersionFactory(number=1))

    assert not Thread.objects.standing_on(version).exists()


def test_open_threads_are_counted_by_part(version):
    begun(version)
    begun(version)
    begun(version, "elements", "fever")
    turn(begun(version), version, Turn.RESOLVED)
    begun(version, "", "")

    counts = Thread.objects.standing_on(version).open().counts()

    assert counts == {"nodes/hot": 2, "elements/fever": 1, "/": 1}


@pytest.mark.parametrize(
    ("section", "key"), [("nodes", "gone"), ("nowhere", "hot"), ("nodes", "")]
)
def test_a_part_that_is_not_there_is_refused(version, section, key):
    with pytest.raises(NoSuchPart):
        begun(version, section, key)


def test_nothing_is_said_in_no_words(version):
    with pytest.raises(ValueError, match="Say something"):
        begin_thread(version=version, section="", key="", words="  ", **who())


def test_a_resolved_thread_takes_no_answer_unnoticed(version):
    thread = begun(version)
    turn(thread, version, Turn.RESOLVED)

    with pytest.raises(AlreadyResolved):
        turn(thread, version, Turn.SAID, "But…")
    with pytest.raises(AlreadyResolved):
        turn(thread, version, Turn.RESOLVED)


def test_an_open_thread_is_not_opened_again(version):
    with pytest.raises(StillOpen):
        turn(begun(version), version, Turn.REOPENED)


def test_it_is_said_on_a_version_of_the_same_scamp_and_not_before(version):
    later = VersionFactory(scamp=version.scamp, number=2)

    with pytest.raises(AnotherScamp):
        turn(begun(version), VersionFactory(number=2), Turn.SAID, "Here?")
    with pytest.raises(AnotherScamp):
        turn(begun(later), version, Turn.SAID, "Then?")


@pytest.mark.parametrize("table", ["scamps_thread", "scamps_comment"])
@pytest.mark.parametrize("change", ["UPDATE {} SET at = now()", "DELETE FROM {}"])
def test_what_was_said_is_never_rewritten(version, table, change):
    begun(version)

    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change.format(table))


def test_the_page_begins_answers_resolves_and_opens_again(version, member):
    member.post(page(version), {"place": "nodes/hot", "words": "Too warm?"})
    thread = Thread.objects.get()
    member.post(page(version, thread.pk), {"then": "say", "words": "38.5 perhaps."})
    open_page = member.get(page(version)).content.decode()
    member.post(page(version, thread.pk), {"then": "resolve"})
    none = member.get(page(version)).content.decode()
    every = member.get(page(version) + "?all").content.decode()
    member.post(page(version, thread.pk), {"then": "reopen", "words": "No."})

    assert "Too warm?" in open_page
    assert "38.5 perhaps." in open_page
    assert "Fever?" in open_page
    assert "Too warm?" not in none
    assert "Resolved" in every
    assert [one.turn for one in thread.comments.all()] == [
        "said",
        "said",
        "resolved",
        "reopened",
    ]


def test_two_who_resolve_at_once_do_not_hide_each_other(version, member):
    thread = begun(version)
    turn(thread, version, Turn.RESOLVED)

    late = member.post(page(version, thread.pk), {"then": "say", "words": "But wait."})

    assert late.status_code == 409
    assert b"resolved meanwhile" in late.content
    assert b"But wait." in late.content


@pytest.mark.parametrize(
    "sent",
    [{"place": "nodes/hot", "words": " "}, {"place": "nodes/gone", "words": "Why?"}],
    ids=["no words", "no such part"],
)
def test_a_comment_that_cannot_be_made_is_refused_in_place(version, member, sent):
    answered = member.post(page(version), sent)

    assert answered.status_code == 422
    assert not Thread.objects.exists()


def test_comments_of_one_part_stand_alone(version, member):
    begun(version)
    begun(version, "elements", "fever")

    shown = member.get(page(version) + "?part=elements/fever").context["threads"]

    assert [one.place for one in shown] == ["elements/fever"]


def test_a_comment_on_a_part_that_went_says_so(version, member):
    begun(version)
    plan = version.plan.model_copy(update={"nodes": version.plan.nodes[:1]})
    Version.objects.filter(pk=version.pk).update(
        content=content_of(plan, timezone.now())
    )

    assert b"no longer in the plan" in member.get(page(version)).content


def test_the_page_asks_the_same_however_many_comments_there_are(version, member):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            member.get(page(version))
        return len(asked)

    begun(version)
    queries()  # what is asked once and remembered
    few = queries()
    for _ in range(5):
        turn(begun(version), version, Turn.SAID, "And?")

    assert queries() == few <= 16


def test_a_version_elsewhere_does_not_show_the_thread(version, member):
    other = VersionFactory(scamp=version.scamp, number=2)
    thread = begun(other)

    assert member.get(page(version, thread.pk)).status_code == 404


def test_a_comment_beside_the_form_of_a_part_comes_back_to_it(member):
    draft = start_draft(plan=small_plan(), **who())
    member.force_login(SeatFactory(scamp=draft.scamp).user)
    part = reverse("scamps:part", args=[draft.scamp.key, draft.number, "nodes", "hot"])
    told = {"place": "nodes/hot", "words": "Too warm?", "back": "part"}

    sent = member.post(page(draft), told)
    shown = member.get(part).content.decode()
    thread = Thread.objects.get()
    resolved = member.post(page(draft, thread.pk), {"then": "resolve", "back": "part"})

    assert (sent.url, resolved.url) == (part, part)
    assert "Too warm?" in shown
    assert "1<span" in shown.replace("\n", "")  # counted in the outline
    assert '<g class="tree-noted">' in shown
    assert "Too warm?" not in member.get(part).content.decode()
