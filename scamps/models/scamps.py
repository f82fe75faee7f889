"""Plans: a Scamp over time, its versions, their frozen content and their states."""

from __future__ import annotations

from datetime import date
from functools import cached_property, lru_cache
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from accounts.models import Site, User
from scamps.core.definition import Plan, load_stored
from scamps.core.layout import Drawing, layout
from scamps.core.walk import CompiledPlan, compile_plan


class State(models.TextChoices):
    """Where a version stands, as its last transition says."""

    DRAFT = "draft", "Draft"
    IN_REVIEW = "in-review", "In review"
    APPROVED = "approved", "Approved"
    PILOT = "pilot", "Pilot"
    ACTIVE = "active", "Active"
    SUPERSEDED = "superseded", "Superseded"
    WITHDRAWN = "withdrawn", "Withdrawn"
    RECALLED = "recalled", "Recalled"


class ScampQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Plans are read by everybody who has a current membership or seat."""
        return self.all() if self.may_be_read_by(user) else self.none()

    def may_be_read_by(self, user: User) -> bool:
        """Whether *user* reads plans at all."""
        seated = Seat.objects.current().filter(user=user)
        return seated.exists() or user.memberships.current().exists()

    def meant_for(self, site: Site) -> Self:
        """The plans a site works by: shared ones, and those it made its own.

        A shared plan gives way to what the site made of it, once that is active.
        """
        adopted = Scamp.objects.filter(adoptions__isnull=False)
        of_others = adopted.exclude(adoptions__site=site).values("pk")
        active = Version.objects.in_state(State.ACTIVE).values("scamp")
        own = Scamp.objects.filter(adoptions__site=site, pk__in=active)
        given_way = own.values("adoptions__upstream__scamp")
        return self.exclude(pk__in=of_others).exclude(pk__in=given_way)


class Scamp(models.Model):
    """A care plan over time."""

    key = models.SlugField(unique=True)
    title = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)
    quorum = models.PositiveSmallIntegerField(
        default=2, help_text="How many members must approve a version"
    )

    objects = ScampQuerySet.as_manager()

    class Meta:
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quorum__gte=1), name="somebody_must_approve"
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def active_version(self) -> Version | None:
        """The version that new encounters open under where no pilot is, if any."""
        return self.versions.in_state(State.ACTIVE).order_by("-number").first()

    def version_at(self, site: Site | int) -> Version | None:
        """The version that new encounters of *site* open under: a pilot's, if it has one."""
        return self.versions.in_use_at(site).first()


class SeatQuerySet(models.QuerySet):
    def current(self, on: date | None = None) -> Self:
        """Seats held on the day *on* (today if not said)."""
        on = on or timezone.now().date()
        return self.filter(starts_on__lte=on).filter(
            Q(ends_on=None) | Q(ends_on__gte=on)
        )


class Seat(models.Model):
    """A user has a role for one Scamp (committee member, publisher), from, to."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="seats"
    )
    role = models.ForeignKey(Group, models.PROTECT, related_name="+")
    scamp = models.ForeignKey(Scamp, models.PROTECT, related_name="seats")
    is_chair = models.BooleanField(default=False)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="seat_ends_after_it_starts",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "scamp", "starts_on"],
                name="seat_is_stated_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role} of {self.scamp}"


class Content(models.Model):
    """The canonical text of one plan document, keyed by its hash. Insert-only."""

    digest = models.CharField(max_length=64, primary_key=True)
    text = models.TextField(help_text="The canonical text: what is hashed")
    document = models.JSONField(help_text="A derived copy, for queries")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"),
                name="content_is_keyed_by_a_sha256",
            )
        ]

    def __str__(self) -> str:
        return self.digest[:8]

    @classmethod
    def known_by(cls, digest: str) -> Self:
        """The content with this hash; its other fields are fetched when they are read."""
        return cls.from_db(None, ["digest"], [digest])

    @property
    def plan(self) -> Plan:
        return _plan_of(self)

    @property
    def compiled(self) -> CompiledPlan:
        return compile_plan(self.plan)


@lru_cache(maxsize=64)
def _plan_of(content: Content) -> Plan:
    """The plan of *content*, which is known by its hash: its text may be deferred."""
    return stored_plan(content.text)


@lru_cache(maxsize=64)
def stored_plan(text: str) -> Plan:
    """The plan of a canonical text; read once per process, for content never changes."""
    return load_stored(text)


class VersionQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """The versions of the plans that *user* may read."""
        return self.filter(scamp__in=Scamp.objects.visible_to(user))

    def with_state(self) -> Self:
        """Each version with `state`, the target of its last transition in effect."""
        last = Transition.objects.in_effect().filter(version=OuterRef("pk"))
        return self.annotate(state=Subquery(last.values("to")[:1]))

    def in_state(self, *states: str) -> Self:
        return self.with_state().filter(state__in=states)

    def in_use_at(self, site: Site | int) -> Self:
        """Those that new encounters of *site* open under: in pilot there, or active.

        A pilot comes before the active version, the higher number before the lower.
        """
        from scamps.models.pilots import PilotSite

        here = PilotSite.objects.filter(version=OuterRef("pk"), site=site)
        is_tried = Q(state=State.PILOT) & models.Exists(here)
        in_use = self.with_state().filter(Q(state=State.ACTIVE) | is_tried)
        return in_use.order_by(F("state").desc(), "-number")  # "pilot" after "active"

    def at_hand(self, pk: int) -> Version:
        """One version with its Scamp, last transition and `alerts`, in one query.

        Its plan is known by its hash: the long text is fetched once per process.
        """
        from scamps.models.alerts import alerts_beside, read_standing

        steps = Transition.objects.in_effect().filter(version=pk)
        beside = alerts_beside("version__scamp", "version__number")
        last = steps.select_related("version__scamp").annotate(alerts=beside).first()
        version = last.version if last else self.select_related("scamp").get(pk=pk)
        version.last_transition = last
        version.alerts = read_standing(last.alerts) if last else ()
        version.content = Content.known_by(version.content_id)
        return version

    def standing(self) -> Self:
        """For each Scamp the version that stands for it: the active one, else the newest."""
        is_active = models.ExpressionWrapper(
            Q(state=State.ACTIVE), models.BooleanField()
        )
        return (
            self.with_state()
            .annotate(is_active=is_active)
            .order_by(
                "scamp__title",
                "scamp_id",
                F("is_active").desc(nulls_last=True),
                "-number",
            )
            .distinct("scamp__title", "scamp_id")
        )

    def with_alerts(self) -> Self:
        """Each with `has_alert`: an evidence alert stands on it."""
        from scamps.models.alerts import Alert

        alerts = Alert.objects.filter(scamp=OuterRef("scamp"))
        standing = alerts.standing_on(OuterRef("number"))
        return self.annotate(has_alert=models.Exists(standing))

    def with_content(self) -> Self:
        """With what a page of the version reads, in one query."""
        return self.with_state().select_related("scamp", "content", "created_by")


class Version(models.Model):
    """One state of a Scamp's content; frozen once it has left draft."""

    scamp = models.ForeignKey(Scamp, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.ForeignKey(Content, models.PROTECT, related_name="versions")
    change_note = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    arrival: Any = None
    """What came in when this was saved (`save_draft`); None if nothing did."""

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["scamp", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["scamp", "number"], name="version_number_is_used_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.scamp}, version {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("scamps:version", args=[self.scamp.key, self.number])

    @property
    def plan(self) -> Plan:
        return self.content.plan

    @property
    def drawing(self) -> Drawing:
        """The tree, laid out for a picture in the plan's language."""
        return layout(self.plan)

    @property
    def state_words(self) -> str:
        """The state as people say it; from `with_state` if it was asked for."""
        return State(getattr(self, "state", self.current_state) or State.DRAFT).label

    @property
    def pilot_places(self) -> models.QuerySet:
        """The sites at which it is tried, or was."""
        return self.pilot_sites.select_related("site")

    @cached_property
    def last_transition(self) -> Transition | None:
        """The transition in effect that holds; asked once."""
        return self.transitions.in_effect().first()

    @property
    def current_state(self) -> str:
        """The state by its last transition in effect; `draft` before any."""
        last = self.transitions.in_effect().values_list("to", flat=True).first()
        return last or State.DRAFT


class TransitionQuerySet(models.QuerySet):
    def in_effect(self) -> Self:
        """Those whose moment has come, the one that holds first.

        What was written later holds, even over what takes effect later.
        """
        return self.exclude(takes_effect_at__gt=Now()).order_by("-pk")

    def to_come(self) -> Self:
        """Those whose moment has not come yet, the first first."""
        return self.filter(takes_effect_at__gt=Now()).order_by("takes_effect_at", "pk")

    def newest_first(self) -> Self:
        """With who did it."""
        return self.select_related("by").order_by("-pk")


class Transition(models.Model):
    """One change of a version's state: who, when, why. Rows are never changed."""

    version = models.ForeignKey(Version, models.PROTECT, related_name="transitions")
    to = models.CharField(max_length=12, choices=State)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)
    takes_effect_at = models.DateTimeField(
        null=True, blank=True, help_text="Empty: at once"
    )

    objects = TransitionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(to__in=["withdrawn", "recalled"]) | ~Q(reason=""),
                name="withdrawal_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(to__in=State.values), name="transition_to_a_known_state"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version}: {self.to}"
