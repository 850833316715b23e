"""What a camera does with its state folder before anything else, and how the cameras here are configured."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from device.config.file import check_config
from device.config.sections import Config
from device.desired import deletes_after_receipt
from device.link.identity.identity import CameraIdentity, load_identity
from device.link.messages.desired_store import load_desired
from device.recovery.recovery import Recovered, recover
from device.storage.check import check_filesystem
from device.storage.durable import make_folder
from device.storage.filesystem import Filesystem
from device.storage.layout import StateFolder
from protocol.messages.desired import Desired

STATE = Path("/state")
WINDOW_S = 6


def config(root: Path = STATE, *, after_receipt: str = "delete") -> Config:
    return check_config(
        {
            "camera": {
                "state_dir": str(root),
                "require_assignment": False,
                "window_s": WINDOW_S,
                "roll_over_min": 0.05,
            },
            "storage": {"segment_chunks": 3, "after_receipt": after_receipt, "reserve_mib": 1},
        }
    )


@dataclass(frozen=True, slots=True)
class Found:
    """What a camera has when it has started: who it is, its recordings, and the last desired state."""

    identity: CameraIdentity
    recovered: Recovered
    desired: Desired | None


def start(filesystem: Filesystem, settings: Config) -> Found:
    """What a camera does with its state folder before anything else (see ``device.running``).

    Raises:
        NotEnrolledError: It has never been enrolled.
        DeviceError: It cannot start.
    """
    folders = StateFolder(settings.camera.state_dir)
    identity = load_identity(folders.root, filesystem)
    check_filesystem(filesystem, folders.root)
    for folder in (folders.ring, folders.recordings, folders.receipts, folders.consent, folders.commands):
        make_folder(filesystem, folder)
    desired = load_desired(folders.root, identity.camera, filesystem)
    recovered = recover(filesystem, folders, delete=deletes_after_receipt(settings, desired))
    return Found(identity, recovered, desired)


def identity_digest(identity: CameraIdentity) -> str:
    """Which certificate an identity has."""
    return hashlib.sha256(identity.certificate.public_bytes(Encoding.DER)).hexdigest()
