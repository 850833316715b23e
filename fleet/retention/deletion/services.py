"""What deletion is made of, for whoever puts the service together."""

from __future__ import annotations

import os
import socket
from typing import Annotated

from fastapi import Depends

from fleet.core.app_key import AppKey
from fleet.core.services import Services
from fleet.footage.services import FootageServices
from fleet.jobs.worker import JobWorker
from fleet.pki.authority import Authority
from fleet.retention.deletion.deleting import KIND, Deleting
from fleet.retention.deletion.planning import Planning

WORKER: AppKey[JobWorker] = AppKey("jobs")

WorkerDep = Annotated[JobWorker, Depends(WORKER)]


def compose(services: Services, authority: Authority, footage: FootageServices) -> JobWorker:
    """Make what does the jobs of deletion."""
    owner = f"{socket.gethostname()} {os.getpid()}"
    deleting = Deleting(services, authority, footage)
    return JobWorker(services, {KIND: deleting}, (Planning(services),), owner=owner[:100])
