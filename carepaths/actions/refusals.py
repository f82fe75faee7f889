"""Refusals: why an action was not carried out, each named for the state it met."""

from __future__ import annotations


class Refusal(Exception):
    """An action met a state in which it may not be carried out; `words` say why."""

    words = "This is not possible now."
    keeps_writes = False  # whether what was written before the refusal is to stay

    def __init__(self, subject: object = None) -> None:
        self.subject = subject
        super().__init__(f"{self.words} ({subject})" if subject else self.words)


class RecordNumberTaken(Refusal):
    words = "This record number is in use at this site."


class MayBeKnown(Refusal):
    words = "This may be a patient who is registered already."


class NotOnePlace(Refusal):
    words = "Only two patients of one site can be merged."


class AlreadyMerged(Refusal):
    words = "One of them is merged already; open the patient who is kept."


class NotProposed(Refusal):
    words = "Somebody else decided this in between."


class CorrectedMeanwhile(Refusal):
    words = "Somebody else corrected this identity in between."


class AlreadyEnrolled(Refusal):
    words = "The patient has an open episode on this plan."


class NotEligible(Refusal):
    words = "Only an eligible episode can be declined."


class NotEnrolled(Refusal):
    words = "The episode is not enrolled, or was left."


class NothingToUndo(Refusal):
    words = "There is no step to take back."


class HasEncounters(Refusal):
    words = "Encounters stand under this enrolment; void them first."


class NoActiveVersion(Refusal):
    words = "The plan has no active version."


class DemonstrationOnly(Refusal):
    words = "A demonstration plan may advise only sandbox patients."


class WrongOrigin(Refusal):
    words = "Sandbox encounters are for sandbox sites, and only for them."


class UnknownVisit(Refusal):
    words = "The plan has no such kind of visit."


class AlreadySigned(Refusal):
    words = "The encounter is signed; amend it instead."


class NotSigned(Refusal):
    words = "The encounter is not signed yet."


class Voided(Refusal):
    words = "This was entered in error."


class EditConflict(Refusal):
    """Somebody saved in between; what was sent is kept as a revision."""

    words = "Somebody else saved this encounter in between. Both are kept."
    keeps_writes = True


class AmendedMeanwhile(Refusal):
    words = "Somebody else amended this encounter in between."


class Recalled(Refusal):
    words = "This version was recalled for safety and can't be signed on."


class NotMoved(Refusal):
    words = "This draft was not moved from another version."


class BlockedByChecks(Refusal):
    """The plan's checks stand against signing; `subject` is their messages."""

    words = "The plan's checks stand against signing."


class UnknownOutcome(Refusal):
    words = "The plan has no such outcome."


class WrongValue(Refusal):
    words = "The value does not fit."


class UnknownResource(Refusal):
    words = "The plan has no such resource."


class ReasonNeeded(Refusal):
    words = "Please say why."


class SecondPersonNeeded(Refusal):
    words = "Another person than the one who signed must void it."


class AlreadyVoided(Refusal):
    words = "This is void already."


class PayloadDiffers(Refusal):
    words = "This key was used for another submit."
