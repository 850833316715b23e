"""What the routes of releases share beside what all do."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from fleet.audit.refusing.refusals import Refusals
from fleet.core.app_key import AppKey
from fleet.core.services import Services
from fleet.footage.services import FootageServices
from fleet.imagery.services import ImportServices
from fleet.jobs.worker import Handler, JobWorker
from fleet.people.trying.shared import attempts_of
from fleet.pki.authority import Authority
from fleet.releases.links import Collecting
from fleet.releases.packages.handing import Packages
from fleet.releases.packages.import_tidying import ReleasedImportTidying
from fleet.releases.packages.making import Making
from fleet.releases.packages.searching import FaceSearching
from fleet.releases.packages.tidying import MaskedTidying

ATTEMPTS = 10
"""So many attempts at codes within a quarter of an hour, of an address or at a link."""


@dataclass(frozen=True, slots=True)
class ReleaseServices:
    """The services of releases.

    Attributes:
        packages: opens what is handed over.
        collecting: lets strangers fetch by link and code.
        making: makes what was approved, as a job.
        tidying: takes away masked parts that are handed over no more.
        searcher: searches for faces and cuts imported clips into seconds, in a thread of its own: for
            minutes, in which other jobs go on. Between these it has the tidying done.
    """

    packages: Packages
    collecting: Collecting
    making: Making
    tidying: MaskedTidying
    searcher: JobWorker


def compose_releases(
    core: Services,
    authority: Authority,
    footage: FootageServices,
    imports: ImportServices,
    refusals: Refusals,
) -> ReleaseServices:
    """Put releases together."""
    opener = imports.opener
    packages = Packages(core, footage, opener)
    attempts = attempts_of(core.database, "release-code", ATTEMPTS)
    collecting = Collecting(core, packages, attempts, refusals)
    searching, cutting = FaceSearching(core, footage, opener), imports.cutting
    owner = f"{socket.gethostname()} {os.getpid()} faces"
    tidying = MaskedTidying(core, footage)
    rounds = (tidying, ReleasedImportTidying(core, footage))
    handlers: dict[str, Handler] = {searching.kind: searching, cutting.kind: cutting}
    searcher = JobWorker(core, handlers, rounds, owner=owner[-100:])
    making = Making(core, authority, footage, opener)
    return ReleaseServices(packages, collecting, making, tidying, searcher)


RELEASES: AppKey[ReleaseServices] = AppKey("releases")

ReleasesDep = Annotated[ReleaseServices, Depends(RELEASES)]
