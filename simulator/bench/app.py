"""The bench's pages: the wall, its buttons, and the live connection behind them.

It shows and does what a ``Wall`` can; it starts no camera and knows no fleet.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple
from urllib.parse import parse_qs

from fastapi import FastAPI, Header, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from starlette.middleware import Middleware

from simulator.bench.guard import Guard, same_token
from simulator.bench.live import live_route
from simulator.bench.orders import BenchButton, FleetButton
from simulator.bench.saving import NAME
from simulator.errors import ScenarioError, SimulatorError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from simulator.bench.wall import Wall

HERE = Path(__file__).resolve().parent
UNUSABLE, FORBIDDEN, NOT_FOUND, CONFLICT, TOO_LARGE = 400, 403, 404, 409, 413
LONGEST_FORM: Final = 4096
"""In bytes; a form of the bench takes a tenth of it."""
FIELDS: Final = 20
TokenHeader = Annotated[str | None, Header()]
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
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    _show(app, wall, token)
    _take_orders(app, wall, token)
    app.add_api_websocket_route("/live", live_route(wall))
    return app


def _show(app: FastAPI, wall: Wall, token: str) -> None:
    """Give an application what is looked at."""
    templates = Jinja2Templates(HERE / "templates")

    @app.get("/", response_class=HTMLResponse)
    def page(request: Request) -> Response:
        """Show the wall."""
        context = {"tiles": wall.tiles(), "wall": wall, "lines": wall.log(), "token": token}
        return templates.TemplateResponse(request, "wall.html", context)

    @app.get("/scenario.toml")
    def scenario() -> Response:
        """Give what was done as a scenario, to be kept as a file."""
        named = {"Content-Disposition": f'attachment; filename="{NAME}.toml"'}
        return Response(wall.scenario(), media_type="application/toml", headers=named)


def _take_orders(app: FastAPI, wall: Wall, token: str) -> None:
    """Give an application its buttons, which whoever has the token may press."""

    @app.post("/cameras/{camera}/{button}")
    async def act(
        request: Request, camera: str, button: BenchButton, x_bench_token: TokenHeader = None
    ) -> Response:
        """Press a button: for the page's script as JSON, for a plain form by going back to the page."""
        proof = _Proof(x_bench_token, token)
        return await _answer(request, proof, camera, lambda given: wall.act(camera, button, given))

    @app.post("/fleet/{button}")
    async def act_at_fleet(
        request: Request, button: FleetButton, x_bench_token: TokenHeader = None
    ) -> Response:
        """Press one of the fleet's buttons."""
        proof = _Proof(x_bench_token, token)
        return await _answer(request, proof, "fleet", lambda _: wall.act_at_fleet(button))

    @app.post("/scenario/anew")
    async def anew(request: Request, x_bench_token: TokenHeader = None) -> Response:
        """Begin a new scenario."""
        return await _answer(request, _Proof(x_bench_token, token), "log", lambda _: wall.begin_anew())


class _Proof(NamedTuple):
    """The token that came in a header, as the page's script sends it, and the one that is right."""

    given: str | None
    right: str


async def _answer(
    request: Request, proof: _Proof, back: str, act: Callable[[Mapping[str, str]], str]
) -> Response:
    form = await _form(request)
    if form is None:
        return JSONResponse({"sentence": "That is more than a form of the bench holds."}, TOO_LARGE)
    by_form = form.pop("token", None)
    if not same_token(proof.given or by_form, proof.right):
        return JSONResponse({"sentence": STALE}, FORBIDDEN)
    status, sentence = await run_in_threadpool(_done, act, form)
    if proof.given is None and status not in {NOT_FOUND, UNUSABLE}:
        # What was said stands in the log.
        return RedirectResponse(f"/#{back}", 303)
    return JSONResponse({"sentence": sentence}, status)


async def _form(request: Request) -> dict[str, str] | None:
    """Read a form; None for one that is too long."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LONGEST_FORM:
            return None
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=FIELDS)
    except ValueError:
        return None
    return {key: values[0] for key, values in fields.items()}


def _done(act: Callable[[Mapping[str, str]], str], given: Mapping[str, str]) -> tuple[int, str]:
    try:
        return 200, act(given)
    except KeyError as error:
        return NOT_FOUND, f"There is no camera {error.args[0]} on this bench."
    except ScenarioError as error:
        return UNUSABLE, str(error)
    except SimulatorError as error:
        return CONFLICT, str(error)
