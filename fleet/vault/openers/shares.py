"""A secret that several people hold together: Shamir's scheme as in SLIP-39, each share as words.

The words have a checksum, so that a share that was typed wrongly is refused by itself, and a number of the
set that they belong to. Fewer shares than are needed say nothing of the secret. Randomness comes from the
library's own source, the kernel's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shamir_mnemonic import MnemonicError, combine_mnemonics, generate_mnemonics
from shamir_mnemonic.share import Share as Mnemonic

from fleet.vault.errors import ShareRefusedError, WrongSecretError

FEWEST_NEEDED = 2
MOST_SHARES = 16
LONGEST_SHARE = 600
"""Characters of a share as it is typed; the longest has 33 words of 8 letters."""


@dataclass(frozen=True, slots=True)
class Share:
    """One person's share.

    Attributes:
        words: what they keep.
        number: which of the set, from 1.
        share_set: by which the shares of one secret know each other.
        needed: how many of them it takes.
    """

    words: str
    number: int
    share_set: int
    needed: int


def split(secret: bytes, *, needed: int, shares: int) -> tuple[Share, ...]:
    """Divide a secret among people.

    Args:
        secret: 32 bytes.
        needed: how many shares it takes, 2 or more.
        shares: how many there are, as many as needed or more, 16 at most.
    """
    [made] = generate_mnemonics(1, [(needed, shares)], secret)
    return tuple(read_share(words) for words in made)


def read_share(text: str) -> Share:
    """Read a share as somebody typed it.

    Raises:
        ShareRefusedError: those are not the words of one.
    """
    words = " ".join(text.lower().split())
    try:
        found = Mnemonic.from_mnemonic(words[:LONGEST_SHARE])
    except MnemonicError as error:
        raise ShareRefusedError(
            "share_unreadable",
            "That is no share: look at each word, at their order and at how many there are.",
        ) from error
    return Share(words, found.index + 1, found.identifier, found.member_threshold)


def combine(shares: Sequence[Share]) -> bytes:
    """Return the secret that shares come to.

    Raises:
        WrongSecretError: they do not belong together, or are too few.
    """
    try:
        return bytes(combine_mnemonics([share.words for share in shares]))
    except MnemonicError as error:
        raise WrongSecretError(
            "These are not as many different shares of one set as are needed; give them anew."
        ) from error
