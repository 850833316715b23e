"""Small sealed recordings in memory, with a throw-away authority, camera and recipient.

``make_identity`` makes the keys and certificates, the same for the same seed. ``Take`` records: it seals
chunks into segments and writes the ledger as a camera does, and ``files`` is what the recording's folder
would hold.

    identity = make_identity()
    take = record(identity, prerecord=3, live=2)
    report = verify_recording(take.files, authorities=[identity.authority])

A test that needs something out of the ordinary drives ``Take`` step by step.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import ClassVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from protocol.footage.format.model import ClockLabel, Gap, PlainChunk, PlainPart, Track
from protocol.footage.format.segment import RunRecord, parse_segment_name, segment_name, write_run_record
from protocol.footage.format.signing import Signer, ed25519_signer
from protocol.footage.format.sizes import FIRST_PREVIOUS
from protocol.footage.ledger.ledger import (
    LEDGER_NAME,
    Close,
    EventKind,
    Keys,
    LedgerEvent,
    Missing,
    Open,
    read_ledger,
)
from protocol.footage.ledger.writer import LedgerWriter
from protocol.footage.receipt import RECEIPT_NAME, RECEIPT_SIGNER, Receipt, SegmentDigest, sign_receipt
from protocol.footage.sealing.keys import PrivateKey, Recipient, seal_keys
from protocol.footage.sealing.sealed_chunk import SealedChunk, seal_chunk

SECOND_NS = 1_000_000_000
BOOT_NS = 500 * SECOND_NS
UTC_US = 1_795_000_000_000_000
BOTH = frozenset(Track)
_VALID_FROM = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
_VALID_TO = dt.datetime(2046, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class TestIdentity:
    """What one landlord's recordings are signed and sealed with: an authority, a camera and a recipient."""

    __test__: ClassVar = False  # pytest would take the name for a class of tests

    camera: str
    authority: bytes
    authority_key: ec.EllipticCurvePrivateKey
    camera_key: Ed25519PrivateKey
    camera_certificate: bytes
    receipts_key: Ed25519PrivateKey
    receipts_certificate: bytes
    private: PrivateKey
    recipient: Recipient
    plain: Callable[..., PlainChunk] | None = None
    """Makes the plaintext of its chunks; that of ``plain_chunk``, which is no footage, where it is None."""
    issuers: tuple[bytes, ...] = ()
    """Those between the camera's certificate and the authority's."""

    @property
    def certificates(self) -> tuple[bytes, ...]:
        """The camera's chain."""
        return (self.camera_certificate, *self.issuers, self.authority)

    @property
    def signer(self) -> Signer:
        """The camera's signer."""
        return ed25519_signer(self.camera_key)


@cache
def make_identity(camera: str = "cam-01", seed: int = 1) -> TestIdentity:
    """Make a identity whose keys depend on the arguments alone; one seed is one authority. For tests only."""
    draw = random.Random(f"{camera} {seed}")
    authority_key = _authority_key(seed)
    camera_key = Ed25519PrivateKey.from_private_bytes(draw.randbytes(32))
    receipts_key = Ed25519PrivateKey.from_private_bytes(draw.randbytes(32))
    name = f"Test fleet {seed}"
    authority = issue(name, authority_key.public_key(), name, authority_key, serial=1, authority=True)
    private = PrivateKey.from_bytes(draw.randbytes(96))
    return TestIdentity(
        camera=camera,
        authority=authority,
        authority_key=authority_key,
        camera_key=camera_key,
        camera_certificate=issue(camera, camera_key.public_key(), name, authority_key, serial=2),
        receipts_key=receipts_key,
        receipts_certificate=issue(RECEIPT_SIGNER, receipts_key.public_key(), name, authority_key, serial=3),
        private=private,
        recipient=Recipient("Evidence vault", private.public_bytes()),
    )


def renew_certificate(camera: str, public_key: Ed25519PublicKey, *, serial: int, seed: int = 1) -> bytes:
    """Another certificate for a camera, from the authority of that seed."""
    return issue(camera, public_key, f"Test fleet {seed}", _authority_key(seed), serial=serial)


def chain_below(
    lengths: Sequence[int | None], *, seed: int = 1, same_name: Sequence[bool] = ()
) -> tuple[bytes, ...]:
    """The camera's chain without its root, by authorities between the two.

    Args:
        lengths: their path lengths, the one below the root first; None for none.
        seed: whose root it is.
        same_name: of each whether it has the name of the one above it; all have their own where it ends.
    """
    identity = make_identity(seed=seed)
    above, key, chain = f"Test fleet {seed}", identity.authority_key, list[bytes]()
    for at, length in enumerate(lengths):
        own = ec.derive_private_key(at + 1000 + seed, ec.SECP256R1())
        name, public = f"Issuing {at + 1}", own.public_key()
        if at < len(same_name) and same_name[at]:
            name = above
        made = issue(name, public, above, key, serial=at + 11, authority=True, path_length=length)
        chain.insert(0, made)
        above, key = name, own
    return (issue(identity.camera, identity.camera_key.public_key(), above, key, serial=20), *chain)


def issued_below(*, seed: int = 1) -> TestIdentity:
    """The identity whose camera has its certificate of an issuing authority."""
    own, *issuers = chain_below([0], seed=seed)
    return replace(make_identity(seed=seed), camera_certificate=own, issuers=tuple(issuers))


def _authority_key(seed: int) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(random.Random(seed).getrandbits(250) + 1, ec.SECP256R1())


def issue(
    name: str,
    public_key: Ed25519PublicKey | ec.EllipticCurvePublicKey,
    issuer: str,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    serial: int,
    authority: bool = False,
    path_length: int | None = None,
) -> bytes:
    """Issue a certificate, byte for byte the same for the same arguments."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(public_key)
        .serial_number(serial)
        .not_valid_before(_VALID_FROM)
        .not_valid_after(_VALID_TO)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=path_length), critical=True)
    )
    return builder.sign(issuer_key, hashes.SHA256(), ecdsa_deterministic=True).public_bytes(Encoding.DER)


def label_at(at_ns: int) -> ClockLabel:
    """The wall time that the builder pairs with a boot-clock time."""
    return ClockLabel(utc_us=UTC_US + at_ns // 1000, synchronised=True, error_us=1500)


def plain_chunk(
    start_ns: int,
    *,
    duration_ns: int = SECOND_NS,
    tracks: frozenset[Track] = BOTH,
    gaps: tuple[Gap, ...] = (),
    size: int = 40,
) -> PlainChunk:
    """Make a chunk whose parts are recognisable plaintext of about ``size`` bytes."""
    codecs = {Track.VIDEO: "avc1.42C01E", Track.AUDIO: "mp4a.40.2"}
    parts = tuple(
        PlainPart(track, codecs[track], f"plain {track} at {start_ns} ".encode().ljust(size, b"."))
        for track in Track
        if track in tracks
    )
    return PlainChunk(start_ns, duration_ns, label_at(start_ns), parts, gaps)


@dataclass
class Take:
    """A camera's run and one recording of it, built step by step."""

    identity: TestIdentity
    per_segment: int = 3
    seed: int = 1
    segments: dict[str, bytearray] = field(default_factory=dict)
    chunks: list[SealedChunk] = field(default_factory=list)
    keys: dict[tuple[int, Track], bytes] = field(default_factory=dict)
    ledger: bytearray = field(default_factory=bytearray)
    receipt: bytes | None = None
    first_seq: int = 0
    at_ns: int = BOOT_NS
    number: int = 7
    previous_open: bytes | None = None
    sealer: Callable[..., Keys] = seal_keys
    clock_set: bool = True
    clock_behind_us: int = 0

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed).randbytes
        self.run = self.random(16)
        self.recording = self.random(16)
        self.writer = LedgerWriter(self.identity.signer)

    def chunk(
        self,
        *,
        duration_ns: int = SECOND_NS,
        tracks: frozenset[Track] = BOTH,
        gaps: tuple[Gap, ...] = (),
        size: int = 40,
    ) -> SealedChunk:
        """Record the next chunk: seal it and append it to its segment."""
        seq = len(self.chunks)
        keys = {track: self.random(32) for track in Track if track in tracks}
        sealed = seal_chunk(
            (self.identity.plain or plain_chunk)(
                self.at_ns, duration_ns=duration_ns, tracks=tracks, gaps=gaps, size=size
            ),
            camera=self.identity.camera,
            run=self.run,
            seq=seq,
            previous=self.chunks[-1].digest if self.chunks else FIRST_PREVIOUS,
            keys=keys,
            sign=self.identity.signer,
        )
        if seq % self.per_segment == 0:
            self._begin_segment(seq)
        self.segments[segment_name(self.run, seq // self.per_segment)] += sealed.record
        self.chunks.append(sealed)
        self.keys |= {(seq, track): key for track, key in keys.items()}
        self.at_ns += duration_ns
        return sealed

    def _begin_segment(self, seq: int) -> None:
        index = seq // self.per_segment
        record = RunRecord(
            camera=self.identity.camera,
            run=self.run,
            index=index,
            first_seq=seq,
            previous=self.chunks[-1].digest if self.chunks else FIRST_PREVIOUS,
            certificates=self.identity.certificates,
            window_ns=180 * SECOND_NS,
            label=label_at(self.at_ns),
            started_ns=self.at_ns,
        )
        name = segment_name(self.run, index)
        self.segments[name] = bytearray(write_run_record(record, self.identity.signer))

    def press(
        self,
        *,
        outside: int = 0,
        missing: tuple[Missing, ...] = (),
        asked_s: int = 180,
        assignment: str | None = "assignment-1",
        trigger: str = "button",
    ) -> None:
        """Press the button now, or begin by another trigger.

        The ledger is opened over every chunk but the first ``outside`` ones.
        """
        self.first_seq = outside
        held = len(self.chunks) - outside
        opening = Open(
            recording=self.recording,
            number=self.number,
            previous_open=self.previous_open,
            camera=self.identity.camera,
            run=self.run,
            assignment=assignment,
            trigger=trigger,
            marks=(),
            asked_ns=asked_s * SECOND_NS,
            first_seq=outside,
            last_seq=len(self.chunks) - 1,
            held_ns=sum(chunk.header.duration_ns for chunk in self.chunks[outside:]),
            missing=missing,
            press_ns=self.at_ns,
            label=self.label(),
            recipients=(self.identity.recipient.info,),
            certificates=self.identity.certificates,
        )
        self.ledger += self.writer.append(opening)
        if held:
            self.seal(outside, len(self.chunks) - 1)
        first_held = outside // self.per_segment
        self.segments = {
            name: data for at, (name, data) in enumerate(sorted(self.segments.items())) if at >= first_held
        }

    def label(self) -> ClockLabel:
        """What the camera's wall clock says now, and whether it was set."""
        label = label_at(self.at_ns)
        return replace(label, utc_us=label.utc_us - self.clock_behind_us, synchronised=self.clock_set)

    def set_clock(self) -> None:
        """Have the network set the camera's clock, which steps."""
        behind, self.clock_behind_us, self.clock_set = self.clock_behind_us, 0, True
        self.event(EventKind.CLOCK_STEP, step_us=behind)

    def another(self, *, seed: int | None = None) -> Take:
        """Return the camera's next recording: of this run, or of another boot where a seed is given.

        Of this run it may hold chunks of the one before; what ``press`` is told to leave out it does not.
        """
        taken = Take(self.identity, self.per_segment, self.seed if seed is None else seed)
        taken.number, taken.previous_open, taken.sealer = self.number + 1, self.open_digest, self.sealer
        if seed is None:
            taken.run, taken.recording = self.run, self.random(16)
            taken.random, taken.at_ns = self.random, self.at_ns
            taken.chunks, taken.keys = [*self.chunks], dict(self.keys)
            taken.segments = {name: bytearray(data) for name, data in self.segments.items()}
        return taken

    @property
    def received_utc_us(self) -> int:
        """When the fleet would receive what is held now."""
        return UTC_US + self.at_ns // 1000 + 5_000_000

    @property
    def open_digest(self) -> bytes:
        """The digest of the ledger's open."""
        return read_ledger(self.ledger).open_digest

    def seal(self, first_seq: int, last_seq: int) -> None:
        """Write the keys of a range of chunks to the ledger."""
        keys = self.sealer(
            [self.identity.recipient],
            recording=self.recording,
            first_seq=first_seq,
            last_seq=last_seq,
            keys=self.keys,
        )
        self.ledger += self.writer.append(keys)

    def live(self, **chunk: object) -> None:
        """Record one chunk after the press, and its keys."""
        self.chunk(**chunk)  # type: ignore[arg-type]  # the options of chunk(), passed on
        self.seal(len(self.chunks) - 1, len(self.chunks) - 1)

    def event(self, kind: EventKind = EventKind.BOOKMARK, **detail: str | int) -> None:
        """Note an event now."""
        self.ledger += self.writer.append(LedgerEvent(kind, self.at_ns, self.label(), detail))

    def gap(self, gap: Gap) -> None:
        """State in the ledger what is missing."""
        self.event(
            EventKind.GAP,
            track=str(gap.track),
            start_ns=gap.start_ns,
            duration_ns=gap.duration_ns,
            cause=str(gap.cause),
        )

    def close(self, **claims: int) -> None:
        """Close the ledger; ``claims`` replace the true totals."""
        held = self.chunks[self.first_seq :]
        start_ns = held[0].header.start_ns if held else 0
        close = Close(
            reason="stopped",
            at_ns=self.at_ns,
            label=self.label(),
            last_seq=len(self.chunks) - 1,
            chunks=len(held),
            segments=len(self.segments),
            duration_ns=held[-1].header.end_ns - start_ns if held else 0,
        )
        self.ledger += self.writer.append(replace(close, **claims))  # type: ignore[arg-type]  # totals alone

    def sign_receipt(self, verdict: str = "intact") -> None:
        """Have the fleet sign a receipt for what is held now."""
        receipt = Receipt(
            camera=self.identity.camera,
            recording=self.recording,
            number=self.number,
            open_digest=read_ledger(self.ledger).open_digest,
            ledger_sha256=hashlib.sha256(self.ledger).digest(),
            ledger_length=len(self.ledger),
            segments=tuple(
                SegmentDigest(name, len(data), hashlib.sha256(data).digest())
                for name, data in sorted(self.segments.items())
            ),
            verdict=verdict,
            received_utc_us=self.received_utc_us,
        )
        chain = (self.identity.receipts_certificate, self.identity.authority)
        self.receipt = sign_receipt(receipt, ed25519_signer(self.identity.receipts_key), chain)

    @property
    def files(self) -> dict[str, bytes]:
        """What the recording's folder holds."""
        held = {name: bytes(data) for name, data in self.segments.items() if parse_segment_name(name)}
        files = {LEDGER_NAME: bytes(self.ledger), **held}
        return {**files, RECEIPT_NAME: self.receipt} if self.receipt is not None else files


def record(
    identity: TestIdentity | None = None,
    *,
    outside: int = 1,
    prerecord: int = 3,
    live: int = 2,
    per_segment: int = 3,
    closed: bool = True,
    receipt: bool = False,
    tracks: frozenset[Track] = BOTH,
    size: int = 40,
    seed: int = 1,
    sealer: Callable[..., Keys] = seal_keys,
    assignment: str | None = "assignment-1",
    clock_set: bool = True,
) -> Take:
    """Make a whole recording of one-second chunks.

    Args:
        identity: Whose camera records, else the usual one.
        outside: Chunks of the first segment that precede the recording.
        prerecord: Chunks held at the press.
        live: Chunks after it.
        per_segment: Chunks a segment.
        closed: Whether the officer stopped it; a power cut ended it otherwise.
        receipt: Whether the fleet's receipt is among the files.
        tracks: Which tracks there are.
        size: Bytes of plaintext a part.
        seed: Chooses ids and part keys.
        sealer: Stands in for ``seal_keys``, which never gives the same ciphertext twice.
        assignment: What the camera signs as its assignment.
        clock_set: Whether its clock is disciplined.
    """
    take = Take(identity or make_identity(), per_segment=per_segment, seed=seed, sealer=sealer)
    take.clock_set = clock_set
    for _ in range(outside + prerecord):
        take.chunk(tracks=tracks, size=size)
    take.press(outside=outside, asked_s=prerecord, assignment=assignment)
    for _ in range(live):
        take.live(tracks=tracks, size=size)
    take.event(EventKind.BOOKMARK)
    if closed:
        take.close()
    if receipt:
        take.sign_receipt("intact" if closed else "without an end")
    return take
