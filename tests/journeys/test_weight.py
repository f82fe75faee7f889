"""The step page is light: what a tablet on a poor network must fetch, and ask for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from carepaths.models import Encounter
from feedback.actions.rollups import refresh_all
from tests.carepaths.factories import episode, opened, saved, signed
from tests.factories import MembershipFactory, library_version

MOST = 200_000  # bytes of a first load, as production serves them
PLAIN = 450_000  # the same unpacked, so that it does not grow unseen
QUERIES = 12  # fewer than these
LINKED = re.compile(r'(?:src|href)="(/static/[^"]+)"')
PRODUCTION = {
    "default": settings.STORAGES["default"],
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
HIGH = {
    "peritonitis": "local", "pain_migration": True, "anorexia": True, "nausea": True,
    "temperature": "38.4", "cough_pain": True, "rlq_tenderness": True, "wbc": "14.1",
    "neutrophilia": True,
}  # fmt: skip


@pytest.fixture
def draft(db: None) -> Encounter:
    """A draft with advice and a decision: the fullest state of the page."""
    member = MembershipFactory(site__is_sandbox=True)
    scamp = library_version().scamp
    mine = episode(scamp=scamp, site=member.site, by=member.user)
    follow = {"operate-high/operate": {"choice": "followed"}}
    return saved(opened(mine, by=member.user), intentions=follow, **HIGH)


@pytest.fixture
def client(draft: Encounter) -> Client:
    client = Client()
    client.force_login(draft.opened_by)
    return client


@pytest.fixture
def production(tmp_path: Path):
    """Static files as production collects them: hashed, and compressed beside."""
    with override_settings(STORAGES=PRODUCTION, STATIC_ROOT=tmp_path, DEBUG=False):
        call_command("collectstatic", interactive=False, verbosity=0)
        yield tmp_path


def fetched(page: bytes, root: Path) -> dict[str, tuple[int, int]]:
    """What a first load fetches: name → (bytes unpacked, bytes as served).

    Styles and scripts are packed by the static storage itself. A proxy packs the page,
    but need not: it is counted as it is.
    """
    found = {"the page": (len(page), len(page))}
    for address in sorted(set(LINKED.findall(page.decode()))):
        file = root / address.removeprefix("/static/")
        small = file.with_name(file.name + ".gz")
        plain = file.stat().st_size
        served = small.stat().st_size if small.exists() else plain
        found[file.name] = (plain, served)
    return found


def test_the_step_page_weighs_under_200_kb_on_first_load(
    client: Client, draft: Encounter, production: Path
) -> None:
    page = client.get(draft.get_absolute_url()).content

    found = fetched(page, production)

    assert len(found) > 5  # the page, its styles, its scripts
    assert sum(served for _, served in found.values()) < MOST, found
    assert sum(plain for plain, _ in found.values()) < PLAIN, found
    assert all(
        served < plain
        for name, (plain, served) in found.items()
        if name.endswith(".css")
    )


def test_the_step_page_needs_under_12_queries_whatever_the_history(
    client: Client, draft: Encounter
) -> None:
    address = draft.get_absolute_url()
    client.get(address)
    counts = []

    for _ in range(2):
        with CaptureQueriesContext(connection) as seen:
            client.get(address)
        counts.append(len(seen))
        for _ in range(5):
            other = episode(scamp=draft.version.scamp, site=draft.site)
            signed(other, **HIGH)
        refresh_all(at=timezone.now())

    assert counts[0] == counts[1]
    assert max(counts) < QUERIES
