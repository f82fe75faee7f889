"""What became of a clinician's own decisions, and the own figures beside all others'.

Everything is about the user who asks. The cost follows the own last decisions and the
months of the own sites, never what others have stored.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Count as Number
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from accounts.models import Membership, Site, User
from accounts.permissions import CLINICIAN
from carepaths.core.advised import KINDS
from carepaths.core.months import bounds_of, day_of
from carepaths.models import Decision, Encounter, Origin, Outcome
from feedback.core.own import LEAST, Ended, Figures, Made, Sums, figures_of, sums_of
from feedback.models import Count, OutcomesRead
from scamps.core.definition import Plan, words
from scamps.models import Scamp, Version

LOOKED_BACK = 500  # own decisions, the latest, whose outcomes are looked for
DAYS = 365
MEASURES = ("decision", "kind", "reason", "outcome")
OF_A_DECISION = "opportunity__encounter__"


class Counted(NamedTuple):
    """One fact of the roll-ups, over the months of the period."""

    measure: str
    node: str
    item: str
    value: str
    count: int


def own_decisions(user: User) -> QuerySet[Decision]:
    """The decisions of *user* that hold, with the plan, about patients still open."""
    seen = Encounter.objects.counted().visible_to(user)
    with_plan = seen.exclude(origin=Origin.RETROSPECTIVE)
    held = Decision.objects.held().filter(by=user)
    return held.filter(opportunity__encounter__in=with_plan)


def outcomes_since(user: User) -> QuerySet[Outcome]:
    """Outcomes of the episodes of the last own decisions, recorded after them."""
    latest = own_decisions(user).order_by("-pk")[:LOOKED_BACK]
    decided: dict[int, datetime] = {}
    for episode, at in latest.values_list("opportunity__encounter__enrolment", "at"):
        decided[episode] = min(at, decided.get(episode, at))
    held = Outcome.objects.held().filter(enrolment__in=decided)
    rows = held.values_list("pk", "enrolment", "recorded_at")
    keys = [pk for pk, episode, told in rows if told > decided[episode]]
    return Outcome.objects.filter(pk__in=keys).order_by("-recorded_at", "-pk")


def unread(user: User) -> int:
    """How many outcomes others have told since *user* last read them."""
    since = outcomes_since(user).exclude(by=user)
    if read := read_until(user):
        since = since.filter(recorded_at__gt=read)
    return since.count()


def read_until(user: User) -> datetime | None:
    return OutcomesRead.objects.filter(user=user).values_list("at", flat=True).first()


def read_outcomes(*, by: User, at: datetime) -> None:
    """Say that *by* has read what became of own decisions."""
    OutcomesRead.objects.update_or_create(user=by, defaults={"at": at})


def own_figures(
    user: User, *, sandbox: bool, at: datetime
) -> list[tuple[Scamp, Figures]]:
    """The own figures of the last twelve months on each plan, beside all others'."""
    sites = list(_own_sites(user, sandbox))
    if not sites:
        return []
    origin = Origin.SANDBOX if sandbox else Origin.PROSPECTIVE
    since = {site.pk: _first_month(site, at) for site in sites}
    mine = _own_made(user, origin, _of_period(sites, since, OF_A_DECISION))
    counts = _counted(origin, since)
    versions = Version.objects.filter(scamp__in=mine, pk__in=counts)
    plans: dict[Scamp, list[tuple[Version, list[Counted]]]] = defaultdict(list)
    for version in versions.select_related("scamp", "content").order_by("number"):
        plans[version.scamp].append((version, counts[version.pk]))
    colleagues = _colleagues(user, sites)
    period = _of_period(sites, since, "")
    return [
        (
            scamp,
            figures_of(
                mine[scamp.pk],
                _others(mine[scamp.pk], known),
                _outcomes(user, known, period, origin),
                colleagues,
                KINDS,
            ),
        )
        for scamp, known in sorted(plans.items(), key=lambda pair: pair[0].title)
    ]


def _others(
    mine: Iterable[Made], plans: Iterable[tuple[Version, list[Counted]]]
) -> Sums:
    """Everybody's decisions on a plan, less the own ones."""
    total = Sums(Counter(), Counter(), Counter(), 0, 0)
    for version, rows in plans:
        one = _all_sums(version.plan, rows)
        total = Sums(*(a + b for a, b in zip(total, one, strict=True)))
    return total.without(sums_of(mine))


def _own_sites(user: User, sandbox: bool) -> QuerySet[Site]:
    return Site.objects.open_to(user, CLINICIAN).filter(is_sandbox=sandbox)


def _first_month(site: Site, at: datetime) -> date:
    """The first of the twelve months, on the calendar of *site*."""
    return (day_of(at, site.time_zone) - timedelta(DAYS)).replace(day=1)


def _of_period(sites: Iterable[Site], since: dict[int, date], field: str) -> Q:
    """Encounters at *sites* within the months that are looked at."""
    found = Q()
    for site in sites:
        start, _ = bounds_of(since[site.pk], site.time_zone)
        found |= Q(**{f"{field}site": site, f"{field}visit_time__gte": start})
    return found


def _own_made(user: User, origin: str, period: Q) -> dict[int, list[Made]]:
    """The own decisions by plan."""
    at = OF_A_DECISION
    mine = own_decisions(user).filter(period, **{f"{at}origin": origin})
    names = [
        f"{at}enrolment__scamp",
        f"{at}enrolment__patient",
        "opportunity__direction",
    ]
    rows = mine.values_list(*names, "choice", "kind", "reason").annotate(n=Number("pk"))
    found: dict[int, list[Made]] = defaultdict(list)
    for scamp, patient, direction, choice, kind, reason, n in rows:
        found[scamp].append(Made(patient, direction, choice, kind, bool(reason), n))
    return found


def _counted(origin: str, since: dict[int, date]) -> dict[int, list[Counted]]:
    """Version → what the roll-ups of the period hold, added up."""
    where = Q()
    for site, month in since.items():
        where |= Q(rollup__site=site, rollup__month__gte=month)
    counts = Count.objects.filter(where, rollup__origin=origin, measure__in=MEASURES)
    names = ["rollup__version", "measure", "node", "item", "value"]
    found: dict[int, list[Counted]] = defaultdict(list)
    for version, *row in counts.values_list(*names).annotate(n=Sum("count")).order_by():
        found[version].append(Counted(*row[:4], int(row[4])))
    return found


def _all_sums(plan: Plan, rows: Iterable[Counted]) -> Sums:
    """Everybody's decisions about the actions of *plan*."""
    direction = {
        (node.key, action.key): action.direction
        for node in plan.nodes
        if node.kind == "recommend"
        for action in node.actions
    }
    followed, decided, kinds = Counter(), Counter(), Counter()
    unreasoned = 0
    for row in rows:
        heading = direction.get((row.node, row.item), "")
        match row.measure, row.value:
            case "decision", "followed" | "modified" | "deviated":
                decided[heading] += row.count
                followed[heading] += row.count if row.value == "followed" else 0
            case "kind", kind:
                kinds[kind] += row.count
            case "reason", value if value.startswith("deviated  "):
                unreasoned += row.count
    return Sums(followed, decided, kinds, kinds.total(), unreasoned)


def _outcomes(
    user: User,
    plans: Iterable[tuple[Version, list[Counted]]],
    period: Q,
    origin: str,
) -> Iterable[Ended]:
    """Yes-or-no outcomes of the episodes whose first encounter the user signed."""
    for version, rows in plans:
        own = _own_outcomes(user, version, period, origin)
        for outcome in version.plan.outcomes:
            if outcome.type != "boolean":
                continue
            everybody: Counter[str] = Counter()
            for row in rows:
                if (row.measure, row.item) == ("outcome", outcome.key):
                    everybody[row.value] += row.count
            mine = own[outcome.key]
            others = everybody - mine
            yield Ended(
                f"{words(outcome.label, version.plan.language)}, version {version.number}",
                mine["true"],
                mine.total(),
                others["true"],
                others.total(),
            )


def _own_outcomes(
    user: User, version: Version, period: Q, origin: str
) -> dict[str, Counter[str]]:
    mine = Encounter.objects.counted().filter(
        period, version=version, origin=origin, signed_by=user
    )
    before = Encounter.objects.counted().filter(
        Q(visit_time__lt=OuterRef("visit_time"))
        | Q(visit_time=OuterRef("visit_time"), pk__lt=OuterRef("pk")),
        enrolment=OuterRef("enrolment"),
        version=version,
        origin=origin,
    )
    first = mine.exclude(Exists(before)).values("enrolment")
    found: dict[str, Counter[str]] = defaultdict(Counter)
    held = Outcome.objects.held().filter(enrolment__in=first)
    for key, value in held.values_list("key", "value"):
        if isinstance(value, bool):
            found[key][str(value).lower()] += 1
    return found


def _colleagues(user: User, sites: Iterable[Site]) -> int:
    """How many others decided anything at *sites*; counted up to LEAST."""
    members = Membership.objects.filter(site__in=sites, role__name=CLINICIAN)
    others = User.objects.filter(pk__in=members.values("user")).exclude(pk=user.pk)
    decided = Decision.objects.filter(
        by=OuterRef("pk"), opportunity__encounter__site__in=sites
    )
    return others.filter(Exists(decided))[:LEAST].count()
