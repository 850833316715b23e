"""Which process has the broker, with claims and a broker of which the test says how they do."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from fleet.cameras.broker_link import BrokerLink
from fleet.core.errors import BrokerError
from fleet.processes.claims import Alone, ClaimKey, Claims
from fleet.server.broker import Broker
from fleet.server.broker_seat import BrokerSeat


@dataclass
class Said:
    """Claims that are so as the test says."""

    is_free: bool = True
    is_shared: bool = True
    left: int = 0
    held: bool = False

    def take(self, key: int) -> bool:
        assert key == ClaimKey.BROKER
        self.held = self.is_free
        return self.is_free

    def holds(self, _key: int) -> bool:
        return self.held

    def leave(self, _key: int) -> None:
        self.left += 1
        self.held = False

    def close(self) -> None:
        """Do nothing."""


@dataclass
class Runs:
    """A broker that comes up, or fails as often as it is told to."""

    failures: int = 0
    fault: Exception | None = None
    up: int = 0
    seen: asyncio.Event = field(default_factory=asyncio.Event)
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    @contextlib.asynccontextmanager
    async def __call__(self) -> AsyncIterator[Broker]:
        if self.failures:
            self.failures -= 1
            raise BrokerError("The broker does not come up.")
        if self.fault is not None:
            raise self.fault
        self.up += 1
        self.seen.set()
        try:
            yield None  # type: ignore[misc]  # nothing asks it anything
        finally:
            self.gone.set()


class ToldLink(BrokerLink):
    """A link that says when it is told that the broker is elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.told = asyncio.Event()

    def is_elsewhere(self) -> None:
        super().is_elsewhere()
        self.told.set()


def seat(claims: Claims, runs: Runs, link: BrokerLink | None = None) -> BrokerSeat:
    return BrokerSeat(claims, link or BrokerLink(), runs, look_s=0)


def test_a_process_alone_has_the_broker_from_its_start_to_its_end() -> None:
    async def run() -> None:
        runs, link = Runs(), BrokerLink()
        async with seat(Alone(), runs, link).running():
            assert runs.up == 1
            assert link.is_here()
        assert runs.gone.is_set()

    asyncio.run(run())


def test_a_broker_that_does_not_come_up_stops_the_start() -> None:
    async def run() -> None:
        with pytest.raises(BrokerError, match="does not come up"):
            async with seat(Said(), Runs(failures=1)).running():
                pytest.fail("it started")

    asyncio.run(run())


def test_the_second_process_starts_without_and_takes_it_over_however_often_that_fails() -> None:
    async def run() -> None:
        claims, runs, link = Said(is_free=False), Runs(failures=2), BrokerLink()
        async with seat(claims, runs, link).running():
            assert not link.is_here()
            assert runs.up == 0
            claims.is_free = True
            await asyncio.wait_for(runs.seen.wait(), 10)
            assert claims.left == 2  # each time that it did not come up, for another to try

    asyncio.run(run())


def test_a_process_that_loses_the_claim_stops_its_broker_before_it_asks_again() -> None:
    async def run() -> None:
        claims, runs, link = Said(), Runs(), ToldLink()
        async with seat(claims, runs, link).running():
            claims.is_free = claims.held = False
            await asyncio.wait_for(runs.gone.wait(), 10)
            await asyncio.wait_for(link.told.wait(), 10)
            assert not link.is_here()
            runs.seen.clear()
            claims.is_free = True
            await asyncio.wait_for(runs.seen.wait(), 10)
            assert runs.up == 2

    asyncio.run(run())


def test_a_fault_that_is_not_the_brokers_ends_the_service() -> None:
    async def run() -> None:
        claims, runs, failed = Said(is_free=False), Runs(fault=RuntimeError("a fault")), asyncio.Event()
        async with seat(claims, runs).running(failed.set):
            claims.is_free = True
            await asyncio.wait_for(failed.wait(), 10)

    with pytest.raises(RuntimeError, match="a fault"):
        asyncio.run(run())
