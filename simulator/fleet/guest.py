"""What the simulator brings to a fleet that is somebody else's, and takes away again.

Rules:

* A camera or an officer is noted before anything else is done with it; so an end at any moment finds all of
  them.
* At the end cameras are revoked, which takes them back from their officers, and then officers are retired.
  What does not come about keeps nothing else from being taken away, and is said.
* Holds that it placed are ended: a fleet would keep what they are on for ever.
* Officers are new ones with names of their own: nobody who is there already is handed a camera.

What a fleet keeps for good stays: recordings, the audit log, and the names of what was revoked and retired.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.errors import FleetServiceError, FleetUnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.fleet.api import FleetApi
    from simulator.fleet.site import OtherFleet

PURPOSE = "Simulator: the run that it was made for is over"


def guest_at(fleet: OtherFleet | None) -> FleetGuest | None:
    """A guest at a fleet, under a name that no other run has; none where nothing is to be taken away."""
    if fleet is None or fleet.reuse is not None:
        return None
    return FleetGuest(f"Simulator {secrets.token_hex(3)} officer")


@dataclass(slots=True)
class FleetGuest:
    """What one run has at a fleet.

    Attributes:
        name: What its officers are called, with a number behind it; no other run's are.
        cameras: The cameras that it enrolled.
        officers: The officers that it added: name and id.
        held: The recordings on which it may have placed a hold, with that hold's owner and reason.
        left: What is still there after ``leave``, in words.
    """

    name: str
    cameras: list[str] = field(default_factory=list)
    officers: dict[str, str] = field(default_factory=dict)
    held: list[tuple[str, str, str]] = field(default_factory=list)
    left: tuple[str, ...] = ()

    def hand_out(self, api: FleetApi, camera: str) -> str:
        """Hand a camera to an officer who is added for it, and return what the fleet calls that.

        Raises:
            FleetServiceError: The fleet refused.
        """
        name = f"{self.name} {len(self.officers) + 1}"
        self.officers[name] = api.add_officer(name)
        return api.assign(camera, self.officers[name])

    def leave(self, api: FleetApi) -> None:
        """Take everything away again, as far as the fleet lets it; ``left`` has the rest."""
        lacking: list[tuple[str, Callable[[], None]]] = [
            *(
                (f"a hold on recording {each[0]}", lambda each=each: _release(api, *each))
                for each in dict.fromkeys(self.held)
            ),
            *((f"camera {each}", lambda each=each: api.revoke(each, PURPOSE)) for each in self.cameras),
            *(
                (f"officer {name!r}", lambda known=known: api.retire(known))
                for name, known in self.officers.items()
            ),
        ]
        left: list[str] = []
        try:
            while lacking:
                what, take_away = lacking[0]
                try:
                    take_away()
                except FleetUnreachableError:
                    return
                except FleetServiceError as error:
                    left.append(f"{what} ({str(error).rstrip('.')})")
                lacking.pop(0)
        finally:
            self.left = (*left, *(what for what, _ in lacking))


def _release(api: FleetApi, recording: str, owner: str, reason: str) -> None:
    """End the holds on a recording that have this owner and this reason; those of others stay."""
    for each in api.holds(recording):
        if (each.owner, each.reason) == (owner, reason):
            api.release(each.id, PURPOSE)
