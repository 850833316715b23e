"""Whoever is not signed in shares few turns, and leaves everybody else theirs."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.core.actor import Role
from fleet.core.problems import ProblemError
from fleet.people.limits.fair_queue import Come, FairQueue, QueueLimits
from fleet.people.trying.anonymous import LIMITS, AnonymousBudget, peer_of
from fleet.server.compose import FleetServices
from tests.support.fleet.fleet import dashboard_client, problem, token_for

SMALL = QueueLimits(at_once=2, waiting=4, each_peer=3)
STEPS = st.lists(st.tuples(st.booleans(), st.integers(0, 3)), max_size=60)


# proves F9
@given(STEPS)
def test_turns_are_few_are_shared_and_all_of_them_come(steps: list[tuple[bool, int]]) -> None:
    queue: FairQueue[int] = FairQueue(SMALL)
    working, waiting = dict[int, str](), dict[int, str]()

    def let_go(guest: int) -> None:
        working.pop(guest, None)
        waiting.pop(guest, None)
        following = queue.leave(guest)
        if following is not None:
            working[following] = waiting.pop(following)

    for guest, (comes, which) in enumerate(steps):
        here = [*working, *waiting]
        if not comes and here:
            let_go(here[which % len(here)])
        elif comes:
            peer = f"peer {which}"
            came, going = queue.come(guest, peer)
            if going is not None:
                assert waiting[going] != peer
                del waiting[going]
            if came is not Come.GOES:
                (working if came is Come.WORKS else waiting)[guest] = peer
        assert len(working) <= SMALL.at_once
        assert len(waiting) <= SMALL.waiting
        assert not waiting or len(working) == SMALL.at_once, "nobody waits where there is a turn"
        assert all(n <= SMALL.each_peer for n in Counter([*working.values(), *waiting.values()]).values())
        assert len(queue) == len(working) + len(waiting)
    while working:
        let_go(next(iter(working)))
    assert not waiting


# proves F9
def test_one_that_asks_much_makes_room_for_one_that_asks_little() -> None:
    queue: FairQueue[str] = FairQueue(QueueLimits(at_once=2, waiting=4, each_peer=9))
    for guest in ("a1", "a2", "a3", "a4", "a5", "a6"):
        queue.come(guest, "a")
    assert queue.come("a7", "a") == (Come.GOES, None)
    assert queue.come("b1", "b") == (Come.WAITS, "a6")
    assert queue.leave("a1") == "b1", "whoever has none at work is next"
    assert queue.leave("a6") is None, "it is gone already"


@pytest.mark.parametrize(
    ("address", "peer"),
    [
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("192.0.2.1", "192.0.2.1"),
        ("", ""),
    ],
)
def test_a_network_of_one_subscriber_is_one_peer(address: str, peer: str) -> None:
    assert peer_of(address) == peer


# proves F9
def test_a_crowd_waits_in_its_order_and_one_too_many_is_told_at_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    now = 1000.0
    budget = AnonymousBudget(SMALL, clock=lambda: now)
    came: list[str] = []

    async def ask(name: str, held: asyncio.Event) -> None:
        async with budget.turn(name[0]):
            came.append(name)
            await held.wait()

    async def crowd() -> None:
        held = asyncio.Event()
        names = ("a1", "a2", "a3", "b1", "b2", "b3")
        tasks = [asyncio.create_task(ask(name, held)) for name in names]
        await asyncio.sleep(0)
        assert came == ["a1", "a2"]
        with pytest.raises(ProblemError):
            await ask("a4", held)
        tasks.append(asyncio.create_task(ask("c1", held)))
        await asyncio.sleep(0)
        tasks[3].cancel()  # whoever gives up while waiting is not in the way
        held.set()
        done = await asyncio.gather(*tasks, return_exceptions=True)
        (refused,) = [each for each in done if isinstance(each, ProblemError)]
        assert done.index(refused) == names.index("a3")
        assert (refused.status, refused.code) == (503, "anonymous_busy")
        assert refused.headers == {"Retry-After": "3"}

    with caplog.at_level(logging.WARNING):
        asyncio.run(crowd())
    assert sorted(came) == ["a1", "a2", "b2", "b3", "c1"]
    assert budget.refused == 2
    assert [each.getMessage() for each in caplog.records if each.name.endswith("anonymous")] == [
        "Requests of nobody signed in that were told to try again: 1."
    ], "once a minute"


@pytest.fixture
def full(services: FleetServices) -> Iterator[FleetServices]:
    """A fleet with all turns of strangers taken."""
    queue, guests = services.people.anonymous._queue, range(LIMITS.at_once + LIMITS.waiting)
    for guest in guests:
        queue.come(guest, f"peer {guest}")  # type: ignore[arg-type] # a stranger
    yield services
    for guest in guests:
        queue.leave(guest)  # type: ignore[arg-type] # the same


# proves F9
def test_strangers_that_fill_their_turns_leave_people_and_programs_theirs(full: FleetServices) -> None:
    with dashboard_client(full, workers=False) as stranger:
        for method, path in COSTLY_ROUTES:
            refused = stranger.request(method, path, json={}, headers={"Accept": "application/json"})
            assert problem(refused) == (503, "anonymous_busy"), path
            assert refused.headers["Retry-After"] == "3"
            assert refused.json()["detail"].startswith("Too many who are not signed in ask at this moment")
        page = stranger.get("/setup/link", headers={"Accept": "text/html"})
        assert (page.status_code, "Too many who are not signed in" in page.text) == (503, True)
        assert stranger.get("/sign-in").status_code in {200, 303}, "what costs little is still there"
        assert stranger.get("/api/v1/authority").status_code == 200
    with dashboard_client(full, token=token_for(full, Role.ADMINISTRATOR), workers=False) as program:
        assert program.get("/api/v1/cameras").status_code == 200
        settings = program.get("/settings", headers={"Accept": "text/html"}).text
    assert "requests of nobody signed in had no turn" in settings


COSTLY_ROUTES = [
    ("POST", "/api/v1/setup"),
    ("POST", "/api/v1/session"),
    ("POST", "/api/v1/enrolments"),
]
