"""Documents as PDF, set by typst: tagged, with a title and a language.

The text of a document is handed over as data and never read as markup, so nothing a
clinician types can change the layout or run anything. The fonts are those that come
with typst; what they lack is taken from the machine's, if it has it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

FOLDER = Path(__file__).parent / "printed"
_LACKING = re.compile(r'text `"(.+?)"` could not be displayed')


class Unprintable(ValueError):
    """No font at hand has these characters: a PDF would leave them out."""

    def __init__(self, characters: str) -> None:
        self.characters = characters
        super().__init__(f"no font has {characters}")


def to_pdf(template: str, data: Mapping[str, Any]) -> bytes:
    """Set *data* (JSON-able) in the *template* of that name as PDF/UA.

    Raises: Unprintable.

    >>> to_pdf("note", {"title": "Empty"})[:5]
    b'%PDF-'
    """
    try:
        made = typst.compile(
            FOLDER / f"{template}.typ",
            format="pdf",
            root=FOLDER,
            sys_inputs={"data": json.dumps(data)},
            pdf_standards=["ua-1"],
        )
    except typst.TypstError as error:
        lacking = _LACKING.findall(error.diagnostic)
        if not lacking:
            raise
        raise Unprintable(" ".join(dict.fromkeys(lacking))) from None
    if not isinstance(made, bytes):
        raise TypeError("a PDF is one file")
    return made
