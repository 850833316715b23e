"""Exhibit numbers as they are used in England and Wales: the producer's initials and a running number. Pure.

Whoever produces a thing to a court marks it with their initials and the next number of their own, such as
``ABC/1``, and their statement names it so (HSE, *Collecting physical evidence*, paragraph 2).

Rules:
- the initials are one to five letters from A to Z, in capitals;
- each initials have one series in a fleet, whoever bears them: two people with the same initials never give
  one number twice;
- a number is given once, to one recording of one release, and to nothing else after that.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from fleet.releases.rules.draft import ReleaseDraftError

MOST_INITIALS: Final = 5
ASKED: Final = "Type the initials of whoever produces it, in 1 to 5 letters from A to Z."
_BETWEEN: Final = re.compile(r"[\s\-\u2010\u2011]+")
_WRITTEN_BETWEEN: Final = str.maketrans("", "", ". ")


def initials_of(name: str) -> str:
    """Return the initials of a name; empty where no word of it begins with a letter from A to Z.

    >>> [initials_of(each) for each in ("Mary-Jane O'Brien", "Émile Zola", "Manager 1", "7")]
    ['MJO', 'EZ', 'M', '']
    """
    words = _BETWEEN.split(unicodedata.normalize("NFKD", name).strip())
    first = (word[:1] for word in words)
    return "".join(each.upper() for each in first if each.isascii() and each.isalpha())[:MOST_INITIALS]


def clean_initials(text: str) -> str:
    """Return initials as they are kept: without full stops and spaces, in capitals.

    >>> clean_initials("a. b. c.")
    'ABC'

    Raises:
        ReleaseDraftError: they are none.
    """
    plain = " ".join(text.split()).translate(_WRITTEN_BETWEEN)
    if not (plain.isascii() and plain.isalpha() and len(plain) <= MOST_INITIALS):
        raise ReleaseDraftError("initials", ASKED)
    return plain.upper()


def exhibit_number(initials: str, number: int) -> str:
    """Return an exhibit number as people write it.

    >>> exhibit_number("ABC", 1)
    'ABC/1'
    """
    return f"{initials}/{number}"
