"""Simulations: synthetic patients at sandbox sites, from declared distributions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from accounts.actions import DEMO_SITES
from accounts.models import Site, User
from carepaths.actions.cases import (
    Amendment,
    DecisionCase,
    EpisodeCase,
    OutcomeCase,
    PatientCase,
    VisitCase,
    Voiding,
)
from carepaths.actions.records import record_cases
from carepaths.actions.refusals import NoActiveVersion, Refusal
from carepaths.core.answers import encode
from carepaths.core.deciding import Decided
from carepaths.core.invented import (
    InventedEpisode,
    InventedOutcome,
    InventedPatient,
    InventedVisit,
    World,
)
from carepaths.core.invention import invent
from carepaths.core.opportunities import Intention
from carepaths.core.simulation import Simulation
from carepaths.models import EnrolmentState, Identity, Origin
from scamps.models import Scamp

AT_ONCE = 250  # patients committed together
CLINICIANS = 6
DEMO_CLINICIAN = "clinician"
WRONG = "Entered in error (simulated)"
CORRECTED = "Corrected after a second look (simulated)"
DAY = timedelta(days=1)
Progress = Callable[[int], None]


class NotASandbox(Refusal):
    words = "Synthetic patients live at sandbox sites only."


@dataclass(frozen=True)
class Simulated:
    """How many patients were made, and how many had been made before."""

    created: int
    unchanged: int


def sandbox_sites() -> list[Site]:
    """Return the sandbox sites of the demonstration, made if they are missing."""
    made = (
        Site.objects.get_or_create(
            key=key, defaults={"name": name, "time_zone": "UTC", "is_sandbox": True}
        )
        for key, name in DEMO_SITES.items()
    )
    return [site for site, _ in made]


def simulated_clinicians() -> list[User]:
    """Return the accounts that simulated care is recorded under; none can sign in."""
    found = []
    for number in range(1, CLINICIANS + 1):
        user, created = User.objects.get_or_create(
            username=f"simulated-{number}",
            defaults={"name": f"Simulated clinician {number}", "is_active": False},
        )
        if created:
            user.set_unusable_password()
            user.save(update_fields=["password"])
        found.append(user)
    return found


def simulate_cohort(
    *,
    scamp: Scamp,
    simulation: Simulation,
    patients: int,
    seed: int,
    sites: Sequence[Site],
    until: date,
    at: datetime,
    progress: Progress = lambda patients: None,
) -> Simulated:
    """Make up *patients* of *scamp*, spread over *sites* and the months before *until*.

    Deterministic: patient n of a seed is the same whatever their number; one that is
    there is left alone, so a simulation may be killed and run again.

    Raises: NoActiveVersion, NotASandbox.
    """
    version = scamp.active_version
    if version is None:
        raise NoActiveVersion(scamp)
    for site in sites:
        if not site.is_sandbox:
            raise NotASandbox(site)
    staff = Staff(simulated_clinicians(), _demo_clinician())
    created = 0
    for turn, site in enumerate(sites):
        world = World(
            simulation, version.content.compiled, _midnight(until), site.time_zone
        )
        mine = range(1 + turn, patients + 1, len(sites))
        for start in range(0, len(mine), AT_ONCE):
            some = mine[start : start + AT_ONCE]
            cases = _cases(world, scamp, site, staff, seed, some)
            record_cases(
                cases=cases,
                version=version,
                site=site,
                origin=Origin.SANDBOX,
                by=staff.simulated[0],
                at=at,
            )
            created += len(cases)
            progress(len(some))
    return Simulated(created, patients - created)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def _demo_clinician() -> User | None:
    return User.objects.filter(username=DEMO_CLINICIAN, is_active=True).first()


def _cases(
    world: World,
    scamp: Scamp,
    site: Site,
    staff: Staff,
    seed: int,
    numbers: Sequence[int],
) -> list[PatientCase]:
    letter = world.simulation.letter
    named = {f"S-{seed}-{letter}{number:04}": number for number in numbers}
    there = Identity.objects.filter(site=site, record_number__in=named)
    known = set(there.values_list("record_number", flat=True))
    cases = []
    for record_number, number in named.items():
        if record_number in known:
            continue
        rng = Random(f"{scamp.key}/{seed}/{number}")  # noqa: S311  not a secret
        recent = number % world.simulation.drafts_every == 0
        invented = invent(world, rng, recent=recent)
        told = Telling(world, staff, rng)
        name = f"Synthetic {letter}{number:04}"
        cases.append(told.patient(record_number, name, invented))
    return cases


@dataclass(frozen=True)
class Staff:
    """Who treats synthetic patients; the demo clinician, if there is one, joins in."""

    simulated: Sequence[User]
    demo: User | None

    def draw(self, rng: Random) -> User:
        turn = rng.randrange(CLINICIANS + 1)
        if turn == CLINICIANS:
            return self.demo or self.simulated[0]
        return self.simulated[turn]

    def another(self, user: User) -> User:
        return next(one for one in self.simulated if one != user)


@dataclass(frozen=True)
class Telling:
    """Tells an invented patient as a case: who recorded what, and when."""

    world: World
    staff: Staff
    rng: Random

    def patient(
        self, record_number: str, name: str, invented: InventedPatient
    ) -> PatientCase:
        return PatientCase(
            record_number=record_number,
            name=name,
            birth_date=invented.born,
            birth_date_precision="day",
            sex=invented.sex,
            episodes=[self.episode(one) for one in invented.episodes],
        )

    def episode(self, invented: InventedEpisode) -> EpisodeCase:
        opened = invented.opened_at
        changes: list[tuple[str, str, datetime | None]]
        changes = [(EnrolmentState.ELIGIBLE, "", opened)]
        if invented.declined:
            declined = opened + timedelta(minutes=20)
            changes.append((EnrolmentState.DECLINED, invented.declined, declined))
            return EpisodeCase(opened, changes)
        enrolled = opened + timedelta(minutes=3)
        changes.append((EnrolmentState.ENROLLED, "", enrolled))
        if invented.left_at is not None:
            changes.append((EnrolmentState.LEFT, "", invented.left_at))
        visits = [self.visit(one) for one in invented.visits]
        outcomes = [self.outcome(one) for one in invented.outcomes]
        return EpisodeCase(opened, changes, visits, outcomes)

    def visit(self, invented: InventedVisit) -> VisitCase:
        by = self.staff.draw(self.rng)
        shared: dict[str, Any] = {
            "visit": invented.kind,
            "visit_time": invented.time,
            "answers": invented.answers,
            "at": invented.signed_at,
        }
        if invented.is_draft:
            return VisitCase(by=self.staff.demo or by, **shared)
        second = self.staff.another(by)
        return VisitCase(
            by=by,
            context=invented.context,
            sealed=invented.sealed,
            previous=invented.previous,
            intentions=_intentions(invented),
            decisions=[
                made
                for one in invented.decided
                for made in self.decisions(one, by, second, invented.signed_at)
            ],
            performances=[
                {"resource": key, "status": status, "known_how": "Simulated"}
                for key, status in invented.status_of.items()
            ],
            amendments=_amendments(invented, by),
            void=_voiding(second, invented.voided_at),
            owner=self.staff.demo if invented.time.minute % 2 else None,
            **shared,
        )

    def decisions(
        self, decided: Decided, by: User, second: User, at: datetime
    ) -> list[DecisionCase]:
        if decided.intention is None:
            return []
        wrong = self.world.known(at + 0.5 * DAY) if decided.voided else None
        void = _voiding(second, wrong)
        made = [DecisionCase(decided.key, decided.intention, by, at, void)]
        later = self.world.known(at + decided.later_days * DAY)
        if decided.later is not None and later is not None:
            made.append(DecisionCase(decided.key, decided.later, by, later))
        return made

    def outcome(self, invented: InventedOutcome) -> OutcomeCase:
        row = {
            "key": invented.key,
            "value": invented.value,
            "known_how": invented.known_how,
            "happened_at": invented.happened_at,
            "recorded_at": invented.at,
        }
        return OutcomeCase(row, _voiding(self.staff.simulated[1], invented.voided_at))


def _amendments(invented: InventedVisit, by: User) -> list[Amendment]:
    correction = invented.correction
    if correction is None:
        return []
    made = (correction.answers, correction.sealed, CORRECTED, by, correction.at)
    return [Amendment(*made)]


def _voiding(by: User, at: datetime | None) -> Voiding | None:
    return None if at is None else Voiding(WRONG, by, at)


def _intentions(invented: InventedVisit) -> dict[str, Any]:
    return {
        one.key: _json(one.intention)
        for one in invented.decided
        if one.intention is not None
    }


def _json(intention: Intention) -> dict[str, Any]:
    return {
        "choice": intention.choice,
        "kind": intention.kind,
        "reason": intention.reason,
        "words": intention.words,
        "due_on": encode(intention.due_on),
    }
