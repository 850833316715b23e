"""By what a word that somebody looks for is found in what was written of recordings. Pure.

Rules:
- case and accents do not matter, nor does the order of words: each has to be there, and may be so in several
  notes;
- a word is what stands between spaces, with its marks, so that a part of a reference or of a number is
  found as it is written;
- a word is found by any part of it from ``SHORTEST`` characters on; by what is shorter, but where it stands
  at the word's end alone.

Every tail of a word is a piece of its own, so that a part of a word is the beginning of a piece, and a
database finds it in an index in order. A piece has ``KEPT`` characters at most: what is looked for and is
longer is looked for in parts of as many, all of which have to be there. The last one overlaps the one before:
no piece begins with a word's last letter or two alone.
"""

from __future__ import annotations

import unicodedata

KEPT = 40
SHORTEST = 3
MOST_WORDS = 10
"""So many words are looked for together: each is a question of its own to the database."""
MOST_PIECES = 30
"""Made of so many pieces, since a character can stand for a whole sentence."""
LAST = "\U0010ffff"
"""Comes after every character that a text can have."""


def folded(text: str) -> str:
    """Return a text as it is compared: without case, accents and what cannot be seen.

    >>> folded("CAFÉ  Straße")
    'cafe  strasse'
    """
    apart = unicodedata.normalize("NFKD", text.casefold())
    kept = (each for each in apart if not unicodedata.combining(each))
    return "".join(each for each in kept if each.isprintable() or each.isspace())


def pieces_of(text: str) -> frozenset[str]:
    """Return by what a text is found.

    >>> sorted(pieces_of("The door."))
    ['door.', 'oor.', 'or.', 'the']
    """
    return frozenset(
        word[start : start + KEPT]
        for word in frozenset(folded(text).split())
        for start in range(max(1, len(word) - SHORTEST + 1))
    )


def asked_words(text: str) -> tuple[str, ...]:
    """Return the words that have to be there, each once, as they were typed; as many as are looked for.

    >>> len(asked_words(" ".join(map(str, range(99)))))
    10
    """
    return _told_apart(text)[0]


def left_words(text: str) -> tuple[str, ...]:
    """Return the words of a text that are not looked for, since it has too many."""
    return _told_apart(text)[1]


def _told_apart(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    words, pieces = tuple(dict.fromkeys(text.split())), 0
    for number, word in enumerate(words):
        pieces += len(asked_pieces(word))
        if number == MOST_WORDS or pieces > MOST_PIECES:
            return words[:number], words[number:]
    return words, ()


def asked_pieces(word: str) -> tuple[str, ...]:
    """Return with what pieces have to begin for a word to be there; none for one that is found nowhere.

    >>> asked_pieces("Door")
    ('door',)
    """
    return tuple(
        part[min(start, max(0, len(part) - KEPT)) :][:KEPT]
        for part in folded(word).split()
        for start in range(0, len(part), KEPT)
    )
