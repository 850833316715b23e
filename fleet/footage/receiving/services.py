"""What the routes of receiving share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from fleet.core.app_key import AppKey
from fleet.footage.receiving.camera_allowances import CameraAllowances
from fleet.footage.receiving.completion import Completion
from fleet.footage.receiving.stopping import Stopping
from fleet.footage.receiving.uploads import Uploads
from fleet.footage.store.spool import Spool
from protocol.messages.uploads import DirectOffer


@dataclass(frozen=True, slots=True)
class ReceivingServices:
    """The services of receiving.

    Attributes:
        spool: takes bodies in.
        uploads: makes segments and ledger pieces of them.
        stopping: takes a person's word that no more will come.
        completion: takes the word that this is all, and hands out receipts.
        limit: the longest body, in bytes.
        allowances: what each camera may send.
        offer: what a camera is told of going straight to the store; None while everything goes through here.
    """

    spool: Spool
    uploads: Uploads
    completion: Completion
    stopping: Stopping
    limit: int
    allowances: CameraAllowances
    offer: Callable[[], DirectOffer | None] = lambda: None


RECEIVING: AppKey[ReceivingServices] = AppKey("receiving")

ReceivingDep = Annotated[ReceivingServices, Depends(RECEIVING)]
