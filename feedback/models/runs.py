"""Replays of a draft over past encounters: asked for, worked at, and what they found."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import User
from carepaths.models import Encounter, Outcome
from scamps.models import Content, Evidence, Version


class RunState(models.TextChoices):
    """How far a replay has come."""

    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    CANCELLED = "cancelled", "Cancelled"
    FAILED = "failed", "Failed"


ENDED = (RunState.DONE, RunState.CANCELLED, RunState.FAILED)


class ReplayRunQuerySet(models.QuerySet):
    def unfinished(self) -> Self:
        """Those that a worker is at, or should be; the longest waiting first."""
        return self.exclude(state__in=ENDED).order_by("pk")

    def of(self, version: Version) -> Self:
        """Replays of the content that *version* has now, the latest first."""
        mine = self.filter(version=version, content=version.content_id)
        return mine.select_related("by", "cancelled_by").order_by("-pk")


class ReplayRun(models.Model):
    """One replay: what is replayed over which sites, who asked, how far it has come.

    A working row: a worker saves its progress in it. `walked` of `total` encounters;
    `attempts` counts the workers that began it; `evidence` is what it found.
    """

    version = models.ForeignKey(Version, models.PROTECT, related_name="+")
    content = models.ForeignKey(Content, models.PROTECT, related_name="+")
    base = models.ForeignKey(Content, models.PROTECT, related_name="+")
    is_sandbox = models.BooleanField(help_text="Over made-up patients")
    sites = ArrayField(models.SlugField(), help_text="Keys of the sites")
    state = models.CharField(max_length=9, choices=RunState, default=RunState.WAITING)
    walked = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    evidence = models.OneToOneField(
        Evidence, models.PROTECT, null=True, related_name="+"
    )

    objects = ReplayRunQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=RunState.values), name="replay_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state="done", evidence__isnull=False)
                | (~Q(state="done") & Q(evidence=None)),
                name="a_replay_that_is_done_has_evidence",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ENDED, ended_at__isnull=False)
                | (~Q(state__in=ENDED) & Q(ended_at=None)),
                name="a_replay_that_ended_says_when",
            ),
            models.UniqueConstraint(
                fields=["content", "is_sandbox"],
                condition=~Q(state__in=ENDED),
                name="a_content_is_replayed_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"Replay of {self.version}, {self.get_state_display().lower()}"

    @property
    def is_unfinished(self) -> bool:
        return self.state not in ENDED

    @property
    def percent(self) -> int | None:
        """How far it has come; None before it knows how far there is to go."""
        return 100 * self.walked // self.total if self.total else None


class AdvisedOtherwiseQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Of those listed, the ones whose patients *user* may open."""
        return self.filter(encounter__in=Encounter.objects.visible_to(user))

    def ways(self) -> list[tuple[str, str]]:
        """From which node to which they go, the most encounters first."""
        counted = self.order_by().values("before", "after").annotate(n=Count("pk"))
        found = counted.order_by("-n", "before", "after")
        return list(found.values_list("before", "after"))

    def on(self, before: str, after: str) -> Self:
        """Those on one way; all of them if none is named."""
        return self.filter(before=before, after=after) if before else self

    def episodes(self) -> int:
        """How many episodes they are of."""
        counted = self.aggregate(n=Count("encounter__enrolment", distinct=True))
        return counted["n"]

    def outcomes(self, keys: Iterable[str]) -> dict[str, list[tuple[str, int]]]:
        """By key, (value as text, episodes) of the outcomes that are known of them."""
        enrolments = self.order_by().values("encounter__enrolment")
        known = Outcome.objects.held().filter(key__in=keys, enrolment__in=enrolments)
        counted = known.order_by().values("key", "value").annotate(n=Count("pk"))
        found: dict[str, list[tuple[str, int]]] = {}
        for key, value, count in counted.values_list("key", "value", "n"):
            if value is not None:
                found.setdefault(key, []).append((_text(value), count))
        return found


def _text(value: bool | int | str) -> str:
    """A stored outcome as people write it: true, 3, 2.5."""
    return str(value).lower() if isinstance(value, bool) else str(value)


class AdvisedOtherwise(models.Model):
    """A past encounter that a replayed content would have advised otherwise.

    `before` and `after`: the nodes where the walks end; `lost` and `gained`: what only
    the one, or the other advises (direction/resource/key). Never changed. Encounters are
    never deleted, so the database need not look each of them up.
    """

    run = models.ForeignKey(
        ReplayRun, models.PROTECT, related_name="otherwise", db_index=False
    )
    encounter = models.ForeignKey(
        Encounter,
        models.PROTECT,
        related_name="advised_otherwise",
        db_constraint=False,
        db_index=False,
    )
    before = models.CharField(max_length=64)
    after = models.CharField(max_length=64)
    lost = ArrayField(models.TextField(), default=list)
    gained = ArrayField(models.TextField(), default=list)

    objects = AdvisedOtherwiseQuerySet.as_manager()

    class Meta:
        ordering = ["encounter"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "encounter"], name="encounter_is_listed_once"
            )
        ]

    def __str__(self) -> str:
        return f"Encounter {self.encounter_id}: {self.before} → {self.after}"
