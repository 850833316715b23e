"""The request for the desired state over HTTPS: retained messages are a convenience."""

from device.link.fleet_http import FleetHttp
from protocol.messages.desired import Desired


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
