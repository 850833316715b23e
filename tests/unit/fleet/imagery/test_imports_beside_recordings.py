"""Imports beside recordings: of requests, held, restricted and erased; found; and in reviews of viewings."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from fleet.audit.models import AuditEntry
from fleet.core.actor import Actor, ActorKind, Role
from fleet.imagery.rules.kinds import NOT_VERIFIED
from fleet.requests.cases import get_case, open_request
from fleet.requests.closing import close_request, reopen_request
from fleet.requests.footage import end_restrictions
from fleet.requests.linked import imports
from fleet.requests.linked.lasting import LET_THROUGH_FOR
from fleet.requests.rules.draft import RequestDraft
from fleet.requests.rules.kinds import RequestKind
from fleet.retention.models import Hold
from fleet.review.looks import sort_looks
from fleet.review.models import ViewingReview
from fleet.review.sorter import limits_of
from fleet.server.compose import FleetServices
from fleet.web.reviewed import look_rows
from fleet.web.views.reviews.looks import look_cells
from fleet.web.zone import in_zone
from protocol.footage.deletion import read_deletion
from tests.support.fleet.fleet import TestClock, dashboard_client, problem, token_for
from tests.unit.fleet.imagery.test_imports_api import BODY, WHY, imported, one

pytestmark = pytest.mark.slow

DPO = Actor(ActorKind.USER, "dpo", "DPO 1", frozenset({Role.DATA_PROTECTION_OFFICER}))
CLAIM = {"kind": "claim", "owner": "Legal 1", "reason": "A claim", "review": "2027-05-01"}


@pytest.fixture(scope="module")
def officer_token(whole: FleetServices) -> str:
    return token_for(whole, Role.DATA_PROTECTION_OFFICER, name="dpo")


@pytest.fixture
def dpo(services: FleetServices, officer_token: str) -> Iterator[TestClient]:
    with dashboard_client(services, token=officer_token, workers=False) as client:
        yield client


def opened(services: FleetServices, kind: RequestKind) -> str:
    draft = RequestDraft(kind, date(2027, 3, 1), "letter", "A. Hill", "7 Elm Road", "All of it", "DPO 1")
    zone = services.config.site.time_zone
    with services.sessions.begin() as session:
        return open_request(session, services.random, draft, zone=zone, by=DPO).id


def linked(services: FleetServices, dpo: TestClient, name: str, kind: RequestKind) -> str:
    case = opened(services, kind)
    answer = dpo.post(f"/api/v1/requests/{case}/imports", json={"imported": name})
    assert (answer.status_code, answer.json()) == (201, [name]), answer.text
    return case


def page_words(dpo: TestClient, path: str) -> str:
    page = dpo.get(path, headers={"Accept": "text/html"}).text
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def done(dpo: TestClient, path: str, **fields: str) -> None:
    answer = dpo.post(path, data=fields, headers={"Accept": "text/html"}, follow_redirects=False)
    assert answer.status_code == 303, answer.text


def refuses(dpo: TestClient, path: str, status: int, said: str, **fields: str) -> None:
    answer = dpo.post(path, data=fields)
    assert (answer.status_code, said in answer.text) == (status, True), answer.text


def lasting(services: FleetServices, name: str) -> list[str]:
    with services.readers() as session:
        query = select(Hold.reason).where(Hold.import_id == name, Hold.released.is_(None))
        return list(session.scalars(query))


def test_an_open_request_holds_an_import_at_once_and_lets_go_when_it_ends(
    api: TestClient, dpo: TestClient, services: FleetServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F3
    name, zone = imported(api), services.config.site.time_zone
    case = opened(services, RequestKind.ACCESS)
    refuses(dpo, f"/requests/{case}/unlink", 409, "is not linked to this request.", imported=name)
    with monkeypatch.context() as patched:
        patched.setattr(imports, "MOST_IMPORTS", 0)
        full = dpo.post(f"/api/v1/requests/{case}/imports", json={"imported": name})
    assert (problem(full), lasting(services, name)) == ((409, "too_many_imports"), [])
    missing = dpo.post(f"/api/v1/requests/{case}/imports", json={"imported": "5e" * 16})
    assert missing.status_code == 404
    waiting = api.post("/api/v1/imports", json=BODY).json()["id"]
    early = dpo.post(f"/api/v1/requests/{case}/imports", json={"imported": waiting})
    assert problem(early) == (409, "no_file")
    done(dpo, f"/requests/{case}/link", recording=f"https://fleet.example/imports/{name}")
    done(dpo, f"/requests/{case}/link", recording=name)
    assert len(lasting(services, name)) == 1
    assert (one(api, name)["is_held"], one(api, name)["last_day"]) == (True, None)
    assert problem(api.post(f"/api/v1/imports/{name}/delete", json={"why": "A mistake"})) == (409, "is_held")
    page = page_words(dpo, f"/requests/{case}")
    for said in ("IMP-2027-", "CCTV clip", NOT_VERIFIED, "Kept as long as this request is open, or longer."):
        assert said in page, said
    assert "Linked and held import IMP-2027-" in page
    table = csv.DictReader(io.StringIO(dpo.get("/requests.csv?state=all").text.removeprefix("\ufeff")))
    (line,) = [each for each in table if each["Reference"] in page]
    assert (line["Recordings"], line["Imports"]) == ("0", "1")
    with services.sessions.begin() as session:
        close_request(session, case=case, by=DPO, unanswered=True, why="Withdrawn")
    assert lasting(services, name) == []
    with services.sessions.begin() as session:
        reopen_request(session, services.random, case=case, why="Again", zone=zone, by=DPO)
    assert len(lasting(services, name)) == 1
    done(dpo, f"/requests/{case}/unlink", imported=name)
    assert lasting(services, name) == []
    assert dpo.get(f"/api/v1/requests/{case}/imports").json() == []


def test_what_a_person_says_is_wrong_is_noted_beside_an_import_that_stays_as_it_is(
    api: TestClient, dpo: TestClient, services: FleetServices
) -> None:
    # proves F2
    name = imported(api)
    case, other = linked(services, dpo, name, RequestKind.RECTIFICATION), opened(services, RequestKind.ACCESS)
    before = one(api, name)["sha256"]
    assert "Note it beside the import" in page_words(dpo, f"/requests/{case}")
    refuses(dpo, f"/requests/{case}/note", 422, "Say what the person says is wrong", imported=name, text=" ")
    refuses(dpo, f"/requests/{other}/note", 409, "is not linked", imported=name, text="It was Monday.")
    done(dpo, f"/requests/{case}/note", imported=name, text="It was Monday.")
    (note,) = api.get(f"/api/v1/imports/{name}/notes").json()
    assert re.fullmatch(r"Request REQ-2027-\d+: It was Monday\.", note["text"])
    assert note["author"] == "dpo"
    assert "It was Monday." in page_words(dpo, f"/imports/{name}")
    assert "what the person says of it." in page_words(dpo, f"/requests/{case}")
    assert one(api, name)["sha256"] == before
    done(dpo, f"/requests/{case}/unlink", imported=name)


def test_a_restricted_import_is_neither_looked_at_nor_taken_out_but_for_a_claim(
    api: TestClient, dpo: TestClient, services: FleetServices, whole_clock: TestClock
) -> None:
    # proves F10
    name = imported(api)
    case = linked(services, dpo, name, RequestKind.RESTRICTION)
    media = api.post(f"/api/v1/imports/{name}/viewings", json=WHY).json()["media"]
    assert api.get(media).status_code == 200
    done(dpo, f"/requests/{case}/restrict")
    refused = [
        api.get(media),
        api.post(f"/api/v1/imports/{name}/viewings", json=WHY),
        api.post(f"/api/v1/imports/{name}/exports", json=WHY),
    ]
    assert [problem(each) for each in refused] == [(403, "import_restricted")] * 3
    shown = page_words(api, f"/imports/{name}")
    assert "it is kept, and neither looked at nor taken out." in shown
    assert "Why are you looking at this?" not in shown
    page = page_words(dpo, f"/requests/{case}")
    assert "Restricted 1 import: kept, and neither watched nor taken out." in page
    assert "Restricted: kept, and neither looked at nor taken out." in page
    refuses(dpo, f"/requests/{case}/unlink", 409, "It is restricted: tell the person", imported=name)
    refuses(dpo, f"/requests/{case}/claim", 422, "Say for which legal claim", imported=name)
    done(dpo, f"/requests/{case}/claim", imported=name, claim="Hill v Northgate")
    assert api.get(media).status_code == 200
    assert api.post(f"/api/v1/imports/{name}/exports", json=WHY).status_code == 200
    whole_clock.now += LET_THROUGH_FOR
    assert problem(api.post(f"/api/v1/imports/{name}/exports", json=WHY)) == (403, "import_restricted")
    with services.sessions.begin() as session:
        close_request(session, case=case, by=DPO, unanswered=True, why="Until the claim is over")
    assert len(lasting(services, name)) == 1  # a restriction outlasts its request
    assert problem(api.post(f"/api/v1/imports/{name}/delete", json={"why": "A mistake"})) == (409, "is_held")
    with services.sessions.begin() as session:
        end_restrictions(session, get_case(session, case), by=DPO)
    assert lasting(services, name) == []
    assert api.post(f"/api/v1/imports/{name}/exports", json=WHY).status_code == 200


def test_erasure_of_an_import_is_refused_while_a_claim_holds_and_leaves_a_certificate(
    api: TestClient, dpo: TestClient, services: FleetServices
) -> None:
    # proves F3
    name = imported(api)
    other = linked(services, dpo, name, RequestKind.ACCESS)
    case = linked(services, dpo, name, RequestKind.ERASURE)
    assert problem(dpo.post(f"/api/v1/requests/{other}/imports/{name}/erase")) == (409, "not_erasure")
    refuses(dpo, f"/requests/{case}/claim", 409, "It is not restricted.", imported=name, claim="One")
    asked = {"letter": "identity", "words": "Please.", "method": "by post"}
    assert dpo.post(f"/api/v1/requests/{case}/letters", json=asked).is_success
    assert problem(dpo.post(f"/api/v1/requests/{case}/imports/{name}/erase")) == (409, "not_shown")
    came = {"on": services.clock().date().isoformat(), "how": "A bill"}
    assert dpo.post(f"/api/v1/requests/{case}/waits/identity/met", json=came).is_success
    held = dpo.post(f"/api/v1/requests/{case}/imports/{name}/erase")
    assert problem(held) == (409, "is_held")
    assert "It is held for another request by DPO 1" in held.text
    done(dpo, f"/requests/{other}/unlink", imported=name)
    claim = api.post(f"/api/v1/imports/{name}/holds", json=CLAIM).json()["id"]
    assert (
        "It is held for a legal claim by Legal 1"
        in dpo.post(f"/api/v1/requests/{case}/imports/{name}/erase").text
    )
    api.post(f"/api/v1/holds/{claim}/release", json={"reason": "Settled"}).raise_for_status()
    services.jobs.step()
    assert one(api, name)["state"] == "held"
    assert dpo.post(f"/api/v1/requests/{case}/imports/{name}/erase").status_code == 202
    services.jobs.step()  # deletion was never switched on
    assert one(api, name)["state"] == "deleted"
    text = api.get(f"/api/v1/imports/{name}/deletion-certificate").text
    assert "Erased upon request REQ-2027-" in json.dumps(read_deletion(text.encode()).said)
    assert "Deleted, or being deleted." in page_words(dpo, f"/requests/{case}")
    with services.readers() as session:
        query = select(AuditEntry).where(AuditEntry.subject == name, AuditEntry.action.like("requests:%"))
        assert [(each.action, each.purpose) for each in session.scalars(query)] == [
            ("requests:import:erase", "")
        ]


def test_imports_are_found_by_place_and_by_when_they_were_taken(api: TestClient, dpo: TestClient) -> None:
    # proves F8
    name = imported(api, place="Stairwell 12")

    def found(query: str) -> bool:
        answer = dpo.get(f"/imports?{query}", headers={"Accept": "text/html"})
        assert answer.status_code == 200
        return f"/imports/{name}" in answer.text

    assert found("q=stairwell")
    assert found("q=stairwell&from=2027-02-27&to=2027-02-27")
    assert not found("q=stairwell&from=2027-02-28")
    assert not found("q=stairwell&to=2027-02-26")
    for query, said in (
        ("from=never", "A day looks like 2026-11-22; that one cannot be read."),
        (
            "from=2027-03-02&to=2027-03-01",
            "This day comes before the first, so neither is used; change one of them.",
        ),
        ("to=9999-12-31", "A day looks like 2026-11-22; that one cannot be read."),
    ):
        odd = dpo.get(f"/imports?{query}", headers={"Accept": "text/html"})
        assert (odd.status_code, said in odd.text) == (422, True), query


def test_who_looked_at_an_import_is_reviewed_with_the_odd_ones_first(
    api: TestClient, services: FleetServices
) -> None:
    # proves F5
    name = imported(api)
    with services.readers() as session:
        last = session.scalar(select(func.max(AuditEntry.number))) or 0
    api.post(f"/api/v1/imports/{name}/viewings", json=WHY).raise_for_status()
    api.post(f"/api/v1/imports/{name}/exports", json=WHY).raise_for_status()
    zone = services.config.site.time_zone
    with services.sessions.begin() as session:
        sort_looks(session, limits_of(services.config.review), zone)
    with services.readers() as session, in_zone(zone):
        query = select(ViewingReview).where(ViewingReview.number > last)
        looks = session.scalars(query.order_by(ViewingReview.number)).all()
        shown = look_rows(session, looks)
        kinds = [each.kinds.split() for each in looks]
        cells = [look_cells(each) for each in looks]
    assert [each.what for each in shown] == ["Opened to look at", "Download begun"]
    assert {each.recording_link for each in shown} == {f"/imports/{name}"}
    assert {each.recording[:16] for each in shown} == {"Import IMP-2027-"}
    assert {each.purpose for each in shown} == {WHY["purpose"]}
    assert ["copy" in each for each in kinds] == [False, True]
    assert all("program" in each and "no-cause" not in each and "own" not in each for each in kinds)
    assert [each[3] for each in cells] == ["opened to look at", "download begun"]
