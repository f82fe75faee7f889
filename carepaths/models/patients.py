"""Patients, their identities apart, and their episodes on Scamps."""

from __future__ import annotations

from datetime import date, datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import (
    Case,
    Exists,
    Max,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessEvent, Site, User
from carepaths.core.duplicates import Who, slips
from carepaths.core.months import bounds_of
from carepaths.core.searching import Query, name_words, read_query
from carepaths.models.identities import (
    Begins,
    Identity,
    words_vector,
)
from scamps.models import Scamp

CLINICAL_ROLES = ("clinician", "data manager", "safety officer", "auditor")


def _fits(asked: Query, anywhere: bool) -> Q:
    """The identities that fit; folded words hold nothing but letters and digits."""
    words = Q()
    if anywhere:
        for spellings in asked.words:
            words &= Q(
                *(Q(identity__search__contains=word) for word in spellings),
                _connector=Q.OR,
            )
    elif asked.words:
        terms = (" | ".join(f"'{one}':*" for one in word) for word in asked.words)
        query = " & ".join(f"({term})" for term in terms)
        words = Q(Begins(words_vector("identity__search"), Value(query)))
    if not asked.days:
        return words
    born = Q(identity__birth_date__in=asked.days, identity__birth_date_precision="day")
    return words | born if asked.is_number else words & born


class PatientQuerySet(models.QuerySet):
    def real(self) -> Self:
        return self.filter(site__is_sandbox=False)

    def sandbox(self) -> Self:
        return self.filter(site__is_sandbox=True)

    def visible_to(self, user: User) -> Self:
        """Patients of the sites where *user* has a clinical role."""
        return self.filter(site__in=Site.objects.open_to(user, *CLINICAL_ROLES))

    def matching(self, text: str, *, anywhere: bool = False) -> Self:
        """Patients whom *text* fits, the best first; empty text fits all, newest first.

        Each word begins a word of the name or number, or with *anywhere* is part of
        one; a day in it is the birth date. The first is answered from an index.
        """
        asked = read_query(text)
        if not (asked.words or asked.days):
            return self.order_by("-registered_at", "-pk")
        # Joined within, not aside, or the index could not be used.
        found = self.filter(_fits(asked, anywhere), identity__isnull=False)
        named = " ".join(word[0] for word in asked.words)
        is_number = Q(identity__record_number__iexact=text.strip())
        family = Q(identity__search__startswith=named.split(" ")[0] if named else " ")
        whole = Q()
        for spellings in asked.words:
            wanted = "|".join(spellings)
            whole &= Q(identity__search__regex=rf"\m({wanted})\M")
        ranks = [When(is_number, then=0), When(whole & family, then=1)]
        if asked.words:
            ranks.append(When(whole, then=2))
        rank = Case(*ranks, When(family, then=3), default=4)
        order = ("identity__name", "identity__record_number", "pk")
        return found.order_by(rank, *order)

    def same_as(self, patient: Patient | int) -> Self:
        """*patient* and whoever is merged with them: one person."""
        key = patient.pk if isinstance(patient, Patient) else patient
        mine = Identity.objects.filter(patient=key)
        kept = Subquery(mine.values(root=Coalesce("kept", "patient"))[:1])
        group = Identity.objects.filter(Q(patient=kept) | Q(kept=kept))
        return self.filter(pk__in=group.values("patient"))

    def resembling(self, who: Who, most: int = 200) -> list[Patient]:
        """Patients with the birth date of *who* or a slip of it, the number, or the name.

        Each is looked up by its own index; which of them are alike `core.duplicates` says.
        """
        identities = Identity.objects.filter(patient__in=self).order_by()
        found = [identities.filter(record_number__iexact=who.number.strip())]
        if who.born:
            days = [who.born, *slips(who.born)]
            found.append(identities.filter(birth_date__in=days))
        if words := name_words(who.name):
            query = " & ".join(f"'{word}'" for word in words)
            found.append(
                identities.filter(Begins(words_vector("search"), Value(query)))
            )
        keys = [each.values("patient")[:most] for each in found]
        first, *others = keys
        rows = first.union(*others).values_list("patient", flat=True)
        return list(self.filter(pk__in=list(rows)).select_related("identity", "site"))

    def last_seen_by(self, user: User, most: int = 8) -> list[Patient]:
        """The patients whose pages *user* opened last, the latest first."""
        seen = AccessEvent.objects.filter(user=user, subject="patient", verb="saw")
        last = seen.values("subject_id").annotate(last=Max("at")).order_by("-last")
        keys = [int(row["subject_id"]) for row in last[:most]]
        found = self.select_related("identity", "site").in_bulk(keys)
        return [found[key] for key in keys if key in found]


class Patient(models.Model):
    """A patient of one site, without a name: clinical rows point here."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="patients")
    registered_at = models.DateTimeField(default=timezone.now)

    objects = PatientQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-registered_at", "-id"], name="patient_newest_first")
        ]

    def __str__(self) -> str:
        return f"Patient {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("carepaths:patient", args=[self.pk])


class EnrolmentState(models.TextChoices):
    ELIGIBLE = "eligible", "Eligible"
    ENROLLED = "enrolled", "Enrolled"
    DECLINED = "declined", "Declined"
    LEFT = "left", "Left"
    UNFIT = "unfit", "Does not fit"


class EnrolmentQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self.filter(patient__in=Patient.objects.visible_to(user))

    def with_state(self, as_of: datetime | None = None) -> Self:
        """Each enrolment with `state`, the target of its last change."""
        changes = EnrolmentChange.objects.filter(enrolment=OuterRef("pk"))
        if as_of is not None:
            changes = changes.filter(recorded_at__lte=as_of)
        last = changes.order_by("-pk")
        return self.annotate(state=Subquery(last.values("to")[:1]))

    def in_state(self, *states: str, as_of: datetime | None = None) -> Self:
        return self.with_state(as_of).filter(state__in=states)

    def eligible_not_enrolled(self, user: User) -> Self:
        """The episodes of *user*'s patients that wait for a decision, the oldest first."""
        later = EnrolmentChange.objects.filter(
            enrolment=OuterRef("enrolment"), pk__gt=OuterRef("pk")
        )
        waiting = EnrolmentChange.objects.filter(to=EnrolmentState.ELIGIBLE)
        waiting = waiting.exclude(Exists(later))
        found = self.visible_to(user).filter(pk__in=waiting.values("enrolment"))
        related = found.select_related("scamp", "patient__identity", "patient__site")
        return related.order_by("opened_at", "pk")

    def in_bucket(self, *, scamp: Scamp, site: Site, month: date | None) -> Self:
        """Episodes that began in *month* (its first day) on the site's calendar."""
        found = self.filter(scamp=scamp, patient__site=site)
        if month is None:
            return found.filter(opened_at=None)
        start, end = bounds_of(month, site.time_zone)
        return found.filter(opened_at__gte=start, opened_at__lt=end)


class Enrolment(models.Model):
    """One episode of a patient in a Scamp."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="enrolments")
    scamp = models.ForeignKey(Scamp, models.PROTECT, related_name="+")
    episode = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField(
        default=timezone.now, null=True, help_text="When it began; empty if undated"
    )

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "scamp", "episode"], name="episode_is_numbered_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.patient} in {self.scamp}, episode {self.episode}"


class EnrolmentChange(models.Model):
    """One step of an enrolment: eligible, enrolled, declined, left. Never changed.

    `unfit` takes back that the patient is eligible; a step that undoes another leads
    back to the state before it. `judged` is what the population said then.
    """

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="changes")
    to = models.CharField(max_length=8, choices=EnrolmentState)
    reason = models.TextField(blank=True)
    judged = models.CharField(max_length=12, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(null=True, help_text="When it happened; empty if undated")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["enrolment", "id"], name="change_in_order"),
            models.Index(
                fields=["enrolment"],
                condition=Q(to="eligible"),
                name="change_to_eligible",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(to="declined") | ~Q(reason=""),
                name="declining_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(to="enrolled", judged="not eligible") | ~Q(reason=""),
                name="enrolling_against_the_criteria_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment}: {self.to}"
