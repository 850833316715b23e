"""An enrolled camera without a fleet: the identity of a house from ``tests.support.media.recordings``."""

import ssl
from pathlib import Path

from device.link.identity.identity import Identity, save_identity
from device.storage.filesystem import PosixFilesystem
from protocol.messages.enrolment import EnrolmentResponse, RecipientKey
from tests.support.media.recordings import House, make_house


def answer_for(
    house: House, *, cameras_url: str = "https://127.0.0.1:1", mqtt_port: int = 1
) -> EnrolmentResponse:
    """What a fleet would have answered to the house's camera."""
    return EnrolmentResponse(
        camera=house.camera,
        certificate_pem=ssl.DER_cert_to_PEM_cert(house.camera_certificate),
        authority_pem=ssl.DER_cert_to_PEM_cert(house.authority),
        recipients=(RecipientKey.of(house.recipient),),
        cameras_url=cameras_url,
        mqtt_host="127.0.0.1",
        mqtt_port=mqtt_port,
    )


def enrol_without_fleet(state: Path, house: House | None = None, **addresses: object) -> Identity:
    """Make the camera whose state folder is ``state`` an enrolled one."""
    house = house or make_house()
    answer = answer_for(house, **addresses)  # type: ignore[arg-type]  # the addresses of answer_for, passed on
    return save_identity(state, answer, house.camera_key, PosixFilesystem())
