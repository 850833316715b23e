"""Whatever is sent to the cameras' application is answered, and never by a fault."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from fleet.cameras.service import take_out_of_service
from fleet.core.actor import OPERATOR
from fleet.server.app import create_cameras_app
from tests.support.fleet.any_request import AnyRequest, requests_to
from tests.support.fleet.fleet import camera_client, enrol_camera, fleet_services
from tests.support.network.tls import stranger
from tests.support.tries import tries

IS_REFUSED, IS_FAULT = 400, 500
CAMERA = "a camera"
KNOWN = {
    "number": ("1", "2", "1000", str(2**63 - 1)),
    "name": (f"{'0' * 32}-00000001.seg", f"{'0' * 32}-00000002.seg", "..%2f..%2fx"),
    "offset": ("0", "1", str(2**53)),
    "recording": ("0" * 32,),
}


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, TestClient]]:
    """One for each kind of who may come by."""
    folder: Path = tmp_path_factory.mktemp("fleet")
    with fleet_services(folder) as services:
        camera, revoked = enrol_camera(services, folder), enrol_camera(services, folder)
        with services.sessions.begin() as session:
            take_out_of_service(
                session, services.cameras.wearers, camera=revoked.id, by=OPERATOR, purpose="a test"
            )
        certificates = {
            CAMERA: camera.certificate_der,
            "nobody": None,
            "out of service": revoked.certificate_der,
            "another fleet's": stranger(folder, camera.id).certificate_der,
        }
        yield {who: camera_client(services, each) for who, each in certificates.items()}


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> st.SearchStrategy[AnyRequest]:
    with fleet_services(tmp_path_factory.mktemp("described")) as services:
        return requests_to(create_cameras_app(services), KNOWN)


# proves F6, L1
def test_whatever_is_sent_is_answered_and_nobody_but_a_camera_gets_anything(
    clients: Mapping[str, TestClient], asked: st.SearchStrategy[AnyRequest]
) -> None:
    seen: Counter[int] = Counter()

    others = [each for each in clients if each != CAMERA]
    few = settings(max_examples=tries(100), suppress_health_check=list(HealthCheck), deadline=None)

    @few
    @given(asked, st.booleans(), st.sampled_from(others))
    def ask(request: AnyRequest, has_digest: bool, other: str) -> None:
        headers = dict(request.headers)
        if has_digest:
            digest = base64.b64encode(hashlib.sha256(request.body).digest()).decode("ascii")
            headers["Content-Digest"] = f"sha-256=:{digest}:"
        for who in (CAMERA, other):
            answer = clients[who].request(
                request.method, request.path, params=request.query, content=request.body, headers=headers
            )
            assert answer.status_code < IS_FAULT, (who, request)
            assert who == CAMERA or answer.status_code >= IS_REFUSED, (who, request)
            if who == CAMERA:
                seen[answer.status_code] += 1

    ask()
    assert set(seen) & {200, 201, 202}, "some of it is what a camera would send"
    assert set(seen) & {422}, "and some is not"
