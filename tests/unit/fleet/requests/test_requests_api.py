"""Requests by programs: the same steps as on the pages, and the same refusals."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from fleet.core.actor import Role
from fleet.server.compose import FleetServices
from tests.support.fleet.fleet import dashboard_client, token_for

BODY = {
    "kind": "access",
    "received": "2027-03-01",
    "channel": "email",
    "name": "A. Hill",
    "contact": "7 Elm Road",
    "what": "The visit last Tuesday",
    "owner": "DPO 1",
}


@pytest.fixture(scope="module")
def token(whole: FleetServices) -> str:
    return token_for(whole, Role.DATA_PROTECTION_OFFICER, name="dpo")


@pytest.fixture
def api(services: FleetServices, token: str) -> Iterator[TestClient]:
    with dashboard_client(services, token=token) as client:
        yield client


def test_a_request_goes_its_whole_way(api: TestClient) -> None:
    opened = api.post("/api/v1/requests", json=BODY)
    assert opened.status_code == 201
    path = f"/api/v1/requests/{opened.json()['id']}"
    assert (opened.json()["due"], opened.json()["clock"]) == ("2027-04-01", "running")
    assert "Hill" not in opened.text  # who asks is on the page alone
    for letter in ("identity", "clarification"):
        answer = api.post(f"{path}/letters", json={"letter": letter, "words": "Please.", "method": "by post"})
        assert answer.status_code == 201, answer.text
    assert api.get(path).json()["due"] is None
    met = api.post(f"{path}/waits/identity/met", json={"on": "2027-03-01", "how": "Passport"})
    assert met.json()["clock"] == "paused"
    assert api.post(f"{path}/clarified", json={"on": "2027-03-01"}).json()["due"] == "2027-04-01"
    search = {"where": "All of Tuesday", "how": "By officer", "enough": "One visit"}
    assert api.post(f"{path}/searches", json=search).status_code == 201
    early = api.post(f"{path}/close", json={})
    assert (early.status_code, early.json()["code"]) == (409, "not_answered")
    sent = {"letter": "answer", "words": "Here it is.", "method": "by post", "outcome": "granted"}
    assert api.post(f"{path}/letters", json=sent).status_code == 201
    assert api.post(f"{path}/close", json={}).json()["outcome"] == "granted"
    assert api.post(f"{path}/reopen", json={"why": "They ask again"}).json()["closed"] is None
    kept = api.get(f"{path}/letters").json()
    assert [each["letter"] for each in kept] == ["identity", "clarification", "answer"]
    assert "Here it is." in kept[-1]["text"]
    assert path.rpartition("/")[2] in [each["id"] for each in api.get("/api/v1/requests").json()]
    assert api.get(f"{path}/recordings").json() == []
    assert api.post(f"{path}/recordings", json={"recording": "5e" * 16}).status_code == 404
    assert api.post(f"{path}/restrict").json()["code"] == "no_recordings"
    assert api.post(f"{path}/recordings/{'5e' * 16}/erase").json()["code"] == "not_erasure"


@pytest.mark.parametrize(
    ("change", "status"),
    [({"kind": "favour"}, 422), ({"received": "2099-01-01"}, 422), ({"name": ""}, 422), ({"more": "x"}, 422)],
)
def test_what_cannot_be_is_refused(api: TestClient, change: dict[str, str], status: int) -> None:
    # proves F6
    before = len(api.get("/api/v1/requests?state=all").json())
    assert api.post("/api/v1/requests", json={**BODY, **change}).status_code == status
    assert len(api.get("/api/v1/requests?state=all").json()) == before
    assert api.get("/api/v1/requests/nothing").status_code == 404
