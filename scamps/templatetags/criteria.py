"""The field of one criterion: its text, and what is said of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django import template
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import get_language

from scamps.core.judge import Judgement, judge
from scamps.models import Version

register = template.Library()


@dataclass(frozen=True)
class CriterionField:
    """A criterion in a form of a draft; *name* is that of its field."""

    version: Version
    name: str
    value: str
    wanted: str = "Boolean"
    where: str = ""

    @property
    def id(self) -> str:
        """What the ids of its parts begin with."""
        return "c-" + slugify(self.name.replace(".", "-").replace("[", "-"))

    @property
    def url(self) -> str:
        """Where its text is read while it is typed."""
        return reverse(
            "scamps:criterion", args=[self.version.scamp.key, self.version.number]
        )

    @property
    def rows(self) -> int:
        """Lines of text to show."""
        return max(2, min(self.value.count("\n") + 2, 20))

    @cached_property
    def judged(self) -> Judgement:
        """What is said of the text, over the draft as it is saved."""
        return judge(
            self.version.plan,
            self.value,
            where=self.where,
            wanted=self.wanted,
            language=get_language(),
        )


@register.simple_tag
def criterion_field(
    version: Version, name: str, value: str | None, wanted: str = "", where: str = ""
) -> CriterionField:
    """The field *name*, to be shown by `scamps/_criterion.html`."""
    return CriterionField(version, name, value or "", wanted or "Boolean", where or "")
