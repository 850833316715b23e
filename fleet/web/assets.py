"""The files that pages load, served under a path that names their contents.

The digest of all files is part of the path (`/static/3f2a…/lapel.css`), so a browser may keep each one for
ever and still gets a new set at once after an update, modules that import each other included.
"""

from hashlib import sha256
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC = Path(__file__).parent / "static"
_DIGEST_LENGTH = 12
_FOR_EVER = "public, max-age=31536000, immutable"


def digest(folder: Path = STATIC) -> str:
    """Return a short digest over the names and contents of all files in ``folder``."""
    total = sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            total.update(str(path.relative_to(folder)).encode() + b"\0")
            total.update(sha256(path.read_bytes()).digest())
    return total.hexdigest()[:_DIGEST_LENGTH]


def missing(folder: Path = STATIC) -> bool:
    """Say whether the third-party parts have not been copied (`fleet.web.vendor`)."""
    return not (folder / "vendor" / "icons.svg").is_file()


class Assets(StaticFiles):
    """Static files that never change under their address."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with the file, to be kept for ever; anything but a file is not kept."""
        response = await super().get_response(path, scope)
        if response.status_code < 400:  # noqa: PLR2004 - the first error status of HTTP
            response.headers["Cache-Control"] = _FOR_EVER
        return response
