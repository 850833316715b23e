"""The verifier's judgement of a ledger, and of what ties a recording's certificates together.

It reads on after a broken rule as far as the records can still be told apart, so that one report says all.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from protocol.footage.cbor import Buffer
from protocol.footage.certificates import Identity, check_chain, fingerprint
from protocol.footage.errors import CertificateError, FormatError, SignatureError
from protocol.footage.ledger import DOMAINS, LEDGER_NAME, LedgerEntry, iter_ledger
from protocol.footage.ledger_records import Close, Keys, Open
from protocol.footage.report import Finding, Rule
from protocol.footage.sealing import SEALED_OVERHEAD
from protocol.footage.signing import check


@dataclass(slots=True)
class LedgerView:
    """What the ledger says, and what is wrong with it.

    Attributes:
        opening: The ``open`` record; None when it cannot be read, and then nothing else is known.
        open_digest: Its digest.
        identity: Whose signatures count; None when the certificates do not hold.
        trusted: Whether the authority is one of the caller's.
        close: The ``close`` record, None when there is none.
        close_offset: Where that lies.
        complete: Whether the ledger was read to its end.
        keyed_to: The last chunk that has keys; the recording's first less one when none has.
        findings: What is wrong.
        length: The ledger's length in bytes.
        sha256: SHA-256 of all its bytes.
    """

    opening: Open | None = None
    open_digest: bytes = b""
    identity: Identity | None = None
    trusted: bool = False
    close: Close | None = None
    close_offset: int = 0
    complete: bool = False
    keyed_to: int = -1
    findings: list[Finding] = field(default_factory=list)
    length: int = 0
    sha256: bytes = b""

    def add(self, rule: Rule, offset: int | None, record: str, reason: str) -> None:
        """Note a broken rule."""
        self.findings.append(Finding(rule, LEDGER_NAME, offset, record, reason))


def check_ledger(data: Buffer, authorities: Sequence[bytes]) -> LedgerView:
    """Judge a ledger.

    Args:
        data: The whole file.
        authorities: DER of the authorities that the caller trusts; empty to trust none in particular.
    """
    view = LedgerView(length=len(data), sha256=hashlib.sha256(data).digest())
    so_far, previous = hashlib.sha256(), b""
    whole = memoryview(data)
    entry: LedgerEntry | None = None
    try:
        for entry in iter_ledger(data):
            _check_entry(view, entry, previous, so_far.digest(), authorities)
            so_far.update(whole[entry.offset : entry.end])
            previous = entry.digest
        view.complete = True
    except FormatError as error:
        place = "open record" if entry is None else f"the record after {describe(entry)}"
        view.add(Rule.FORMAT, error.offset, place, error.reason)
    return view


def describe(entry: LedgerEntry) -> str:
    """Return the name of a ledger record for people."""
    record = entry.record
    if isinstance(record, Keys):
        return f"keys of chunks {record.first_seq} to {record.last_seq}"
    return f"{entry.kind} record"


def _check_entry(
    view: LedgerView, entry: LedgerEntry, previous: bytes, so_far: bytes, authorities: Sequence[bytes]
) -> None:
    record = entry.record
    if isinstance(record, Open):
        _check_open(view, entry, record, authorities)
    elif entry.links.previous != previous:
        view.add(Rule.CHAIN, entry.body_offset, describe(entry), "it does not follow the record before it")
    _check_signature(view, entry)
    if isinstance(record, Keys):
        _check_keys(view, entry, record)
    elif isinstance(record, Close):
        view.close, view.close_offset = record, entry.body_offset
        if entry.links.ledger != so_far:
            view.add(
                Rule.CHAIN,
                entry.body_offset,
                describe(entry),
                "it closes another ledger than the one before it",
            )


def _check_open(view: LedgerView, entry: LedgerEntry, record: Open, authorities: Sequence[bytes]) -> None:
    view.opening, view.open_digest = record, entry.digest
    view.keyed_to = record.first_seq - 1
    try:
        identity = check_chain(record.certificates)
    except CertificateError as error:
        view.add(Rule.CERTIFICATE, entry.body_offset, describe(entry), str(error))
        return
    if identity.name != record.camera:
        reason = f"the certificate names {identity.name!r}, the record the camera {record.camera!r}"
        view.add(Rule.CERTIFICATE, entry.body_offset, describe(entry), reason)
    view.identity = identity
    view.trusted = identity.authority in authorities
    if authorities and not view.trusted:
        mark = fingerprint(identity.authority)
        reason = (
            f"the camera's certificate was issued by another authority (SHA-256 {mark}) than those trusted"
        )
        view.add(Rule.AUTHORITY, entry.body_offset, describe(entry), reason)


def _check_signature(view: LedgerView, entry: LedgerEntry) -> None:
    if view.identity is None:
        return
    try:
        check(view.identity.public_key, DOMAINS[entry.kind], entry.body, entry.signature)
    except SignatureError as error:
        view.add(Rule.SIGNATURE, entry.body_offset, describe(entry), str(error))


def _check_keys(view: LedgerView, entry: LedgerEntry, record: Keys) -> None:
    opening = view.opening
    if opening is None:
        raise TypeError("internal error: an open record comes before keys")
    if record.first_seq != view.keyed_to + 1:
        reason = f"keys of chunk {view.keyed_to + 1} should come next"
        view.add(Rule.KEYS, entry.body_offset, describe(entry), reason)
    view.keyed_to = record.last_seq
    wanted = sorted((each.key_id, track) for each in opening.recipients for track in each.tracks)
    if sorted((each.key_id, each.track) for each in record.sealed) != wanted:
        reason = "they are not sealed to exactly the recipients that the open record names"
        view.add(Rule.KEYS, entry.body_offset, describe(entry), reason)
    length = SEALED_OVERHEAD + 32 * (record.last_seq - record.first_seq + 1)
    if any(len(each.ciphertext) != length for each in record.sealed):
        view.add(Rule.KEYS, entry.body_offset, describe(entry), f"sealed keys are not {length} bytes long")
