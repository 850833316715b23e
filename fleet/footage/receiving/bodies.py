"""Receiving request bodies of any length into the spool, without holding them in memory or a worker thread.

Rules:
- the digest (RFC 9530 ``Content-Digest``) is compared before the body can become an object;
- a body that is cut, too long, or of another digest leaves nothing behind;
- a camera sends no more than its allowance (``camera_allowances``), and is looked at again once its body has
  come: one that was taken out of service meanwhile is refused (L1);
- why it was refused is in the audit log, where it says something of the camera;
- bytes are written in blocks of about a mebibyte by worker threads: the event loop never waits for the disk,
  and receives the next block while one is written. No thread waits for a camera.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from fleet.audit.services import AUDIT
from fleet.cameras.identity import CameraDep, check_camera_again
from fleet.core.actor import camera_actor
from fleet.core.problems import ProblemError
from fleet.footage.receiving.block_writer import BlockWriter
from fleet.footage.receiving.services import RECEIVING
from fleet.footage.store.spool import Incoming, Spooled, TooLargeError
from fleet.people.sessions import origin_of
from protocol.messages.uploads import parse_content_digest
from protocol.units import MIB

_TOLD = frozenset({"camera_rate", "camera_quota", "number_too_far"})


async def spooled_body(request: Request, camera: CameraDep) -> AsyncIterator[Spooled]:
    """FastAPI dependency: the request's body in the spool, of the digest that its header states.

    Raises:
        ProblemError: 400 there is no usable digest, or the body is cut or of another digest; 403 the camera
            was taken out of service meanwhile; 413 it is too long; 429 and 507 the camera may send no more
            for now, or the disk cannot take it; 503 the database does not answer.
    """
    try:
        async with contextlib.aclosing(_spooled(request, camera.id)) as bodies:
            async for body in bodies:
                yield body
    except ProblemError as problem:
        if problem.code in _TOLD:
            await run_in_threadpool(write_refused, request, camera.id, problem)
        raise


def write_refused(request: Request, camera: str, problem: ProblemError) -> None:
    """Write down that a camera was refused, where that says something of the camera."""
    if problem.code in _TOLD:
        who, detail = camera_actor(camera).at(origin_of(request).address), {"code": problem.code}
        AUDIT(request).refusals.write(who, "cameras:upload:refuse", camera, detail=detail)


async def _spooled(request: Request, camera: str) -> AsyncGenerator[Spooled]:
    receiving = RECEIVING(request)
    limit = receiving.limit
    digest = _stated_digest(request)
    _check_length(request, limit)
    try:
        incoming = await run_in_threadpool(receiving.spool.receive, limit)
    except OSError as error:
        raise _no_room(error) from error
    try:
        body = await _receive(request, incoming, limit, camera)
        if body.sha256 != digest:
            raise ProblemError(
                400, "digest_differs", "The body is not of the digest that its Content-Digest states."
            )
        yield body
    finally:
        await run_in_threadpool(incoming.close)


SpooledBody = Annotated[Spooled, Depends(spooled_body)]


async def _receive(request: Request, incoming: Incoming, limit: int, camera: str) -> Spooled:
    allowances = RECEIVING(request).allowances

    def write(data: bytearray) -> None:
        allowances.take(camera, len(data))
        incoming.write(data)

    def finish(data: bytearray) -> Spooled:
        write(data)
        body = incoming.finish()
        check_camera_again(request)
        return body

    writer = BlockWriter(write)
    try:
        async for data in request.stream():
            await writer.add(data)
        return await run_in_threadpool(finish, await writer.rest())
    except TooLargeError as error:
        raise _too_large(limit) from error
    except ClientDisconnect as error:
        raise ProblemError(400, "body_cut", "The body was cut off before its end; send it again.") from error
    except OSError as error:
        raise _no_room(error) from error
    finally:
        await writer.ended()


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
