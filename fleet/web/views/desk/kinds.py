"""The kinds of alerts of what the desk looks at. Pure data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from fleet.alerts.rules.kinds import BAD
from fleet.alerts.rules.kinds import AlertKind as Kind
from fleet.core.actor import Role
from fleet.web.views.desk.grouping import Alike

_SHORT, _LONG = timedelta(minutes=5), timedelta(minutes=15)
_KEEPERS = frozenset({Role.CCTV_MANAGER, Role.HEAD_OF_SAFETY, Role.DATA_PROTECTION_OFFICER})

DOUBLED = Kind(
    "camera.two-devices", "Two devices with one identity", Alike.DOUBLED, BAD, "alert-triangle", urgent=True
)
TROUBLE = Kind(
    "camera.trouble", "A camera says that something is wrong", Alike.TROUBLE, BAD, urgent=True, settles=_SHORT
)
CAPTURES_NOTHING = Kind(
    "camera.captures-nothing",
    "A camera captures nothing of use",
    Alike.CAPTURES_NOTHING,
    BAD,
    "eye-off",
    urgent=True,
    settles=timedelta(minutes=1),
)
NOT_TAKEN_ON = Kind("camera.not-taken-on", "A camera could not do what was asked", Alike.NOT_TAKEN_ON)
BATTERY = Kind("camera.battery", "Battery low", Alike.LOW_BATTERY, icon="battery-2", settles=_SHORT)
STORAGE = Kind("camera.storage", "Storage nearly full", Alike.FULL_STORAGE, icon="database", settles=_SHORT)
CERTIFICATE = Kind("camera.certificate", "Certificate of a camera", Alike.CERTIFICATE_ENDS, icon="key")
CLOCK = Kind("camera.clock", "Clock not set", Alike.CAMERA_CLOCK, icon="clock-exclamation", settles=_LONG)
NOT_HEARD = Kind(
    "camera.not-heard", "A camera that is out is not heard", Alike.NOT_HEARD, icon="wifi-off", settles=_LONG
)
NOT_ARRIVED = Kind(
    "recording.not-arrived",
    "A recording has not arrived",
    "At least {number} recordings have not arrived.",
    icon="cloud-upload",
    settles=_LONG,
)
REFUSED = Kind("recording.refused", "A recording was refused", Alike.REFUSED, BAD, "shield-x", urgent=True)
ALTERED = Kind("recording.altered", "A recording was altered", Alike.ALTERED, BAD, "shield-x", urgent=True)
CUT_SHORT = Kind("recording.cut-short", "A recording is held without an end", Alike.CUT_SHORT, BAD)
CONTRADICTED = Kind("recording.contradicted", "Recordings contradict each other", Alike.CONTRADICTED, BAD)
OF_NO_USE = Kind("recording.of-no-use", "A recording is not all of use", Alike.OF_NO_USE, icon="eye-off")
LATE = Kind("recording.late", "A recording is late", Alike.LATE, icon="cloud-upload")
MADE_BY_NOBODY = Kind("recording.nobody", "Made while nobody had it", Alike.MADE_BY_NOBODY, icon="user")
WEARER_NOT_KNOWN = Kind("recording.wearer", "Who wore it is not known", Alike.WEARER_NOT_KNOWN, icon="user")
WEARER_DISPUTED = Kind(
    "recording.wearer-disputed", "Who wore it is disputed", Alike.WEARER_DISPUTED, icon="user"
)
LEFT_OUT = Kind(
    "recording.left-out",
    "Recordings that are not looked at",
    "Not all recordings that are late or refused are looked at.",
    BAD,
)

DESK: Mapping[Alike, Kind] = {
    Alike.TROUBLE: TROUBLE,
    Alike.LAST_TROUBLE: TROUBLE,
    Alike.CAPTURES_NOTHING: CAPTURES_NOTHING,
    Alike.DOUBLED_NOW: DOUBLED,
    Alike.DOUBLED: DOUBLED,
    Alike.NOT_TAKEN_ON: NOT_TAKEN_ON,
    Alike.LOW_BATTERY: BATTERY,
    Alike.FULL_STORAGE: STORAGE,
    Alike.CERTIFICATE_ENDS: CERTIFICATE,
    Alike.CERTIFICATE_ENDED: CERTIFICATE,
    Alike.CAMERA_CLOCK: CLOCK,
    Alike.NOT_HEARD: NOT_HEARD,
    Alike.NOT_ARRIVED: NOT_ARRIVED,
    Alike.REFUSED: REFUSED,
    Alike.ALTERED: ALTERED,
    Alike.CUT_SHORT: CUT_SHORT,
    Alike.CONTRADICTED: CONTRADICTED,
    Alike.OF_NO_USE: OF_NO_USE,
    Alike.LATE: LATE,
    Alike.MADE_BY_NOBODY: MADE_BY_NOBODY,
    Alike.WEARER_NOT_KNOWN: WEARER_NOT_KNOWN,
    Alike.WEARER_DISPUTED: WEARER_DISPUTED,
}
"""The kind of each finding of Today."""
OF_CAMERAS = (
    *(DOUBLED, TROUBLE, CAPTURES_NOTHING, NOT_TAKEN_ON, BATTERY, STORAGE, CERTIFICATE, CLOCK, NOT_HEARD),
    NOT_ARRIVED,
)
OF_RECORDINGS = (
    *(REFUSED, ALTERED, CUT_SHORT, CONTRADICTED, OF_NO_USE, LATE),
    *(MADE_BY_NOBODY, WEARER_NOT_KNOWN, WEARER_DISPUTED),
)

VAULT_SEALED = Kind(
    "vault.sealed", "The vault is sealed", "{number} vaults are sealed.", BAD, "lock", urgent=True
)
DISK = Kind(
    "service.disk", "The disk is nearly full", "{number} disks are nearly full.", BAD, "database", urgent=True
)
AUTHORITY = Kind(
    "service.authority",
    "The certificate of the fleet's authority ends",
    "{number} certificates of authorities end.",
    BAD,
    "key",
)
HOLD_OVERDUE = Kind(
    "retention.hold-overdue",
    "A hold should have been looked at",
    "{number} holds should have been looked at.",
    icon="lock",
    roles=_KEEPERS,
)
DELETION_DUE = Kind(
    "retention.deletion-due",
    "Recordings that show an incident are to be deleted",
    "{number} times recordings that show an incident are to be deleted.",
    icon="trash",
    roles=_KEEPERS,
)
DELETION_STUCK = Kind(
    "retention.deletion-stuck",
    "Deletions do not get done",
    "{number} times deletions do not get done.",
    icon="trash",
    roles=_KEEPERS,
)
CLOCK_DOUBTED = Kind(
    "retention.clock-doubted",
    "Deletion waits: the clock was moved, or the service did not run",
    "{number} times deletion waits: the clock was moved, or the service did not run.",
    icon="clock",
    roles=_KEEPERS | frozenset({Role.ADMINISTRATOR}),
)
SERVICE = (VAULT_SEALED, DISK, AUTHORITY)
