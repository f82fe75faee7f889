"""A version of the appendicitis plan, and places to use it at."""

import pytest

from accounts.models import Site, User
from scamps.core.definition import canonical, digest
from scamps.models import Content, Scamp, Version
from tests.factories import SiteFactory, UserFactory, library_plan


@pytest.fixture
def clinician(db: None) -> User:
    return UserFactory(username="clinician", name="Clinician, Site A")


@pytest.fixture
def version(db: None) -> Version:
    """Version 1 of the suspected-appendicitis plan, still a draft."""
    plan = library_plan()
    content = Content.objects.create(
        digest=digest(plan), text=canonical(plan), document={}
    )
    scamp = Scamp.objects.create(key=plan.key, title="Suspected appendicitis")
    return Version.objects.create(scamp=scamp, number=1, content=content)


@pytest.fixture
def sites(db: None) -> list[Site]:
    """Two real sites, on calendars that differ by most of a day."""
    return [
        SiteFactory(time_zone="Europe/Berlin"),
        SiteFactory(time_zone="Pacific/Auckland"),
    ]
