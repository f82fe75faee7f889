"""What a committee says of the parts of a version, in threads. Nothing is rewritten."""

from __future__ import annotations

from collections import Counter
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Prefetch, Q, Subquery
from django.utils import timezone

from scamps.models.scamps import Version


class Turn(models.TextChoices):
    """What a comment does to its thread."""

    SAID = "said", "Said"
    RESOLVED = "resolved", "Resolved"
    REOPENED = "reopened", "Reopened"


class ThreadQuerySet(models.QuerySet):
    def standing_on(self, version: Version) -> Self:
        """What was begun on *version*, or before it and is not resolved before it.

        So an open thread is carried to the next version by itself.
        """
        begun = self.filter(
            version__scamp=version.scamp_id, version__number__lte=version.number
        )
        turned = _turns(OuterRef("pk")).values("turn", "version__number")
        done = begun.annotate(
            _turn=Subquery(turned.values("turn")[:1]),
            _turned_on=Subquery(turned.values("version__number")[:1]),
        )
        is_open = Q(_turn=None) | Q(_turn=Turn.REOPENED)
        return done.filter(is_open | Q(_turned_on__gte=version.number))

    def with_state(self) -> Self:
        """With `last_turn`: resolved, reopened, or None if it was never either."""
        turned = _turns(OuterRef("pk")).values("turn")[:1]
        return self.annotate(last_turn=Subquery(turned))

    def open(self) -> Self:
        """Those not resolved, or opened again since."""
        held = self.with_state()
        return held.filter(Q(last_turn=None) | Q(last_turn=Turn.REOPENED))

    def about(self, section: str, key: str) -> Self:
        """Those of one part."""
        return self.filter(section=section, key=key)

    def in_full(self) -> Self:
        """With all that was said, in order, and by whom."""
        said = Comment.objects.select_related("by", "version").order_by("pk")
        return (
            self.with_state()
            .select_related("version__scamp", "by")
            .prefetch_related(Prefetch("comments", queryset=said))
        )

    def counts(self) -> Counter[str]:
        """How many there are of each part, by "section/key"."""
        return Counter(
            f"{section}/{key}" for section, key in self.values_list("section", "key")
        )


def _turns(thread: OuterRef) -> models.QuerySet:
    """What resolved or reopened *thread*, the last first."""
    return Comment.objects.filter(thread=thread).exclude(turn=Turn.SAID).order_by("-pk")


class Thread(models.Model):
    """One matter raised about a part of a version, or about the whole. Never changed.

    Section and key name the part as the outline does; both are empty for the whole.
    """

    version = models.ForeignKey(
        Version, models.PROTECT, related_name="threads", help_text="Begun on"
    )
    section = models.CharField(max_length=20, blank=True)
    key = models.CharField(max_length=63, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = ThreadQuerySet.as_manager()

    class Meta:
        ordering = ["version", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(section="") & Q(key="")) | (~Q(section="") & ~Q(key="")),
                name="thread_is_about_a_part_or_the_whole",
            )
        ]

    def __str__(self) -> str:
        return f"{self.version}: {self.place or 'the whole'}"

    @property
    def place(self) -> str:
        """The part as addresses name it: "nodes/risk"; empty for the whole."""
        return f"{self.section}/{self.key}" if self.section else ""

    @property
    def is_open(self) -> bool:
        """Whether it waits for somebody; of a thread read `with_state`."""
        return self.last_turn != Turn.RESOLVED


class Comment(models.Model):
    """One thing said in a thread, or its being resolved or reopened. Never changed."""

    thread = models.ForeignKey(Thread, models.PROTECT, related_name="comments")
    version = models.ForeignKey(
        Version, models.PROTECT, related_name="+", help_text="Where it was said"
    )
    turn = models.CharField(max_length=8, choices=Turn, default=Turn.SAID)
    words = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["thread", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(turn__in=Turn.values), name="comment_turn_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(turn="said") | ~Q(words=""), name="comment_has_words"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.by}: {self.get_turn_display()}"
