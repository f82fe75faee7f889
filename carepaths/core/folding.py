"""Answers that are kept and not used, because what they answer is not asked now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from carepaths.core.checking import elements_behind
from scamps.core.say import say
from scamps.core.walk import labels

if TYPE_CHECKING:
    from carepaths.core.draft import Draft
    from carepaths.core.sheet import Item
    from scamps.core.definition.finding import Path


@dataclass(frozen=True)
class Unused:
    """One such answer in words, why it is not used, and the elements that decide it."""

    key: str
    label: str
    said: str
    because: str
    by: tuple[str, ...]

    @property
    def sentence(self) -> str:
        because = f": {self.because}" if self.because else ""
        return (
            f"{self.label} is not asked now{because}. "
            f"Your answer “{self.said}” is kept, and not used."
        )


def unused(draft: Draft, items: Iterable[Item]) -> tuple[Unused, ...]:
    """Return the answers of *items* that a false `show_when` hides."""
    return tuple(_unused(draft, item) for item in items if item.folded and item.kept)


def _unused(draft: Draft, item: Item) -> Unused:
    plan = draft.compiled.plan
    false = list(_false(draft, item.key))
    named = labels(plan, "en")
    said = (say(plan.criteria.parsed[path], draft.facts, named) for path in false)
    read = {name for path in false for name in plan.criteria.parsed[path].names}
    return Unused(
        key=item.key,
        label=item.label,
        said=item.kept,
        because="; ".join(dict.fromkeys(s.removeprefix("no, because ") for s in said)),
        by=tuple(sorted(elements_behind(plan, read))),
    )


def _false(draft: Draft, key: str) -> Iterator[Path]:
    """The criteria that hide *key* wherever it would be asked."""
    plan, tests = draft.compiled.plan, draft.compiled.tests
    for f, form in enumerate(plan.forms):
        for s, section in enumerate(form.sections):
            for i, item in enumerate(section.items):
                if item.element != key:
                    continue
                here: Path = ("forms", f, "sections", s)
                for path in ((*here, "show_when"), (*here, "items", i, "show_when")):
                    if path in tests and tests[path](draft.facts) is False:
                        yield path
