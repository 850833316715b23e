from __future__ import annotations

import asyncio
import threading

from fleet.core.live import RESYNC, Hint, Live


def test_a_hint_from_any_thread_arrives() -> None:
    async def run() -> Hint:
        live = Live()
        async with live.subscribe() as hints:
            threading.Thread(target=live.publish, args=("camera", "cam-01")).start()
            return await anext(hints)

    assert asyncio.run(run()) == Hint("camera", "cam-01")


def test_a_slow_subscriber_is_told_to_read_again_and_blocks_nobody() -> None:
    async def run() -> tuple[list[Hint], list[Hint]]:
        live = Live(depth=4)
        async with live.subscribe() as slow, live.subscribe() as quick:
            got = []
            for number in range(20):
                live.publish("camera", str(number))
                got.append(await anext(quick))
            live.close()
            return [hint async for hint in slow], got

    slow, quick = asyncio.run(run())
    assert slow == [RESYNC]
    assert quick == [Hint("camera", str(number)) for number in range(20)]


def test_the_position_moves_with_each_hint_and_is_no_other_bus_s() -> None:
    live = Live()
    seen = {live.position, Live().position}
    live.publish("camera", "cam-01")
    seen.add(live.position)
    live.publish("camera", "cam-01")
    assert len(seen | {live.position}) == 4
    assert live.position == live.position


def test_the_same_thing_twice_is_told_once() -> None:
    async def run() -> list[Hint]:
        live = Live()
        async with live.subscribe() as hints:
            for subject in ("a", "b", "a", "a"):
                live.publish("camera", subject)
            live.close()
            return [hint async for hint in hints]

    assert asyncio.run(run()) == [Hint("camera", "a"), Hint("camera", "b")]


def test_who_subscribes_after_the_close_ends_at_once() -> None:
    async def run() -> list[Hint]:
        live = Live()
        live.close()
        async with live.subscribe() as hints:
            return [hint async for hint in hints]

    assert asyncio.run(run()) == []


def test_a_subscriber_whose_loop_is_gone_is_forgotten() -> None:
    live = Live()
    loop = asyncio.new_event_loop()

    async def subscribe() -> None:
        await live.subscribe().__aenter__()

    loop.run_until_complete(subscribe())
    loop.close()
    live.publish("camera", "cam-01")
    live.publish("camera", "cam-02")
    assert not live._subscriptions


def test_hints_of_other_processes_are_heard_and_ones_own_are_not_heard_twice() -> None:
    async def run() -> list[Hint]:
        here, there = Live(), Live()
        async with here.subscribe() as hints:
            here.hear(here.carried("camera", "cam-01"))
            here.hear(there.carried("camera", "cam 02"))
            here.hear(there.carried("recording", ""))
            here.close()
            return [hint async for hint in hints]

    assert asyncio.run(run()) == [Hint("camera", "cam 02"), Hint("recording", "")]


def test_a_resync_takes_the_place_of_what_waits() -> None:
    async def run() -> list[Hint]:
        live = Live()
        async with live.subscribe() as hints:
            live.publish("camera", "cam-01")
            live.resync()
            live.close()
            return [hint async for hint in hints]

    assert asyncio.run(run()) == [RESYNC]


def test_many_changes_are_told_at_once_each_thing_once_and_read_together() -> None:
    async def run() -> tuple[Hint, list[Hint], list[Hint]]:
        live = Live()
        async with live.subscribe() as hints:
            before = live.position
            live.publish_all([])
            assert live.position == before, "nothing changed"
            live.publish_all([("recording", "a"), ("recording", "b"), ("recording", "a"), ("camera", "c")])
            first = await anext(hints)
            rest = hints.waiting()
            live.publish("recording", "a")
            live.close()
            return first, rest, [hint async for hint in hints]

    first, rest, later = asyncio.run(run())
    assert [first, *rest] == [Hint("recording", "a"), Hint("recording", "b"), Hint("camera", "c")]
    assert later == [Hint("recording", "a")], "what was read together is not read again"


def test_more_changes_at_once_than_are_kept_are_a_call_to_read_everything() -> None:
    async def run() -> list[Hint]:
        live = Live(depth=4)
        async with live.subscribe() as hints:
            live.publish_all([("recording", str(number)) for number in range(9)])
            live.close()
            return [hint async for hint in hints]

    assert asyncio.run(run()) == [RESYNC]
