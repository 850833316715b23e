"""What is said of what was found, and what to do about it. Pure.

Limits:
- a disk is short of room below ``SHORT`` of it, and nearly full below ``FULL``;
- a database that takes longer than ``SLOW_S`` for nothing at all is slow.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from fleet.health.reading import Condition, Reading
from fleet.vault.keybox import OpenedBy
from fleet.vault.sealed import UNSEALED_BY, UPLOADS, Sealed
from protocol.units import GIB, MIB

_MS = 0.001
SHORT, FULL = 0.15, 0.05
SLOW_S = 0.5
WARN_BEFORE = timedelta(days=180)

_BACK = {
    OpenedBy.KEY_FILE: "Put right what is wrong with its key file.",
    OpenedBy.HARDWARE: "Put right what is wrong with its hardware module.",
}
DIRECT = "Straight to the store"
_LOG = "What it printed last is in the service's log."


def disk_reading(name: str, free: int | None, total: int | None) -> Reading:
    """Say how much room is left; ``free`` and ``total`` are in bytes, None where it could not be asked."""
    if free is None or not total:
        step = "See that the folder is there and that the service may read it."
        return Reading(name, Condition.UNKNOWN, "How much room is left is not known.", step)
    share = free / total
    said = f"{free / GIB:.1f} GiB of {total / GIB:.1f} GiB are free ({share:.0%})."
    step = "Make room, or move the state folder to a larger disk: cameras keep what finds no room here."
    if share < FULL:
        return Reading(name, Condition.BAD, said, step)
    return (
        Reading(name, Condition.WORSE, said, step) if share < SHORT else Reading(name, Condition.GOOD, said)
    )


def database_reading(kind: str, size: int | None, took_s: float) -> Reading:
    """Say how a database that answered does; ``size`` is in bytes, None where it is not known."""
    of_size = f", {size / MIB:.1f} MiB" if size is not None else ""
    took = f"{took_s * 1000:.0f} ms" if took_s >= _MS else "less than a millisecond"
    said = f"{kind}{of_size}; it answered in {took}."
    if took_s > SLOW_S:
        step = "It is slow: look what else its machine does, and whether its disk is well."
        return Reading("Database", Condition.WORSE, said, step)
    return Reading("Database", Condition.GOOD, said)


def store_reading(where: str, fault: str | None, *, keeps_versions: bool = False) -> Reading:
    """Say whether the footage store answers; ``fault`` is why it does not."""
    if fault is None and keeps_versions:
        said = (
            f"{where}; it answers, and was found to keep old versions of objects: nothing is deleted from it."
        )
        step = "Use a bucket without versions, and start the service anew."
        return Reading("Footage store", Condition.BAD, said, step)
    if fault is None:
        return Reading("Footage store", Condition.GOOD, f"{where}; it answers.")
    step = (
        "Uploads are refused as long as it takes nothing, and cameras keep what was not taken. See that the "
        "store runs, and that the service may use it."
    )
    return Reading(
        "Footage store", Condition.BAD, f"{where}; it did not do what it was asked: {fault}.", step
    )


def direct_reading(why_not: str | None) -> Reading:
    """Say whether cameras put segments straight into the store; ``why_not`` is why they do not."""
    if why_not is None:
        said = (
            "Cameras that know of it are given addresses of the store for longer segments: it held all that "
            "was signed when this process started."
        )
        return Reading(DIRECT, Condition.GOOD, said)
    step = (
        "Footage goes through the fleet, as it does without. Put that right and start the service anew, or "
        "turn footage.direct off."
    )
    return Reading(DIRECT, Condition.WORSE, f"No camera is given an address of the store: {why_not}.", step)


def vault_reading(sealed: Sealed | None, recipients: int) -> Reading:
    """Say whether footage can be opened, and until when it cannot."""
    keys = "1 key" if recipients == 1 else f"{recipients} keys"
    if sealed is None:
        return Reading("Vault", Condition.GOOD, f"It is open, and holds {keys} that cameras seal to.")
    said = f"It is sealed: no footage can be opened until {sealed.until}. {sealed.why}".rstrip()
    step = UNSEALED_BY if sealed.waits_for_people else _BACK[sealed.opener.by]
    return Reading("Vault", Condition.BAD, said, f"{step} {UPLOADS}")


def broker_reading(connected: datetime | None, lost: datetime | None, why: str, since: str) -> Reading:
    """Say whether the service hears its broker.

    Args:
        connected: since when it is connected; None while it is not.
        lost: when the last connection ended; None if there was none yet.
        why: what ended it.
        since: ``connected``, or else ``lost``, in words.
    """
    if connected is not None:
        return Reading("Broker", Condition.GOOD, f"The service is connected to it, since {since}.")
    if lost is None:
        return Reading(
            "Broker",
            Condition.UNKNOWN,
            "The service has not been connected to it since it was started.",
            _LOG,
        )
    step = (
        "No camera is heard without it; recording does not need it. The service tries again by itself. "
        f"{_LOG}"
    )
    return Reading("Broker", Condition.BAD, f"The connection ended at {since}: {why}", step)


def broker_elsewhere() -> Reading:
    """Say that another process of this fleet has the broker."""
    said = "Another process of this fleet has it; this one takes it over once that one ends."
    return Reading("Broker", Condition.UNKNOWN, said, "How it is doing is on that process's own page.")


def certificates_reading(ended: int, ending: int, enrolled: int) -> Reading:
    """Say how the certificates of the enrolled cameras are; ``ending`` is how many end within two weeks."""
    if not enrolled:
        return Reading("Cameras' certificates", Condition.GOOD, "No camera is enrolled.")
    cameras = "1 camera" if enrolled == 1 else f"{enrolled} cameras"
    step = "A camera renews its own while it is connected: dock those that were not heard for long."
    if ended:
        said = f"{ended} of {cameras} {'has' if ended == 1 else 'have'} one that has ended."
        return Reading(
            "Cameras' certificates", Condition.BAD, said, f"{step} One that has ended is enrolled anew."
        )
    if ending:
        said = f"{ending} of {cameras} {'has' if ending == 1 else 'have'} one that ends within two weeks."
        return Reading("Cameras' certificates", Condition.WORSE, said, step)
    return Reading(
        "Cameras' certificates", Condition.GOOD, f"Those of {cameras} are good for two weeks or more."
    )
