"""A store that speaks TLS by an authority of its own: who is believed, and who is not; also by cameras."""

from __future__ import annotations

import hashlib
import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from fleet.audit.checkpoints.bucket import open_places
from fleet.audit.checkpoints.places import PlaceError
from fleet.core.config import AuditSection, FleetConfig, FootageSection, PeopleSection
from fleet.core.errors import FleetConfigError
from fleet.core.sections.store_trust import store_context
from fleet.footage.errors import StoreError
from fleet.footage.store.open_store import open_store
from fleet.footage.store.store import check_create_only
from fleet.health.region_asking import ask_region
from protocol.messages.uploads import direct_headers
from tests.support.fleet.bucket import (
    BUCKET,
    CREDENTIALS,
    REGION,
    SWIFT_CREDENTIALS,
    running_bucket,
    running_swift,
)
from tests.support.fleet.fleet_footage import Link, running
from tests.support.media.media import MediaTake, make_media
from tests.support.network.tls_front import DAY, PrivateAuthority, tls_front

OTHER = "its certificate is of an authority that is not trusted here (footage.authority)."
EXPIRED = "its certificate has expired."
ELSEWHERE = "its certificate is for another name than footage.endpoint has."


@dataclass(frozen=True)
class Bench:
    """A store without TLS, the authority that vouches for its front, and another one."""

    port: int
    authority: PrivateAuthority
    other: PrivateAuthority

    @contextmanager
    def front(self, host: str = "localhost", good_for: timedelta = DAY) -> Iterator[str]:
        with tls_front(self.port, self.authority.context(host, good_for=good_for)) as found:
            yield found


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("authorities")
    with pytest.MonkeyPatch.context() as patch, running_bucket() as address:
        for name, value in CREDENTIALS.items():
            patch.setenv(name, value)
        port = urlsplit(address).port
        assert port is not None
        yield Bench(port, PrivateAuthority(folder), PrivateAuthority(folder, "other"))


def section(endpoint: str, authority: Path | None, **more: object) -> FootageSection:
    given = {"store": f"s3://{BUCKET}/evidence", "endpoint": endpoint, "region": REGION}
    named = {} if authority is None else {"authority": str(authority)}
    return FootageSection.model_validate(given | named | more)


def start(config: FootageSection, state: Path) -> None:
    """Look at the store as the service does at its start."""

    store, spool = open_store(config, state)
    check_create_only(store, spool, os.urandom)


def test_a_store_of_a_private_authority_is_believed(bench: Bench, tmp_path: Path) -> None:
    with bench.front() as endpoint:
        config = section(endpoint, bench.authority.file)
        start(config, tmp_path)
        assert ask_region(f"{endpoint}/{BUCKET}", store_context(config.authority)) in (REGION, None)
        with running(tmp_path / "fleet", FleetConfig(footage=config)) as fleet:
            link = Link(fleet, MediaTake(fleet.identity(), media=make_media(seconds=2)).record())
            link.everything()
            link.complete()
            assert link.wait_for_receipt().status_code == 200


@pytest.mark.parametrize(
    ("host", "good_for", "believed", "said"),
    [
        ("localhost", DAY, "other", OTHER),
        ("localhost", DAY, None, OTHER),
        ("localhost", -DAY, "authority", EXPIRED),
        ("elsewhere.example", DAY, "authority", ELSEWHERE),
    ],
)
def test_a_certificate_that_is_not_good_is_refused_in_a_sentence(
    bench: Bench, tmp_path: Path, host: str, good_for: timedelta, believed: str | None, said: str
) -> None:
    # proves F6
    authority = None if believed is None else getattr(bench, believed).file
    with bench.front(host, good_for) as endpoint:
        config = section(endpoint, authority)
        with pytest.raises(StoreError) as refused:
            start(config, tmp_path)
        assert str(refused.value).startswith(
            f"The footage store s3://{BUCKET}/evidence cannot write scratch/"
        )
        assert str(refused.value).endswith(f": {said}")
        audited = FleetConfig(footage=config, audit=AuditSection(checkpoints=f"s3://{BUCKET}/checkpoints"))
        with pytest.raises(PlaceError) as unreadable:
            open_places(audited, tmp_path)[0].names()
        assert str(unreadable.value).endswith(f"cannot be read: {said}")
        assert ask_region(f"{endpoint}/{BUCKET}", store_context(config.authority)) is None
        with (
            pytest.raises(StoreError, match="its certificate"),
            running(tmp_path / "fleet", FleetConfig(footage=config)),
        ):
            pytest.fail("it started")


@pytest.mark.parametrize("held", ["", "-----BEGIN PRIVATE KEY-----", "no certificate"])
def test_a_file_that_holds_no_certificates_is_refused(tmp_path: Path, held: str) -> None:
    # proves F6
    file = tmp_path / "authority.pem"
    file.write_text(held)
    config = section("https://store.example", file)
    with pytest.raises(FleetConfigError, match=r"footage\.authority = .* certificates"):
        open_store(config, tmp_path)
    with pytest.raises(FleetConfigError, match=r"footage\.authority = .* certificates"):
        store_context(config.authority)


@pytest.fixture(scope="module")
def swift(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("swift")
    with pytest.MonkeyPatch.context() as patch, running_swift(folder) as address:
        for name, value in SWIFT_CREDENTIALS.items():
            patch.setenv(name, value)
        port = urlsplit(address).port
        assert port is not None
        yield Bench(port, PrivateAuthority(folder), PrivateAuthority(folder, "other"))


def direct(endpoint: str, authority: Path, told: Path | None = None) -> FleetConfig:
    more: dict[str, object] = {"direct": True, "direct_from_kib": 1}
    if told is not None:
        more["direct_authority"] = str(told)
    footage = section(endpoint, authority, **more)
    return FleetConfig(footage=footage, people=PeopleSection(second_factor="off"))


def test_cameras_put_footage_straight_into_such_a_store(swift: Bench, tmp_path: Path) -> None:
    # proves L2
    with (
        swift.front() as endpoint,
        running(tmp_path / "fleet", direct(endpoint, swift.authority.file)) as fleet,
    ):
        offer = fleet.services.footage.direct.offer()
        assert offer is not None
        camera = ssl.create_default_context(cadata=offer.authority_pem)
        link = Link(fleet, MediaTake(fleet.identity(), media=make_media(seconds=2)).record(), named=True)
        assert link.ledger().status_code == 201
        for name in sorted(link.take.segments):
            data = link.take.files[name]
            sha256 = hashlib.sha256(data)
            about = {"size": len(data), "sha256": sha256.hexdigest()}
            told = link.request("POST", f"/segments/{name}/address", json=about).raise_for_status().json()
            headers = direct_headers(len(data), sha256.digest())
            assert httpx.put(told["url"], content=data, headers=headers, verify=camera).status_code == 200
            assert link.request("POST", f"/segments/{name}/arrived", json=about).status_code == 201
        link.complete()
        assert link.wait_for_receipt().status_code == 200


@pytest.mark.parametrize(
    ("told", "why"),
    [("other", "cameras would refuse its certificate (unable to get local issuer certificate)")],
)
def test_cameras_are_given_no_address_that_they_would_refuse(
    swift: Bench, tmp_path: Path, told: str, why: str
) -> None:
    # proves L2
    with swift.front() as endpoint:
        config = direct(endpoint, swift.authority.file, getattr(swift, told).file)
        with running(tmp_path / "fleet", config) as fleet:
            assert fleet.services.footage.direct.why_not == why
