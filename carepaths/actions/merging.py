"""Merging patients that are one person, and taking it back: only identities change."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from carepaths.actions.marks import bucket_of, mark_buckets
from carepaths.actions.refusals import (
    AlreadyMerged,
    NotOnePlace,
    NotProposed,
    ReasonNeeded,
    SecondPersonNeeded,
)
from carepaths.core.merging import kept_for
from carepaths.models import (
    Encounter,
    Identity,
    Merge,
    MergeState,
    MergeStep,
    Patient,
    SamePerson,
)


@transaction.atomic
def propose_merge(
    *, kept: Patient, merged: Patient, reason: str, by: User, at: datetime
) -> Merge:
    """Propose that *merged* is the same person as *kept*; nothing changes yet.

    Returns: the merge, or the one that is proposed already.

    Raises: ReasonNeeded, NotOnePlace: of two sites, or one patient twice; AlreadyMerged.
    """
    if not reason.strip():
        raise ReasonNeeded(kept)
    _lock(kept, merged)
    _refuse_unless_two_here(kept, merged)
    open_ones = Merge.objects.in_state(MergeState.PROPOSED)
    pair = {"kept__in": [kept, merged], "merged__in": [kept, merged]}
    if found := open_ones.filter(**pair).first():
        return found
    return Merge.objects.create(
        kept=kept, merged=merged, reason=reason.strip(), proposed_by=by, proposed_at=at
    )


@transaction.atomic
def confirm_merge(*, merge: Merge, by: User, at: datetime) -> Merge:
    """Let the merge hold: a second person says so.

    Raises: SecondPersonNeeded, NotProposed, AlreadyMerged.
    """
    if merge.proposed_by_id == by.pk:
        raise SecondPersonNeeded(merge)
    _lock(merge.kept, merge.merged)
    _demand(merge, MergeState.PROPOSED)
    _refuse_unless_two_here(merge.kept, merge.merged)
    return _step(merge, MergeState.CONFIRMED, "", by, at)


@transaction.atomic
def reject_merge(*, merge: Merge, reason: str = "", by: User, at: datetime) -> Merge:
    """Say that they are two persons; whoever proposed it may take it back so.

    Raises: NotProposed.
    """
    _lock(merge.kept, merge.merged)
    _demand(merge, MergeState.PROPOSED)
    return _step(merge, MergeState.REJECTED, reason, by, at)


@transaction.atomic
def undo_merge(*, merge: Merge, reason: str, by: User, at: datetime) -> Merge:
    """Take a merge back: both patients are again what they were before.

    Raises: ReasonNeeded, NotProposed: it does not hold.
    """
    if not reason.strip():
        raise ReasonNeeded(merge)
    _lock(merge.kept, merge.merged)
    _demand(merge, MergeState.CONFIRMED)
    return _step(merge, MergeState.UNDONE, reason, by, at)


def _lock(kept: Patient, merged: Patient) -> None:
    """Lock both and whoever is merged with them, in order: nobody signs meanwhile."""
    group = Patient.objects.same_as(kept) | Patient.objects.same_as(merged)
    list(group.order_by("pk").select_for_update(of=("self",)))


def _refuse_unless_two_here(kept: Patient, merged: Patient) -> None:
    rows = Identity.objects.filter(patient__in=[kept, merged])
    found = list(rows.values_list("site", "kept"))
    if len(found) != 2 or found[0][0] != found[1][0]:
        raise NotOnePlace(merged)
    if any(into is not None for _, into in found):
        raise AlreadyMerged(merged)


def _demand(merge: Merge, state: str) -> None:
    if Merge.objects.with_state().get(pk=merge.pk).state != state:
        raise NotProposed(merge)


def _step(merge: Merge, to: str, reason: str, by: User, at: datetime) -> Merge:
    step = MergeStep.objects.create(
        merge=merge, to=to, reason=reason.strip(), by=by, recorded_at=at
    )
    if to != MergeState.REJECTED:
        _point_anew(step, at)
    merge.state = to
    return merge


def _point_anew(step: MergeStep, at: datetime) -> None:
    """Work out from the merges that hold who stands for whom; mark what that counts."""
    site = step.merge.kept.site
    holding = Merge.objects.filter(kept__site=site).in_state(MergeState.CONFIRMED)
    now = kept_for(holding.values_list("merged", "kept"))
    here = Identity.objects.filter(site=site, kept__isnull=False)
    before = dict(here.values_list("patient", "kept"))
    changed = [
        patient
        for patient in sorted({*now, *before})
        if now.get(patient) != before.get(patient)
    ]
    for patient in changed:
        Identity.objects.filter(patient=patient).update(kept=now.get(patient))
    SamePerson.objects.bulk_create(
        SamePerson(
            patient_id=patient, kept_id=now.get(patient), step=step, recorded_at=at
        )
        for patient in changed
    )
    people = {*changed, *(now.get(one) for one in changed)}
    _mark({*people, *(before.get(one) for one in changed)} - {None}, at)


def _mark(patients: set[int | None], at: datetime) -> None:
    """Mark every bucket with a signed encounter of these patients, or of their group."""
    part = Q(patient__in=patients) | Q(kept__in=patients)
    group = Identity.objects.filter(part).values("patient")
    signed = Encounter.objects.signed().select_related("site")
    rows = signed.filter(enrolment__patient__in=group)
    mark_buckets(buckets={bucket_of(row) for row in rows}, at=at)
