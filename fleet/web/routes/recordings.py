"""The recordings: looking for one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from fleet.cameras.service import list_cameras
from fleet.core.actor import Actor, ActorKind
from fleet.core.services import ServicesDep
from fleet.incidents.finding import matching
from fleet.incidents.judging import get_mark
from fleet.incidents.rules.words import CATEGORIES
from fleet.incidents.saved_views import views_of
from fleet.organisation.models import GroupKind
from fleet.people.access import Permission, require
from fleet.people.permissions import may
from fleet.retention.lookup import kept_until_at_most
from fleet.visits.links import recordings_at
from fleet.web import recorded, sources
from fleet.web.faults import PageRoute
from fleet.web.routes.searching import FirstDay, LastDay, Skip, found_page
from fleet.web.templating import pages
from fleet.web.views.incidents.marking import marked_words
from fleet.web.views.recordings import row
from fleet.web.views.search import (
    INCIDENT,
    PAGE,
    STATES,
    Search,
    chosen_words,
    left_out_words,
    odd_words,
    place_words,
    title,
)
from fleet.web.views.searching.days import SearchError
from fleet.web.views.settings.groups import SITE, TEAM, narrowed_words
from fleet.web.zone import site_zone

router = APIRouter(route_class=PageRoute)

Viewer = Annotated[Actor, Depends(require(Permission.SEE_RECORDINGS))]
Text = Annotated[str, Query(max_length=100)]


def search_of(
    *,
    start: FirstDay = "",
    end: LastDay = "",
    officer: Text = "",
    camera: Text = "",
    state: Text = "",
    q: Text = "",
    place: Text = "",
    category: Text = "",
    incident: Text = "",
    goes: Annotated[str, Query(max_length=20)] = "",
    skip: Skip = 0,
) -> Search:
    """Read what is looked for out of the address."""
    return Search(
        start,
        end,
        officer,
        camera,
        state,
        text=" ".join(q.split()),
        place=" ".join(place.split()),
        category=category,
        incident=incident,
        goes=goes,
        skip=skip,
    )


def known_search(session: Session, search: Search) -> tuple[Search, tuple[str, ...]]:
    """Return the search without what this fleet has none of, and what that is, in words."""
    groups = sources.every_group(session)
    officers = {each.id for each in sources.officers(session, retired=True)}
    officers |= {f"{TEAM}{each.id}" for each in groups if each.kind == GroupKind.TEAM}
    cameras = {camera.id for camera in list_cameras(session, revoked=True)}
    cameras |= {f"{SITE}{each.id}" for each in groups if each.kind == GroupKind.SITE}
    return search.known(officers=officers, cameras=cameras)


def wanted_of(session: Session, search: Search, actor: Actor) -> tuple[recorded.Filter, SearchError | None]:
    """Return what somebody looks for, and why its days cannot be used, where that is so.

    Places of visits are looked through for whoever sees visits: another would learn where they were.
    """
    fault: SearchError | None = None
    try:
        (start, end), goes = search.days(), search.goes_by()
    except SearchError as error:
        fault, start, end, goes = error, None, None, None
    sees_visits = may(actor.roles, Permission.SEE_VISITS)
    said = matching(
        text=search.text,
        place=search.place,
        category=search.category,
        incident=search.incident,
        elsewhere=lambda place: [recordings_at(place)] if sees_visits else [],
    )
    if goes is not None:
        said.append(kept_until_at_most(session, goes, site_zone()))
    return recorded.Filter(
        start=start,
        end=end,
        officer=search.officer or None,
        camera=search.camera or None,
        state=search.state or None,
        said=tuple(said),
    ), fault


@router.get("/recordings")
def recordings_page(
    request: Request,
    services: ServicesDep,
    actor: Viewer,
    search: Annotated[Search, Depends(search_of)],
    mark: Text = "",
) -> Response:
    """List recordings, all or those that fit; ``mark`` is what was marked together a moment ago."""
    with services.readers() as session:
        officers = sources.officers(session, retired=True)
        cameras = [camera.id for camera in list_cameras(session, revoked=True)]
        search, odd = known_search(session, search)
        wanted, fault = wanted_of(session, search, actor)
        search, found, total = found_page(
            search, lambda skip: recorded.search(session, wanted, skip=skip, limit=PAGE)
        )
        groups = sources.every_group(session)
        views, marked = views_of(session, actor), get_mark(session, mark) if mark else None
    newer, older = search.pager(total)
    named = next((each.name for each in officers if each.id == search.officer), "")
    named, kept = narrowed_words(search.officer, groups) or named, narrowed_words(search.camera, groups)
    used = search.without_days() if fault is not None else search
    now, sees_visits = services.clock(), may(actor.roles, Permission.SEE_VISITS)
    return pages(request).render(
        request,
        "recordings.html",
        actor=actor,
        status=422 if fault else 200,
        rows=[row(each, now) for each in found],
        title=title(total, chosen=used.any),
        filtered=used.any,
        on_paper=chosen_words(used, named, total, len(found), camera=kept, visits=sees_visits),
        about_place=place_words(used, visits=sees_visits),
        sees_visits=sees_visits,
        chosen=search,
        officers=officers,
        cameras=cameras,
        teams=[(f"{TEAM}{each.id}", each.name) for each in groups if each.kind == GroupKind.TEAM],
        sites=[(f"{SITE}{each.id}", each.name) for each in groups if each.kind == GroupKind.SITE],
        states=STATES,
        newer=newer,
        older=older,
        odd=" ".join(filter(None, (odd_words(odd), left_out_words(search.text)))),
        fault=str(fault or ""),
        fault_field=fault.field if fault is not None else "",
        categories=CATEGORIES,
        incident_choices=INCIDENT,
        search_query=used.query(),
        views=views,
        may_save=actor.kind is ActorKind.USER,
        may_classify=may(actor.roles, Permission.CLASSIFY),
        may_review=may(actor.roles, Permission.REVIEW),
        may_review_viewings=may(actor.roles, Permission.REVIEW_VIEWINGS),
        marked=marked_words(marked, now) if may(actor.roles, Permission.CLASSIFY) else None,
    )
