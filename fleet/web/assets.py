"""The files that pages load, served under a path that names their contents.

The digest of all files is part of the path (``/assets/3f2a…/lapel.css``), so a browser may keep each one for
ever and still gets a new set at once after an update, modules that import each other included. A page of the
version before that still asks for the old path is given the new file, not to be kept.
"""

from __future__ import annotations

import logging
from functools import cache
from hashlib import sha256
from mimetypes import guess_type
from pathlib import Path

from fastapi import APIRouter, Depends
from fastapi.responses import FileResponse, Response

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
def asset(asked: str, name: str) -> Response:
    """Answer with a file."""
    path = find(name)
    if path is None:
        raise not_found("such file")
    kept = _FOR_EVER if asked == version() else "no-cache"
    kind = _TYPES.get(path.suffix) or guess_type(path.name)[0] or "application/octet-stream"
    return FileResponse(path, media_type=kind, headers={"Cache-Control": kept})
