"""Answers with the copy of an import: the whole, or the span that is asked for (RFC 9110, section 14)."""

from __future__ import annotations

import re

from fastapi.responses import Response, StreamingResponse

from fleet.core.problems import ProblemError
from fleet.imagery.opening import PlainImport

_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
_NO_STORE = {"Cache-Control": "no-store"}


def span_of(header: str | None, size: int) -> tuple[int, int] | None:
    """Return the first byte and the one after the last that a ``Range`` header asks for; None for all.

    A header that asks for several spans, or for something else than bytes, asks for nothing here.

    Raises:
        ProblemError: 416 there is nothing of the file in that span.
    """
    match = _RANGE.fullmatch(header.replace(" ", "")) if header is not None else None
    if match is None or not any(match.groups()):
        return None
    first, last = match.groups()
    if first:
        start, end = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < start:
            return None
    else:
        start, end = max(0, size - int(last)), size
    if start >= end:
        detail = f"The file has {size} bytes, and none of them are in the span that was asked for."
        raise ProblemError(416, "span_unusable", detail, headers={"Content-Range": f"bytes */{size}"})
    return start, end


def shown_answer(plain: PlainImport, header: str | None) -> Response:
    """Return what a browser shows of a copy, or the span of it that it asks for."""
    span = span_of(header, plain.size)
    start, end = (0, plain.size) if span is None else span
    headers = {**_NO_STORE, "Accept-Ranges": "bytes", "Content-Length": str(end - start)}
    if span is not None:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{plain.size}"
    blocks = plain.blocks(start, end)
    status = 200 if span is None else 206
    return StreamingResponse(blocks, status, headers=headers, media_type=plain.media_type)


def export_answer(plain: PlainImport) -> Response:
    """Return a copy as a file."""
    headers = {
        **_NO_STORE,
        "Content-Length": str(plain.size),
        "Content-Disposition": f'attachment; filename="{plain.name}"',
    }
    return StreamingResponse(plain.blocks(), headers=headers, media_type=plain.media_type)
