"""Who sees which report."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import Site, User
from accounts.permissions import CLINICAL_ROLES, DATA_MANAGER, is_only_in_sandbox
from feedback.models import ReplayRun
from scamps.models import Scamp
from scamps.permissions import has_seat, may_write


def sites_of_report(user: User, scamp: Scamp, *, sandbox: bool) -> QuerySet[Site]:
    """Sites whose patients the user may see counted: all real, or all made up.

    Clinical roles see those of their own sites. A seat on the Scamp opens all of them,
    but whoever is known in the sandbox only stays there.
    """
    realm = Site.objects.sandbox() if sandbox else Site.objects.real()
    if has_seat(user, scamp) and sandbox == is_only_in_sandbox(user):
        return realm
    return realm.filter(pk__in=Site.objects.open_to(user, *CLINICAL_ROLES))


def may_export_exact(user: User, scamp: Scamp) -> bool:
    """Small counts leave the system unrounded only with those who answer for them."""
    roles = Site.objects.open_to(user, DATA_MANAGER)
    return has_seat(user, scamp) or roles.exists()


def may_freeze(user: User, scamp: Scamp) -> bool:
    """The committee keeps the reports it has read."""
    return has_seat(user, scamp)


def may_replay(user: User, scamp: Scamp) -> bool:
    """Whoever writes the drafts of a Scamp replays them, and reads what it found."""
    return may_write(user, scamp)


def may_read_replay(user: User, run: ReplayRun) -> bool:
    """A replay is read by whoever may see every site counted that it counts."""
    scamp = run.version.scamp
    mine = sites_of_report(user, scamp, sandbox=run.is_sandbox)
    is_seen = set(run.sites) <= set(mine.values_list("key", flat=True))
    same_realm = run.is_sandbox == is_only_in_sandbox(user)
    return may_replay(user, scamp) and same_realm and is_seen


def may_make_case(user: User, scamp: Scamp) -> bool:
    """Whoever sits on the Scamp, of a visit whose patient they may see anyhow."""
    return has_seat(user, scamp)


def may_set_limits(user: User, scamp: Scamp) -> bool:
    """The committee says when limits begin anew, and when they hold."""
    return has_seat(user, scamp)
