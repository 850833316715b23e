"""Cases about whose word counts: certificates, splices of recordings into one another, receipts; and totals.

Every record here is of the right form. Where a splice needs a key, the forger has it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from protocol.footage.format.model import Track
from protocol.footage.format.segment import segment_name
from protocol.footage.ledger.ledger import LEDGER_NAME
from protocol.footage.receipt import RECEIPT_NAME
from tests.support.media.recordings import BOTH, SECOND_NS, Take, chain_below, issue, make_identity
from tests.support.vectors.base import (
    IDENTITY,
    NO_RECORDING,
    OTHER,
    VIDEO,
    Base,
    Case,
    Files,
    altered,
    found,
    lack,
    put,
)
from tests.support.vectors.forging import Edit, Fields, body_digest, records, reforge

_FROM, _TO = dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.datetime(2046, 1, 1, tzinfo=dt.UTC)


def certificate(
    names: Sequence[str] = (IDENTITY.camera,),
    key: Ed25519PublicKey | ec.EllipticCurvePublicKey | None = None,
    *,
    authority: bool | None = False,
) -> bytes:
    """Issue a certificate of the usual authority, with something unusual in it."""
    issuer = x509.load_der_x509_certificate(IDENTITY.authority).subject
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name) for name in names]))
        .issuer_name(issuer)
        .public_key(key or IDENTITY.camera_key.public_key())
        .serial_number(9)
        .not_valid_before(_FROM)
        .not_valid_after(_TO)
    )
    if authority is not None:
        builder = builder.add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    signed = builder.sign(IDENTITY.authority_key, hashes.SHA256(), ecdsa_deterministic=True)
    return signed.public_bytes(Encoding.DER)


def _chains(base: Base) -> Iterator[Case]:
    """One rule of certificate chains broken each, in the second segment's run record."""
    own, root = IDENTITY.certificates
    other = make_identity(seed=2)
    elliptic = IDENTITY.authority_key.public_key()
    lone = issue("Lone", elliptic, "Lone", IDENTITY.authority_key, serial=1, authority=True)
    plain = issue("Test fleet 1", elliptic, "Test fleet 1", IDENTITY.authority_key, serial=1)
    for name, what, chain in (
        ("chain-alone", "A chain without its authority.", [own]),
        ("chain-unreadable", "A certificate that is none.", [b"\x30\x00", root]),
        ("chain-other-issuer", "A certificate that another authority issued.", [own, other.authority]),
        ("chain-other-name", "An authority of another name with the same key.", [own, lone]),
        ("chain-not-authority", "An issuer that is no authority.", [own, plain]),
        ("chain-authority-signs", "A signer that is an authority.", [certificate(authority=True), root]),
        ("chain-not-ed25519", "A signer with a key of another kind.", [certificate(key=elliptic), root]),
        ("chain-two-names", "A signer with two names.", [certificate(["cam-01", "cam-02"]), root]),
        ("chain-no-name", "A signer without a name.", [certificate([]), root]),
        ("chain-other-camera", "Another camera's name.", [certificate(["cam-02"]), root]),
        ("chain-too-deep", "More authorities below one than it allows.", [*chain_below([0, 0]), root]),
    ):
        files = base.forged_run(put({"certificates": list(chain)}))
        yield altered(name, what, files, "certificate", base.second, "run record")
    renewed = base.forged_run(put({"certificates": [certificate(), root]}))
    yield Case("intact-renewed", "The certificate was renewed between two segments.", renewed, "intact")
    issuing = base.forged_run(put({"certificates": [*chain_below([0]), root]}))
    yield Case("intact-issuing", "An authority issued by the usual one issued it.", issuing, "intact")
    deep = base.forged_run(put({"certificates": [*chain_below([1, 0]), root]}))
    yield Case("intact-two-issuing", "Two authorities below the usual one, as that allows.", deep, "intact")
    same = base.forged_run(put({"certificates": [*chain_below([0, 0], same_name=[False, True]), root]}))
    what = "An authority that may have none below it has issued its own next key."
    yield Case("intact-next-key", what, same, "intact")
    byte = base.forged_receipt(lambda _: None)
    data = byte[RECEIPT_NAME]
    byte[RECEIPT_NAME] = data[:-1] + bytes([data[-1] ^ 1])
    yield altered("byte-receipt", "A byte of a receipt.", byte, "signature", RECEIPT_NAME, "receipt")


def _splices(base: Base) -> Iterator[Case]:
    """Pieces of another recording, run or camera, each intact where it comes from."""
    second = base.second
    run = base.take_with(seed=5)
    cousin = make_identity("cam-02")
    camera = base.take_with(cousin, seed=6)
    last = records(base.files[second])[-1]
    for name, what, identity, take in (
        ("splice-chunk-run", "A chunk of another run.", IDENTITY, run),
        ("splice-chunk-camera", "A chunk of another camera.", cousin, camera),
    ):
        foreign = records(take.files[segment_name(take.run, 1)])[-1]
        files = {**base.files, second: base.files[second].removesuffix(last) + foreign}
        rule = "chain" if identity is IDENTITY else "signature"
        yield altered(name, what, files, rule, second, "chunk 3")
    for name, what, take in (
        ("splice-segment-run", "A segment of another run.", run),
        ("splice-segment-camera", "A segment of another camera.", camera),
    ):
        other = segment_name(take.run, 1)
        files = {**base.without(second), other: take.files[other]}
        yield altered(name, what, files, "missing", LEDGER_NAME, "")
    later = base.take_with(seed=7)
    for name, what, at, place in (
        ("splice-keys", "Keys of another recording.", 2, "keys of chunks 3 to 3"),
        ("splice-event", "An event of another recording.", 3, "event record"),
        ("splice-close", "The close of another recording.", 4, "close record"),
    ):
        pieces = records(base.files[LEDGER_NAME])
        pieces[at] = records(later.files[LEDGER_NAME])[at]
        files = {**base.files, LEDGER_NAME: b"".join(pieces)}
        yield altered(name, what, files, "chain", LEDGER_NAME, place)
    ledger = {**base.files, LEDGER_NAME: later.files[LEDGER_NAME]}
    yield altered("splice-ledger", "Another recording's ledger.", ledger, "missing", LEDGER_NAME, "")


def _runs(base: Base) -> Iterator[Case]:
    """Run records that do not continue what came before."""
    edits: tuple[tuple[str, str, int, Fields], ...] = (
        ("segment-index", "A segment's number is skipped.", 2, {"index": 2}),
        ("segment-first-seq", "It begins with another chunk.", 1, {"first_seq": 3}),
        ("segment-previous", "It follows another chunk.", 1, {"previous": bytes(32)}),
        ("segment-run", "It is of another run.", 1, {"run": bytes(16)}),
    )
    for name, what, index, fields in edits:
        file = segment_name(base.take.run, index)
        files = {**base.without(base.second), file: base.forged_run(put(fields))[base.second]}
        yield altered(name, what, files, "chain", file, "run record")


def _outside(base: Base) -> Iterator[Case]:
    """Segments that hold nothing of the recording: in some places a camera leaves them, in others not."""

    def recording(before: int) -> Files:
        take = Take(IDENTITY, per_segment=2, sealer=base.seal)
        for _ in range(before + 1):
            take.chunk(tracks=VIDEO, size=8)
        segments = dict(take.segments)
        take.press(outside=before, asked_s=1)
        take.segments = segments
        take.close()
        return take.files

    yield Case("intact-first-outside", "The first segment holds only chunks before.", recording(2), "intact")
    two = recording(4)
    what = "The second holds only chunks before, and the close counts it."
    yield altered("segment-idle", what, two, "counter", LEDGER_NAME, "close record")
    bare = {**base.without(base.second), base.first: records(base.files[base.first])[0]}
    yield altered("segment-bare", "The only segment holds no chunk.", bare, "missing", LEDGER_NAME, "")
    run, *_, last = records(base.files[base.second])
    begun = reforge(IDENTITY.signer, run, put({"index": 2, "first_seq": 4, "previous": body_digest(last)}))
    cut = {**base.take_with(closed=False).files, segment_name(base.take.run, 2): begun}
    what = "The power went before the first chunk of a segment."
    yield Case("cut-off-bare", what, cut, "without an end")


def _totals(base: Base) -> Iterator[Case]:
    """What only chunks and ledger together show."""
    take = Take(IDENTITY, per_segment=2, sealer=base.seal)
    take.chunk(tracks=VIDEO, size=8)
    take.press(asked_s=1)
    take.chunk(tracks=VIDEO, size=8)
    take.close()
    what = "Closed, and the last chunk has no keys."
    yield altered("close-keyless", what, take.files, "keys", LEDGER_NAME, "close record")
    over = Take(IDENTITY, per_segment=2, sealer=base.seal)
    over.chunk(tracks=VIDEO, size=8)
    over.at_ns -= SECOND_NS // 2
    over.chunk(tracks=VIDEO, size=8)
    over.press(asked_s=1)
    over.close()
    what = "A chunk begins before the one before it ends."
    gaps = (lack(Track.VIDEO, over.at_ns - SECOND_NS, SECOND_NS // 2, overlap=True),)
    yield Case("overlap", what, over.files, "intact with gaps", gaps=gaps)
    silent = Take(IDENTITY, per_segment=2, sealer=base.seal)
    for tracks in (BOTH, VIDEO):
        silent.chunk(tracks=tracks, size=8)
    silent.press(asked_s=1)
    silent.close()
    what = "A chunk without sound, not a word."
    gaps = (lack(Track.AUDIO, silent.at_ns - SECOND_NS, SECOND_NS),)
    yield Case("gap-silent", what, silent.files, "intact with gaps", gaps=gaps)
    yield Case(NO_RECORDING.replace(" ", "-"), "No ledger.", base.without(LEDGER_NAME), NO_RECORDING)


def _signers(base: Base) -> Iterator[Case]:
    """Records that another key signed."""
    other = make_identity(seed=2)
    pieces = records(base.files[LEDGER_NAME])
    for name, what, at, place in (
        ("open-other-key", "Another key signed the open.", 0, "open record"),
        ("event-other-key", "Another key signed an event.", 3, "event record"),
        ("close-other-key", "Another key signed the close.", 4, "close record"),
    ):
        forged = [*pieces]
        forged[at] = reforge(other.signer, pieces[at], put({}))
        files = {**base.files, LEDGER_NAME: b"".join(forged)}
        yield altered(name, what, files, "signature", LEDGER_NAME, place)
    run, *chunks = records(base.files[base.second])
    files = {**base.files, base.second: b"".join([reforge(other.signer, run, put({})), *chunks])}
    yield altered(
        "run-other-key", "Another key signed a run record.", files, "signature", base.second, "run record"
    )


def _receipts(base: Base) -> Iterator[Case]:
    """Receipts of the fleet's own, for something else than these files."""

    def segment(change: Fields) -> Edit:
        def edit(fields: Fields) -> None:
            segments = fields["segments"]
            assert isinstance(segments, list)
            segments[0] = {**segments[0], **change}

        return edit

    for name, what, edit in (
        ("receipt-number", "Another recording's number.", put({"number": 8})),
        ("receipt-open", "Another open.", put({"open_digest": bytes(32)})),
        ("receipt-ledger", "Another ledger.", put({"ledger_sha256": bytes(32)})),
        ("receipt-ledger-length", "A ledger of another length.", put({"ledger_length": 1})),
        ("receipt-segment", "Another segment.", segment({"sha256": bytes(32)})),
        ("receipt-segment-size", "A segment of another length.", segment({"size": 1})),
        ("receipt-segment-name", "A segment of another name.", segment({"name": "x"})),
        ("receipt-segments", "No segments.", put({"segments": []})),
    ):
        yield altered(name, what, base.forged_receipt(edit), "receipt", RECEIPT_NAME, "receipt")
    other = make_identity(seed=2)
    chain = put({"certificates": [other.receipts_certificate, other.authority]})
    files = base.forged_receipt(chain, other)
    yield found("receipt-other-fleet", "Another fleet's.", files, OTHER, "authority", RECEIPT_NAME, "receipt")


FAMILIES: Final = (_chains, _splices, _runs, _outside, _totals, _signers, _receipts)
