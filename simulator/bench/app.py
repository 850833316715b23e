"""The bench's pages: the wall, its buttons, and the live connection behind them.

It shows and does what a ``Wall`` can; it starts no camera and knows no fleet.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import parse_qs

from fastapi import FastAPI, Header, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from starlette.middleware import Middleware

from simulator.bench.guard import Guard, same_token
from simulator.bench.live import live_route
from simulator.bench.wall import BenchButton
from simulator.errors import SimulatorError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.bench.wall import Wall

HERE = Path(__file__).resolve().parent
FORBIDDEN, NOT_FOUND, CONFLICT = 403, 404, 409
STALE = "This page is from before the bench was started again; load it anew and try once more."


def create_app(wall: Wall, *, hosts: Iterable[str], token: str | None = None) -> FastAPI:
    """Return the bench.

    Args:
        wall: The cameras.
        hosts: The ``Host`` values that it answers to, as in ``127.0.0.1:8500``.
        token: What its own page proves itself with; a random one by default.
    """
    token = token or secrets.token_urlsafe(32)
    app = FastAPI(
        title="Lapel bench",
        middleware=[Middleware(Guard, hosts=hosts)],
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    templates = Jinja2Templates(HERE / "templates")
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")

    @app.get("/", response_class=HTMLResponse)
    def page(request: Request) -> Response:
        """Show the wall."""
        context = {"tiles": wall.tiles(), "fleet_url": wall.fleet_url, "token": token}
        return templates.TemplateResponse(request, "wall.html", context)

    @app.post("/cameras/{camera}/{action}")
    async def act(
        request: Request,
        camera: str,
        action: BenchButton,
        x_bench_token: Annotated[str | None, Header()] = None,
    ) -> Response:
        """Press a button: for the page's script as JSON, for a plain form by going back to the page."""
        form = parse_qs((await request.body()).decode("utf-8", "replace"))
        given = x_bench_token or next(iter(form.get("token", [])), None)
        if not same_token(given, token):
            return JSONResponse({"sentence": STALE}, FORBIDDEN)
        status, sentence = await run_in_threadpool(_act, wall, camera, action)
        if x_bench_token is None and status < NOT_FOUND:
            return RedirectResponse(f"/#{camera}", 303)
        return JSONResponse({"sentence": sentence}, status)

    app.add_api_websocket_route("/live", live_route(wall))
    return app


def _act(wall: Wall, camera: str, action: BenchButton) -> tuple[int, str]:
    try:
        return 200, wall.act(camera, action)
    except KeyError:
        return NOT_FOUND, f"There is no camera {camera} on this bench."
    except SimulatorError as error:
        return CONFLICT, str(error)
