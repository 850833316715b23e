from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from fastapi import FastAPI, Request
from starlette.testclient import TestClient

from fleet.core import problems
from fleet.server.compose import FleetServices
from fleet.server.security import HEADERS, POLICY, BodyLimit, SecurityHeaders
from tests.support.fleet.fleet import dashboard_client, problem


@pytest.fixture
def client() -> Iterator[TestClient]:
    app = FastAPI()
    problems.install(app)
    app.add_middleware(BodyLimit, limit=1000)
    app.add_middleware(SecurityHeaders)

    @app.post("/length")
    async def length(request: Request) -> int:
        return len(await request.body())

    @app.get("/fault")
    def fault() -> None:
        raise RuntimeError("an inside that nobody should see")

    @app.get("/setup/{link}")
    def set_up(link: str) -> None:
        raise RuntimeError

    @app.get("/number/{number}")
    def number(number: int) -> int:
        return number

    with TestClient(app, base_url="https://localhost", raise_server_exceptions=False) as found:
        yield found


def test_every_answer_confines_the_browser(services: FleetServices) -> None:
    with dashboard_client(services) as client:
        for path in ("/sign-in", "/api/v1/authority", "/api/v1/cameras", "/nowhere"):
            headers = client.get(path, headers={"accept": "text/html"}, follow_redirects=False).headers
            assert {name: headers.get(name) for name in HEADERS} == dict(HEADERS), path
            assert "strict-transport-security" not in headers


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere() -> None:
    assert "unsafe" not in POLICY
    assert "http" not in POLICY
    assert POLICY.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in POLICY


@pytest.mark.parametrize(("size", "status"), [(0, 200), (1000, 200), (1001, 413), (100_000, 413)])
def test_a_declared_body_over_the_limit_is_refused(client: TestClient, size: int, status: int) -> None:
    response = client.post("/length", content=b"x" * size)
    assert response.status_code == status
    if status == 413:
        assert problem(response) == (413, "too_large")
        assert response.json()["limit"] == 1000


@pytest.mark.parametrize(("size", "status"), [(1000, 200), (1001, 413), (100_000, 413)])
def test_so_is_one_that_does_not_declare_itself(client: TestClient, size: int, status: int) -> None:
    def body() -> Iterator[bytes]:
        for _ in range(size):
            yield b"x"

    assert client.post("/length", content=body()).status_code == status


def test_a_fault_shows_nothing_of_the_inside(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    response = client.get("/fault")
    assert problem(response) == (500, "internal_error")
    assert "inside that nobody" not in response.text
    assert "an inside that nobody should see" in caplog.text


def test_the_log_of_a_fault_holds_no_secret_of_a_link(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    client.get("/setup/one-time-secret")
    assert "GET /setup/… failed" in [record.getMessage() for record in caplog.records]
    assert not any(
        "one-time-secret" in record.getMessage() for record in caplog.records if "fleet" in record.name
    )


def test_every_refusal_is_a_problem_document(client: TestClient) -> None:  # proves F6
    for method, path, status, code in (
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/length", 405, "method_not_allowed"),
        ("GET", "/number/ten", 422, "not_valid"),
    ):
        response = client.request(method, path)
        assert response.headers["content-type"] == "application/problem+json"
        assert problem(response) == (status, code)
        assert set(response.json()) >= {"title", "status", "code", "detail"}
        assert response.json()["detail"].endswith(".")


def test_a_body_that_never_ends_is_cut_off() -> None:
    """A sender that declares nothing and never stops is answered at the limit, not at the end."""
    taken = 0

    async def endless() -> AsyncIterator[dict[str, object]]:
        nonlocal taken
        while True:
            taken += 100
            yield {"type": "http.request", "body": b"x" * 100, "more_body": True}

    async def run() -> list[dict[str, object]]:
        sent: list[dict[str, object]] = []
        messages = endless()

        async def app(_scope: object, receive: object, _send: object) -> None:
            while True:
                await receive()  # type: ignore[operator] # an ASGI callable

        async def send(message: dict[str, object]) -> None:
            sent.append(message)

        scope = {"type": "http", "method": "POST", "path": "/", "headers": []}
        await BodyLimit(app, limit=1000)(scope, messages.__anext__, send)  # type: ignore[arg-type] # ASGI by shape
        return sent

    sent = asyncio.run(run())
    assert sent[0]["status"] == 413
    assert taken == 1100
