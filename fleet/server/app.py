"""The two web applications: the dashboard for people and programs, and the one that cameras upload to.

Rules:
- both share the services of each domain, under typed keys;
- every route declares who may call it (``fleet.people.access``);
- the dashboard application's lifespan runs the services' workers, for whoever runs it alone (tests);
  ``fleet.server.serve`` runs them itself and turns the lifespan off.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from functools import cache
from re import Pattern

from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute

from fleet.alerts.services import ALERTS
from fleet.assignments.routes import officers_router
from fleet.assignments.routes import router as assignments_router
from fleet.audit.services import AUDIT
from fleet.cameras.commanding.routes import router as commands_router
from fleet.cameras.routes import camera_router as cameras_own_router
from fleet.cameras.routes import router as cameras_router
from fleet.cameras.services import CAMERAS
from fleet.core import problems
from fleet.core.database import DATABASE
from fleet.core.services import CORE
from fleet.delivery.alert_routes import router as alerts_router
from fleet.delivery.services import DELIVERY
from fleet.footage import problems as footage_problems
from fleet.footage.direct.routes import DIRECT
from fleet.footage.direct.routes import router as direct_router
from fleet.footage.receiving.camera_routes import router as footage_own_router
from fleet.footage.receiving.routes import router as receiving_router
from fleet.footage.receiving.services import RECEIVING
from fleet.footage.recordings.routes import router as recordings_router
from fleet.footage.watching.routes import router as watching_router
from fleet.footage.watching.services import WATCHING
from fleet.health.services import HEALTH
from fleet.imagery.routes import router as imports_router
from fleet.imagery.seconds_routes import router as seconds_router
from fleet.imagery.services import IMPORTS
from fleet.incidents.incident_routes import router as incidents_router
from fleet.incidents.routes import router as judging_router
from fleet.people.routes import router as people_router
from fleet.people.services import PEOPLE
from fleet.people.training.routes import router as training_router
from fleet.references.asking import ASKING, asking_of
from fleet.releases.redaction_routes import router as redactions_router
from fleet.releases.routes import router as releases_router
from fleet.releases.services import RELEASES
from fleet.requests.routes import router as requests_router
from fleet.retention.deletion.services import WORKER
from fleet.retention.hold_routes import router as holds_router
from fleet.retention.routes import router as kept_router
from fleet.review.routes import router as reviews_router
from fleet.review.services import REVIEWS
from fleet.server.compose import FleetServices
from fleet.server.host_check import HostCheck, names_of
from fleet.server.security import BodyLimit, RefusalPage, SecurityHeaders
from fleet.vault.services import VAULT
from fleet.visits.routes import router as visits_router
from fleet.visits.said_routes import router as said_on_visits_router
from fleet.visits.signed.routes import camera_router as consent_own_router
from fleet.visits.signed.routes import router as consents_router
from fleet.web.assets import router as assets_router
from fleet.web.faults import refusal_page
from fleet.web.routes import ROUTERS as PAGE_ROUTERS
from protocol.messages.uploads import MAX_JSON_BYTES
from protocol.units import MIB

SECONDS_PER_DAY = 86_400
FORM_LIMIT = MIB  # bytes; pages and JSON documents are far smaller

IMPORTED_FILE = re.compile(r"/api/v1/imports/[0-9a-f]{16}/file")
ANY_PATH = re.compile(r".*")
"""Paths to which files are put, which are never held in memory."""


def create_dashboard_app(services: FleetServices) -> FastAPI:
    """Make the application for people and programs."""
    app = FastAPI(
        title="Lapel fleet", lifespan=_lifespan_of(services), docs_url=None, redoc_url=None, openapi_url=None
    )
    app.router.routes.extend(_dashboard_routes())
    names, url = names_of(services.config), services.endpoints.dashboard_url
    app.add_middleware(HostCheck, names=names, url=url, page=refusal_page)
    ASKING.put(app, asking_of(services))
    files = {IMPORTED_FILE: services.imports.receiving.limit}
    return _equipped(app, services, FORM_LIMIT, page=refusal_page, files=files)


@cache
def _dashboard_routes() -> tuple[BaseRoute, ...]:
    """Gather the routes: what FastAPI works out of each one serves every application.

    They are one list, and no tree of routers: every level of that is gone through once more for each request.
    """
    return _gathered(
        assets_router,  # the first, for a page asks for many of them
        cameras_router,
        commands_router,
        people_router,
        assignments_router,
        officers_router,
        training_router,
        recordings_router,
        kept_router,
        judging_router,
        incidents_router,
        holds_router,
        alerts_router,
        receiving_router,
        watching_router,
        reviews_router,
        visits_router,
        said_on_visits_router,
        consents_router,
        requests_router,
        releases_router,
        redactions_router,
        imports_router,
        seconds_router,
        *PAGE_ROUTERS,
    )


@cache
def _cameras_routes() -> tuple[BaseRoute, ...]:
    return _gathered(cameras_own_router, footage_own_router, direct_router, consent_own_router)


def _gathered(*routers: APIRouter) -> tuple[BaseRoute, ...]:
    return tuple(route for router in routers for route in router.routes)


def create_cameras_app(services: FleetServices) -> FastAPI:
    """Make the application that cameras talk to; the listener in front of it demands their certificate."""
    app = FastAPI(title="Lapel cameras", docs_url=None, redoc_url=None, openapi_url=None)
    app.router.routes.extend(_cameras_routes())
    files = {ANY_PATH: services.footage.receiving.limit}
    return _equipped(app, services, MAX_JSON_BYTES, files=files)


def _equipped(
    app: FastAPI,
    services: FleetServices,
    limit: int,
    *,
    files: Mapping[Pattern[str], int],
    page: RefusalPage | None = None,
) -> FastAPI:
    """Give an application what its routes share, the answers to errors, and its guards."""
    CORE.put(app, services)
    AUDIT.put(app, services.audit)
    DATABASE.put(app, services.database)
    PEOPLE.put(app, services.people)
    CAMERAS.put(app, services.cameras)
    RECEIVING.put(app, services.footage.receiving)
    DIRECT.put(app, services.footage.direct)
    WATCHING.put(app, services.footage.watching)
    ALERTS.put(app, services.alerts)
    WORKER.put(app, services.jobs)
    DELIVERY.put(app, services.delivery)
    HEALTH.put(app, services.health)
    REVIEWS.put(app, services.reviews)
    RELEASES.put(app, services.releases)
    IMPORTS.put(app, services.imports)
    VAULT.put(app, services.vault_services)
    problems.install(app)
    footage_problems.install(app)
    app.add_middleware(BodyLimit, limit=limit, files=files, page=page)
    app.add_middleware(SecurityHeaders, hsts_s=services.config.server.hsts_days * SECONDS_PER_DAY)
    return app


@contextlib.asynccontextmanager
async def running_workers(services: FleetServices) -> AsyncIterator[None]:
    """Enter every worker in order, leave them in the reverse order."""
    async with contextlib.AsyncExitStack() as stack:
        for worker in services.workers:
            await stack.enter_async_context(worker())
        yield


def _lifespan_of(services: FleetServices) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    return lambda _app: running_workers(services)
