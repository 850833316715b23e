"""The parsers of bytes from outside, each with what must hold on any input whatever.

A target's ``run`` takes one input and raises when a promise is broken: an exception that is not the format's
own, an offset outside of the input, a record that is accepted but would not be written so. What a parser may
refuse, it may refuse: that is no failure.
"""

from __future__ import annotations

import contextlib
import json
import random
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

from pydantic import TypeAdapter, ValidationError

from fleet.audit.checkpoints.checkpoint import Checkpoint, parse_checkpoint
from fleet.audit.checkpoints.note import NoteError, parse_key
from fleet.audit.checkpoints.proof import ConsistencyProof, parse_proof
from fleet.audit.export_check import ExportCheck, ExportResult
from fleet.audit.merkle.proofs import ProofError
from protocol.footage.consent import parse_consent, read_consent
from protocol.footage.deletion import read_deletion
from protocol.footage.format.cbor import Buffer, decode, encode
from protocol.footage.format.certificates import check_chain, signing_key
from protocol.footage.format.chunk import header_value, take_header
from protocol.footage.format.errors import (
    CertificateError,
    ConsentError,
    FootageError,
    FormatError,
    NoLedgerError,
    ReceiptError,
)
from protocol.footage.format.segment import iter_segment, read_segment, valid_prefix
from protocol.footage.ledger.ledger import iter_ledger, ledger_valid_prefix, read_ledger
from protocol.footage.ledger.record import KINDS, record_value, take_record
from protocol.footage.receipt import parse_receipt, read_receipt
from protocol.footage.released.release import read_release
from protocol.footage.released.released_part import part_value
from protocol.footage.released.released_segment import ReleasedChunk, iter_released_segment
from protocol.footage.sealing.keys import unseal_keys
from protocol.footage.sealing.opening import open_parts
from protocol.footage.verifying.chains.chain import RecordingLink, check_chains
from protocol.footage.verifying.consents.verify_consents import verify_consents
from protocol.footage.verifying.released.verify_release import verify_release
from protocol.footage.verifying.verify import Verdict, verify_recording
from protocol.messages.enrolment import check_certificates, parse_code
from protocol.messages.topics import parse_topic
from protocol.messages.uploads import parse_content_digest
from protocol.verify.authorities import read_authorities
from tests.harness.fuzz import seeds
from tests.harness.fuzz.der import mutate_chain
from tests.harness.fuzz.mutate import (
    IDENTITY,
    Blind,
    Mutator,
    mutate_encoded,
    mutate_folder,
    mutate_json,
    mutate_records,
    mutate_text,
)
from tests.support.network.messages import EXAMPLES
from tests.support.vectors.forging import plain

BODIES: Final = ("header", *KINDS)
MESSAGES: Final = tuple(sorted({type(each) for each in EXAMPLES}, key=lambda kind: kind.__name__))
_ADAPTERS: Final = tuple(TypeAdapter(kind) for kind in MESSAGES)


@dataclass(frozen=True)
class Target:
    """One parser.

    Attributes:
        name: A word for the command line and the figures.
        what: What it is, for people.
        weight: How much of all executions it gets, about as many as it tries in a second.
        brief: How many executions ``make test`` gives it.
        run: Takes one input; raises when a promise is broken.
        seeds: The inputs to begin with.
        mutate: Changes an input.
        blind: Whether libFuzzer's own changes do as well under guidance, and many times faster.
    """

    name: str
    what: str
    weight: int
    brief: int
    run: Callable[[bytes], object]
    seeds: Callable[[], list[bytes]]
    mutate: Mutator
    blind: bool = False


def _within(error: FormatError, data: Buffer) -> None:
    assert 0 <= error.offset <= len(data), f"an offset outside of the input: {error}"


def run_cbor(data: bytes) -> None:
    """One value: what is accepted has exactly this encoding."""
    try:
        value = decode(data)
    except FormatError as error:
        _within(error, data)
        return
    assert encode(plain(value)) == data, "accepted, yet encoded otherwise"


def run_bodies(data: bytes) -> None:
    """One body, its kind in the first byte: what is accepted is what a writer would have written."""
    kind, body = BODIES[data[0] % len(BODIES)] if data else "header", data[1:]
    try:
        if kind == "header":
            again = encode(header_value(take_header(body)))
        else:
            again = encode(record_value(*take_record(kind, body, base=0)))
    except FormatError as error:
        _within(error, body)
        return
    assert again == body, "accepted, yet written otherwise"


def run_segment(data: bytes) -> None:
    """A segment: records follow one another, and its valid prefix is one."""
    reached = 0
    try:
        for item in iter_segment(data):
            assert item.offset == reached < item.end <= len(data)
            reached = item.end
    except FormatError as error:
        _within(error, data)
    length = valid_prefix(data)
    assert 0 <= length <= reached
    assert valid_prefix(data[:length]) == length
    if length:
        read_segment(data[:length])


def run_ledger(data: bytes) -> None:
    """A ledger: likewise; and keys are opened or refused."""
    reached = 0
    try:
        for entry in iter_ledger(data):
            assert entry.offset == reached < entry.end <= len(data)
            reached = entry.end
    except FormatError as error:
        _within(error, data)
    length = ledger_valid_prefix(data)
    assert 0 <= length <= reached
    assert ledger_valid_prefix(data[:length]) == length
    if length:
        try:
            unseal_keys(read_ledger(data[:length]), IDENTITY.private)
        except FootageError:
            return


def run_receipt(data: bytes) -> None:
    """A receipt: refused with the errors of its own."""
    try:
        entry = parse_receipt(data)
        assert entry.end == len(data)
    except FormatError as error:
        _within(error, data)
    try:
        read_receipt(data, IDENTITY.authority)
    except ReceiptError:
        return


def run_consent(data: bytes) -> None:
    """A consent event: refused with the errors of its own, or as it is written, and judged."""
    try:
        entry = parse_consent(data)
    except FormatError as error:
        _within(error, data)
    else:
        assert encode(["consent", entry.body, entry.signature]) == data, "accepted, yet written otherwise"
    beside = {"00000001.cbor": seeds.consents()[0], "00000002.cbor": data}
    found = verify_consents(beside, authorities=[IDENTITY.authority])
    json.dumps(found.to_json(), allow_nan=False)
    assert found.results[0].verdict is Verdict.INTACT
    assert all(each.sentence for each in found.results)
    assert all(each.sentence for each in found.chain)
    with contextlib.suppress(ConsentError):
        read_consent(data, IDENTITY.authority)
        assert found.results[1].verdict is Verdict.INTACT, "read, and not called intact"


def run_certificates(data: bytes) -> None:
    """A chain of certificates, as an encoded array; and a file as ``--authority`` takes it."""
    try:
        value = plain(decode(data))
    except FormatError:
        value = None
    if not isinstance(value, list) or not all(isinstance(each, bytes) for each in value):
        value = [data, IDENTITY.authority]
    chain = [each for each in value if isinstance(each, bytes)]
    try:
        if chain:
            signing_key(chain[0])
        check_chain(chain)
    except CertificateError:
        pass
    pem = "".join(map(ssl.DER_cert_to_PEM_cert, chain))
    with contextlib.suppress(CertificateError):
        check_certificates(pem, chain[-1] if chain else b"")
    try:
        read_authorities(chain[0] if chain else data)
    except CertificateError:
        return


def run_messages(data: bytes) -> None:
    """A JSON body, which message it is in the first byte: what is accepted survives the way."""
    adapter, text = _ADAPTERS[data[0] % len(_ADAPTERS) if data else 0], data[1:]
    try:
        message = adapter.validate_json(text)
    except ValidationError:
        _small_texts(text)
        return
    assert adapter.validate_json(adapter.dump_json(message)) == message


def _small_texts(text: bytes) -> None:
    for parse in (parse_topic, parse_code, parse_content_digest):
        try:
            parse(text.decode(errors="replace"))
        except ValueError:
            continue


def run_verifier(data: bytes) -> None:
    """A whole folder: a verdict and nothing else; and what it calls intact opens, or says why not."""
    files = files_of(data)
    try:
        report = verify_recording(files, authorities=[IDENTITY.authority])
    except NoLedgerError:
        return
    json.dumps(report.to_json(), allow_nan=False)
    broken = {Verdict.ALTERED, Verdict.OTHER_AUTHORITY, Verdict.KEYS_MISSING, Verdict.STRAY_FILE}
    assert bool(report.findings) == (report.verdict in broken)
    for told in check_chains([each for each in (report.link, _beside()) if each is not None]):
        assert told.sentence.startswith("Recording ")
        json.dumps(told.to_json(), allow_nan=False)
    for finding in report.findings:
        assert finding.sentence
        assert finding.offset is None or 0 <= finding.offset <= len(files[finding.file])
    try:
        for _ in open_parts(files, IDENTITY.private):
            pass
    except FootageError:
        return


def run_released(data: bytes) -> None:
    """What is released of a segment: what is accepted is what a writer would have written."""
    again, reached = b"", 0
    try:
        for item in iter_released_segment(data):
            if isinstance(item, ReleasedChunk):
                record, parts = item.record, [part_value(part) for part in item.parts.values()]
                assert record.offset == reached < record.end <= len(data)
                again += encode(["released", record.header_bytes, record.signature, parts])
                reached = record.end
            else:
                again, reached = data[: item.end], item.end
    except FormatError as error:
        _within(error, data)
    assert again == data[:reached], "accepted, yet written otherwise"


def run_statement(data: bytes) -> None:
    """What a fleet says of a release, or of a deletion: refused in a sentence, or as it was signed."""
    for read in (read_release, read_deletion):
        with contextlib.suppress(FootageError):
            read(data)
    try:
        found = read_release(data)
    except FootageError:
        return
    assert found == read_release(seeds.release_statements()[0]), "what nobody signed holds"


def run_released_folder(data: bytes) -> None:
    """The folder of a release: a verdict and nothing else, and nothing counted that does not hold."""
    files = files_of(data)
    try:
        found = verify_release(files, authorities=[IDENTITY.authority])
    except NoLedgerError:
        return
    json.dumps(found.to_json(), allow_nan=False)
    assert found.report.sentence
    for finding in found.report.findings:
        assert finding.offset is None or 0 <= finding.offset <= len(files[finding.file])
    whole = sum(each.duration_ns for each in found.report.chunks)
    assert all(0 <= sum(sums.values()) <= whole for sums in found.sums.values())


def run_checkpoint(data: bytes) -> None:
    """A checkpoint, a proof or a key: what is read is written so again, and nothing forged is proved."""
    for parse in (parse_checkpoint, lambda each: parse_key(each.decode(errors="replace"))):
        try:
            parse(data)
        except NoteError:
            continue
    try:
        proof = parse_proof(data)
    except NoteError:
        return
    assert proof.text() == data, "accepted, yet written otherwise"
    try:
        if isinstance(proof, ConsistencyProof):
            proof.check(Checkpoint(proof.old, bytes(32), proof.signed.checkpoint.origin))
        else:
            proof.check()
    except ProofError:
        return
    if proof.signed.note in seeds.signed_notes():  # what stands in another, anybody may say
        assert data in seeds.checkpoints(), "a proof that nobody made holds"


def run_export(data: bytes) -> None:
    """An export of the audit log: refused in a sentence, or all it shows is what was logged."""
    first, _, rest = data.partition(b"\n")
    try:
        check = ExportCheck(first)
    except NoteError:
        return
    found: list[ExportResult] = []
    shown = list(check.run(rest.splitlines(), [seeds.log_checkpoint()], found))
    assert found[0].shown == len(shown)
    if found[0].broken is None and found[0].size == seeds.log_checkpoint().size and not found[0].hidden:
        assert all(each.leaf in seeds.log_leaves() for each in shown), "what was not logged is shown"


@cache
def _beside() -> RecordingLink | None:
    """What ties the unchanged recording to others: what is changed claims its place, or one beside it."""
    return verify_recording(seeds.FILES, authorities=[IDENTITY.authority]).link


def files_of(data: bytes) -> dict[str, bytes]:
    """Return the folder that an input stands for."""
    try:
        value = plain(decode(data))
    except FormatError:
        value = None
    if isinstance(value, dict):
        return {name: each for name, each in value.items() if isinstance(each, bytes)}
    return {**seeds.FILES, "ledger.cbor": data}


def _mutate_tagged(data: bytes, draw: random.Random, blind: Blind) -> bytes:
    """Change a body behind the byte that says its kind."""
    first = bytes([draw.randrange(256)]) if draw.random() < 0.03 else data[:1]
    return first + mutate_encoded(data[1:], draw, blind)


TARGETS: Final = (
    Target("cbor", "one CBOR value", 150, 2000, run_cbor, seeds.values, mutate_encoded, blind=True),
    Target(
        "bodies", "a header or a ledger record's body", 430, 2000, run_bodies, seeds.bodies, _mutate_tagged
    ),
    Target("messages", "a message in JSON", 330, 2000, run_messages, seeds.messages, mutate_json),
    Target("segment", "a segment file", 10, 1000, run_segment, seeds.segments, mutate_records),
    Target("ledger", "a ledger file", 5, 1000, run_ledger, seeds.ledgers, mutate_records),
    Target("receipt", "a receipt file", 35, 1000, run_receipt, seeds.receipts, mutate_records),
    Target("consent", "a consent event's file", 35, 1000, run_consent, seeds.consents, mutate_records),
    Target("certificates", "a chain of certificates", 35, 1000, run_certificates, seeds.chains, mutate_chain),
    Target(
        "checkpoint",
        "a checkpoint or a proof of the audit log",
        100,
        2000,
        run_checkpoint,
        seeds.checkpoints,
        mutate_text,
    ),
    Target("export", "an export of the audit log", 60, 2000, run_export, seeds.exports, mutate_text),
    Target(
        "released",
        "what is released of a segment",
        20,
        1000,
        run_released,
        seeds.released_segments,
        mutate_records,
    ),
    Target(
        "statement",
        "what a fleet says of a release",
        50,
        1000,
        run_statement,
        seeds.release_statements,
        mutate_json,
    ),
    Target(
        "release",
        "the folder of a release",
        5,
        500,
        run_released_folder,
        seeds.released_folders,
        mutate_folder,
    ),
    Target("verifier", "a whole folder", 5, 1000, run_verifier, seeds.folders, mutate_folder),
)
