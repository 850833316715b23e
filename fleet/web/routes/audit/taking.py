"""Taking entries of the audit log away: as JSON lines that can be checked offline, and as a table."""

from __future__ import annotations

from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import Annotated
from zipfile import ZIP_DEFLATED, ZipFile

from fastapi import APIRouter, Depends
from fastapi.responses import Response, StreamingResponse

from fleet.audit.checkpoints.places import signed_in
from fleet.audit.export import HEADINGS, ExportHead, PieceMaker, Shown, cells, head_line, piece_line
from fleet.audit.log import record
from fleet.audit.rows import UnreadableEntryError, iter_stored
from fleet.audit.search import EntryFilter
from fleet.audit.services import AuditDep, AuditServices
from fleet.core.actor import Actor
from fleet.core.errors import FleetError
from fleet.core.problems import ProblemError
from fleet.core.services import Services, ServicesDep
from fleet.people.access import Permission, require
from fleet.web.faults import PageRoute
from fleet.web.routes.audit.looked_up import filter_of
from fleet.web.routes.audit.reading import log_search
from fleet.web.views.audit.search import LogSearch
from fleet.web.views.csv_rows import csv_text
from fleet.web.views.moments import iso
from protocol.units import MIB

router = APIRouter(route_class=PageRoute)

Reader = Annotated[Actor, Depends(require(Permission.SEE_AUDIT, confirmed=True))]

_BLOCK = 1 << 16
_README = """How to check these entries

log.jsonl holds the entries that were looked for, and hashes in place of all others; log.csv is the same
entries as a table; checkpoint.txt is the checkpoint that they are of; audit.key is the key that has signed
it, which you should have by another way as well.

    lapel-fleet audit verify --log log.jsonl --csv log.csv --key audit.key

With checkpoints that you kept, add --checkpoint FOLDER. What is looked for is in the first line of log.jsonl.
"""


@router.post("/audit/export")
def export_form(
    services: ServicesDep, audit: AuditDep, actor: Reader, search: Annotated[LogSearch, Depends(log_search)]
) -> Response:
    """Send the entries that fit with what it takes to check them; the log says first who took what."""
    with services.sessions.begin() as session:
        wanted, fault = filter_of(session, search)
        if fault is not None:
            raise ProblemError(422, "search_unusable", str(fault))
        record(session, actor, "audit:log:export", "log", detail={"looked for": search.words})
    try:
        signed = audit.schedule.maker.make().signed
    except FleetError as error:
        raise ProblemError(
            503, "no_checkpoint", f"Nothing that can be checked can be taken now. {error}"
        ) from error
    about = {
        "looked for": search.words,
        "by": actor.label,
        "made": iso(services.clock()),
    }
    head = ExportHead(signed, audit.schedule.maker.signer.key.text, about)
    headers = {"Content-Disposition": 'attachment; filename="audit-log.zip"', "Cache-Control": "no-store"}
    blocks = _zip_blocks(services, audit, head, wanted)
    return StreamingResponse(blocks, media_type="application/zip", headers=headers)


class _Drain:
    """A file that is written to and never read back: what was written is taken out block by block."""

    def __init__(self) -> None:
        self._blocks: list[bytes] = []

    def write(self, data: bytes, /) -> int:
        self._blocks.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is open."""

    def take(self) -> bytes:
        taken, self._blocks = b"".join(self._blocks), []
        return taken


def _zip_blocks(
    services: Services, audit: AuditServices, head: ExportHead, wanted: EntryFilter
) -> Iterator[bytes]:
    drain = _Drain()
    with (
        SpooledTemporaryFile(max_size=4 * MIB) as table,
        ZipFile(drain, "w", ZIP_DEFLATED) as archive,
    ):
        table.write(("\ufeff" + csv_text([HEADINGS])).encode("utf-8"))
        with archive.open("log.jsonl", "w", force_zip64=True) as lines:
            for number, text in enumerate(_lines(services, audit, head, wanted, table)):
                lines.write(text.encode("utf-8"))
                if number % 1000 == 0:
                    yield drain.take()
        table.seek(0)
        with archive.open("log.csv", "w", force_zip64=True) as rows:
            while block := table.read(_BLOCK):
                rows.write(block)
                yield drain.take()
        archive.writestr("checkpoint.txt", head.signed.note)
        archive.writestr("audit.key", head.key + "\n")
        archive.writestr("README.txt", _README)
    yield drain.take()


def _lines(
    services: Services,
    audit: AuditServices,
    head: ExportHead,
    wanted: EntryFilter,
    table: SpooledTemporaryFile[bytes],
) -> Iterator[str]:
    maker = audit.schedule.maker
    sizes = [each.checkpoint.size for each in signed_in(maker.places[0], [maker.signer.key])]
    pieces, size = PieceMaker(sizes), head.signed.checkpoint.size
    yield head_line(head)
    with services.readers() as session:
        try:
            for entry, _digest in iter_stored(session):
                if entry.number > size:
                    break
                shown = wanted.fits(entry)
                for piece in pieces.add(entry, shown=shown):
                    yield piece_line(piece)
                    if isinstance(piece, Shown):
                        table.write(csv_text([cells(piece.entry)]).encode("utf-8"))
        except UnreadableEntryError as error:
            # The file ends here, and whoever checks it is told that it is not whole.
            raise FleetError(f"The export was broken off: an entry cannot be read, for {error}.") from error
    yield from map(piece_line, pieces.finish())
