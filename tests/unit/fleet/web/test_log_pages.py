"""The audit log's pages: read, filtered, verified and taken away; and what they say in every state."""

from __future__ import annotations

import ast
import html
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from starlette.testclient import TestClient
from typer.testing import CliRunner

import fleet
from fleet.audit.chain import Broken, Entry
from fleet.audit.check import CheckResult
from fleet.audit.log import record, verify_log
from fleet.audit.models import AuditEntry
from fleet.audit.verification import LogVerification, VerificationState
from fleet.cli import app
from fleet.core.actor import FLEET, Actor, ActorKind, Role
from fleet.server.compose import FleetServices
from fleet.web.views.audit.actions import ACTIONS, action_words
from fleet.web.views.audit.choosing import AREAS, chosen_actions
from fleet.web.views.audit.entries import actor_words, entry_views
from fleet.web.views.audit.state import log_state
from tests.support.fleet.alerting import alerts_of, forget_alerts
from tests.support.fleet.audit_log import begin_anew, take_down
from tests.support.fleet.fleet import TestClock, dashboard_client, token_for

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
JANE = Actor(ActorKind.USER, "u1", "Jane", frozenset({Role.HEAD_OF_SAFETY})).at("10.0.0.7")
ONE = f"{1:032x}"


@pytest.fixture(autouse=True)
def _anew(services: FleetServices) -> None:
    begin_anew(services.database)


@pytest.fixture
def desk(services: FleetServices) -> Iterator[TestClient]:
    token = token_for(services, Role.DATA_PROTECTION_OFFICER, name="dpo")
    with dashboard_client(services, token=token) as client:
        client.headers.update({"Accept": "text/html"})
        yield client


def enter(
    services: FleetServices, action: str, subject: str = "", by: Actor = JANE, why: str = "", **more: str
) -> None:
    with services.sessions.begin() as session:
        record(session, by, action, subject, why, detail=dict(more))


def page(desk: TestClient, path: str = "/audit") -> str:
    answer = desk.get(path)
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)


def numbers(shown: str) -> list[int]:
    return [int(each) for each in re.findall(r'id="entry-(\d+)"', shown)]


def entries(services: FleetServices) -> list[AuditEntry]:
    with services.readers() as session:
        assert verify_log(session) is None
        return list(session.scalars(select(AuditEntry).order_by(AuditEntry.number)))


def test_entries_are_read_in_words_newest_first(
    services: FleetServices, desk: TestClient
) -> None:  # proves F1
    enter(services, "footage:recording:view", ONE, why="A complaint of the tenant")
    enter(services, "retention:periods:change", "3", by=FLEET, plain="6")
    shown = page(desk)
    assert numbers(shown) == [3, 2, 1]
    assert f"Jane was let watch recording {ONE}." in shown
    assert "“A complaint of the tenant”" in shown
    assert "from 10.0.0.7" in shown
    assert "The fleet changed how long recordings are kept." in shown
    assert "plain: 6" in shown
    assert "Somebody at the command line made a token for a program." in shown


def test_who_looks_is_written_down_once_for_each_page_of_it(
    services: FleetServices, desk: TestClient, clock: TestClock
) -> None:  # proves F1
    for number in range(60):
        enter(services, "people:session:start", str(number))
    page(desk)
    page(desk)
    page(desk, "/audit?before=12")
    looks = [each for each in entries(services) if each.action == "audit:log:read"]
    assert [each.detail["entries"] for each in looks] == ["12 to 61", "1 to 11"]
    assert {each.actor for each in looks} == {"token:dpo"}
    assert looks[0].address == "testclient"
    clock.move(minutes=16)
    page(desk, "/audit?person=Jane")
    page(desk)
    looks = [each for each in entries(services) if each.action == "audit:log:read"]
    assert [each.detail["looked for"] for each in looks[2:]] == ["person Jane", "everything"]


def test_each_filter_narrows_and_pages_go_on_by_number(
    services: FleetServices, desk: TestClient, clock: TestClock
) -> None:
    other = Actor(ActorKind.USER, "u2", "Mo", frozenset()).at("10.0.0.8")
    for number in range(2, 62):
        enter(services, "people:session:start", "u1", by=JANE if number % 2 else other)
        clock.move(minutes=30)
    enter(services, "people:request:refuse", ONE, by=other, code="not_allowed")
    enter(services, "footage:recording:view", ONE)
    assert numbers(page(desk, "/audit?person=Jane")) == [63, *range(61, 2, -2)]
    assert numbers(page(desk, "/audit?action=footage:recording:view")) == [63]
    assert numbers(page(desk, "/audit?action=footage")) == [63]
    assert numbers(page(desk, f"/audit?subject={ONE}")) == [63, 62]
    assert numbers(page(desk, "/audit?address=10.0.0.8&action=people"))[:3] == [62, 60, 58]
    assert numbers(page(desk, "/audit?refusals=yes")) == [62]
    assert numbers(page(desk, "/audit?from=2026-11-23&to=2026-11-23&person=Mo"))[:2] == [62, 60]
    assert numbers(page(desk, "/audit?from=2030-01-01")) == []
    assert "No entry fits all of what you chose." in page(desk, "/audit?person=Nobody")
    shown = page(desk, "/audit?action=people")
    assert len(numbers(shown)) == 50
    (older,) = re.findall(r'href="(/audit\?[^"]*before=\d+)"', shown)
    rest = page(desk, older)
    assert numbers(shown)[-1] == numbers(rest)[0] + 1
    assert 'href="/audit?action=people">' in rest
    assert numbers(page(desk, "/audit?person=nobody signed in")) == []
    assert 1 in numbers(page(desk, "/audit?person=the fleet itself"))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("from=yesterday", "A day looks like"),
        ("from=2026-11-22&to=2026-11-21", "comes before the first"),
        ("action=nonsense", "There is no such action"),
    ],
)
def test_what_cannot_be_looked_for_is_said_beside_its_field(desk: TestClient, query: str, said: str) -> None:
    # proves F6
    answer = desk.get(f"/audit?{query}")
    assert answer.status_code == 422
    assert said in html.unescape(answer.text)
    assert desk.post(f"/audit/export?{query}").status_code == 422


def test_days_that_cannot_be_used_narrow_nothing_and_nothing_is_said_to_fit(desk: TestClient) -> None:
    # proves F8
    answer = desk.get("/audit?from=2026-11-23&to=2026-11-22")
    assert answer.status_code == 422
    assert numbers(answer.text) == [1]
    assert "Entries that fit" not in answer.text
    assert "Entries that fit" in page(desk, "/audit?person=Jane")
    both = desk.get("/audit?from=soon&person=Jane").text
    assert "Entries that fit" in both, "the person narrows all the same"
    beyond = page(desk, "/audit?before=1")
    assert "Nothing further back" in beyond
    assert "No entry fits" not in beyond


def test_a_row_that_somebody_damaged_is_shown_as_that_and_hides_none(
    services: FleetServices, desk: TestClient
) -> None:  # proves F2, F8
    enter(services, "people:session:start")
    enter(services, "people:session:end")
    with services.database.engine.begin() as connection:
        take_down(connection)
        connection.execute(text("UPDATE audit_entries SET detail = '{' WHERE number = 2"))
    shown = page(desk)
    assert numbers(shown) == [3, 2, 1]
    assert "This entry cannot be read, for its detail is no JSON." in shown
    with services.database.engine.begin() as connection:
        connection.execute(text("UPDATE audit_entries SET purpose = CAST(x'ff' AS TEXT) WHERE number = 3"))
    assert "the database cannot give it" in page(desk)
    assert desk.post("/audit/export").status_code == 503


def verified(services: FleetServices, desk: TestClient) -> str:
    """Verify through the page, without the thread, and return what it says then."""
    services.audit.verification.run_daily()
    return page(desk, "/audit/verification")


def test_whether_the_log_holds_is_said_as_of_when_and_up_to_where(
    services: FleetServices, desk: TestClient, clock: TestClock
) -> None:  # proves F2, F8
    assert "The process that answers has not verified it since it was started (12:00)." in page(desk)
    assert "The process that answers has made no checkpoint since it was started." in page(desk)
    shown = verified(services, desk)
    assert "Verified up to entry 2 at 12:00:00. No checkpoint shows any of that" in shown
    assert services.audit.schedule.maker.signer.key.text in shown
    services.audit.schedule.step()
    clock.move(hours=24)
    assert "Verified up to entry 2 at 12:00:00. All of that is shown by a checkpoint" in verified(
        services, desk
    )
    enter(services, "people:session:start")
    shown = page(desk)
    assert "; 1 entry was added since." in shown
    assert (
        "The newest checkpoint that the process that answers knows of is of 2 entries, made yesterday 12:00"
        in shown
    )
    clock.move(hours=25)
    assert (
        "The first 2 are shown by a checkpoint outside the database, the others by their chain alone"
        in verified(services, desk)
    )
    with services.database.engine.begin() as connection:
        take_down(connection)
        connection.execute(update(AuditEntry).where(AuditEntry.number == 2).values(actor="user:Nobody"))
    assert "Verified up to entry" in page(desk), "it was, when it was"
    clock.move(hours=25)
    shown = verified(services, desk)
    assert "The log did not hold at 14:00:00. Entry 2 does not fit the digest beside it:" in shown
    assert "Verified up to" not in shown


def test_a_verification_is_begun_by_whoever_may_read_and_is_written_down(
    services: FleetServices, desk: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LogVerification, "start", lambda self: self._begin())
    assert desk.post("/audit/verify", follow_redirects=False).headers["location"] == "/audit/verification"
    assert "Verifying now: it begins." in page(desk, "/audit/verification")
    desk.post("/audit/verify")
    assert [each.action for each in entries(services)].count("audit:log:verify") == 1
    monkeypatch.undo()
    services.audit.verification._run()
    assert "Verifying now" not in page(desk, "/audit/verification")
    assert services.audit.verification.start()
    services.audit.verification.close()
    assert not services.audit.verification.start(), "the service stops"


def state_words(state: VerificationState, newest: int = 10, trouble: str = "") -> str:
    return log_state(state, None, trouble, "/here", newest, NOW).text


def test_the_sentence_is_true_in_every_state() -> None:  # proves F8
    since, at = NOW - timedelta(hours=2), NOW - timedelta(hours=1)
    held = CheckResult(10, None, 7, 2)
    assert (
        state_words(VerificationState(since))
        == "The process that answers has not verified it since it was started (10:00)."
    )
    empty = VerificationState(since, result=CheckResult(0, None, 0, 0), at=at)
    assert state_words(empty) == "Verified at 11:00:00: the log was empty."
    one = VerificationState(since, result=held, at=at)
    assert state_words(one, 10).endswith("the others by their chain alone.")
    assert state_words(one, 12).endswith("; 2 entries were added since.")
    running = VerificationState(since, running=True, done=5000, total=9000)
    assert state_words(running).startswith("Verifying now: 5000 of 9000 entries. The process that")
    failed = VerificationState(since, fault="The disk is gone.", fault_at=at)
    assert state_words(failed) == "The verification of 11:00:00 could not be finished. The disk is gone."
    after = VerificationState(since, result=held, at=since, fault="The disk is gone.", fault_at=at)
    assert state_words(after).startswith("Verified up to entry 10 at 10:00:00.")
    assert state_words(after).endswith("could not be finished. The disk is gone.")
    assert log_state(after, None, "", "", 10, NOW).tone == "warn"
    broken = CheckResult(3, Broken(4, "Entry 4 is missing."), 0, 0)
    worst = VerificationState(since, result=broken, at=since, fault="The disk is gone.", fault_at=at)
    assert log_state(worst, None, "", "", 10, NOW).tone == "bad"
    assert "did not hold" in state_words(worst)


def test_trouble_with_checkpoints_is_said(services: FleetServices, desk: TestClient) -> None:  # proves F8
    services.audit.schedule.step()
    with services.database.engine.begin() as connection:
        take_down(connection)
        connection.execute(text("DELETE FROM audit_entries"))
    services.audit.schedule.trouble = "again"
    services.audit.schedule.step()
    assert "No checkpoint could be made. The audit log was cut off, or is an older copy" in page(
        desk, "/audit/verification"
    )


def test_what_is_taken_away_is_checked_offline(
    services: FleetServices, desk: TestClient, tmp_path: Path
) -> None:  # proves F2
    enter(services, "footage:recording:view", ONE, why="=SUM(A1)")
    enter(services, "people:session:start")
    answer = desk.post("/audit/export?action=footage")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        archive.extractall(tmp_path)
        assert sorted(archive.namelist()) == [
            "README.txt",
            "audit.key",
            "checkpoint.txt",
            "log.csv",
            "log.jsonl",
        ]
    table = (tmp_path / "log.csv").read_text()
    assert "'=SUM(A1)" in table
    assert "people:session:start" not in table + (tmp_path / "log.jsonl").read_text()
    words = ["audit", "verify", "--log", str(tmp_path / "log.jsonl"), "--csv", str(tmp_path / "log.csv")]
    said = CliRunner().invoke(app, [*words, "--key", str(tmp_path / "audit.key")])
    assert (said.exit_code, said.stdout) == (
        0,
        "The export holds: the 1 entry it shows is in the log of 4 entries that its checkpoint shows.\n",
    )
    last = entries(services)[-1]
    assert (last.action, last.detail) == ("audit:log:export", {"looked for": "action footage"})


def test_every_action_that_is_recorded_has_words() -> None:  # proves F8
    found = set()
    for path in Path(fleet.__file__).parent.rglob("*.py"):
        if not {"node_modules", "migrations"} & set(path.parts):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found |= set(re.findall(r"\A[a-z]+:[a-z-]+:[a-z-]+\Z", node.value))
    assert found - set(ACTIONS) == set(), "give what is new its words in fleet/web/views/audit/actions.py"
    assert {action.partition(":")[0] for action in ACTIONS} == set(AREAS)
    assert action_words("new:thing:do", "x") == "did “new:thing:do” to x"
    assert action_words("new:thing:do", "") == "did “new:thing:do”"
    assert chosen_actions("audit:log:read") == ("audit:log:read",)
    assert chosen_actions("nothing") == ()
    assert actor_words("camera:cam-01") == "Camera cam-01"
    assert actor_words("odd") == "odd"


def test_what_was_counted_is_told_in_a_sentence() -> None:  # proves F8
    detail: dict[str, str | int] = {
        "count": 213,
        "kinds": "people:session:refuse: 213",
        "addresses": "10.0.0.9 and others",
        "since": "2026-11-22T11:00:00+00:00",
        "until": "nonsense",
    }
    entry = Entry(1, 1, "fleet", "audit:counted:refuse", "anonymous", "", detail, bytes(32))
    (view,) = entry_views([entry], {}, NOW)
    assert view.text == (
        "The fleet counted 213 more refusals of somebody not signed in that have no entry of their own, so "
        "that nobody fills the log: people:session:refuse: 213; from 10.0.0.9 and others; between 11:00:00 "
        "and a time that cannot be read."
    )


def test_a_log_that_does_not_hold_is_an_alert(services: FleetServices) -> None:  # proves F2
    def found() -> list[tuple[str, str]]:
        with services.readers() as session:
            looked = services.alerts.look(session, {}).findings
        return [(each.kind.id, each.words) for each in looked if each.kind.id.startswith("audit.")]

    enter(services, "people:session:start")
    services.audit.schedule.step()
    services.audit.verification.run_daily()
    assert found() == []
    with services.database.engine.begin() as connection:
        take_down(connection)
        connection.execute(text("DELETE FROM audit_entries"))
    services.audit.verification._begin()
    services.audit.verification._run()
    services.audit.schedule.trouble = "again"
    services.audit.schedule.step()
    cut = "it ends at entry 0, and a checkpoint shows 1 entries."
    assert found() == [
        ("audit.broken", f"The log was cut off, or is an older copy: {cut}"),
        (
            "audit.checkpoint",
            "The audit log was cut off, or is an older copy: it has 0 entries, and a checkpoint shows 1.",
        ),
    ]


def test_after_a_restart_it_is_not_known_whether_the_log_holds_again(
    services: FleetServices, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # proves F8
    def state_of(kind: str) -> tuple[str, bool]:
        (row,) = alerts_of(services, kind)
        return row.state, row.doubtful is not None

    enter(services, "people:session:start")
    services.audit.schedule.step()
    forget_alerts(services)
    with services.database.engine.begin() as connection:
        take_down(connection)
        connection.execute(text("DELETE FROM audit_entries"))
    services.audit.verification._begin()
    services.audit.verification._run()
    services.audit.schedule.trouble = "The second place is away."
    assert state_of("audit.broken") == state_of("audit.checkpoint") == ("open", False)
    monkeypatch.setattr(services.audit.verification, "_state", VerificationState(clock()))
    services.audit.schedule.trouble = ""
    clock.move(minutes=1)
    assert state_of("audit.broken") == state_of("audit.checkpoint") == ("open", True), "a service begins anew"
    clock.move(minutes=1)
    holds = VerificationState(clock(), result=CheckResult(0, None, 0, 0), at=clock())
    monkeypatch.setattr(services.audit.verification, "_state", holds)
    last = services.audit.schedule.last
    assert last is not None
    services.audit.schedule.last = replace(last, at=clock())
    assert state_of("audit.broken") == state_of("audit.checkpoint") == ("resolved", False)
