"""Tasks: what is to be done about a patient by a day, and what became of each."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import (
    Case,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
    Window,
)
from django.db.models.functions import Cast, Coalesce, RowNumber
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, User
from carepaths.core.duties import DEFERRED
from carepaths.core.windows import WEEK
from carepaths.models.decisions import Opportunity, Outcome, Performance
from carepaths.models.encounters import Encounter
from carepaths.models.patients import Enrolment, Patient
from scamps.models import State, Version

WORKERS = ("clinician", "data manager")
"""Roles that work on tasks, and so may own one."""


class TaskKind(models.TextChoices):
    """What a task is about; `key` says which."""

    VISIT = "visit", "Visit"
    ACTION = "action", "To do"
    RESULT = "result", "Result"
    REVIEW = "review", "To check"
    OUTCOME = "outcome", "Outcome"


BEGUN = Q(from_on=None) | Q(from_on__lte=F("today"))
SECTIONS = Case(
    When(kind="outcome", then=Value("outcomes")),
    When(kind="result", then=Value("results")),
    When(~BEGUN, then=Value("coming")),
    When(key__startswith=DEFERRED, then=Value("decisions")),
    When(kind="review", then=Value("changed")),
    default=Value("due"),
    output_field=models.CharField(),
)


class TaskQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        return self.filter(enrolment__patient__in=Patient.objects.visible_to(user))

    def with_state(self) -> Self:
        """Each with what holds by its events, less those taken back.

        `closing` is the id of the event that closed it (null: open), `from_on` and
        `until_on` its window, `holder` the id of its owner (null: the site's).
        """
        mine = TaskEvent.objects.standing().filter(task=OuterRef("pk")).order_by("-pk")
        moved = mine.filter(kind=Event.RESCHEDULED)
        handed = mine.filter(kind=Event.HANDED_OVER)
        return self.annotate(
            closing=Subquery(mine.filter(kind__in=CLOSING).values("pk")[:1]),
            from_on=Coalesce(
                Subquery(moved.values("earliest_on")[:1]), F("earliest_on")
            ),
            until_on=Coalesce(Subquery(moved.values("due_on")[:1]), F("due_on")),
            _handed=Subquery(handed.values("pk")[:1]),
            holder=Case(
                When(_handed=None, then=F("owner_id")),
                default=Subquery(handed.values("owner")[:1]),
                output_field=models.BigIntegerField(),
            ),
        )

    def open(self) -> Self:
        """Tasks that nothing has closed."""
        return self.with_state().filter(closing=None)

    def with_day(self, as_of: datetime) -> Self:
        """Each with `today`, the day it is at its site at the moment *as_of*."""
        zone = F("enrolment__patient__site__time_zone")
        local = Func(zone, Value(as_of), function="timezone")
        return self.annotate(today=Cast(local, models.DateField()))

    def due(self, as_of: datetime) -> Self:
        """Open, and their first day has come at the site; undated ones are due."""
        return self.open().with_day(as_of).filter(BEGUN)

    def overdue(self, as_of: datetime) -> Self:
        """Open, and their last day is over at the site."""
        return self.open().with_day(as_of).filter(until_on__lt=F("today"))

    def waiting(self, as_of: datetime) -> Self:
        """Open tasks as a worklist shows them, each with its `section` and `last_day`.

        An outcome waits only once its window has closed.
        """
        found = self.open().with_day(as_of).with_owner_here(as_of).with_recall()
        found = found.exclude(~BEGUN, kind="outcome")
        days = Coalesce("until_on", "from_on", "today")
        return found.annotate(section=SECTIONS, last_day=days)

    def first_of_each(self, most: int) -> Self:
        """The first *most* of each section, the one due first at the top."""
        place = Window(
            RowNumber(),
            partition_by=F("section"),
            order_by=[F("last_day").asc(), F("pk").asc()],
        )
        shown = self.annotate(place=place).filter(place__lte=most)
        return shown.order_by("last_day", "pk")

    def this_week(self) -> Self:
        """Of those waiting: overdue, due within seven days from today, or undated."""
        return self.filter(last_day__lt=F("today") + timedelta(days=WEEK))

    def with_recall(self) -> Self:
        """Each with `is_recalled`: the version that raised it was recalled since."""
        recalled = Version.objects.in_state(State.RECALLED)
        mine = recalled.filter(pk=OuterRef("encounter__version"))
        return self.annotate(is_recalled=Exists(mine))

    def with_owner_here(self, as_of: datetime) -> Self:
        """Each with `is_owned`: its owner works at the site today, and can see to it."""
        here = Membership.objects.current(as_of.date()).filter(
            user=OuterRef("holder"),
            user__is_active=True,
            site=OuterRef("enrolment__patient__site"),
            role__name__in=WORKERS,
        )
        return self.annotate(is_owned=Exists(here))


class Task(models.Model):
    """One thing to be done about an episode. Never changed: its events tell the rest.

    `earliest_on` and `due_on` are days on the site's calendar; both are empty if the
    visit that raised it is undated.
    """

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="tasks")
    encounter = models.ForeignKey(
        Encounter,
        models.PROTECT,
        null=True,
        related_name="tasks",
        help_text="The signed visit that raised it",
    )
    opportunity = models.ForeignKey(
        Opportunity, models.PROTECT, null=True, related_name="tasks"
    )
    kind = models.CharField(max_length=7, choices=TaskKind)
    key = models.CharField(
        max_length=150, help_text="Of the visit, resource, element or outcome"
    )
    title = models.CharField(max_length=300)
    earliest_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = TaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["encounter", "kind", "key"], name="task_is_raised_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=TaskKind.values), name="task_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(earliest_on=None)
                | Q(due_on=None)
                | Q(earliest_on__lte=F("due_on")),
                name="task_begins_before_it_is_due",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("carepaths:task", args=[self.pk])


class Event(models.TextChoices):
    """What happened to a task."""

    DONE = "done", "Done"
    RESCHEDULED = "rescheduled", "Rescheduled"
    LOST = "lost", "Lost to follow-up"
    HANDED_OVER = "handed-over", "Handed over"
    CANCELLED = "cancelled", "Cancelled"
    UNDONE = "undone", "Taken back"


CLOSING = (Event.DONE, Event.LOST, Event.CANCELLED)


class Contact(models.TextChoices):
    """What the attempt to reach the patient came to."""

    WELL = "reached-well", "Reached, and well"
    UNWELL = "reached-unwell", "Reached, and not well"
    NO_CONTACT = "no-contact", "Not reached"
    MOVED = "moved", "Moved away, or treated elsewhere"
    DIED = "died", "Died"
    OTHER = "other", "Other, in words"


class TaskEventQuerySet(models.QuerySet):
    def standing(self) -> Self:
        """Events that were not taken back."""
        back = TaskEvent.objects.filter(takes_back=OuterRef("pk"))
        return self.exclude(Exists(back))


class TaskEvent(models.Model):
    """One thing that happened to a task: who, when, why. Never changed."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=11, choices=Event)
    words = models.TextField(blank=True, help_text="What was done, or why")
    happened_on = models.DateField(null=True, help_text="When it was done, if known")
    earliest_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    contact = models.CharField(max_length=14, choices=Contact, blank=True)
    tries = models.PositiveSmallIntegerField(null=True)
    encounter = models.ForeignKey(
        Encounter, models.PROTECT, null=True, related_name="task_events"
    )
    performance = models.ForeignKey(
        Performance, models.PROTECT, null=True, related_name="task_events"
    )
    outcome = models.ForeignKey(
        Outcome, models.PROTECT, null=True, related_name="task_events"
    )
    takes_back = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="taken_back_by"
    )
    because = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="consequences",
        help_text="The event of another task that this one follows from",
    )
    is_automatic = models.BooleanField(
        default=False, help_text="It followed from something else that was recorded"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    objects = TaskEventQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["task", "id"], name="task_event_in_order")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=Event.values), name="task_event_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(kind="rescheduled")
                | Q(
                    earliest_on__isnull=False,
                    due_on__isnull=False,
                    earliest_on__lte=F("due_on"),
                ),
                name="rescheduling_has_a_window",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["rescheduled", "cancelled"]) | ~Q(words=""),
                name="task_event_has_a_reason",
            ),
            models.CheckConstraint(
                condition=(~Q(kind="lost") | ~Q(contact=""))
                & (~Q(contact="other") | ~Q(words="")),
                name="loss_has_the_outcome_of_the_contact",
            ),
            models.CheckConstraint(
                condition=Q(kind="undone", takes_back__isnull=False)
                | (~Q(kind="undone") & Q(takes_back=None)),
                name="undoing_names_what_it_takes_back",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task}: {self.kind}"
