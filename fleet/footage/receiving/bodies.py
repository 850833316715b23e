"""Receiving request bodies of any length into the spool, without holding them in memory or a worker thread.

Rules:
- the digest (RFC 9530 ``Content-Digest``) is compared before the body can become an object;
- a body that is cut, too long, or of another digest leaves nothing behind;
- bytes are written in blocks of about a mebibyte by worker threads: the event loop never waits for the disk.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from fleet.core.problems import ProblemError
from fleet.footage.receiving.services import RECEIVING
from fleet.footage.store.spool import Incoming, Spooled, TooLargeError
from protocol.messages.uploads import parse_content_digest
from protocol.units import MIB

_BLOCK = MIB


async def spooled_body(request: Request) -> AsyncIterator[Spooled]:
    """FastAPI dependency: the request's body in the spool, of the digest that its header states.

    Raises:
        ProblemError: 400 there is no usable digest, or the body is cut or of another digest; 413 it is
            too long; 507 the disk cannot take it.
    """
    receiving = RECEIVING(request)
    limit = receiving.limit
    digest = _stated_digest(request)
    _check_length(request, limit)
    try:
        incoming = await run_in_threadpool(receiving.spool.receive, limit)
    except OSError as error:
        raise _no_room(error) from error
    try:
        body = await _receive(request, incoming, limit)
        if body.sha256 != digest:
            raise ProblemError(
                400, "digest_differs", "The body is not of the digest that its Content-Digest states."
            )
        yield body
    finally:
        await run_in_threadpool(incoming.close)


SpooledBody = Annotated[Spooled, Depends(spooled_body)]


async def _receive(request: Request, incoming: Incoming, limit: int) -> Spooled:
    block = bytearray()
    try:
        async for data in request.stream():
            block += data
            if len(block) >= _BLOCK:
                await run_in_threadpool(incoming.write, bytes(block))
                block.clear()
        await run_in_threadpool(incoming.write, bytes(block))
        return await run_in_threadpool(incoming.finish)
    except TooLargeError as error:
        raise _too_large(limit) from error
    except ClientDisconnect as error:
        raise ProblemError(400, "body_cut", "The body was cut off before its end; send it again.") from error
    except OSError as error:
        raise _no_room(error) from error


def _stated_digest(request: Request) -> bytes:
    header = request.headers.get("content-digest")
    if header is None:
        raise ProblemError(
            400, "digest_needed", "A body of footage needs a Content-Digest header with its sha-256."
        )
    try:
        return parse_content_digest(header)
    except ValueError as error:
        raise ProblemError(400, "digest_unusable", f"{str(error)[:1].upper()}{str(error)[1:]}.") from error


def _check_length(request: Request, limit: int) -> None:
    header = request.headers.get("content-length", "")
    if header.isdigit() and int(header) > limit:
        raise _too_large(limit)


def _no_room(error: OSError) -> ProblemError:
    detail = f"The fleet cannot store what was sent now: {error.strerror}."
    return ProblemError(507, "storage_failed", detail, headers={"Retry-After": "30"})


def _too_large(limit: int) -> ProblemError:
    detail = f"A segment or ledger piece is at most {limit // MIB} MiB; footage.max_segment_mib sets this."
    return ProblemError(413, "body_too_large", detail)
