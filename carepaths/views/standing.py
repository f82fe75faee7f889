"""Whether the version under an open form still stands, as every page of it is told."""

from __future__ import annotations

from typing import Any

from scamps.models import State, Transition, Version


def recall_of(version: Version) -> Transition | None:
    """The recall of *version*, if that is where it stands."""
    return _last_to(version, State.RECALLED)


def withdrawal_of(version: Version) -> Transition | None:
    """The withdrawal of *version*, if that is where it stands."""
    return _last_to(version, State.WITHDRAWN)


def version_state(version: Version) -> dict[str, Any]:
    """Whether *version* was taken back, and why; `step` names the row that says so."""
    recall, withdrawal = recall_of(version), withdrawal_of(version)
    taken = recall or withdrawal
    return {
        "number": version.number,
        "recalled": recall is not None,
        "withdrawn": withdrawal is not None,
        "reason": taken.reason if taken else "",
        "step": taken.pk if taken else None,
    }


def taken_back(version: Version) -> dict[str, Any]:
    """What a page of an open form shows of it: `recalled`, `withdrawn`."""
    return {"recalled": recall_of(version), "withdrawn": withdrawal_of(version)}


def _last_to(version: Version, state: str) -> Transition | None:
    last = version.last_transition
    return last if last and last.to == state else None
