"""The recorder on a real folder: presses, stops, roll-overs, and what the verifier says of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from device.recording.state import Event
from device.ring.chunk import RingChunk
from device.ring.window import Recorded
from device.storage.durable import AppendFile
from protocol.footage.format.model import Gap, GapCause, Track
from protocol.footage.ledger.ledger import EventKind, Missing, read_ledger
from protocol.footage.sealing.opening import open_parts
from protocol.footage.sealing.sealed_chunk import SealedChunk
from protocol.footage.verifying.verify import Verdict
from protocol.messages.events import CameraEvent, NewsKind
from protocol.mode import Mode
from tests.support.camera.recorders import Bench
from tests.support.media.recordings import SECOND_NS, plain_chunk
from tests.support.storage.disks import PATIENCE_S, Call, HangingFilesystem, WatchedFilesystem

SECOND_US = 1_000_000


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    bench.boot()
    yield bench
    bench.recorder.close()


def plaintexts(bench: Bench, number: int) -> list[str]:
    """What the recipient reads of a recording, part by part."""
    return [
        part.data.rstrip(b".").decode() for part in open_parts(bench.files(number), bench.identity.private)
    ]


def test_a_press_commits_the_window_and_what_follows_until_the_stop(bench: Bench) -> None:
    # proves C6 and C7
    bench.seconds(15)
    begins = bench.clock.now_ns - 10 * SECOND_NS
    pressed = bench.press()
    assert (pressed.ok, pressed.number, pressed.state) == (True, 1, Mode.RECORDING)
    assert pressed.prerecord_s == pytest.approx(10)
    bench.seconds(5)
    stopped = bench.stop()
    assert (stopped.ok, stopped.number, stopped.state) == (True, 1, Mode.READY)
    report = bench.verify(1)
    assert report.verdict is Verdict.INTACT, report.sentence
    assert report.first_ns == begins
    assert report.duration_ns == 16 * SECOND_NS
    expected = [
        f"plain {track} at {begins + at * SECOND_NS}" for at in range(16) for track in ("video", "audio")
    ]
    assert [text.strip() for text in plaintexts(bench, 1)] == expected
    opening = read_ledger(bench.files(1)["ledger.cbor"]).open
    assert (opening.asked_ns, opening.held_ns, opening.missing) == (10 * SECOND_NS, 10 * SECOND_NS, ())


def keep_calls(disk: WatchedFilesystem, heard: list[list[Call]]) -> Callable[[CameraEvent], None]:
    """Keeps what the disk has been asked for whenever there is news."""
    return lambda _: heard.append(list(disk.calls))


def test_a_commit_writes_no_footage_whatever_the_window(tmp_path: Path) -> None:
    # proves C4
    written = {}
    for window in (10, 120):
        disk = WatchedFilesystem()
        bench = Bench(tmp_path / str(window), window_s=window, disk=disk, part_bytes=20_000)
        bench.root.mkdir()
        bench.boot()
        bench.seconds(window + 5)
        disk.calls.clear()
        acknowledged: list[list[Call]] = []
        bench.recorder.news.listen(keep_calls(disk, acknowledged))
        bench.press()
        written[window] = disk.written()
        recordings, claim = bench.folders.recordings, bench.folders.claim(1)
        steps = [("create", claim), ("write", claim), ("sync_data", claim), ("sync_dir", recordings)]
        assert [(call.name, call.path) for call in acknowledged[0]] == steps, "one durable file"
        assert {call.path for call in disk.calls if call.name == "write"} == {claim}
        assert disk.count("create") == 1
        assert disk.count("link") == len(bench.shelf.recordings()[0].closed_segments) + 2
        bench.recorder.close()
    keys = 32 * 2  # a key for each part, and nothing else, grows with the window
    assert written[120] - written[10] <= 110 * keys + 100
    assert written[120] < 40_000, "the window holds 4.8 MB"


def test_a_press_during_a_recording_is_answered_with_it(bench: Bench) -> None:
    bench.seconds(3)
    first = bench.press()
    bench.seconds(2)
    again = bench.press()
    assert (again.ok, again.number, again.state) == (True, first.number, Mode.RECORDING)
    assert again.prerecord_s == first.prerecord_s
    bench.stop()
    events = read_ledger(bench.files(1)["ledger.cbor"]).events
    assert [event.kind for event in events] == [EventKind.PRESS] * 2, "and nothing but that is written"


def test_answers_name_the_recording_by_its_id(bench: Bench) -> None:
    """A number says which of a camera's; the id says which for good, and a stop says how long it is."""
    bench.seconds(3)
    answers = [bench.press(), bench.press(), bench.recorder.bookmark()]
    bench.seconds(2)
    stopped = bench.stop()
    report = bench.verify(1)
    assert {each.to_json()["recording"] for each in (*answers, stopped)} == {report.recording}
    assert stopped.to_json()["duration_s"] == (report.duration_ns or 0) / SECOND_NS
    refused = bench.recorder.bookmark().to_json()
    assert not refused["ok"]
    assert "recording" not in refused


def test_a_press_under_a_name_that_no_ledger_takes_is_refused_and_harms_none(bench: Bench) -> None:
    bench.seconds(3)
    with pytest.raises(ValueError, match="named in at most"):
        bench.recorder.press("x" * 2_000)
    assert bench.press().number == 1
    bench.stop()
    assert bench.verify(1).verdict is Verdict.INTACT


def test_a_press_during_the_stop_takes_it_back(bench: Bench) -> None:
    # proves C6
    bench.seconds(3)
    bench.press()
    bench.seconds(2)
    asked = threading.Event()
    bench.recorder.cut = asked.set
    outcomes = []
    thread = threading.Thread(target=lambda: outcomes.append(bench.recorder.stop()))
    thread.start()
    assert asked.wait(5)
    assert bench.press().number == 1
    thread.join(5)
    assert not outcomes[0].ok
    assert "goes on" in outcomes[0].sentence
    bench.recorder.cut = bench.second
    bench.seconds(4)
    assert bench.stop().ok
    report = bench.verify(1)
    assert report.verdict is Verdict.INTACT
    assert report.duration_ns == 10 * SECOND_NS


def test_a_stop_ends_with_the_chunk_being_filled_and_the_next_recording_overlaps(bench: Bench) -> None:
    # proves C6
    bench.seconds(12)
    bench.press()
    bench.seconds(3)
    bench.stop()
    end = bench.verify(1).end_ns
    assert end is not None
    assert end == bench.clock.now_ns
    bench.seconds(2)
    bench.press()
    bench.seconds(1)
    bench.stop()
    second = bench.verify(2)
    assert second.verdict is Verdict.INTACT
    assert second.first_ns is not None
    assert second.first_ns < end, "the window reaches back into the recording before"
    first_chunks = {chunk.seq for chunk in bench.verify(1).chunks}
    second_chunks = {chunk.seq for chunk in second.chunks}
    assert first_chunks & second_chunks
    assert first_chunks | second_chunks == set(range(min(first_chunks), max(second_chunks) + 1))


def test_a_stop_without_a_camera_still_ends_the_recording(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("device.recording.executor.CHUNK_WAIT_S", 0.05)
    bench.seconds(3)
    bench.press()
    bench.recorder.cut = lambda: None
    stopped = bench.stop()
    assert stopped.ok
    assert bench.verify(1).verdict is Verdict.INTACT


def test_a_bookmark_is_in_the_ledger_and_needs_a_recording(bench: Bench) -> None:
    bench.seconds(3)
    assert not bench.recorder.bookmark().ok
    bench.press()
    bench.second()
    at = bench.clock.now_ns
    assert bench.recorder.bookmark().number == 1
    bench.stop()
    events = read_ledger(bench.files(1)["ledger.cbor"]).events
    assert [(event.kind, event.at_ns) for event in events][1:] == [(EventKind.BOOKMARK, at)]


def test_a_long_recording_rolls_over_without_a_seam(tmp_path: Path) -> None:
    # proves C6
    bench = Bench(tmp_path, settings={"camera": {"roll_over_min": 0.1}})
    bench.boot()
    bench.seconds(4)
    bench.press()
    bench.seconds(14)
    bench.stop()
    reports = [bench.verify(number) for number in (1, 2, 3)]
    assert [report.verdict for report in reports] == [Verdict.INTACT] * 3
    assert reports[1].first_ns == reports[0].end_ns
    assert reports[2].first_ns == reports[1].end_ns
    seen = [text for number in (1, 2, 3) for text in plaintexts(bench, number) if "video" in text]
    assert len(seen) == len(set(seen)) == 4 + 14 + 1
    first, second = (read_ledger(bench.files(number)["ledger.cbor"]) for number in (1, 2))
    assert first.close is not None
    assert first.close.reason == "rolled over"
    assert first.events[-1].detail == {"next": 2}
    assert second.open.trigger == "roll over"
    assert second.open.previous_open == first.open_digest
    assert (second.open.asked_ns, second.open.missing) == (0, ())


def test_numbers_and_the_chain_of_opens_survive_restarts(bench: Bench) -> None:
    for number in (1, 2, 3):
        bench.seconds(3)
        assert bench.press().number == number
        bench.stop()
        bench.recorder.close()
        bench.boot()
    ledgers = [read_ledger(bench.files(number)["ledger.cbor"]) for number in (1, 2, 3)]
    assert [ledger.open.previous_open for ledger in ledgers] == [
        None,
        ledgers[0].open_digest,
        ledgers[1].open_digest,
    ]
    assert len({ledger.open.run for ledger in ledgers}) == 3


def test_soon_after_boot_the_recording_says_why_its_pre_record_is_short(bench: Bench) -> None:
    # proves C7
    bench.seconds(4)
    pressed = bench.press()
    assert pressed.prerecord_s == pytest.approx(4)
    opening = read_ledger(bench.files(1)["ledger.cbor"]).open
    assert opening.held_ns == 4 * SECOND_NS
    assert [(each.duration_ns, each.reason) for each in opening.missing] == [
        (6 * SECOND_NS, GapCause.JUST_BOOTED)
    ]


def test_private_drops_the_ring_and_a_press_records_from_nothing(bench: Bench) -> None:
    # proves C11 and C7
    bench.seconds(8)
    bench.recorder.change(Event.PRIVATE_ON)
    assert not bench.recorder.sensors
    assert bench.ring_files() == []
    assert bench.recorder.status().prerecord_s == 0
    bench.second()  # a chunk that was still on its way
    assert bench.ring_files() == []
    bench.wait(20)
    pressed = bench.press()
    assert (pressed.ok, pressed.prerecord_s, bench.recorder.sensors) == (True, 0, True)
    bench.seconds(3)
    bench.stop()
    assert not bench.recorder.sensors
    assert bench.recorder.status().state is Mode.PRIVATE
    ledger = read_ledger(bench.files(1)["ledger.cbor"])
    assert ledger.open.marks == ("safety override",)
    assert [(each.duration_ns, each.reason) for each in ledger.open.missing] == [
        (10 * SECOND_NS, GapCause.PRIVATE)
    ]
    assert len(plaintexts(bench, 1)) == 2 * 4, "what was before and what was in private is not in it"
    assert bench.verify(1).verdict is Verdict.INTACT


def test_going_private_ends_a_recording_with_that_reason(bench: Bench) -> None:
    # proves C11
    bench.seconds(3)
    bench.press()
    bench.seconds(2)
    bench.recorder.change(Event.PRIVATE_ON)
    ledger = read_ledger(bench.files(1)["ledger.cbor"])
    assert ledger.close is not None
    assert ledger.close.reason == "private"
    assert bench.ring_files() == []
    assert bench.verify(1).verdict is Verdict.INTACT


def test_nobodys_camera_is_in_standby_and_its_press_is_marked(tmp_path: Path) -> None:
    # proves C7
    bench = Bench(tmp_path, settings={"camera": {"require_assignment": True}})
    bench.boot()
    assert bench.recorder.status().state is Mode.STANDBY
    assert not bench.recorder.sensors
    assert bench.press().prerecord_s == 0
    bench.seconds(2)
    bench.stop()
    opening = read_ledger(bench.files(1)["ledger.cbor"]).open
    assert (opening.marks, opening.asked_ns, opening.held_ns) == (("unassigned",), 10 * SECOND_NS, 0)
    assert opening.missing == (Missing(10 * SECOND_NS, GapCause.NOT_ASSIGNED),)
    bench.recorder.assign("visit-7")
    assert bench.recorder.status().state is Mode.READY
    bench.seconds(3)
    bench.press()
    bench.stop()
    opening = read_ledger(bench.files(2)["ledger.cbor"]).open
    assert (opening.assignment, opening.marks) == ("visit-7", ())
    assert opening.missing == (Missing(7 * SECOND_NS, GapCause.NOT_ASSIGNED),)


def test_soon_after_the_dock_a_short_pre_record_says_so(bench: Bench) -> None:
    # proves C7
    bench.recorder.change(Event.DOCK)
    bench.wait(20)
    bench.recorder.change(Event.UNDOCK)
    bench.seconds(3)
    bench.press()
    opening = read_ledger(bench.files(1)["ledger.cbor"]).open
    assert opening.missing == (Missing(7 * SECOND_NS, GapCause.DOCKED),)


def test_from_one_officer_to_another_the_window_begins_anew(bench: Bench) -> None:
    bench.recorder.assign("first")
    bench.seconds(6)
    bench.recorder.assign("second")  # which cuts: a second passes here until a chunk ends
    bench.seconds(2)
    assert bench.press().prerecord_s == pytest.approx(3)
    assert read_ledger(bench.files(1)["ledger.cbor"]).open.assignment == "second"


# proves C7 and C11
@pytest.mark.parametrize("between", ["another officer", "a private time", "a press of the next"])
def test_what_was_filmed_before_the_window_began_anew_never_comes_later(bench: Bench, between: str) -> None:
    bench.recorder.assign("first")
    bench.seconds(3)
    waiting = [bench.filmed() for _ in range(5)]  # the card is slow, or a chunk is being filled
    since = bench.clock.now_ns
    if between == "a private time":
        bench.recorder.change(Event.PRIVATE_ON)
        bench.recorder.change(Event.PRIVATE_OFF)
    else:
        bench.recorder.cut = lambda: None
        bench.recorder.assign("second")
    if between == "a press of the next":
        bench.press()
    for chunk in waiting:
        bench.recorder.push(chunk)
    bench.recorder.cut = bench.second
    bench.seconds(2)
    bench.press()
    bench.seconds(1)
    bench.stop()
    report = bench.verify(1)
    assert report.verdict is Verdict.INTACT
    assert report.first_ns == since, "neither what was before, nor less than there is"
    ledger = read_ledger(bench.files(1)["ledger.cbor"])
    assert sum(each.duration_ns for each in ledger.open.missing) + ledger.open.held_ns == 10 * SECOND_NS


def test_a_camera_that_changes_hands_during_a_recording_begins_anew_after_it(bench: Bench) -> None:
    # proves C7
    bench.recorder.assign("first")
    bench.seconds(6)
    bench.press()
    bench.recorder.assign("second")
    bench.seconds(2)
    assert bench.stop().ok
    bench.seconds(3)
    assert bench.press().prerecord_s == pytest.approx(3)
    first, second = (read_ledger(bench.files(number)["ledger.cbor"]).open for number in (1, 2))
    assert (first.assignment, second.assignment) == ("first", "second")
    assert second.missing == (Missing(7 * SECOND_NS, GapCause.NOT_ASSIGNED),)
    bench.stop()
    assert [bench.verify(number).verdict for number in (1, 2)] == [Verdict.INTACT] * 2


def test_a_camera_that_comes_back_to_its_wearer_during_a_recording_begins_anew_after_it(bench: Bench) -> None:
    # proves C7
    # The window kept what was filmed of the other wearer.
    bench.recorder.assign("first")
    bench.seconds(6)
    bench.press()
    bench.recorder.assign("second")
    bench.seconds(2)
    bench.recorder.assign("first")
    assert bench.stop().ok
    bench.seconds(3)
    assert bench.press().prerecord_s == pytest.approx(3)
    assert bench.stop().ok
    assert [bench.verify(number).verdict for number in (1, 2)] == [Verdict.INTACT] * 2


@pytest.mark.parametrize("step_days", [365, -365])
def test_a_step_of_the_wall_clock_changes_no_order_and_loses_nothing(bench: Bench, step_days: int) -> None:
    # proves C10
    bench.seconds(12)
    bench.press()
    bench.seconds(3)
    bench.clock.utc_offset_us += step_days * 86_400 * 1_000_000
    bench.seconds(3)
    bench.stop()
    report = bench.verify(1)
    assert report.verdict is Verdict.INTACT
    assert report.duration_ns == 17 * SECOND_NS
    steps = [
        event.detail["step_us"]
        for event in read_ledger(bench.files(1)["ledger.cbor"]).events
        if event.kind is EventKind.CLOCK_STEP
    ]
    assert steps == [step_days * 86_400 * 1_000_000]


def test_a_chunk_that_comes_later_than_the_window_is_long_is_still_sealed(bench: Bench) -> None:
    # proves C3, C5
    # The machine slept before the chunk was out. It left the window as it came, and its keys with it, so that
    # the recording held a second of footage which nobody could open, and every verdict said "intact".
    bench.seconds(3)
    bench.press()
    bench.second(late=60)
    bench.second()
    bench.stop()
    assert bench.verify(1).verdict is Verdict.INTACT_WITH_GAPS
    assert len(list(open_parts(bench.files(1), bench.identity.private))) == 2 * (3 + 1 + 1 + 1)


def test_a_step_of_the_wall_clock_within_the_pre_record_is_told_in_the_recording(bench: Bench) -> None:
    # proves C10
    # It was told to the fleet alone: labels jumped within a recording whose ledger said nothing of it.
    bench.seconds(20)
    bench.clock.utc_offset_us += 7 * SECOND_US  # this one has left the window when the button is pressed
    bench.seconds(11)
    bench.clock.utc_offset_us -= 3600 * SECOND_US
    bench.seconds(4)
    assert bench.press().ok
    events = read_ledger(bench.files(1)["ledger.cbor"]).events
    assert [event.kind for event in events] == [EventKind.CLOCK_STEP, EventKind.PRESS]
    assert events[0].detail == {"step_us": -3600 * SECOND_US}
    bench.stop()
    assert bench.verify(1).verdict is Verdict.INTACT


def test_a_press_in_a_recording_is_noted_in_it_and_one_that_sticks_is_not_each_time(bench: Bench) -> None:
    # proves F8
    bench.seconds(5)
    assert bench.press().ok
    bench.press()  # the button bounced
    bench.seconds(3)
    for _ in range(50):
        assert bench.press().sentence == "Recording 1 is running."
    bench.seconds(2)
    bench.press()
    bench.stop()
    presses = [
        event for event in read_ledger(bench.files(1)["ledger.cbor"]).events if event.kind is EventKind.PRESS
    ]
    assert len(presses) == 3
    assert [round((each.at_ns - presses[0].at_ns) / SECOND_NS) for each in presses] == [0, 3, 5]
    assert {each.detail["trigger"] for each in presses} == {presses[0].detail["trigger"]}
    assert bench.verify(1).verdict is Verdict.INTACT


def test_keys_expire_by_the_clock_when_no_footage_comes(bench: Bench) -> None:
    # proves C2
    bench.seconds(8)
    keys = bench.recorder._parts.window._keys
    views = [view for seq in range(8) for view in keys.of(seq).values()]
    bench.wait(5)
    assert len(keys) == 2 * 5
    bench.wait(6)
    assert len(keys) == 0
    assert {bytes(view) for view in views} == {bytes(32)}
    assert bench.ring_files() == []


def test_a_track_that_is_missing_needs_no_key_and_is_said(bench: Bench) -> None:
    bench.second(tracks=frozenset({Track.VIDEO}))
    bench.seconds(3)
    bench.press()
    bench.second(tracks=frozenset({Track.VIDEO}))
    bench.stop()
    report = bench.verify(1)
    assert [gap.track for gap in report.gaps] == [Track.AUDIO, Track.AUDIO]


@pytest.mark.parametrize("silent", [0, 2, 5, 7])
def test_a_second_of_neither_picture_nor_sound_is_a_chunk_without_keys_and_breaks_nothing(
    bench: Bench, silent: int
) -> None:
    # proves C6
    for second in range(8):
        if second == 4:
            assert bench.press().ok
        start = bench.clock.now_ns
        gaps = tuple(Gap(track, start, SECOND_NS, GapCause.STALLED) for track in Track)
        if second == silent:
            bench.second(tracks=frozenset(), gaps=gaps)
        else:
            bench.second()
    bench.recorder.cut = lambda: bench.second(tracks=frozenset())
    assert bench.stop().ok
    report = bench.verify(1)
    assert report.verdict is Verdict.INTACT_WITH_GAPS, report.sentence
    assert len(report.chunks) == 9
    assert len(plaintexts(bench, 1)) == 2 * 7
    assert bench.recorder.status().faults == ()


def test_a_press_commits_a_window_of_nothing_but_silence(bench: Bench) -> None:
    for _ in range(3):
        bench.second(tracks=frozenset())
    assert bench.press().ok
    bench.second()
    bench.stop()
    assert bench.verify(1).ok


def test_a_stop_waits_for_what_an_encoder_that_is_late_still_has(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves C6
    monkeypatch.setattr("device.recording.executor.CHUNK_WAIT_S", 0.2)
    bench.seconds(3)
    bench.press()
    late = bench.clock.now_ns
    bench.clock.now_ns += 5 * SECOND_NS
    stopping, asked = threading.Thread(target=bench.stop), threading.Event()
    bench.recorder.cut = asked.set
    stopping.start()
    assert asked.wait(5)
    for at in range(4):
        bench.recorder.push(plain_chunk(late + at * SECOND_NS))
        assert bench.recorder.recording
    bench.recorder.push(plain_chunk(late + 4 * SECOND_NS))
    stopping.join(5)
    assert not bench.recorder.recording
    assert bench.verify(1).verdict is Verdict.INTACT
    assert bench.verify(1).duration_ns == 8 * SECOND_NS


@pytest.mark.parametrize(
    "where",
    [
        "_sealer.seal",
        "_sealer.advance",
        "_log.append",
        "window.add",
        "under_way.live",
        "handler._look_at_clock",
    ],
)
def test_an_error_of_our_own_costs_one_chunk_and_a_new_recording_never_the_filming(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    # proves C3 and C6
    bench.seconds(4)
    bench.press()
    bench.seconds(2)
    keys = bench.recorder._parts.window._keys
    owner, name = where.split(".")
    recorder, parts = bench.recorder, bench.recorder._parts
    owners = {"handler": recorder._executor, "under_way": recorder._executor.handler, "window": parts}
    target = getattr(owners.get(owner, parts.writer), owner)

    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("internal error: as if")

    with monkeypatch.context() as broken:
        broken.setattr(target, name, breaks)
        bench.second()
    assert "internal error: as if" in bench.recorder.status().faults
    assert bench.verify(1).verdict is Verdict.WITHOUT_END
    assert (bench.verify(1).duration_ns or 0) >= 6 * SECOND_NS
    bench.seconds(3)
    assert bench.recorder.status().faults == ()
    stopped = bench.stop()
    assert (stopped.ok, stopped.number) == (True, 2)
    second = bench.verify(2)
    assert second.ok, second.sentence
    assert second.trigger == "internal fault"
    assert second.chunks[-1].start_ns == bench.clock.now_ns - SECOND_NS
    assert len(keys) == sum(len(each.tracks) for each in bench.recorder._parts.window._ring.chunks)
    bench.boot()
    assert [each.ended for each in bench.shelf.recordings()] == ["cut off", "closed"]
    assert bench.verify(1).ok
    assert bench.verify(2).ok


def test_a_segment_that_an_error_of_our_own_left_is_closed_and_holds_only_what_is_durable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves C5
    disk = WatchedFilesystem()
    bench = Bench(tmp_path, disk=disk)
    bench.boot()
    bench.seconds(2)
    (segment,) = (path for path in bench.folders.ring.iterdir() if path.suffix == ".seg")
    durable = segment.read_bytes()

    def breaks(file: AppendFile, data: bytes) -> None:
        assert file._file is not None
        file._file.write(data[:100])
        raise RuntimeError("internal error: as if")

    with monkeypatch.context() as broken:
        broken.setattr("device.storage.durable.AppendFile.append", breaks)
        bench.second()
    assert segment.read_bytes() == durable
    assert all(file.closed for file in disk.opened)
    bench.recorder.close()


def test_segments_are_small_files_with_inodes_of_their_own_and_read_only_once_closed(bench: Bench) -> None:
    bench.seconds(10)
    bench.press()
    bench.seconds(3)
    bench.stop()
    folder = bench.folders.recording(1)
    files = sorted(folder.glob("*.seg"))
    assert len({path.stat().st_ino for path in files}) == len(files) == 4
    assert {path.stat().st_mode & 0o777 for path in files} == {0o444}
    assert (folder / "ledger.cbor").stat().st_mode & 0o777 == 0o444


@pytest.mark.slow
def test_the_ring_keeps_no_more_files_than_its_window_needs(bench: Bench) -> None:
    bench.seconds(100)
    assert len(bench.ring_files()) <= 4
    bench.press()
    bench.seconds(40)
    assert len(bench.ring_files()) <= 4, "a recording keeps its own links"
    assert len(bench.files(1)) > 10


def test_a_new_segment_is_durably_in_the_recording_before_its_chunks_count(tmp_path: Path) -> None:
    # proves C5
    disk = WatchedFilesystem()
    bench = Bench(tmp_path, disk=disk)
    bench.boot()
    bench.seconds(4)
    bench.press()
    disk.calls.clear()
    bench.second()
    folder = bench.folders.recording(1)
    segment = next(call.path.name for call in disk.calls if call.name == "create")
    ring = bench.folders.ring
    assert [(call.name, call.path) for call in disk.calls] == [
        ("create", ring / segment),
        ("write", ring / segment),
        ("sync_data", ring / segment),
        ("sync_dir", ring),
        ("link", folder / segment),
        ("sync_dir", folder),
        ("write", bench.folders.claim(1)),  # opened under its first name
        ("sync_data", bench.folders.claim(1)),
    ]


def test_the_shelf_shows_what_is_durable_as_it_grows(bench: Bench) -> None:
    changes: list[int] = []
    bench.shelf.on_change(lambda: changes.append(bench.shelf.recordings()[0].ledger_length))
    bench.seconds(6)
    bench.press()
    shelved = bench.shelf.recordings()[0]
    assert (shelved.number, shelved.ended, shelved.receipt) == (1, None, False)
    assert len(shelved.closed_segments) == 1
    assert shelved.ledger_length == (shelved.folder / "ledger.cbor").stat().st_size
    bench.seconds(3)
    assert len(bench.shelf.recordings()[0].closed_segments) == 2
    bench.stop()
    shelved = bench.shelf.recordings()[0]
    assert shelved.ended == "closed"
    on_card = {name: len(data) for name, data in bench.files(1).items() if name.endswith(".seg")}
    assert dict(shelved.closed_segments) == on_card
    assert changes == sorted(changes)


def test_a_press_in_the_moment_in_which_the_first_chunk_is_stored_begins_with_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves C6
    sealer = bench.recorder._parts.writer._sealer
    advance, pressing = sealer.advance, threading.Thread(target=bench.press)

    def advance_and_press(sealed: SealedChunk) -> None:
        advance(sealed)
        if not pressing.ident:
            pressing.start()
            pressing.join(0.2)  # it waits for the chunk

    monkeypatch.setattr(sealer, "advance", advance_and_press)
    bench.second()
    pressing.join()
    bench.seconds(2)
    bench.stop()
    report = bench.verify(1)
    assert report.verdict is Verdict.INTACT, report.sentence
    assert report.chunks[0].seq == 0


def test_a_segment_that_leaves_the_ring_in_the_moment_in_which_it_is_closed_is_shown(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves C3
    bench.press()
    bench.second()
    log = bench.recorder._parts.writer._log
    finish = log.finish

    def finish_and_tick() -> str | None:
        name = finish()
        bench.recorder._parts.window.clear()
        if name is not None:
            ticking.append(threading.Thread(target=bench.recorder.tick))
            ticking[-1].start()
        return name

    ticking: list[threading.Thread] = []
    monkeypatch.setattr(log, "finish", finish_and_tick)
    bench.seconds(4)
    for thread in ticking:
        thread.join()
    assert bench.ring_files() == [bench.recorder._parts.writer.writing]
    first = min(name for name in bench.files(1) if name.endswith(".seg"))
    assert [segment.name for segment in bench.shelf.recordings()[0].closed_segments] == [first]


def test_news_is_told_as_it_happens(bench: Bench) -> None:
    heard: list[CameraEvent] = []
    bench.recorder.news.listen(heard.append)
    bench.seconds(3)
    bench.press()
    bench.second()
    bench.recorder.bookmark()
    bench.stop()
    assert [event.kind for event in heard] == [
        NewsKind.RECORDING_OPENED,
        NewsKind.BOOKMARK,
        NewsKind.RECORDING_CLOSED,
    ]
    opened, _, closed = heard
    assert (opened.number, opened.prerecord_s, opened.asked_s) == (1, 3.0, 10.0)
    assert closed.duration_s == pytest.approx(5)
    assert opened.recording == closed.recording
    assert (opened.ended, closed.ended) == (None, "closed")


def test_a_press_does_not_wait_for_a_chunk_that_is_being_written(tmp_path: Path) -> None:
    # proves C3
    stuck, go_on = threading.Event(), threading.Event()
    disk = WatchedFilesystem()
    bench = Bench(tmp_path, disk=disk)
    bench.boot()
    bench.seconds(5)

    def stall(call: Call) -> None:
        if call.name == "sync_data" and call.path.suffix == ".seg":
            stuck.set()
            assert go_on.wait(30)

    disk.before = stall
    thread = threading.Thread(target=bench.second)
    thread.start()
    assert stuck.wait(5)
    pressed = bench.press()
    assert thread.is_alive(), "the chunk is still being written"
    assert pressed.ok
    assert pressed.prerecord_s == pytest.approx(5), "the chunk that is stuck is not durable yet"
    go_on.set()
    thread.join(5)
    bench.stop()
    assert bench.verify(1).verdict is Verdict.INTACT
    assert bench.verify(1).duration_ns == 7 * SECOND_NS


def test_a_stop_that_a_stuck_card_kept_waiting_is_carried_out_when_it_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("device.recording.executor.CHUNK_WAIT_S", 0.05)
    monkeypatch.setattr("device.recording.inbox.ANSWER_WAIT_S", 0.05)
    stuck, go_on = threading.Event(), threading.Event()
    disk = WatchedFilesystem()
    bench = Bench(tmp_path, disk=disk)
    bench.boot()
    bench.seconds(3)
    bench.press()

    def stall(call: Call) -> None:
        if call.name == "sync_data" and call.path.suffix == ".seg":
            stuck.set()
            assert go_on.wait(30)

    disk.before = stall
    thread = threading.Thread(target=bench.second)
    thread.start()
    assert stuck.wait(5)
    bench.recorder.cut = lambda: None
    slow = bench.stop()
    assert (slow.ok, slow.number, slow.state) == (False, 1, Mode.FAULT)
    assert slow.sentence == "The card does not answer: the recording stops as soon as it does."
    monkeypatch.setattr("device.recording.inbox.ANSWER_WAIT_S", PATIENCE_S)
    assert bench.recorder.change(Event.PRIVATE_ON).state is Mode.PRIVATE
    go_on.set()
    thread.join(5)
    bench.recorder.tick()
    assert bench.shelf.recordings()[0].ended == "closed"
    assert bench.ring_files() == []
    assert bench.verify(1).verdict is Verdict.INTACT


def test_shutting_down_closes_the_recording_and_zeroes_every_key(bench: Bench) -> None:
    # proves C2
    bench.seconds(4)
    keys = bench.recorder._parts.window._keys
    views = list(keys.of(1).values())
    bench.press()
    bench.recorder.change(Event.SHUT_DOWN)
    bench.recorder.close()
    ledger = read_ledger(bench.files(1)["ledger.cbor"])
    assert ledger.close is not None
    assert ledger.close.reason == "shut down"
    assert len(keys) == 0
    assert {bytes(view) for view in views} == {bytes(32)}
    assert bench.ring_files() == []
    assert bench.recorder.status().state is Mode.OFF


@pytest.mark.parametrize("within", [".seg", "ledger"])
def test_a_card_that_hangs_keeps_no_key_in_memory_at_the_end(
    within: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves C2
    monkeypatch.setattr("device.recording.recorder.CLOSE_WAIT_S", 0.01)
    disk = HangingFilesystem()
    bench = Bench(tmp_path, disk=disk)
    bench.boot()
    bench.seconds(3)
    bench.press()
    disk.hang("sync_data", within)
    hanging = threading.Thread(target=bench.second)
    hanging.start()
    assert disk.stuck.wait(PATIENCE_S)
    keys = bench.recorder._parts.window._keys
    assert len(keys) == 8
    bench.recorder.close()
    assert len(keys) == 0
    disk.answers.set()
    hanging.join(PATIENCE_S)
    assert len(keys) == 0
    with pytest.raises(RuntimeError, match="its keys are gone"):
        bench.recorder._parts.window.add(RingChunk(9, "a", 0, SECOND_NS, 1), 0, Recorded(bytes(16), ()))
