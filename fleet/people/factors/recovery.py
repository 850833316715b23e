"""Recovery codes: ten on paper, each good once. Pure.

A code has 120 random bits, so its SHA-256 is enough to keep it by (ASVS 4.0.3, 2.6.2, has 112). It is written
in letters and digits that nobody takes for one another (Crockford's base32), in six groups. Codes of earlier
versions had 80 bits in four groups, and are good until they were used.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from fleet.people.secrets import digest

CODES: Final = 10
_BITS: Final = 120
_EARLIER_BITS: Final = 80
_LETTERS: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_WIDTH: Final = 5
_GROUP: Final = 4
_ALIKE: Final = str.maketrans("oil", "011")
_LENGTH: Final = _BITS // _WIDTH
_LENGTHS: Final = frozenset({_LENGTH, _EARLIER_BITS // _WIDTH})


def new_codes(random: Callable[[int], bytes]) -> tuple[str, ...]:
    """Return ten codes, as they are shown."""
    return tuple(_code(random(_BITS // 8)) for _ in range(CODES))


def code_digest(typed: str) -> bytes | None:
    """Return what is kept of a code, as somebody typed it; None for what cannot be one."""
    code = "".join(each for each in typed.lower() if each not in " -").translate(_ALIKE)
    if len(code) not in _LENGTHS or any(each not in _LETTERS for each in code):
        return None
    return digest(code)


def _code(random: bytes) -> str:
    number = int.from_bytes(random, "big")
    letters = "".join(_LETTERS[number >> (_WIDTH * place) & 31] for place in range(_LENGTH))
    return "-".join(letters[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))
