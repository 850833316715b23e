"""What can go wrong in the fleet service, as one small tree.

Every message is one clear sentence which says what was wrong and what to do: it is shown as it stands, on the
command line or as the ``detail`` of a problem document. What a route answers is in ``fleet.core.problems``.
"""

from __future__ import annotations


class FleetError(Exception):
    """Anything that the fleet service refuses or fails at, said in one sentence."""

    exit_code = 1


class FleetConfigError(FleetError):
    """The configuration cannot be used; the message names the key, the value and what is allowed."""

    exit_code = 2


class StateError(FleetError):
    """The state folder cannot be used: it is taken by another fleet, or its contents are not ours."""

    exit_code = 2


class PortTakenError(FleetError):
    """A port that the fleet was told to listen on cannot be had.

    Attributes:
        fact: the first half of the message, a sentence that says which port, what for and why not.
    """

    def __init__(self, port: int, purpose: str, why: str) -> None:
        self.fact = f"Port {port} for {purpose} {why}."
        super().__init__(
            f"{self.fact[:-1]}: choose another with --{purpose}-port, or let the fleet choose by --any-port."
        )


class BrokerError(FleetError):
    """The MQTT broker cannot be started, or does not stay up."""


class SigningRequestError(FleetError):
    """A certificate or signing request is not acceptable."""
