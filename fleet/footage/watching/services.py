"""What the routes of watching share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from fleet.core.app_key import AppKey
from fleet.footage.watching.opener import RecordingOpener
from fleet.footage.watching.viewings import Viewings


@dataclass(frozen=True, slots=True)
class WatchingServices:
    """The services of watching.

    Attributes:
        opener: opens recordings through the vault.
        viewings: those that are open.
    """

    opener: RecordingOpener
    viewings: Viewings


WATCHING: AppKey[WatchingServices] = AppKey("watching")

WatchingDep = Annotated[WatchingServices, Depends(WATCHING)]
