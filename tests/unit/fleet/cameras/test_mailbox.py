"""However much one camera says, the others are read in turn, and its own newest word is read (F9)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.cameras.hearing.floods import LASTS, FloodBook
from fleet.cameras.hearing.mailbox import (
    BURST,
    EACH_S,
    MOST_AT_ONCE,
    MOST_NEWS,
    NEWEST,
    HeardMessage,
    Mailbox,
)
from protocol.messages.topics import Up

CAMERAS = ("cam-01", "cam-02", "cam-03")
SAID = st.tuples(
    st.sampled_from(CAMERAS), st.sampled_from([Up.STATUS, Up.REPORTED, Up.EVENT]), st.integers(1, 300)
)


def letter(camera: str, subject: Up, number: int) -> HeardMessage:
    return HeardMessage(camera, subject, b"%d" % number, retained=False)


# proves F9
@given(st.lists(SAID, max_size=12))
def test_what_waits_is_bounded_and_its_newest_is_there(said: list[tuple[str, Up, int]]) -> None:
    box, number, newest = Mailbox(), 0, dict[tuple[str, Up], bytes]()
    for camera, subject, times in said:
        for _ in range(times):
            number += 1
            box.put(letter(camera, subject, number), 0.0)
            newest[camera, subject] = b"%d" % number
    assert len(box) <= len(CAMERAS) * (MOST_NEWS + 2 * NEWEST)
    read = dict[tuple[str, Up], bytes]()
    now = 0.0
    while (wait_s := box.wait_s(now)) is not None:
        now += wait_s + 1e-6
        for each in box.take(now, 50):
            read[each.camera, each.subject] = each.payload
    assert read == newest


# proves F9
@given(st.lists(SAID, max_size=12), st.integers(1, 200))
def test_each_message_is_read_or_handed_back_once(said: list[tuple[str, Up, int]], most: int) -> None:
    box, number, ended = Mailbox(), 0, list[bytes]()
    for camera, subject, times in said:
        for _ in range(times):
            number += 1
            box.put(letter(camera, subject, number), 0.0)
        ended += [each.payload for each in (*box.left_out(), *box.take(0.0, most))]
    now = 0.0
    while (wait_s := box.wait_s(now)) is not None:
        now += wait_s + 1e-6
        ended += [each.payload for each in box.take(now, most)]
    assert box.left_out() == []
    assert sorted(ended) == sorted(b"%d" % each for each in range(1, number + 1))


# proves F9
def test_a_camera_that_floods_keeps_nobody_waiting() -> None:
    box = Mailbox()
    for number in range(10_000):
        box.put(letter("cam-01", Up.EVENT, number), 0.0)
    box.put(letter("cam-02", Up.STATUS, 1), 0.0)
    assert [each.camera for each in box.take(0.0, 4)] == ["cam-01", "cam-02", "cam-01", "cam-01"]


# proves F9
def test_no_more_of_one_camera_is_read_than_its_budget() -> None:
    box, now, read = Mailbox(), 0.0, 0
    for step in range(400):
        for number in range(50):
            box.put(letter("cam-01", Up.EVENT, number), now)
        read += len(box.take(now, 1000))
        now = (step + 1) * 0.1
    assert read <= BURST + now * EACH_S
    assert box.wait_s(now) is not None


# proves F8
@pytest.mark.parametrize(
    ("subject", "many", "is_flood"),
    [
        (Up.STATUS, MOST_AT_ONCE, False),
        (Up.STATUS, MOST_AT_ONCE + 1, True),
        (Up.EVENT, MOST_NEWS, False),
        (Up.EVENT, MOST_NEWS + 1, True),
    ],
)
def test_what_was_kept_back_while_the_fleet_was_away_is_no_flood(
    subject: Up, many: int, is_flood: bool
) -> None:
    box = Mailbox()
    kept = [box.put(letter("cam-01", subject, number), 0.0) for number in range(many)]
    assert all(kept) is not is_flood


# proves F8
def test_a_flood_is_said_for_ten_minutes_after_the_last_that_was_left_out(
    caplog: pytest.LogCaptureFixture,
) -> None:
    book, at = FloodBook(), datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
    assert book.now(at) == ()
    for second in range(5):
        book.note("cam-01", at + timedelta(seconds=second))
    [found] = book.now(at + timedelta(seconds=4))
    assert (found.camera, found.since, found.count) == ("cam-01", at, 5)
    assert len(caplog.messages) == 3, "the first, second and fourth"
    assert caplog.messages[-1] == "cam-01 says more than is read: 4 of its messages were left out."
    later = at + timedelta(seconds=4) + LASTS
    assert book.now(later) == ()
    book.note("cam-01", later)
    assert [(each.since, each.count) for each in book.now(later)] == [(later, 1)]
