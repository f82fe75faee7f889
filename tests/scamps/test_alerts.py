"""Evidence alerts name steps, stand until somebody else closes them, and hasten review."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from scamps.actions import alerts as actions
from scamps.actions.committee import TooFewMembers, UnderReview
from scamps.actions.drafts import save_draft, start_draft
from scamps.actions.expedited import quorum_of, set_rule
from scamps.actions.publishing import publish
from scamps.actions.reviews import submit
from scamps.core.definition import load_yaml
from scamps.models import Alert, AlertStep, ExpeditedRule, State, Transition, Version
from tests.factories import (
    SMALL_PLAN,
    MembershipFactory,
    SeatFactory,
    UserFactory,
    active_version,
    replayed,
    small_plan,
)
from tests.scamps.test_governance import NOW, approve, state_of

pytestmark = pytest.mark.django_db
TOLD = {
    "kind": "trial",
    "title": "Cooling harms",
    "source": "Lancet 2026",
    "words": "Do not cool below 38 degrees.",
}
COOLER = load_yaml(SMALL_PLAN.replace("Cool the child.", "Let the child rest."))
WIDER = load_yaml(
    SMALL_PLAN.replace("Cool the child.", "Let the child rest.").replace(
        "Take the temperature.", "Call."
    )
)


@pytest.fixture
def version() -> Version:
    return active_version()


@pytest.fixture
def member(version):
    seat = SeatFactory(scamp=version.scamp, is_chair=True)
    SeatFactory(scamp=version.scamp)
    return seat.user


@pytest.fixture
def alert(version, member) -> Alert:
    return raised(version, member)


def raised(version, by, **told) -> Alert:
    given = {"nodes": ["cool"], "by": by, "at": NOW} | TOLD | told
    return actions.raise_alert(version=version, **given)


def rule(version, by, quorum=1, days=7):
    told = {"quorum": quorum, "days": days, "reason": "Agreed in May"}
    return set_rule(scamp=version.scamp, **told, by=by, at=NOW)


def expedited(alert, plan, by) -> Version:
    """A draft for the alert, with *plan* as its content."""
    draft = actions.begin_expedited(alert=alert, by=by, at=NOW)
    seen = draft.content_id
    return save_draft(version=draft, plan=plan, seen=seen, by=by, at=NOW)


# -- what stands ------------------------------------------------------------------


def test_an_alert_names_steps_that_there_are(version, member):
    for nodes in ([], ["warm"], ["cool", "warm"]):
        with pytest.raises(actions.UnknownNode):
            raised(version, member, nodes=nodes)
    with pytest.raises(ValueError, match="what came up"):
        raised(version, member, words=" ")


def test_it_stands_on_every_version_until_it_is_closed(alert, version, member):
    assert list(Alert.objects.standing_on(1)) == [alert]
    assert list(Alert.objects.standing_on(2)) == [alert]

    actions.dismiss(alert=alert, words="Another drug", by=UserFactory(), at=NOW)

    assert list(Alert.objects.standing_on(1)) == []
    actions.reopen(alert=alert, words="It was the same", by=member, at=NOW)
    assert list(Alert.objects.open()) == [alert]


def test_addressed_by_a_version_it_still_stands_on_earlier_ones(alert, version):
    later = active_version(small_plan(title="Second"))

    actions.address(
        alert=alert, version=later, words="No ice", by=UserFactory(), at=NOW
    )

    assert list(Alert.objects.standing_on(1)) == [alert]
    assert list(Alert.objects.standing_on(2)) == []


def test_only_a_later_version_in_use_addresses_it(alert, version, member):
    who = {"words": "No ice", "by": UserFactory(), "at": NOW}
    draft = start_draft(plan=COOLER, by=member, at=NOW)

    for one in (version, draft):
        with pytest.raises(actions.NotAddressed):
            actions.address(alert=alert, version=one, **who)


def test_who_raised_it_does_not_close_it_and_nobody_without_a_reason(alert, member):
    with pytest.raises(actions.AuthorAlone):
        actions.dismiss(alert=alert, words="Nothing", by=member, at=NOW)
    with pytest.raises(ValueError, match="why"):
        actions.dismiss(alert=alert, words=" ", by=UserFactory(), at=NOW)
    with pytest.raises(actions.AlertOpen):
        actions.reopen(alert=alert, words="x", by=member, at=NOW)


def test_the_database_refuses_to_change_alerts_steps_and_rules(alert, version, member):
    rule(version, member)
    actions.begin_expedited(alert=alert, by=member, at=NOW)

    for model in (Alert, AlertStep, ExpeditedRule):
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.all().delete()
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.update(at=NOW + timedelta(days=1))


# -- the expedited way ------------------------------------------------------------


def test_the_review_begins_on_a_new_draft_or_on_the_one_under_way(alert, member):
    draft = actions.begin_expedited(alert=alert, by=member, at=NOW)
    again = actions.begin_expedited(alert=alert, by=member, at=NOW)

    assert (draft.number, again.pk) == (2, draft.pk)
    assert alert.steps.count() == 1
    assert list(Alert.objects.expediting(draft)) == [alert]


def test_it_does_not_begin_on_what_is_judged_without_it(alert, member):
    draft = start_draft(plan=COOLER, by=member, at=NOW)
    Transition.objects.create(version=draft, to=State.IN_REVIEW)

    with pytest.raises(actions.InReview):
        actions.begin_expedited(alert=alert, by=member, at=NOW)


def test_fewer_approve_what_changes_the_steps_named_and_nothing_else(
    alert, version, member
):
    rule(version, member, quorum=1, days=7)
    draft = expedited(alert, COOLER, member)

    needed = quorum_of(draft)

    assert (needed.number, needed.is_expedited) == (1, True)
    assert needed.due_on == date(2026, 3, 17)


def test_what_changes_more_needs_the_ordinary_quorum(alert, version, member):
    rule(version, member)

    needed = quorum_of(expedited(alert, WIDER, member))

    assert (needed.number, needed.is_expedited) == (2, False)
    assert "Fever?" in " ".join(needed.beyond)


def test_without_a_rule_or_an_open_alert_the_ordinary_quorum_holds(
    alert, version, member
):
    draft = expedited(alert, COOLER, member)
    assert quorum_of(draft).number == 2
    rule(version, member)
    assert quorum_of(draft).number == 1

    actions.dismiss(alert=alert, words="Another drug", by=UserFactory(), at=NOW)

    assert quorum_of(draft).number == 2


def test_it_is_never_approved_by_its_author_alone(alert, version, member):
    rule(version, member)
    draft = expedited(alert, COOLER, member)
    submit(version=draft, by=member, at=NOW)

    approve(draft, by=member)
    assert state_of(draft) == State.IN_REVIEW
    approve(draft)

    assert state_of(draft) == State.APPROVED


def test_one_other_approves_and_it_is_published_with_all_its_evidence(
    alert, version, member
):
    rule(version, member)
    draft = expedited(alert, COOLER, member)
    submit(version=draft, by=member, at=NOW)
    approve(draft)

    publish(version=replayed(draft), notes="No ice", by=member, at=NOW)

    assert state_of(draft) == State.ACTIVE
    assert state_of(version) == State.SUPERSEDED


def test_the_rule_is_set_before_and_never_while_a_version_is_judged(
    alert, version, member
):
    with pytest.raises(TooFewMembers):
        rule(version, member, quorum=9)
    with pytest.raises(ValueError, match="At least one"):
        rule(version, member, quorum=0)
    draft = expedited(alert, COOLER, member)
    submit(version=draft, by=member, at=NOW)

    with pytest.raises(UnderReview):
        rule(version, member)


def test_a_higher_expedited_quorum_never_asks_for_more_than_the_ordinary(
    alert, version, member
):
    version.scamp.quorum = 1
    version.scamp.save(update_fields=["quorum"])
    rule(version, member, quorum=2)

    assert quorum_of(expedited(alert, COOLER, member)).number == 1


# -- the pages --------------------------------------------------------------------


def url(name, *args):
    return reverse(f"scamps:{name}", args=["small-plan", *args])


def said(response) -> str:
    return response.content.decode()


@pytest.fixture
def desk(client, member):
    client.force_login(member)
    return client


def test_it_is_raised_on_a_page_and_shown_wherever_the_steps_are_read(desk, version):
    sent = TOLD | {"nodes": ["cool"], "expedite": "on"}

    answer = desk.post(url("alerts"), sent)

    alert = Alert.objects.get()
    assert answer.url == alert.get_absolute_url()
    draft = version.scamp.versions.get(number=2)
    pages = {
        "alerts": url("alerts"),
        "alert": alert.get_absolute_url(),
        "version": version.get_absolute_url(),
        "outline": url("outline", draft.number),
        "a step": url("part", draft.number, "nodes", "cool"),
        "committee": url("committee"),
        "review": url("review", draft.number),
    }
    silent = [
        name for name, at in pages.items() if TOLD["title"] not in said(desk.get(at))
    ]
    assert silent == []
    assert "Evidence alert" in said(desk.get(reverse("scamps:scamps")))


def test_what_is_not_said_is_asked_for_and_nothing_is_lost(desk, version):
    answer = desk.post(url("alerts"), {"title": "Cooling harms"})

    assert answer.status_code == 422
    assert "Choose the steps it touches." in said(answer)
    assert 'value="Cooling harms"' in said(answer)
    assert not Alert.objects.exists()


def test_somebody_else_closes_it_on_its_page(desk, client, alert, version):
    page = alert.get_absolute_url()
    desk.post(page, {"then": "dismiss", "reason": "Nothing"})
    assert Alert.objects.open().exists()
    assert "ask a colleague" in said(desk.get(page))

    client.force_login(SeatFactory(scamp=version.scamp).user)
    refused = client.post(page, {"then": "dismiss"})
    assert refused.status_code == 422
    client.post(page, {"then": "dismiss", "reason": "Another drug"})
    assert not Alert.objects.open().exists()
    client.post(page, {"then": "reopen", "reason": "The same"})

    assert Alert.objects.open().exists()
    assert "Another drug" in said(client.get(page))


def test_a_later_version_addresses_it_on_its_page(client, alert, version):
    active_version(small_plan(title="Second"))
    client.force_login(SeatFactory(scamp=version.scamp).user)

    client.post(
        alert.get_absolute_url(),
        {"then": "address", "number": "2", "words": "No ice any more"},
    )

    assert "Addressed by version 2" in said(client.get(alert.get_absolute_url()))
    assert TOLD["words"] in said(client.get(version.get_absolute_url()))


def test_a_safety_officer_raises_and_a_clinician_reads(client, version):
    officer = MembershipFactory(role__name="safety officer").user
    client.force_login(officer)
    assert client.post(url("alerts"), TOLD | {"nodes": ["cool"]}).status_code == 302

    client.force_login(MembershipFactory().user)
    assert TOLD["title"] in said(client.get(url("alerts")))
    assert client.post(url("alerts"), TOLD | {"nodes": ["cool"]}).status_code == 403
    assert Alert.objects.count() == 1


def test_only_the_chair_sets_the_rule(desk, client, version):
    sent = {"quorum": "1", "days": "3", "reason": "Agreed"}
    assert desk.post(url("alert_rule"), sent).status_code == 302
    assert "within 3 days" in said(desk.get(url("alerts")))

    client.force_login(SeatFactory(scamp=version.scamp).user)

    assert client.post(url("alert_rule"), sent).status_code == 403


def test_an_alert_past_its_day_is_flagged(desk, version, member, alert):
    rule(version, member, days=1)

    assert "Overdue: to decide by 11 Mar 2026" in said(desk.get(url("alerts")))
