"""What a review may find, and what is done about it: values that are kept, and the words for them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fleet.incidents.rules.draft import DraftError, clean_text

LONGEST_TEXT = 2000

NOTHING = "nothing"

FINDINGS: Mapping[str, str] = MappingProxyType(
    {
        NOTHING: "Nothing to remark",
        "needless": "Recorded without need, such as a press by accident",
        "late": "Pressed late, or stopped early",
        "private": "Made private, or recorded while private, without good reason",
        "conduct": "An officer's conduct that has to be talked about",
        "incident": "Shows an incident that was not marked, or was marked as another",
        "equipment": "Camera, lens or microphone did not work as they should",
        "unwatchable": "Nothing could be watched of it",
        "other": "Something else",
    }
)

ACTIONS: Mapping[str, str] = MappingProxyType(
    {
        "none": "None needed",
        "talk": "Talk with the officer",
        "training": "Training or a change of instructions",
        "repair": "Camera repaired or taken out of service",
        "marked": "Incident marked or put right",
        "investigation": "Investigation begun",
        "protection": "Handed to the data protection officer",
        "other": "Something else",
    }
)


class FindingsError(ValueError):
    """What was written cannot be kept; the message says why, in a sentence.

    Attributes:
        field: which field of the form it is about.
    """

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Findings:
    """What somebody found, and what is done about it.

    Attributes:
        found: of ``FINDINGS``, at least one.
        action: of ``ACTIONS``.
        text: in their own words; empty only where there is nothing to remark and nothing to do.
    """

    found: tuple[str, ...]
    action: str
    text: str


def clean_findings(*, found: Iterable[str], action: str, text: str) -> Findings:
    """Return what was written with its spaces put right.

    Raises:
        FindingsError: something is missing, too long, or contradicts itself.
    """
    chosen = frozenset(found)
    known = tuple(each for each in FINDINGS if each in chosen)
    if not known or chosen - set(FINDINGS):
        raise FindingsError("Choose what was found.", "found")
    if NOTHING in known and len(known) > 1:
        raise FindingsError(
            "Either there is nothing to remark, or there is something; choose again.", "found"
        )
    if action not in ACTIONS:
        raise FindingsError("Choose what is done about it.", "action")
    try:
        words = clean_text(text, longest=LONGEST_TEXT)
    except DraftError as error:
        raise FindingsError(str(error), "text") from error
    if not words and (known != (NOTHING,) or action != "none"):
        raise FindingsError("Say in a few words what was found, and what is done about it.", "text")
    return Findings(known, action, words)


def found_words(found: Iterable[str]) -> str:
    """Name what was found, in the order in which it is offered."""
    chosen = frozenset(found)
    return "; ".join(words for value, words in FINDINGS.items() if value in chosen)
