"""Nothing is erased or granted before who asks was shown, and nothing is said to be done that was not."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from httpx import Response
from sqlalchemy import delete, select, update
from starlette.testclient import TestClient

from fleet.core.actor import Actor, ActorKind, Role
from fleet.core.problems import ProblemError
from fleet.footage.recordings.models import Recording
from fleet.footage.restricting.models import Restriction
from fleet.releases.drafting import approve_release
from fleet.releases.links import issue_link
from fleet.releases.models import FootageRelease
from fleet.releases.packages.handing import take_for_medium
from fleet.releases.rules.states import ReleaseState
from fleet.requests.models import RequestCase, RequestImport, RequestRecording, RequestWait
from fleet.retention.models import Erasure, Hold
from fleet.server.compose import FleetServices
from tests.support.fleet.fleet import TestClock, dashboard_client, token_for
from tests.support.pages.scene import ID, Scene

OFFICER = Actor(ActorKind.USER, "dpo", "DPO 1", frozenset({Role.DATA_PROTECTION_OFFICER}))
MANAGER = Actor(ActorKind.USER, "manager", "Manager 1", frozenset({Role.CCTV_MANAGER}))
BODY = {
    "received": "2027-03-01",
    "channel": "email",
    "name": "A. Hill",
    "contact": "7 Elm Road",
    "what": "The visit last Tuesday",
    "owner": "DPO 1",
}
WAIT_FIRST = "Note first that it came, or why nobody doubts it any longer."
NOT_SHOWN = f"The person was asked to show who they are, and has not. {WAIT_FIRST}"
NOT_AUTHORISED = f"It was asked whether they may act for the person, and that was not shown. {WAIT_FIRST}"


@pytest.fixture(scope="module")
def token(whole: FleetServices) -> str:
    return token_for(whole, Role.DATA_PROTECTION_OFFICER, name="shown first")


@pytest.fixture
def dpo(services: FleetServices, clock: TestClock, token: str) -> Iterator[TestClient]:
    with dashboard_client(services, token=token) as client:
        scene = Scene(services, clock, client)
        scene.clear()
        scene.camera()
        scene.held()
        yield client
    with services.sessions.begin() as session:
        kept = (
            Restriction,
            Hold,
            Erasure,
            RequestRecording,
            RequestImport,
            FootageRelease,
            RequestCase,
            Recording,
        )
        for each in kept:
            session.execute(delete(each))


def opened(dpo: TestClient, kind: str, **more: str) -> str:
    answer = dpo.post("/api/v1/requests", json={"kind": kind, **BODY, **more})
    assert answer.status_code == 201, answer.text
    return f"/api/v1/requests/{answer.json()['id']}"


def linked(dpo: TestClient, kind: str, **more: str) -> str:
    path = opened(dpo, kind, **more)
    assert dpo.post(f"{path}/recordings", json={"recording": ID}).status_code == 201
    search = {"where": "All of Tuesday", "how": "By officer", "enough": "One visit"}
    assert dpo.post(f"{path}/searches", json=search).status_code == 201
    return path


def send(dpo: TestClient, path: str, letter: str, **more: str) -> Response:
    body = {"letter": letter, "words": "As we wrote.", "method": "by post", **more}
    answer: Response = dpo.post(f"{path}/letters", json=body)
    return answer


def sent(dpo: TestClient, path: str, letter: str, **more: str) -> str:
    answer = send(dpo, path, letter, **more)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["text"])


def said(answer: Response, status: int = 409) -> str:
    assert answer.status_code == status, answer.text
    return str(answer.json()["detail"])


def erase(dpo: TestClient, path: str) -> Response:
    answer: Response = dpo.post(f"{path}/recordings/{ID}/erase")
    return answer


def registered(dpo: TestClient, path: str) -> dict[str, str]:
    reference = dpo.get(path).json()["reference"]
    rows = csv.DictReader(io.StringIO(dpo.get("/requests.csv?state=all").text.removeprefix("\ufeff")))
    return next(each for each in rows if each["Reference"] == reference)


@pytest.mark.parametrize(
    ("letter", "why", "shown"),
    [
        ("identity", NOT_SHOWN, {"how": "A bill was shown"}),
        ("authority", NOT_AUTHORISED, {"how": "A signed letter"}),
        ("identity", NOT_SHOWN, {"how": "The officer knows them", "waived": True}),
        ("authority", NOT_AUTHORISED, {"how": "A court named them", "waived": True}),
    ],
)
def test_nothing_is_erased_or_granted_before_it_was_shown_who_asks(
    dpo: TestClient, services: FleetServices, letter: str, why: str, shown: dict[str, Any]
) -> None:
    # proves F3, F10
    path = linked(dpo, "erasure", acts_for="B. Hill")
    sent(dpo, path, letter)
    assert said(erase(dpo, path)) == f"{why} Nothing is deleted before that."
    refused = said(send(dpo, path, "answer", outcome="granted"))
    assert refused == f"{why} Before that it can be refused, and not granted."
    with services.readers() as session:
        assert session.scalars(select(Erasure)).all() == []
    came = {"on": "2027-03-01", **shown}
    assert dpo.post(f"{path}/waits/{letter}/met", json=came).json()["clock"] == "running"
    assert erase(dpo, path).status_code == 202
    sent(dpo, path, "answer", outcome="granted")
    assert registered(dpo, path)["Outcome"] == "Granted"


def test_what_nobody_doubts_any_longer_delayed_nothing_and_its_page_says_why(
    dpo: TestClient, clock: TestClock
) -> None:
    # proves F10
    path = opened(dpo, "access")
    due = dpo.get(path).json()["due"]
    sent(dpo, path, "identity")
    sent(dpo, path, "fee")
    clock.now += timedelta(days=9)
    for how, refusal in (
        ({"how": " "}, "Say why nobody doubts it any longer, in 1 to 200 characters."),
        ({"how": "Known", "on": "2027-02-28"}, "Choose the day since which nobody doubts it"),
    ):
        body = {"on": "2027-03-10", "waived": True, **how}
        assert said(dpo.post(f"{path}/waits/identity/met", json=body), 422).startswith(refusal)
    fee = {"on": "2027-03-10", "how": "Let go", "waived": True}
    assert said(dpo.post(f"{path}/waits/fee/met", json=fee), 422) == (
        "A fee is paid, or waited for; nobody doubts one."
    )
    assert dpo.post(f"{path}/waits/fee/met", json={"on": "2027-03-01", "how": "Cash"}).is_success
    page = path.removeprefix("/api/v1")
    form = dpo.get(page, headers={"Accept": "text/html"}).text
    assert "What was shown, without a copy; or why nobody doubts it any longer" in form
    sent_form = {"kind": "identity", "on": "2027-03-10", "how": "The officer knows them", "waived": "yes"}
    assert dpo.post(f"{page}/came", data=sent_form, follow_redirects=False).status_code == 303
    assert dpo.get(path).json()["due"] == due, "it was never needed, so it gives no time"
    form = dpo.get(page, headers={"Accept": "text/html"}).text
    assert "nobody doubts it any longer since 10 March 2027: The officer knows them" in form
    assert "Nobody doubts any longer who the person is, since 10 March 2027: The officer knows them" in form


def test_a_request_of_somebody_who_never_showed_who_they_are_is_refused_and_closed(dpo: TestClient) -> None:
    # proves F10
    path = linked(dpo, "access")
    assert "not-shown" not in dpo.get(f"{path.removeprefix('/api/v1')}/write/refusal").text
    sent(dpo, path, "identity")
    assert "not-shown" in dpo.get(f"{path.removeprefix('/api/v1')}/write/refusal").text
    assert "we asked you to show who you are" in sent(dpo, path, "refusal", exemption="not-shown")
    assert dpo.post(f"{path}/close", json={}).json()["outcome"] == "refused"
    assert registered(dpo, path)["Exemption"].startswith("we asked you to show who you are")


def test_what_was_granted_once_without_that_says_so_in_the_register(
    dpo: TestClient, services: FleetServices
) -> None:
    # proves F10
    path = opened(dpo, "access", acts_for="B. Hill")
    for each in ("identity", "authority"):
        sent(dpo, path, each)
    case = path.rpartition("/")[2]
    with services.sessions.begin() as session:
        before = {"outcome": "granted", "answered": services.clock().date()}
        session.execute(update(RequestCase).where(RequestCase.id == case).values(before))
    assert registered(dpo, path)["Outcome"] == (
        "Granted; who asks was asked for and not shown; that they may act for the person was asked for and "
        "not shown"
    )
    with services.sessions.begin() as session:
        session.execute(update(RequestWait).values(met=services.clock().date(), how="Shown later"))
    assert registered(dpo, path)["Outcome"] == "Granted"


def test_erasure_and_restriction_are_granted_once_they_were_done(
    dpo: TestClient, services: FleetServices
) -> None:
    # proves F10
    with services.readers() as session:
        row = session.scalars(select(Recording)).one()
        name = f"recording {row.number} of {row.camera_id}"
    path = linked(dpo, "restriction")
    page = f"{path.removeprefix('/api/v1')}/write/answer"
    typed = {"step": "look", "words": "It is kept.", "method": "by post", "outcome": "granted"}
    looked = dpo.post(page, data=typed, headers={"Accept": "text/html"})
    assert (looked.status_code, f"It is not done yet: {name} is not restricted." in looked.text) == (
        409,
        True,
    )
    for outcome in ("granted", "partly"):
        assert f"{name} is not restricted. Restrict it first" in said(
            send(dpo, path, "answer", outcome=outcome)
        )
    assert dpo.post(f"{path}/restrict").is_success
    sent(dpo, path, "answer", outcome="granted")
    sent(dpo, path, "restriction-ends")
    path = linked(dpo, "erasure")
    for outcome in ("granted", "partly"):
        assert f"{name} is neither deleted nor being deleted. Delete it first" in said(
            send(dpo, path, "answer", outcome=outcome)
        )
    sent(dpo, path, "refusal", exemption="claims")
    for each in dpo.get("/api/v1/requests").json():
        if each["id"] not in path:
            dpo.post(f"/api/v1/requests/{each['id']}/close", json={})
    assert erase(dpo, path).status_code == 202
    sent(dpo, path, "answer", outcome="granted")


def test_where_nothing_was_found_the_search_is_enough(dpo: TestClient) -> None:
    for kind in ("erasure", "restriction", "access"):
        path = opened(dpo, kind)
        assert said(send(dpo, path, "answer", outcome="granted")).startswith("Write down the search first")
        search = {"where": "All of Tuesday", "how": "By officer", "enough": "Nothing was found"}
        assert dpo.post(f"{path}/searches", json=search).status_code == 201
        sent(dpo, path, "answer", outcome="granted")


def test_what_is_given_without_a_release_is_said_in_the_form_and_kept(
    dpo: TestClient, services: FleetServices
) -> None:
    # proves F10
    path = linked(dpo, "access")
    page = path.removeprefix("/api/v1")
    asked = "How it was given; no release of what is linked is made"
    assert asked in dpo.get(f"{page}/write/answer").text
    assert asked not in dpo.get(f"{page}/write/refusal").text
    for otherwise in ("", "  "):
        assert said(send(dpo, path, "answer", outcome="granted", otherwise=otherwise)) == (
            "No release of what is linked is made. "
            "Say how it was given otherwise, as when it was watched here."
        )
    long = send(dpo, path, "answer", outcome="granted", otherwise="x" * 501)
    assert said(long, 422) == "Say how it was given otherwise, in 1 to 500 characters."
    sent(dpo, path, "answer", outcome="granted", otherwise="Watched here  on 1 March")
    kept = "Sent the answer. How it was given: Watched here on 1 March"
    assert kept in dpo.get(page, headers={"Accept": "text/html"}).text
    path = linked(dpo, "access")
    case = path.rpartition("/")[2]
    with services.sessions.begin() as session:
        session.add(release(services, case))
    assert asked in dpo.get(f"{path.removeprefix('/api/v1')}/write/answer").text, "it is not made yet"
    with services.sessions.begin() as session:
        session.execute(update(FootageRelease).values(state=ReleaseState.MADE))
    assert asked not in dpo.get(f"{path.removeprefix('/api/v1')}/write/answer").text
    sent(dpo, path, "answer", outcome="partly")


def test_nothing_is_given_out_before_it_was_shown_who_asks(dpo: TestClient, services: FleetServices) -> None:
    # proves F3, F10
    path = linked(dpo, "access")
    sent(dpo, path, "identity")
    with services.sessions.begin() as session:
        row = release(services, path.rpartition("/")[2])
        row.state = ReleaseState.DRAFT
        session.add(row)
    said_of_it = f"{NOT_SHOWN} Nothing is given out before that."
    with pytest.raises(ProblemError) as refused, services.sessions.begin() as session:
        approve_release(session, release=row.id, by=OFFICER)
    assert (refused.value.status, refused.value.detail) == (409, said_of_it)
    with services.sessions.begin() as session:
        session.execute(update(FootageRelease).values(state=ReleaseState.MADE))
    with pytest.raises(ProblemError) as refused, services.sessions.begin() as session:
        issue_link(session, services, release=row.id, days=1, times=1, by=MANAGER)
    assert refused.value.detail == said_of_it
    with pytest.raises(ProblemError) as refused:
        take_for_medium(services, mock.Mock(), release=row.id, by=MANAGER)
    assert refused.value.detail == said_of_it


def release(services: FleetServices, case: str) -> FootageRelease:
    drafted = services.clock()
    ends = drafted + timedelta(days=30)
    plain: dict[str, Any] = dict.fromkeys(("organisation", "basis", "condition", "withheld"), "")
    plain |= dict.fromkeys(("decided_by", "why", "trouble", "receipt", "request_reference"), "")
    plain |= dict.fromkeys(("done", "whole", "handed"), 0)
    return FootageRelease(
        id="8" * 32, reference="REL-2027-0008", year=2027, number=8, state=ReleaseState.APPROVED,
        recipient="A. Hill", purpose="Hers", method="link", expires=ends.date(), ends=ends, drafted=drafted,
        drafted_by="Manager 1", authors=["m"], request=case, **plain,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("outcome", "in_words", "in_letter"),
    [
        ("upheld", "Upheld", "We have looked into it, and we uphold your complaint."),
        ("partly-upheld", "Upheld in part", "and we uphold your complaint in part."),
        ("not-upheld", "Not upheld", "and we do not uphold your complaint."),
    ],
)
def test_whoever_sends_the_outcome_of_a_complaint_chooses_it(
    dpo: TestClient, outcome: str, in_words: str, in_letter: str
) -> None:
    # proves F10
    path = opened(dpo, "complaint")
    page = path.removeprefix("/api/v1")
    form = dpo.get(f"{page}/write/complaint-outcome").text
    assert f'<option value="{outcome}">{in_words}</option>' in form
    assert "Granted" not in form
    for none in ("", "granted"):
        assert said(send(dpo, path, "complaint-outcome", outcome=none)) == (
            "Choose whether the complaint is upheld, upheld in part, or not upheld."
        )
    assert in_letter in sent(dpo, path, "complaint-outcome", outcome=outcome)
    assert dpo.post(f"{path}/close", json={}).json()["outcome"] == outcome
    assert registered(dpo, path)["Outcome"] == in_words
    assert f"Closed: {in_words.lower()}" in dpo.get(page, headers={"Accept": "text/html"}).text


def test_a_complaint_of_which_no_outcome_was_kept_says_where_it_is(
    dpo: TestClient, services: FleetServices
) -> None:
    # proves F10
    path = opened(dpo, "complaint")
    sent(dpo, path, "complaint-outcome", outcome="not-upheld")
    assert dpo.post(f"{path}/close", json={}).is_success
    with services.sessions.begin() as session:
        session.execute(update(RequestCase).values(outcome="granted"))
    assert dpo.get(path).json()["outcome"] == "in-letter"
    assert registered(dpo, path)["Outcome"] == "The outcome is in the letter"
    page = dpo.get(path.removeprefix("/api/v1"), headers={"Accept": "text/html"}).text
    assert "Closed: the outcome is in the letter" in page
