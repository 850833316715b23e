"""The files that pages load, served under a path that names their contents.

The digest of all files is part of the path (``/assets/3f2a…/lapel.css``), so a browser may keep each one for
ever and still gets a new set at once after an update, modules that import each other included. A page of the
version before that still asks for the old path is given the new file, not to be kept.

They are kept in memory, and compressed for a browser that takes it, so that a phone on a slow link has its
first page sooner. Nothing in them is secret, so what compression tells of contents tells nothing.
"""

from __future__ import annotations

import gzip
import logging
from functools import cache
from hashlib import sha256
from mimetypes import guess_type
from pathlib import Path

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from fleet.core.problems import not_found
from fleet.people.access import PUBLIC

log = logging.getLogger(__name__)

router = APIRouter(include_in_schema=False)

PREFIX = "/assets"
STATIC = Path(__file__).parent / "static"
_DIGEST_LENGTH = 12
_FOR_EVER = "public, max-age=31536000, immutable"
_TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


def digest(folder: Path = STATIC) -> str:
    """Return a short digest over the names and contents of all files in ``folder``."""
    total = sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            total.update(str(path.relative_to(folder)).encode() + b"\0")
            total.update(sha256(path.read_bytes()).digest())
    return total.hexdigest()[:_DIGEST_LENGTH]


@cache
def version() -> str:
    """Return the digest of what this process serves; says once when third-party parts are missing."""
    if missing():
        log.warning(
            "The dashboard's front-end parts are missing, so pages look bare and nothing plays: "
            "run `npm ci` in %s, then `python -m fleet.web.vendor`.",
            STATIC.parent,
        )
    return digest()


def missing(folder: Path = STATIC) -> bool:
    """Say whether the third-party parts have not been copied (``fleet.web.vendor``)."""
    return not (folder / "vendor" / "icons.svg").is_file()


def find(name: str, folder: Path = STATIC) -> Path | None:
    """Return the file of that name below ``folder``, or None; never one outside."""
    try:
        path = (folder / name).resolve()
        return path if path.is_relative_to(folder.resolve()) and path.is_file() else None
    except (OSError, ValueError):  # no name that a file can have
        return None


@router.get(f"{PREFIX}/{{asked}}/{{name:path}}", dependencies=[Depends(PUBLIC)])
def asset(request: Request, asked: str, name: str) -> Response:
    """Answer with a file."""
    path = find(name)
    if path is None:
        raise not_found("such file")
    kind = _TYPES.get(path.suffix) or guess_type(path.name)[0] or "application/octet-stream"
    headers = {
        "Cache-Control": _FOR_EVER if asked == version() else "no-cache",
        "Vary": "Accept-Encoding",
    }
    if "gzip" in request.headers.get("accept-encoding", "") and len(compressed(path)) < len(contents(path)):
        return Response(compressed(path), media_type=kind, headers=headers | {"Content-Encoding": "gzip"})
    return Response(contents(path), media_type=kind, headers=headers)


@cache  # of the files that are there, which are few
def contents(path: Path) -> bytes:
    """Return what is in a file of ours."""
    return path.read_bytes()


@cache
def compressed(path: Path) -> bytes:
    """Return what is in a file of ours, compressed (RFC 1952), the same each time."""
    return gzip.compress(contents(path), mtime=0)
