"""What can go wrong with a provider, each with a sentence for whoever signs in."""

from __future__ import annotations

from fleet.core.errors import FleetError


class ProviderError(FleetError):
    """The provider cannot be used now, or said something that does not hold.

    Attributes:
        status: the HTTP status of the page that says so.
    """

    status = 503


class ProviderUnreachableError(ProviderError):
    """It does not answer, or answers with an error of its own: it may be well again in a moment."""


class ProviderRefusedError(ProviderError):
    """It says of what it was shown that it is good no more: somebody has left."""

    status = 401


class TokenError(ProviderError):
    """A token that is not the provider's, not for this fleet, or not for this sign-in."""

    status = 401
