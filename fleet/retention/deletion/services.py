"""What deletion is made of, for whoever puts the service together."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from fleet.core.app_key import AppKey
from fleet.core.services import Services
from fleet.footage.services import FootageServices
from fleet.jobs.worker import Handler, JobWorker, Round
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


def compose(
    services: Services,
    authority: Authority,
    footage: FootageServices,
    handlers: Mapping[str, Handler],
    rounds: Sequence[Round],
) -> DeletionServices:
    """Put deletion together.

    Args:
        services: what all share.
        authority: signs certificates.
        footage: what is deleted.
        handlers: who does other kinds of jobs in the same thread.
        rounds: what asks for those.
    """
    owner = f"{socket.gethostname()} {os.getpid()}"
    deleting = Deleting(services, authority, footage)
    again = DeletingAgain(services, footage.store, Certificates(authority, footage.store, footage.spool))
    looks: tuple[Round, ...] = (again, Planning(services), *rounds)
    worker = JobWorker(services, {KIND: deleting, **handlers}, looks, owner=owner[:100])
    return DeletionServices(worker, again)
