"""What a report says of a recording, beyond its verdict."""

from __future__ import annotations

import hashlib
import json
import tracemalloc
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.footage.format.cbor import encode
from protocol.footage.format.certificates import fingerprint
from protocol.footage.format.errors import NoLedgerError
from protocol.footage.format.model import ClockLabel, Gap, GapCause, Track
from protocol.footage.format.signing import ed25519_signer
from protocol.footage.ledger.ledger import (
    LEDGER_NAME,
    EventKind,
    Missing,
    iter_ledger,
    ledger_valid_prefix,
    read_ledger,
)
from protocol.footage.ledger.open_record import WITHOUT_A_PRESS, Open
from protocol.footage.ledger.writer import LedgerWriter
from protocol.footage.receipt import RECEIPT_NAME
from protocol.footage.verifying.report import ChunkStatus, Report, Rule, Verdict
from protocol.footage.verifying.results.wording import utc
from protocol.footage.verifying.verify import verify_recording
from tests.support.media.recordings import SECOND_NS, UTC_US, Take, make_identity, record
from tests.support.tries import tries
from tests.support.vectors.forging import records, reforge, reforge_ledger

IDENTITY = make_identity()
TAKE = record(outside=2, prerecord=4, live=3, receipt=True)
FILES = TAKE.files
BEGINS_LATE = (
    "The footage begins 1.0 s after the press: nothing from before it was held (private), and this is the "
    "first that was stored."
)
GAP: dict[str, str | int] = {"cause": "overflow", "track": "video", "start_ns": 0, "duration_ns": 1}


def judge(files: Mapping[str, bytes]) -> Report:
    return verify_recording(files, authorities=[IDENTITY.authority])


def test_a_report_says_what_the_ledger_says() -> None:
    report = judge(FILES)
    assert (report.verdict, report.ok) == (Verdict.INTACT, True)
    assert (report.camera, report.number, report.recording) == ("cam-01", 7, TAKE.recording.hex())
    assert (report.assignment, report.trigger, report.marks) == ("assignment-1", "button", ())
    assert report.press_utc_us == UTC_US + (report.press_ns or 0) // 1000
    assert report.press_utc_synchronised
    assert report.tracks == frozenset(Track)
    assert report.receipt
    assert not report.findings
    assert not report.gaps


def test_times_are_those_of_the_chunks() -> None:
    report = judge(FILES)
    start_ns = TAKE.chunks[2].header.start_ns
    assert report.first_ns == start_ns
    assert report.press_ns == start_ns + 4 * SECOND_NS
    assert report.prerecord_ns == report.asked_ns == 4 * SECOND_NS
    assert report.end_ns == start_ns + 7 * SECOND_NS
    assert report.duration_ns == 7 * SECOND_NS


def test_the_pre_record_counts_from_the_first_chunk_to_the_press() -> None:  # proves C7
    """The press rarely meets a chunk's edge: the chunk being filled then counts as far as the press."""
    take = Take(IDENTITY)
    take.chunk()
    take.at_ns += SECOND_NS // 3
    take.press(asked_s=2)
    take.at_ns -= SECOND_NS // 3
    take.live()
    take.close()
    assert judge(take.files).prerecord_ns == SECOND_NS + SECOND_NS // 3


def test_a_press_before_the_first_chunk_has_no_pre_record() -> None:  # proves C7
    take = Take(IDENTITY)
    take.press(asked_s=180, missing=(Missing(180 * SECOND_NS, GapCause.PRIVATE),))
    take.at_ns += SECOND_NS
    take.live()
    take.close()
    report = judge(take.files)
    assert (report.verdict, report.prerecord_ns) == (Verdict.INTACT, 0)
    assert report.notes == (
        "180.0 s of the pre-record is missing: private.",
        BEGINS_LATE,
    )
    assert report.missing == (Missing(180 * SECOND_NS, GapCause.PRIVATE),)


def test_missing_pre_record_without_a_reason_is_noted() -> None:  # proves C7
    take = Take(IDENTITY)
    take.chunk()
    take.press(asked_s=180)
    take.close()
    assert judge(take.files).notes == ("179.0 s of the pre-record is missing and the camera gave no reason.",)


def test_each_chunk_has_a_status() -> None:
    take = record(outside=2, prerecord=2, live=1, closed=False)
    take.chunk()
    statuses = [(chunk.seq, chunk.status) for chunk in judge(take.files).chunks]
    outside, intact, keyless = ChunkStatus.OUTSIDE, ChunkStatus.INTACT, ChunkStatus.WITHOUT_KEYS
    assert statuses == [(0, outside), (1, outside), (2, intact), (3, intact), (4, intact), (5, keyless)]
    assert "the last chunk has no keys" in judge(take.files).sentence


def test_a_closed_recording_has_keys_for_every_chunk() -> None:
    take = record(closed=False)
    take.chunk()
    take.close()
    report = judge(take.files)
    assert [(finding.rule, finding.record) for finding in report.findings] == [(Rule.KEYS, "close record")]


def test_a_press_before_anything_was_stored_is_cut_off() -> None:
    """The power went before the first chunk: a ledger that is open, and segments from before at most."""
    for chunks in (0, 2):
        take = Take(IDENTITY)
        for _ in range(chunks):
            take.chunk()
        take.press(outside=chunks)
        report = judge(take.files)
        assert report.verdict is Verdict.WITHOUT_END
        assert (report.first_ns, report.duration_ns) == (None, 0)


def test_a_commit_that_lost_its_keys_is_altered() -> None:
    """Once, a ledger cut behind its open read as cut off by a power loss, which never leaves that."""
    files = record(live=0, closed=False).files
    opening = records(files[LEDGER_NAME])[0]
    report = judge({**files, LEDGER_NAME: opening})
    [finding] = report.findings
    assert (finding.rule, finding.file, finding.offset) == (Rule.KEYS, LEDGER_NAME, None)
    assert report.sentence == (
        "Altered: ledger.cbor: it lacks the keys of chunks 1 to 3, "
        "which the press committed together with its open record."
    )


def test_keys_of_some_of_the_pre_record_are_too_few() -> None:
    take = Take(IDENTITY)
    take.chunk()
    take.press()
    take.live()
    opening = reforge_ledger(IDENTITY, take.ledger, 0, lambda fields: fields.update(last_seq=2))
    take.chunk()
    report = judge({**take.files, LEDGER_NAME: opening})
    [finding] = report.findings
    assert finding.rule is Rule.KEYS
    assert finding.reason.startswith("it lacks the keys of chunk 2, ")


def test_a_damaged_ledger_is_not_blamed_for_the_keys_that_cannot_be_read_either() -> None:
    files = record(live=0, closed=False).files
    opening, keys, _ = records(files[LEDGER_NAME])
    for cut in (opening + keys[:-1], opening + keys[:-1] + bytes([keys[-1] ^ 1])):
        assert len(judge({**files, LEDGER_NAME: cut}).findings) == 1


@pytest.mark.parametrize(
    ("detail", "at", "reason"),
    [
        ({}, "detail", "expected a map of 4 entries, found one of 0"),
        ({"what": "much", "why": "so", "who": 1, "when": 2}, "who", "expected the key 'cause', found 'who'"),
        ({**GAP, "cause": "bored"}, "bored", "'bored' is not a known cause of a gap"),
        ({**GAP, "track": "smell"}, "smell", "'smell' is not a known track"),
        ({**GAP, "start_ns": -1}, "start_ns", "expected an unsigned integer, found a negative integer"),
        ({**GAP, "duration_ns": "long"}, "long", "expected an unsigned integer, found a text string"),
        ({**GAP, "duration_ns": 0}, "detail", "a gap of 0 ns is none"),
    ],
)
def test_a_gap_event_that_states_no_gap_is_found_at_its_place(
    detail: dict[str, str | int], at: str, reason: str
) -> None:
    """The ledger is read all the same, so that recovery never cuts off what a camera once wrote."""
    take = record(closed=False)
    take.event(EventKind.GAP, **detail)
    take.close()
    [finding] = judge(take.files).findings
    assert (finding.rule, finding.file, finding.record) == (Rule.FORMAT, LEDGER_NAME, "event record")
    assert finding.reason == reason
    word = encode(at)
    behind = 0 if at in detail.values() else len(word)  # a value, or what follows its key
    assert finding.offset == take.ledger.rindex(word) + (0 if at == "who" else behind)
    assert len(read_ledger(take.ledger).events) == 2
    assert ledger_valid_prefix(take.ledger) == len(take.ledger)


@pytest.mark.parametrize("detail", [{}, GAP])
def test_nothing_is_judged_by_a_gap_event_that_another_signed(detail: dict[str, str | int]) -> None:
    take = record(closed=False)
    take.event(EventKind.GAP, **GAP)
    *before, gap = records(take.files[LEDGER_NAME])
    forged = reforge(make_identity(seed=2).signer, gap, lambda fields: fields.update(detail=dict(detail)))
    report = judge({**take.files, LEDGER_NAME: b"".join([*before, forged])})
    assert [finding.rule for finding in report.findings] == [Rule.SIGNATURE]
    assert report.gaps == ()


def test_a_run_record_alone_may_end_a_cut_off_recording() -> None:
    take = record(outside=0, prerecord=3, live=3, per_segment=3, closed=False)
    take.chunk()
    last = max(take.segments)
    run = records(take.files[last])[0]
    assert judge({**take.files, last: run}).verdict is Verdict.WITHOUT_END
    first = min(take.segments)
    emptied = {**take.files, first: records(take.files[first])[0]}
    assert judge(emptied).verdict is Verdict.ALTERED


def test_a_first_segment_may_lie_wholly_before_the_recording() -> None:
    whole = Take(IDENTITY, per_segment=2)
    for _ in range(4):
        whole.chunk()
    segments = dict(whole.segments)
    whole.press(outside=2)
    whole.segments = segments
    whole.close()
    assert judge(whole.files).verdict is Verdict.INTACT


def test_more_segments_before_the_recording_are_found() -> None:
    whole = Take(IDENTITY, per_segment=2)
    for _ in range(6):
        whole.chunk()
    segments = dict(whole.segments)
    whole.press(outside=4)
    whole.segments = segments
    report = judge(whole.files)
    assert [(f.rule, f.file) for f in report.findings] == [(Rule.UNEXPECTED, sorted(segments)[1])]


def test_without_a_pinned_authority_only_consistency_is_shown() -> None:
    # proves F8
    report = verify_recording(FILES)
    assert (report.verdict, report.verdicts) == (Verdict.SIGNER_UNKNOWN, (Verdict.SIGNER_UNKNOWN,))
    assert report.sentence.startswith("Consistent, signer unknown: ")
    assert (
        "all of it as a camera signed it that calls itself cam-01; no authority was given" in report.sentence
    )
    said = " ".join([report.sentence, *report.notes])
    assert not any(claim in said for claim in ("Intact", "The fleet signed", "exactly as cam-01"))
    assert not report.authority_checked
    assert report.receipt
    assert (report.receipt.fits, report.receipt.authority_checked) == (True, False)
    assert report.authority == fingerprint(IDENTITY.authority)
    assert judge(FILES).authority_checked


def test_another_authority_is_named_and_nothing_else_is_blamed() -> None:
    other = make_identity(seed=2).authority
    report = verify_recording(FILES, authorities=[other])
    [finding] = report.findings
    assert finding.rule is Rule.AUTHORITY
    assert report.verdict is Verdict.OTHER_AUTHORITY
    assert report.sentence.startswith("Another authority: open record (ledger.cbor, byte ")
    assert "Apart from that: consistent, signer unknown: 7.0 s" in report.sentence
    assert fingerprint(IDENTITY.authority) in finding.reason
    assert {chunk.status for chunk in report.chunks} == {ChunkStatus.INTACT, ChunkStatus.OUTSIDE}
    assert verify_recording(FILES, authorities=[other, IDENTITY.authority]).ok


def test_a_ledger_whose_open_does_not_hold_is_not_quoted() -> None:
    opening, *rest = records(FILES[LEDGER_NAME])
    forged = reforge(make_identity(seed=2).signer, opening, lambda fields: fields.update(number=8))
    report = judge({**FILES, LEDGER_NAME: b"".join([forged, *rest])})
    assert report.verdict is Verdict.ALTERED
    assert (report.camera, report.number, report.press_ns) == (None, None, None)
    assert "open record does not hold" in report.notes[0]
    assert len(report.chunks) == 9


def test_an_unsynchronised_clock_is_noted_and_costs_nothing() -> None:  # proves C10
    opening = next(iter_ledger(FILES[LEDGER_NAME])).record
    assert isinstance(opening, Open)
    writer = LedgerWriter(IDENTITY.signer)
    entries = list(iter_ledger(FILES[LEDGER_NAME]))
    label = ClockLabel(utc_us=-1, synchronised=False)
    marked = replace(opening, label=label, marks=("safety override",))
    ledger = b"".join(writer.append(each) for each in [marked, *(entry.record for entry in entries[1:])])
    files = {name: data for name, data in FILES.items() if name != "receipt.cbor"}
    report = judge({**files, LEDGER_NAME: ledger})
    assert report.verdict is Verdict.INTACT
    assert report.notes == (
        "The camera's clock was not synchronised at the press: its wall times are only indicative.",
        "The camera marked the recording: safety override.",
    )


def test_the_report_is_json() -> None:
    report = judge({**FILES, "note.txt": b""})
    text = json.loads(json.dumps(report.to_json()))
    assert (text["verdict"], text["verdicts"]) == ("stray file", ["stray file"])
    assert text["findings"] == [
        {
            "rule": "unexpected",
            "file": "note.txt",
            "offset": None,
            "record": "",
            "reason": "this file does not belong to a recording",
        }
    ]
    assert text["chunks"][0]["status"] == "outside the recording"
    assert len(text["chunks"]) == 9


def test_progress_adds_up_to_every_byte() -> None:
    for files in (FILES, {**FILES, sorted(TAKE.segments)[1]: b"garbage"}):
        done: list[int] = []
        report = verify_recording(files, progress=done.append)
        assert sum(done) == report.bytes_checked == sum(map(len, files.values()))


def test_no_ledger_is_no_recording() -> None:
    with pytest.raises(NoLedgerError, match=r"there is no ledger\.cbor in it"):
        verify_recording({})


@given(st.dictionaries(st.sampled_from([*FILES, "x.seg"]), st.binary(max_size=80)))
@settings(max_examples=tries(50))
def test_any_files_are_judged(files: dict[str, bytes]) -> None:
    report = judge({**FILES, **files})
    assert report.ok == (not files)


@pytest.mark.slow
@given(st.sampled_from(sorted(FILES)), st.data())
@settings(max_examples=tries(80))
def test_any_splice_is_found(name: str, data: st.DataObject) -> None:
    old = FILES[name]
    start = data.draw(st.integers(0, len(old)))
    end = data.draw(st.integers(start, min(len(old), start + 100)))
    new = old[:start] + data.draw(st.binary(max_size=30)) + old[end:]
    assert judge({**FILES, name: new}).ok == (new == old)


def test_segments_are_held_one_at_a_time() -> None:
    """A recording of hours must not need memory for hours."""
    take = record(prerecord=24, live=0, per_segment=4, size=500_000, tracks=frozenset({Track.VIDEO}))
    files = take.files
    alive: list[str] = []

    class Lazy(Mapping[str, bytes]):
        def __getitem__(self, name: str) -> bytes:
            alive.append(name)
            return memoryview(files[name]).tobytes()

        def __iter__(self) -> Iterator[str]:
            return iter(files)

        def __len__(self) -> int:
            return len(files)

        def __contains__(self, name: object) -> bool:
            return name in files

    tracemalloc.start()
    report = verify_recording(Lazy())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert report.ok
    assert len(alive) == len(files)
    assert peak < 1.5 * max(map(len, files.values())), "more than one segment was held"


@pytest.mark.parametrize("outside", [0, 1])
def test_segments_cut_down_to_their_run_records_are_judged(outside: int) -> None:
    """Once the verifier fell over this instead of judging it: segments that hold no chunk at all."""
    take = record(outside=outside, prerecord=2, live=0, per_segment=4)
    [name] = [name for name in take.files if name.endswith(".seg")]
    report = judge({**take.files, name: records(take.files[name])[0]})
    assert report.verdict is Verdict.ALTERED
    assert [finding.rule for finding in report.findings] == [Rule.MISSING]
    missing = f"chunks {outside} to {outside + 1} are missing in the segments"
    assert report.sentence == f"Altered: ledger.cbor: {missing}: the ledger lists what no file holds."


@pytest.mark.slow
def test_memory_grows_by_less_than_a_kilobyte_a_chunk() -> None:
    """So four hours, 14,400 chunks, cost 14 MB beside their ledger and one segment, whatever their size."""
    peaks = []
    for live in (40, 120):
        files = record(prerecord=2, live=live, per_segment=8).files
        verify_recording(files)
        tracemalloc.start()
        verify_recording(files)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] - peaks[0] < 80 * 1000, peaks


def test_what_was_cut_off_before_its_press_has_no_more_before_the_press_than_it_has() -> None:
    """The chunk of the press was not stored when the power went: its seconds were told as pre-record."""
    take = Take(IDENTITY)
    for _ in range(4):
        take.chunk()
    take.at_ns += 3_500_000_000
    take.press()
    report = judge(take.files)
    assert report.prerecord_ns == report.duration_ns == 4 * SECOND_NS
    assert "4.0 s of it before the press" in report.sentence
    assert "it ends 3.5 s before the press" in report.sentence
    assert report.notes[0] == "172.5 s of the pre-record is missing and the camera gave no reason."


def early(*gaps: Gap, missing: tuple[Missing, ...] = ()) -> Report:
    """The report on a recording whose first chunk comes a second after the press."""
    take = Take(IDENTITY)
    take.press(asked_s=2, missing=missing)
    take.at_ns += SECOND_NS
    take.live(gaps=gaps)
    take.close()
    return judge(take.files)


def test_the_span_from_the_press_to_the_first_chunk_is_explained_in_words() -> None:  # proves F8
    told = early(missing=(Missing(2 * SECOND_NS, GapCause.PRIVATE),))
    assert (told.verdict, told.gaps) == (Verdict.INTACT, ())
    assert BEGINS_LATE in told.notes
    start_ns = Take(IDENTITY).at_ns
    stated = early(*(Gap(track, start_ns, SECOND_NS, GapCause.DOCKED) for track in Track))
    assert stated.verdict is Verdict.INTACT_WITH_GAPS
    assert "until then, as the camera signed it: docked." in " ".join(stated.notes)
    assert all(gap.explained for gap in stated.gaps)
    silent = early()
    assert "The footage begins 1.0 s after the press, and the camera gave no reason." in silent.notes
    assert [(gap.start_ns, gap.explained) for gap in silent.gaps] == [(start_ns, False)] * 2


def test_events_after_the_last_footage_are_explained_in_words() -> None:  # proves F8
    take = record(closed=False)
    assert not any("The last that the ledger tells of" in note for note in judge(take.files).notes)
    take.at_ns += 3 * SECOND_NS
    take.event(EventKind.BOOKMARK)
    report = judge(take.files)
    assert report.verdict is Verdict.WITHOUT_END
    assert report.notes[-1] == (
        "The last that the ledger tells of (bookmark) came 3.0 s after the end of the footage: what was "
        "filmed in between was not stored together with its keys."
    )


def test_two_chunks_without_keys_are_more_than_a_power_cut_leaves() -> None:  # proves F8
    take = record(closed=False)
    take.chunk()
    assert (judge(take.files).verdict, judge(take.files).without_keys) == (Verdict.WITHOUT_END, 1)
    take.chunk()
    report = judge(take.files)
    assert (report.verdict, report.without_keys) == (Verdict.KEYS_MISSING, 2)
    assert report.sentence.startswith(
        "Keys missing: ledger.cbor: the last 2 chunks have no keys; a power cut leaves at most one such: a "
        "card that took no more keys, or somebody who removed them, leaves this. Apart from that: without an "
        "end: 5.0 s"
    )


def test_a_receipt_for_a_chunk_without_keys_is_no_fleet_s() -> None:
    take = record(closed=False)
    take.sign_receipt("without an end")
    assert judge(take.files).verdict is Verdict.WITHOUT_END
    take.chunk()
    take.sign_receipt("without an end")
    [finding] = judge(take.files).findings
    assert (finding.rule, finding.file) == (Rule.KEYLESS, RECEIPT_NAME)
    assert "the last chunk has no keys; no fleet receives that" in finding.reason


def test_the_time_of_receipt_its_signer_and_what_it_is_for_are_told() -> None:  # proves F8
    report = judge(FILES)
    assert report.receipt is not None
    told = report.receipt.to_json()
    digest = hashlib.sha256(FILES[LEDGER_NAME]).hexdigest()
    assert isinstance(told, dict)
    assert told["received_utc_us"] == TAKE.received_utc_us
    assert told["received"] == "2026-11-18 11:15:14.000000 UTC"
    assert (told["fits"], told["signer"], told["authority_checked"]) == (True, "fleet receipts", True)
    assert (told["ledger_sha256"], told["ledger_length"]) == (digest, len(FILES[LEDGER_NAME]))
    assert (told["verdict"], told["segments"]) == ("intact", len(TAKE.segments))
    assert report.notes[-1] == (
        f"The fleet signed a receipt for exactly these files at {told['received']} by its own clock (ledger "
        f"SHA-256 {digest}), and found them intact."
    )


def test_the_time_of_a_receipt_that_does_not_fit_is_told_too() -> None:
    other = record(outside=2, prerecord=4, live=3, receipt=True, seed=4)
    report = judge({**FILES, RECEIPT_NAME: other.files[RECEIPT_NAME]})
    assert report.verdict is Verdict.ALTERED
    assert report.receipt is not None
    assert (report.receipt.fits, report.receipt.received_utc_us) == (False, other.received_utc_us)
    assert not any("signed a receipt for exactly these files" in note for note in report.notes)


def test_an_earlier_fleet_s_word_for_a_recording_without_an_end_is_not_repeated() -> None:  # proves F8
    take = record(closed=False)
    take.sign_receipt("cut off by power loss")
    report = judge(take.files)
    assert report.verdict is Verdict.WITHOUT_END
    assert report.notes[-1].endswith("and found them without an end.")
    assert "power loss" not in " ".join(report.notes)


def test_a_receipt_s_time_past_every_calendar_is_told_as_a_number() -> None:
    assert utc(2**64) == f"{2**64} microseconds after the beginning of 1970 UTC"
    assert utc(0) == "1970-01-01 00:00:00.000000 UTC"


def test_everything_that_holds_is_told_beside_the_worst() -> None:  # proves F8
    take = record(closed=False)
    files = {**take.files, "note.txt": b""}
    report = verify_recording(files)
    assert report.verdicts == (Verdict.STRAY_FILE, Verdict.SIGNER_UNKNOWN, Verdict.WITHOUT_END)
    assert report.sentence.startswith(
        "Stray file: note.txt: this file does not belong to a recording. Without it: consistent, signer "
        "unknown: "
    )
    assert "nothing shows where it ended" in report.sentence
    broken = {name: data[:-1] + b"\0" if name.endswith(".seg") else data for name, data in files.items()}
    stranger = verify_recording(broken, authorities=[make_identity(seed=2).authority])
    assert stranger.verdicts == (Verdict.ALTERED, Verdict.OTHER_AUTHORITY, Verdict.STRAY_FILE)
    assert stranger.sentence.startswith("Altered: chunk ")


def test_a_receipt_of_another_fleet_is_named_as_that_and_the_recording_is_not_blamed() -> None:  # proves F8
    other = make_identity(seed=2)
    receipt = reforge(
        ed25519_signer(other.receipts_key),
        FILES[RECEIPT_NAME],
        lambda fields: fields.update(certificates=[other.receipts_certificate, other.authority]),
    )
    report = judge({**FILES, RECEIPT_NAME: receipt})
    assert report.verdicts == (Verdict.OTHER_AUTHORITY,)
    assert fingerprint(other.authority) in report.sentence
    assert "Apart from that: intact: 7.0 s" in report.sentence
    assert report.receipt is not None
    assert (report.receipt.fits, report.receipt.authority_checked) == (False, False)


@pytest.mark.parametrize(
    ("trigger", "begun", "at"),
    [
        ("button", "the press", "at the press"),
        ("odd", "the press", "at the press"),
        *((each, "it was begun", "when it was begun") for each in sorted(WITHOUT_A_PRESS)),
    ],
)
def test_a_press_is_spoken_of_only_where_there_was_one(
    trigger: str, begun: str, at: str
) -> None:  # proves F8
    take = Take(IDENTITY)
    take.clock_set = False
    take.press(asked_s=0, trigger=trigger)
    take.at_ns += SECOND_NS
    take.live()
    take.close()
    report = judge(take.files)
    assert f"0.0 s of it before {begun}," in report.sentence
    assert report.notes == (
        f"The footage begins 1.0 s after {begun}, and the camera gave no reason.",
        f"The camera's clock was not synchronised {at}: its wall times are only indicative.",
    )
    late = Take(IDENTITY)
    late.chunk()
    late.at_ns += 2 * SECOND_NS
    late.press(asked_s=0, trigger=trigger)
    assert f"it ends 2.0 s before {begun}" in judge(late.files).sentence
