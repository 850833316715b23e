"""What is said at the door without a network is in the fleet once there is one, signed and in its order."""

from __future__ import annotations

import pytest

from device.consent.log import ConsentLog, ToldInTime
from device.credentials import Credentials
from device.storage.durable import make_folder
from device.storage.filesystem import PosixFilesystem
from protocol.footage.consent import ConsentSaid, SaidOfConsent
from protocol.footage.format.model import ClockLabel
from tests.support.fleet.fleets import Fleet
from tests.support.fleet.linked import Camera, eventually
from tests.support.network.proxy import Proxy

pytestmark = [pytest.mark.broker]
ORDER = [SaidOfConsent.GIVEN, SaidOfConsent.WITHDRAWN, SaidOfConsent.OVERRIDDEN]


def arrived(fleet: Fleet, camera: Camera) -> list[dict[str, object]]:
    found = fleet.api.get("/consents/unplaced").raise_for_status().json()["consents"]
    return [each for each in found if each["camera"] == camera.id]


# proves C8, L1 and L2
def test_it_waits_for_the_network_and_arrives_in_order(fleet: Fleet, camera: Camera) -> None:
    make_folder(PosixFilesystem(), camera.folders.consent)
    who = Credentials(
        camera.id, camera.identity.certificates, camera.identity.recipients, camera.identity.signer
    )
    log = ConsentLog(PosixFilesystem(), camera.folders.consent, who, bytes(range(16)))
    told = ToldInTime(1, ClockLabel(1_795_000_000_000_000, synchronised=True), "control", None, None)
    with Proxy("127.0.0.1", fleet.ports["cameras"]) as network:
        network.refuse()
        link = camera.link(uploads=network, consent=log)
        link.start()
        try:
            for kind in ORDER[:2]:
                log.keep(ConsentSaid(kind), told)
            assert arrived(fleet, camera) == []
            network.go()
            eventually(lambda: len(arrived(fleet, camera)) == 2, "both had come")
            log.keep(ConsentSaid(ORDER[2]), told)
            eventually(lambda: len(arrived(fleet, camera)) == 3, "the third had come")
            eventually(lambda: log.waiting() == (), "the camera had let go")
        finally:
            link.stop()
    found = sorted(arrived(fleet, camera), key=lambda each: int(str(each["number"])))
    assert [each["kind"] for each in found] == ORDER
    assert all(each["follows"] for each in found)
    assert [path.name for path in sorted(camera.folders.consent.iterdir())] == ["00000003.cbor"]
