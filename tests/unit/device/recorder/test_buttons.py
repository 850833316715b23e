"""Gestures: what a finger means, whatever the timing."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from device.buttons import DOUBLE_NS, HOLD_PRIVATE_NS, HOLD_STOP_NS, Button, Fingers, Gesture

MS = 1_000_000
Edges = list[tuple[int, Button, bool]]


def play(edges: Edges, *, ticks_ms: int = 50) -> list[tuple[int, Gesture]]:
    """What comes out of edges (at ms, button, down) when a tick comes every ``ticks_ms``."""
    fingers, out, now = Fingers(), [], 0
    for at_ms, button, down in edges:
        while now + ticks_ms < at_ms:
            now += ticks_ms
            fingers, said = fingers.tick(now * MS)
            out += [(now, gesture) for gesture in said]
        now = at_ms
        fingers, said = (fingers.down if down else fingers.up)(button, at_ms * MS)
        out += [(at_ms, gesture) for gesture in said]
    return out


def test_going_down_is_a_press_at_once() -> None:
    assert play([(1000, Button.RECORD, True)]) == [(1000, Gesture.PRESS)]


def test_two_presses_close_together_are_a_press_and_a_bookmark() -> None:
    edges = [(0, Button.RECORD, True), (100, Button.RECORD, False), (400, Button.RECORD, True)]
    assert [gesture for _, gesture in play(edges)] == [Gesture.PRESS, Gesture.BOOKMARK]


def test_three_quick_presses_are_not_two_bookmarks() -> None:
    edges = [(at, Button.RECORD, down) for at in (0, 200, 400) for down in (True, False)]
    edges = [(at + (0 if down else 100), button, down) for at, button, down in edges]
    assert [gesture for _, gesture in play(edges)] == [Gesture.PRESS, Gesture.BOOKMARK, Gesture.PRESS]


def test_a_long_hold_stops_while_the_finger_is_still_down_and_only_once() -> None:
    out = play([(0, Button.RECORD, True), (9000, Button.RECORD, False)])
    assert [gesture for _, gesture in out] == [Gesture.PRESS, Gesture.STOP]
    assert 3000 <= out[1][0] <= 3050


def test_a_hold_that_no_tick_saw_is_decided_when_the_finger_lifts() -> None:
    out = play([(0, Button.RECORD, True), (3500, Button.RECORD, False)], ticks_ms=100_000)
    assert out == [(0, Gesture.PRESS), (3500, Gesture.STOP)]


def test_the_side_button_held_is_private_and_tapped_is_nothing() -> None:
    assert play([(0, Button.SIDE, True), (500, Button.SIDE, False)]) == []
    held = play([(0, Button.SIDE, True), (2500, Button.SIDE, False)])
    assert [gesture for _, gesture in held] == [Gesture.PRIVATE]


def test_a_bouncing_contact_changes_nothing() -> None:
    edges = [(0, Button.RECORD, True), (2, Button.RECORD, True), (4, Button.RECORD, True)]
    assert play(edges) == [(0, Gesture.PRESS)]


@st.composite
def timings(draw: st.DrawFn) -> Edges:
    """Each button goes down and up in turn, at any distance."""
    edges: Edges = []
    for button in Button:
        at = 0
        for _ in range(draw(st.integers(min_value=0, max_value=8))):
            at += draw(st.integers(min_value=1, max_value=4000))
            edges.append((at, button, True))
            at += draw(st.integers(min_value=1, max_value=5000))
            edges.append((at, button, False))
    return sorted(edges, key=lambda edge: edge[0])


@given(edges=timings())
def test_gestures_follow_from_the_edges_alone(edges: Edges) -> None:
    out = [gesture for _, gesture in play(edges)]
    downs = [at for at, button, down in edges if button is Button.RECORD and down]
    assert out.count(Gesture.PRESS) + out.count(Gesture.BOOKMARK) == len(downs), "no press is ever lost"
    for button, limit, gesture in (
        (Button.RECORD, HOLD_STOP_NS, Gesture.STOP),
        (Button.SIDE, HOLD_PRIVATE_NS, Gesture.PRIVATE),
    ):
        own = [(at, down) for at, each, down in edges if each is button]
        held = [up - at for (at, _), (up, _) in zip(own[::2], own[1::2], strict=True)]
        assert out.count(gesture) == sum(length * MS >= limit for length in held)
    assert out.count(Gesture.BOOKMARK) <= sum(
        (after - before) * MS <= DOUBLE_NS for before, after in pairwise(downs)
    )
