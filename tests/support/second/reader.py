"""A second implementation of the footage format, written from ``docs/footage-format.md`` alone.

It judges a recording (section 9) and shares no code with ``protocol``: cbor2's own decoder, hashlib, a
validator of grammars, and cryptography's certificates and Ed25519 are all there is. It stops at the first
broken rule, where the verifier goes on. ``second_gaps`` finds gaps, ``second_opener`` decrypts.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import cbor2
from cddl_verifier import Validator
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.support.second.gaps import gaps_of
from tests.support.second.records import AlteredError, Record, beyond_grammar, chain_key, check, demand, taken

Files = dict[str, bytes]
NAME = re.compile(r"([0-9a-f]{32})-([0-9]{8})\.seg")
CAUSES = {
    *("just booted", "private", "not assigned", "docked", "storage fault", "encoder gap"),
    *("overflow", "no camera", "no microphone", "muted", "sensor stalled", "suspended"),
}


class NotARecordingError(Exception):
    """There is no ledger."""


@dataclass
class Recording:
    """A recording that holds: what ``second_opener`` needs of it."""

    opening: dict[str, Any]
    keys: list[dict[str, Any]]
    chunks: list[Record]
    closed: bool
    gaps: list[dict[str, Any]]
    other_authority: bool
    keys_missing: bool
    stray: bool

    def verdict(self, *, pinned: bool) -> str:
        """The worst of what holds of it: section 9."""
        holds = (
            ("another authority", self.other_authority),
            ("keys missing", self.keys_missing),
            ("stray file", self.stray),
            ("consistent, signer unknown", not pinned),
            ("without an end", not self.closed),
            ("intact with gaps", bool(self.gaps)),
            ("intact", True),
        )
        return next(word for word, found in holds if found)


class SecondReader:
    """Reads by the page and its grammar."""

    def __init__(self, grammar: str) -> None:
        self._grammar = Validator(grammar)
        self._judged: dict[tuple[str, bytes], str | None] = {}

    def verdict(self, files: Files, authority: bytes | None) -> str:
        """Judge a recording, in the page's words."""
        try:
            recording = self.read(files, authority)
        except NotARecordingError:
            return "not a recording"
        except AlteredError:
            return "altered"
        return recording.verdict(pinned=authority is not None)

    def read(self, files: Files, authority: bytes | None = None) -> Recording:
        """Read a recording of which every rule holds."""
        if "ledger.cbor" not in files:
            raise NotARecordingError
        ledger = self._records(files["ledger.cbor"], "ledger-file", 268_435_456)
        opening, key = _open(ledger[0])
        keys = _ledger(ledger, opening, key, files["ledger.cbor"])
        of_run = opening["run"].hex()
        names = sorted(name for name in files if NAME.fullmatch(name) and name.startswith(of_run))
        chunks: list[Record] = []
        used = [self._segment(name, files[name], chunks, opening) for name in names]
        _continue(used)
        close = ledger[-1].fields if ledger[-1].kind == "close" else None
        held, own = _whole(opening, keys, chunks, used, close)
        own_authority = opening["certificates"][-1]
        other_authority = authority not in (None, own_authority)
        if "receipt.cbor" in files:
            named = [name for name, use in zip(names, used, strict=True) if use in own]
            other_authority |= self._receipt(files, named, ledger[0])
        keyless = sum(each.fields["seq"] >= opening["first_seq"] for each in chunks) - len(held)
        keys_missing = close is None and keyless > ("receipt.cbor" not in files)
        gaps = gaps_of(
            [chunk.fields for chunk in held],
            [record.fields for record in ledger if record.kind == "event"],
            press_ns=opening["press_ns"],
            told_why=bool(opening["missing"]),
            closed_ns=None if close is None else close["at_ns"],
        )
        stray = len(own) < len(used) or not set(files) <= {"ledger.cbor", "receipt.cbor", *names}
        return Recording(
            opening, keys, held, close is not None, gaps, bool(other_authority), keys_missing, stray
        )

    def _records(self, data: bytes, rule: str, limit: int) -> list[Record]:
        """Sections 3 and 4: the one encoding, and the grammar."""
        demand(len(data) <= limit, "4: a file is too long")
        records = list(taken(data))
        items = [[each.kind, each.body, each.signature, *each.rest] for each in records]
        wrong = self._complaint(rule, cbor2.dumps(items))
        demand(wrong is None, f"4: {wrong}")
        for each in records:
            beyond_grammar(each)
        return records

    def _complaint(self, rule: str, data: bytes) -> str | None:
        """What the grammar has against some bytes; the same bytes, as most vectors share, are judged once."""
        if (rule, data) not in self._judged:
            result = self._grammar.validate(data, root_type=rule)
            self._judged[rule, data] = None if result.valid else str(result.errors[:1])
        return self._judged[rule, data]

    def _segment(
        self, name: str, data: bytes, chunks: list[Record], opening: dict[str, Any]
    ) -> tuple[Record, int, int]:
        run, *own = self._records(data, "segment-file", 67_108_864)
        key = chain_key(run.fields["certificates"], run.fields["camera"])
        demand(run.fields["certificates"][-1] == opening["certificates"][-1], "9.3.1: one authority")
        check(key, run)
        demand(name == f"{run.fields['run'].hex()}-{run.fields['index']:08d}.seg", "9.3.2: its name")
        last = chunks[-1] if chunks else None
        if last is not None:
            demand(run.fields["first_seq"] == last.fields["seq"] + 1, "9.3.2: first_seq continues")
            demand(run.fields["previous"] == last.digest, "9.3.2: previous continues")
        seq, previous = run.fields["first_seq"], run.fields["previous"]
        for chunk in own:
            check(key, chunk)
            _chunk(chunk, seq, previous, chunks[-1] if chunks else None)
            seq, previous = seq + 1, chunk.digest
            chunks.append(chunk)
        for record in (run, *own):
            same = all(record.fields[name] == opening[name] for name in ("camera", "run"))
            demand(same, "9.3.2: camera and run are the ledger's")
        recorded = sum(chunk.fields["seq"] >= opening["first_seq"] for chunk in own)
        return run, len(own), recorded

    def _receipt(self, files: Files, names: list[str], opening: Record) -> bool:
        """Section 9, step 6; whether another authority named its signer."""
        [receipt] = self._records(files["receipt.cbor"], "receipt-file", 33_554_432)
        check(chain_key(receipt.fields["certificates"], "fleet receipts"), receipt)
        if receipt.fields["certificates"][-1] != opening.fields["certificates"][-1]:
            return True
        found = {
            **{name: opening.fields[name] for name in ("camera", "recording", "number")},
            "open_digest": opening.digest,
            "ledger_length": len(files["ledger.cbor"]),
            "ledger_sha256": hashlib.sha256(files["ledger.cbor"]).digest(),
            "segments": [
                {"name": name, "size": len(files[name]), "sha256": hashlib.sha256(files[name]).digest()}
                for name in names
            ],
        }
        demand(all(receipt.fields[name] == value for name, value in found.items()), "9.6: it fits the files")
        return False


def _open(record: Record) -> tuple[dict[str, Any], Ed25519PublicKey]:
    key = chain_key(record.fields["certificates"], record.fields["camera"])
    check(key, record)
    return record.fields, key


def _ledger(
    ledger: list[Record], opening: dict[str, Any], key: Ed25519PublicKey, data: bytes
) -> list[dict[str, Any]]:
    """Section 9, step 2."""
    keys: list[dict[str, Any]] = []
    wanted = sorted((each["key_id"], track) for each in opening["recipients"] for track in each["tracks"])
    for before, record in pairwise(ledger):
        fields = record.fields
        check(key, record)
        demand(fields["previous"] == before.digest, "9.2.4: previous")
        if record.kind == "keys":
            due = keys[-1]["last_seq"] + 1 if keys else opening["first_seq"]
            demand(fields["first_seq"] == due, "9.2.5: the ranges follow")
            demand(sorted((each["key_id"], each["track"]) for each in fields["sealed"]) == wanted, "9.2.5")
            length = 1136 + 32 * (fields["last_seq"] - fields["first_seq"] + 1)
            demand(all(len(each["ciphertext"]) == length for each in fields["sealed"]), "9.2.5: a length")
            keys.append(fields)
        if record.kind == "event" and fields["kind"] == "gap":
            demand(_is_gap(fields["detail"]), "9.2.6: a gap event's detail")
        if record.kind == "close":
            demand(fields["ledger"] == hashlib.sha256(data[: record.start]).digest(), "9.2.7: the ledger")
    return keys


def _is_gap(detail: dict[str, Any]) -> bool:
    """Section 9, step 2.6."""
    times = [detail.get(name) for name in ("start_ns", "duration_ns")]
    return (
        set(detail) == {"cause", "track", "start_ns", "duration_ns"}
        and detail["cause"] in CAUSES
        and detail["track"] in {"video", "audio"}
        and all(isinstance(each, int) and each >= 0 for each in times)
        and times[1] != 0
    )


def _chunk(chunk: Record, seq: int, previous: bytes, before: Record | None) -> None:
    """Section 9, step 3.3."""
    fields = chunk.fields
    demand(fields["seq"] == seq, "9.3.3: seq follows")
    demand(fields["previous"] == previous, "9.3.3: previous")
    demand(before is None or fields["start_ns"] > before.fields["start_ns"], "9.3.3: start_ns is later")
    for part, ciphertext in zip(fields["parts"], chunk.rest[0], strict=True):
        demand(hashlib.sha256(ciphertext).digest() == part["digest"], "9.3.3: a part's digest")


def _continue(used: list[tuple[Record, int, int]]) -> None:
    for (before, *_), (after, *_) in pairwise(used):
        demand(after.fields["index"] == before.fields["index"] + 1, "9.3.2: the index follows")


def _whole(
    opening: dict[str, Any],
    keys: list[dict[str, Any]],
    chunks: list[Record],
    used: list[tuple[Record, int, int]],
    close: dict[str, Any] | None,
) -> tuple[list[Record], list[tuple[Record, int, int]]]:
    """Section 9, step 4; returns the recording's chunks that have keys, and the segments that are its."""
    first = opening["first_seq"]
    keyed = keys[-1]["last_seq"] if keys else first - 1
    listed = range(first, max(opening["last_seq"], keyed) + 1)
    all_seqs = [chunk.fields["seq"] for chunk in chunks if chunk.fields["seq"] >= first]
    demand(keyed >= opening["last_seq"], "9.4.1: the keys of the pre-record")
    demand(all_seqs[: len(listed)] == list(listed), "9.4.2: a chunk is missing")
    demand(not all_seqs or all_seqs[0] == first, "9.4.2: the first chunk")
    last = len(used) - 1
    mine = [
        each
        for at, each in enumerate(used)
        if each[2] or (at == 0 and each[1]) or (at == last and not each[1])
    ]
    if close is not None:
        ends = max(keyed, close["last_seq"])
        mine = [each for each in mine if not each[2] or each[0].fields["first_seq"] <= ends]
        if len(mine) == close["segments"] + 1 and mine[0] is used[0] and not mine[0][2]:
            mine = mine[1:]
    spans = [range(run.fields["first_seq"], run.fields["first_seq"] + held) for run, held, _ in mine]
    own = [
        chunk
        for chunk in chunks
        if chunk.fields["seq"] >= first and any(chunk.fields["seq"] in span for span in spans)
    ]
    having = [chunk for chunk in own if chunk.fields["seq"] <= keyed]
    if close is not None:
        demand(having == own, "9.4.4: every chunk has keys")
        end = _end(own[-1].fields) - own[0].fields["start_ns"] if own else 0
        seq = own[-1].fields["seq"] if own else first - 1
        found = {"chunks": len(own), "segments": len(mine), "last_seq": seq, "duration_ns": end}
        demand(all(close[name] == value for name, value in found.items()), "9.4.4: the totals")
    return having, mine


def _end(header: dict[str, Any]) -> int:
    end: int = header["start_ns"] + header["duration_ns"]
    return end
