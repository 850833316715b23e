"""What can go wrong with stored footage. Refusals of a request are ``ProblemError`` instead."""

from __future__ import annotations

from fleet.core.errors import FleetError


class StoreError(FleetError):
    """The footage store does not do what it was asked; the message says what and where."""


class ObjectMissingError(StoreError):
    """There is no object of that key, although something says that there should be."""


class NotCreateOnlyError(StoreError):
    """The store overwrites objects that it was asked to create only, so footage could be replaced in it."""

    exit_code = 2


class MediaError(FleetError):
    """A decrypted part is not the CMAF file that it should be; the message says what is wrong with it."""


class PlaybackError(FleetError):
    """A recording cannot be played or exported, or not this piece of it; the message says why."""
