"""Plugging the pages into the dashboard's application."""

import logging

from fastapi import FastAPI

from fleet.web import assets, faults
from fleet.web.routes import router
from fleet.web.templating import Pages

log = logging.getLogger(__name__)


def install(app: FastAPI) -> None:
    """Add pages, their files and their fault pages to ``app``; the last step of making it.

    Handlers for `fleet.problems` must be registered already: pages wrap them.
    """
    if assets.missing():
        log.warning(
            "The dashboard's front-end parts are missing, so pages look bare and nothing plays: "
            "run `npm ci` in %s, then `python -m fleet.web.vendor`.",
            assets.STATIC.parent,
        )
    app.state.pages = Pages()
    app.mount(app.state.pages.static, assets.Assets(directory=assets.STATIC), name="static")
    app.include_router(router)
    faults.install(app)
