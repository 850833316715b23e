"""One import in words: what is said of it, what its file is, and what becomes of it. Pure.

What somebody said is told as what they said; what the fleet knows is the file's bytes, and when they came.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fleet.audit.models import AuditEntry
from fleet.footage.released.keys import IMPORT_HANDED_OVER
from fleet.imagery.models import ImportNote, ImportRow
from fleet.imagery.reading.limits import ReadFacts
from fleet.imagery.rules.formats import FORMAT_WORDS, ImportFormat
from fleet.imagery.rules.kinds import (
    EXPORTED,
    IMPORT_STATES,
    KIND_WORDS,
    ImportKind,
    ImportState,
)
from fleet.organisation.bases import BASES, Basis
from fleet.retention.rules.calendar import day_words
from fleet.web.views.moments import Moment, counter, full_moment, moment, size
from fleet.web.views.recordings import BEGUN, LOOKED, RELEASED
from fleet.web.views.state import Badge
from fleet.web.zone import local

_STATES = {
    ImportState.DESCRIBED: ("cloud-upload", "warn"),
    ImportState.HELD: ("check", "good"),
    ImportState.DELETING: ("clock", "quiet"),
    ImportState.DELETED: ("x", "quiet"),
}


@dataclass(frozen=True, slots=True)
class ImportLine:
    """An import in a list.

    Attributes:
        id: for its address.
        reference: as people name it.
        kind: what it is, in words.
        source: who gave it, as somebody said; empty of one that was deleted.
        when: when it is said to have been taken, or else when it came.
        state: how far it has come.
        is_here: whether something of it is, or is to come.
    """

    id: str
    reference: str
    kind: str
    source: str
    when: str
    state: Badge
    is_here: bool


@dataclass(frozen=True, slots=True)
class ImportLook:
    """Once that somebody looked at an import or took it out."""

    when: Moment
    who: str
    what: str
    purpose: str


@dataclass(frozen=True, slots=True)
class ShownImportNote:
    """A note about an import: who wrote it, when, and what."""

    author: str
    when: Moment
    text: str


def import_notes(rows: Sequence[ImportNote], now: datetime) -> list[ShownImportNote]:
    """Show the notes about an import as of ``now``."""
    return [ShownImportNote(each.author, moment(each.written, now), each.text) for each in rows]


def state_badge(row: ImportRow) -> Badge:
    """Say how far an import has come."""
    state = ImportState(row.state)
    symbol, tone = _STATES[state]
    return Badge(IMPORT_STATES[state], symbol, tone, "")


def import_line(row: ImportRow, now: datetime) -> ImportLine:
    """Show an import in a list."""
    if row.taken is not None:
        when = f"Taken {moment(row.taken, now).text}, says {row.taken_says}"
    elif row.received is not None:
        when = f"Received {moment(row.received, now).text}"
    else:
        when = f"Described {moment(row.described, now).text}"
    is_here = row.state in (ImportState.DESCRIBED, ImportState.HELD)
    return ImportLine(
        row.id, row.reference, KIND_WORDS[ImportKind(row.kind)], row.source, when, state_badge(row), is_here
    )


def said_of(row: ImportRow) -> list[tuple[str, str]]:
    """Return what somebody said of an import, each with its word."""
    taken = "Nobody says" if row.taken is None else f"{full_moment(row.taken).text}, says {row.taken_says}"
    facts = [
        ("Source", row.source),
        ("Taken", taken),
        ("Place", f"{row.place}, as was said" if row.place else "Nobody says"),
        ("Inside a home", "Yes" if row.at_home else "No"),
    ]
    if row.noticed is not None:
        facts.append(("Notice before", f"{day_words(row.noticed)}: {row.notice}"))
    return [
        *facts,
        ("Lawful basis", BASES[Basis(row.basis)]),
        ("Needed for", row.purpose),
        ("Written down", f"by {row.described_by}, {full_moment(row.described).text}"),
    ]


def file_of(row: ImportRow) -> list[tuple[str, str]]:
    """Return what the file of an import is, each with its word; empty where it is not here."""
    if row.state != ImportState.HELD or row.received is None or row.sha256 is None:
        return []
    facts = ReadFacts(**row.facts)
    kind = ImportFormat(facts.format)
    what = FORMAT_WORDS[kind] if kind.is_picture else f"{FORMAT_WORDS[kind]} with {facts.codec}"
    long = [] if facts.duration_s is None else [("Length", counter(facts.duration_s))]
    return [
        ("Received", f"{full_moment(row.received).text}, from {row.received_by}"),
        ("The file", f"{what}, {size(row.size)}"),
        ("Picture", f"{facts.width} by {facts.height} pixels"),
        *long,
        ("Sound", "Yes" if facts.has_sound else "No"),
        ("SHA-256 of the file as received", row.sha256.hex()),
        ("SHA-256 of the copy", "" if row.copy_sha256 is None else row.copy_sha256.hex()),
    ]


def copy_words(row: ImportRow) -> str:
    """Say how what is shown differs from what was received."""
    if row.state != ImportState.HELD:
        return ""
    facts = ReadFacts(**row.facts)
    if facts.duration_s is None:
        how = "Its pixels were encoded anew"
    elif facts.is_made_anew:
        how = "Its pictures and sound were encoded anew"
    else:
        how = "Its pictures are the file's own"
    return (
        f"What is shown and downloaded is a copy. {how}; what the file says of itself, such as a place or a "
        "device, stays sealed with the original."
    )


def gone_of(row: ImportRow) -> str:
    """Say that an import was deleted, when and why; empty where it was not."""
    if row.state == ImportState.DELETING:
        return f"It is being deleted. {row.begun_why}"
    if row.state != ImportState.DELETED or row.certified is None:
        return ""
    return f"Deleted on {day_words(local(row.bytes_deleted or row.certified).date())}. {row.begun_why}"


def import_looks(entries: Sequence[AuditEntry]) -> list[ImportLook]:
    """Show who looked at an import or took it out."""
    return [
        ImportLook(
            full_moment(each.utc),
            each.actor.partition(":")[2] or each.actor,
            {EXPORTED: BEGUN, IMPORT_HANDED_OVER: RELEASED}.get(each.action, LOOKED),
            each.purpose,
        )
        for each in entries
    ]
