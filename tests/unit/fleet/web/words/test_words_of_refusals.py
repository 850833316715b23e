"""What a refusal says, to whom, and where it sends them, by each condition that decides it (F6, F8)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse, Response
from fastapi.testclient import TestClient
from starlette.exceptions import HTTPException

from fleet.core import problems
from fleet.core.actor import Actor, ActorKind
from fleet.core.problems import ProblemError, SecondFactorNeeded, SignInNeeded, describe_validation
from fleet.footage import problems as footage
from fleet.footage.errors import StoreError
from fleet.people.admission import HalfWay, SignedIn
from fleet.people.factors.rules import Factors
from fleet.people.sessions import COOKIE, STEP_COOKIE
from fleet.web import faults, stream
from fleet.web.faults import PageRoute, describe_input, fault_page, refusal_page
from fleet.web.let_in import let_in

HTML, JSON = {"accept": "text/html"}, {"accept": "application/json"}


def request(path: str = "/", method: str = "GET", headers: Mapping[str, str] | None = None) -> Request:
    carried = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": carried}
    return Request({**scope, "server": ("fleet.example", 443), "scheme": "https"})


# The sentence


@pytest.mark.parametrize(
    ("errors", "said"),
    [
        ([], "The request is not valid."),
        ([{"loc": ("body", "name"), "msg": "Field required"}], "name: field required."),
        (
            [{"loc": ("query", "q"), "msg": "Too long."}, {}, {}],
            "query.q: too long (and 2 more).",
        ),
        ([{"loc": ("body",), "msg": "Not JSON"}], "The request body is not usable: not JSON."),
    ],
)
def test_what_does_not_validate_is_named_and_counted(errors: list[Mapping[str, Any]], said: str) -> None:
    # proves F6
    assert describe_validation(errors) == said


@pytest.mark.parametrize(
    ("errors", "said"),
    [
        ([], "The request is not valid."),
        (
            [{"loc": ("query", "page"), "msg": "Not a number"}],
            "The address has a “page” that cannot be used: not a number.",
        ),
        (
            [{"loc": ("body", "days", 0), "msg": "Too long"}],
            "The form has a “days.0” that cannot be used: too long.",
        ),
        ([{"loc": ("body",), "msg": "Not a form"}], "The request body is not usable: not a form."),
        ([{"loc": ("header", "x"), "msg": "Odd"}], "header.x: odd."),
        ([{"msg": "Odd"}], "The request body is not usable: odd."),
    ],
)
def test_a_page_says_which_part_of_an_address_or_a_form_cannot_be_used(
    errors: list[Mapping[str, Any]], said: str
) -> None:
    # proves F6
    assert describe_input(errors) == said


@pytest.mark.parametrize(
    ("path", "said"),
    [("/join/secret", "/join/…"), ("/setup/secret", "/setup/…"), ("/recordings/join/", "/recordings/join/")],
)
def test_a_log_names_an_address_without_its_secret(path: str, said: str) -> None:
    # proves F9
    assert problems.address(request(path)) == said


# To whom


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """Routes that refuse in every way, with pages that are their sentence alone."""

    async def page(_request: Request, status: int, detail: str) -> Response:
        return PlainTextResponse(f"page: {detail}", status)

    core = SimpleNamespace(
        config=SimpleNamespace(site=SimpleNamespace(time_zone=ZoneInfo("UTC"))),
        live=SimpleNamespace(position=""),
    )
    monkeypatch.setattr(faults, "fault_page", page)
    monkeypatch.setattr(faults, "CORE", lambda _: core)
    monkeypatch.setattr(stream, "CORE", lambda _: core)
    app = FastAPI()
    problems.install(app)
    footage.install(app)
    app.router.route_class = PageRoute
    refusals: dict[str, Exception] = {
        "problem": ProblemError(409, "conflict", "It is taken.", headers={"Retry-After": "9"}),
        "missing": HTTPException(404),
        "odd": HTTPException(418, "I am a teapot"),
        "store": StoreError("it is full"),
        "fault": ValueError("internal"),
        "second": SecondFactorNeeded("/recordings"),
        "sign": SignInNeeded("/recordings?q=1"),
        "input": RequestValidationError([{"loc": ("query", "q"), "msg": "Odd", "type": "x", "input": ""}]),
    }

    @app.get("/refuse/{how}")
    async def refuse(how: str) -> None:
        raise refusals[how]

    @app.get("/sign-in", name="sign_in_page")
    async def sign_in() -> None:
        """Nothing."""

    return TestClient(app, raise_server_exceptions=False, follow_redirects=False)


@pytest.mark.parametrize(
    ("how", "status", "page", "document"),
    [
        ("problem", 409, "It is taken.", "It is taken."),
        ("missing", 404, "There is no page at this address.", "There is nothing at this address."),
        ("odd", 418, "There is no page at this address.", "I am a teapot"),
        ("fault", 500, "The fleet service could not finish this; its log says why.", "Something went wrong"),
        ("input", 422, "The address has a “q” that cannot be used: odd.", "query.q: odd."),
        ("store", 503, "", ""),
    ],
)
def test_a_browser_gets_a_page_and_a_program_a_document(
    client: TestClient, how: str, status: int, page: str, document: str
) -> None:
    # proves F6
    shown = client.get(f"/refuse/{how}", headers=HTML)
    assert shown.status_code == status
    assert shown.text.startswith(f"page: {page}")
    told = client.get(f"/refuse/{how}", headers=JSON)
    assert told.status_code == status
    assert document in told.json()["detail"]
    if how == "problem":
        assert shown.headers["retry-after"] == told.headers["retry-after"] == "9"


def test_whoever_is_not_signed_in_is_sent_on(client: TestClient) -> None:
    # proves F9
    for headers in (HTML, JSON):
        second = client.get("/refuse/second", headers=headers)
        assert (second.status_code, second.headers["location"]) == (303, "/account/second")
        signing = client.get("/refuse/sign", headers=headers)
        assert signing.headers["location"] == "/sign-in?next=%2Frecordings%3Fq%3D1"


@pytest.mark.usefixtures("client")
def test_a_refusal_before_any_route_is_a_page_for_browsers_alone() -> None:
    # proves F6
    refused = ProblemError(503, "busy", "Try again.")
    shown = asyncio.run(refusal_page(request(headers=HTML), refused))
    assert shown is not None
    assert bytes(shown.body) == b"page: Try again."
    assert asyncio.run(refusal_page(request(headers=JSON), refused)) is None


@pytest.mark.parametrize("handler", ["_http", "_sign_in", "_invalid", "_problem"])
def test_each_handler_answers_its_own_kind_alone(handler: str) -> None:
    with pytest.raises(ValueError, match="another"):
        asyncio.run(getattr(problems, handler)(request(), ValueError("another")))


def test_a_footage_handler_answers_its_own_kind_alone() -> None:
    with pytest.raises(ValueError, match="another"):
        asyncio.run(footage._answer(request(), ValueError("another")))


# Where to


HERE = {"host": "fleet.example"}


@pytest.mark.parametrize(
    ("method", "headers", "signed_in", "link", "word"),
    [
        ("GET", {}, True, "/", "Go to Today"),
        ("GET", {}, False, "/sign-in", "Sign in"),
        (
            "POST",
            HERE | {"referer": "https://fleet.example/visits?a=1"},
            True,
            "/visits?a=1",
            ("Back to the page"),
        ),
        ("POST", HERE | {"referer": "https://fleet.example/visits"}, True, "/visits", "Back to the page"),
        (
            "POST",
            HERE | {"referer": "https://fleet.example/visits"},
            False,
            "/sign-in?next=%2Fvisits",
            "Sign in",
        ),
        ("POST", HERE | {"referer": "https://evil.example/visits"}, True, "/", "Go to Today"),
        ("POST", HERE | {"referer": "https://fleet.example"}, True, "/", "Go to Today"),
        ("POST", HERE, True, "/", "Go to Today"),
        ("GET", HERE | {"referer": "https://fleet.example/visits"}, True, "/", "Go to Today"),
    ],
)
def test_a_refusal_leads_back_to_the_form_or_to_signing_in(
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    headers: Mapping[str, str],
    signed_in: bool,
    link: str,
    word: str,
) -> None:
    # proves F6
    async def actor(_request: Request) -> object:
        return SimpleNamespace() if signed_in else None

    def render(_request: Request, _template: str, **said: Any) -> Any:  # noqa: ANN401 - what a page is given
        return said

    monkeypatch.setattr(faults, "current_actor", actor)
    monkeypatch.setattr(faults, "pages", lambda _: SimpleNamespace(render=render))
    said: Any = asyncio.run(fault_page(request(method=method, headers=headers), 409, "No."))
    assert (said["link"], said["link_word"], said["title"]) == (link, word, "That did not work")


def test_signing_in_goes_by_way_of_the_second_factor_where_one_is_needed() -> None:
    # proves F9
    half = let_in(request(), HalfWay("secret", Factors()), "/visits")
    assert half.headers["location"] == "/sign-in/second?next=%2Fvisits"
    assert half.headers["set-cookie"].startswith(f"{STEP_COOKIE}=")
    by_glass = Actor(ActorKind.USER, "1", "A. Person", frozenset(), by_break_glass=True)
    whole = let_in(request(), SignedIn("secret", "csrf", by_glass), "/visits")
    assert whole.headers["location"] == "/visits"
    assert whole.headers["set-cookie"].startswith(f"{COOKIE}=")
