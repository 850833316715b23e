"""A fleet with somebody of each role, and something on every page: what a person may come upon.

What stands in the braces of ``addresses.PAGES`` is filled in with what was staged.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx

from fleet.core.actor import Role
from fleet.people.permissions import GRANTS, Permission
from fleet.people.sessions import COOKIE
from protocol.footage.ledger.event_record import EventKind
from tests.support.fleet.desk import PASSWORD, Desk
from tests.support.fleet.evidence import EvidenceCamera, evidence_camera
from tests.support.fleet.pair import wait_for
from tests.support.fleet.sending import send
from tests.support.media.imported import photograph
from tests.support.pages.addresses import PAGES

CONFIG = """
[landlord]
name = "Northgate Homes"
contact = "1 Gate Street, Northgate"
complaints = "complaints@northgate.example"
"""
_OWNERS = (Role.OFFICER, Role.SAFETY_TEAM)
_ALERT = re.compile(r'id="alert-(\w+)"')
_TOKEN = re.compile(r'name="csrf_token" value="([0-9a-f]+)"')


@dataclass
class Colleague:
    """Somebody with one role, signed in, who sends forms."""

    name: str
    client: httpx.Client

    @property
    def secret(self) -> str:
        """Of their session."""
        return self.client.cookies[COOKIE]

    def page(self, path: str) -> str:
        """Read a page."""
        return html.unescape(self.client.get(path).raise_for_status().text)

    def send(self, path: str, page: str, **fields: Any) -> httpx.Response:  # noqa: ANN401 - of a form
        """Send a form that stands on ``page``; it has to lead on, or to show something."""
        body = self.page(page)
        found = _TOKEN.search(body)
        seen = re.search(r'name="seen" value="([^"]*)"', body)
        data = {
            **({"csrf_token": found[1]} if found else {}),
            **({"seen": seen[1]} if seen else {}),
            **fields,
        }
        answer = self.client.post(path, data=data)
        assert answer.status_code in {200, 303}, (
            path,
            answer.status_code,
            html.unescape(answer.text)[-3000:],
        )
        return answer


@dataclass
class Peopled:
    """The fleet, its people, and what there is of each thing.

    Attributes:
        colleagues: Somebody of each role.
        places: What stands in the braces of ``PAGES``, for everybody.
        own: The same of each role that has something of its own.
    """

    desk: Desk
    colleagues: dict[Role, Colleague] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    own: dict[Role, dict[str, str]] = field(default_factory=dict)

    def address(self, route: str, role: Role | None) -> str:
        """Return where somebody of that role finds a page; what is not theirs they are shown another's of."""
        first = self.own[_OWNERS[0]]
        mine = self.own.get(role, first) if role is not None else first
        return PAGES[route].format(**{**self.places, **mine})


def peopled(desk: Desk) -> Peopled:
    """Stage it, at a desk that is signed in, with a person of all roles."""
    fleet = Peopled(desk)
    boss = _signed_in(desk, dict.fromkeys([COOKIE], _cookie(desk)), "Safety desk")
    for role in Role:
        name = f"Somebody, {str(role).replace('-', ' ')}"
        fleet.colleagues[role] = _joined(desk, boss, role, name)
    camera = evidence_camera(desk, "Officer 1")
    _own(fleet, boss, Role.OFFICER, camera, 1)
    _own(fleet, boss, Role.SAFETY_TEAM, evidence_camera(desk, "Officer 2 of the night shift"), 1)
    recording = fleet.own[Role.OFFICER]["own_recording"]
    fleet.places |= {
        "recording": recording,
        "camera": camera.files.id,
        "camera_in": desk.camera().id,
        "join": _link(boss, "Somebody invited", Role.SAFETY_TEAM),
        "day": f"{datetime.now(UTC):%Y-%m-%d}",
        "user": _last(boss.page("/users"), r'href="/users/(\w+)" aria-label'),
    }
    fleet.places["officer"] = fleet.own[Role.OFFICER]["officer"]
    fleet.places["visit"] = fleet.own[Role.OFFICER]["own_visit"]
    _written(fleet)
    _decided(fleet)
    _released(fleet)
    return fleet


def _cookie(desk: Desk) -> str:
    return next(str(each["value"]) for each in desk.context.cookies() if each["name"] == COOKIE)


def _signed_in(desk: Desk, cookies: dict[str, str], name: str) -> Colleague:
    client = httpx.Client(
        base_url=desk.fleet.dashboard_url,
        verify=desk.fleet.context(),
        headers={"Accept": "text/html"},
        cookies=cookies,
        timeout=60,
    )
    return Colleague(name, client)


def _link(boss: Colleague, name: str, role: Role) -> str:
    told = boss.send("/users/invitations", "/users", name=name, role=str(role)).text
    return _last(told, r"(/join/[\w-]+)")


def joined_as(desk: Desk, role: Role, name: str) -> Colleague:
    """Invite somebody to a desk that is signed in, and return them once they have an account."""
    boss = _signed_in(desk, dict.fromkeys([COOKIE], _cookie(desk)), "Safety desk")
    return _joined(desk, boss, role, name)


def _joined(desk: Desk, boss: Colleague, role: Role, name: str) -> Colleague:
    link = _link(boss, name, role)
    one = _signed_in(desk, {}, name)
    one.send(link, link, password=PASSWORD, again=PASSWORD)
    return one


def _last(text: str, pattern: str | re.Pattern[str]) -> str:
    found = re.findall(pattern, text)
    assert found, (pattern, html.unescape(text)[-3000:])
    return str(found[-1])


def _own(fleet: Peopled, boss: Colleague, role: Role, camera: EvidenceCamera, number: int) -> None:
    """Have somebody be an officer, with a recording and a visit of theirs."""
    desk = fleet.desk
    name = fleet.colleagues[role].name
    user = _last(boss.page("/users"), rf'href="/users/(\w+)" aria-label="Change {re.escape(name)}"')
    with desk.fleet.api() as api:
        officer = next(
            str(each["officer"]["id"] if isinstance(each["officer"], dict) else each["officer"])
            for each in api.get("/api/v1/assignments").json()
            if each["id"] == camera.assignment
        )
    boss.send(f"/users/{user}/officer", f"/users/{user}/officer", officer=officer)
    take = camera.footage(number, seconds=10)
    for _ in range(4):
        take.chunk()
    take.press(asked_s=4, assignment=camera.assignment)
    for second in range(4, 10):
        take.live()
        if second == 6:
            take.event(EventKind.BOOKMARK)
            take.event(EventKind.FAULT, what="The microphone went away.")
    take.close()
    assert send(desk.fleet, camera.files, take) == "receipt"
    at = datetime.now(UTC) + timedelta(minutes=40)
    draft = {"tenancy": "T-4711/2", "place": "Flat 4, 112 to 118 Nether Wallop Gardens", "minutes": "45"}
    more = {"purpose": "Gas check, and a talk about the noise at night", "officer": officer, "language": "en"}
    safety = fleet.colleagues[Role.SAFETY_TEAM]
    planned = {**draft, **more, "planned": f"{at:%Y-%m-%dT%H:%M}"}
    visit = safety.send("/visits", "/visits/new", **planned).headers["location"]
    fleet.own[role] = {
        "own_recording": take.recording.hex(),
        "own_visit": visit.rpartition("/")[2].partition("?")[0],
        "officer": officer,
    }


def _written(fleet: Peopled) -> None:
    """Have what people write: an incident, a request with a letter, a photograph, documents, own words."""
    head, dpo = fleet.colleagues[Role.HEAD_OF_SAFETY], fleet.colleagues[Role.DATA_PROTECTION_OFFICER]
    manager, places = fleet.colleagues[Role.CCTV_MANAGER], fleet.places
    recording = places["recording"]
    officer = fleet.colleagues[Role.OFFICER]
    officer.send(
        f"/mine/{recording}/words", f"/mine/{recording}", text="He raised a stick.\nI left by the stairs."
    )
    incident = manager.send(
        "/incidents",
        f"/incidents/new?recording={recording}",
        category="threat",
        place="The stairs of 112 to 118 Nether Wallop Gardens, by the bins",
        happened=f"{datetime.now(UTC) - timedelta(minutes=30):%Y-%m-%dT%H:%M}",
        what="The officer was threatened with a stick.\nNobody was hurt.",
        people=["tenant", "officer"],
        recording=recording,
    ).headers["location"]
    hold = {"kind": "claim", "owner": "Head of safety", "reason": "Letter of the solicitor of Alexandra Hill"}
    review = f"{datetime.now(UTC) + timedelta(days=60):%Y-%m-%d}"
    head.send(f"{incident}/holds", incident, **hold, review=review)
    manager.send(
        f"/recordings/{recording}/notes", f"/recordings/{recording}", text="The stick is seen at 0:07."
    )
    asked = {
        "kind": "access",
        "received": f"{datetime.now(UTC):%Y-%m-%d}",
        "channel": "letter",
        "name": "Alexandra Hill",
        "contact": "7 Elm Road\nNorthgate",
        "what": "All that was filmed on the stairs last Tuesday, when the officer came about the bins",
        "owner": "Head of safety",
    }
    late = {**asked, "received": f"{datetime.now(UTC) - timedelta(days=40):%Y-%m-%d}", "name": "Robin Marsh"}
    dpo.send("/requests", "/requests/new?kind=access", **late)
    case = dpo.send("/requests", "/requests/new?kind=access", **asked).headers["location"]
    case = case.partition("?")[0]
    dpo.send(f"{case}/write/received", f"{case}/write/received", words="", method="post", step="send")
    places |= {
        "incident": incident.rpartition("/")[2].partition("?")[0],
        "case": case.rpartition("/")[2],
        "letter": _last(dpo.page(case), r"/letters/([\w-]+)"),
    }
    _imported(fleet)
    until = {"taken": "2026-01-10", "until": "2027-01-10"}
    officers = f"/officers/{places['officer']}/training"
    head.send(officers, officers, course="Cameras and what the law says of them", **until)


def _imported(fleet: Peopled) -> None:
    """Have a photograph of somebody else's, and the landlord's sites and teams."""
    places = fleet.places
    described = {
        "kind": "photograph",
        "source": "Officer 1",
        "basis": "legitimate-interests",
        "purpose": "Mould in the bathroom",
        "at_home": True,
        "noticed": f"{date.today() - timedelta(days=2)}",  # noqa: DTZ011 - any day
        "notice": "By letter to the tenant",
        "kept_until": f"{date.today() + timedelta(days=90)}",  # noqa: DTZ011 - any day
    }
    with fleet.desk.fleet.api() as api:
        places["name"] = api.post("/api/v1/imports", json=described).raise_for_status().json()["id"]
        api.put(f"/api/v1/imports/{places['name']}/file", content=photograph()).raise_for_status()
        for kind, name in (
            ("site", "Depot north"),
            ("site", "The office in Nether Wallop"),
            ("team", "Nights"),
        ):
            api.post(f"/settings/groups/{kind}", data={"name": name})


def _decided(fleet: Peopled) -> None:
    """Have what people decide: documents published, a review, a viewing, a text approved."""
    head, dpo = fleet.colleagues[Role.HEAD_OF_SAFETY], fleet.colleagues[Role.DATA_PROTECTION_OFFICER]
    places = fleet.places
    notice = dpo.page("/documents/privacy-notice")
    sections = sorted(set(re.findall(r"/documents/privacy-notice/words/([\w-]+)", notice)))
    for section in sections:
        path = f"/documents/privacy-notice/words/{section}"
        dpo.send(path, path, text=f"What we say of {section}.\nAnd a second line.")
    dpo.send("/documents/privacy-notice/publish", "/documents/privacy-notice")
    places["section"] = _last(head.page("/documents/impact-assessment"), r"/impact-assessment/words/([\w-]+)")
    recording = places["recording"]
    with fleet.desk.fleet.api() as api:
        wait_for(lambda: api.get(f"/api/v1/recordings/{recording}").json()["state"] == "held")
        why = {"purpose": "Another reason: to see whether it plays"}
        api.post(f"/api/v1/recordings/{recording}/viewings", json=why).raise_for_status()
        wait_for(lambda: api.get(f"/api/v1/reviews/{recording}").status_code == 200)
    wait_for(lambda: "/viewings/" in dpo.page("/viewings?state=all"))
    places["viewing"] = _last(dpo.page("/viewings?state=all"), r'href="/viewings/(\d+)')
    for role in GRANTS[Permission.ALERTS]:  # each sees those of some kinds alone
        seen = fleet.colleagues[role]
        wait_for(lambda seen=seen: bool(_ALERT.search(seen.page("/alerts"))))  # type: ignore[misc]
        fleet.own.setdefault(role, dict(fleet.own[_OWNERS[0]]))["alert"] = _last(seen.page("/alerts"), _ALERT)
    for held in fleet.own.values():
        held.setdefault("alert", fleet.own[Role.SAFETY_TEAM]["alert"])
    dpo.send("/settings/references", "/settings/references", language="en", version="0")
    visit = f"/visits/{places['visit']}"
    safety = fleet.colleagues[Role.SAFETY_TEAM]
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M}"
    safety.send(f"{visit}/notices", visit, way="hand", sent=now)
    places["notice"] = _last(safety.page(visit), r"/notices/(\w+)\.")


def _released(fleet: Peopled) -> None:
    """Have a release that can be fetched, and a draft in which something is to be hidden."""
    manager, dpo = fleet.colleagues[Role.CCTV_MANAGER], fleet.colleagues[Role.DATA_PROTECTION_OFFICER]
    recording, places = fleet.places["recording"], fleet.places

    def draft(recipient: str) -> str:
        chosen = {"recording": recording, "start": "", "end": "", "tracks": "both"}
        form = {
            "recipient": recipient,
            "purpose": "Access request",
            "basis": "legal-obligation",
            "withheld": "Nothing",
            "method": "link",
            "expires": f"{date.today() + timedelta(days=20)}",  # noqa: DTZ011 - any day
            **chosen,
        }
        page = f"/releases/new?recording={recording}"
        return str(manager.send("/releases", page, **form).headers["location"]).partition("?")[0]

    made = draft("Alexandra Hill")
    dpo.send(f"{made}/approve", made)
    wait_for(lambda: "Give out a link" in manager.page(made))
    places["collect"] = _last(
        manager.send(f"{made}/link", made, days="7", times="1").text, r"(/collect/[\w-]+)"
    )
    places["release"] = made.rpartition("/")[2]
    places["draft"] = draft("Northgate police").rpartition("/")[2]
