"""What waits for somebody, in one sentence."""

from __future__ import annotations

from collections.abc import Mapping

NOTHING = "Nothing waits for you"
WORDS = {  # one, several
    "overdue": ("task overdue", "tasks overdue"),
    "due": ("task due", "tasks due"),
    "results": ("result to come", "results to come"),
    "changed": ("changed advice", "changes of advice"),
    "outcomes": ("outcome to record", "outcomes to record"),
    "drafts": ("draft", "drafts"),
    "reasons": ("reason to give", "reasons to give"),
    "eligible": ("patient to enrol", "patients to enrol"),
}


def sentence(counts: Mapping[str, int]) -> str:
    """Say how much waits, the most pressing first.

    >>> sentence({"overdue": 1, "due": 3, "drafts": 2})
    '1 task overdue, 3 tasks due and 2 drafts wait for you'
    >>> sentence({"drafts": 1}), sentence({"due": 0})
    ('1 draft waits for you', 'Nothing waits for you')
    """
    said = [
        f"{counts[key]} {one if counts[key] == 1 else many}"
        for key, (one, many) in WORDS.items()
        if counts.get(key)
    ]
    if not said:
        return NOTHING
    listed = said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"
    single = len(said) == 1 and said[0].startswith("1 ")
    return f"{listed} {'waits' if single else 'wait'} for you"


def departures(without: int, total: int) -> str:
    """Say how many of one's own departures have no reason yet.

    >>> departures(2, 31)
    '2 of your 31 departures have no reason yet'
    >>> departures(1, 1)
    'Your one departure has no reason yet'
    >>> departures(0, 12)
    ''
    """
    if not without:
        return ""
    if total == 1:
        return "Your one departure has no reason yet"
    has = "has" if without == 1 else "have"
    return f"{without} of your {total} departures {has} no reason yet"
