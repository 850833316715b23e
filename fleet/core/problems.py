"""Answers to bad requests: RFC 9457 problem documents with one clear sentence (F6).

Rules:
- a refusal is raised as ``ProblemError(status, code, detail)`` anywhere below a route; the transaction rolls
  back;
- ``code`` is a stable word for programs, ``detail`` one sentence for people;
- a request that does not validate is answered 422 with the first fault in words, never with its content;
- what nobody foresaw is answered 500 without its insides, and logged with them.

It renders no pages: ``fleet.web`` may register a renderer for browsers with ``ProblemError`` as its input.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from fleet.core.errors import FleetError
from protocol.messages.problems import MEDIA_TYPE

log = logging.getLogger(__name__)

_SECRET_AFTER = ("/setup/", "/join/", "/break-glass/in/")

_TITLES = {
    400: "Bad request",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    410: "Gone",
    413: "Too large",
    415: "Unsupported media type",
    422: "Not valid",
    429: "Too many requests",
    500: "Internal error",
    503: "Not available",
}


class ProblemError(FleetError):
    """A refusal with its HTTP status.

    Attributes:
        status: the HTTP status code.
        code: a stable word for programs, such as ``camera_limit``.
        detail: one sentence for people.
        extra: further members of the problem document.
        headers: further response headers, such as ``Retry-After``.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        **extra: Any,  # noqa: ANN401 - whatever JSON can carry
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.extra = extra
        self.headers = dict(headers or {})

    def document(self) -> dict[str, Any]:
        """Return the members of the problem document."""
        title = _TITLES.get(self.status, "Refused")
        return {**self.extra, "title": title, "status": self.status, "code": self.code, "detail": self.detail}

    def response(self) -> JSONResponse:
        """Return the answer as ``application/problem+json``."""
        return JSONResponse(
            self.document(), status_code=self.status, headers=self.headers, media_type=MEDIA_TYPE
        )


class SignInNeeded(FleetError):  # noqa: N818 - a redirection rather than an error
    """A browser asked for a page without being signed in; it is sent to the sign-in page and back.

    Attributes:
        target: the path that the browser wanted.
    """

    def __init__(self, target: str) -> None:
        super().__init__("Sign in to see this page.")
        self.target = target


class SecondFactorNeeded(SignInNeeded):
    """A browser asked for a page before its user has set up the second factor that they have to have."""


def not_found(what: str) -> ProblemError:
    """Return the 404 for a thing that is not there; ``what`` begins the sentence, as in "camera cam-01"."""
    return ProblemError(404, "not_found", f"There is no {what}.")


def address(request: Request) -> str:
    """Return what a log calls the address of a request: its path, but for the secret of a one-time link."""
    path = request.url.path
    return next((f"{each}…" for each in _SECRET_AFTER if path.startswith(each)), path)


def describe_validation(errors: list[Mapping[str, Any]]) -> str:
    """Turn the first of pydantic's errors into one sentence that names the field and not its content."""
    if not errors:
        return "The request is not valid."
    first = errors[0]
    where = ".".join(str(step) for step in first.get("loc", ()) if step != "body")
    what = str(first.get("msg", "is not valid")).rstrip(".")
    what = what[:1].lower() + what[1:]
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return f"{where}: {what}{more}." if where else f"The request body is not usable: {what}{more}."


def install(app: FastAPI) -> None:
    """Register the handlers on ``app``."""
    app.add_exception_handler(ProblemError, _problem)
    app.add_exception_handler(SignInNeeded, _sign_in)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unforeseen)


async def _problem(_request: Request, error: Exception) -> Response:
    if not isinstance(error, ProblemError):
        raise error
    return error.response()


async def _sign_in(request: Request, error: Exception) -> Response:
    if not isinstance(error, SignInNeeded):
        raise error
    if isinstance(error, SecondFactorNeeded):
        return RedirectResponse("/account/second", status_code=303)
    location = request.url_for("sign_in_page").include_query_params(next=error.target)
    return RedirectResponse(f"{location.path}?{location.query}", status_code=303)


async def _invalid(_request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    return ProblemError(422, "not_valid", describe_validation(list(error.errors()))).response()


async def _http(_request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    code = _TITLES.get(error.status_code, "refused").lower().replace(" ", "_")
    details = {404: "There is nothing at this address.", 405: "This address does not take that method."}
    detail = details.get(error.status_code, str(error.detail))
    return ProblemError(error.status_code, code, detail, headers=error.headers).response()


async def _unforeseen(request: Request, error: Exception) -> Response:
    log.error("%s %s failed", request.method, address(request), exc_info=error)
    detail = "Something went wrong in the fleet service; its log says what, and trying again may help."
    return ProblemError(500, "internal_error", detail).response()
