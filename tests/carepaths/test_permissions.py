"""Who may do what: a role says what, a current membership says where."""

from datetime import date

import pytest

from carepaths import permissions
from tests.carepaths.factories import (
    HOME,
    UserFactory,
    episode,
    opened,
    publish,
    signed,
)
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db

# what is asked, of which object: the roles of the site that may
MAY = [
    ("may_register", "site", {"clinician", "data manager"}),
    ("may_enrol", "patient", {"clinician", "data manager"}),
    ("may_open", "enrolment", {"clinician"}),
    ("may_edit", "draft", {"clinician"}),
    ("may_sign", "draft", {"clinician"}),
    ("may_edit", "signed", set()),
    ("may_sign", "signed", set()),
    ("may_amend", "draft", set()),
    ("may_amend", "signed", {"clinician", "data manager"}),
    ("may_void", "signed", {"clinician", "data manager"}),
    ("may_decide", "opportunity", {"clinician"}),
    ("may_record_performance", "signed", {"clinician", "data manager"}),
    ("may_record_outcome", "enrolment", {"clinician", "data manager"}),
    ("may_import", "site", {"data manager"}),
]
ROLES = ["clinician", "data manager", "safety officer", "auditor", "operator"]


@pytest.fixture
def objects():
    enrolment = episode(scamp=publish().scamp)
    encounter = signed(enrolment, **HOME)
    return {
        "site": enrolment.patient.site,
        "patient": enrolment.patient,
        "enrolment": enrolment,
        "draft": opened(enrolment),
        "signed": encounter,
        "opportunity": encounter.opportunities.first(),
    }


@pytest.mark.parametrize(("verb", "kind", "roles"), MAY)
def test_a_role_at_the_site_may(objects, verb, kind, roles):
    may = getattr(permissions, verb)
    users = {
        role: MembershipFactory(site=objects["site"], role__name=role).user
        for role in ROLES
    }

    allowed = {role for role, user in users.items() if may(user, objects[kind])}

    assert allowed == roles


@pytest.mark.parametrize(("verb", "kind", "roles"), MAY)
def test_elsewhere_formerly_or_never_is_not_here_and_now(objects, verb, kind, roles):
    may = getattr(permissions, verb)
    elsewhere = MembershipFactory().user
    former = MembershipFactory(site=objects["site"], ends_on=date(2021, 1, 1)).user

    for user in (elsewhere, former, UserFactory()):
        assert not may(user, objects[kind])


def test_who_signed_may_not_void(objects):
    encounter = objects["signed"]
    MembershipFactory(user=encounter.signed_by, site=objects["site"])

    assert not permissions.may_void(encounter.signed_by, encounter)
    assert permissions.may_amend(encounter.signed_by, encounter)
