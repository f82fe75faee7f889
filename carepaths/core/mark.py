"""A patient's mark: initials on a tint beside a pattern, the same wherever it stands.

Two patients in two tabs must not look alike. Neighbouring ids differ in tint and in
pattern, so that it does not hang on colour; white on every tint has a contrast of at
least 4.5 to 1, on light pages and on dark ones.
"""

from __future__ import annotations

from html import escape
from urllib.parse import quote

TINTS = [
    "#3d4fb0",
    "#8f5400",
    "#6a3fa0",
    "#00706b",
    "#a3265e",
    "#4b6a12",
    "#7a4a2b",
    "#4a5a6a",
]
PATTERNS = [
    "M0 9L12 1M0 19L12 11M0 29L12 21M0 39L12 31",
    "M6 4h.01M6 12h.01M6 20h.01M6 28h.01",
    "M0 4h12M0 12h12M0 20h12M0 28h12",
    "M0 5l6 6l6-6M0 15l6 6l6-6M0 25l6 6l6-6",
    "M4 0v32M9 0v32",
]


def initials(name: str, number: str) -> str:
    """Return two letters of the name, else the last two signs of the number.

    >>> initials("Sample, Alex", "4711"), initials("", "4711")
    ('SA', '11')
    """
    words = [word for word in name.replace(",", " ").split() if word[0].isalpha()]
    return "".join(word[0] for word in words[:2]).upper() or number[-2:]


def mark_svg(key: int, letters: str) -> str:
    """Return the mark of the patient with the id *key*, as SVG without any style."""
    tint, pattern = TINTS[key % len(TINTS)], PATTERNS[key % len(PATTERNS)]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" class="patient-mark" viewBox="0 0 48 32"'
        ' width="48" height="32" aria-hidden="true" focusable="false">'
        f'<rect width="48" height="32" rx="6" fill="{tint}"/>'
        f'<path transform="translate(2 0)" d="{pattern}" fill="none" stroke="#fff"'
        ' stroke-width="3" stroke-linecap="round"/>'
        '<text x="31" y="21.5" text-anchor="middle" font-family="sans-serif"'
        f' font-size="15" font-weight="700" fill="#fff">{escape(letters)}</text></svg>'
    )


def icon_address(key: int, letters: str) -> str:
    """Return the mark as an address for the tab's icon.

    >>> icon_address(7, "SA")[:19]
    'data:image/svg+xml,'
    """
    return f"data:image/svg+xml,{quote(mark_svg(key, letters))}"
