"""What is made of an import for a release: its files, made once, checked, signed for, and kept (F8, F10).

Rules:
- where nothing is hidden and all of it was chosen, the copy goes out whose digest was noted at the import,
  byte for byte; what it says of itself was left behind then;
- else it is made anew: a photograph with its masks, a clip of the seconds that were chosen, those with
  something hidden encoded once more. What was made passes the check or is given to nobody;
- what is made is stored sealed under a key that is made of the import's own, so that what goes out is what
  was made then, and is gone with the import. Which attempt is being stored is durable before its first piece;
- nothing of it is called verified: the statement says when it was imported, from whom, and of which digest.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from fleet.core.actor import FLEET
from fleet.core.database import now
from fleet.core.problems import ProblemError
from fleet.core.services import Services
from fleet.footage.errors import MediaError
from fleet.footage.imported.pieces import ImportWriter, put_pieces
from fleet.footage.imported.sealing import ImportFile, made_key
from fleet.footage.media.fragment import Part, read_part
from fleet.footage.media.movie import Description, MovieBuilder
from fleet.footage.services import FootageServices
from fleet.footage.store import names
from fleet.footage.store.spool import TooLargeError
from fleet.imagery.models import ImportRow
from fleet.imagery.opening import ImportOpener, OpenedImport
from fleet.imagery.seconds.asking import ask_seconds, is_clip
from fleet.imagery.seconds.played import PlayedSeconds, laid_out_seconds, played_seconds
from fleet.people.secrets import new_id
from fleet.pki.authority import Authority
from fleet.redaction.checking.movie_check import movie_findings
from fleet.redaction.checking.still_check import held_findings, still_findings
from fleet.redaction.errors import NotHiddenError
from fleet.redaction.making.still import with_hidden_still
from fleet.redaction.rules.plan import ApprovedPlan, RedactionPlan
from fleet.releases.import_models import ImportFolder, ImportMade
from fleet.releases.models import FootageRelease
from fleet.releases.packages.covers import ReleasedMedia, import_cover_of, millis, title_of
from fleet.releases.packages.packing import BlockFile, PackedFile, measure
from fleet.releases.packages.plans import plan_of
from fleet.releases.packages.redacted import RedactedParts
from fleet.releases.packages.redactions import ApprovedRedaction, approved_redaction
from fleet.releases.rules.cover import README_NAME
from fleet.releases.rules.import_cover import CLIP_NAME, NOT_SIGNED, PHOTOGRAPH_NAME, is_all
from fleet.releases.rules.plan import ChosenSpan, ReleasePlan
from fleet.releases.subjects import spans_of
from protocol.footage.format.model import Track
from protocol.footage.format.signing import ed25519_signer
from protocol.footage.receipt import SegmentDigest
from protocol.footage.released.release import sign_release
from protocol.footage.released.released_part import Treatment
from protocol.units import MIB

ACTION: Final = "releases:import:make"


class ImportMaking:
    """Makes what of imports is released. Used by one job at a time."""

    def __init__(
        self, services: Services, authority: Authority, footage: FootageServices, opener: ImportOpener
    ) -> None:
        self._services, self._authority, self._opener = services, authority, opener
        self._store, self._spool = footage.store, footage.spool

    def folder(self, release: str, imported: ImportRow, busy: Callable[[], None]) -> None:
        """Make one import's files once, sign for them, and keep what they are.

        Args:
            release: the release.
            imported: the import.
            busy: called every now and then.

        Raises:
            ProblemError: 422 nothing lies wholly within what was chosen; 503 the clip is not cut into seconds
                yet; else as ``ImportOpener.open``.
            RedactionError: something cannot be hidden, or what was made shows it.
            MediaError: the copy is not what was noted.
            StoreError: the store failed.
        """
        with self._services.readers() as session:
            row = session.get_one(FootageRelease, release)
            purpose = f"To make release {row.reference}, which {row.decided_by} approved"
            made, approved, spans = (
                now(session),
                approved_redaction(session, row, imported),
                spans_of(row, imported),
            )
        opened = self._opener.open(imported.id, by=FLEET, action=ACTION, purpose=purpose)
        media = self._media(row, opened, approved, spans, busy)
        with self._services.readers() as session:
            row = session.get_one(FootageRelease, release)
            landlord = self._services.config.landlord
            cover = import_cover_of(landlord, row, opened.row, media, spans, made)
        page = cover.page()
        readme = measure(PackedFile(README_NAME, lambda: iter((page.encode("utf-8"),))))
        facts = [readme, media.facts]
        listed = tuple(SegmentDigest(each.name, each.size, each.sha256) for each in facts)
        key, chain = self._authority.receipts_key()
        statement = sign_release(cover.said(), listed, ed25519_signer(key), chain)
        with self._services.sessions.begin() as session:
            session.add(
                ImportFolder(
                    release_id=release,
                    import_id=imported.id,
                    name=imported.reference,
                    statement=statement,
                    page=page,
                    files=[[each.name, each.size, each.sha256.hex(), each.crc32] for each in facts],
                    is_as_noted=media.is_as_noted,
                    attempt=media.attempt,
                    given_ms=_by_name(media.given_ms),
                    changed_ms=_by_name(media.changed_ms),
                    withheld_ms=_by_name(media.withheld_ms),
                    masks=media.masks,
                )
            )

    def _media(
        self,
        row: FootageRelease,
        opened: OpenedImport,
        approved: ApprovedRedaction | None,
        spans: list[ChosenSpan],
        busy: Callable[[], None],
    ) -> ReleasedMedia:
        plan = RedactionPlan() if approved is None else approved.plan.plan
        masks = sum(mask.is_hidden for mask in plan.masks)
        if not is_clip(opened.row):
            return self._photograph(row, opened, plan, masks)
        if is_all(spans) and not masks and not plan.mutes:
            return self._as_noted(opened, CLIP_NAME)
        return self._clip(row, opened, plan, spans, busy)

    def _as_noted(self, opened: OpenedImport, name: str) -> ReleasedMedia:
        plain = opened.plain()
        facts = measure(PackedFile(name, plain.blocks))
        if facts.sha256 != plain.sha256:
            raise MediaError(
                f"The copy of {opened.row.reference} is not the one that was noted at its import."
            )
        if name == PHOTOGRAPH_NAME and (found := next(held_findings(b"".join(plain.blocks())), "")):
            raise NotHiddenError(f"The copy of {opened.row.reference} is given to nobody. {found}")
        return ReleasedMedia(facts, is_as_noted=True)

    def _photograph(
        self, row: FootageRelease, opened: OpenedImport, plan: RedactionPlan, masks: int
    ) -> ReleasedMedia:
        original = b"".join(opened.plain().blocks())
        made = with_hidden_still(original, plan) if masks else None
        if made is None:
            return self._as_noted(opened, PHOTOGRAPH_NAME)
        if found := next(still_findings(made, original, plan), ""):
            raise NotHiddenError(f"What was made is given to nobody. {found}")
        attempt, kept = self._kept(row, opened, PackedFile(PHOTOGRAPH_NAME, lambda: iter((made,))))
        return ReleasedMedia(measure(kept), is_as_noted=False, attempt=attempt, masks=masks)

    def _clip(
        self,
        row: FootageRelease,
        opened: OpenedImport,
        plan: RedactionPlan,
        spans: list[ChosenSpan],
        busy: Callable[[], None],
    ) -> ReleasedMedia:
        played = self._played(opened)
        parts = RedactedParts(played, ApprovedPlan(plan), busy=busy)
        chosen = parts.plan(spans) if plan.masks or plan.mutes else plan_of(played, spans)
        if chosen.is_empty:
            detail = f"Nothing of {opened.row.reference} lies wholly within what was chosen."
            raise ProblemError(422, "nothing_chosen", detail)
        clip = _Movie(played, parts, chosen, busy)
        file = PackedFile(CLIP_NAME, lambda: clip.blocks(_description(row, opened.row)))
        attempt, kept = self._kept(row, opened, file)
        facts = measure(kept)
        movie = io.BufferedReader(BlockFile(kept.blocks()))
        if found := next(movie_findings(movie, clip.parts()), ""):
            raise NotHiddenError(f"The clip is given to nobody. {found}")
        sums = {each: {track: millis(chosen, track, each) for track in Track} for each in Treatment}
        given = {track: sums[Treatment.UNTOUCHED][track] + sums[Treatment.CHANGED][track] for track in Track}
        return ReleasedMedia(facts, False, attempt, given, sums[Treatment.CHANGED], sums[Treatment.WITHHELD])

    def _played(self, opened: OpenedImport) -> PlayedSeconds:
        with self._services.readers() as session:
            found = laid_out_seconds(session, opened.row.id)
        if found is None or not found.state:
            with self._services.sessions.begin() as session:
                ask_seconds(session, opened.row)
        return played_seconds(opened, found)

    def _kept(self, row: FootageRelease, opened: OpenedImport, file: PackedFile) -> tuple[str, PackedFile]:
        """Store what a file holds, sealed; return the attempt that names it, and what reads it."""
        name, attempt = opened.row.id, self._begin(row.id, opened.row.id)
        limit = 4 * self._services.config.imports.max_mib * MIB
        key = made_key(opened.key, attempt)
        writer = ImportWriter(self._spool, key, name, ImportFile.RELEASED, limit=limit)
        try:
            for block in file.blocks():
                writer.write(block)
            put_pieces(self._store, name, attempt, ImportFile.RELEASED, writer.finish())
        except TooLargeError as error:
            detail = f"What is made of {opened.row.reference} is too large; choose fewer seconds of it."
            raise ProblemError(409, "too_large", detail) from error
        finally:
            writer.close()
        return attempt, PackedFile(file.name, made_blocks(opened, attempt, writer.size))

    def _begin(self, release: str, name: str) -> str:
        """Note what is stored from now on, and take away what an attempt that died has stored."""
        attempt = new_id(self._services.random)
        query = select(ImportMade).where(ImportMade.release_id == release, ImportMade.import_id == name)
        with self._services.readers() as session:
            before = [each.attempt for each in session.scalars(query)]
        for each in before:
            for stored in self._store.list(f"{names.import_attempt_prefix(name, each)}/"):
                self._store.remove(stored.key)
        with self._services.sessions.begin() as session:
            for row in session.scalars(query):
                session.delete(row)
            session.add(ImportMade(release_id=release, import_id=name, attempt=attempt))
        return attempt


@dataclass(frozen=True, slots=True)
class _Movie:
    """The movie of the seconds that go out, written without holding it."""

    played: PlayedSeconds
    redacted: RedactedParts
    plan: ReleasePlan
    busy: Callable[[], None]

    def parts(self) -> Iterator[Part]:
        """Give each part that goes out, in the order of the movie.

        Raises:
            MediaError: one is to be changed, and nothing of it is hidden.
        """
        for seq, track in self.plan.given():
            if self.plan.treatment(seq, track) is Treatment.UNTOUCHED:
                yield read_part(self.played.part(seq, track))
                continue
            made = self.redacted.changed(seq, track)
            if made is None:  # never what came in the place of what was to be hidden
                raise MediaError(
                    f"Nothing is hidden in the {track} of second {seq}, where something was to be."
                )
            yield read_part(made)

    def blocks(self, description: Description) -> Iterator[bytes]:
        """Give the movie."""
        builder = MovieBuilder()
        for part in self.parts():
            builder.add(part)
        self.busy()
        yield builder.header(description)
        for part in self.parts():
            yield part.payload


def made_blocks(opened: OpenedImport, attempt: str, size: int) -> Callable[[], Iterator[bytes]]:
    """Return what gives a file that was made of an import for a release."""
    return lambda: opened.made(attempt, ImportFile.RELEASED, size).blocks(0, size)


def _description(row: FootageRelease, of: ImportRow) -> Description:
    title = title_of(row)
    return Description(title=title, comment=f"{title}. Of import {of.reference}, {NOT_SIGNED}.", created=None)


def _by_name(sums: dict[Track, int]) -> dict[str, int]:
    return {str(track): value for track, value in sums.items()}
