"""Inventing synthetic patients: visits, what was decided and done, what became of it.

A patient is a pure function of the simulation, the plan, a random source and a day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from carepaths.core.context import previous_facts
from carepaths.core.deciding import Decided, decide, not_advised, performances
from carepaths.core.drawing import (
    Person,
    between,
    drawn_number,
    happens,
    number_of,
    person,
    pick,
    stored_answer,
)
from carepaths.core.invented import (
    Correction,
    InventedEpisode,
    InventedOutcome,
    InventedPatient,
    InventedVisit,
    World,
)
from carepaths.core.months import day_of, weeks_between
from carepaths.core.seal import Seal, seal
from carepaths.core.simulation import OutcomeDraw, VisitDraw

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def invent(world: World, rng: Random, *, recent: bool) -> InventedPatient:
    """Invent one patient; a *recent* one came within the last days and is a draft."""
    span = 30.4 * world.simulation.months
    days = rng.uniform(0.2, 3) if recent else rng.uniform(1, span)
    first = _working_hour(rng, world.until - days * DAY)
    if first >= world.until:
        first -= DAY
    who = person(rng, world.simulation.age_years, first.date())
    episodes = [_episode(world, rng, who, first, recent)]
    again = first + between(rng, (60, 240)) * DAY
    if happens(rng, world.simulation.second_episode) and again < world.until - 2 * DAY:
        left = episodes[0].left_at or (first + 50 * DAY)
        episodes[0] = _ended(episodes[0], min(left, again - DAY))
        episodes.append(_episode(world, rng, who, _working_hour(rng, again), False))
    return InventedPatient(who.born, who.sex, episodes)


def _working_hour(rng: Random, moment: datetime) -> datetime:
    minute = rng.randrange(8 * 60, 20 * 60)
    return datetime.combine(moment.date(), time(), tzinfo=UTC) + minute * MINUTE


def _ended(episode: InventedEpisode, at: datetime) -> InventedEpisode:
    if episode.declined:
        return episode
    return InventedEpisode(episode.opened_at, "", at, episode.visits, episode.outcomes)


def _episode(
    world: World, rng: Random, who: Person, first: datetime, recent: bool
) -> InventedEpisode:
    simulation = world.simulation
    opened = first - rng.randrange(5, 90) * MINUTE
    if not recent and happens(rng, simulation.declined.rate):
        return InventedEpisode(opened, rng.choice(simulation.declined.reasons))
    truth = pick(rng, simulation.truth)
    visits = _visits(world, rng, who, truth, first, recent)
    left = None
    if happens(rng, simulation.left):
        left = world.known(visits[-1].time + between(rng, (20, 90)) * DAY)
    outcomes = () if recent else _outcomes(world, rng, truth, visits)
    return InventedEpisode(opened, "", left, visits, outcomes)


def _visits(
    world: World, rng: Random, who: Person, truth: str, first: datetime, recent: bool
) -> list[InventedVisit]:
    visits: list[InventedVisit] = []
    when = first
    for drawn in world.simulation.visits:
        if visits:
            when = _working_hour(rng, when + between(rng, drawn.after_days) * DAY)
            if not _follows(world, rng, drawn, visits[-1], when):
                break
        visits.append(_visit(world, rng, who, truth, drawn.visit, when, visits, recent))
        if recent:
            break
    return visits


def _follows(
    world: World, rng: Random, drawn: VisitDraw, last: InventedVisit, when: datetime
) -> bool:
    ended = last.sealed.walk.end
    fits = drawn.after_end is None or ended in drawn.after_end
    return happens(rng, drawn.chance) and fits and last.time < when < world.until


def _visit(
    world: World,
    rng: Random,
    who: Person,
    truth: str,
    kind: str,
    when: datetime,
    before: Sequence[InventedVisit],
    recent: bool,
) -> InventedVisit:
    counted = [at for at, visit in enumerate(before) if visit.voided_at is None]
    previous = counted[-1] if counted else None
    last = None if previous is None else before[previous]
    context = _context(world, who, when, last)
    answers, sealed, decided, status_of = _course(
        world, rng, who, truth, kind, when, context
    )
    signed = when + rng.randrange(5, 40) * MINUTE
    shared = (kind, when, signed, answers, context, sealed, previous)
    if recent:
        return InventedVisit(*shared, decided, is_draft=True)
    errors = world.simulation.errors
    correction = None
    if happens(rng, errors.amended):
        correction = _correction(world, rng, who, InventedVisit(*shared))
    voided = happens(rng, errors.voided)
    voided_at = world.known(signed + between(rng, (0.1, 5)) * DAY) if voided else None
    return InventedVisit(*shared, decided, status_of, correction, voided_at)


def _context(
    world: World, who: Person, when: datetime, before: InventedVisit | None
) -> dict[str, Any]:
    context: dict[str, Any] = {
        "birth_date": who.born,
        "visit_date": day_of(when, world.zone),
        "weeks_since_previous": None,
    }
    if before is None:
        return context
    context["weeks_since_previous"] = weeks_between(before.time, when, world.zone)
    plan = world.compiled.plan
    return context | previous_facts(
        plan, plan, before.answers, before.sealed.walk.hidden
    )


def _course(
    world: World,
    rng: Random,
    who: Person,
    truth: str,
    kind: str,
    when: datetime,
    context: Mapping[str, Any],
) -> tuple[dict[str, Any], Seal, list[Decided], dict[str, str]]:
    """Answer, decide, do, and answer on, until the walk advises nothing new.

    What depends on a thing being done is answered only once the doing is decided.
    """
    simulation, plan = world.simulation, world.compiled.plan
    day = day_of(when, world.zone)
    answers: dict[str, Any] = {}
    decided: dict[str, Decided] = {}
    status_of: dict[str, str] = {}
    is_settled = False
    while True:
        _answer(world, rng, who, truth, kind, day, answers, status_of)
        sealed = seal(world.compiled, answers, visit=kind, context=context)
        new = [one for one in sealed.advised if one.key not in decided]
        for one in new:
            decided[one.key] = decide(simulation, plan, rng, one, day)
        done = performances(simulation, rng, new, decided, status_of)
        if done == status_of and not is_settled:
            done, is_settled = not_advised(simulation, rng, status_of), True
        if done == status_of:
            return answers, sealed, [decided[key] for key in sealed.advice], status_of
        status_of = done


def _answer(
    world: World,
    rng: Random,
    who: Person,
    truth: str,
    kind: str,
    day: date,
    answers: dict[str, Any],
    status_of: Mapping[str, str],
) -> None:
    """Draw every answer of this visit that can be drawn and is not yet."""
    done = {key: status == "done" for key, status in status_of.items()}
    for drawn in world.simulation.elements:
        if drawn.element in answers or (drawn.visits and kind not in drawn.visits):
            continue
        draw = drawn.given.get(truth) or drawn.always
        if draw is not None and draw.performed and draw.performed not in done:
            continue
        if any(_value(answers, key) != value for key, value in drawn.only_if.items()):
            continue
        element = world.compiled.plan.element[drawn.element]
        answers[drawn.element] = stored_answer(
            rng, element, drawn, truth, who, day, done
        )


def _value(answers: Mapping[str, Any], key: str) -> Any:
    return answers.get(key, {}).get("value")


def _correction(
    world: World, rng: Random, who: Person, visit: InventedVisit
) -> Correction | None:
    """Draw two answers anew, as for another patient, and seal the visit again."""
    truth = pick(rng, world.simulation.truth)
    redrawn = [key for key in world.simulation.errors.redrawn if key in visit.answers]
    at = world.known(visit.signed_at + between(rng, (0.5, 40)) * DAY)
    if not redrawn or at is None:
        return None
    answers = dict(visit.answers)
    for key in rng.sample(redrawn, min(2, len(redrawn))):
        drawn = next(one for one in world.simulation.elements if one.element == key)
        element, day = world.compiled.plan.element[key], day_of(visit.time, world.zone)
        answers[key] = stored_answer(rng, element, drawn, truth, who, day, {})
    sealed = seal(world.compiled, answers, visit=visit.kind, context=visit.context)
    return Correction(answers, sealed, at)


def _outcomes(
    world: World, rng: Random, truth: str, visits: Sequence[InventedVisit]
) -> list[InventedOutcome]:
    status_of: dict[str, str] = {}
    for visit in visits:
        status_of |= visit.status_of
    found = []
    for drawn in world.simulation.outcomes:
        value = _outcome_value(world, rng, drawn, truth, status_of)
        happened = visits[-1].signed_at + between(rng, drawn.delay_days) * DAY
        told = world.known(happened + between(rng, (0, 2)) * DAY)
        if happens(rng, drawn.missing) or value is None or told is None:
            continue
        voided_at = None
        if happens(rng, world.simulation.errors.outcome_voided):
            voided_at = world.known(told + between(rng, (1, 10)) * DAY)
        found.append(
            InventedOutcome(
                drawn.outcome, value, drawn.known_how, happened, told, voided_at
            )
        )
    return found


def _outcome_value(
    world: World,
    rng: Random,
    drawn: OutcomeDraw,
    truth: str,
    status_of: Mapping[str, str],
) -> bool | int | str | None:
    kinds = {one.key: one.type for one in world.compiled.plan.outcomes}
    for case in drawn.cases:
        fits = case.truth is None or truth in case.truth
        done = all(status_of.get(key) == "done" for key in case.done)
        spared = all(status_of.get(key) == "not-done" for key in case.not_done)
        if fits and done and spared:
            if case.draw.chance is not None:
                return happens(rng, case.draw.chance)
            number = drawn_number(rng, case.draw)
            return number_of(kinds[drawn.outcome], 1, number)
    return None
