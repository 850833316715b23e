"""The pages of requests and letters, without a browser: as the data protection officer uses them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from sqlalchemy import delete, select
from starlette.testclient import TestClient

from fleet.alerts.sources import AlertLook
from fleet.core.actor import Role
from fleet.footage.recordings.models import Recording
from fleet.footage.restricting.models import Restriction
from fleet.releases.models import FootageRelease
from fleet.releases.rules.states import ReleaseState
from fleet.requests.models import RequestCase
from fleet.retention.models import Hold
from fleet.server.compose import FleetServices
from fleet.web.alerting.requests import request_source
from fleet.web.zone import in_zone
from tests.support.fleet.fleet import TestClock, dashboard_client, token_for
from tests.support.pages.scene import ID, Scene

HTML = {"Accept": "text/html"}
FIELDS = {
    "received": "2027-03-01",
    "channel": "letter",
    "name": "A. Hill",
    "contact": "7 Elm Road",
    "what": "The visit last Tuesday",
    "owner": "DPO 1",
}


@pytest.fixture(scope="module")
def tokens(whole: FleetServices) -> dict[Role, str]:
    return {role: token_for(whole, role, name=f"pages {role}") for role in Role}


@pytest.fixture
def dpo(services: FleetServices, tokens: dict[Role, str]) -> Iterator[TestClient]:
    with services.sessions.begin() as session:
        session.execute(delete(RequestCase))
    with dashboard_client(services, token=tokens[Role.DATA_PROTECTION_OFFICER]) as client:
        client.headers.update(HTML)
        yield client


@pytest.fixture
def recording(services: FleetServices, dpo: TestClient, clock: TestClock) -> str:
    scene = Scene(services, clock, dpo)
    scene.clear()
    scene.camera()
    scene.held()
    return ID


def words(page: str) -> str:
    """What a page shows, as one line."""
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def opened(dpo: TestClient, kind: str = "access", **more: str) -> str:
    answer = dpo.post("/requests", data={"kind": kind, **FIELDS, **more}, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def done(dpo: TestClient, path: str, **fields: str) -> None:
    answer = dpo.post(path, data=fields, follow_redirects=False)
    assert answer.status_code == 303, words(answer.text)


def test_a_request_is_written_down_found_and_explained(dpo: TestClient) -> None:
    # proves F8
    assert "No open requests" in words(dpo.get("/requests").text)
    assert "What is asked for?" in words(dpo.get("/requests/new").text)
    assert "Crime or case reference" not in dpo.get("/requests/new?kind=access").text
    assert "Crime or case reference" in dpo.get("/requests/new?kind=police").text
    refused = dpo.post("/requests", data={"kind": "access", **FIELDS, "name": ""})
    assert refused.status_code == 422
    assert 'id="name-fault"' in refused.text
    assert "The visit last Tuesday" in refused.text  # nothing typed is lost
    path = opened(dpo)
    page = words(dpo.get(path).text)
    for each in (
        "REQ-2027-",
        "Received on 1 March 2027. The clock starts that day.",
        "So it is due on 1 April 2027.",
        "Due 1 April 2027, 31 days left",
        "No letter was sent yet.",
        "No recording or import is linked. What is linked is held at once.",
        "No search is written down yet.",
        "It was not answered.",
        "What is next Find the footage that it is about, and link it: it is held from then on.",
    ):
        assert each in page, each
    listed = words(dpo.get("/requests?q=hill").text)
    assert "1 request" in listed
    assert "A. Hill" in listed
    assert "No request fits all of what you chose." in words(dpo.get("/requests?kind=erasure").text)
    for days, said in (
        ("from=never", "A day looks like 2026-11-22; that one cannot be read."),
        (
            "from=2027-03-02&to=2027-03-01",
            "This day comes before the first, so neither is used; change one of them.",
        ),
    ):
        odd = dpo.get(f"/requests?{days}")
        assert (odd.status_code, said in odd.text) == (422, True)
    nothing = dpo.post("/requests", data={**FIELDS, "kind": "favour"})
    assert "Choose what is asked for, and the day of receipt." in nothing.text
    done(dpo, f"{path}/change", kind="access", **{**FIELDS, "name": "B. Hill"})
    assert "B. Hill" in dpo.get(path).text
    wrong = dpo.post(f"{path}/change", data={"kind": "access", **FIELDS, "channel": "pigeon"})
    assert wrong.status_code == 422
    done(dpo, f"{path}/close", unanswered="yes", why="Withdrawn")
    late = dpo.post(f"{path}/change", data={"kind": "access", **FIELDS})
    assert (late.status_code, "is closed; open it again first." in words(late.text)) == (409, True)


def test_a_letter_is_looked_at_kept_and_printed(dpo: TestClient) -> None:
    # proves F10
    path = opened(dpo)
    form = dpo.get(f"{path}/write/identity").text
    assert "What you write; the template has the rest" in words(form)
    empty = dpo.post(f"{path}/write/identity", data={"step": "look", "method": "by post"})
    assert (empty.status_code, "The letter lacks what belongs in {{words}}." in words(empty.text)) == (
        422,
        True,
    )
    sent = {"words": "A bill, please.", "method": "by post"}
    looked = dpo.post(f"{path}/write/identity", data={"step": "look", **sent})
    assert "As it would be sent" in looked.text
    assert "No letter was sent yet." in words(dpo.get(path).text)  # looking keeps nothing
    assert "Once it is kept it cannot be changed, and you print it." in words(looked.text)
    kept = dpo.post(f"{path}/write/identity", data={"step": "send", **sent})
    assert "A bill, please." in kept.text, "whoever keeps it is where it is printed"
    assert "The service sends nothing itself: print it, or copy it, and send it." in words(kept.text)
    assert f'href="{path}">Go on with REQ-' in kept.text
    page = dpo.get(path).text
    assert f'href="{kept.url.path}/pdf"' in page
    assert "The clock has not started" in page
    assert "Who asks was to be shown, asked for on 1 March 2027; it has not come." in words(page)
    letter = re.search(rf'href="({path}/letters/[0-9a-f]+)"', page)
    assert letter is not None
    assert "A bill, please." in dpo.get(letter[1]).text
    with mock.patch("fleet.web.routes.requests.letters.pdf_of", return_value=b"%PDF-1.7") as made:
        paper = dpo.get(f"{letter[1]}/pdf")
    assert paper.headers["content-disposition"] == 'inline; filename="letter.pdf"'
    assert "A bill, please." in str(made.call_args.args[0].blocks)
    printed = dpo.get(f"{letter[1]}/print")
    assert "Northgate Homes" in printed.text
    assert "style-src 'sha256-" in printed.headers["content-security-policy"]
    done(dpo, f"{path}/came", kind="identity", on="2027-03-01", how="A bill")
    done(dpo, f"{path}/write/clarification", step="send", **sent)
    assert "The clock stands still" in dpo.get(path).text
    done(dpo, f"{path}/came", kind="clarification", on="2027-03-01")
    again = dpo.get(f"{path}/write/identity")
    assert again.status_code == 200
    refused = dpo.post(f"{path}/write/identity", data={"step": "send", **sent})
    assert refused.status_code == 409
    assert dpo.get(f"{path}/write/nothing").status_code == 404
    assert dpo.get(f"{path}/letters/nothing").status_code == 404


def test_an_answer_decides_and_the_request_is_closed(dpo: TestClient) -> None:
    path = opened(dpo, "portability")
    form = words(dpo.get(f"{path}/write/answer").text)
    assert "Legitimate interests, Art. 6(1)(f)" in form
    assert "only to what rests on your consent" in words(dpo.get(f"{path}/write/refusal").text)
    done(dpo, f"{path}/write/refusal", step="send", words="No.", method="by post", exemption="not-portable")
    page = words(dpo.get(path).text)
    assert "Refused because this right applies only" in page
    assert "Answered on 1 March 2027" in page
    assert "What is next Close the request." in page
    done(dpo, f"{path}/close")
    assert "Closed: refused" in words(dpo.get(path).text)
    assert "What is next" not in words(dpo.get(path).text)
    done(dpo, f"{path}/reopen", why="An internal review")
    other = opened(dpo)
    assert dpo.post(f"{other}/close").status_code == 409
    done(dpo, f"{other}/close", unanswered="yes", why="Withdrawn by phone")
    assert "Closed without an answer because Withdrawn by phone" in words(dpo.get(other).text)


def test_footage_is_linked_restricted_and_let_through(
    dpo: TestClient, recording: str, services: FleetServices
) -> None:
    # proves F3
    path = opened(dpo, "restriction")
    assert dpo.post(f"{path}/link", data={"recording": "nothing"}).status_code == 404
    done(dpo, f"{path}/link", recording=f"https://fleet/recordings/{recording}")
    assert "Kept as long as this request is open, or longer." in words(dpo.get(path).text)
    held = words(dpo.get(f"/recordings/{recording}").text)
    assert "Held for a request by DPO 1" in held
    done(dpo, f"{path}/restrict")
    assert "Restricted: kept, and neither watched nor taken out." in words(dpo.get(path).text)
    assert dpo.post(f"{path}/claim", data={"recording": recording}).status_code == 422
    done(dpo, f"{path}/claim", recording=recording, claim="Hill v Northgate")
    assert "let through for a legal claim until" in words(dpo.get(path).text)
    done(dpo, f"{path}/write/restriction-ends", step="send", words="It is over.", method="by post")
    done(dpo, f"{path}/unlink", recording=recording)
    wrong = opened(dpo, "rectification")
    done(dpo, f"{wrong}/link", recording=recording)
    done(dpo, f"{wrong}/note", recording=recording, text="It was Monday.")
    assert "It was Monday." in dpo.get(f"/recordings/{recording}").text
    done(dpo, f"{wrong}/unlink", recording=recording)
    erasure = opened(dpo, "erasure")
    done(dpo, f"{erasure}/link", recording=recording)
    assert "It cannot be undone." in words(dpo.get(erasure).text)
    done(dpo, f"{erasure}/search", where="All", how="By day", enough="One visit")
    assert "One visit" in dpo.get(erasure).text
    done(dpo, f"{erasure}/erase", recording=recording)
    with services.sessions.begin() as session:
        session.execute(delete(Recording))


def test_what_is_refused_on_the_page_of_a_request_is_said_in_its_form(
    dpo: TestClient, recording: str, services: FleetServices
) -> None:
    # proves F8
    path = opened(dpo)

    def refused(step: str, status: int, said: str, field: str = "", **fields: str) -> str:
        answer = dpo.post(f"{path}/{step}", data=fields)
        page: str = answer.text
        assert (answer.status_code, page.count(said)) == (status, 1), words(page)
        assert answer.headers["content-type"].startswith("text/html")
        if field:
            marked = rf'<(input|textarea)[^>]*name="{field}"[^>]*aria-describedby="step-fault"'
            assert re.search(marked, page) is not None, field
        return page

    page = refused("link", 404, "There is no such recording", "recording", recording="https://x/nothing")
    assert 'value="https://x/nothing"' in page
    page = refused("search", 422, "Say how you looked", "how", where="<All>", how="", enough="One")
    assert "&lt;All&gt;</textarea>" in page
    refused("restrict", 409, "Link the recordings or imports first.")
    refused("close", 409, "was not answered. Send the answer first")
    page = refused("close", 422, "Say why it is closed without an answer", "why", unanswered="yes", why=" ")
    assert '<details class="reveal" open><summary class="btn">Close it without an answer' in page
    refused("came", 409, "Nothing of that kind is waited for.", kind="fee", on="2027-03-01", how="Cash")
    done(dpo, f"{path}/write/identity", step="send", words="A bill, please.", method="by post")
    refused(
        "came", 422, "Choose the day on which it came", "on", kind="identity", on="2029-01-01", how="Bill"
    )
    refused("came", 422, "Say what was shown", "how", kind="identity", on="2027-03-01", how=" ")
    done(dpo, f"{path}/link", recording=recording)
    held = dpo.get(f"/recordings/{recording}").text
    assert f'href="{path}">The request that placed it' in held
    assert "End the hold" not in held
    with services.readers() as session:
        [hold] = session.scalars(select(Hold.id).where(Hold.request == path.rpartition("/")[2]))
    for shown in ("", "retention"):
        ended = dpo.post(f"/holds/{hold}/release", data={"reason": "Not needed", "shown": shown})
        assert ended.status_code == 409
        assert ended.text.count("A request placed that hold: it ends with the request") == 1
        assert f'href="{path}">The request that placed it' in ended.text
    refused("claim", 422, "Say for which legal claim", recording=recording)
    refused("claim", 409, "It is not restricted.", recording=recording, claim="One")
    refused("erase", 409, "upon a request for erasure alone.", recording=recording)
    done(dpo, f"{path}/restrict")
    refused("claim", 422, "Say for which legal claim", "claim", recording=recording, claim=" ")
    refused("unlink", 409, "It is restricted: tell the person", recording=recording)
    done(dpo, f"{path}/close", unanswered="yes", why="Withdrawn")
    refused("link", 409, "is closed; open it again first.", recording=recording)
    refused("reopen", 422, "Say why it is opened again", "why", why=" ")
    assert "step-fault" not in dpo.get(path).text
    nothing = dpo.post("/requests/nothing/restrict")
    assert (nothing.status_code, "There is nothing here" in nothing.text) == (404, True)
    with services.sessions.begin() as session:
        session.execute(delete(Restriction))
        session.execute(delete(Hold))


def test_the_register_is_a_table(dpo: TestClient) -> None:
    police = {"organisation": "=Northshire", "rank": "DC 1", "theirs": "NP/27/1", "necessity": "Assault"}
    path = opened(dpo, "police", **police, signed="2027-03-01", named="2027-03-08")
    done(
        dpo,
        f"{path}/write/others-answer",
        step="send",
        words="Here.",
        method="by courier",
        outcome="granted",
        basis="legitimate-interests",
        condition="crime",
    )
    opened(dpo)
    answer = dpo.get("/requests.csv?state=all")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert len(rows) == 2
    assert rows[0]["Organisation"] == "'=Northshire"
    assert (rows[0]["Who answers for it"], rows[0]["Rank"]) == ("DPO 1", "DC 1")
    assert (rows[0]["Last day"], rows[0]["In time"]) == ("2027-03-08", "yes")
    assert rows[0]["Condition"] == "Prevention or detection of crime, DPA 2018 Sch. 2 para 2"
    assert rows[1]["Condition"] == ""
    assert (rows[1]["Last day"], rows[1]["In time"]) == ("2027-04-01", "")
    assert dpo.get("/requests.csv?from=x").status_code == 422
    paper = dpo.get("/requests?state=all&kind=police").text
    assert re.search("Only those with: Kind “.?Police.?”", paper)


_ASKED: dict[str, dict[str, str]] = {
    "access": {},
    "complaint": {},
    "police": {"organisation": "The police", "named": "2027-03-28"},
}


def test_what_is_due_is_an_alert_that_names_nobody(
    dpo: TestClient, services: FleetServices, clock: TestClock
) -> None:
    # proves F10
    path = opened(dpo)
    case = path.rpartition("/")[2]
    source = request_source(lambda: in_zone(services.config.site.time_zone))

    def found() -> list[tuple[str, str]]:
        with services.readers() as session:
            findings = source.look(AlertLook(session, clock(), {})).findings
        for each in findings:
            assert "Hill" not in f"{each.name} {each.words} {each.subject}"
        return [(each.kind.id, each.words.partition(" ")[2]) for each in findings if each.subject == case]

    assert found() == []
    clock.now = datetime(2027, 3, 25, 12, tzinfo=UTC)
    assert found() == [("request.due", "is to be answered by 1 April 2027.")]
    steps = {
        "access": "Answer it, or tell the person of two more months while that is in time.",
        "complaint": "Tell the person that the complaint is here, or send its outcome.",
        "police": "Answer it.",
    }
    own = {opened(dpo, kind, **named).rpartition("/")[2]: kind for kind, named in _ASKED.items()}
    with services.readers() as session:
        told = {each.subject: each.step for each in source.look(AlertLook(session, clock(), {})).findings}
    assert {own[case]: step for case, step in told.items() if case in own} == steps
    clock.now = datetime(2027, 4, 1, 23, 30, tzinfo=UTC)  # 2 April at the site
    assert found() == [("request.overdue", "was to be answered by 1 April 2027.")]
    assert "Overdue since 1 April 2027" in words(dpo.get("/requests?state=overdue").text)
    clock.now += timedelta(minutes=1)
    done(dpo, f"{path}/close", unanswered="yes", why="Withdrawn")
    assert found() == []


def test_what_nobody_wrote_about_for_a_week_is_an_alert_until_somebody_does(
    dpo: TestClient, services: FleetServices, clock: TestClock
) -> None:
    # proves F10
    path = opened(dpo)
    police = {"organisation": "Northshire", "rank": "DC 1", "theirs": "NP/27/1", "necessity": "Assault"}
    other = opened(dpo, "police", **police)
    source = request_source(lambda: in_zone(services.config.site.time_zone))

    def found() -> list[tuple[str, str]]:
        with services.readers() as session:
            findings = source.look(AlertLook(session, clock(), {})).findings
        return [(each.subject, each.kind.id) for each in findings]

    clock.now = datetime(2027, 3, 8, 12, tzinfo=UTC)
    assert found() == []
    clock.now = datetime(2027, 3, 9, 12, tzinfo=UTC)
    silent = sorted((each.rpartition("/")[2], "request.unwritten") for each in (path, other))
    assert sorted(found()) == silent
    done(dpo, f"{path}/write/received", step="send", method="by post")
    done(dpo, f"{other}/close", unanswered="yes", why="Withdrawn")
    assert found() == []


def test_a_release_that_waits_for_a_second_person_is_an_alert_until_it_is_decided(
    services: FleetServices, clock: TestClock
) -> None:
    # proves F10
    source = request_source(lambda: in_zone(services.config.site.time_zone))
    plain: dict[str, Any] = dict.fromkeys(
        ("organisation", "basis", "condition", "withheld", "request", "request_reference"), ""
    )
    plain |= dict.fromkeys(("decided_by", "why", "trouble", "receipt"), "")
    plain |= dict.fromkeys(("done", "whole", "handed"), 0)
    drafted, ends = clock(), clock() + timedelta(days=30)
    row = FootageRelease(
        id="7" * 32, reference="REL-2027-0007", year=2027, number=7, state=ReleaseState.DRAFT,
        recipient="A. Hill", purpose="Hers", method="link", expires=ends.date(), ends=ends, drafted=drafted,
        drafted_by="Manager 1", authors=["m"], **plain,
    )  # fmt: skip
    with services.sessions.begin() as session:
        session.add(row)

    def found() -> list[str]:
        with services.readers() as session:
            findings = source.look(AlertLook(session, clock(), {})).findings
        waiting = [each for each in findings if each.kind.id == "release.waiting"]
        assert all("Hill" not in f"{each.name} {each.words}" for each in waiting)
        return [each.words for each in waiting]

    clock.now = drafted + timedelta(minutes=14)
    assert found() == []  # whoever drafts it may be at it still
    clock.now = drafted + timedelta(minutes=15)
    assert found() == ["REL-2027-0007, drafted by Manager 1, waits for approval."]
    with services.sessions.begin() as session:
        session.get_one(FootageRelease, row.id).state = ReleaseState.APPROVED
    assert found() == []
    with services.sessions.begin() as session:
        session.get_one(FootageRelease, row.id).state = ReleaseState.DRAFT
    clock.now = ends
    assert found() == []  # nobody can approve it any more
    with services.sessions.begin() as session:
        session.delete(session.get_one(FootageRelease, row.id))


def test_templates_are_edited_on_their_page(dpo: TestClient) -> None:
    assert "The product's own words" in dpo.get("/letters").text
    page = dpo.get("/letters/extension")
    assert "Keep as the next version" in page.text
    text = re.search(r"<textarea[^>]*>(.*?)</textarea>", page.text, re.DOTALL)
    assert text is not None
    changed = text[1].replace("&#39;", "'") + "\nPS."
    refused = dpo.post("/letters/extension", data={"text": "{{words}}", "seen": "0"})
    assert (refused.status_code, "It has to have" in words(refused.text)) == (422, True)
    done(dpo, "/letters/extension", text=changed, seen="0")
    page = dpo.get("/letters/extension")
    assert "Versions" in page.text
    assert "The product's own words" in page.text
    assert "Version 1" in dpo.get("/letters").text
    assert dpo.get("/letters/nothing").status_code == 404


def test_requests_are_for_those_who_handle_them(services: FleetServices, tokens: dict[Role, str]) -> None:
    # proves F5
    handlers = {Role.CCTV_MANAGER, Role.HEAD_OF_SAFETY, Role.DATA_PROTECTION_OFFICER}
    for role, token in tokens.items():
        with dashboard_client(services, token=token) as client:
            expected = 200 if role in handlers else 403
            assert client.get("/requests", headers=HTML).status_code == expected
            assert client.get("/api/v1/requests").status_code == expected
