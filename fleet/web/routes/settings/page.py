"""The page of settings: health, keys and certificates, and what is set. It changes nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from fleet.core.actor import Actor
from fleet.core.services import ServicesDep
from fleet.health.region_asking import told_regions
from fleet.health.regions import places_of
from fleet.health.services import HEALTH, HealthServices
from fleet.people.access import Permission, require
from fleet.retention.policy import history_of
from fleet.retention.rules.periods import current
from fleet.web.faults import PageRoute
from fleet.web.templating import pages
from fleet.web.views.moments import moment
from fleet.web.views.retention.periods import periods_words
from fleet.web.views.settings.health import health_lines, health_sentence, key_lines
from fleet.web.views.settings.keys import setting_lines
from fleet.web.views.settings.regions import region_lines

router = APIRouter(route_class=PageRoute)

Manager = Annotated[Actor, Depends(require(Permission.MANAGE_PEOPLE))]
HealthDep = Annotated[HealthServices, Depends(HEALTH)]


@router.get("/settings")
def settings_page(request: Request, services: ServicesDep, health: HealthDep, actor: Manager) -> Response:
    """Show how the service is doing and what is set."""
    now = services.clock()

    def words(at: object) -> str:
        return moment(at, now, seconds=True).text if isinstance(at, datetime) else "a time that is not known"

    readings = health.readings(words)
    with services.readers() as session:
        periods = periods_words(current(history_of(session)))
        told = {each.place: (each.told, each.at) for each in told_regions(session, services.config).values()}
    return pages(request).render(
        request,
        "settings.html",
        actor=actor,
        lines=health_lines(readings),
        sentence=health_sentence(readings),
        keys=key_lines(health.ends(), now),
        settings=setting_lines(services.config),
        periods=periods,
        regions=region_lines(places_of(services.config), told, now),
        allowed=", ".join(services.config.regions.allowed),
    )
