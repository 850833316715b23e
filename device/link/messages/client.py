"""The request for the desired state over HTTPS: retained messages are a convenience."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.messages.desired import Desired

if TYPE_CHECKING:
    from device.link.fleet_http import FleetHttp


class DesiredStateClient:
    """Asks the fleet what it wants of this camera. Thread-safe.

    Args:
        http: The connections.
    """

    def __init__(self, http: FleetHttp) -> None:
        self._http = http

    def desired(self) -> Desired:
        """What the fleet wants of this camera.

        Raises:
            LinkError: There is no answer, or a refusal; see ``device.link.fleet_http``.
        """
        return self._http.read(self._http.send("GET", "/desired"), Desired)
