"""The two web applications: the dashboard for people and programs, and the one that cameras upload to.

Rules:
- both share one ``Services`` in ``app.state.services``;
- every route declares who may call it (``fleet.people.access``);
- the dashboard application's lifespan runs the services' workers, for whoever runs it alone (tests);
  ``fleet.server.serve`` runs them itself and turns the lifespan off.
"""

import contextlib
from collections.abc import AsyncIterator

from fastapi import FastAPI

from fleet.assignments.routes import router as assignments_router
from fleet.cameras.routes import camera_router as cameras_own_router
from fleet.cameras.routes import router as cameras_router
from fleet.core import problems
from fleet.core.services import Services
from fleet.footage.routes import camera_router as footage_own_router
from fleet.footage.routes import dashboard_router as footage_router
from fleet.people.routes import router as people_router
from fleet.server.security import BodyLimit, SecurityHeaders
from fleet.web.routes import router as pages_router
from protocol.units import MIB

FORM_LIMIT = 1 << 20  # bytes; pages and JSON documents are far smaller


def create_dashboard_app(services: Services) -> FastAPI:
    """Make the application for people and programs."""
    app = FastAPI(title="Lapel fleet", lifespan=_lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.services = services
    for router in (cameras_router, people_router, assignments_router, footage_router, pages_router):
        app.include_router(router)
    return _guarded(app, FORM_LIMIT)


def create_cameras_app(services: Services) -> FastAPI:
    """Make the application that cameras talk to; the listener in front of it demands their certificate."""
    app = FastAPI(title="Lapel cameras", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.services = services
    app.include_router(cameras_own_router)
    app.include_router(footage_own_router)
    return _guarded(app, services.config.footage.max_segment_mib * MIB)


def _guarded(app: FastAPI, limit: int) -> FastAPI:
    problems.install(app)
    app.add_middleware(BodyLimit, limit=limit)
    app.add_middleware(SecurityHeaders)
    return app


@contextlib.asynccontextmanager
async def running_workers(services: Services) -> AsyncIterator[None]:
    """Enter every worker in order, leave them in the reverse order."""
    async with contextlib.AsyncExitStack() as stack:
        for worker in services.workers:
            await stack.enter_async_context(worker())
        yield


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with running_workers(app.state.services):
        yield
