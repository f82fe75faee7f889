"""What a control chart draws: one sample a month, a quarter, an event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["p", "u", "xmr", "g", "t"]


@dataclass(frozen=True)
class Sample:
    """One point of a series. `at` names it and orders as text ("2026-03").

    p: `amount` events of `size` chances. u: `amount` events in an exposure of `size`.
    xmr: `amount` is the value. g: `amount` cases went between two events. t: `amount`
    is the time between two events, in any unit. There `size` has no meaning.
    """

    at: str
    amount: float
    size: float = 1.0

    def __post_init__(self) -> None:
        if self.size < 0:
            raise ValueError(f"{self.at}: a size of {self.size}")

    def value(self, kind: Kind) -> float:
        """The height of the point: a share, a rate, or the amount itself.

        >>> Sample("2026-03", 12, 50).value("p")
        0.24
        """
        return self.amount / self.size if kind in {"p", "u"} else self.amount


def checked(kind: Kind, samples: Sequence[Sample]) -> list[Sample]:
    """Return the samples that can be drawn: a month without any chance is none.

    Raises: ValueError: out of order, named twice, or impossible for their kind.
    """
    names = [sample.at for sample in samples]
    if names != sorted(set(names)):
        raise ValueError("Samples are not in order, each named once")
    for sample in samples:
        too_many = kind == "p" and sample.amount > sample.size
        if too_many or (kind != "xmr" and sample.amount < 0):
            raise ValueError(f"{sample.at}: {sample.amount} of {sample.size}")
    return [sample for sample in samples if sample.size or kind not in {"p", "u"}]


def together(samples: Sequence[Sample], each: int) -> list[Sample]:
    """Add up every *each* samples in a row, named after the first of them.

    The last ones stay apart until they are complete: half a quarter is left out.

    >>> together([Sample("1", 2, 5), Sample("2", 1, 5), Sample("3", 4, 5)], 2)
    [Sample(at='1', amount=3, size=10)]
    """
    groups = [samples[i : i + each] for i in range(0, len(samples), each)]
    return [
        Sample(
            group[0].at,
            sum(sample.amount for sample in group),
            sum(sample.size for sample in group),
        )
        for group in groups
        if len(group) == each
    ]
