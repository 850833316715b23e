"""What deletion is made of, for whoever puts the service together."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from fleet.core.app_key import AppKey
from fleet.core.services import Services
from fleet.footage.services import FootageServices
from fleet.jobs.worker import JobWorker
from fleet.pki.authority import Authority
from fleet.retention.deletion.again import DeletingAgain
from fleet.retention.deletion.certificates import Certificates
from fleet.retention.deletion.deleting import KIND, Deleting
from fleet.retention.deletion.planning import Planning

WORKER: AppKey[JobWorker] = AppKey("jobs")

WorkerDep = Annotated[JobWorker, Depends(WORKER)]


@dataclass(frozen=True, slots=True)
class DeletionServices:
    """The services of deletion: what does its jobs, and what finds what is here again."""

    worker: JobWorker
    again: DeletingAgain


def compose(services: Services, authority: Authority, footage: FootageServices) -> DeletionServices:
    """Put deletion together."""
    owner = f"{socket.gethostname()} {os.getpid()}"
    deleting = Deleting(services, authority, footage)
    again = DeletingAgain(services, footage.store, Certificates(authority, footage.store, footage.spool))
    rounds = (again, Planning(services))
    return DeletionServices(JobWorker(services, {KIND: deleting}, rounds, owner=owner[:100]), again)
