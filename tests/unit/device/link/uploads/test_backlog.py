"""What each outcome of a step leads to."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from device.errors import StorageError
from device.link.circuit_breaker import CircuitBreaker
from device.link.errors import LinkError, NotTrustedError, RefusedError, UnreachableError
from device.link.uploads.backlog import TROUBLE_PAUSE_S, Backlog, Job, KnownUpdate
from device.link.uploads.contents import Contents
from device.link.uploads.giving_way import SLOW_S, GaveWayError
from device.link.uploads.plan import Ask, Complete, FetchReceipt, Known, SendLedger, SendSegment, Step
from device.shelf import ReceiptRefusedError, ShelvedRecording
from device.storage.filesystem import PosixFilesystem
from tests.support.camera.shelves import closed_segments
from tests.support.media.recordings import record

LONGEST = 60.0


def make_backlog(at_once: int = 2) -> Backlog:
    return Backlog(Contents(PosixFilesystem()), CircuitBreaker(LONGEST, lambda: 0.999), at_once)


def on_card(folder: Path, number: int = 1, *, prerecord: int = 5, live: int = 4) -> ShelvedRecording:
    """A recording on the card, in segments of two chunks."""
    folder.mkdir(parents=True)
    take = record(prerecord=prerecord, live=live, per_segment=2, seed=number)
    for name, data in take.files.items():
        (folder / name).write_bytes(data)
    return ShelvedRecording(number, folder, len(take.ledger), closed_segments(take), "closed", receipt=False)


def steps_of(jobs: list[Job]) -> list[Step]:
    return [step for step, _ in jobs]


def asked(backlog: Backlog, recording: ShelvedRecording, now: float = 0.0) -> None:
    """Bring the backlog to where the fleet holds the ledger and no segment."""
    jobs, _ = backlog.next_jobs([recording], now)
    assert steps_of(jobs) == [Ask(recording.number)]
    backlog.succeeded(jobs[0][0], lambda known, _: known.answered(recording.ledger_length, ()), now)


def took(step: SendSegment) -> KnownUpdate:
    return lambda known, _: known.took_segment(step.name)


def test_segments_go_outwards_from_the_press(tmp_path: Path) -> None:
    recording = on_card(tmp_path / "1")  # three segments begin before the press, two after it
    backlog = make_backlog(at_once=1)
    asked(backlog, recording)
    sent = []
    for _ in recording.closed_segments:
        ((step, _),), _ = backlog.next_jobs([recording], 0.0)
        assert isinstance(step, SendSegment)
        sent.append(step.name)
        backlog.succeeded(step, took(step), 0.0)
    names = [segment.name for segment in recording.closed_segments]
    assert sent == [names[place] for place in (3, 2, 4, 1, 0)]


def test_a_bookmark_counts_as_the_press_does(tmp_path: Path) -> None:
    recording = on_card(tmp_path / "1", prerecord=2, live=20)
    names = [segment.name for segment in recording.closed_segments]
    marked = replace(recording, bookmarks=(names[6],))
    backlog = make_backlog(at_once=1)
    asked(backlog, marked)
    assert steps_of(backlog.next_jobs([marked], 0.0)[0]) == [SendSegment(1, names[7])]


def quick(backlog: Backlog, recording: ShelvedRecording) -> str:
    """Bring the backlog to where the link is known to be quick; return the segment that showed it."""
    ((step, _),), _ = backlog.next_jobs([recording], 0.0)
    assert isinstance(step, SendSegment)
    backlog.succeeded(step, took(step), SLOW_S / 2)
    return step.name


def test_at_most_so_many_segments_at_once_and_one_small_step_beside_them(tmp_path: Path) -> None:
    recording = on_card(tmp_path / "1")
    backlog = make_backlog(at_once=2)
    asked(backlog, recording)
    quick(backlog, recording)
    jobs, _ = backlog.next_jobs([recording], 1.0)
    assert [type(step) for step in steps_of(jobs)] == [SendSegment, SendSegment]
    longer = ShelvedRecording(
        1, recording.folder, recording.ledger_length + 1, recording.closed_segments, None, False
    )
    more, _ = backlog.next_jobs([longer], 100.0)
    assert steps_of(more) == [SendLedger(1, recording.ledger_length, 1)]
    assert backlog.next_jobs([longer], 100.0)[0] == []


def test_on_a_slow_link_one_segment_goes_at_a_time(tmp_path: Path) -> None:
    recording = on_card(tmp_path / "1")
    backlog = make_backlog(at_once=2)
    asked(backlog, recording)
    quick(backlog, recording)
    jobs, _ = backlog.next_jobs([recording], 1.0)
    assert len(jobs) == 2
    for step, _ in jobs:  # two that shared it took so long that one alone would have been slow
        assert isinstance(step, SendSegment)
        backlog.succeeded(step, took(step), 1.0 + 2.1 * SLOW_S)
    assert len(backlog.next_jobs([recording], 3.0)[0]) == 1


def test_a_lost_connection_closes_the_gate_and_pauses_grow(tmp_path: Path) -> None:
    recording = on_card(tmp_path / "1")
    backlog = make_backlog()
    now, pauses = 0.0, []
    for _ in range(12):
        jobs, _ = backlog.next_jobs([recording], now)
        assert steps_of(jobs) == [Ask(1)]
        backlog.failed(Ask(1), UnreachableError("There is no connection."), now)
        assert backlog.view([recording]).troubles == ("There is no connection.",)
        jobs, wait = backlog.next_jobs([recording], now)
        assert jobs == []
        assert wait is not None
        pauses.append(wait)
        now += wait
    assert pauses == sorted(pauses)
    assert pauses[0] <= 1.0
    assert LONGEST * 0.9 < pauses[-1] <= LONGEST


def test_a_hint_ends_the_pause_and_so_does_a_new_recording(tmp_path: Path) -> None:
    first, second = on_card(tmp_path / "1", 1), on_card(tmp_path / "2", 2)
    backlog = make_backlog()
    for _ in range(2):
        backlog.next_jobs([first], 0.0)
        backlog.failed(Ask(1), UnreachableError("There is no connection."), 0.0)
        assert backlog.next_jobs([first], 0.0)[0] == []
        backlog.hint()
    jobs, _ = backlog.next_jobs([first], 0.0)
    backlog.failed(jobs[0][0], UnreachableError("There is no connection."), 0.0)
    jobs, _ = backlog.next_jobs([first, second], 0.0)
    assert steps_of(jobs) == [Ask(2)]


def test_after_a_failure_one_attempt_goes_ahead_of_all_others(tmp_path: Path) -> None:
    recording = on_card(tmp_path / "1")
    backlog = make_backlog(at_once=4)
    asked(backlog, recording)
    quick(backlog, recording)
    jobs, _ = backlog.next_jobs([recording], 0.0)
    assert len(jobs) == 4
    for step, _ in jobs:
        backlog.failed(step, UnreachableError("There is no connection."), 0.0)
    jobs, wait = backlog.next_jobs([recording], 0.0)
    assert jobs == []
    assert wait is not None
    assert wait <= 1.0  # four attempts that failed together count once
    jobs, _ = backlog.next_jobs([recording], wait)
    assert steps_of(jobs) == [Ask(1)]


def test_a_certificate_that_is_not_accepted_is_tried_again_slowly(tmp_path: Path) -> None:
    recording = on_card(tmp_path / "1")
    backlog = make_backlog()
    backlog.next_jobs([recording], 0.0)
    backlog.failed(Ask(1), NotTrustedError("The camera was revoked."), 0.0)
    _, wait = backlog.next_jobs([recording], 0.0)
    assert wait is not None
    assert wait > 2.0
    assert backlog.view([recording]).troubles == ("The camera was revoked.",)


@pytest.mark.parametrize(
    "error",
    [
        RefusedError("Segment 3 is held with other bytes.", status=409, code="segment_differs"),
        RefusedError("The recording did not verify.", status=422, code="recording_failed"),
        ReceiptRefusedError("The receipt is not for this recording."),
    ],
)
def test_a_refusal_is_final_loud_and_deletes_nothing(  # proves C8
    tmp_path: Path, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    first, second = on_card(tmp_path / "1", 1), on_card(tmp_path / "2", 2)
    before = {each.name: each.read_bytes() for each in first.folder.iterdir()}
    backlog = make_backlog()
    asked(backlog, first)
    quick(backlog, first)
    jobs, _ = backlog.next_jobs([first], 0.0)
    backlog.failed(jobs[0][0], error, 0.0)
    assert any(entry.levelno == logging.ERROR and str(error) in entry.message for entry in caplog.records)
    assert backlog.view([first]).troubles == (f"Recording 1: {error}",)
    backlog.failed(jobs[1][0], UnreachableError("cut", status=500), 0.0)
    assert steps_of(backlog.next_jobs([first, second], 1e9)[0]) == [Ask(2)]
    assert {each.name: each.read_bytes() for each in first.folder.iterdir()} == before


@pytest.mark.parametrize(
    "error",
    [
        RefusedError("The next piece begins at byte 3.", status=409, code="ledger_hole"),
        RefusedError("Two segments are not held yet.", status=409, code="incomplete"),
        RefusedError("There is no such recording.", status=404, code="not_found"),
    ],
)
def test_a_misunderstanding_is_settled_by_asking_again(tmp_path: Path, error: LinkError) -> None:
    recording = on_card(tmp_path / "1")
    backlog = make_backlog()
    asked(backlog, recording)
    jobs, _ = backlog.next_jobs([recording], 0.0)
    for step, _ in jobs:
        backlog.failed(step, error, 0.0)
    jobs, wait = backlog.next_jobs([recording], 0.0)
    assert jobs == []
    assert wait is not None
    assert steps_of(backlog.next_jobs([recording], wait)[0]) == [Ask(1)]


@pytest.mark.parametrize(
    "error",
    [
        UnreachableError("There is trouble at the fleet.", status=500),
        OSError(5, "Input/output error"),
        StorageError("The card is full.", operation="create", path=Path("receipt")),
        ZeroDivisionError("unforeseen"),
    ],
)
def test_trouble_with_one_recording_lets_the_others_go_on(tmp_path: Path, error: Exception) -> None:
    first, second = on_card(tmp_path / "1", 1), on_card(tmp_path / "2", 2)
    backlog = make_backlog()
    assert steps_of(backlog.next_jobs([first, second], 0.0)[0]) == [Ask(2)]
    backlog.failed(Ask(2), error, 0.0)
    assert steps_of(backlog.next_jobs([first, second], 0.0)[0]) == [Ask(1)]
    backlog.succeeded(Ask(1), lambda known, _: known.refused_for_good("done with it"), 0.0)
    assert steps_of(backlog.next_jobs([first, second], TROUBLE_PAUSE_S)[0]) == [Ask(2)]
    (trouble,) = backlog.view([first, second]).troubles
    assert trouble.startswith("Recording 2: ")
    assert "Traceback" not in trouble


def test_what_left_the_shelf_is_forgotten_and_a_receipt_ends_it(tmp_path: Path) -> None:
    recording = on_card(tmp_path / "1")
    backlog = make_backlog()
    asked(backlog, recording)
    held = ShelvedRecording(
        1, recording.folder, recording.ledger_length, recording.closed_segments, "closed", True
    )
    assert backlog.next_jobs([held], 0.0) == ([], None)
    assert backlog.view([held]).known == {}
    assert steps_of(backlog.next_jobs([recording], 0.0)[0]) == [Ask(1)]


def test_the_last_steps_come_in_order(tmp_path: Path) -> None:
    recording = on_card(tmp_path / "1")
    backlog = make_backlog()

    def everything(known: Known, _now: float) -> Known:
        return known.answered(recording.ledger_length, (name for name, _ in recording.closed_segments))

    backlog.next_jobs([recording], 0.0)
    backlog.succeeded(Ask(1), everything, 0.0)
    assert steps_of(backlog.next_jobs([recording], 0.0)[0]) == [Complete(1)]
    backlog.succeeded(Complete(1), lambda known, _: known.declared_complete(), 0.0)
    assert steps_of(backlog.next_jobs([recording], 0.0)[0]) == [FetchReceipt(1)]
    backlog.succeeded(FetchReceipt(1), lambda known, now: known.not_ready(now), 0.0)
    jobs, wait = backlog.next_jobs([recording], 0.0)
    assert jobs == []
    assert wait is not None
    assert wait < 1.0


# proves L5
def test_an_older_segment_on_a_slow_link_gives_way_to_a_press(tmp_path: Path) -> None:
    older, pressed = on_card(tmp_path / "1"), replace(on_card(tmp_path / "2", number=2), ended=None)
    backlog = make_backlog(at_once=2)
    asked(backlog, older)
    ((sending, recording),), _ = backlog.next_jobs([older], 0.0)
    assert (type(sending), recording, backlog.giving_way) == (SendSegment, older, frozenset())
    ((ask, _),), _ = backlog.next_jobs([older, pressed], 1.0)
    assert (ask, backlog.giving_way) == (Ask(2), frozenset()), "nothing of it can be sent yet"
    backlog.succeeded(ask, lambda known, _: known.answered(pressed.ledger_length, ()), 1.0)
    assert backlog.next_jobs([older, pressed], 1.0)[0] == []
    assert backlog.giving_way == {sending}
    backlog.failed(sending, GaveWayError(), 1.1)
    ((following, _),), _ = backlog.next_jobs([older, pressed], 1.1)
    assert (type(following), following.number) == (SendSegment, 2)
    assert backlog.giving_way == frozenset()
    view = backlog.view([older, pressed])
    assert (view.troubles, view.connected) == ((), True)
    assert view.known[1].asked, "it is known that the fleet does not hold it"
