"""Tampering as strings: ``"kkkkkk"`` is six chunks, each kept. Change one letter and state the verdict.

    k keep   d drop   r repeat   s swap with the next   a alter a byte of the ciphertext
    h alter a byte of the header   g alter the signature   c cut the record short   x append a byte to it
    u the one in its place from another run   o from another camera of the fleet   n the next of its own file

The forger here has no key; ``test_verify.py`` has one who does.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.footage.format.segment import read_segment
from protocol.footage.ledger.ledger import LEDGER_NAME
from protocol.footage.verifying.report import ChunkStatus, Report, Rule, Verdict
from protocol.footage.verifying.verify import verify_recording
from tests.support.media.recordings import make_identity, record
from tests.support.tries import tries
from tests.support.vectors.forging import records

IDENTITY = make_identity()
CLOSED = record(outside=0, prerecord=3, live=3, per_segment=3).files
OPEN = record(outside=0, prerecord=3, live=3, per_segment=3, closed=False).files
SEGMENTS = sorted(name for name in CLOSED if name.endswith(".seg"))
RUN = record(outside=0, prerecord=3, live=3, per_segment=3, seed=2).files
CAMERA = record(make_identity("cam-02"), outside=0, prerecord=3, live=3, per_segment=3).files


def flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


SIGNATURE = b"\x58\x40"  # the head of a byte string of 64 bytes
TAMPERED: dict[str, Callable[[bytes], list[bytes]]] = {
    "k": lambda record: [record],
    "s": lambda record: [record],  # swapped before, with the one that follows
    "d": lambda _: [],
    "r": lambda record: [record, record],
    "a": lambda record: [flip(record, len(record) - 1)],
    "h": lambda record: [flip(record, record.index(SIGNATURE) - 1)],
    "g": lambda record: [flip(record, record.index(SIGNATURE) + 10)],
    "c": lambda record: [record[:-5]],
    "x": lambda record: [record + b"\0"],
    "u": lambda record: [record],  # replaced before, as are the next two
    "o": lambda record: [record],
    "n": lambda record: [record],
}
"""What stands in the place of a record."""


SPLICED = {"u": RUN, "o": CAMERA}
"""Where a record comes from that is not the recording's own."""


def chunks_of(files: dict[str, bytes]) -> list[bytes]:
    """Every chunk record of a recording, in order."""
    segments = sorted(name for name in files if name.endswith(".seg"))
    return [chunk for name in segments for chunk in records(files[name])[1:]]


def apply(pattern: str, files: dict[str, bytes]) -> dict[str, bytes]:
    """Change a recording's chunks as the pattern says; each stays in its own file."""
    changed = dict(files)
    for at, name in enumerate(SEGMENTS):
        run, *chunks = records(files[name])
        letters = pattern[3 * at : 3 * at + 3]
        for place, letter in enumerate(letters):
            if letter == "s":
                chunks[place], chunks[place + 1] = chunks[place + 1], chunks[place]
            if letter in SPLICED:
                chunks[place] = chunks_of(SPLICED[letter])[3 * at + place]
            if letter == "n":
                chunks[place] = chunks[(place + 1) % 3]
        pieces = [
            piece for letter, chunk in zip(letters, chunks, strict=True) for piece in TAMPERED[letter](chunk)
        ]
        changed[name] = run + b"".join(pieces)
    return changed


def judge(files: dict[str, bytes]) -> Report:
    return verify_recording(files, authorities=[IDENTITY.authority])


@pytest.mark.parametrize(
    ("pattern", "verdict", "first", "says"),
    [
        ("kkkkkk", Verdict.INTACT, "", "Intact: 6.0 s in 6 chunks"),
        ("dkkkkk", Verdict.ALTERED, "chunk 1", "chunk 0 is missing before it"),
        ("kdkkkk", Verdict.ALTERED, "chunk 2", "chunk 1 is missing before it"),
        (
            "kkdkkk",
            Verdict.ALTERED,
            "run record",
            "chunk 2 should come next, this segment begins with chunk 3",
        ),
        ("kkkkkd", Verdict.ALTERED, "", "chunk 5 is missing after"),
        ("kkkddd", Verdict.ALTERED, "", "chunks 3 to 5 are missing after"),
        ("kddkkk", Verdict.ALTERED, "run record", "chunk 1 should come next"),
        ("rkkkkk", Verdict.ALTERED, "chunk 0", "repeated or out of order, chunk 1 should come next"),
        ("kkkkkr", Verdict.ALTERED, "chunk 5", "repeated or out of order, chunk 6 should come next"),
        ("skkkkk", Verdict.ALTERED, "chunk 1", "chunk 0 is missing before it"),
        ("kskkkk", Verdict.ALTERED, "chunk 2", "chunk 1 is missing before it"),
        ("akkkkk", Verdict.ALTERED, "chunk 0", "its audio is not what the camera signed"),
        ("kkkkak", Verdict.ALTERED, "chunk 4", "its audio is not what the camera signed"),
        ("kkkkkg", Verdict.ALTERED, "chunk 5", "the signature does not fit"),
        ("kkhkkk", Verdict.ALTERED, "chunk 2", "the signature does not fit"),
        ("kkckkk", Verdict.ALTERED, "the record after chunk 1", "goes past the end"),
        ("kckkkk", Verdict.ALTERED, "chunk 1", "its audio is not what the camera signed"),
        ("kkxkkk", Verdict.ALTERED, "the record after chunk 2", "expected an array"),
        ("kukkkk", Verdict.ALTERED, "chunk 1", "it belongs to another camera or run than the recording"),
        ("ukkkkk", Verdict.ALTERED, "chunk 0", "it belongs to another camera or run than the recording"),
        ("kkkkko", Verdict.ALTERED, "chunk 5", "the signature does not fit"),
        ("kknkkk", Verdict.ALTERED, "chunk 0", "it is repeated or out of order, chunk 2 should come next"),
        ("uuuuuu", Verdict.ALTERED, "chunk 0", "it belongs to another camera or run than the recording"),
        ("oooooo", Verdict.ALTERED, "chunk 0", "the signature does not fit"),
        (
            "dddddd",
            Verdict.ALTERED,
            "run record",
            "chunk 0 should come next, this segment begins with chunk 3",
        ),
    ],
)
def test_a_pattern_and_its_verdict(pattern: str, verdict: Verdict, first: str, says: str) -> None:
    report = judge(apply(pattern, CLOSED))
    assert report.verdict is verdict
    assert says in report.sentence
    if report.findings:
        assert report.findings[0].record == first


@pytest.mark.parametrize("closed", [True, False])
def test_any_one_change_to_any_one_chunk_is_found(*, closed: bool) -> None:
    files = CLOSED if closed else OPEN
    for at, letter in product(range(6), "drsahgcxuon"):
        if letter == "s" and at % 3 == 2:
            continue  # there is no next one in its file
        pattern = "k" * at + letter + "k" * (5 - at)
        report = judge(apply(pattern, files))
        assert report.verdict is Verdict.ALTERED, pattern
        assert report.findings, pattern


@pytest.mark.slow
@given(st.text("kdrahgcxuon", min_size=6, max_size=6))
@settings(max_examples=tries(60))
def test_any_changes_together_are_found(pattern: str) -> None:
    for files in (CLOSED, OPEN):
        intact = judge(apply(pattern, files)).verdict is not Verdict.ALTERED
        assert intact == (pattern == "kkkkkk"), pattern


@pytest.mark.parametrize("letter", "ahg")
@pytest.mark.parametrize("at", range(6))
def test_one_altered_chunk_is_one_finding_at_its_place(at: int, letter: str) -> None:
    report = judge(apply("k" * at + letter + "k" * (5 - at), CLOSED))
    [finding] = report.findings
    chunk = read_segment(CLOSED[SEGMENTS[at // 3]]).chunks[at % 3]
    assert finding.file == SEGMENTS[at // 3]
    assert finding.record == f"chunk {at}"
    assert finding.offset is not None
    assert chunk.offset <= finding.offset < chunk.end
    statuses = [chunk.status for chunk in report.chunks]
    assert statuses == [ChunkStatus.ALTERED if seq == at else ChunkStatus.INTACT for seq in range(6)]


def tamper_with_ledger(pattern: str, files: dict[str, bytes]) -> dict[str, bytes]:
    """The same for the ledger's records: open, keys of three chunks, thrice keys of one, event, close."""
    pieces = records(files[LEDGER_NAME])
    for place, letter in enumerate(pattern):
        if letter == "s":
            pieces[place], pieces[place + 1] = pieces[place + 1], pieces[place]
        if letter in SPLICED:
            pieces[place] = records(SPLICED[letter][LEDGER_NAME])[place]
    kept = [piece for letter, each in zip(pattern, pieces, strict=True) for piece in TAMPERED[letter](each)]
    return {**files, LEDGER_NAME: b"".join(kept)}


@pytest.mark.parametrize(
    ("pattern", "verdict", "says"),
    [
        ("kkkkkkk", Verdict.INTACT, "Intact"),
        ("dkkkkkk", Verdict.ALTERED, "a ledger begins with its open record"),
        ("kdkkkkk", Verdict.ALTERED, "does not follow the record before it"),
        ("kkkkkdk", Verdict.ALTERED, "close record (ledger.cbor, byte"),
        ("kkkkkkd", Verdict.WITHOUT_END, "nothing shows where it ended"),
        ("kkkkkkr", Verdict.ALTERED, "bytes follow the ledger's close"),
        ("rkkkkkk", Verdict.ALTERED, "here is another"),
        ("kskkkkk", Verdict.ALTERED, "does not follow"),
        ("kkkkksk", Verdict.ALTERED, "it does not follow the record before it"),
        ("kkgkkkk", Verdict.ALTERED, "keys of chunks 3 to 3"),
        ("kkkkkkc", Verdict.ALTERED, "goes past the end"),
        ("kkkkkkx", Verdict.ALTERED, "1 bytes follow the ledger's close"),
        ("kkukkkk", Verdict.ALTERED, "keys of chunks 3 to 3 (ledger.cbor, byte"),
        ("kkkkkuk", Verdict.ALTERED, "it does not follow the record before it"),
        ("kkkkkku", Verdict.ALTERED, "it does not follow the record before it"),
        ("kokkkkk", Verdict.ALTERED, "the signature does not fit"),
        ("uuuuuuu", Verdict.ALTERED, "are missing in the segments"),
        ("ooooooo", Verdict.ALTERED, "run record"),
    ],
)
def test_a_pattern_of_a_ledger_and_its_verdict(pattern: str, verdict: Verdict, says: str) -> None:
    report = judge(tamper_with_ledger(pattern, CLOSED))
    assert report.verdict is verdict
    assert says in report.sentence


def test_any_one_change_to_the_ledger_is_found_but_for_its_end() -> None:
    for at, letter in product(range(7), "drsahgcxuo"):
        if letter == "s" and at == 6:
            continue
        pattern = "k" * at + letter + "k" * (6 - at)
        verdict = judge(tamper_with_ledger(pattern, CLOSED)).verdict
        assert verdict is (Verdict.WITHOUT_END if pattern == "kkkkkkd" else Verdict.ALTERED), pattern


def test_losing_both_ends_alike_looks_like_a_power_cut() -> None:
    """The limit that the format states: an end cut off between records cannot be told from a power cut."""
    files = tamper_with_ledger("kkkkddd", CLOSED)
    report = judge(
        {**files, **{name: data for name, data in apply("kkkkkd", CLOSED).items() if name in SEGMENTS}}
    )
    assert report.verdict is Verdict.WITHOUT_END
    assert "5 chunks" in report.sentence


def test_a_receipt_shows_that_an_end_was_cut_off() -> None:
    whole = record(outside=0, prerecord=3, live=3, per_segment=3, receipt=True).files
    report = judge(tamper_with_ledger("kkkkkkd", whole))
    assert report.verdict is Verdict.ALTERED
    assert [finding.rule for finding in report.findings] == [Rule.RECEIPT]
    assert "the fleet received another ledger.cbor" in report.sentence
