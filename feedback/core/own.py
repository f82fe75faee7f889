"""A clinician's own figures beside all others', for that clinician's eyes only."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from feedback.core.figures import interval, percent
from feedback.core.stats import Clusters, exact_interval

LEAST = 3  # colleagues, before the figures of all others are shown
DIRECTIONS = {"do": "Followed, of what to do", "do-not": "Followed, of what not to do"}
DECIDED = ("followed", "modified", "deviated")


class Made(NamedTuple):
    """So many own decisions about one patient that are alike."""

    patient: int
    direction: str
    choice: str
    kind: str
    has_reason: bool
    number: int


@dataclass(frozen=True)
class Beside:
    """One figure: the own `part` of `whole` with its interval, and all others'."""

    label: str
    part: int
    whole: int
    low: float | None
    high: float | None
    others_part: int
    others_whole: int

    @property
    def percent(self) -> float | None:
        return percent(self.part, self.whole)

    @property
    def others_percent(self) -> float | None:
        return percent(self.others_part, self.others_whole)


@dataclass(frozen=True)
class Figures:
    """The own figures on one plan. `shows_others`: enough colleagues stand behind."""

    adherence: tuple[Beside, ...]
    departures: tuple[Beside, ...]
    reasons: Beside
    outcomes: tuple[Beside, ...]
    shows_others: bool

    @property
    def decisions(self) -> int:
        return sum(row.whole for row in self.adherence)


class Sums(NamedTuple):
    """Decisions added up: by direction, by kind of departure, and without a reason."""

    followed: Counter[str]
    decided: Counter[str]
    kinds: Counter[str]
    deviated: int
    unreasoned: int

    def without(self, own: Sums) -> Sums:
        """These less the *own* ones that are among them."""
        return Sums(
            self.followed - own.followed,
            self.decided - own.decided,
            self.kinds - own.kinds,
            max(0, self.deviated - own.deviated),
            max(0, self.unreasoned - own.unreasoned),
        )


class Ended(NamedTuple):
    """Patients by an outcome that is yes or no: events and known, own and others'."""

    label: str
    events: int
    known: int
    others_events: int
    others_known: int


def sums_of(rows: Iterable[Made]) -> Sums:
    followed: Counter[str] = Counter()
    decided: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    unreasoned = 0
    for made in rows:
        if made.choice in DECIDED:
            decided[made.direction] += made.number
        if made.choice == "followed":
            followed[made.direction] += made.number
        if made.choice == "deviated":
            kinds[made.kind] += made.number
            unreasoned += 0 if made.has_reason else made.number
    return Sums(followed, decided, kinds, kinds.total(), unreasoned)


def figures_of(
    own: Iterable[Made],
    others: Sums,
    outcomes: Iterable[Ended],
    colleagues: int,
    kinds: Mapping[str, str],
) -> Figures:
    """Put the *own* decisions beside those of all *others*."""
    rows = list(own)
    mine = sums_of(rows)
    return Figures(
        adherence=tuple(_adherence(d, rows, others) for d in DIRECTIONS),
        departures=tuple(
            _share(
                kinds[kind],
                (mine.kinds[kind], mine.deviated),
                (others.kinds[kind], others.deviated),
            )
            for kind in kinds
            if mine.kinds[kind] or others.kinds[kind]
        ),
        reasons=_share(
            "Departed without a reason",
            (mine.unreasoned, mine.deviated),
            (others.unreasoned, others.deviated),
        ),
        outcomes=tuple(
            _share(row.label, row[1:3], row[3:5]) for row in outcomes if any(row[1:])
        ),
        shows_others=colleagues >= LEAST,
    )


def _adherence(direction: str, rows: list[Made], others: Sums) -> Beside:
    """The own share respects that one patient may be decided about several times."""
    patients: dict[int, Counter[bool]] = defaultdict(Counter)
    for made in rows:
        if made.direction == direction and made.choice in DECIDED:
            patients[made.patient][made.choice == "followed"] += made.number
    sums = [(tally.total(), tally[True]) for tally in patients.values()]
    clusters = Clusters(
        patients=len(sums),
        events=sum(y for _, y in sums),
        total=sum(n for n, _ in sums),
        total_total=sum(n * n for n, _ in sums),
        events_events=sum(y * y for _, y in sums),
        events_total=sum(n * y for n, y in sums),
    )
    low, high = interval(clusters) or (None, None)
    beside = others.followed[direction], others.decided[direction]
    mine = clusters.events, clusters.total
    return Beside(DIRECTIONS[direction], *mine, low, high, *beside)


def _share(label: str, own: Sequence[int], others: Sequence[int]) -> Beside:
    part, whole = own
    low, high = exact_interval(part, whole) if whole else (None, None)
    limits = [None if edge is None else 100 * edge for edge in (low, high)]
    return Beside(label, part, whole, limits[0], limits[1], *others)
