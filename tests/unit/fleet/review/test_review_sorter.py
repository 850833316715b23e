"""The worker that sorts: at what it is told of, at everything with each round, and on after a failure."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable, Collection

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from fleet.core.live import RESYNC
from fleet.review.models import Review, ReviewEntry, ViewingReview
from fleet.review.sorter import ROUND_S, ReviewSorter
from fleet.server.compose import FleetServices
from tests.support.fleet.fleet import TestClock
from tests.support.pages.scene import Scene

PATIENCE_S = 30


@pytest.fixture
def scene(services: FleetServices, clock: TestClock) -> Scene:
    found = Scene(services, clock, None)  # type: ignore[arg-type]  # no page is asked for
    found.camera()
    return found


def press(scene: Scene, number: int) -> str:
    name = f"{number:032x}"
    scene.held(number=number, recording=name, marks=["safety override"])
    return name


def sorted_names(services: FleetServices) -> set[str]:
    with services.readers() as session:
        return set(session.scalars(select(Review.name)))


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - what changes is in the database
            await asyncio.sleep(0.01)


def test_what_comes_is_sorted_at_once_and_what_nobody_tells_of_with_the_next_round(
    services: FleetServices, scene: Scene
) -> None:
    # proves F8
    assert ROUND_S <= 60, "the page says so"
    draw = services.reviews.draw

    async def told_of(topic: str, subject: str) -> None:
        sorter = ReviewSorter(services, draw, round_s=3600)
        async with sorter.running():
            name = press(scene, len(sorted_names(services)) + 1)
            services.live.publish(topic, name if topic == "recording" else subject)
            await until(lambda: name in sorted_names(services))

    async def nobody_tells() -> None:
        async with ReviewSorter(services, draw, round_s=0.01).running():
            name = press(scene, 9)
            await until(lambda: name in sorted_names(services))

    asyncio.run(told_of("recording", ""))
    asyncio.run(told_of("incident", "1"))
    asyncio.run(told_of(RESYNC.topic, RESYNC.subject))
    asyncio.run(nobody_tells())


def test_only_a_look_at_everything_that_came_to_its_end_counts(
    services: FleetServices, scene: Scene, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F8
    sorter = ReviewSorter(services, services.reviews.draw)
    assert sorter.through is None
    name = press(scene, 1)
    sorter.sort_all([name])
    assert sorter.through is None, "that was one recording"
    sorter.sort_all()
    begun = clock()
    assert sorter.through == begun

    def broken(*_of: object) -> int:
        raise RuntimeError("a rule of our own failed")

    clock.move(minutes=1)
    monkeypatch.setattr(sorter, "sort_looks_block", broken)
    asyncio.run(sorter._until_done(None))
    assert sorter.through == begun, "what failed did not come to its end"
    monkeypatch.undo()
    asyncio.run(sorter._until_done(None))
    assert sorter.through == clock()


def test_a_viewing_is_looked_at_with_the_next_round(services: FleetServices, scene: Scene) -> None:
    # proves F8
    name = press(scene, 1)

    def seen() -> bool:
        with services.readers() as session:
            return session.scalars(select(ViewingReview.recording)).all() == [name]

    async def run() -> None:
        async with ReviewSorter(services, services.reviews.draw, round_s=0.01).running():
            scene.looked(name)
            await until(seen)

    asyncio.run(run())


def test_a_database_that_does_not_answer_is_asked_again(
    services: FleetServices,
    scene: Scene,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    # proves F7
    name = press(scene, 1)
    fails: list[Exception] = [OperationalError("", {}, Exception("gone away")), RuntimeError("unforeseen")]
    plain = ReviewSorter.sort_block

    def failing(sorter: ReviewSorter, after: int = 0, among: Collection[str] | None = None) -> int | None:
        if fails:
            raise fails.pop()
        return plain(sorter, after, among)

    monkeypatch.setattr(ReviewSorter, "sort_block", failing)

    async def run() -> None:
        async with ReviewSorter(services, services.reviews.draw, round_s=0.01).running():
            await until(lambda: name in sorted_names(services))

    with caplog.at_level(logging.WARNING):
        asyncio.run(run())
    assert "the next round tries again: gone away" in caplog.text
    assert "the next round tries again." in caplog.text


def test_two_who_sort_the_same_queue_it_once(services: FleetServices, scene: Scene) -> None:
    name = press(scene, 1)
    both = [ReviewSorter(services, services.reviews.draw) for _ in range(2)]

    async def run() -> None:
        await asyncio.gather(*(asyncio.to_thread(each.sort_all) for each in both))

    asyncio.run(run())
    with services.readers() as session:
        acts = session.scalars(select(ReviewEntry.act)).all()
    assert (sorted_names(services), list(acts)) == ({name}, ["queued"])


def test_more_than_a_block_is_sorted(
    services: FleetServices, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fleet.review.sorting.BLOCK", 2)
    names = {press(scene, number) for number in range(1, 6)}
    services.reviews.sorter.sort_all()
    assert sorted_names(services) == names


def test_after_each_block_it_rests_so_that_what_cameras_say_is_heard(
    services: FleetServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F9
    sorter = ReviewSorter(services, services.reviews.draw)
    blocks, rests, clock = [3, 7, None], [], itertools.count()

    async def rest(seconds: float) -> None:
        rests.append(seconds)

    monkeypatch.setattr("fleet.review.sorter.asyncio.sleep", rest)
    monkeypatch.setattr("fleet.review.sorter._seconds", lambda: float(next(clock)))
    monkeypatch.setattr(sorter, "sort_block", lambda *_: blocks.pop(0))
    assert asyncio.run(sorter._until_done(None)) == 4.0, "so long as a second of work asks for"
    assert rests == [0.0, 4.0, 4.0]
