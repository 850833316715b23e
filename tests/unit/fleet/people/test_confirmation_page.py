"""What the page that asks who sits there keeps of the form that was sent, by each condition (F8)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import anyio
import httpx
import pytest
from starlette.requests import Request

from fleet.core.actor import Actor, ActorKind, Role
from fleet.people.confirming.asking import UnconfirmedError
from fleet.web import faults

JANE = Actor(ActorKind.USER, "u1", "Jane", frozenset({Role.CCTV_MANAGER}))
WAYS = SimpleNamespace(password=True)
FORM = {"reason": "A claim", "csrf_token": "x"}


def shown(
    monkeypatch: pytest.MonkeyPatch, address: str, actor: Actor | None, came: dict[str, Any]
) -> dict[str, Any]:
    """Return what the page is given after a form was sent to an address; ``came`` has its other parts."""
    sent = httpx.Request("POST", f"https://fleet.example{address}", data=FORM, **came)
    body = sent.read()

    async def whoever(_request: Request) -> Actor | None:
        return actor

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    given: dict[str, Any] = {}

    def render(_request: Request, _name: str, **values: Any) -> SimpleNamespace:  # noqa: ANN401 - as given
        given.update(values)
        return SimpleNamespace(headers={})

    monkeypatch.setattr(faults, "current_actor", whoever)
    monkeypatch.setattr(faults, "PEOPLE", lambda _request: None)
    monkeypatch.setattr(faults, "ways_of", lambda *_: WAYS)
    monkeypatch.setattr(faults, "pages", lambda _request: SimpleNamespace(render=render))
    scope = {
        "type": "http",
        "method": "POST",
        "scheme": "https",
        "server": ("fleet.example", 443),
        "path": sent.url.path,
        "query_string": sent.url.query,
        "headers": [(name.lower(), value) for name, value in sent.headers.raw],
    }
    needed = UnconfirmedError()
    anyio.run(faults._confirmation_page, Request(scope, receive), needed)
    return given


def test_the_form_goes_on_with_its_words_and_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    given = shown(monkeypatch, "/imports/1/download", JANE, {})
    assert given["action"] == "/imports/1/download"
    assert given["kept"] == [("reason", "A claim")]
    assert given["ways"] is WAYS
    queried = shown(monkeypatch, "/imports/1/download?part=2", JANE, {})
    assert queried["action"] == "/imports/1/download?part=2"


def test_a_file_is_not_kept_and_is_no_page_to_go_back_to(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"file": ("a.txt", b"x"), "came_from": ("b.txt", b"/cameras")}
    given = shown(monkeypatch, "/imports/1/download", JANE, {"files": files})
    assert given["kept"] == [("reason", "A claim")]
    assert given["back"] == "/"


def test_nobody_has_a_way_to_confirm(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, "/imports/1/download", None, {})["ways"] is None
