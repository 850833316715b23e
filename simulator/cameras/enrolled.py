"""A virtual camera's place in a fleet: enrolling it, and where its fleet is today.

Rules:

* Enrolment is the device's own, with a real one-time code.
* Afterwards the camera's connections go over the simulator's lines, which have other ports each time; so the
  addresses in its enrolment are set before each start. Nothing else of its identity is touched.
* The fleet's true addresses stay beside the camera's state folder.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from itertools import count
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import SecretStr

from device.errors import DeviceError
from device.link.identity.enrol import enrol
from device.link.identity.identity import ENROLMENT_FILE, FOLDER, Enrolment
from device.storage.durable import replace
from device.storage.filesystem import PosixFilesystem
from simulator.errors import CameraError
from simulator.network.endpoint import Endpoint

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import httpx

    from simulator.cameras.spec import CameraSpec

PLACE_FILE = "fleet.json"


@dataclass(frozen=True, slots=True)
class FleetPlace:
    """Where a camera's fleet is, and what the fleet calls the camera.

    Attributes:
        camera: The camera's id.
        cameras_url: The fleet's listener for cameras.
        mqtt_host: The broker's name.
        mqtt_port: The broker's port.
    """

    camera: str
    cameras_url: str
    mqtt_host: str
    mqtt_port: int

    @property
    def uploads(self) -> Endpoint:
        """The listener for cameras as host and port."""
        parts = urlsplit(self.cameras_url)
        return Endpoint(parts.hostname or "", parts.port or 443)

    @property
    def broker(self) -> Endpoint:
        """The broker as host and port."""
        return Endpoint(self.mqtt_host, self.mqtt_port)


def enrol_camera(
    spec: CameraSpec,
    fleet_url: str,
    code: str,
    *,
    random: Callable[[int], bytes] = os.urandom,
    transport: httpx.BaseTransport | None = None,
) -> FleetPlace:
    """Enrol a camera with a one-time code.

    Args:
        spec: The camera.
        fleet_url: The fleet's dashboard.
        code: The code.
        random: Source of its key.
        transport: Carries the requests; None for the network.

    Raises:
        CameraError: The device's own sentence about why not.
    """
    spec.folder.mkdir(parents=True, exist_ok=True)
    try:
        identity = enrol(fleet_url, SecretStr(code), spec.state, random=random, transport=transport)
    except DeviceError as error:
        raise CameraError(f"{spec.name} could not be enrolled: {error}") from error
    place = FleetPlace(identity.camera, identity.cameras_url, identity.mqtt_host, identity.mqtt_port)
    save_place(spec.folder, place)
    return place


def save_place(folder: Path, place: FleetPlace) -> None:
    """Note where a camera's fleet is."""
    (folder / PLACE_FILE).write_text(json.dumps(asdict(place)), encoding="utf-8")


def load_place(folder: Path) -> FleetPlace | None:
    """Return where a camera's fleet is; None for a camera that was never enrolled."""
    try:
        return FleetPlace(**json.loads((folder / PLACE_FILE).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise CameraError(f"{folder / PLACE_FILE} cannot be read ({error}); remove {folder}.") from error


def set_aside(folder: Path, camera: str) -> None:
    """Move a camera's folder out of the way, under a name that no camera has.

    Raises:
        CameraError: It cannot be moved.
    """
    aside = next(
        name
        for number in count(1)
        if not (name := folder.with_name(f"{folder.name}.was-{camera}.{number}")).exists()
    )
    try:
        folder.rename(aside)
    except OSError as error:
        raise CameraError(
            f"{folder} cannot be moved out of the way ({error.strerror}); remove it."
        ) from error


def send_over(spec: CameraSpec, place: FleetPlace, *, uploads: Endpoint, broker: Endpoint) -> None:
    """Have a camera's connections go to other ports of this machine.

    Args:
        spec: The camera, which must be enrolled and without power.
        place: Its fleet; the names stay, so that the fleet's certificates still fit.
        uploads: Where the listener for cameras is reached.
        broker: Where the broker is reached.

    Raises:
        CameraError: Its identity cannot be read or written.
    """
    file = spec.state / FOLDER / ENROLMENT_FILE
    try:
        enrolment = Enrolment.model_validate_json(file.read_bytes())
        changed = enrolment.model_copy(
            update={
                "cameras_url": f"https://{place.uploads.host}:{uploads.port}",
                "mqtt_host": place.mqtt_host,
                "mqtt_port": broker.port,
            }
        )
        replace(PosixFilesystem(), file, changed.model_dump_json(indent=1).encode())
    except (DeviceError, OSError, ValueError) as error:
        raise CameraError(
            f"The identity of {spec.name} cannot be used ({error}); remove {spec.folder}."
        ) from error
