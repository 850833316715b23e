"""News on its way: nothing lost on a cut, never twice in the queue, and bounded."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from device.link.messages.outbox import Outbox
from protocol.messages.events import CameraEvent, NewsKind


def news(index: int) -> CameraEvent:
    return CameraEvent(id=f"e{index}", kind=NewsKind.BOOKMARK, camera="cam-01", at_utc_us=index)


def test_an_event_waits_until_it_is_acknowledged() -> None:
    outbox = Outbox()
    outbox.put(news(1))
    assert outbox.to_send() == [news(1)]
    outbox.sent(news(1), 7)
    assert outbox.to_send() == []
    outbox.acknowledged(6)
    assert len(outbox) == 1
    outbox.acknowledged(7)
    assert len(outbox) == 0


def test_a_cut_sends_again_what_was_on_its_way_in_the_old_order() -> None:
    outbox = Outbox()
    for index in range(3):
        outbox.put(news(index))
    outbox.sent(news(0), 1)
    outbox.sent(news(1), 2)
    outbox.acknowledged(1)
    outbox.cut()
    assert outbox.to_send() == [news(1), news(2)]


def test_the_oldest_go_when_it_is_full_and_are_counted() -> None:
    outbox = Outbox(capacity=2)
    for index in range(5):
        outbox.put(news(index))
    assert outbox.to_send() == [news(3), news(4)]
    assert outbox.dropped == 3


@given(st.lists(st.one_of(st.integers(0, 5), st.sampled_from(["send", "acknowledge", "cut"])), max_size=60))
def test_every_event_is_sent_until_acknowledged(actions: list[int | str]) -> None:
    outbox = Outbox()
    waiting: list[int] = []
    on_the_way: dict[int, int] = {}
    numbers = iter(range(1, 1000))
    for action in actions:
        if isinstance(action, int):
            outbox.put(news(action))
            if action not in waiting:
                waiting.append(action)
        elif action == "send":
            for event in outbox.to_send():
                number = next(numbers)
                outbox.sent(event, number)
                on_the_way[number] = event.at_utc_us
        elif action == "acknowledge" and on_the_way:
            number, index = on_the_way.popitem()
            outbox.acknowledged(number)
            waiting.remove(index)
        elif action == "cut":
            outbox.cut()
            on_the_way.clear()
    outbox.cut()
    assert [event.at_utc_us for event in outbox.to_send()] == waiting
