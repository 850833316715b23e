"""Opens a recording's folder with a private key, and holds it against every rule of the format.

Rules:

* What cannot be read keeps nothing else from being looked at, as far as that can be told apart.
* Every rule is named in what comes out; one that could not be looked at is not evaluated, and says why.
* Plaintext is in memory, and in one temporary file at a time for ffprobe, which is gone again.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from protocol.footage.format.errors import FootageError, FormatError, KeysError
from protocol.footage.format.segment import read_segment
from protocol.footage.ledger.ledger import LEDGER_NAME, ledger_valid_prefix, read_ledger
from protocol.footage.sealing.keys import unseal_keys
from protocol.footage.sealing.opening import granted_tracks, open_track, segment_names
from protocol.footage.verifying.report import Verdict
from protocol.footage.verifying.verify import verify_recording
from protocol.verify.folder import UnusableFolderError
from simulator.opening.media import probed, read_media
from simulator.opening.parts import OpenedMedia, part_checks, stated_gaps
from simulator.opening.rules import FFPROBE, GAPS_TOLD, KEYS_OPEN, PARTS_OPEN, RECIPIENT, RULES, SIGNED
from simulator.oracle.check import Check, Exchange, Result
from simulator.oracle.rule import Tally, unnamed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from protocol.footage.format.model import Track
    from protocol.footage.format.segment import ChunkRecord
    from protocol.footage.ledger.ledger import Ledger
    from protocol.footage.sealing.keys import PrivateKey
    from protocol.footage.verifying.report import Report

SOUND = frozenset({Verdict.INTACT, Verdict.INTACT_WITH_GAPS, Verdict.WITHOUT_END, Verdict.SIGNER_UNKNOWN})
"""The verdicts of footage that is as it was signed; the signer is known only with his authority at hand."""

MOST_PROBED = 24
"""Parts that ffprobe is shown: it is a program of its own each time."""


def judge_recording(
    files: Mapping[str, bytes],
    private: PrivateKey,
    authorities: list[bytes],
    *,
    done: Callable[[], None] = lambda: None,
) -> tuple[Check, ...]:
    """Judge a recording.

    Args:
        files: The folder's files by name.
        private: A key that it was sealed to.
        authorities: The authorities (DER) that its signer must come from; none to leave that open.
        done: Called after each part.
    """
    checks = list(_judged(files, private, authorities, done))
    checks += [each.not_looked_at("it did not come to that") for each in unnamed(RULES, checks)]
    order = {rule.name: at for at, rule in enumerate(RULES)}
    return tuple(sorted(checks, key=lambda each: order[each.name]))


def _judged(
    files: Mapping[str, bytes], private: PrivateKey, authorities: list[bytes], done: Callable[[], None]
) -> Iterator[Check]:
    report = verify_recording(files, authorities=authorities)
    yield _signed(report)
    yield _gaps(report)
    ledger = _ledger(files)
    if ledger is None:
        return
    tracks = granted_tracks(ledger, private)
    yield RECIPIENT.check(
        Result.HELD if tracks else Result.BROKEN,
        f"it was given {' and '.join(sorted(tracks))}" if tracks else "it is none of them",
        None
        if tracks
        else Exchange(
            "the key's key_id",
            f"one of {', '.join(each.key_id.hex()[:16] for each in ledger.open.recipients) or 'none'}",
            private.key_id.hex()[:16],
        ),
    )
    if not tracks:
        return
    sealed = Tally(KEYS_OPEN, "records of keys")
    keys = _keys(ledger, private, sealed)
    yield sealed.check()
    opening = Tally(PARTS_OPEN, "parts")
    probing = Tally(FFPROBE, "parts")
    parts = []
    for part, data in _opened(files, ledger, keys, tracks, opening):
        parts.append(part)
        if probing.looked < MOST_PROBED:
            _probe(part, data, probing)
        done()
    yield opening.check(none_said="no keys opened")
    yield from part_checks(parts, stated_gaps(ledger))
    none_said = "no part opened" if not parts else "there is no ffprobe on this machine"
    yield probing.check(none_said=none_said, asked=not parts)


def _signed(report: Report) -> Check:
    wrong = [each for each in report.verdicts if each not in SOUND]
    said = f"{report.verdict}. {report.sentence}".rstrip(".")
    if not wrong:
        return SIGNED.check(Result.HELD, said)
    finding = next(iter(report.findings), None)
    came = said if finding is None else f"{said}; {finding.sentence}".rstrip(".")
    return SIGNED.check(Result.BROKEN, came, Exchange("the folder", "every rule of section 9 holds", came))


def _gaps(report: Report) -> Check:
    if Verdict.ALTERED in report.verdicts:
        return GAPS_TOLD.not_looked_at("of footage that does not verify nobody knows whether it has gaps")
    tally = Tally(GAPS_TOLD, "gaps")
    for gap in report.gaps:
        if gap.explained:
            tally.held()
        else:
            where = f"at {(gap.start_ns - (report.first_ns or 0)) / 1e9:.3f} s"
            tally.broke(where, "a cause in a header or in the ledger is asked for", gap.sentence)
    if not tally.looked:
        return GAPS_TOLD.check(Result.HELD, "there is no gap")
    return tally.check()


def _ledger(files: Mapping[str, bytes]) -> Ledger | None:
    """The ledger as far as it can be read; None where not even its beginning can."""
    try:
        data = files[LEDGER_NAME]
        return read_ledger(data[: ledger_valid_prefix(data)])
    except (KeyError, FootageError, UnusableFolderError):
        return None


def _keys(ledger: Ledger, private: PrivateKey, tally: Tally) -> dict[tuple[int, Track], bytes]:
    found: dict[tuple[int, Track], bytes] = {}
    for record in ledger.keys:
        try:
            found |= unseal_keys(ledger, private, first=record.first_seq, last=record.last_seq)
        except KeysError as error:
            place = f"the keys of chunks {record.first_seq} to {record.last_seq}"
            tally.broke(place, "HPKE's info is that of their range, track and recipient", str(error))
        else:
            tally.held()
    return found


def _opened(
    files: Mapping[str, bytes],
    ledger: Ledger,
    keys: Mapping[tuple[int, Track], bytes],
    tracks: frozenset[Track],
    tally: Tally,
) -> Iterator[tuple[OpenedMedia, bytes]]:
    seqs = {seq for seq, _ in keys}
    for chunk in _chunks(files, tally):
        header = chunk.header
        if header.seq < ledger.open.first_seq or header.seq not in seqs:
            continue  # it precedes the recording, or its keys did not open, which is said of them
        for each in header.parts:
            if each.track not in tracks:
                continue
            what = f"the {each.track} of chunk {header.seq}"
            try:
                data = open_track(chunk, each.track, keys[header.seq, each.track])
            except (KeysError, KeyError) as error:
                tally.broke(what, "AES-256-GCM with the associated data of its place", str(error))
                continue
            tally.held()
            yield OpenedMedia(header, each.track, each.codec, read_media(data)), data


def _chunks(files: Mapping[str, bytes], tally: Tally) -> Iterator[ChunkRecord]:
    for name in segment_names(files):
        try:
            yield from read_segment(files[name]).chunks
        except (FormatError, UnusableFolderError) as error:
            tally.broke(name, "a segment of whole records is asked for", str(error).rstrip("."))


def _probe(part: OpenedMedia, data: bytes, tally: Tally) -> None:
    with tempfile.TemporaryDirectory(prefix="lapel-open-") as folder:
        file = Path(folder) / "part.mp4"
        file.write_bytes(data)
        said = probed(file)
    if said is None:
        return
    if said:
        tally.broke(part.words, "no complaint is asked for", said)
    else:
        tally.held()
