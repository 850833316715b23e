"""The uploader's decisions against a model fleet that forgets, cuts and repeats."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from device.link.uploads.order import Order
from device.link.uploads.plan import (
    LEDGER_EVERY_S,
    LEDGER_PIECE,
    Ask,
    Complete,
    FetchReceipt,
    Known,
    Local,
    SendLedger,
    SendSegment,
    Step,
    plan,
)
from protocol.messages.uploads import Ended

NOTHING: frozenset[Step] = frozenset()


def local(number: int, *, ledger: int = 100, before: int = 1, after: int = 1, ended: bool = False) -> Local:
    names = tuple(f"{number}-{index:08d}.seg" for index in range(before + after))
    return Local(number, ledger, names, Order(before), "closed" if ended else None)


def asked(*, ledger: int = 0, segments: tuple[str, ...] = ()) -> Known:
    return Known().answered(ledger, segments)


def test_it_asks_before_it_sends_anything() -> None:
    assert plan([local(1)], {}, busy=NOTHING, now=0).steps == (Ask(1),)


def test_the_ledger_goes_before_any_segment() -> None:
    assert plan([local(1)], {1: asked()}, busy=NOTHING, now=0).steps == (SendLedger(1, 0, 100),)


def test_ledgers_then_the_newest_recording_then_the_older_ones() -> None:  # proves L5
    shelf = [local(1, ended=True), local(3, ledger=150), local(2, ended=True)]
    known = {number: asked(ledger=100) for number in (1, 2, 3)}
    assert plan(shelf, known, busy=NOTHING, now=0).steps == (
        SendLedger(3, 100, 50),
        SendSegment(3, "3-00000001.seg"),
        SendSegment(3, "3-00000000.seg"),
        SendSegment(2, "2-00000001.seg"),
        SendSegment(2, "2-00000000.seg"),
        SendSegment(1, "1-00000001.seg"),
        SendSegment(1, "1-00000000.seg"),
    )


def test_no_more_segments_are_named_than_asked_for() -> None:
    shelf = [local(number, before=4, after=0, ended=True) for number in (1, 2)]
    known = {number: asked(ledger=100) for number in (1, 2)}
    steps = plan(shelf, known, busy=NOTHING, now=0, most=5).steps
    assert [step.number for step in steps] == [2, 2, 2, 2, 1]


def test_a_recording_that_must_wait_keeps_no_older_one_from_going_on() -> None:
    shelf = [local(1, ended=True), local(2)]
    known = {1: asked(ledger=100), 2: asked(ledger=100).doubtful(10.0)}
    waiting = plan(shelf, known, busy=NOTHING, now=0)
    assert {step.number for step in waiting.steps} == {1}
    assert waiting.wake_at == 10.0


def test_on_a_slow_link_the_newest_takes_turns_with_what_lies_around_the_press() -> None:  # proves L5
    shelf = [local(1, before=20, after=20)]
    near = tuple(f"1-{index:08d}.seg" for index in range(15, 25))
    known = asked(ledger=100, segments=near)
    assert plan(shelf, {1: known}, busy=NOTHING, now=0).steps[0] == SendSegment(1, "1-00000039.seg")
    busy: frozenset[Step] = frozenset({SendSegment(1, "1-00000039.seg")})
    assert plan(shelf, {1: known}, busy=busy, now=0).steps[0] == SendSegment(1, "1-00000025.seg")
    known = known.took_segment("1-00000039.seg")
    assert plan(shelf, {1: known}, busy=NOTHING, now=0).steps[0] == SendSegment(1, "1-00000025.seg")
    known = known.took_segment("1-00000025.seg")
    assert plan(shelf, {1: known}, busy=NOTHING, now=0).steps[0] == SendSegment(1, "1-00000038.seg")


def parts_of_one(*, first_ended: bool = True) -> list[Local]:
    """A recording of twenty segments around its press, and the one in which it goes on."""
    first = local(1, before=10, after=10, ended=first_ended)
    return [first, replace(local(2, before=0, after=20), continues=True)]


def sent_by(shelf: list[Local], held: dict[int, tuple[str, ...]] | None = None) -> list[tuple[int, int]]:
    """Recording and place of each segment that goes, in order."""
    known = {each.number: asked(ledger=100, segments=(held or {}).get(each.number, ())) for each in shelf}
    steps = plan(shelf, known, busy=NOTHING, now=0, most=1000).steps
    return [
        (step.number, int(step.name.split("-")[1][:8])) for step in steps if isinstance(step, SendSegment)
    ]


def test_on_a_slow_link_the_press_comes_before_the_part_in_which_its_recording_goes_on() -> None:  # proves L5
    order = sent_by(parts_of_one())
    assert set(order[:10]) == {(1, place) for place in range(5, 15)}, "the seconds around the press"
    assert order[10:16] == [(2, 19), (1, 15), (2, 18), (1, 4), (2, 17), (1, 16)], (
        "then the newest takes turns"
    )
    assert len(set(order)) == len(order) == 40


def test_on_a_link_that_keeps_up_the_next_part_is_what_is_being_filmed_now() -> None:  # proves L5
    first, second = parts_of_one()
    held = {1: first.segments[8:], 2: second.segments[:18]}
    assert sent_by([first, second], held)[:4] == [(2, 18), (2, 19), (1, 7), (1, 6)]


def test_whose_turn_it_is_is_known_across_parts() -> None:  # proves L5
    first, second = parts_of_one()
    one = asked(ledger=100, segments=first.segments[5:15])
    two = asked(ledger=100).took_segment(second.segments[19], 1.0)
    assert plan([first, second], {1: one, 2: two}, busy=NOTHING, now=0).steps[0].number == 1
    one = one.took_segment(first.segments[15], 2.0)
    assert plan([first, second], {1: one, 2: two}, busy=NOTHING, now=0).steps[0].number == 2


def test_a_part_that_must_wait_or_was_refused_does_not_hold_the_other_up() -> None:
    first, second = parts_of_one()
    for state in (asked(ledger=100).doubtful(9.0), asked().refused_for_good("Segment 3 differs."), Known()):
        steps = plan([first, second], {1: state, 2: asked(ledger=100)}, busy=NOTHING, now=0).steps
        assert {step.number for step in steps if isinstance(step, SendSegment)} == {2}


def test_recordings_with_a_press_of_their_own_are_no_parts_of_one() -> None:
    first, second = parts_of_one()
    order = sent_by([first, replace(second, continues=False)])
    assert [number for number, _ in order] == [2] * 20 + [1] * 20
    apart = sent_by([first, replace(second, number=3)])
    assert [number for number, _ in apart] == [3] * 20 + [1] * 20


@given(
    st.lists(
        st.tuples(st.integers(0, 6), st.integers(0, 6), st.booleans(), st.sets(st.integers(0, 11))),
        max_size=5,
    )
)
def test_each_older_recording_waits_for_all_of_the_newer_ones(  # proves L5
    recordings: list[tuple[int, int, bool, set[int]]],
) -> None:
    shelf, known, lacking = [], {}, 0
    for number, (before, after, ended, held) in enumerate(recordings, 1):
        each = local(number, before=before, after=after, ended=ended)
        names = tuple(name for place, name in enumerate(each.segments) if place in held)
        known[number] = asked(ledger=100, segments=names)
        shelf.append(each)
        lacking += len(each.segments) - len(names)
    steps = plan(shelf, known, busy=NOTHING, now=0, most=1000).steps
    sent = [step for step in steps if isinstance(step, SendSegment)]
    assert [step.number for step in sent] == sorted((step.number for step in sent), reverse=True)
    assert len(set(sent)) == lacking, "each that is lacking, once"


def test_what_the_fleet_holds_is_not_sent() -> None:
    known = {1: asked(ledger=100, segments=("1-00000000.seg",))}
    assert plan([local(1)], known, busy=NOTHING, now=0).steps == (SendSegment(1, "1-00000001.seg"),)


def test_what_is_being_sent_is_not_sent_twice_at_once() -> None:
    busy: frozenset[Step] = frozenset({SendSegment(1, "1-00000000.seg")})
    steps = plan([local(1, ledger=200)], {1: asked(ledger=100)}, busy=busy, now=0).steps
    assert steps == (SendLedger(1, 100, 100), SendSegment(1, "1-00000001.seg"))


def test_a_growing_ledger_is_gathered_but_the_last_of_it_is_not() -> None:
    known = {1: asked().took_ledger(100, now=10.0)}
    waiting = plan([local(1, ledger=150, before=0, after=0)], known, busy=NOTHING, now=10.5)
    assert (waiting.steps, waiting.wake_at) == ((), 10.0 + LEDGER_EVERY_S)
    due = plan([local(1, ledger=150, before=0, after=0)], known, busy=NOTHING, now=10.0 + LEDGER_EVERY_S)
    assert due.steps == (SendLedger(1, 100, 50),)
    ended = plan([local(1, ledger=150, before=0, after=0, ended=True)], known, busy=NOTHING, now=10.5)
    assert ended.steps == (SendLedger(1, 100, 50),)


def test_a_long_ledger_goes_in_pieces_without_a_pause() -> None:
    known = {1: asked().took_ledger(LEDGER_PIECE, now=10.0)}
    steps = plan([local(1, ledger=3 * LEDGER_PIECE, before=0, after=0)], known, busy=NOTHING, now=10.0).steps
    assert steps == (SendLedger(1, LEDGER_PIECE, LEDGER_PIECE),)


def test_complete_waits_for_the_last_segment_in_flight() -> None:
    shelf = [local(1, ended=True, before=1, after=0)]
    known = {1: asked(ledger=100)}
    last = SendSegment(1, "1-00000000.seg")
    assert plan(shelf, known, busy=frozenset({last}), now=0).steps == ()
    held = {1: known[1].took_segment(last.name)}
    assert plan(shelf, held, busy=NOTHING, now=0).steps == (Complete(1),)
    assert plan(shelf, {1: held[1].declared_complete()}, busy=NOTHING, now=0).steps == (FetchReceipt(1),)


def test_a_running_recording_is_never_declared_complete() -> None:
    known = {1: asked(ledger=100, segments=("1-00000000.seg", "1-00000001.seg"))}
    assert plan([local(1)], known, busy=NOTHING, now=0).steps == ()


def test_a_receipt_that_is_not_ready_is_asked_for_less_and_less_often() -> None:
    known = asked(ledger=100).declared_complete()
    pauses = []
    for _ in range(20):
        known = known.not_ready(now=100.0)
        pauses.append(known.retry_at - 100.0)
    assert pauses == sorted(pauses)
    assert pauses[0] < 0.3
    assert pauses[-1] == 30.0
    waiting = plan([local(1, ended=True, before=0, after=0)], {1: known}, busy=NOTHING, now=100.0)
    assert (waiting.steps, waiting.wake_at) == ((), 130.0)


def test_a_refused_recording_is_left_alone_and_the_others_go_on() -> None:
    known = {2: asked(ledger=100).refused_for_good("Segment 3 differs."), 1: asked()}
    assert plan([local(1), local(2)], known, busy=NOTHING, now=0).steps == (SendLedger(1, 0, 100),)


def test_a_recording_with_a_receipt_needs_nothing() -> None:
    held = Local(1, 100, (), Order(0), "closed", receipt=True)
    assert plan([held], {}, busy=NOTHING, now=0).steps == ()


@dataclass
class Fleet:
    """What a correct fleet does with each step, and how often it was given the whole of a segment."""

    ledger: bytes = b""
    segments: dict[str, bytes] = field(default_factory=dict)
    completed: bool = False

    def forget(self) -> None:
        self.ledger, self.segments, self.completed = b"", {}, False


@dataclass
class Camera:
    """A recording that grows, and the camera's knowledge of the fleet's copy."""

    ledger: bytes
    segments: dict[str, bytes]
    shown_ledger: int = 1
    shown_segments: int = 0
    receipt: bool = False
    known: Known = field(default_factory=Known)

    @property
    def grown(self) -> bool:
        return self.shown_ledger == len(self.ledger) and self.shown_segments == len(self.segments)

    def local(self) -> Local:
        names = tuple(self.segments)[: self.shown_segments]
        ended: Ended | None = "closed" if self.grown else None
        return Local(1, self.shown_ledger, names, Order(min(2, len(names))), ended, self.receipt)

    def steps(self, now: float) -> tuple[Step, ...]:
        return plan([self.local()], {1: self.known}, busy=NOTHING, now=now).steps


def serve(fleet: Fleet, camera: Camera, step: Step) -> Known:
    """Let the fleet do the step; return the camera's knowledge after its answer."""
    known = camera.known
    match step:
        case Ask():
            return known.answered(len(fleet.ledger), tuple(fleet.segments))
        case SendLedger(_, offset, length):
            if offset > len(fleet.ledger):
                return known.doubtful()
            fleet.ledger = fleet.ledger[:offset] + camera.ledger[offset : offset + length]
            return known.took_ledger(len(fleet.ledger), 0.0)
        case SendSegment(_, name):
            fleet.segments[name] = camera.segments[name]
            return known.took_segment(name)
        case Complete():
            whole = fleet.ledger == camera.ledger and fleet.segments == camera.segments
            fleet.completed = fleet.completed or whole
            return known.declared_complete() if whole else known.doubtful()
        case FetchReceipt():
            camera.receipt = fleet.completed
            return known if fleet.completed else known.doubtful()


def suffer(camera: Camera, fleet: Fleet, fault: str, pick: int, now: float) -> None:
    """Let one thing happen: the recording grows, somebody forgets, or a step is taken and perhaps cut."""
    match fault:
        case "grow ledger":
            camera.shown_ledger = min(len(camera.ledger), camera.shown_ledger + 3)
        case "grow segments":
            camera.shown_segments = min(len(camera.segments), camera.shown_segments + 1)
        case "restart":
            camera.known = Known()
        case "forget" if not camera.receipt:
            fleet.forget()  # silently: the camera finds out by what it is answered
        case _:
            take_a_step(camera, fleet, fault, pick, now)


def take_a_step(camera: Camera, fleet: Fleet, fault: str, pick: int, now: float) -> None:
    steps = camera.steps(now)
    if not steps:
        return
    step = steps[pick % len(steps)]
    if isinstance(step, SendSegment):
        assert step.name not in camera.known.segments
    if fault == "cut before":
        camera.known = camera.known.doubtful()
        return
    answer = serve(fleet, camera, step)
    camera.known = camera.known.doubtful() if fault == "cut after" else answer


def finish(camera: Camera, fleet: Fleet, now: float) -> None:
    """Let the recording end and nothing go wrong any more."""
    camera.shown_ledger, camera.shown_segments = len(camera.ledger), len(camera.segments)
    for _ in range(3 * (len(camera.segments) + 10)):
        now += 2 * LEDGER_EVERY_S
        steps = camera.steps(now)
        if not steps:
            return
        camera.known = serve(fleet, camera, steps[0])


FAULTS = st.lists(
    st.tuples(
        st.sampled_from(
            ["fine", "cut before", "cut after", "restart", "grow ledger", "grow segments", "forget"]
        ),
        st.integers(0, 5),
    ),
    max_size=40,
)


def made(ledger: bytes, segments: int) -> Camera:
    return Camera(ledger, {f"{i}.seg": hashlib.sha256(ledger + bytes([i])).digest() for i in range(segments)})


@given(st.binary(min_size=1, max_size=40), st.integers(0, 6), FAULTS)
@settings(deadline=None)
def test_any_cut_repeat_restart_or_loss_ends_with_the_same_bytes(  # proves L2
    ledger: bytes, segments: int, faults: list[tuple[str, int]]
) -> None:
    camera, fleet = made(ledger, segments), Fleet()
    for moment, (fault, pick) in enumerate(faults):
        suffer(camera, fleet, fault, pick, moment * LEDGER_EVERY_S)
    finish(camera, fleet, len(faults) * LEDGER_EVERY_S)
    assert camera.receipt
    assert fleet.ledger == camera.ledger
    assert fleet.segments == camera.segments


@given(st.binary(min_size=1, max_size=40), st.integers(0, 6), st.lists(st.booleans(), max_size=60))
@settings(deadline=None)
def test_a_segment_that_arrived_is_never_sent_again_whatever_answers_are_lost(  # proves L2
    ledger: bytes, segments: int, losses: list[bool]
) -> None:
    camera, fleet = made(ledger, segments), Fleet()
    camera.shown_ledger, camera.shown_segments = len(ledger), segments
    arrived: list[str] = []
    losses = [*losses, *([False] * (3 * (segments + 10)))]
    now = 0.0
    for lost in losses:
        now += LEDGER_EVERY_S
        steps = camera.steps(now)
        if not steps:
            break
        if isinstance(steps[0], SendSegment):
            arrived.append(steps[0].name)
        answer = serve(fleet, camera, steps[0])
        camera.known = camera.known.doubtful() if lost else answer
    assert camera.receipt
    assert sorted(arrived) == sorted(camera.segments)
