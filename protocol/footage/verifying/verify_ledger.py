"""The verifier's judgement of a ledger.

After a broken rule it takes up the trail at the next record that it can read, and judges nothing by a
record whose signature does not hold: so one change is one finding, and one report says all.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from protocol.footage.format.certificates import check_chain, fingerprint
from protocol.footage.format.errors import CertificateError, FormatError, SignatureError
from protocol.footage.format.signing import check
from protocol.footage.ledger.close_record import Close
from protocol.footage.ledger.conditions import condition_of
from protocol.footage.ledger.entry import DOMAINS, LedgerEntry
from protocol.footage.ledger.event_record import EventKind, LedgerEvent, gap_of_event
from protocol.footage.ledger.keys_record import Keys
from protocol.footage.ledger.ledger import LEDGER_NAME, iter_ledger
from protocol.footage.ledger.open_record import Open
from protocol.footage.ledger.unconfirmed import MOST_TOLD, unconfirmed_of
from protocol.footage.sealing.suite import SEALED_OVERHEAD
from protocol.footage.verifying.consents.in_ledger import is_of_consent
from protocol.footage.verifying.ledger_view import LedgerView
from protocol.footage.verifying.results.finding import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from protocol.footage.format.cbor import Buffer


class _LedgerCheck:
    """One pass over a ledger."""

    def __init__(self, authorities: Sequence[bytes]) -> None:
        self.view = LedgerView()
        self._authorities = authorities
        self._recipients: Open | None = None
        self._previous: bytes | None = None  # what the next record must follow; None where that is not known
        self._next_seq: int | None = None  # the chunk whose keys must come next; likewise

    def entry(self, entry: LedgerEntry, ledger_so_far: bytes) -> None:
        """Judge the next record."""
        record, place, known = entry.record, describe(entry), len(self.view.findings)
        if isinstance(record, Open):
            self._identify(entry, record)
        holds = self._signed(entry, place)
        if holds and self._previous is not None and entry.links.previous != self._previous:
            self._add(Rule.CHAIN, entry, place, "it does not follow the record before it")
            self._next_seq = None  # nor is it known then whose keys should come
        if isinstance(record, Open):
            self._open(entry, record, holds=holds)
        elif isinstance(record, Keys):
            self._keys(entry, record, holds=holds)
        elif isinstance(record, LedgerEvent) and holds:
            self._event(entry, record)
        elif isinstance(record, Close) and holds:
            self._close(entry, record, ledger_so_far)
        self.view.records.append(entry.digest)
        intact = all(finding.rule is Rule.AUTHORITY for finding in self.view.findings[known:])
        self._previous = entry.digest if intact else None

    def _identify(self, entry: LedgerEntry, record: Open) -> None:
        try:
            identity = check_chain(record.certificates)
        except CertificateError as error:
            self._add(Rule.CERTIFICATE, entry, describe(entry), str(error))
            return
        self.view.identity = identity
        self.view.trusted = identity.authority in self._authorities
        if self._authorities and not self.view.trusted:
            mark = fingerprint(identity.authority)
            reason = (
                f"the camera's certificate comes from an authority that is not trusted here, SHA-256 {mark}"
            )
            self._add(Rule.AUTHORITY, entry, describe(entry), reason)

    def _signed(self, entry: LedgerEntry, place: str) -> bool:
        if self.view.identity is None:
            return False
        try:
            check(self.view.identity.public_key, DOMAINS[entry.kind], entry.body, entry.signature)
        except SignatureError as error:
            self._add(Rule.SIGNATURE, entry, place, str(error))
            return False
        return True

    def _open(self, entry: LedgerEntry, record: Open, *, holds: bool) -> None:
        self.view.keyed_to = record.first_seq - 1
        self.view.open_digest = entry.digest
        if holds and self.view.identity is not None and self.view.identity.name != record.camera:
            reason = (
                f"the certificate names {self.view.identity.name!r}, the record the camera {record.camera!r}"
            )
            self._add(Rule.CERTIFICATE, entry, describe(entry), reason)
        if holds and self.view.holds:
            self.view.opening = self._recipients = record
            self._next_seq = record.first_seq

    def _keys(self, entry: LedgerEntry, record: Keys, *, holds: bool) -> None:
        expected, self._next_seq = self._next_seq, record.last_seq + 1 if holds else None
        if not holds:
            return
        problem = self._keys_problem(record, expected)
        if problem is not None:
            self._add(Rule.KEYS, entry, describe(entry), problem)
        self.view.keyed_to = max(self.view.keyed_to, record.last_seq)

    def _keys_problem(self, record: Keys, expected: int | None) -> str | None:
        if expected is not None and record.first_seq != expected:
            return f"the keys of chunk {expected} should come next"
        if self._recipients is None:
            return None
        wanted = sorted((each.key_id, track) for each in self._recipients.recipients for track in each.tracks)
        if sorted((each.key_id, each.track) for each in record.sealed) != wanted:
            return "they are not sealed to exactly the recipients of the recording"
        length = SEALED_OVERHEAD + 32 * (record.last_seq - record.first_seq + 1)
        if any(len(each.ciphertext) != length for each in record.sealed):
            return f"sealed keys of that range have {length} bytes each, not so here"
        return None

    def _event(self, entry: LedgerEntry, record: LedgerEvent) -> None:
        self.view.last_event = record
        if is_of_consent(record):
            self.view.consents.append(record)
        if record.kind is EventKind.ROLLED_OVER:
            self.view.rolled_over = True
        elif (span := condition_of(record.kind, record.detail)) is not None:
            self.view.conditions.append(span)
        elif (never := unconfirmed_of(record.kind, record.detail)) is not None:
            if never not in self.view.unconfirmed and len(self.view.unconfirmed) < MOST_TOLD:
                self.view.unconfirmed.append(never)
        elif record.kind is EventKind.GAP:
            try:
                self.view.gaps.append(gap_of_event(entry.body, base=entry.body_offset))
            except FormatError as error:
                finding = Finding(Rule.FORMAT, LEDGER_NAME, error.offset, describe(entry), error.reason)
                self.view.findings.append(finding)

    def _close(self, entry: LedgerEntry, record: Close, ledger_so_far: bytes) -> None:
        self.view.close, self.view.close_offset = record, entry.body_offset
        if self.view.holds and entry.links.ledger != ledger_so_far:
            self._add(Rule.CHAIN, entry, describe(entry), "it closes another ledger than the one before it")

    def _add(self, rule: Rule, entry: LedgerEntry, record: str, reason: str) -> None:
        self.view.findings.append(Finding(rule, LEDGER_NAME, entry.body_offset, record, reason))


def check_ledger(data: Buffer, authorities: Sequence[bytes]) -> LedgerView:
    """Judge a ledger.

    Args:
        data: The whole file.
        authorities: DER of the authorities that the caller trusts; empty to trust none in particular.
    """
    pass_over, so_far = _LedgerCheck(authorities), hashlib.sha256()
    whole, last = memoryview(data), ""
    try:
        for entry in iter_ledger(data):
            pass_over.entry(entry, so_far.digest())
            so_far.update(whole[entry.offset : entry.end])
            last = describe(entry)
    except FormatError as error:
        place = f"the record after the {last}" if last else "open record"
        pass_over.view.findings.append(Finding(Rule.FORMAT, LEDGER_NAME, error.offset, place, error.reason))
    pass_over.view.length = len(data)
    pass_over.view.sha256 = hashlib.sha256(data).digest()
    return pass_over.view


def describe(entry: LedgerEntry) -> str:
    """Return the name of a ledger record for people."""
    record = entry.record
    if isinstance(record, Keys):
        return f"keys of chunks {record.first_seq} to {record.last_seq}"
    return f"{entry.kind} record"
