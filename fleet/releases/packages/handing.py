"""Handing a made release over: the package as one ZIP archive, made as it goes out (F10).

Rules:
- parts in which something is hidden go out as they were kept when the release was made; of one that was made
  before any were kept, or where a store has lost them, they are made again, by the same encoder alone;
- whoever it goes to, the footage is opened by an entry of the audit log, and everything that can refuse it
  (deleted, restricted, to be erased, a sealed vault) refuses it before the first byte;
- each file is compared with what the fleet signed as it is sent; one that differs ends the answer short of
  its length, so that nobody takes it for the package;
- while it goes out it is asked again whether it may: what was restricted, revoked or deleted since goes no
  further, and the answer ends short of its length;
- beside what was signed lies what happened to the release until then; nobody signed that, and it names the
  digest of each statement that was;
- that a download is begun, and with which keys, is durable before the first byte: whether any byte arrives is
  not known then, and nothing says that it did.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from sqlalchemy.orm import Session

from fleet.core.actor import Actor
from fleet.core.database import now
from fleet.core.problems import ProblemError
from fleet.core.services import Services
from fleet.footage.released.keys import HANDED_OVER, IMPORT_HANDED_OVER
from fleet.footage.released.models import ReleasedImport, ReleasedKeys
from fleet.footage.services import FootageServices
from fleet.footage.watching.opened_recording import OpenedRecording
from fleet.imagery.opening import ImportOpener, OpenedImport
from fleet.releases.choosing import refuse_footage
from fleet.releases.exhibits.continuity import saw, statement_of
from fleet.releases.finding import folders_of, import_folders_of
from fleet.releases.import_models import ImportFolder
from fleet.releases.models import FootageRelease, ReleaseFolder
from fleet.releases.packages.covers import title_of
from fleet.releases.packages.imports import made_blocks
from fleet.releases.packages.kept_parts import KeptParts
from fleet.releases.packages.packing import (
    ChangedParts,
    PackedCopy,
    PackedFile,
    PackedWords,
    packed_files,
    sent_blocks,
)
from fleet.releases.packages.plans import in_ranges, plan_of
from fleet.releases.packages.redacted import MAKER, RedactedParts
from fleet.releases.packages.redactions import ApprovedRedaction, approved_redaction
from fleet.releases.packages.zipped import ZipLayout, ZippedFile
from fleet.releases.rules.continuity import ContinuityKind
from fleet.releases.rules.continuity_statement import STATEMENT_NAME
from fleet.releases.rules.cover import README_NAME
from fleet.releases.rules.plan import ChosenSpan
from fleet.releases.rules.states import ReleaseState, ReleaseStep
from fleet.releases.steps import announce_released, get_release, refuse_unshown_request, step_on, tell
from fleet.releases.subjects import recordings_of, released_in, spans_of
from protocol.footage.released.release import RELEASE_NAME
from protocol.footage.released.released_part import Treatment
from protocol.footage.released.released_segment import segment_of

_Laid = tuple[ZippedFile, bytes, PackedFile]
_EARLIER: Final = "This package would not be what the fleet signed; draft the release again."


@dataclass(frozen=True, slots=True)
class ReleasePackage:
    """A package on its way out.

    Attributes:
        name: the file's.
        length: its bytes.
        blocks: gives them, once; the recordings are closed at the end, or when the iterator is.
        opened: the recordings that it is made of.
    """

    name: str
    length: int
    blocks: Iterator[bytes]
    opened: Sequence[OpenedRecording]

    def close(self) -> None:
        """Forget the keys, where nothing is sent after all."""
        _close(self.opened)


class Packages:
    """Opens packages. Safe to use from several threads."""

    def __init__(self, services: Services, footage: FootageServices, imports: ImportOpener) -> None:
        self._services = services
        self._store, self._spool = footage.store, footage.spool
        self._opener, self._imports = footage.watching.opener, imports

    def open(self, release: str, *, by: Actor, purpose: str) -> ReleasePackage:
        """Open a release's footage and lay its package out.

        Args:
            release: which; its state was looked at.
            by: who gets it.
            purpose: how it goes out, for the log.

        Raises:
            ProblemError: 403 a recording or import is restricted; 404 there is no such release; 409 it is not
                what was signed, or cannot be released any more; 410 one was deleted; 503 the vault is sealed.
            StoreError: the store failed.
        """
        with self._services.readers() as session:
            row = get_release(session, release)
            those = {each.id: each for each in recordings_of(row)}
            refuse_footage(session, released_in(row))
            folders, imported = folders_of(session, release), import_folders_of(session, release)
            hidden = {each: approved_redaction(session, row, those[each]) for each in those}
            statement = statement_of(session, row, self._services.config.landlord.name)
        opened: list[OpenedRecording] = []
        try:
            files: list[_Laid] = []
            for folder in folders:
                recording = those[folder.recording_id]
                here = self._opener.open(recording.public_id, actor=by, action=HANDED_OVER, purpose=purpose)
                opened.append(here)
                files += self._folder(row, folder, here, spans_of(row, recording), hidden[recording.id])
            asked: list[Callable[[], None]] = []
            for each in imported:
                found = self._imports.open(each.import_id, by=by, action=IMPORT_HANDED_OVER, purpose=purpose)
                files += _import_files(row, each, found)
                asked.append(found.goes_on)  # what was made of it goes no further either
            files.append(_continuity(row, statement.text().encode("utf-8")))
            layout = ZipLayout([each for each, _, _ in files])
        except BaseException:
            _close(opened)
            raise
        blocks = _blocks(layout, files, opened, partial(self._go_on, release, asked))
        return ReleasePackage(f"{row.reference}.zip", layout.length, blocks, opened)

    def _go_on(self, release: str, asked: Sequence[Callable[[], None]]) -> None:
        """Refuse to go on as ``refuse_footage`` does, where it was revoked, or an import does not go on."""
        for each in asked:
            each()
        with self._services.readers() as session:
            row = get_release(session, release)
            if row.state != ReleaseState.MADE:
                raise ProblemError(409, "revoked", f"{row.reference} is not handed over any more.")
            refuse_footage(session, released_in(row))

    def _folder(
        self,
        row: FootageRelease,
        folder: ReleaseFolder,
        opened: OpenedRecording,
        spans: list[ChosenSpan],
        approved: ApprovedRedaction | None,
    ) -> list[_Laid]:
        plan = plan_of(opened, spans, in_ranges(folder.changed_ranges))
        ranges = plan.ranges(), plan.ranges(Treatment.CHANGED)
        if ranges != (folder.ranges, folder.changed_ranges):
            raise ProblemError(409, "not_as_signed", _EARLIER)
        parts = None if approved is None else self._parts(row, folder, opened, approved)
        words = PackedWords(folder.page, title_of(row))
        known = {name: (size, bytes.fromhex(sha256), crc) for name, size, sha256, crc in folder.files}
        segments = [each for name in known if (each := segment_of(name)) is not None]
        path, found = f"{row.reference}/{folder.name}", [_signed(row, folder)]
        copy = PackedCopy(opened, plan, parts)
        for file in packed_files(copy, self._store, segments, words):
            size, digest, crc = known[file.name]
            found.append((ZippedFile(f"{path}/{file.name}", size, crc), digest, file))
        return found

    def _parts(
        self, row: FootageRelease, folder: ReleaseFolder, opened: OpenedRecording, approved: ApprovedRedaction
    ) -> ChangedParts:
        """Return what gives the masked parts: those that were kept, or the same made again."""
        digest, random = approved.digest, self._services.random
        kept = KeptParts(opened, self._store, self._spool, random, release=row.id, approved=digest)
        if kept.has_all(in_ranges(folder.changed_ranges)):
            return kept
        if folder.maker not in {"", MAKER}:
            raise ProblemError(409, "not_as_signed", _EARLIER)
        return RedactedParts(opened, approved.plan)


def handed_over(
    session: Session, row: FootageRelease, *, by: Actor, action: str, words: str, kind: ContinuityKind
) -> None:
    """Keep that a download of a release is begun, and with which keys."""
    moment = now(session)
    row.handed += 1
    row.first_handed = row.first_handed or moment
    for folder in folders_of(session, row.id):
        if session.get(ReleasedKeys, (row.id, folder.recording_id)) is None:
            session.add(
                ReleasedKeys(
                    release_id=row.id,
                    recording_id=folder.recording_id,
                    reference=row.reference,
                    first=moment,
                    ranges=folder.ranges,
                    untouched_ms=folder.untouched,
                )
            )
    for each in import_folders_of(session, row.id):
        if session.get(ReleasedImport, (row.id, each.import_id)) is None:
            session.add(
                ReleasedImport(
                    release_id=row.id,
                    import_id=each.import_id,
                    reference=row.reference,
                    first=moment,
                    files=[[name, size, sha256] for name, size, sha256, _ in each.files],
                    is_as_noted=each.is_as_noted,
                )
            )
    session.flush()
    saw(session, row, kind, by)
    announce_released(session, row)  # their pages say who had something of them
    tell(session, row, by, action, words)


def take_for_medium(services: Services, packages: Packages, *, release: str, by: Actor) -> ReleasePackage:
    """Open a package for somebody who puts it on a medium.

    Raises:
        ProblemError: as ``Packages.open`` does; 403 they may not; 409 it is not made, is revoked or past its
            last day, goes by a link, or answers a request of which who asks was not shown.
    """
    with services.sessions.begin() as session:
        row = step_on(session, release, ReleaseStep.HAND_OVER, by)
        refuse_unshown_request(session, row)
        if row.method != "medium":
            raise ProblemError(409, "by_link", "This release was approved to go by a link, not on a medium.")
        purpose = f"Release {row.reference}, to be put on a medium"
    package = packages.open(release, by=by, purpose=purpose)
    try:
        with services.sessions.begin() as session:
            row = step_on(session, release, ReleaseStep.HAND_OVER, by)
            words = "Download begun, to be put on a medium."
            handed_over(
                session,
                row,
                by=by,
                action="releases:release:download",
                words=words,
                kind=ContinuityKind.MEDIUM,
            )
    except BaseException:
        package.close()
        raise
    return package


def _signed(row: FootageRelease, folder: ReleaseFolder | ImportFolder) -> _Laid:
    """Return the file with what the fleet signed of a folder."""
    statement = folder.statement.encode("utf-8")
    own = PackedFile(RELEASE_NAME, lambda: iter((statement,)))
    name = f"{row.reference}/{folder.name}/{RELEASE_NAME}"
    zipped = ZippedFile(name, len(statement), zlib.crc32(statement))
    return zipped, hashlib.sha256(statement).digest(), own


def _import_files(row: FootageRelease, folder: ImportFolder, opened: OpenedImport) -> list[_Laid]:
    """Return the files of what is made of an import: what was signed, its page, and what goes out of it."""
    page = folder.page.encode("utf-8")
    found = [_signed(row, folder)]
    for name, size, sha256, crc in folder.files:
        blocks = opened.plain().blocks if folder.is_as_noted else made_blocks(opened, folder.attempt, size)
        file = PackedFile(name, (lambda: iter((page,))) if name == README_NAME else blocks)
        path = f"{row.reference}/{folder.name}/{name}"
        found.append((ZippedFile(path, size, crc), bytes.fromhex(sha256), file))
    return found


def _continuity(row: FootageRelease, text: bytes) -> _Laid:
    """Return the file that says what happened to the release until now, beside its folders."""
    name = f"{row.reference}/{STATEMENT_NAME}"
    file = PackedFile(STATEMENT_NAME, lambda: iter((text,)))
    return ZippedFile(name, len(text), zlib.crc32(text)), hashlib.sha256(text).digest(), file


def _blocks(
    layout: ZipLayout, files: list[_Laid], opened: list[OpenedRecording], goes_on: Callable[[], None]
) -> Iterator[bytes]:
    try:
        yield from sent_blocks(layout, files, goes_on)
    finally:
        _close(opened)


def _close(opened: Sequence[OpenedRecording]) -> None:
    for each in opened:
        each.close()
