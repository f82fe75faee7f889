"""Encounters: a working draft, then signed revisions that never change."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Site, User
from carepaths.core.lateness import delay_words
from carepaths.core.months import bounds_of, month_of
from carepaths.models.patients import Enrolment, Patient
from scamps.models import Scamp, Version


def voided(row: Any, kind: str, as_of: datetime | None, after: Any = None) -> Exists:
    """Whether the row *kind* (encounter, decision, outcome) with this id is void."""
    from carepaths.models.ledger import Void

    found = Void.objects.filter(**{kind: row})
    if as_of is not None:
        found = found.filter(recorded_at__lte=as_of)
    return Exists(found if after is None else found.filter(recorded_at__gt=after))


class Origin(models.TextChoices):
    """How an encounter came about. Origins are never pooled."""

    PROSPECTIVE = "prospective", "With the plan"
    RETROSPECTIVE = "retrospective", "Before the plan"
    SANDBOX = "sandbox", "Sandbox"


class Medium(models.TextChoices):
    """What the answers were first written on."""

    SCREEN = "screen", "On screen"
    PAPER = "paper", "From paper"


class EncounterQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self.filter(enrolment__patient__in=Patient.objects.visible_to(user))

    def drafts_of(self, scamp: Scamp) -> Self:
        """Open drafts on any version of *scamp*, the last saved first."""
        related = ("enrolment__patient__identity", "site", "version__scamp")
        found = self.drafts().filter(version__scamp=scamp)
        return found.select_related("version__content", *related).order_by(
            "-edited_at", "pk"
        )

    def real(self) -> Self:
        return self.filter(site__is_sandbox=False)

    def sandbox(self) -> Self:
        return self.filter(site__is_sandbox=True)

    def worked_on_by(self, user: User) -> Self:
        """Encounters that *user* opened or saved last."""
        return self.filter(Q(opened_by=user) | Q(edited_by=user))

    def with_void(self) -> Self:
        """Each with `is_void`: it was entered in error."""
        return self.annotate(is_void=voided(OuterRef("pk"), "encounter", None))

    def drafts(self) -> Self:
        return self.filter(signed_at=None).unvoided()

    def signed(self, as_of: datetime | None = None) -> Self:
        if as_of is None:
            return self.filter(signed_at__isnull=False)
        return self.filter(signed_at__lte=as_of)

    def unvoided(self, as_of: datetime | None = None) -> Self:
        """Encounters that were not entered in error."""
        return self.exclude(voided(OuterRef("pk"), "encounter", as_of))

    def counted(self, as_of: datetime | None = None) -> Self:
        """What reports count: signed and not voided, as known at *as_of*."""
        return self.signed(as_of).unvoided(as_of)

    def in_bucket(
        self, *, version: Version, site: Site, month: date | None, origin: str
    ) -> Self:
        """Encounters of one bucket; *month* is a first day on the site's calendar."""
        found = self.filter(version=version, site=site, origin=origin)
        if month is None:
            return found.filter(visit_time=None)
        start, end = bounds_of(month, site.time_zone)
        return found.filter(visit_time__gte=start, visit_time__lt=end)

    def before(self, encounter: Encounter) -> Self:
        """Counted encounters of the same episode at an earlier time, latest first."""
        if encounter.visit_time is None:
            return self.none()
        earlier = self.counted().filter(
            enrolment=encounter.enrolment_id, visit_time__lt=encounter.visit_time
        )
        return earlier.order_by("-visit_time", "-pk")

    def signed_beside(self, encounter: Encounter) -> Self:
        """Other signed encounters of the same person, merged patients included."""
        identity = encounter.enrolment.patient.identity
        root = identity.kept_id or identity.patient_id
        same = Q(enrolment__patient__identity__patient=root)
        same |= Q(enrolment__patient__identity__kept=root)
        return self.filter(same, ~Q(pk=encounter.pk), signed_at__isnull=False)

    def amended_otherwise(self) -> Self:
        """Encounters whose last amendment advises otherwise than what was signed."""
        last = Revision.objects.latest_sealed().filter(advises_otherwise=True)
        return self.counted().filter(pk__in=last.values("encounter"))

    def on_an_amended_visit(self) -> Self:
        """Encounters whose visit before was amended or voided since they were signed."""
        stale = Revision.objects.reads_an_older_answer()
        return self.counted().filter(pk__in=stale.values("encounter"))

    def with_pending_answers(self) -> Self:
        """Encounters whose latest answers say that a result is still to come."""
        waiting = Revision.objects.latest_sealed().filter(pending__len__gt=0)
        return self.counted().filter(pk__in=waiting.values("encounter"))


class Encounter(models.Model):
    """One visit on a plan, pinned to the version it was opened under.

    `answers` and `intentions` are the draft's working row, saved in place by
    compare-and-set on `edit`; signing freezes the row.
    """

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="encounters")
    version = models.ForeignKey(Version, models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    visit = models.CharField(max_length=64, help_text="Key of the kind of visit")
    origin = models.CharField(max_length=13, choices=Origin)
    visit_time = models.DateTimeField(
        null=True, blank=True, help_text="When it happened; empty if undated"
    )
    visit_to_the_day = models.BooleanField(
        default=False, help_text="Only the day is known: visit_time is its midday"
    )
    medium = models.CharField(
        max_length=6, choices=Medium, default=Medium.SCREEN, help_text="Entered from"
    )
    opened_at = models.DateTimeField(default=timezone.now)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    edit = models.PositiveIntegerField(default=0, help_text="Counts saves: the ETag")
    edited_at = models.DateTimeField(default=timezone.now)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    edited_from = models.UUIDField(
        null=True, help_text="The open page that saved last, so that it may go on"
    )
    edited_turn = models.PositiveIntegerField(
        default=0, help_text="Counts the saves of that page"
    )
    answers = models.JSONField(default=dict)
    intentions = models.JSONField(
        default=dict, help_text="Decisions of the draft, by node/action"
    )
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    objects = EncounterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(signed_at=None, signed_by=None)
                | Q(signed_at__isnull=False, signed_by__isnull=False),
                name="signature_has_time_and_signer",
            ),
            models.CheckConstraint(
                condition=Q(origin__in=Origin.values), name="origin_is_known"
            ),
            models.CheckConstraint(
                condition=Q(medium__in=Medium.values), name="medium_is_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["version", "site", "origin", "visit_time"],
                name="encounter_by_bucket",
            )
        ]

    def __str__(self) -> str:
        return f"{self.enrolment}, {self.visit}"

    def get_absolute_url(self) -> str:
        return reverse("carepaths:encounter", args=[self.pk])

    @property
    def lateness(self) -> str:
        """How long after the visit it was entered, and from what; empty if at once."""
        late = delay_words(
            self.visit_time,
            self.opened_at,
            self.site.time_zone,
            to_the_day=self.visit_to_the_day,
        )
        paper = "from paper" if self.medium == Medium.PAPER else ""
        return ", ".join(word for word in (late, paper) if word)

    @property
    def is_open(self) -> bool:
        return self.signed_at is None

    @property
    def month(self) -> date | None:
        """First day of the month of the visit on the site's calendar."""
        return month_of(self.visit_time, self.site.time_zone)


# In the context of a revision cut before a move: the version the draft stood on, and
# the key of the bulk move it was part of, if any.
MOVED_FROM, MOVED_WITH = "moved_from", "moved_with"


class Cause(models.TextChoices):
    """Why a revision was cut."""

    SIGNED = "signed", "Signed"
    AMENDED = "amended", "Amended"
    HANDOVER = "handover", "Change of author"
    MOVED = "moved", "Before a move to another version"
    CONFLICT = "conflict", "Lost a conflict"


class RevisionQuerySet(models.QuerySet):
    def sealed(self) -> Self:
        """Signed or amended: what counts, unlike what a draft left behind."""
        return self.filter(cause__in=[Cause.SIGNED, Cause.AMENDED])

    def remembered_at(self, encounter: Encounter) -> Self:
        """What was signed at the patient's earlier visits, those of the episode first.

        The latest revision of each, the latest visit first.
        """
        if encounter.visit_time is None:
            return self.none()
        earlier = Encounter.objects.counted().filter(
            enrolment__patient=encounter.enrolment.patient_id,
            visit_time__lt=encounter.visit_time,
        )
        elsewhere = ~Q(encounter__enrolment=encounter.enrolment_id)
        found = self.latest_sealed().filter(encounter__in=earlier)
        by_time = ("-encounter__visit_time", "-pk")
        return found.alias(elsewhere=elsewhere).order_by("elsewhere", *by_time)

    def moved_with(self, batch: str) -> Self:
        """The drafts as they stood before the bulk move *batch*."""
        return self.filter(cause=Cause.MOVED, context__contains={MOVED_WITH: batch})

    def reads_an_older_answer(self) -> Self:
        """The last sealed ones whose visit before was amended or voided afterwards."""
        before = OuterRef("previous__encounter")
        newer = Revision.objects.sealed().filter(
            encounter=before, recorded_at__gt=OuterRef("recorded_at")
        )
        gone = voided(before, "encounter", None, after=OuterRef("recorded_at"))
        return self.latest_sealed().filter(Exists(newer) | gone, previous__isnull=False)

    def latest_sealed(self, as_of: datetime | None = None) -> Self:
        """The last signed or amended revision of each encounter."""
        newer = Revision.objects.sealed().filter(
            encounter=OuterRef("encounter"), number__gt=OuterRef("number")
        )
        mine = self.sealed()
        if as_of is not None:
            newer = newer.filter(recorded_at__lte=as_of)
            mine = mine.filter(recorded_at__lte=as_of)
        return mine.exclude(Exists(newer))


class Revision(models.Model):
    """Answers, context and walk of an encounter at one moment. Never changed."""

    encounter = models.ForeignKey(Encounter, models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    cause = models.CharField(max_length=8, choices=Cause)
    reason = models.TextField(blank=True)
    answers = models.JSONField()
    intentions = models.JSONField(default=dict, help_text="Of the draft, as it stood")
    context = models.JSONField()
    walk = models.JSONField(null=True, help_text="As `Walk.to_json` writes it")
    path = ArrayField(models.CharField(max_length=64), default=list)
    end_node = models.CharField(max_length=64, blank=True)
    stopped = models.BooleanField(default=False)
    waiting_for = ArrayField(models.CharField(max_length=64), default=list)
    flagged = ArrayField(
        models.CharField(max_length=64),
        default=list,
        help_text="Elements used although outside their plausible range",
    )
    differs_without_flagged = models.BooleanField(
        default=False, help_text="The walk would differ were the flagged values null"
    )
    pending = ArrayField(
        models.CharField(max_length=64),
        default=list,
        help_text="Elements whose answers are still to come",
    )
    advises_otherwise = models.BooleanField(
        default=False, help_text="An amendment whose walk advises other actions"
    )
    previous = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="The revision of the visit before that the context was read from",
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["encounter", "number"]
        indexes = [
            models.Index(
                fields=["encounter"],
                condition=Q(cause="moved"),
                name="revision_before_a_move",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["encounter", "number"], name="revision_is_numbered_once"
            ),
            models.UniqueConstraint(
                fields=["encounter"],
                condition=Q(cause="signed"),
                name="encounter_is_signed_once",
            ),
            models.CheckConstraint(
                condition=~Q(cause="amended") | ~Q(reason=""),
                name="amendment_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.encounter}, revision {self.number}"

    @property
    def is_sealed(self) -> bool:
        """Signed or amended: what counts, unlike what a draft left behind."""
        return self.cause in (Cause.SIGNED, Cause.AMENDED)
