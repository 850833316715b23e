"""What a restore ends, for it may have been ended or used since the backup was made."""

from __future__ import annotations

import pytest

from fleet.cameras.service import create_code, enrol
from fleet.commands.restored import ENDED, end_what_may_be_over
from fleet.core.actor import OPERATOR, Role
from fleet.core.problems import ProblemError
from fleet.people.accounts.links import check_link, invite, new_password_link
from fleet.people.break_glass.service import check_link as check_glass
from fleet.people.break_glass.service import give
from fleet.people.sessions import actor_of_session
from fleet.people.sign_in import check_setup_link, create_setup_link, set_up
from fleet.people.tokens import actor_of_token, create_token
from fleet.server.compose import FleetServices
from tests.support.fleet.fleet import TestClock, camera_request

pytestmark = pytest.mark.usefixtures("cheap_passwords")


def test_who_was_in_by_then_and_what_lets_in_once_is_over(services: FleetServices, clock: TestClock) -> None:
    # proves F5
    core, roles = services, frozenset({Role.ADMINISTRATOR})
    with core.sessions.begin() as session:
        first = create_setup_link(session, core).rpartition("/")[2]
    signed = set_up(core, link=first, name="Administrator 1", password="correct horse battery")
    with core.sessions.begin() as session:
        invitation = invite(session, core, name="Desk 2", roles=roles, by=OPERATOR).rpartition("/")[2]
        new_password = new_password_link(session, core, user=signed.actor.id, by=OPERATOR)
        password = new_password.rpartition("/")[2]
        glass = give(
            session, core, name="Administrator 1", new=False, reason="Lost", hours=1, by=OPERATOR
        ).url.rpartition("/")[2]
        code, _ = create_code(session, services.cameras, by=OPERATOR)
        token = create_token(session, core, name="dock", roles=roles, by=OPERATOR)
    assert actor_of_session(core, signed.secret, "") is not None
    clock.move(minutes=1)
    with core.sessions.begin() as session:
        end_what_may_be_over(session)
    assert actor_of_session(core, signed.secret, "") is None
    with core.sessions.begin() as session:
        for check, secret in ((check_link, invitation), (check_link, password), (check_glass, glass)):
            with pytest.raises(ProblemError) as refused:
                check(session, secret)
            assert refused.value.status == 410
        with pytest.raises(ProblemError):
            enrol(session, services.cameras, code=code, request_pem=camera_request()[1])
    assert actor_of_token(core, token) is not None, "programs go on"
    assert "Everybody signs in anew." in ENDED


def test_a_link_that_sets_up_is_made_anew(services: FleetServices, clock: TestClock) -> None:
    with services.sessions.begin() as session:
        first = create_setup_link(session, services).rpartition("/")[2]
    clock.move(minutes=1)
    with services.sessions.begin() as session:
        end_what_may_be_over(session)
        with pytest.raises(ProblemError, match="make another with: lapel-fleet setup-link"):
            check_setup_link(session, first)
        check_setup_link(session, create_setup_link(session, services).rpartition("/")[2])
