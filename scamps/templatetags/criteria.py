"""The field of one criterion: its text, what is said of it, and its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import get_language

from scamps.core.complete import Completion, complete
from scamps.core.judge import Judgement, judge
from scamps.core.judge.names import names_at
from scamps.core.rows import EMPTY, EMPTY_SUM, Group, Reading, read
from scamps.core.rows.offer import Subject
from scamps.core.rows.shown import ShownGroup, offered, show
from scamps.core.rows.writing import Path
from scamps.models import Version

register = template.Library()


@dataclass(frozen=True)
class CriterionField:
    """A criterion in a form of a draft; *name* is that of its field.

    *rows* and *problems* are what its rows were made into, where they were changed; else
    its rows are those of its text. *touched* is the id of the row that was changed;
    *cursor* is where something is to be completed, in characters from 0.
    """

    version: Version
    name: str
    value: str
    wanted: str = "Boolean"
    where: str = ""
    label: str = ""
    rows: Group | None = None
    problems: Mapping[Path, str] | None = None
    touched: str = ""
    cursor: int | None = None

    @property
    def id(self) -> str:
        """What the ids of its parts begin with."""
        return "c-" + slugify(self.name.replace(".", "-").replace("[", "-"))

    @property
    def url(self) -> str:
        """Where it is read while it is typed, or put together."""
        return reverse("scamps:criterion", args=self._version)

    @property
    def rows_url(self) -> str:
        """The page on which it is put together from rows without a script."""
        told = {"name": self.name, "wanted": self.wanted}
        told |= {"where": self.where, "label": self.label}
        return f"{reverse('scamps:rows', args=self._version)}?{urlencode(told)}"

    @property
    def _version(self) -> list[str | int]:
        return [self.version.scamp.key, self.version.number]

    @property
    def lines(self) -> int:
        """Lines of text to show."""
        return max(2, min(self.value.count("\n") + 2, 20))

    @cached_property
    def language(self) -> str:
        """The reader's language."""
        return get_language() or self.version.plan.language

    @cached_property
    def judged(self) -> Judgement:
        """What is said of the text, over the draft as it is saved."""
        return judge(
            self.version.plan,
            self.value,
            where=self.where,
            wanted=self.wanted,
            language=self.language,
        )

    @cached_property
    def reading(self) -> Reading:
        """Its rows, or why it is typed only."""
        if self.rows is not None:
            return Reading(self.rows)
        if self.wanted != "Boolean" and not self.value.strip():
            return Reading(EMPTY_SUM)
        found = read(self.value, names_at(self.version.plan, self.where))
        counts = isinstance(found.item, Group) and found.item.kind == "sum"
        if counts and self.wanted == "Boolean":
            return Reading(None, "Rows can be shown once the text is right.")
        return found

    @cached_property
    def shown(self) -> ShownGroup | None:
        """Its rows as a form shows them; None where it is typed only."""
        item = self.reading.item
        if item is None:
            return None
        return show(
            item if isinstance(item, Group) else Group("all", (item,)),
            self.version.plan,
            where=self.where,
            language=self.language,
            problems=self.problems or {},
            counts=self.wanted != "Boolean",
        )

    @cached_property
    def offered(self) -> Mapping[str, tuple[Subject, ...]]:
        """What a row may ask about, by the part of the plan."""
        return offered(self.version.plan, self.where, self.language)

    @cached_property
    def completion(self) -> Completion | None:
        """What can stand at the cursor, if it was asked for."""
        if self.cursor is None:
            return None
        return complete(
            self.version.plan,
            self.value,
            self.cursor,
            where=self.where,
            language=self.language,
        )

    @property
    def is_pending(self) -> bool:
        """Its rows say something that its text does not say yet."""
        return bool(self.problems)

    @property
    def is_empty(self) -> bool:
        """Nothing is asked yet."""
        return self.reading.item == EMPTY


@register.simple_tag
def criterion_field(
    version: Version,
    name: str,
    value: str | None,
    wanted: str = "",
    where: str = "",
    label: str = "",
) -> CriterionField:
    """The field *name*, to be shown by `scamps/_criterion.html`."""
    told = {"wanted": wanted or "Boolean", "where": where or "", "label": label or ""}
    return CriterionField(version, name, value or "", **told)
