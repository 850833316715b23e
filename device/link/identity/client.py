"""The request for the camera's next certificate."""

from __future__ import annotations

import json

from pydantic import BaseModel, ConfigDict

from device.link.fleet_http import JSON_HEADERS, FleetHttp


class Renewed(BaseModel):
    """The answer to a renewal: the next certificate, and the authority that issued it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    certificate_pem: str
    authority_pem: str


class RenewalClient:
    """Asks the fleet for certificates. Thread-safe.

    Args:
        http: The connections.
    """

    def __init__(self, http: FleetHttp) -> None:
        self._http = http

    def renew(self, request_pem: str) -> Renewed:
        """The camera's next certificate, for a signing request by its present key.

        Raises:
            LinkError: There is no answer, or a refusal; see ``device.link.fleet_http``.
        """
        body = json.dumps({"csr_pem": request_pem}).encode()
        answer = self._http.send("POST", "/certificate", content=body, headers=JSON_HEADERS)
        return self._http.read(answer, Renewed)
