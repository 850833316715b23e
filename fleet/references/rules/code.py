"""The code of a reference: made, and read as somebody types it. Pure.

A code has 75 random bits in fifteen letters and digits that nobody takes for one another (Crockford's
base32), and a sixteenth that checks them: a Reed-Solomon symbol over GF(32), so that one wrong character, or
two that changed places, are always noticed. Whoever mistypes is told so; whoever guesses has 2**75
codes to go through.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

RANDOM_BYTES: Final = 10
LENGTH: Final = 16
LONGEST_TYPED: Final = 100
_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ALIKE: Final = str.maketrans("OIL", "011")
_WIDTH: Final = 5
_GROUP: Final = 4
_FIELD: Final = 0b100101
"""The polynomial of the field, x^5 + x^2 + 1, which is primitive."""


class CodeTypoError(ValueError):
    """What was typed is no code; the message says why, in a sentence."""


def new_code(random: Callable[[int], bytes]) -> str:
    """Return a new code, as it is kept in mind: without the hyphens that it is shown with."""
    number = int.from_bytes(random(RANDOM_BYTES), "big")
    symbols = [number >> (_WIDTH * place) & 31 for place in range(LENGTH - 1)]
    return "".join(_LETTERS[each] for each in (*symbols, _sum(symbols)))


def shown(code: str) -> str:
    """Return a code in groups, as slips and pages show it."""
    return "-".join(code[at : at + _GROUP] for at in range(0, LENGTH, _GROUP))


def read_code(typed: str) -> str:
    """Return the code that somebody typed: large or small, with hyphens and spaces or without.

    Raises:
        CodeTypoError: it cannot be one, whatever codes there are.
    """
    if len(typed) > LONGEST_TYPED:
        raise CodeTypoError(_LENGTH_WORDS)
    code = "".join(each for each in typed if not each.isspace() and each not in _DASHES).upper()
    code = code.translate(_ALIKE)
    if len(code) != LENGTH:
        raise CodeTypoError(_LENGTH_WORDS)
    if any(each not in _LETTERS for each in code):
        raise CodeTypoError("A reference has letters and digits alone, and no U. Look at it again.")
    symbols = [_LETTERS.index(each) for each in code]
    if _sum(symbols[:-1]) != symbols[-1]:
        raise CodeTypoError("That reference is mistyped: a character is wrong, or two changed places.")
    return code


_LENGTH_WORDS: Final = f"A reference has {LENGTH} letters and digits. Look at it again."
_DASHES: Final = "-\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}"


def _sum(symbols: list[int]) -> int:
    """Return the symbol that makes the sum of all, each times a power of its own, nothing."""
    found = 0
    for place, symbol in enumerate(reversed(symbols), start=1):
        product = symbol
        for _ in range(place):
            product <<= 1
            if product >> _WIDTH:
                product ^= _FIELD
        found ^= product
    return found
