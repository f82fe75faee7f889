"""What users tell a plan's committee about a point of it, and what comes of that."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from accounts.models import Site, User
from accounts.permissions import is_only_in_sandbox
from carepaths.models.encounters import Encounter
from scamps.models import Scamp, Version


class RemarkKind(models.TextChoices):
    """What is remarked, in the words of the button."""

    FIT = "fit", "Does not fit my patient"
    WRONG = "wrong", "Wrong or out of date"
    UNCLEAR = "unclear", "Unclear"
    OTHER = "other", "Something else"


class RemarkQuerySet(models.QuerySet):
    def standing(self) -> Self:
        """Remarks that their author has not taken back."""
        taken_back = RemarkReply.objects.filter(
            remark=OuterRef("pk"), kind=RemarkReply.Kind.TAKEN_BACK
        )
        return self.exclude(Exists(taken_back))

    def of(self, scamp: Scamp) -> Self:
        return self.filter(version__scamp=scamp)

    def read_by(self, user: User) -> Self:
        """Those of the world that *user* is in: the made-up one, or the real one."""
        return self.filter(site__is_sandbox=is_only_in_sandbox(user))

    def told_at(self, encounter: Encounter, user: User) -> Self:
        """What *user* told about the version of *encounter*, newest first."""
        mine = self.standing().filter(by=user, version=encounter.version_id)
        return mine.with_answer().order_by("-pk")

    def with_answer(self) -> Self:
        """Each with `answer`, the words of the committee's last answer, or null."""
        answers = RemarkReply.objects.filter(
            remark=OuterRef("pk"), kind=RemarkReply.Kind.ANSWER
        ).order_by("-pk")
        return self.annotate(
            answer=Subquery(answers.values("words")[:1]),
            answered_at=Subquery(answers.values("at")[:1]),
        )

    def answered_to(self, user: User) -> Self:
        """What *user* told and a committee has answered, the latest answer first."""
        mine = self.standing().filter(by=user).with_answer()
        return mine.exclude(answered_at=None).order_by("-answered_at")


class Remark(models.Model):
    """One thing told to the committee about a node of a version. Never changed.

    The encounter it was told from stays with the site: no page of the committee shows
    it, for it would lead to the patient.
    """

    version = models.ForeignKey(Version, models.PROTECT, related_name="remarks")
    node = models.CharField(max_length=64)
    kind = models.CharField(max_length=7, choices=RemarkKind)
    words = models.TextField(blank=True)
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    encounter = models.ForeignKey(
        Encounter, models.PROTECT, null=True, blank=True, related_name="remarks"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = RemarkQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["by", "version"], name="remark_by_author")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=RemarkKind.values), name="remark_kind_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(kind="other") | ~Q(words=""),
                name="other_remark_has_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version}, {self.node}: {self.get_kind_display()}"


class RemarkReply(models.Model):
    """What was added to a remark: by its author, or by the committee. Never changed."""

    class Kind(models.TextChoices):
        ANSWER = "answer", "Answer of the committee"
        ADDED = "added", "Added by the author"
        TAKEN_BACK = "taken-back", "Taken back by the author"

    remark = models.ForeignKey(Remark, models.PROTECT, related_name="replies")
    kind = models.CharField(max_length=10, choices=Kind)
    words = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["answer", "added", "taken-back"]),
                name="remark_reply_is_known",
            ),
            models.CheckConstraint(
                condition=Q(kind="taken-back") | ~Q(words=""),
                name="remark_reply_has_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.words}"
