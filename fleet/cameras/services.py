"""What the routes and tasks of cameras share beside what all do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from fastapi import Depends

from fleet.cameras.broker_link import BrokerLink
from fleet.cameras.numbering.numbers import CameraNumbers
from fleet.cameras.wearers import Wearers
from fleet.core.app_key import AppKey
from fleet.core.services import Services
from fleet.pki.authority import Authority
from protocol.messages.enrolment import RecipientKey
from protocol.messages.events import CameraEvent
from protocol.messages.status import Status

NewsHandler = Callable[[Sequence[CameraEvent], datetime], Iterable[tuple[str, str]]]
"""Called with pieces of news, none of which it keeps where it raises, and the time they were received.

It returns what it refuses for a camera's mistake: each its camera and why.
"""

StatusHandler = Callable[[Status], None]
"""Called with a live status of an enrolled camera; raises nothing for a camera's mistake."""


@dataclass(frozen=True, slots=True)
class CameraServices:
    """The services of cameras.

    Attributes:
        core: what every domain shares.
        authority: the fleet's certificate authority.
        recipients: returns whom cameras seal their footage to now; the vault knows.
        wearers: who wears which camera.
        numbers: gives numbers to cameras.
        news: called one after the other, in a worker thread, with valid pieces of cameras' news.
        statuses: the same for each live status, once it is kept.
        broker: how the connection to the broker is.
    """

    core: Services
    authority: Authority
    recipients: Callable[[], tuple[RecipientKey, ...]]
    wearers: Wearers
    numbers: CameraNumbers
    news: tuple[NewsHandler, ...]
    statuses: tuple[StatusHandler, ...] = ()
    broker: BrokerLink = field(default_factory=BrokerLink)


CAMERAS: AppKey[CameraServices] = AppKey("cameras")

CamerasDep = Annotated[CameraServices, Depends(CAMERAS)]
