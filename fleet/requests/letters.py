"""The letters of requests, with the words that they have until the landlord edits them.

The words are files of their own (``texts``), one for each letter, so that they can be read and translated.
Whatever the landlord makes of them, each letter to a person says how to complain, and each refusal why.
"""

from __future__ import annotations

from importlib.resources import files

from fleet.letters.rules.kinds import LetterKind

_ALWAYS = [
    "landlord",
    "contact",
    "today",
    "name",
    "address",
    "reference",
    "asks",
    "received",
    "clock",
    "due",
    "owner",
    "acts_for",
    "organisation",
    "theirs",
]
FIELDS = frozenset((*_ALWAYS, "how_to_complain", "words", "exemption", "outcome"))
"""What a letter of a request may name."""

TITLES = {
    "received": "We have your request",
    "identity": "Please show who you are",
    "authority": "Please show that you may act for somebody",
    "fee": "A fee",
    "clarification": "Please tell us more",
    "extension": "It takes two more months",
    "answer": "Our answer",
    "refusal": "What we cannot do, and why",
    "complaint-received": "We have your complaint",
    "complaint-outcome": "The outcome of your complaint",
    "restriction-ends": "A restriction ends",
    "others-answer": "Answer to police, solicitors or a court",
    "others-refusal": "Refusal to police, solicitors or a court",
}
_NO_WORDS = frozenset({"received"})
_TO_OTHERS = frozenset({"others-answer", "others-refusal"})
_REFUSALS = frozenset({"refusal", "others-refusal"})
_OUTCOMES = frozenset({"complaint-outcome"})


def _required(kind: str) -> frozenset[str]:
    needed = {"landlord", "today", "name", "reference"}
    if kind not in _NO_WORDS:
        needed.add("words")
    if kind not in _TO_OTHERS:
        needed.add("how_to_complain")
    if kind in _REFUSALS:
        needed.add("exemption")
    if kind == "extension":
        needed.add("due")
    return frozenset(needed)


def _kind(name: str) -> LetterKind:
    text = (files("fleet.requests") / "texts" / f"{name}.txt").read_text(encoding="utf-8").strip()
    allowed = FIELDS - {"words"} if name in _NO_WORDS else FIELDS
    allowed = allowed if name in _REFUSALS else allowed - {"exemption"}
    allowed = allowed if name in _OUTCOMES else allowed - {"outcome"}
    why = "without it the letter would not say what it has to."
    return LetterKind(name, TITLES[name], allowed, _required(name), why, text)


LETTERS: dict[str, LetterKind] = {name: _kind(name) for name in TITLES}
"""Every letter by its id."""
