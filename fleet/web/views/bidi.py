"""Names that are written from right to left, within sentences that are not.

Beside figures such a name moves them (Unicode Standard Annex 9): a time or a number that stands next to it
would be read elsewhere than it was written. An isolate keeps it to itself.
"""

from __future__ import annotations

import unicodedata
from typing import Final

FIRST_STRONG: Final = "\N{FIRST STRONG ISOLATE}"
POP: Final = "\N{POP DIRECTIONAL ISOLATE}"
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL", "AN"})


def isolated(text: str) -> str:
    """Return a text so that it moves nothing beside it; as it is where it holds nothing from right to left.

    >>> isolated("Officer 1")
    'Officer 1'
    """
    if any(unicodedata.bidirectional(each) in _RIGHT_TO_LEFT for each in text):
        return f"{FIRST_STRONG}{text}{POP}"
    return text
