"""Reviews: found, counted, and taken as a table for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response, StreamingResponse

from fleet.audit.log import record
from fleet.core.actor import Actor
from fleet.core.services import Services, ServicesDep
from fleet.people.access import Permission, require
from fleet.review.queue import all_reviews, counts, figures, find_reviews
from fleet.review.services import ReviewsDep
from fleet.web import sources
from fleet.web.faults import PageRoute
from fleet.web.reviewed import review_list
from fleet.web.routes.searching import Skip, found_page
from fleet.web.templating import pages
from fleet.web.views.csv_rows import csv_text
from fleet.web.views.on_paper import narrowed_words
from fleet.web.views.reviews.figures import HEADINGS, figure_lines, month_of, register_cells
from fleet.web.views.reviews.queue import KINDS, STATES, ReviewSearch, about_words, queue_title, warnings
from fleet.web.views.reviews.through import behind_words
from fleet.web.zone import local, site_zone

router = APIRouter(route_class=PageRoute)

Reviewer = Annotated[Actor, Depends(require(Permission.REVIEW))]
Text = Annotated[str, Query(max_length=100)]
_BLOCK = 500


def search_of(
    state: Text = "",
    kind: Text = "",
    officer: Text = "",
    skip: Skip = 0,
) -> ReviewSearch:
    """Read what is looked for out of the address."""
    return ReviewSearch.of(state, kind, officer, skip)


SearchDep = Annotated[ReviewSearch, Depends(search_of)]


@router.get("/reviews")
def reviews_page(
    request: Request, services: ServicesDep, reviews: ReviewsDep, actor: Reviewer, search: SearchDep
) -> Response:
    """List reviews, the one due first in front."""
    now = services.clock()
    with services.readers() as session:
        wanted = search.filter
        search, found, total = found_page(search, lambda skip: review_list(session, wanted, skip))
        officers = sources.officers(session, retired=True)
        told = warnings(counts(session, today=local(now).date(), zone=site_zone()))
    before, after = search.pager(total)
    return pages(request).render(
        request,
        "reviews/queue.html",
        actor=actor,
        rows=found,
        title=queue_title(total, search),
        chosen=search,
        states=STATES,
        kinds=KINDS,
        officers=officers,
        warnings=told,
        before=before,
        after=after,
        sent=search.query(),
        behind=behind_words(reviews.sorter.through, now, "recordings"),
        about=about_words(search),
        on_paper=narrowed_words(
            search.labelled(next((each.name for each in officers if each.id == search.officer), "")),
            skip=search.skip,
            shown=len(found),
            total=total,
        ),
    )


@router.get("/reviews/figures")
def figures_page(
    request: Request,
    services: ServicesDep,
    actor: Reviewer,
    month: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """Show what became of the reviews that were due in a month."""
    now = services.clock()
    chosen = month_of(month, now)
    with services.readers() as session:
        found = figures(session, chosen.first, chosen.after.first, today=local(now).date())
    return pages(request).render(
        request, "reviews/figures.html", actor=actor, month=chosen, lines=figure_lines(found)
    )


@router.get("/reviews.csv")
def reviews_csv(services: ServicesDep, actor: Reviewer, search: SearchDep) -> Response:
    """Send the reviews that fit as a table; the log says who took it."""
    today = local(services.clock()).date()
    with services.sessions.begin() as session:
        total = find_reviews(session, search.filter, today=today, zone=site_zone(), skip=0, limit=1)[1]
        detail = {"reviews": total, "narrowed": "yes" if search.any else "no"}
        record(session, actor, "review:recordings:csv", "reviews", detail=detail)
    headers = {"Content-Disposition": 'attachment; filename="reviews.csv"', "Cache-Control": "no-store"}
    return StreamingResponse(_blocks(services, search), media_type="text/csv; charset=utf-8", headers=headers)


def _blocks(services: Services, search: ReviewSearch) -> Iterator[bytes]:
    """Make the table block by block, from one look at the tables."""
    zone = services.config.site.time_zone
    today = services.clock().astimezone(zone).date()
    yield ("\ufeff" + csv_text([HEADINGS])).encode("utf-8")
    with services.readers() as session:
        for block in all_reviews(session, search.filter, today=today, zone=zone, block=_BLOCK):
            yield csv_text(register_cells(each, today) for each in block).encode("utf-8")
