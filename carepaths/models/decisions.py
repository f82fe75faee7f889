"""What was advised, what the clinician intended, what was done, what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, Func, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast
from django.utils import timezone

from accounts.models import User
from carepaths.models.encounters import Encounter, Origin, voided
from carepaths.models.patients import Enrolment, Patient
from scamps.models import State, Version

MISSING = "missing"  # the state of an opportunity about which nothing is decided


def _known(
    rows: models.Manager | models.QuerySet, kind: str, as_of: datetime | None
) -> models.QuerySet:
    """Rows recorded, and not voided, at *as_of* (now if not said)."""
    return _recorded(rows.exclude(voided(OuterRef("pk"), kind, as_of)), as_of)


def _recorded(rows: models.QuerySet, as_of: datetime | None) -> models.QuerySet:
    return rows if as_of is None else rows.filter(recorded_at__lte=as_of)


class OpportunityQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self.filter(encounter__in=Encounter.objects.visible_to(user))

    def counted(self, as_of: datetime | None = None) -> Self:
        """Opportunities of encounters that are counted."""
        return self.filter(encounter__in=Encounter.objects.counted(as_of))

    def with_decision(self, as_of: datetime) -> Self:
        """Each with `decision_id` and `state` as known at *as_of*.

        `state` is the choice that holds, or "missing": nothing was decided, or it was
        deferred and the day it was due is over at the site.
        """
        held = Decision.objects.held(as_of).filter(opportunity=OuterRef("pk"))
        today = Cast(
            Func(F("encounter__site__time_zone"), Value(as_of), function="timezone"),
            models.DateField(),
        )
        overdue = Q(_choice=Choice.DEFERRED, _due_on__lt=today)
        return self.annotate(
            decision_id=Subquery(held.values("pk")[:1]),
            _choice=Subquery(held.values("choice")[:1]),
            _due_on=Subquery(held.values("due_on")[:1]),
        ).annotate(
            is_overdue=Case(When(overdue, then=Value(True)), default=Value(False)),
            state=Case(
                When(Q(_choice=None) | overdue, then=Value(MISSING)),
                default=F("_choice"),
                output_field=models.CharField(),
            ),
        )

    def settled(self, as_of: datetime) -> Self:
        """Those that can no longer turn: a do-not action only once its window closed."""
        return self.exclude(direction="do-not", window_closes_at__gt=as_of)

    def overdue(self, as_of: datetime) -> Self:
        """Deferred, and the day they were due is over: a task."""
        return self.counted(as_of).with_decision(as_of).filter(is_overdue=True)

    def standing_elsewhere(self, encounter: Encounter, at: datetime) -> Self:
        """What other plans of the patient of *encounter* advise and still stands.

        The patient is one person with whoever is merged with them. Of the last counted
        visit of each episode they are enrolled in: not departed from, its version not
        recalled, and its window open, or without one and not done. Each with `state`
        and `is_done`.
        """
        of = encounter.enrolment
        person = Patient.objects.same_as(of.patient_id).filter(site=encounter.site_id)
        episodes = Enrolment.objects.in_state("enrolled").filter(patient__in=person)
        visits = Encounter.objects.counted().exclude(origin=Origin.RETROSPECTIVE)
        last = visits.filter(enrolment=OuterRef("encounter__enrolment"))
        latest = last.order_by("-visit_time", "-pk").values("pk")[:1]
        done = Performance.objects.held().filter(
            encounter=OuterRef("encounter"),
            resource=OuterRef("resource"),
            status="done",
        )
        stands = Q(window_closes_at__gt=at) | Q(window_closes_at=None, is_done=False)
        return (
            self.filter(encounter__enrolment__in=episodes)
            .exclude(encounter__enrolment__scamp=of.scamp_id)
            .filter(encounter=Subquery(latest))
            .exclude(encounter__version__in=Version.objects.in_state(State.RECALLED))
            .with_decision(at)
            .annotate(is_done=Exists(done))
            .filter(stands)
            .exclude(state__in=[Choice.DEVIATED, Choice.NOT_APPLICABLE])
            .select_related("encounter__version__content", "encounter__version__scamp")
            .select_related("encounter__site")
            .order_by("encounter", "position")
        )

    def without_reason(self, as_of: datetime) -> Self:
        """Deviated beside the plan, and the reason is still to be told: a task."""
        held = Decision.objects.held(as_of).filter(opportunity=OuterRef("pk"))
        return (
            self.counted(as_of)
            .exclude(encounter__origin=Origin.RETROSPECTIVE)
            .filter(Exists(held.filter(choice=Choice.DEVIATED, reason="")))
        )


class Opportunity(models.Model):
    """One action of the walk as signed: the denominator of every rate. Never changed."""

    encounter = models.ForeignKey(
        Encounter, models.PROTECT, related_name="opportunities"
    )
    node = models.CharField(max_length=64)
    action = models.CharField(max_length=64)
    direction = models.CharField(max_length=6)
    resource = models.CharField(max_length=64)
    position = models.PositiveSmallIntegerField()
    window_closes_at = models.DateTimeField(
        null=True, help_text="Until then a do-not action is not settled"
    )

    objects = OpportunityQuerySet.as_manager()

    class Meta:
        ordering = ["encounter", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["encounter", "node", "action"], name="action_is_advised_once"
            ),
            models.CheckConstraint(
                condition=Q(direction__in=["do", "do-not"]), name="direction_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.node}/{self.action}"

    @property
    def key(self) -> str:
        """As intentions and pages name it: node/action."""
        return f"{self.node}/{self.action}"


class Choice(models.TextChoices):
    """What the clinician intends about an opportunity. No row means missing."""

    FOLLOWED = "followed", "Followed"
    MODIFIED = "modified", "Modified"
    DEVIATED = "deviated", "Deviated"
    DEFERRED = "deferred", "Deferred"
    NOT_APPLICABLE = "not-applicable", "Not applicable"


class Kind(models.TextChoices):
    """In which way a decision departs."""

    ADDED = "added", "Added"
    OMITTED = "omitted", "Omitted"
    SUBSTITUTED = "substituted", "Substituted"
    INTERVAL = "interval", "Interval"
    TIMING = "timing", "Timing"
    OTHER = "other", "Other"


class DecisionQuerySet(models.QuerySet):
    def held(self, as_of: datetime | None = None) -> Self:
        """The decision that holds for each opportunity: the last one not voided."""
        newer = _known(Decision.objects, "decision", as_of).filter(
            opportunity=OuterRef("opportunity"), pk__gt=OuterRef("pk")
        )
        return _known(self, "decision", as_of).exclude(Exists(newer))

    def departures_of(self, user: User) -> Self:
        """The deviations that hold in what *user* signed, beside the plan or on it."""
        counted = Encounter.objects.counted().exclude(origin=Origin.RETROSPECTIVE)
        mine = counted.filter(signed_by=user).values("pk")
        return self.held().filter(
            choice=Choice.DEVIATED, opportunity__encounter__in=mine
        )


class Decision(models.Model):
    """A decision about one opportunity; the latest not voided row holds."""

    opportunity = models.ForeignKey(
        Opportunity, models.PROTECT, related_name="decisions"
    )
    choice = models.CharField(max_length=14, choices=Choice)
    kind = models.CharField(max_length=11, choices=Kind, blank=True)
    reason = models.CharField(
        max_length=64, blank=True, help_text="Key of the reason, the plan's or standard"
    )
    standard_reason = models.CharField(
        max_length=64, blank=True, help_text="The HL7 code it stands for"
    )
    words = models.TextField(blank=True)
    due_on = models.DateField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["opportunity", "id"], name="decision_in_order")]
        constraints = [
            models.CheckConstraint(
                condition=Q(choice__in=Choice.values), name="choice_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(choice="deviated") | ~Q(kind=""),
                name="deviation_has_a_kind",
            ),
            models.CheckConstraint(
                condition=~Q(choice="deferred") | Q(due_on__isnull=False),
                name="deferral_has_a_due_date",
            ),
            models.CheckConstraint(
                condition=~Q(reason="other") | ~Q(words=""),
                name="other_reason_has_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opportunity}: {self.choice}"


class PerformanceQuerySet(models.QuerySet):
    def held(self, as_of: datetime | None = None) -> Self:
        """What is known to have been done: the last row of encounter and resource."""
        newer = _recorded(Performance.objects.all(), as_of).filter(
            encounter=OuterRef("encounter"),
            resource=OuterRef("resource"),
            pk__gt=OuterRef("pk"),
        )
        return _recorded(self, as_of).exclude(Exists(newer))


class Performance(models.Model):
    """What was really done about a resource; the latest row holds. Never changed."""

    class Status(models.TextChoices):
        DONE = "done", "Done"
        NOT_DONE = "not-done", "Not done"
        UNKNOWN = "unknown", "Unknown"

    encounter = models.ForeignKey(
        Encounter, models.PROTECT, related_name="performances"
    )
    resource = models.CharField(max_length=64)
    status = models.CharField(max_length=8, choices=Status)
    done_at = models.DateTimeField(null=True, blank=True)
    place = models.CharField(max_length=200, blank=True)
    known_how = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = PerformanceQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["encounter", "resource", "id"], name="performance_in_order"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["done", "not-done", "unknown"]),
                name="performance_status_is_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.resource}: {self.status}"


class OutcomeQuerySet(models.QuerySet):
    def held(self, as_of: datetime | None = None) -> Self:
        """The outcome that holds for each episode and key: the last one not voided."""
        newer = _known(Outcome.objects, "outcome", as_of).filter(
            enrolment=OuterRef("enrolment"), key=OuterRef("key"), pk__gt=OuterRef("pk")
        )
        return _known(self, "outcome", as_of).exclude(Exists(newer))


class Outcome(models.Model):
    """What became of an episode, one outcome of the plan; the latest row holds.

    `value` is canonical JSON (true, 3, "2.5") and null if it was sought and not found.
    """

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="outcomes")
    key = models.CharField(max_length=63)
    value = models.JSONField(null=True)
    happened_at = models.DateTimeField(null=True, blank=True)
    known_how = models.CharField(max_length=300)
    is_derived = models.BooleanField(
        default=False, help_text="Set from other data of the file, not observed"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["enrolment", "key"], name="outcome_by_episode")]

    def __str__(self) -> str:
        return f"{self.key}: {self.value}"
