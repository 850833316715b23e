"""Signing in through a real provider of identities, leaving it, and what strangers try with it."""

from __future__ import annotations

import html
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlalchemy import delete, select

from fleet.audit.log import verify_log
from fleet.audit.models import AuditEntry
from fleet.audit.refusing.book import EACH
from fleet.core.actor import OPERATOR, Role
from fleet.core.config import FleetConfig, parse_config
from fleet.core.errors import FleetConfigError
from fleet.people.break_glass.service import give
from fleet.people.factors.models import Passkey
from fleet.people.models import User
from fleet.people.passwords import hash_password
from fleet.people.provided.confirming import _why_not
from fleet.people.provided.leaving import check_due
from fleet.people.provided.sign_in import BACK
from fleet.people.provider import documents
from fleet.people.provider.http import ProviderHttp
from fleet.people.provider.models import ProviderSignIn
from fleet.people.provider.provider import open_provider
from fleet.people.provider.trip import COOKIE, GOOD_FOR, Trip
from fleet.server.compose import FleetServices
from tests.support.fleet.authenticator import SoftwareAuthenticator
from tests.support.fleet.filling_in import Browser, browsers
from tests.support.fleet.fleet import fleet_services
from tests.support.fleet.made_state import lay_out
from tests.support.provider.provider import SECRET, TestProvider, a_provider

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("cheap_passwords")]
DASHBOARD = "https://localhost:8443"
PASSWORD = "correct horse battery"
START, LOGOUT = "/sign-in/provider", "/sign-in/provider/logout"
Opens = Callable[[], Browser]


@dataclass
class RealClock:
    """The time of this machine, for tokens carry it; a test may move it."""

    ahead: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture(scope="module")
def provider() -> Iterator[TestProvider]:
    with a_provider(redirect=f"{DASHBOARD}{BACK}", logout=f"{DASHBOARD}{LOGOUT}") as running:
        yield running


@pytest.fixture
def clock() -> RealClock:
    return RealClock()


def configured(folder: Path, issuer: str, **more: object) -> FleetConfig:
    secret = folder / "client.secret"
    secret.touch(mode=0o600)
    secret.write_text(f"{SECRET}\n")
    section = {
        "issuer": issuer,
        "name": "Northgate Homes",
        "client_id": "lapel",
        "client_secret_file": str(secret),
        "roles": {"CCTV": ["cctv-manager"], "Desk": ["safety-team"], "Lapel admins": ["administrator"]},
        **more,
    }
    return parse_config({"provider": section, "people": {"second_factor": "off"}}, "fleet.toml")


@pytest.fixture
def opened(tmp_path: Path, clock: RealClock) -> Iterator[Callable[[FleetConfig], FleetServices]]:
    with ExitStack() as stack:

        def with_config(config: FleetConfig) -> FleetServices:
            folder = tmp_path / config.provider.issuer.rpartition(":")[2]
            lay_out(folder / "state", clock())
            services = stack.enter_context(fleet_services(folder, config, clock=clock))
            with services.sessions.begin() as session:
                session.add(
                    User(
                        id="ab01",
                        name="Administrator 1",
                        password=hash_password(PASSWORD),
                        roles=frozenset({Role.ADMINISTRATOR}),
                        created=clock(),
                    )
                )
            return services

        yield with_config


@pytest.fixture
def services(
    tmp_path: Path, provider: TestProvider, opened: Callable[[FleetConfig], FleetServices]
) -> FleetServices:
    return opened(configured(tmp_path, provider.issuer))


@pytest.fixture
def open_browser(services: FleetServices) -> Iterator[Opens]:
    with browsers(services) as another:
        yield another


def setting_out(browser: Browser, target: str = "/") -> str:
    """Press the button, and return where the browser is sent."""
    answer = browser.client.get(START, params={"next": target}, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def come(browser: Browser, provider: TestProvider, target: str = "/") -> tuple[int, str]:
    """Sign in through the provider; return the last answer's status, and where it leads or what it says."""
    back = provider.sign_in(setting_out(browser, target))
    answer = browser.client.get(back, follow_redirects=False)
    return answer.status_code, answer.headers.get("location") or html.unescape(answer.text)


def someone(provider: TestProvider, account: str, name: str, *groups: str, **more: object) -> None:
    claims = {"preferred_username": name, "groups": list(groups), "email": "administrator@example.org"}
    provider.say(account=account, claims=claims, **more)


def logged(services: FleetServices) -> list[tuple[str, str]]:
    with services.readers() as session:
        assert verify_log(session) is None
        return [(each.actor, each.action) for each in session.scalars(select(AuditEntry))]


def test_somebody_comes_with_the_roles_that_are_configured_and_no_others(
    services: FleetServices, provider: TestProvider, open_browser: Opens, caplog: pytest.LogCaptureFixture
) -> None:
    # proves F5
    caplog.set_level(logging.DEBUG)
    someone(provider, "one", "Person 1", "CCTV", "Domain Admins", "administrator")
    browser = open_browser()
    assert "Sign in with Northgate Homes" in browser.get("/sign-in")
    assert come(browser, provider, "/recordings?state=held") == (303, "/recordings?state=held")
    assert browser.client.get("/recordings").status_code == 200
    assert browser.client.get("/users").status_code == 403
    with services.readers() as session:
        (user,) = session.scalars(select(User).where(User.issuer.is_not(None)))
        assert (user.name, user.roles, user.subject) == ("Person 1", frozenset({Role.CCTV_MANAGER}), "one")
    account = browser.get("/account")
    assert "You sign in through Northgate Homes, and show nothing besides here." in account
    assert "by the password alone" not in account + browser.get("/account/second")
    assert "When Northgate Homes says that you signed out there, or have left" in account
    assert "the provider, which decides their roles and password" in browser.post(
        "/account/password", "/account", old="", password=PASSWORD, again=PASSWORD
    )
    assert ("fleet:provider", "people:user:create") in logged(services)
    someone(provider, "one", "Renamed there", "Desk")
    assert come(open_browser(), provider)[0] == 303
    with services.readers() as session:
        assert session.get_one(User, user.id).roles == {Role.SAFETY_TEAM}, "they follow what it says"
    assert browser.client.get("/hand-out").status_code == 200, "where they are signed in too"
    assert SECRET not in caplog.text
    for secret in ("code=", "refresh", "id_token"):
        assert secret not in str(logged(services))


def test_without_a_role_or_with_somebody_elses_name_nobody_is_let_in(
    services: FleetServices, provider: TestProvider, open_browser: Opens
) -> None:
    # proves F5
    someone(provider, "two", "Person 2", "Gardeners")
    status, text = come(open_browser(), provider)
    assert status == 403
    assert "What Northgate Homes says of you gives you no role here" in text
    someone(provider, "three", "administrator 1", "CCTV", "Lapel admins")
    browser = open_browser()
    status, text = come(browser, provider)
    assert status == 409
    assert "There is another account named administrator 1 here, not of Northgate Homes" in text
    assert not browser.is_in()
    with services.readers() as session:
        assert session.scalars(select(User.name)).all() == ["Administrator 1"]


def test_the_first_account_of_a_fleet_is_never_the_providers(
    services: FleetServices, provider: TestProvider, open_browser: Opens
) -> None:
    # proves F5
    with services.sessions.begin() as session:
        session.execute(delete(User))
    someone(provider, "one", "Person 1", "Lapel admins")
    status, text = come(open_browser(), provider)
    assert status == 403
    assert "Nobody can sign in yet: the first account is made with the link" in text


def test_an_answer_is_taken_once_and_in_the_browser_that_asked_alone(
    provider: TestProvider, open_browser: Opens
) -> None:
    # proves F5
    someone(provider, "four", "Person 4", "Desk")
    mine, victim = open_browser(), open_browser()
    back = provider.sign_in(setting_out(mine))
    cookie = mine.client.cookies[COOKIE]
    assert victim.client.get(back).status_code == 410, "signed in as somebody else by a link: login CSRF"
    setting_out(victim)
    assert victim.client.get(back).status_code == 410, "with a way of its own under way as well"
    assert not victim.is_in()
    assert mine.client.get(back, follow_redirects=False).status_code == 303
    assert mine.is_in()
    thief = open_browser()
    thief.client.cookies.set(COOKIE, cookie)
    assert thief.client.get(back).status_code == 410, "with the cookie stolen as well"
    setting_out(thief)
    code = re.search(r"code=([^&]+)", back)
    state = re.search(r"state=([^&]+)", setting_out(thief))
    assert code is not None
    assert state is not None
    replayed = thief.client.get(BACK, params={"code": code[1], "state": state[1], "iss": provider.issuer})
    assert replayed.status_code == 401, "the code is of another verifier, and used"
    assert not thief.is_in()


def test_an_answer_of_another_provider_or_without_a_code_is_refused(
    provider: TestProvider, open_browser: Opens
) -> None:
    # proves F5
    someone(provider, "four", "Person 4", "Desk")
    for change in (
        {"iss": "https://evil.example"},
        {"iss": None},
        {"code": None},
        {"error": "access_denied", "error_description": "<script>"},
        {"code": "made-up"},
    ):
        browser = open_browser()
        back = provider.sign_in(setting_out(browser))
        answer = dict(pair.split("=", 1) for pair in back.partition("?")[2].split("&"))
        answer["iss"] = provider.issuer
        params = {key: value for key, value in {**answer, **change}.items() if value is not None}
        refused = browser.client.get(BACK, params=params)
        assert refused.status_code == 401, change
        assert "<script>" not in refused.text
        assert not browser.is_in()


def test_nobody_fills_the_log_by_coming_back_with_nothing(
    services: FleetServices, open_browser: Opens
) -> None:
    # proves F2
    browser, attempts = open_browser(), services.people.attempts

    def refusals() -> int:
        return [action for _, action in logged(services)].count("people:session:refuse")

    for _ in range(EACH + 3):
        (state,) = parse_qs(urlsplit(setting_out(browser)).query)["state"]
        refused = browser.client.get(BACK, params={"state": state, "error": "access_denied"})
        assert refused.status_code == 401
        attempts.forgive("address testclient")
    assert refusals() == EACH
    for _ in range(services.config.people.sign_in_attempts + EACH + 3):
        refused = browser.client.get(BACK, params={"state": "none"})
    assert refused.status_code == 429
    assert refusals() == EACH + EACH


def test_nobody_is_sent_to_another_site(provider: TestProvider, open_browser: Opens) -> None:
    someone(provider, "four", "Person 4", "Desk")
    for target in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        assert come(open_browser(), provider, target) == (303, "/"), target


def test_keys_that_rotated_are_fetched_anew(
    provider: TestProvider, open_browser: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    someone(provider, "four", "Person 4", "Desk")
    assert come(open_browser(), provider)[0] == 303
    provider.say(rotate=True)
    monkeypatch.setattr(documents, "KEYS_ANEW_S", 0.0)
    assert come(open_browser(), provider)[0] == 303


def test_who_has_left_is_signed_out(
    services: FleetServices, provider: TestProvider, open_browser: Opens, clock: RealClock
) -> None:
    # proves F5
    someone(provider, "five", "Person 5", "Desk")
    someone(provider, "six", "Person 6", "Desk")
    six = open_browser()
    assert come(six, provider)[0] == 303
    someone(provider, "five", "Person 5", "Desk")
    five = open_browser()
    assert come(five, provider)[0] == 303
    clock.ahead = timedelta(minutes=11)
    assert check_due(services.people) == 0
    assert (five.is_in(), six.is_in()) == (True, True), "both are still there"
    provider.say(disable="five")
    assert check_due(services.people) == 0, "nobody is asked about again so soon"
    clock.ahead = timedelta(minutes=22)
    assert check_due(services.people) == 1
    assert (five.is_in(), six.is_in()) == (False, True)
    assert ("fleet:provider", "people:session:end-all") in logged(services)


def test_a_logout_token_ends_all_sessions_of_its_person(
    services: FleetServices, provider: TestProvider, open_browser: Opens
) -> None:
    # proves F5
    someone(provider, "seven", "Person 7", "Desk")
    first, second, other = (open_browser() for _ in range(3))
    assert come(first, provider)[0] == 303
    assert come(second, provider)[0] == 303
    other.sign_in("Administrator 1", PASSWORD)
    token = provider.logout_token("seven")
    for wrong in ("", "nonsense", token[:-4] + "AAAA", token.rpartition(".")[0] + "."):
        assert first.client.post(LOGOUT, data={"logout_token": wrong}).status_code == 400
    assert (first.is_in(), second.is_in()) == (True, True)
    assert first.client.post(LOGOUT, data={"logout_token": token}).status_code == 200
    assert (first.is_in(), second.is_in(), other.is_in()) == (False, False, True)
    assert (
        first.client.post(LOGOUT, data={"logout_token": provider.logout_token("nobody")}).status_code == 200
    )
    del services


def test_who_signs_out_is_told_that_they_are_signed_in_with_the_provider_still(
    provider: TestProvider, open_browser: Opens
) -> None:
    # proves F8
    someone(provider, "nine", "Person 9", "Desk")
    theirs, local = open_browser(), open_browser()
    assert come(theirs, provider)[0] == 303
    local.sign_in("Administrator 1", PASSWORD)
    page = html.unescape(theirs.post("/sign-out", "/"))
    assert not theirs.is_in()
    assert "In this browser you may be signed in with Northgate Homes still" in page
    found = re.search(rf'href="({re.escape(provider.issuer)}[^"]*)"', page)
    assert found is not None, page
    asked = httpx.get(found[1])
    assert asked.status_code == 200, asked.text
    assert "/session/end/confirm" in asked.text
    page = html.unescape(local.post("/sign-out", "/"))
    assert "You are signed out." in page
    assert "may be signed in with" not in page, "they were never there"


@pytest.mark.parametrize(
    "address",
    ["https://idp.example/out", None, 7, "http://idp.example/out", "javascript:alert(1)", "https://[x"],
)
def test_nobody_is_sent_to_sign_out_where_it_is_not_safe(
    address: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    section = parse_config(
        {"provider": {"issuer": "https://idp.example", "client_id": "lapel", "client_secret_file": "/none"}},
        "fleet.toml",
    ).provider
    own = documents.ProviderDocuments(section, ProviderHttp(section), lambda: 0.0)
    assert own.known() is None
    told = {
        "issuer": section.issuer,
        **dict.fromkeys(("authorization_endpoint", "token_endpoint", "jwks_uri"), "https://idp.example/x"),
        "end_session_endpoint": address,
    }
    monkeypatch.setattr(ProviderHttp, "get_json", lambda *_: told)
    assert own.metadata().end_session == (address if address == "https://idp.example/out" else "")
    assert own.known() == own.metadata()


def test_a_passkey_of_who_signs_in_there_is_no_way_round_it(
    services: FleetServices, provider: TestProvider, open_browser: Opens
) -> None:
    # proves F5
    someone(provider, "eight", "Person 8", "CCTV")
    browser, key = open_browser(), SoftwareAuthenticator()
    come(browser, provider)
    found = re.search(r'name="csrf_token" value="([0-9a-f]+)"', browser.get("/account"))
    assert found is not None
    json = {"Accept": "*/*", "X-CSRF-Token": found[1]}
    asked = browser.client.post("/account/second/passkeys/question", json={"password": ""}, headers=json)
    assert asked.status_code == 200, "they were shown to be who they are a moment ago"
    made = {"name": "Key", "answer": key.make(asked.json())}
    assert browser.client.post("/account/second/passkeys", json=made, headers=json).status_code == 200
    stranger = open_browser()
    question = stranger.client.post("/sign-in/passkey/question", headers={"Accept": "*/*"}).json()
    shown = {"answer": key.show(question)}
    assert stranger.client.post("/sign-in/passkey", json=shown, headers={"Accept": "*/*"}).status_code == 401
    second = open_browser()
    assert come(second, provider) == (303, "/sign-in/second?next=%2F"), "it is asked for after the provider"
    question = second.client.post("/sign-in/passkey/question", headers={"Accept": "*/*"}).json()
    shown = {"answer": key.show(question)}
    assert second.client.post("/sign-in/passkey", json=shown, headers={"Accept": "*/*"}).status_code == 200
    assert second.is_in()
    with services.readers() as session:
        assert session.scalars(select(Passkey.name)).all() == ["Key"]


@pytest.mark.parametrize(
    ("whose", "shown", "is_free"),
    [
        ("provider", {"amr": ["pwd", "mfa"]}, True),
        ("provider", {"acr": "urn:two"}, True),
        ("provider", {"amr": ["pwd"]}, False),
        ("ours", {"amr": ["pwd", "mfa"], "acr": "urn:two"}, False),
    ],
)
def test_whose_second_factor_counts_is_configured(
    tmp_path: Path,
    provider: TestProvider,
    opened: Callable[[FleetConfig], FleetServices],
    whose: str,
    shown: dict[str, object],
    is_free: bool,
) -> None:
    # proves F5
    config = configured(tmp_path, provider.issuer, second_factor=whose, second_acr=["urn:two"])
    config = config.model_copy(update={"people": FleetConfig().people})
    someone(provider, "nine", "Person 9", "CCTV", **shown)
    with browsers(opened(config)) as another:
        browser = another()
        assert come(browser, provider)[0] == 303
        answer = browser.client.get("/recordings", follow_redirects=False)
        assert (answer.status_code == 200) == is_free
        assert is_free or answer.headers["location"] == "/account/second"


def test_a_provider_that_is_down_keeps_nobody_out_who_does_not_need_it(
    tmp_path: Path, opened: Callable[[FleetConfig], FleetServices], clock: RealClock
) -> None:
    # proves F7
    with a_provider(redirect=f"{DASHBOARD}{BACK}", logout=f"{DASHBOARD}{LOGOUT}") as own:
        services = opened(configured(tmp_path, own.issuer))
        with browsers(services) as another:
            someone(own, "one", "Person 1", "Desk")
            before, local, rescued = another(), another(), another()
            assert come(before, own)[0] == 303
            back = own.sign_in(setting_out(rescued))
            own.stop()
            clock.ahead = timedelta(minutes=11)
            assert check_due(services.people) == 0
            assert before.is_in(), "who is in stays in until their time is over"
            sentence = (
                "Northgate Homes could not be asked, or gave no good answer; try again, or sign in with a"
            )
            late = rescued.client.get(back)
            assert late.status_code in {410, 503}
            local.sign_in("Administrator 1", PASSWORD)
            assert local.is_in()
            with services.sessions.begin() as session:
                made = give(
                    session, services, name="Helper 1", new=True, reason="It is down", hours=1, by=OPERATOR
                )
            path = made.url.removeprefix(DASHBOARD)
            rescued.post(path, path)
            assert rescued.client.get("/users").status_code == 200
    fresh = opened(configured(tmp_path, "http://127.0.0.1:9"))
    with browsers(fresh) as another:
        refused = another().client.get(START)
        assert refused.status_code == 503
        assert sentence in refused.text
        assert 'name="password"' in refused.text, "the form is there"


def test_another_issuer_than_the_configured_one_is_said_to_be_that(
    tmp_path: Path, opened: Callable[[FleetConfig], FleetServices]
) -> None:
    other = "http://127.0.0.1:9/other"
    with (
        a_provider(redirect=f"{DASHBOARD}{BACK}", logout=f"{DASHBOARD}{LOGOUT}", issuer=other) as liar,
        browsers(opened(configured(tmp_path, liar.issuer))) as another,
    ):
        refused = another().client.get(START)
    assert refused.status_code == 503
    assert "Another provider than Northgate Homes answers at its address" in refused.text


def test_without_a_provider_there_is_no_button_and_no_way(tmp_path: Path) -> None:
    with fleet_services(tmp_path, clock=RealClock()) as plain, browsers(plain) as another:
        browser = another()
        assert "Sign in with" not in browser.get("/sign-in")
        assert browser.client.get(START).status_code == 404
        assert browser.client.get(BACK).status_code == 404
        assert browser.client.post(LOGOUT, data={"logout_token": "x"}).status_code == 404


def test_a_secret_that_others_can_read_stops_the_start(tmp_path: Path) -> None:
    section = configured(tmp_path, "https://id.example").provider
    path = Path(section.client_secret_file)
    path.chmod(0o640)
    with pytest.raises(FleetConfigError, match="is open to others; run: chmod 600") as wide:
        open_provider(section, lambda: 0.0)
    assert SECRET not in str(wide.value)
    path.chmod(0o600)
    path.write_text("")
    with pytest.raises(FleetConfigError, match="is empty"):
        open_provider(section, lambda: 0.0)
    path.unlink()
    with pytest.raises(FleetConfigError, match="cannot be read"):
        open_provider(section, lambda: 0.0)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"issuer": "http://id.example"}, "an https address"),
        ({"issuer": "https://id.example/?a=b"}, "an https address"),
        ({"client_id": ""}, "needs client_id"),
        ({"scopes": ["profile"]}, "hold openid"),
        ({"roles": {"CCTV": ["king"]}}, r"provider\.roles"),
        ({"second_factor": "theirs"}, r"provider\.second_factor"),
    ],
)
def test_a_provider_that_cannot_be_used_is_named(
    tmp_path: Path, wrong: dict[str, object], sentence: str
) -> None:
    with pytest.raises(FleetConfigError, match=sentence):
        configured(tmp_path, **{"issuer": "https://id.example", **wrong})  # type: ignore[arg-type]  # a table's


def test_sign_ins_that_are_kept_are_bounded(
    services: FleetServices, provider: TestProvider, open_browser: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fleet.people.provider.sign_ins.KEPT_SIGN_INS", 2)
    someone(provider, "ten", "Person 10", "Desk")
    for _ in range(3):
        assert come(open_browser(), provider)[0] == 303
    with services.readers() as session:
        assert len(session.scalars(select(ProviderSignIn)).all()) == 2


def confirm(browser: Browser, provider: TestProvider, *, anew: bool = True) -> tuple[int, str]:
    """Sign in there anew to confirm a session; without ``anew`` the browser leaves the asking for it out."""
    set_out = browser.client.get("/account/confirm/provider", follow_redirects=False)
    assert set_out.status_code == 303, set_out.text
    url = httpx.URL(set_out.headers["location"])
    if not anew:
        url = url.copy_with(
            params={name: value for name, value in url.params.items() if name not in {"prompt", "max_age"}}
        )
    answer = browser.client.get(provider.sign_in(str(url)), follow_redirects=False)
    return answer.status_code, html.unescape(answer.text)


def test_who_has_no_password_here_signs_in_there_anew_before_what_is_sensitive(
    services: FleetServices, provider: TestProvider, open_browser: Opens, clock: RealClock
) -> None:
    # proves F5
    def asks() -> bool:
        return "Confirm that it is you" in mine.post("/cameras/codes", "/cameras")

    someone(provider, "eight", "Person 8", "Lapel admins")
    mine = open_browser()
    assert come(mine, provider)[0] == 303
    assert asks(), "it did not say when they signed in there, and may not have asked who they are"
    page = mine.post("/cameras/codes", "/cameras")
    assert "Sign in with Northgate Homes again" in page
    assert "Your password" not in page
    status, text = confirm(mine, provider, anew=False)
    assert (status, "does not say when you signed in" in text) == (403, True)
    assert asks()
    status, text = confirm(mine, provider)
    assert (status, "It is confirmed that it is you" in text) == (200, True), text
    assert not asks()
    clock.ahead = timedelta(minutes=16)
    assert asks()
    someone(provider, "nine", "Person 9", "Lapel admins")
    status, text = confirm(mine, provider)
    assert (status, "Somebody else signed in" in text) == (403, True), text
    assert asks()
    with services.readers() as session:
        ways = select(AuditEntry.detail).where(AuditEntry.action == "people:session:confirm")
        assert session.scalars(ways).all() == [{"by": "provider"}]


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (None, "does not say when"),
        (-3600, "did not ask again"),
        (-30, None),
        (5, None),
        (True, "does not say when"),
    ],
)
def test_the_provider_has_to_say_that_it_was_now(told: int | bool | None, why: str | None) -> None:
    # proves F5
    begun = 1_800_000_000.0
    trip = Trip("s", "n", "v", "/", begun + GOOD_FOR.total_seconds(), "aa")
    user = User(issuer="https://id.example", subject="one")
    claims: dict[str, object] = {"iss": "https://id.example", "sub": "one"}
    if told is not None:
        claims["auth_time"] = told if told is True else int(begun) + told
    found = _why_not(user, claims, trip, "It")
    assert (found is None) == (why is None)
    assert why is None or (found is not None and why in found)
    assert _why_not(user, {**claims, "iss": "https://other.example"}, trip, "It") is not None
