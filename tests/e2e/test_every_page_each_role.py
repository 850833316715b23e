"""Every page as each role, on a laptop and on a phone, by day and by night, by keys and with axe.

One fleet with somebody of each role and something on every page. ``LAPEL_SCREENSHOTS`` names a folder for the
pictures, and for ``faults.txt`` with what was found so far; ``LAPEL_PAGES`` the pages to look at, by how
their route begins, for whoever mends one of them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import BrowserContext, Page

from fleet.core.actor import Role
from fleet.people.access import Requirement
from fleet.people.permissions import Permission, may
from fleet.people.sessions import COOKIE
from fleet.server.app import create_dashboard_app
from tests.support.fleet.desk import Desk, office
from tests.support.fleet.evidence import staged_now
from tests.support.fleet.fleet import fleet_services
from tests.support.fleet.routes import routes_of
from tests.support.network.accessible import access_faults, document_key
from tests.support.network.browser import LAPTOP, PHONE, Watch, visitor
from tests.support.pages.addresses import PAGES
from tests.support.pages.page_faults import by_keys, faults_of_sight
from tests.support.pages.peopled import CONFIG, Peopled, peopled

pytestmark = [pytest.mark.browser, pytest.mark.broker, pytest.mark.hunt, pytest.mark.timeout(3600)]

STRANGER: Final = "stranger"
SIZES: Final = {"laptop": LAPTOP, "phone": PHONE}
BY_KEYS: Final = {("laptop", "light"), ("phone", "dark")}
"""Where keys are tried: what a key leads to does not depend on colours, and what shows it does."""
FORBIDDEN, MISSING, OK = 403, 404, 200
_UNFOLDED = "() => document.querySelectorAll('main details').forEach((each) => { each.open = true; })"


@dataclass
class Looks:
    """The staged fleet, who may open what, and what was seen already.

    Attributes:
        asks: What each page asks for; None where anybody may open it.
        seen: What was looked at, however it looked: most pages are the same for several roles.
    """

    fleet: Peopled
    asks: dict[str, Permission | None]
    seen: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def new_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with staged_now(), office(tmp_path_factory.mktemp("office"), config=CONFIG) as desk:
        desk.sign_in()
        yield desk


@pytest.fixture(scope="module")
def looks(new_office: Desk, tmp_path_factory: pytest.TempPathFactory) -> Looks:
    asks: dict[str, Permission | None] = {}
    with fleet_services(tmp_path_factory.mktemp("table")) as table:
        for route in routes_of(create_dashboard_app(table)):
            found = [each.permission for each in route.calls if isinstance(each, Requirement)]
            if route.method == "GET" and route.path in PAGES:
                asks[route.path] = found[0] if found else None
    assert set(asks) == set(PAGES)
    return Looks(peopled(new_office), asks)


@dataclass
class Person:
    """Somebody of a role with a laptop and a phone, and what was wrong on them."""

    looks: Looks
    role: Role | None
    screens: dict[str, BrowserContext]
    faults: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What a picture says of whose page it is."""
        return self.role or STRANGER

    def open(self, route: str, size: str) -> None:
        """Open a page, and look at it by day and by night."""
        page, watch = self.screens[size].new_page(), Watch()
        watch.follow(page)
        address = self.looks.fleet.address(route, self.role)
        answer = page.goto(address)
        assert answer is not None
        page.wait_for_load_state()
        refused = self._answered(route, address, answer.status, page)
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            page.evaluate(_UNFOLDED)
            self._keep(page, f"{_file(route)}-{size}-{theme}")
            for each in (*faults_of_sight(page), *self._looked_at(page, (size, theme))):
                self._note(f"{route} {size} {theme}: {each}")
        try:
            watch.check(expected=(f"status of {answer.status}",) if refused else ())
        except AssertionError as wrong:
            self._note(f"{route} {size}: {wrong}")
        page.close()

    def _note(self, fault: str) -> None:
        self.faults.append(fault)
        folder = os.environ.get("LAPEL_SCREENSHOTS")
        if folder:
            with (Path(folder) / "faults.txt").open("a") as told:
                told.write(f"{self.name}: {fault}\n")

    def _answered(self, route: str, address: str, status: int, page: Page) -> bool:
        """Note where a page does not open, or is not refused, as the table of roles says; say which."""
        permission = self.looks.asks[route]
        if route == "/{path:path}":
            wanted = {MISSING}
        elif permission is None:
            wanted = {OK}
        elif self.role is None:
            wanted = {OK}
            if "/sign-in?next=" not in page.url:
                self._note(f"{route}: {address} led a stranger to {page.url}")
        elif may([self.role], permission):
            wanted = {OK}
        else:
            wanted = {FORBIDDEN}
        if status not in wanted:
            self._note(f"{route}: {address} answered {status}, not {wanted}")
        return status != OK

    def _looked_at(self, page: Page, look: tuple[str, str]) -> list[str]:
        """Return what axe finds, and what keys do; of what was looked at before, nothing."""
        whole = page.evaluate("() => document.querySelector('main')?.outerHTML ?? document.body.outerHTML")
        key = document_key([self._anybodys(whole), look])
        if key in self.looks.seen:
            return []
        self.looks.seen.add(key)
        found = access_faults(page)
        return found + (by_keys(page).faults if look in BY_KEYS else [])

    def _anybodys(self, text: str) -> str:
        """A page's text without whose it is."""
        names = [each.name for each in self.looks.fleet.colleagues.values()]
        return re.sub("|".join(map(re.escape, names)), "Somebody", text)

    def _keep(self, page: Page, name: str) -> None:
        folder = os.environ.get("LAPEL_SCREENSHOTS")
        if folder:
            page.evaluate("scrollTo(0, 0)")
            path = Path(folder) / f"{self.name}{name}.png"
            page.screenshot(path=path, full_page=True, animations="disabled")


def _file(route: str) -> str:
    return re.sub(r"[^a-z]+", "-", f"/today{route}" if route == "/" else route)


@pytest.fixture
def person(request: pytest.FixtureRequest, looks: Looks) -> Iterator[Person]:
    role, desk = request.param, looks.fleet.desk
    with ExitStack() as ends:
        screens = {}
        for name, size in SIZES.items():
            screens[name] = ends.enter_context(visitor(desk.chromium, desk.fleet.dashboard_url, size=size))
            if role is not None:
                secret = looks.fleet.colleagues[role].secret
                cookie = {"name": COOKIE, "value": secret, "url": desk.fleet.dashboard_url, "secure": True}
                screens[name].add_cookies([cookie])  # type: ignore[list-item]  # its keys are what is asked for
        yield Person(looks, role, screens)


@pytest.mark.parametrize("person", [*Role, None], indirect=True, ids=lambda role: role or STRANGER)
def test_every_page_as_each_role(person: Person) -> None:
    # proves F5, F8
    chosen = tuple(os.environ.get("LAPEL_PAGES", "/").split())
    for route in PAGES:
        if route.startswith(chosen) or route in chosen:
            for size in SIZES:
                person.open(route, size)
    assert not person.faults, "\n".join(person.faults)
