"""A pilot up to a moment, as each role reads it in Chromium, on a laptop and on a phone, against its script.

The week is in every run; the month up to the Friday before Christmas is a hunt. Fleet and database are real,
and the clock is the script's.
"""

from __future__ import annotations

import csv
import re
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, cast

import pytest
from sqlalchemy import select

from fleet.core.actor import OPERATOR, Role
from fleet.people.accounts.officer_link import link_officer
from fleet.people.models import Officer, User
from simulator.driven.fleet import DrivenFleet
from simulator.errors import CancelledError
from simulator.pilot import play
from simulator.pilot.oracle.judge import reads
from simulator.pilot.oracle.register import release_lines, request_lines
from simulator.pilot.script.visit_lines import SITE
from simulator.scenario.load import LoadedScenario, parse_scenario
from simulator.scenario.perform import draft_of
from simulator.scenario.run import Left, Run
from simulator.scenario.virtual_time import VirtualContext
from tests.support.network.browser import LAPTOP, PHONE, browser
from tests.support.pilots.browsed import ReadPage, Screen, carried, screen
from tests.support.pilots.so_far import SoFar
from tests.support.pilots.week import TEXT

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SIZES: Final = {"laptop": LAPTOP, "phone": PHONE}
OK, FORBIDDEN, MISSING = 200, 403, 404
_MONTH: Final = Path("simulator/scenarios/pilot_month.toml")
_LATER: Final = """
[[pilot.visits]]
planned = 2026-11-26
by = "each"
lines = '''
visit, day, time, minutes, officer, tenancy, place, purpose, notice, consent, recorded
V10, 2026-11-27, 17:00, 30, 1, T-010, Block C flat 1, Inspection, none, nothing said, no
V11, 2026-11-30, 09:00, 30, 2, T-011, Block C flat 2, Inspection, in time, given, no
V12, 2026-12-01, 10:00, 30, 3, T-012, Block C flat 3, Inspection, none, given, no
'''
"""
"""Visits still to come: one that is near and has no notice, one whose notice is sent later, one of later."""
OVERSEERS: Final = ("safety-team", "cctv-manager", "head-of-safety")
HANDLERS: Final = ("cctv-manager", "head-of-safety", "data-protection-officer")
READERS: Final = {
    "/alerts": (*OVERSEERS, "data-protection-officer", "administrator"),
    "/visits": (*OVERSEERS, "data-protection-officer"),
    "/requests": HANDLERS,
    "/releases": HANDLERS,
    "/recordings": (*OVERSEERS, "data-protection-officer", "administrator"),
    "/incidents": (*OVERSEERS, "data-protection-officer", "administrator"),
    "/documents": (*HANDLERS, "administrator"),
    "/mine/visits": ("officer", "safety-team"),
}
"""Which role may read which page; everybody else is refused."""
FIRST: Final = {"officer": "/mine", "data-protection-officer": "/requests"}
"""Where the first page is another than Today."""
KINDS: Final = (
    "A visit is near without a notice",
    "Nobody said why somebody was recorded without consent",
    "A request is due soon",
    "A request is overdue",
    "Nobody has written about a request",
    "A release waits for approval",
)
"""What the script decides of alerts."""
DOCUMENTS: Final = (
    "Privacy notice",
    "Data protection impact assessment",
    "Record of processing",
)


@dataclass(frozen=True)
class Person:
    """Somebody with one role; officers with their number."""

    role: Role
    officer: int | None = None

    @property
    def name(self) -> str:
        """What they sign in with."""
        return str(self.role) if self.officer is None else f"Officer {self.officer}"


PEOPLE: Final = (
    *(Person(role) for role in Role if role is not Role.OFFICER),
    Person(Role.OFFICER, 1),
    Person(Role.OFFICER, 2),
)


@dataclass
class SeenPilot:
    """A script, the moment at which its pages are read, and what everybody read.

    Attributes:
        read: By whom, on which screen and which page.
        tables: The registers as tables, as the data protection officer takes them.
        printed: Pages as the data protection officer prints them.
    """

    text: str
    so_far: SoFar
    read: dict[tuple[str, str, str], ReadPage] = field(default_factory=dict)
    tables: dict[str, str] = field(default_factory=dict)
    printed: dict[str, ReadPage] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)
    wrong: list[BaseException] = field(default_factory=list)

    @classmethod
    def of(cls, text: str, at: datetime) -> SeenPilot:
        """Begin one."""
        scenario = parse_scenario(text, origin="pilot")
        assert scenario.pilot is not None
        assert scenario.run.begins is not None
        return cls(text, SoFar(scenario.pilot, scenario.run.begins, at))

    @property
    def days(self) -> tuple[str, ...]:
        """The days of which the visits are read: three before, today, and four to come."""
        today = self.so_far.at.date()
        return tuple((today + timedelta(days=each)).isoformat() for each in (-2, -1, 0, 3, 4))

    def pages(self) -> tuple[str, ...]:
        """What everybody opens, whether they may or not."""
        visits = [f"/visits?day={day}" for day in self.days]
        return (
            "/",
            "/alerts",
            *visits,
            "/requests",
            "/requests?state=all",
            "/releases",
            "/recordings",
            "/incidents",
            "/documents",
            "/mine/visits",
        )


def look_around(pilot_seen: SeenPilot, left: Left, folder: Path) -> None:
    """Have everybody read their pages, and leave the rest of the pilot unplayed."""
    context, at = cast("VirtualContext", left.context), pilot_seen.so_far.at
    context.pause_until(context.time.seconds() + (at - context.utc()).total_seconds())
    signed = {each: _signed_in(context.fleet, each) for each in PEOPLE}
    with carried(context.fleet) as url, browser(folder / "browser") as chromium:
        for person in PEOPLE:
            for size in SIZES:
                of = f"{person.name}-{size}"
                with screen(chromium, url, at, signed[person], name=of, size=SIZES[size]) as shown:
                    _read_all(pilot_seen, person, size, shown)
    raise CancelledError("Everybody has read their pages.")


def _signed_in(fleet: DrivenFleet, person: Person) -> str:
    signed = fleet.sign_in(person.name, (person.role,))
    if person.officer is not None:
        with fleet._services.sessions.begin() as session:
            user = session.scalars(select(User.id).where(User.name == person.name)).one()
            officer = session.scalars(select(Officer.id).where(Officer.name == person.name)).one()
            link_officer(session, user=user, officer=officer, by=OPERATOR)
    return signed.cookie


def _read_all(pilot_seen: SeenPilot, person: Person, size: str, shown: Screen) -> None:
    for path in pilot_seen.pages():
        pilot_seen.read[person.name, size, path] = shown.read(path)
    if person.officer is not None:
        for other in sorted(pilot_seen.others):
            pilot_seen.read[person.name, size, other] = shown.read(other)
    if person.role is Role.DATA_PROTECTION_OFFICER and size == "laptop":
        _take_registers(pilot_seen, shown)


def _take_registers(pilot_seen: SeenPilot, shown: Screen) -> None:
    for path in ("/requests?state=all", "/releases"):
        pilot_seen.tables[path] = shown.table(path)
        pilot_seen.printed[path] = shown.read(path, media="print")
    visits = {
        link.replace("/visits/", "/mine/visits/")
        for day in pilot_seen.days
        for link in pilot_seen.read["data-protection-officer", "laptop", f"/visits?day={day}"].links
        if re.fullmatch(r"/visits/[0-9a-f-]{16,}", link)
    }
    pilot_seen.others |= visits


@pytest.fixture(
    scope="module",
    params=["week", pytest.param("month", marks=[pytest.mark.hunt, pytest.mark.timeout(1800)])],
)
def pilot_seen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> SeenPilot:
    if request.param == "week":
        found = SeenPilot.of(TEXT + _LATER, datetime(2026, 11, 27, 16, tzinfo=SITE))
    else:
        found = SeenPilot.of(_MONTH.read_text(encoding="utf-8"), datetime(2026, 12, 18, 16, tzinfo=SITE))
    folder = tmp_path_factory.mktemp("pilot")

    def between(left: Left) -> None:
        try:
            look_around(found, left, folder)
        except CancelledError:
            raise
        except BaseException as error:
            found.wrong.append(error)
            raise

    loaded = LoadedScenario(parse_scenario(found.text, origin="pilot"), found.text)
    draft = draft_of(loaded, 7, None, kept=True)
    keep = folder / "run"
    keep.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(play, "agenda_of", found.so_far.agenda)
        Run(loaded, draft.seed, keep, None, {}, threading.Event(), Unseen(), draft, between).perform()
    for error in found.wrong:
        raise error
    assert draft.report().error == "Everybody has read their pages."
    return found


class Unseen:
    """Shows nothing."""

    def doing(self, words: str, *, of: int = 0) -> None: ...
    def done(self) -> None: ...
    def failed(self) -> None: ...


def of_role(pilot_seen: SeenPilot, path: str) -> Iterator[tuple[Person, str, ReadPage]]:
    """Give a page as everybody read it on each screen."""
    for person in PEOPLE:
        for size in SIZES:
            yield person, size, pilot_seen.read[person.name, size, path]


def readers(pilot_seen: SeenPilot, path: str) -> Iterator[tuple[Person, ReadPage]]:
    """Give a page as those read it who may, on each screen."""
    whose = READERS[path.partition("?")[0]]
    for person, _size, page in of_role(pilot_seen, path):
        if person.role in whose:
            yield person, page


def test_each_role_reads_its_pages_and_no_others(pilot_seen: SeenPilot) -> None:
    # proves F5
    for path in pilot_seen.pages():
        for person, size, page in of_role(pilot_seen, path):
            said = (person.name, size, path)
            if path == "/":
                assert (page.status, page.path) == (OK, FIRST.get(person.role, "/")), said
            else:
                may = person.role in READERS[path.partition("?")[0]]
                assert page.status == (OK if may else FORBIDDEN), said
                assert may or not page.lines, said
            assert page.errors == (), said
            assert page.wide <= 0, said


def test_visits_of_each_day_read_as_planned_told_and_said(pilot_seen: SeenPilot) -> None:
    # proves F10
    for day in pilot_seen.days:
        wanted = Counter(pilot_seen.so_far.visits_on(datetime.fromisoformat(day).date()))
        for person, page in readers(pilot_seen, f"/visits?day={day}"):
            assert Counter(page.lines) == wanted, (person, day)
            assert [each[:5] for each in page.lines] == sorted(each[:5] for each in wanted.elements())
            number = wanted.total()
            title = f"{number or 'No'} visit{'s' * (number != 1)}"
            assert title in page.text, (person, day)


def test_officers_see_their_own_visits_alone(pilot_seen: SeenPilot) -> None:
    # proves F5
    for person in (each for each in PEOPLE if each.officer is not None):
        assert person.officer is not None
        for size in SIZES:
            page = pilot_seen.read[person.name, size, "/mine/visits"]
            assert Counter(page.lines) == Counter(pilot_seen.so_far.own_visits(person.officer)), (
                person,
                size,
            )
            own = set(page.links)
            reached = {each: pilot_seen.read[person.name, size, each].status for each in pilot_seen.others}
            assert {each for each, status in reached.items() if status == OK} >= own & pilot_seen.others
            of_others = pilot_seen.others - {
                each for each in pilot_seen.others if f"Officer {person.officer}" in _whose(pilot_seen, each)
            }
            assert of_others
            assert {reached[each] for each in of_others} == {MISSING}
    page = pilot_seen.read["safety-team", "laptop", "/mine/visits"]
    assert "Your account is not joined to an officer yet" in page.text


def _whose(pilot_seen: SeenPilot, own: str) -> str:
    """Return the line of a visit in the data protection officer's list."""
    link = own.replace("/mine/visits/", "/visits/")
    for day in pilot_seen.days:
        page = pilot_seen.read["data-protection-officer", "laptop", f"/visits?day={day}"]
        links = [each for each in page.links if re.fullmatch(r"/visits/[0-9a-f-]{16,}", each)]
        if link in links:
            return page.lines[links.index(link)]
    raise AssertionError(f"nobody lists {link}")


def test_requests_read_as_the_script_has_them(pilot_seen: SeenPilot) -> None:
    # proves F10
    for path, every in (("/requests", False), ("/requests?state=all", True)):
        wanted = pilot_seen.so_far.requests(all_of_them=every)
        assert wanted
        for person, page in readers(pilot_seen, path):
            assert sorted(page.lines) == sorted(wanted), (person, path)


def test_releases_read_as_the_script_has_them(pilot_seen: SeenPilot) -> None:
    # proves F10
    wanted = pilot_seen.so_far.releases()
    assert wanted
    for person, page in readers(pilot_seen, "/releases"):
        assert len(page.lines) == len(wanted), person
        for line, parts in zip(page.lines, wanted, strict=True):
            first, request, last = parts.split(" | ")
            assert line.startswith(first), (person, line)
            assert f" · {request}" in line, (person, line)
            assert line.endswith(last), (person, line)


def test_recordings_and_incidents_read_as_the_script_has_them(pilot_seen: SeenPilot) -> None:
    # proves F3, F10
    so_far = pilot_seen.so_far
    for person, page in readers(pilot_seen, "/recordings"):
        assert len(page.rows) == min(50, len(so_far.recorded)), person
        for row, visit in zip(page.rows, so_far.recorded, strict=False):
            whose, until, state = so_far.kept(visit)
            assert whose in row, (person, row, visit)
            assert f" {until} " in row, (person, row, visit)
            assert row.endswith(f" {state}"), (person, row, visit)
    for person, page in readers(pilot_seen, "/incidents"):
        wanted = so_far.incidents()
        assert len(page.lines) == len(wanted), person
        for line, parts in zip(page.lines, wanted, strict=True):
            what, size = parts.split(" | ")
            assert what in line, (person, line)
            assert line.endswith(size), (person, line)


def test_today_and_alerts_say_what_is_due_to_whom_it_concerns(pilot_seen: SeenPilot) -> None:
    # proves F8, F10
    seen = set()
    for person, page in readers(pilot_seen, "/alerts"):
        wanted = pilot_seen.so_far.alerts(person.role)
        lines = [each for each in page.lines if any(f" {kind} · " in each for kind in KINDS)]
        for each in wanted:
            seen.add(each)
            assert [line for line in lines if re.match(each, line)], (person, each, page.lines)
        assert len(lines) == len(wanted), (person, lines, wanted)
    assert seen
    every = {each for role in Role for each in pilot_seen.so_far.alerts(role)}
    for person, size, page in of_role(pilot_seen, "/"):
        if person.role in FIRST:
            continue
        wanted = pilot_seen.so_far.alerts(person.role)
        for each in every:
            there = re.search(each, page.text) is not None
            assert there is (each in wanted), (person, size, each)


def test_the_documents_were_never_published_and_say_so(pilot_seen: SeenPilot) -> None:
    # proves F10
    for person, page in readers(pilot_seen, "/documents"):
        assert len(page.lines) >= len(DOCUMENTS), person
        for line, title in zip(page.lines, DOCUMENTS, strict=False):
            assert line.startswith(title), (person, line)
            assert "was published" not in line, (person, line)


def test_the_registers_on_paper_and_as_tables_read_as_the_script(pilot_seen: SeenPilot) -> None:
    # proves F10
    cut = pilot_seen.so_far.cut
    for path, wanted in (
        ("/requests?state=all", list(request_lines(cut))),
        ("/releases", list(release_lines(cut))),
    ):
        found = list(csv.DictReader(pilot_seen.tables[path].lstrip("\ufeff").splitlines(keepends=True)))
        assert [each["Reference"] for each in found] == [each["Reference"] for each in wanted]
        for line, want in zip(found, wanted, strict=True):
            for name, text in want.items():
                assert reads(line, name, text), (path, name, text, line)
        on_screen = pilot_seen.read["data-protection-officer", "laptop", path]
        printed = pilot_seen.printed[path]
        assert printed.lines == on_screen.lines
        assert "Printed by data-protection-officer" in printed.text
        assert "Table (CSV)" not in printed.text
