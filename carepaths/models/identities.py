"""Identities: the only table with names, numbers and birth dates; corrections kept."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone

from accounts.models import Site
from carepaths.core.duplicates import Who
from carepaths.core.searching import searchable

CORRECTED = ("record_number", "name", "birth_date", "birth_date_precision", "sex")


def words_vector(column: str) -> Func:
    """The words of the search column, as the index holds them."""
    words = Func(F(column), Value(" "), function="string_to_array")
    return Func(words, function="array_to_tsvector")


class Begins(Func):
    """Whether a vector has words that begin as those of a tsquery."""

    template = "(%(expressions)s::tsquery)"
    arg_joiner = " @@ "
    output_field = models.BooleanField()


class BirthDatePrecision(models.TextChoices):
    DAY = "day", "Day"
    MONTH = "month", "Month"
    YEAR = "year", "Year"
    UNKNOWN = "unknown", "Unknown"


class SearchField(models.TextField):
    """The folded words of an identity, written whenever it is saved as a whole.

    `QuerySet.update` does not come by here; it is not used on names or numbers.
    """

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        words = searchable(model_instance.name, model_instance.record_number)
        setattr(model_instance, self.attname, words)
        return words


class Identity(models.Model):
    """Who a patient is: the only table with names, numbers and birth dates."""

    patient = models.OneToOneField(
        "carepaths.Patient", models.PROTECT, related_name="identity"
    )
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    record_number = models.CharField(max_length=64)
    name = models.CharField(max_length=200, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    birth_date_precision = models.CharField(
        max_length=8, choices=BirthDatePrecision, default=BirthDatePrecision.UNKNOWN
    )
    sex = models.CharField(max_length=16, blank=True)
    digest = models.CharField(
        max_length=64, blank=True, help_text="Of the imported row, else empty"
    )
    kept = models.ForeignKey(
        "carepaths.Patient",
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="The patient who stands for this one since a merge",
    )
    search = SearchField(default="", editable=False)

    class Meta:
        indexes = [
            GinIndex(words_vector("search"), name="identity_by_words"),
            models.Index(fields=["birth_date"], name="identity_by_birth_date"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "record_number"],
                name="record_number_is_used_once_at_a_site",
            ),
            models.CheckConstraint(
                condition=Q(birth_date=None, birth_date_precision="unknown")
                | (Q(birth_date__isnull=False) & ~Q(birth_date_precision="unknown")),
                name="birth_date_goes_with_its_precision",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.record_number})"

    @property
    def who(self) -> Who:
        """What of it may show that two identities are of one person."""
        to_the_day = self.birth_date_precision == BirthDatePrecision.DAY
        born = self.birth_date if to_the_day else None
        return Who(self.site_id, self.record_number, self.name, born)

    @property
    def stated(self) -> dict[str, str]:
        """What may be corrected, as text: as it is kept before and after."""
        values = {name: getattr(self, name) for name in CORRECTED}
        return {name: str(value or "") for name, value in values.items()}


class IdentityChange(models.Model):
    """One correction of an identity: what it was and what it became. Never changed."""

    patient = models.ForeignKey(
        "carepaths.Patient", models.PROTECT, related_name="corrections"
    )
    before = models.JSONField()
    after = models.JSONField()
    reason = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(before=F("after")), name="correction_changes_something"
            )
        ]

    def __str__(self) -> str:
        return f"{self.patient}, corrected {self.recorded_at:%Y-%m-%d}"

    @property
    def fields(self) -> list[str]:
        """The names of what was changed, without the values."""
        return [
            name for name in self.after if self.before.get(name) != self.after[name]
        ]
