"""What a clock that was ahead gave is good for nothing once it is put right, of each kind; nor does it wait.

Sessions, links of set-up and break-glass: ``people``. A new kind with a time of its own belongs here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from fleet.cameras.service import create_code, enrol
from fleet.core import one_time
from fleet.core.actor import OPERATOR, Role
from fleet.core.problems import ProblemError
from fleet.delivery.models import Channel
from fleet.delivery.outbox import add_test, lease, note_failure
from fleet.delivery.rules.timing import FIRST_PAUSE
from fleet.footage.watching.lasting import add_viewing, lasting_viewing, touch_viewing
from fleet.footage.watching.models import OpenViewing
from fleet.jobs import rules as job_rules
from fleet.jobs.queue import anything_free, ask, fail, take
from fleet.people.accounts.links import check_link, invite, open_invitations
from fleet.people.tokens import actor_of_token, create_token, list_tokens
from fleet.releases.rules import codes
from fleet.releases.rules.codes import LinkFacts, LinkState, link_state
from fleet.server.compose import FleetServices
from fleet.web.views.people.accounts import token_views
from tests.support.fleet.fleet import TestClock, camera_request, fleet_services

BY = timedelta(days=400)
Good = Callable[[], bool]


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
def services(clock: TestClock, tmp_path: Path) -> Iterator[FleetServices]:
    with fleet_services(tmp_path, clock=clock) as found:
        yield found


def token(services: FleetServices) -> Good:
    with services.sessions.begin() as session:
        shown = create_token(
            session, services, name="p", roles=frozenset({Role.SAFETY_TEAM}), by=OPERATOR, days=30
        )
    return lambda: actor_of_token(services, shown) is not None


def invitation(services: FleetServices) -> Good:
    with services.sessions.begin() as session:
        link = invite(session, services, name="Jo", roles=frozenset({Role.SAFETY_TEAM}), by=OPERATOR)

    def is_good() -> bool:
        with services.readers() as session:
            is_listed = len(open_invitations(session)) == 1
            try:
                check_link(session, link.rpartition("/")[2])
            except ProblemError as problem:
                return problem.status != 410 or is_listed
            return is_listed

    return is_good


def release_link(services: FleetServices) -> Good:
    made = services.clock()
    facts = LinkFacts(made, made + timedelta(days=7), None, 0, 1, 0)
    return lambda: link_state(facts, services.clock()) is LinkState.GOOD


def viewing(services: FleetServices) -> Good:
    moment = services.clock()
    row = OpenViewing(
        id="v", owner_kind="user", owner="u", recording="r", purpose="Review", opened=moment, used=moment,
        seals=0, layout="",
    )  # fmt: skip
    with services.sessions.begin() as session:
        add_viewing(session, row)

    def lasts() -> bool:
        with services.readers() as session:
            return lasting_viewing(session, "v", services.clock()) is not None

    return lasts


def enrolled_again(services: FleetServices) -> Good:
    """An answer that a camera gets once more, by a code that it used."""
    _key, request = camera_request()
    with services.sessions.begin() as session:
        code = create_code(session, services.cameras, by=OPERATOR)[0]
        enrol(session, services.cameras, code=code, request_pem=request)

    def is_answered() -> bool:
        with services.sessions.begin() as session:
            try:
                enrol(session, services.cameras, code=code, request_pem=request)
            except ProblemError as problem:
                return problem.status != 409
            return True

    return is_answered


@pytest.mark.parametrize("give", [token, invitation, release_link, viewing, enrolled_again])
def test_what_a_clock_that_was_ahead_gave_is_good_no_more(
    services: FleetServices, clock: TestClock, give: Callable[[FleetServices], Good]
) -> None:
    # proves F5
    right = clock.now
    clock.now = right + BY
    is_good = give(services)
    assert is_good()
    clock.now = right
    assert not is_good()
    clock.now = right + BY + one_time.AHEAD
    assert is_good(), "a clock that was behind for a while ends nothing for good"


@pytest.mark.parametrize("give", [token, invitation, release_link, viewing, enrolled_again])
def test_clocks_of_two_processes_may_differ(
    services: FleetServices, clock: TestClock, give: Callable[[FleetServices], Good]
) -> None:
    is_good = give(services)
    clock.now -= one_time.AHEAD
    assert is_good()


def test_a_viewing_that_was_used_ahead_is_over(services: FleetServices, clock: TestClock) -> None:
    # proves F1
    lasts, right = viewing(services), clock.now
    with services.sessions.begin() as session:
        touch_viewing(session, "v", right + BY)
    assert not lasts()


def test_a_token_until_it_is_revoked_is_good_whichever_clock_made_it(
    services: FleetServices, clock: TestClock
) -> None:
    right = clock.now
    clock.now = right + BY
    with services.sessions.begin() as session:
        shown = create_token(session, services, name="p", roles=frozenset({Role.SAFETY_TEAM}), by=OPERATOR)
    assert actor_of_token(services, shown) is not None
    clock.now = right
    assert actor_of_token(services, shown) is not None
    with services.readers() as session:
        (row,) = list_tokens(session)
        assert row.seen == right, "that it was shown is kept, although it was so at a later time before"


def test_the_page_says_why_a_token_is_good_no_more(services: FleetServices, clock: TestClock) -> None:
    # proves F8
    right = clock.now
    clock.now = right + BY
    token(services)
    with services.readers() as session:
        (before,) = token_views(list_tokens(session), clock.now)
        (after,) = token_views(list_tokens(session), right)
    assert before.note.startswith("Good until")
    assert after.note.startswith("Made by a clock that was ahead, and good no more: make another;")
    assert (before.is_good, after.is_good) == (True, False)


# What waits


@pytest.mark.parametrize("how", ["asked", "taken", "failed"])
def test_a_job_does_not_wait_for_a_clock_that_was_ahead(
    services: FleetServices, clock: TestClock, how: str
) -> None:
    # proves F7
    right = clock.now
    clock.now = right + BY
    with services.sessions.begin() as session:
        ask(session, "work", "s")
        if how != "asked":
            (held,) = take(session, ["work"], "one")
            if how == "failed":
                fail(session, held, "It did not work.")
        assert anything_free(session, ["work"]) == (how == "asked")
    clock.now = right
    with services.sessions.begin() as session:
        assert anything_free(session, ["work"])
        (lease_,) = take(session, ["work"], "two")
        assert lease_.subject == "s"
        assert take(session, ["work"], "three") == ()


@pytest.mark.parametrize("how", ["new", "held", "tried"])
def test_a_message_does_not_wait_for_a_clock_that_was_ahead(
    services: FleetServices, clock: TestClock, how: str
) -> None:
    # proves L3
    right = clock.now
    ahead = right + BY
    with services.sessions.begin() as session:
        made = add_test(session, Channel.WEBHOOK, None, ahead if how == "new" else right, services.random)
        made.is_test = False
        if how == "held":
            assert lease(session, ahead, 9) == [made]
        elif how == "tried":
            note_failure(session, made.id, "Nobody answered.", ahead, is_final=False)
    with services.sessions.begin() as session:
        assert [each.id for each in lease(session, right, 9)] == [made.id]
        assert lease(session, right, 9) == []


@pytest.mark.parametrize("how", ["new", "held", "tried"])
def test_a_message_of_a_clock_that_was_ahead_has_its_pauses_from_then_on(
    services: FleetServices, clock: TestClock, how: str
) -> None:
    # proves L3
    right = clock.now
    with services.sessions.begin() as session:
        made = add_test(session, Channel.WEBHOOK, None, right + BY, services.random)
        made.is_test = False
        if how == "held":
            assert lease(session, right + BY, 9) == [made]
        elif how == "tried":
            note_failure(session, made.id, "Nobody answered.", right + BY, is_final=False)
        tries = made.tries
    with services.sessions.begin() as session:
        (row,) = lease(session, right, 9)
        note_failure(session, row.id, "Nobody answered.", right, is_final=False)
        assert (row.created, row.tries) == (right, tries + 1)
        pause = row.due - right
        assert pause >= FIRST_PAUSE
        assert lease(session, right + pause - timedelta(seconds=1), 9) == []
        assert lease(session, right + pause, 9) == [row]


def test_all_allow_clocks_to_differ_by_as_much() -> None:
    assert one_time.AHEAD == job_rules.AHEAD == codes.AHEAD
