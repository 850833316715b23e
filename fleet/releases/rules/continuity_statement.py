"""The continuity of a release as a text to be printed: in its package, and from its page. Pure.

It names nobody who works for the landlord but whom an entry names, and the initials of the exhibits. Each
entry is a line of its own: a text that somebody entered has none that could pass for another entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from fleet.releases.rules.continuity import (
    COPY_WORDS,
    KIND_WORDS,
    MOST_ENTRIES,
    ContinuityKind,
    CopyKind,
)

STATEMENT_NAME: Final = "CONTINUITY.txt"


@dataclass(frozen=True, slots=True)
class StatedExhibit:
    """An exhibit.

    Attributes:
        exhibit: its number.
        of: of which recording, as people name it.
        recording: the recording's id.
        digest: the SHA-256 of what the fleet signed of it, in hex; empty while that is nothing.
    """

    exhibit: str
    of: str
    recording: str
    digest: str


@dataclass(frozen=True, slots=True)
class StatedEntry:
    """An entry as it is printed; the fields are those of ``ContinuityDraft``."""

    number: int
    kind: ContinuityKind
    at: datetime
    is_seen: bool
    holder: str = ""
    taker: str = ""
    how: str = ""
    seal: str = ""
    which_copy: str = ""
    words: str = ""
    corrects: int | None = None


@dataclass(frozen=True, slots=True)
class ContinuityStatement:
    """What is printed.

    Attributes:
        reference: the release's.
        landlord: who releases it; empty where that is not set.
        whose: the recipient, with the organisation.
        exhibits: what was given a number.
        entries: what happened, in the order in which it was written down.
        at: when this was so.
    """

    reference: str
    landlord: str
    whose: str
    exhibits: Sequence[StatedExhibit]
    entries: Sequence[StatedEntry]
    at: datetime

    def text(self) -> str:
        """Return it as a text file."""
        lines = [
            f"CONTINUITY OF RELEASE {self.reference}",
            *([f"By {self.landlord}"] if self.landlord else []),
            f"Released to: {self.whose}",
            f"As it was written down by {utc_words(self.at)}. What happened after that is not in here.",
            "",
            "Exhibits:",
        ]
        for each in self.exhibits:
            lines.append(f"- {each.exhibit}: {each.of} ({each.recording})")
            if each.digest:
                lines.append(f"  SHA-256 of its release.json, which names every file: {each.digest}")
        if not self.exhibits:
            lines.append("- none: no exhibit number was given")
        lines += ["", "What happened, in the order in which it was written down:"]
        lines += [
            f"{each.number}. {utc_words(each.at)}: {entry_words(each)} {source_words(each)}"
            for each in self.entries
        ]
        if len(self.entries) >= MOST_ENTRIES:
            lines.append(
                f"There are {MOST_ENTRIES} entries; what was seen after them is in the audit log alone."
            )
        lines += [
            "",
            "Nothing of this is ever changed: what was wrong is corrected in an entry of its own.",
            "Copies that were made, and hands that they went through, without anybody entering it are not in",
            "here.",
            "",
        ]
        return "\n".join(lines)


def entry_words(each: StatedEntry) -> str:
    """Return what an entry says happened, as sentences."""
    lead = KIND_WORDS[each.kind] if each.corrects is None else f"Correction of entry {each.corrects}"
    parts = [
        lead,
        *([f"it was with {each.holder}"] if each.holder else []),
        *([f"it is with {each.taker} since" if each.holder else f"to {each.taker}"] if each.taker else []),
        *([each.how] if each.how else []),
        *([f"seal or digest {each.seal}"] if each.seal else []),
        *([COPY_WORDS[CopyKind(each.which_copy)].lower()] if each.which_copy else []),
        *([each.words] if each.words else []),
    ]
    return "; ".join(part.rstrip(".") for part in parts) + "."


def source_words(each: StatedEntry) -> str:
    """Say how an entry came about."""
    return "(Written by the service.)" if each.is_seen else "(Entered by the landlord.)"


def utc_words(at: datetime) -> str:
    """Return a time as the statement has it.

    >>> utc_words(datetime(2027, 3, 1, 12, 0, 5, tzinfo=UTC))
    '2027-03-01 12:00:05 UTC'
    """
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
