"""What somebody looks at under a viewing of theirs, to hide something in it or to watch its copy.

A recording and an imported clip are played, a photograph is one picture; each under a viewing of its own
kind, which was opened for a reason that was written down first.
"""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request

from fleet.core.actor import Actor
from fleet.core.problems import ProblemError
from fleet.core.services import Services
from fleet.footage.recordings.models import Recording
from fleet.footage.timeline.timeline import Timeline
from fleet.footage.watching.services import WATCHING
from fleet.imagery.models import ImportRow, ImportViewing
from fleet.imagery.rules.kinds import SecondsState
from fleet.imagery.seconds.asking import is_clip, why_not_cut
from fleet.imagery.seconds.played import laid_out_seconds, timeline_of
from fleet.imagery.services import IMPORTS
from fleet.releases.packages.plans import clock_of
from fleet.releases.rules.clock import PlayerClock
from fleet.releases.subjects import Released
from protocol.units import NS_PER_S

ENDED = "That viewing has ended. Say again why you are watching."
STILL_S = 1.0


@dataclass(frozen=True, slots=True)
class OpenedFootage:
    """What is looked at.

    Attributes:
        id: of the viewing.
        purpose: why its owner looks.
        base: the address of what is shown, without the name of the playlist.
        picture: the address of a photograph; empty of what is played.
        clock: how the player's clock goes together with that of the footage.
        starts_s: where the first of it lies.
        duration_s: how long it is.
        waits: why it cannot be shown yet; empty where it can.
        is_over: whether it will never be.
    """

    id: str
    purpose: str
    base: str
    picture: str = ""
    clock: PlayerClock = PlayerClock()  # noqa: RUF009 - it is frozen
    starts_s: float = 0.0
    duration_s: float = STILL_S
    waits: str = ""
    is_over: bool = False

    @property
    def playlist(self) -> str:
        """The address of its playlist; empty of a photograph."""
        return "" if self.picture else f"{self.base}/main.m3u8"


def opened_here(
    request: Request, services: Services, actor: Actor, of: Released, name: str
) -> tuple[OpenedFootage | None, str]:
    """Return what the actor has open of a recording or an import, or why nothing is.

    Args:
        request: the page's.
        services: of the core.
        actor: who looks.
        of: at what.
        name: the viewing's id; empty for none.
    """
    if not name:
        return None, ""
    try:
        if isinstance(of, Recording):
            viewing = WATCHING(request).viewings.get(name, actor)
            if viewing.player.arrived.summary.id != of.public_id:
                return None, ""
            timeline = viewing.player.arrived.timeline
            return _played(viewing.id, viewing.purpose, f"/api/v1/viewings/{viewing.id}", timeline), ""
        with services.readers() as session:
            row = IMPORTS(request).opener.viewing_of(session, name, actor)
    except ProblemError:
        return None, ENDED
    return (None, "") if row.import_id != of.id else (_imported(services, of, row), "")


def open_one(request: Request, actor: Actor, of: Released, purpose: str) -> str:
    """Begin to look at a recording or an import, which is written down first; return the viewing's id.

    Raises:
        ProblemError: it cannot be opened, and why.
    """
    if isinstance(of, Recording):
        return WATCHING(request).viewings.open(of.public_id, actor, purpose).id
    return IMPORTS(request).opener.view(of.id, by=actor, purpose=purpose)


def _imported(services: Services, of: ImportRow, viewing: ImportViewing) -> OpenedFootage:
    base = f"/api/v1/import-viewings/{viewing.id}"
    if not is_clip(of):
        return OpenedFootage(viewing.id, viewing.purpose, base, picture=f"{base}/media")
    with services.readers() as session:
        found = laid_out_seconds(session, of.id)
        if found is None or found.state != SecondsState.DONE:
            is_over = found is None or found.state != SecondsState.ASKED
            said = why_not_cut(found) if found is not None else ""
            return OpenedFootage(viewing.id, viewing.purpose, base, waits=said or ENDED, is_over=is_over)
        return _played(viewing.id, viewing.purpose, base, timeline_of(found))


def _played(name: str, purpose: str, base: str, timeline: Timeline) -> OpenedFootage:
    return OpenedFootage(
        name,
        purpose,
        base,
        clock=clock_of(timeline),
        starts_s=timeline.starts_ns / NS_PER_S,
        duration_s=timeline.duration_ns / NS_PER_S,
    )
