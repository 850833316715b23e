"""Consent events as a person has them: one file, several, or a folder of them, judged and said.

A file that is called as those of cameras and fleets are, or that begins as one, is taken for one, so that an
altered one is said to be altered and not passed over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from protocol.footage.consent import MAX_CONSENT_BYTES
from protocol.footage.verifying.consents.verify_consents import ConsentReport, verify_consents
from protocol.verify import status
from protocol.verify.folder import read_at_most, reason_of
from protocol.verify.several import is_recording
from protocol.verify.text import MARKS, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from protocol.footage.verifying.report import JsonValue

DEEPEST: Final = 4
"""So many folders below the one given are looked into for consent events."""
_NAMED: Final = re.compile(r"([a-z0-9-]{1,64}-)?[0-9]{8,19}(-[0-9a-f]{8,64})?\.cbor")
_BEGINS: Final = b"\x83\x67consent"


@dataclass(frozen=True, slots=True)
class JudgedConsents:
    """What was found of the consent events that were given.

    Attributes:
        report: What is known of those that could be read.
        problems: Why others could not be, each in a sentence.
        strays: Files that lie in their folders and are none.
        recordings: The number of each recording that was given beside them, by its id.
    """

    report: ConsentReport
    problems: tuple[str, ...] = ()
    strays: tuple[str, ...] = ()
    recordings: Mapping[str, str] | None = None

    @property
    def status(self) -> int:
        """The exit status: the worst of all."""
        return status.worst(
            [
                *(status.OF_VERDICT[each.verdict] for each in self.report.results),
                *(status.OF_CHAIN[each.weight] for each in self.report.chain),
                *([status.UNUSABLE] if self.problems else []),
                *([status.STRAY_FILE] if self.strays else []),
            ]
        )

    @property
    def lines(self) -> list[str]:
        """What was found, line by line."""
        return [printable(line) for line in self._lines()]

    def to_json(self) -> dict[str, JsonValue]:
        """All of it as JSON."""
        found = self.report.to_json()
        return {**found, "status": self.status, "problems": list(self.problems), "strays": list(self.strays)}

    def _lines(self) -> Iterator[str]:
        yield self.report.sentence
        for each in self.report.results:
            yield f"{each.file}: {each.sentence}"
            event = None if each.entry is None else each.entry.event
            given = None if event is None or event.recording is None else event.recording.hex()
            if given is not None and given in (self.recordings or {}):
                yield f"  That recording is among those given: {(self.recordings or {})[given]}."
        yield from self.problems
        yield from (f"{each} lies in their folder and is no consent event." for each in self.strays)
        if self.report.chain:
            yield "How they fit each other:"
            yield from (f"  - {MARKS[each.weight]}{each.sentence}" for each in self.report.chain)
        yield from self._authority()

    def _authority(self) -> Iterator[str]:
        marks = {each.authority for each in self.report.results if each.authority is not None}
        if marks and any(each.verdict == "consistent, signer unknown" for each in self.report.results):
            yield f"The issuing authority was not pinned (SHA-256 {', '.join(sorted(marks))})."
            yield "Compare that with the fleet's own, or give its certificate with --authority:"
            yield "otherwise this shows only that they are consistent, not whose they are."


def consents_in(path: Path) -> tuple[Path, ...]:
    """Return the folders and files of consent events that a path stands for, in order.

    None where it has none. Links are not followed.
    """
    if path.is_file():
        return (path,) if _is_one(path) else ()
    try:
        return tuple(sorted(_below(path, DEEPEST)))
    except OSError:
        return ()  # why it cannot be read is said of it as of a recording


def judge_consents(
    found: Iterable[Path], authorities: Sequence[bytes], recordings: Mapping[str, str] | None = None
) -> JudgedConsents:
    """Judge consent events.

    Args:
        found: Their files and folders.
        authorities: DER of those that are trusted.
        recordings: What each recording that was given beside them is called, by its id.
    """
    files: dict[str, bytes] = {}
    problems: list[str] = []
    strays: list[str] = []
    for path in found:
        for each in sorted(path.iterdir()) if path.is_dir() else [path]:
            if path.is_dir() and not _is_one(each):
                strays.append(str(each))
                continue
            try:
                files[str(each)] = read_at_most(each, MAX_CONSENT_BYTES)
            except OSError as error:
                problems.append(f"{each} cannot be read: {reason_of(error)}.")
    report = verify_consents(files, authorities=authorities)
    return JudgedConsents(report, tuple(problems), tuple(strays), recordings)


def _is_one(path: Path) -> bool:
    """Say whether a file is called, or begins, as a consent event; it need not be one."""
    if _NAMED.fullmatch(path.name):
        return True
    try:
        return path.is_file() and read_at_most(path, len(_BEGINS) - 1)[: len(_BEGINS)] == _BEGINS
    except OSError:
        return False


def _below(path: Path, deepest: int) -> Iterator[Path]:
    entries = sorted(path.iterdir())
    if is_recording({each.name for each in entries}):
        return  # what lies in a recording's folder is its own, or a stray file
    if any(not each.is_dir() and _is_one(each) for each in entries):
        yield path
        return
    for each in entries:
        if deepest > 1 and each.is_dir() and not each.is_symlink():
            yield from _below(each, deepest - 1)
