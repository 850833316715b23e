"""Turning view models into pages with Jinja2.

Rules:
- everything is escaped unless a template says otherwise, and none does;
- a name that a template misspells is an error, not an empty string;
- a page that shows personal data is never kept by a cache.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from fleet.core.actor import Actor
from fleet.core.services import CORE
from fleet.people.permissions import Permission, may
from fleet.vault.vault import LONGEST_PURPOSE
from fleet.web import assets
from fleet.web.views.moments import counter, full_moment, moment
from fleet.web.views.people.break_glass import break_glass_views
from fleet.web.views.people.mine import MINE
from fleet.web.views.people.notices import notice_views
from fleet.web.views.purpose import LONGEST_NOTE
from fleet.web.zone import abbreviation, site_zone, zone_words

_TEMPLATES = Path(__file__).parent / "templates"
_TOLD = 3
"""Of how much break-glass, and of how many notices, every page tells; another page has all of them."""


@dataclass(frozen=True, slots=True)
class NavigationEntry:
    """A page in the navigation.

    Attributes:
        path: its address.
        word: what it is called.
        symbol: its icon.
        permission: what it takes to see it.
        is_more: whether it is under More.
        is_main_elsewhere: whether it is not there for people who have no desk of cameras: it is what they do.
    """

    path: str
    word: str
    symbol: str
    permission: Permission
    is_more: bool = False
    is_main_elsewhere: bool = False


NAVIGATION = (
    NavigationEntry("/", "Today", "home", Permission.SEE_CAMERAS),
    NavigationEntry("/alerts", "Alerts", "alert-triangle", Permission.ALERTS),
    NavigationEntry("/hand-out", "Hand-out", "hand-move", Permission.HAND_OUT),
    NavigationEntry("/recordings", "Recordings", "video", Permission.SEE_RECORDINGS),
    NavigationEntry("/cameras", "Cameras", "device-cctv", Permission.SEE_CAMERAS),
    NavigationEntry(MINE, "Yours", "device-mobile", Permission.OWN),
    NavigationEntry(
        "/requests", "Requests", "user", Permission.REQUESTS, is_more=True, is_main_elsewhere=True
    ),
    NavigationEntry(
        "/releases", "Releases", "download", Permission.SEE_RELEASES, is_more=True, is_main_elsewhere=True
    ),
    NavigationEntry("/letters", "Letters", "bookmark", Permission.LETTERS, is_more=True),
    NavigationEntry("/documents", "Documents", "shield-check", Permission.SEE_DOCUMENTS, is_more=True),
    NavigationEntry("/reviews", "Reviews", "eye", Permission.REVIEW, is_more=True),
    NavigationEntry("/visits", "Visits", "home", Permission.SEE_VISITS, is_more=True),
    NavigationEntry("/incidents", "Incidents", "bookmark", Permission.SEE_RECORDINGS, is_more=True),
    NavigationEntry("/imports", "Imports", "cloud-upload", Permission.SEE_IMPORTS, is_more=True),
    NavigationEntry(
        "/retention", "How long recordings are kept", "clock", Permission.SEE_RECORDINGS, is_more=True
    ),
    NavigationEntry("/officers", "Officers", "users", Permission.SEE_CAMERAS, is_more=True),
    NavigationEntry("/users", "Users", "lock", Permission.MANAGE_PEOPLE, is_more=True),
    NavigationEntry("/vault", "Vault", "lock", Permission.VAULT, is_more=True),
    NavigationEntry("/settings", "Settings", "key", Permission.MANAGE_PEOPLE, is_more=True),
)


class Pages:
    """Renders templates.

    Attributes:
        static: the path under which assets are served.
    """

    def __init__(self) -> None:
        self.static = f"{assets.PREFIX}/{assets.version()}"
        self._environment = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.globals.update(
            icon=self.icon,
            counter=counter,
            static=self.static,
            version=self.static.rpartition("/")[2],
            longest_reason=LONGEST_PURPOSE,
            longest_note=LONGEST_NOTE,
        )

    def icon(self, name: str, *, large: bool = False) -> Markup:
        """Return an icon as decoration: a screen reader passes over it, for words stand beside it."""
        return _icon(self.static, name, "icon icon-lg" if large else "icon")

    def render(
        self,
        request: Request,
        template: str,
        *,
        actor: Actor | None = None,
        status: int = 200,
        **context: Any,  # noqa: ANN401 - each template has a context of its own
    ) -> HTMLResponse:
        """Render a template as the answer to ``request``.

        Args:
            request: what is answered.
            template: file name under ``templates``.
            actor: who is signed in, None on the pages before that.
            status: the HTTP status.
            **context: what the template needs besides.
        """
        now = CORE(request).clock()
        of_own = getattr(request.state, "told_of_own", ())
        text = self._environment.get_template(template).render(
            actor=actor,
            csrf=actor.csrf if actor else "",
            path=request.url.path,
            query=request.url.query,
            navigation=_navigation(actor),
            may_audit=actor is not None and not actor.lacks_second and may(actor.roles, Permission.SEE_AUDIT),
            shown_at=moment(now, now, seconds=True),
            position=getattr(request.state, "position", ""),
            shown_in_full=full_moment(now).text,
            told=break_glass_views(getattr(request.state, "told", ())[:_TOLD], now),
            told_of_own=notice_views(of_own[:_TOLD], now),
            more_of_own=max(0, len(of_own) - _TOLD),
            zone=site_zone().key,
            zone_words=zone_words(),
            zone_now=abbreviation(now),
            **context,
        )
        return HTMLResponse(text, status, headers={"Cache-Control": "no-store"})


@lru_cache(maxsize=512)  # a page has dozens, of the few names that templates and views have
def _icon(static: str, name: str, size: str) -> Markup:
    return Markup('<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>').format(
        size, f"{static}/vendor/icons.svg", name
    )


@cache
def _pages() -> Pages:
    return Pages()


def pages(request: Request) -> Pages:
    """Return the renderer; the same for every service in this process, for it keeps nothing of any."""
    del request
    return _pages()


def _navigation(actor: Actor | None) -> list[NavigationEntry]:
    """Return the pages that somebody may go to."""
    if actor is None or actor.lacks_second:
        return []
    entries = [entry for entry in NAVIGATION if may(actor.roles, entry.permission)]
    is_of_desk = may(actor.roles, Permission.SEE_CAMERAS)  # who goes to their own by way of their account
    if is_of_desk:
        return [entry for entry in entries if entry.path != MINE]
    return [replace(each, is_more=each.is_more and not each.is_main_elsewhere) for each in entries]
