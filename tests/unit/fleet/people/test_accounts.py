"""Accounts from the invitation to the day on which somebody leaves, through the pages that do it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select

from fleet.audit.log import verify_log
from fleet.audit.models import AuditEntry
from fleet.core.actor import OPERATOR, Actor, ActorKind, Role
from fleet.core.problems import ProblemError
from fleet.people.accounts.links import new_password_link, use_link
from fleet.people.accounts.users import list_users
from fleet.people.models import AccessLink, User, UserSession
from fleet.people.officers import add_officer, retire_officer
from fleet.people.provided.accounts import set_provider_roles
from fleet.people.provided.leaving import _left
from fleet.people.secrets import digest
from fleet.people.sessions import COOKIE
from fleet.people.sign_in import create_setup_link, set_up
from fleet.server.compose import FleetServices
from tests.support.fleet.filling_in import HTML, Browser, browsers
from tests.support.fleet.fleet import TestClock, dashboard_client, token_for

pytestmark = pytest.mark.usefixtures("cheap_passwords")
PASSWORD, OTHER = "correct horse battery", "another long password"


Opens = Callable[[], Browser]


@pytest.fixture
def open_browser(services: FleetServices) -> Iterator[Opens]:
    with browsers(services) as another:
        yield another


@pytest.fixture
def desk(services: FleetServices, open_browser: Opens) -> Browser:
    """The administrator's."""
    with services.sessions.begin() as session:
        link = create_setup_link(session, services).rpartition("/")[2]
    signed = set_up(services, link=link, name="Administrator 1", password=PASSWORD)
    browser = open_browser()
    browser.client.cookies.set(COOKIE, signed.secret)
    return browser


def invited(desk: Browser, name: str = "Desk 2", *roles: Role) -> str:
    """Invite somebody, and return the path of the link that is shown."""
    chosen = [str(role) for role in roles or (Role.SAFETY_TEAM,)]
    page = desk.post("/users/invitations", "/users", name=name, role=chosen)
    found = re.search(r"https://[^<]*(/join/[\w-]+)", page)
    assert found is not None, page
    return found[1]


def join(browser: Browser, link: str, password: str = PASSWORD) -> str:
    return browser.post(link, link, password=password, again=password)


def user_id(services: FleetServices, name: str) -> str:
    with services.readers() as session:
        return session.scalars(select(User.id).where(User.name == name)).one()


def logged(services: FleetServices) -> list[str]:
    """What the audit log has, in order; it holds."""
    with services.readers() as session:
        assert verify_log(session) is None
        return [each.action for each in session.scalars(select(AuditEntry).order_by(AuditEntry.number))]


def test_an_invitation_makes_one_account_with_its_roles(
    services: FleetServices, desk: Browser, open_browser: Opens
) -> None:
    # proves F5
    link = invited(desk, "Desk 2", Role.SAFETY_TEAM, Role.HEAD_OF_SAFETY)
    assert link.rpartition("/")[2] not in desk.get("/users"), "it is shown once"
    assert "Invited by Administrator 1" in desk.get("/users")
    new = open_browser()
    assert "Administrator 1 invited you as: Safety team, Head of safety." in new.get(link)
    assert "not the same" in new.post(link, link, password=PASSWORD, again="something else")
    assert "too short" in new.post(link, link, password="short", again="short")
    join(new, link)
    assert new.is_in()
    assert "Desk 2: Safety team, Head of safety." in new.get("/account")
    assert "Firefox on Windows" in new.get("/account")
    assert "This link was used already; sign in instead." in open_browser().get(link)
    assert "Invited by" not in desk.get("/users")
    assert logged(services)[-4:] == [
        "people:invitation:create",
        "people:user:create",
        "people:session:start",
        "people:link:refuse",
    ]
    assert new.client.get("/users").status_code == 403, "it is not for them"


def test_an_invitation_needs_a_name_that_is_free_and_a_role(desk: Browser) -> None:
    send = {"path": "/users/invitations", "page": "/users"}
    assert "Choose at least one role." in desk.post(**send, name="Desk 2")
    assert "Type their name." in desk.post(**send, name=" ", role=["safety-team"])
    assert "a user named ADMINISTRATOR 1 already" in desk.post(
        **send, name="ADMINISTRATOR 1", role=["safety-team"]
    )
    assert "Choose at least one role." in desk.post(**send, name="Desk 2", role=["king"])
    assert "Invited, not here yet" not in desk.get("/users")


def test_a_link_is_good_for_its_time_until_it_is_withdrawn_or_replaced(
    services: FleetServices, desk: Browser, open_browser: Opens, clock: TestClock
) -> None:
    first = invited(desk)
    second = invited(desk)
    stranger = open_browser()
    assert "This link was replaced or withdrawn" in stranger.get(first), "by the second for the same name"
    found = re.search(r"/users/invitations/\w+/withdraw", desk.get("/users"))
    assert found is not None
    desk.post(found[0], "/users")
    assert "This link was replaced or withdrawn" in join(stranger, second)
    third = invited(desk)
    clock.move(hours=services.config.people.invitation_hours)
    assert "This link has expired; ask an administrator for another." in stranger.get(third)
    assert "This link is not known" in stranger.get("/join/nothing")
    assert not stranger.is_in()
    with services.readers() as session:
        assert [user.name for user in list_users(session)] == ["Administrator 1"]


def test_a_name_that_was_taken_meanwhile_is_refused(
    services: FleetServices, desk: Browser, open_browser: Opens
) -> None:
    link = invited(desk)
    with services.sessions.begin() as session:
        session.add(
            User(
                id="u9",
                name="desk 2",
                password="x",
                roles=frozenset({Role.OFFICER}),
                created=services.clock(),
            )
        )
    assert "There is a user named Desk 2 already" in join(open_browser(), link)


def test_roles_count_at_once_where_somebody_is_signed_in(
    services: FleetServices, desk: Browser, open_browser: Opens
) -> None:
    # proves F5
    new = open_browser()
    join(new, invited(desk))
    assert new.client.get("/hand-out").status_code == 200
    page = f"/users/{user_id(services, 'Desk 2')}"
    desk.post(f"{page}/roles", page, role=["data-protection-officer"])
    assert new.client.get("/hand-out").status_code == 403
    assert new.client.get("/recordings").status_code == 200
    assert "Choose at least one role; who should do nothing any more is retired." in desk.post(
        f"{page}/roles", page
    )
    before = len(logged(services))
    desk.post(f"{page}/roles", page, role=["data-protection-officer"])
    assert len(logged(services)) == before, "the same again is no change"


def test_nobody_takes_roles_away_unseen_that_another_has_given(
    services: FleetServices, desk: Browser, open_browser: Opens
) -> None:
    # proves F6
    join(open_browser(), invited(desk))
    page = f"/users/{user_id(services, 'Desk 2')}"
    assert 'name="seen" value="safety-team"' in desk.client.get(page).text
    desk.post(f"{page}/roles", page, role=["safety-team", "head-of-safety"], seen=["safety-team"])
    refused = desk.post(f"{page}/roles", page, role=["cctv-manager"], seen=["safety-team"])
    assert "Somebody changed these roles after the page was shown, so nothing was changed." in refused
    assert 'name="seen" value="head-of-safety"' in refused
    desk.post(f"{page}/roles", page, role=["cctv-manager"], seen=["safety-team", "head-of-safety"])
    assert 'name="seen" value="cctv-manager"' in desk.client.get(page).text


def test_who_retires_is_signed_out_and_comes_back_as_before(
    services: FleetServices, desk: Browser, open_browser: Opens
) -> None:
    # proves F5
    new = open_browser()
    join(new, invited(desk))
    page = f"/users/{user_id(services, 'Desk 2')}"
    desk.post(f"{page}/retire", page)
    assert not new.is_in()
    assert "Desk 2 is retired and cannot sign in." in new.sign_in("Desk 2", PASSWORD)
    assert "cannot sign in." in desk.get("/users")
    assert "Make a link for a new password" not in desk.get(page)
    with services.sessions.begin() as session, pytest.raises(ProblemError, match="is retired"):
        new_password_link(session, services, user=page.rpartition("/")[2], by=OPERATOR)
    desk.post(f"{page}/back", page)
    new.sign_in("Desk 2", PASSWORD)
    assert new.is_in()
    assert "Desk 2: Safety team." in new.get("/account")
    actions = logged(services)
    assert actions.count("people:user:retire") == actions.count("people:user:bring-back") == 1


def test_the_last_who_manages_users_stays_and_nobody_retires_themselves(
    services: FleetServices, desk: Browser, open_browser: Opens
) -> None:
    mine = f"/users/{user_id(services, 'Administrator 1')}"
    assert "Nobody else can manage users" in desk.post(f"{mine}/roles", mine, role=["cctv-manager"])
    assert "That is your own account" in desk.post(f"{mine}/retire", mine)
    other = open_browser()
    join(other, invited(desk, "Administrator 2", Role.ADMINISTRATOR))
    other.post(f"{mine}/retire", "/users")
    assert not desk.is_in()
    theirs = f"/users/{user_id(services, 'Administrator 2')}"
    assert "Nobody else can manage users" in other.post(f"{theirs}/roles", "/users", role=["officer"])


def test_an_officer_whose_account_is_the_last_that_manages_users_is_not_retired(
    services: FleetServices, desk: Browser
) -> None:
    account = user_id(services, "Administrator 1")
    with services.sessions.begin() as session:
        officer = add_officer(session, services.random, name="Officer 1", by=OPERATOR).id
        session.get_one(User, account).officer_id = officer
    program = Actor(ActorKind.TOKEN, "t", "Import", frozenset({Role.ADMINISTRATOR}))
    with services.sessions.begin() as session, pytest.raises(ProblemError, match="Nobody else can manage"):
        retire_officer(session, officer=officer, by=program)
    assert desk.is_in()


def test_one_session_is_ended_by_its_owner_or_an_administrator_and_by_nobody_else(
    services: FleetServices, desk: Browser, open_browser: Opens
) -> None:
    # proves F5
    first, second, third = (open_browser() for _ in range(3))
    join(first, invited(desk))
    for browser in (second, third):
        browser.sign_in("Desk 2", PASSWORD)
    page = f"/users/{user_id(services, 'Desk 2')}"
    ends = re.findall(r"/account/sessions/\w+/end", first.get("/account"))
    assert len(ends) == 2, "no button for the one that asks"
    with services.readers() as session:
        kept = {digest(each.client.cookies[COOKIE]): each for each in (second, third)}
        of = {row.id: kept[row.digest] for row in session.scalars(select(UserSession)) if row.digest in kept}
        mine = session.scalars(
            select(UserSession.id).where(UserSession.digest == digest(desk.client.cookies[COOKIE]))
        ).one()
    one, other = (each.split("/")[3] for each in ends)
    assert "That session is over; you have 2 sessions now." in first.post(ends[0], "/account")
    assert (of[one].is_in(), of[other].is_in(), first.is_in()) == (False, True, True)
    assert "it may have ended already" in first.post(ends[0], "/account")
    assert "it may have ended already" in first.post(f"/account/sessions/{mine}/end", "/account")
    first.post(f"/users/{user_id(services, 'Administrator 1')}/sessions/{mine}/end", "/account")
    assert desk.is_in()
    assert "it may have ended already" in desk.post(f"{page}/sessions/{mine}/end", page), "not theirs"
    desk.post(f"{page}/sessions/{other}/end", page)
    assert (of[other].is_in(), first.is_in(), desk.is_in()) == (False, True, True)
    assert logged(services).count("people:session:end-one") == 2


def test_with_a_new_password_all_sessions_end_and_until_then_the_old_one_works(
    services: FleetServices, desk: Browser, open_browser: Opens
) -> None:
    first, second, third = (open_browser() for _ in range(3))
    join(first, invited(desk))
    page = f"/users/{user_id(services, 'Desk 2')}"
    shown = desk.post(f"{page}/password-link", page)
    found = re.search(r"/join/[\w-]+", shown)
    assert found is not None
    assert found[0] not in desk.get(page), "it is shown once"
    second.sign_in("Desk 2", PASSWORD)
    assert second.is_in(), "nothing changed yet"
    assert "A new password for Desk 2" in third.get(found[0])
    join(third, found[0], OTHER)
    assert (first.is_in(), second.is_in(), third.is_in()) == (False, False, True)
    assert "Name or password is wrong." in first.sign_in("Desk 2", PASSWORD)
    with pytest.raises(ProblemError, match="used already"):
        use_link(services, secret=found[0].rpartition("/")[2], password=OTHER)
    assert "people:password:renew" in logged(services)


def test_ones_own_password_needs_the_old_one_and_ends_the_other_sessions(
    desk: Browser, open_browser: Opens
) -> None:
    elsewhere = open_browser()
    elsewhere.sign_in("Administrator 1", PASSWORD)

    def change(old: str, new: str, again: str = "") -> str:
        return desk.post("/account/password", "/account", old=old, password=new, again=again or new)

    assert "The password of today is not that" in change("wrong password", OTHER)
    assert "not the same" in change(PASSWORD, OTHER, "something else")
    assert "too short" in change(PASSWORD, "short")
    assert "That is the password of today" in change(PASSWORD, PASSWORD)
    assert "The password is changed" not in desk.get("/account?said=password"), (
        "an address that somebody sent"
    )
    assert "That session is over" not in desk.get("/account?said=one")
    assert elsewhere.is_in()
    assert "The password is changed; you have 1 session now." in change(PASSWORD, OTHER)
    assert (desk.is_in(), elsewhere.is_in()) == (True, False)
    elsewhere.sign_in("Administrator 1", OTHER)
    assert "you have 1 session now" in desk.post("/account/sign-out-elsewhere", "/account")
    assert (desk.is_in(), elsewhere.is_in()) == (True, False)


def test_guesses_at_ones_own_password_are_limited(services: FleetServices, desk: Browser) -> None:
    form = {"old": "wrong password", "password": OTHER, "again": OTHER}
    for _ in range(services.config.people.sign_in_attempts):
        assert "is not that" in desk.post("/account/password", "/account", **form)
    form["old"] = PASSWORD
    assert "Too many failed attempts" in desk.post("/account/password", "/account", **form)


def test_an_administrator_signs_somebody_out_everywhere(
    services: FleetServices, desk: Browser, open_browser: Opens
) -> None:
    new = open_browser()
    join(new, invited(desk))
    page = f"/users/{user_id(services, 'Desk 2')}"
    assert "Firefox on Windows" in desk.get(page)
    desk.post(f"{page}/sign-out", page)
    assert not new.is_in()
    assert "Nowhere." in desk.get(page)
    assert "people:session:end-all" in logged(services)


def test_a_token_is_shown_once_expires_and_is_revoked(
    services: FleetServices, desk: Browser, clock: TestClock
) -> None:
    # proves F5
    def made(name: str, days: str = "") -> str:
        page = desk.post("/users/tokens", "/users", name=name, days=days, role=["safety-team"])
        found = re.search(r'<code class="secret">([^<]+)<', page)
        assert found is not None, page
        return found[1]

    def works(token: str) -> bool:
        with dashboard_client(services, token=token) as program:
            status: int = program.get("/api/v1/officers").status_code
            return status == 200

    lasting, short = made("Import"), made("Trial", "7")
    assert lasting not in desk.get("/users")
    assert works(lasting)
    assert works(short)
    assert "last used" in desk.get("/users")
    clock.move(days=7)
    desk.sign_in("Administrator 1", PASSWORD)
    assert (works(lasting), works(short)) == (True, False)
    found = re.search(r"/users/tokens/\w+/revoke", desk.get("/users"))
    assert found is not None
    desk.post(found[0], "/users")
    assert not works(lasting)
    assert "Revoked" in desk.get("/users")
    for wrong in ("0", "367", "x", "1.5", "-1", "99999999"):
        page = desk.post("/users/tokens", "/users", name="More", days=wrong, role=["safety-team"])
        assert "Type a number of days from 1 to 366, or nothing." in page


def test_no_program_makes_or_changes_people(services: FleetServices) -> None:
    # proves F5
    token = token_for(services)
    with dashboard_client(services, token=token) as program:
        program.headers.update(HTML)
        answer = program.post("/users/invitations", data={"name": "Me", "role": ["administrator"]})
        assert answer.status_code == 403
        assert program.post("/users/tokens", data={"name": "Me", "role": ["officer"]}).status_code == 403
        assert program.post("/account/password", data={}).status_code == 403
    with services.readers() as session:
        assert session.scalars(select(AccessLink)).all() == []


def test_the_first_user_chooses_what_else_they_can_do(services: FleetServices, open_browser: Opens) -> None:
    with services.sessions.begin() as session:
        link = create_setup_link(session, services).rpartition("/")[2]
    browser = open_browser()
    assert "with nobody beside them" in browser.get(f"/setup/{link}")
    page = f"/setup/{link}"
    browser.post(page, page, name="First", password=PASSWORD, again=PASSWORD, role=["safety-team"])
    assert "First: Safety team, Administrator." in browser.get("/account")
    assert "with nobody beside them" not in browser.get("/users")


def test_the_list_says_of_whom_it_is_too_much(desk: Browser) -> None:
    assert "give themselves any right" in desk.get("/users"), "the first user plays as well"
    assert "No program has a token." in desk.get("/users")


def test_who_goes_is_out_with_the_links_that_they_made(
    services: FleetServices, desk: Browser, open_browser: Opens
) -> None:
    # proves F5
    other, stranger = open_browser(), open_browser()
    join(other, invited(desk, "Administrator 2", Role.ADMINISTRATOR))
    mine = f"/users/{user_id(services, 'Administrator 1')}"
    invitation = invited(other, "Back door", Role.ADMINISTRATOR)
    found = re.search(r"/join/[\w-]+", other.post(f"{mine}/password-link", mine))
    assert found is not None
    page = f"/users/{user_id(services, 'Administrator 2')}"
    kept = invited(desk, "Desk 3")
    desk.post(f"{page}/roles", page, role=["safety-team"])
    for link in (invitation, found[0]):
        assert "This link was replaced or withdrawn" in stranger.get(link)
    theirs = re.search(r"/join/[\w-]+", desk.post(f"{page}/password-link", page))
    assert theirs is not None
    desk.post(f"{page}/retire", page)
    desk.post(f"{page}/back", page)
    assert "This link was replaced or withdrawn" in stranger.get(theirs[0]), "also once they are back"
    assert "Welcome, Desk 3" in stranger.get(kept), "what others made is as good as before"


def test_links_go_with_whoever_made_them_also_by_the_provider_or_as_an_officer(
    services: FleetServices, desk: Browser, open_browser: Opens
) -> None:
    # proves F5
    stranger, made = open_browser(), {}
    for name in ("Administrator 2", "Administrator 3", "Administrator 4"):
        other = open_browser()
        join(other, invited(desk, name, Role.ADMINISTRATOR))
        made[name] = invited(other, f"Back door of {name}", Role.ADMINISTRATOR)
        assert "Welcome" in stranger.get(made[name])
    with services.sessions.begin() as session:
        two, three, four = (
            session.scalars(select(User).where(User.name == name)).one() for name in sorted(made)
        )
        two.issuer, two.subject = "https://idp.example", "two"
        set_provider_roles(session, two, frozenset({Role.ADMINISTRATOR, Role.SAFETY_TEAM}))
    assert "Welcome" in stranger.get(made["Administrator 2"]), "they still manage users"
    with services.sessions.begin() as session:
        set_provider_roles(session, session.merge(two), frozenset({Role.SAFETY_TEAM}))
        officer = add_officer(session, services.random, name="Officer 3", by=OPERATOR)
        session.merge(three).officer_id = officer.id
        session.flush()
        by = Actor(ActorKind.USER, "desk", "Desk", frozenset({Role.ADMINISTRATOR}))
        retire_officer(session, officer=officer.id, by=by)
    for name in ("Administrator 2", "Administrator 3"):
        assert "This link was replaced or withdrawn" in stranger.get(made[name])
    assert _left(services.people, four.id)
    assert "This link was replaced or withdrawn" in stranger.get(made["Administrator 4"])


def test_a_session_that_went_idle_is_not_told_of_as_one(
    services: FleetServices, desk: Browser, open_browser: Opens, clock: TestClock
) -> None:
    # proves F8
    new = open_browser()
    join(new, invited(desk))
    page = f"/users/{user_id(services, 'Desk 2')}"
    assert "Nowhere." not in desk.get(page)
    clock.move(minutes=services.config.people.idle_minutes / 2)
    assert desk.is_in()
    clock.move(minutes=services.config.people.idle_minutes / 2)
    assert not new.is_in()
    assert "Nowhere." in desk.get(page)


def test_what_a_clock_that_was_ahead_let_in_is_out_once_it_is_right(
    services: FleetServices, desk: Browser, open_browser: Opens, clock: TestClock
) -> None:
    # proves F5
    clock.move(days=365)
    new, stranger = open_browser(), open_browser()
    desk.sign_in("Administrator 1", PASSWORD)
    join(new, invited(desk, "Desk 2"))
    page, link = f"/users/{user_id(services, 'Desk 2')}", invited(desk, "Desk 3")
    assert (new.is_in(), "Welcome" in stranger.get(link)) == (True, True)
    clock.move(days=-365)
    assert (new.is_in(), desk.is_in()) == (False, False), "else they were for a year"
    assert "This link has expired" in stranger.get(link)
    desk.sign_in("Administrator 1", PASSWORD)
    assert "Nowhere." in desk.get(page)


def test_an_officer_who_signs_in_is_led_to_what_is_theirs(desk: Browser, open_browser: Opens) -> None:
    officer = open_browser()
    join(officer, invited(desk, "Officer 1", Role.OFFICER))
    assert "Your account is not joined to an officer yet" in officer.get("/")


# proves F2
def test_whoever_comes_with_a_link_that_is_not_good_is_in_the_log_and_the_link_is_not(
    services: FleetServices, desk: Browser, open_browser: Opens
) -> None:
    link, stranger = invited(desk), open_browser().client
    join(open_browser(), link)
    form = {"password": PASSWORD, "again": PASSWORD, "name": "Somebody"}
    answers = [
        stranger.get("/join/guessed"),
        stranger.post("/join/guessed", data=form),
        stranger.get(link),
        stranger.get("/setup/guessed"),
        stranger.post("/setup/guessed", data=form),
        stranger.post("/api/v1/setup", json={"link": "guessed", "name": "Somebody", "password": PASSWORD}),
        stranger.post("/join/guessed", data={**form, "again": "something else"}),
    ]
    assert [each.status_code for each in answers] == [404, 404, 410, 404, 404, 404, 404]
    with services.readers() as session:
        query = (
            select(AuditEntry).where(AuditEntry.action == "people:link:refuse").order_by(AuditEntry.number)
        )
        entries = session.scalars(query).all()
    assert [each.detail["code"] for each in entries] == [
        "link_unknown",
        "link_unknown",
        "link_used",
        "setup_link_unknown",
        "setup_link_unknown",
        "setup_link_unknown",
        "link_unknown",
    ]
    assert {(each.subject, bool(each.address)) for each in entries} == {("", True)}
    assert not any("guessed" in str(each.detail) or link in str(each.detail) for each in entries)
