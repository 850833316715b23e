"""The pages of an office, beside those of cameras and recordings: what people write and decide."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from playwright.sync_api import Page, expect

from tests.support.fleet.desk import Desk

Adds = Callable[..., None]
"""Takes the name of a look, its address, and what is done on it before it is drawn."""

PAGES = {
    "incidents": "/incidents",
    "incident-new": "/incidents/new",
    "marking": "/marking",
    "retention": "/retention",
    "retention-preview": "/retention/preview?plain=3&incident=12",
    "deletion": "/retention/deletion",
    "requests": "/requests",
    "request-new": "/requests/new?kind=police",
    "letters": "/letters",
    "letter-template": "/letters/extension",
    "reviews": "/reviews",
    "reviews-figures": "/reviews/figures",
    "viewings": "/viewings",
    "viewings-all": "/viewings?state=all",
    "alerts": "/alerts",
    "alerts-told": "/alerts/told",
    "audit-log": "/audit",
    "audit-verification": "/audit/verification",
    "break-glass": "/break-glass",
    "users": "/users",
    "account": "/account",
    "account-second": "/account/second",
    "mine": "/mine",
    "mine-visits": "/mine/visits",
    "visit-new": "/visits/new",
    "visit-signed": "/visits/signed",
    "visit-table": "/visits/table",
    "visit-texts": "/settings/visit-texts",
    "settings": "/settings",
    "vault": "/vault",
    "groups": "/settings/groups",
}

FIRST_OF = {
    "alert": ("/alerts", ['#alerts a[href^="/alerts/"]']),
    "review": ("/reviews", ['#results a[href^="/reviews/"]']),
    "viewing": ("/viewings?state=all", ['#results a[href^="/viewings/"]']),
    "user": ("/users", ['a[href^="/users/"]']),
    "user-officer": ("/users", ['a[href^="/users/"]', 'a[href$="/officer"]']),
}
"""Pages that are reached by the first of some links, one after the other."""


def office(desk: Desk, add: Adds) -> None:
    """Stage an incident with a hold on it, and have every page of the office looked at."""
    began = datetime.now(UTC) - timedelta(minutes=30)
    draft = {
        "category": "threat",
        "place": "The stairs of 112 to 118 Nether Wallop Gardens, by the bins",
        "happened": f"{began:%Y-%m-%dT%H:%M}",
        "what": "The officer was threatened with a stick.\nNobody was hurt.",
        "people": ["tenant", "officer"],
    }
    hold = {
        "kind": "claim",
        "owner": "Safety desk",
        "reason": "Letter of the solicitor",
        "review": f"{began + timedelta(days=60):%Y-%m-%d}",
    }
    asked = {
        "kind": "access",
        "received": f"{began:%Y-%m-%d}",
        "channel": "letter",
        "name": "Alexandra Hill",
        "contact": "7 Elm Road\nNorthgate",
        "what": "All that was filmed on the stairs last Tuesday, when the officer came about the bins",
        "owner": "Safety desk",
    }
    with desk.fleet.api() as api:
        request = str(api.post("/requests", data=asked).headers["location"])
        for kind, name in (
            ("site", "Depot north"),
            ("site", "The office in Nether Wallop"),
            ("team", "Nights"),
        ):
            api.post(f"/settings/groups/{kind}", data={"name": name})
        path = str(api.post("/incidents", data=draft).headers["location"])
        api.post(f"{path}/holds", data=hold)
        at = datetime.now(UTC) + timedelta(hours=3)
        visit = {
            "tenancy": "T-4711/2",
            "place": "Flat 4, 112 to 118 Nether Wallop Gardens",
            "purpose": "Gas check and a talk about the noise at night",
            "planned": f"{at:%Y-%m-%dT%H:%M}",
            "minutes": "45",
            "officer": desk.officer("Officer of visits"),
            "language": "en",
        }
        visited = str(api.post("/visits", data=visit).headers["location"])
    add("incident", path)
    add("visit", visited)
    add("visits", f"/visits?day={at:%Y-%m-%d}")
    add("request", request)
    add("request-letter", f"{request}/write/clarification")
    for name, address in PAGES.items():
        add(name, address)
    for name, (address, links) in FIRST_OF.items():
        add(name, address, *(partial(_first, link=link) for link in links))


def _first(page: Page, link: str) -> None:
    """Go to the first of some links, and wait for what it leads to."""
    page.locator(f"main {link}").first.click()
    expect(page.locator(".crumb").first).to_be_visible()
