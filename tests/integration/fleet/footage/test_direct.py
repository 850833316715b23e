"""Segments that go straight to a store that holds what is signed, and what somebody could try there."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from fleet.audit.models import AuditEntry
from fleet.cameras.service import revoke
from fleet.core.actor import OPERATOR
from fleet.core.config import FleetConfig, FootageSection, PeopleSection
from fleet.footage.direct.direct import AT_ONCE, KEPT, OF_ONE_CAMERA
from fleet.footage.direct.signer import GOOD_S
from fleet.footage.receiving.allowance import DayTaken
from fleet.footage.store import names
from fleet.footage.store.store import Put
from fleet.health.reading import Condition
from fleet.health.rules import DIRECT
from protocol.messages.uploads import direct_headers
from tests.support.fleet.bucket import (
    CREDENTIALS,
    SWIFT_CREDENTIALS,
    running_bucket,
    running_swift,
    section,
)
from tests.support.fleet.fleet_footage import Fleet, Link, running
from tests.support.media.media import MediaTake, make_media
from tests.support.media.recordings import TestIdentity


@dataclass
class Bench:
    """A fleet on such a store, and a count of the recordings that were made."""

    fleet: Fleet
    identity: TestIdentity
    disks: Path
    made: int = 0

    def link(self, identity: TestIdentity | None = None) -> Link:
        """A camera with another recording, nothing of which was sent."""
        self.made += 1
        media = MediaTake(
            identity or self.identity,
            media=make_media(seconds=4),
            number=self.made,
            seed=self.made,
            per_segment=1,
        )
        return Link(self.fleet, media.record(prerecord=2), named=True)

    def lying(self, link: Link) -> set[str]:
        """The names of the segments of a recording that have their own names in the store."""
        store, take = self.fleet.services.footage.store, link.take
        prefix = names.recording_prefix(names.Place(take.identity.camera, take.number))
        found = {each.key.removeprefix(f"{prefix}/segments/") for each in store.list(f"{prefix}/segments")}
        return {name for name in found if names.is_segment_name(name)}

    def copies(self, data: bytes) -> int:
        """How often the store has these bytes on its disks, under whatever name."""
        return sum(path.read_bytes() == data for path in self.disks.rglob("*.data"))

    def arriving(self) -> list[str]:
        return [each.key for each in self.fleet.services.footage.store.list(names.ARRIVING)]


def config_of(endpoint: str, **more: Any) -> FleetConfig:  # noqa: ANN401 - of the configuration
    given = section(endpoint).model_dump() | {"direct": True, "direct_from_kib": 1} | more
    return FleetConfig(footage=FootageSection(**given), people=PeopleSection(second_factor="off"))


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("direct")
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for name, value in SWIFT_CREDENTIALS.items():
            patch.setenv(name, value)
        endpoint = stack.enter_context(running_swift(folder))
        fleet = stack.enter_context(running(folder / "fleet", config_of(endpoint)))
        assert fleet.services.footage.direct.why_not is None
        yield Bench(fleet, fleet.identity(), folder / "swift" / "devices")


def about(data: bytes) -> dict[str, Any]:
    return {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def first(link: Link) -> tuple[str, bytes]:
    name = min(link.take.segments)
    return name, link.take.files[name]


def address(link: Link, name: str, data: bytes) -> str:
    answer = link.request("POST", f"/segments/{name}/address", json=about(data))
    told = answer.raise_for_status().json()
    assert not told["held"]
    assert answer.headers["Cache-Control"] == "no-store"
    return str(told["url"])


def put(url: str, data: bytes, *, headers: dict[str, str] | None = None) -> int:
    given = direct_headers(len(data), hashlib.sha256(data).digest()) if headers is None else headers
    return httpx.put(url, content=data, headers=given).status_code


def arrived(link: Link, name: str, data: bytes) -> httpx.Response:
    return link.request("POST", f"/segments/{name}/arrived", json=about(data))


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, str(answer.json()["code"])


def test_a_recording_goes_straight_to_the_store_and_is_held(bench: Bench) -> None:  # proves L2
    link = bench.link()
    assert link.ledger().status_code == 201
    for number, name in enumerate(sorted(link.take.segments)):
        data = link.take.files[name]
        assert put(address(link, name, data), data) == 200
        assert len(bench.lying(link)) == number  # nothing has its name before the fleet has looked at it
        assert arrived(link, name, data).status_code == 201
        assert arrived(link, name, data).status_code == 200
        assert link.segment(name).status_code == 200
    assert bench.arriving() == []
    link.complete()
    receipt = link.wait_for_receipt()
    assert receipt.status_code == 200
    store = bench.fleet.services.footage.store
    place = names.Place(link.take.identity.camera, link.take.number)
    assert {name: store.read(names.segment_key(place, name)) for name in link.take.segments} == {
        name: link.take.files[name] for name in link.take.segments
    }
    (said,) = [each for each in bench.fleet.services.health.readings(str) if each.name == DIRECT]
    assert said.condition is Condition.GOOD


def test_what_was_put_straight_into_the_store_is_on_its_disks_once_until_it_is_deleted(  # proves F3
    bench: Bench,
) -> None:
    link = bench.link()
    name, data = first(link)
    assert put(address(link, name, data), data) == 200
    assert arrived(link, name, data).status_code == 201
    assert bench.copies(data) == 1
    place = names.Place(link.take.identity.camera, link.take.number)
    bench.fleet.services.footage.store.remove(names.segment_key(place, name))
    assert bench.copies(data) == 0


def test_what_was_not_signed_for_is_refused_by_the_store(bench: Bench) -> None:  # proves L1, L2
    link = bench.link()
    (name, data), other = first(link), b"\x01" * len(first(link)[1])
    url, right = address(link, name, data), direct_headers(len(data), hashlib.sha256(data).digest())
    assert put(url, other, headers=right) >= 400
    assert put(url, other) >= 400
    assert put(url, data + b"!") >= 400
    assert (
        put(url, data, headers={key: value for key, value in right.items() if key != "If-None-Match"}) >= 400
    )
    assert put(url.replace(name, "0" * 32 + "-00000000.seg"), data) >= 400
    assert put(url.replace(link.take.identity.camera, "cam-77"), data) >= 400
    assert put(re.sub(r"scratch/arriving", "recordings", url), data) >= 400
    assert put(url.replace(f"Expires={GOOD_S}", "Expires=99999"), data) >= 400
    assert httpx.get(url).status_code >= 400
    assert httpx.delete(url).status_code >= 400
    assert bench.arriving() == []
    assert put(url, data) == 200
    assert put(url, data) == 412
    assert put(url, other, headers=right) == 412
    assert arrived(link, name, data).status_code == 201


def test_an_address_ends_by_the_stores_clock(bench: Bench) -> None:  # proves L1
    link = bench.link()
    name, data = first(link)
    signer = bench.fleet.services.footage.direct._signer
    assert signer is not None
    ago = datetime.now(UTC) - timedelta(seconds=GOOD_S + 5)
    key = names.arriving_key(names.Place(link.take.identity.camera, link.take.number), name, **about(data))
    assert put(signer.put(key, len(data), hashlib.sha256(data).digest(), ago), data) == 403
    assert code(arrived(link, name, data)) == (404, "not_arrived")


def test_a_word_without_bytes_and_bytes_without_a_word(bench: Bench) -> None:  # proves L2, F9
    link = bench.link()
    name, data = first(link)
    assert code(arrived(link, name, data)) == (404, "not_arrived")
    assert put(address(link, name, data), data) == 200
    store, direct = bench.fleet.services.footage.store, bench.fleet.services.footage.direct
    (key,) = bench.arriving()
    assert direct.sweep() == 0
    assert store.older(names.ARRIVING, datetime.now(UTC) + KEPT) == (key,)
    # What was put there says nothing to anybody: another segment takes the name.
    other = b"\x01" * len(data)
    assert link.segment(name, other).status_code == 201
    assert code(arrived(link, name, data)) == (409, "segment_differs")
    place = names.Place(link.take.identity.camera, link.take.number)
    assert store.read(names.segment_key(place, name)) == other
    store.remove(key)


def test_what_nobody_told_of_is_swept_away(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:  # proves F9
    link = bench.link()
    name, data = first(link)
    assert put(address(link, name, data), data) == 200
    monkeypatch.setattr("fleet.footage.direct.direct.KEPT", -timedelta(hours=1))
    assert bench.fleet.services.footage.direct.sweep() >= 1
    assert bench.arriving() == []
    assert code(arrived(link, name, data)) == (404, "not_arrived")


def test_a_camera_tells_only_of_its_own(bench: Bench) -> None:  # proves L1
    link = bench.link()
    name, data = first(link)
    assert put(address(link, name, data), data) == 200
    other = bench.fleet.identity("cam-02")
    theirs = MediaTake(other, media=make_media(seconds=4), number=link.take.number, seed=99).record(
        prerecord=2
    )
    stranger = Link(bench.fleet, theirs, named=True)
    assert code(arrived(stranger, name, data)) == (404, "not_arrived")
    assert bench.lying(stranger) == set()
    assert arrived(link, name, data).status_code == 201


def test_a_camera_that_was_taken_out_of_service_meanwhile_is_refused(  # proves L1
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = bench.link(bench.fleet.identity("cam-03"))
    name, data = first(link)
    assert put(address(link, name, data), data) == 200
    store, services = bench.fleet.services.footage.store, bench.fleet.services
    read = store.digest

    def revoked_while_read(key: str, size: int) -> bytes | None:
        with services.sessions.begin() as session:
            revoke(session, camera=link.take.identity.camera, by=OPERATOR, purpose="it was stolen")
        return read(key, size)

    monkeypatch.setattr(store, "digest", revoked_while_read)
    assert code(arrived(link, name, data)) == (403, "camera_revoked")
    monkeypatch.undo()
    assert code(link.request("POST", f"/segments/{name}/address", json=about(data))) == (
        403,
        "camera_revoked",
    )
    assert bench.lying(link) == set()
    (key,) = bench.arriving()
    store.remove(key)


def test_two_who_tell_at_once_are_both_told_that_it_is_held(bench: Bench) -> None:  # proves L2
    link = bench.link()
    name, data = first(link)
    assert put(address(link, name, data), data) == 200
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda _: arrived(link, name, data), range(2)))
    assert {each.status_code for each in answers} <= {200, 201}
    assert bench.lying(link) == {name}


def test_other_bytes_that_a_store_took_all_the_same_are_not_taken_in(  # proves L2
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, services = bench.link(), bench.fleet.services
    name, data = first(link)
    place = names.Place(link.take.identity.camera, link.take.number)
    url = address(link, name, data)
    key = names.arriving_key(place, name, **about(data))
    with services.footage.spool.keep(b"\x01" * len(data)) as incoming:
        assert services.footage.store.put(key, incoming.finish()) is Put.CREATED
    assert code(arrived(link, name, data)) == (404, "not_arrived")
    assert (bench.lying(link), bench.arriving()) == (set(), [])
    assert code(link.request("POST", f"/segments/{name}/address", json=about(data))) == (404, "direct_off")
    (said,) = [each for each in services.health.readings(str) if each.name == DIRECT]
    assert said.condition is Condition.WORSE
    assert "took other bytes than were signed for" in said.said
    services.footage.direct.check()
    assert services.footage.direct.why_not is None
    assert url


def test_what_would_not_be_taken_gets_no_address(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    # proves F9
    link, services = bench.link(), bench.fleet.services
    name, data = first(link)

    def asked(path: str, body: dict[str, Any]) -> tuple[int, str]:
        return code(link.request("POST", f"/segments/{path}/address", json=body))

    assert asked("..%2F..%2Freceipt.cbor", about(data))[0] == 404
    assert asked("name", about(data)) == (404, "segment_unknown")
    assert asked(name, {"size": 0, "sha256": "0" * 64}) == (422, "not_valid")
    assert asked(name, {"size": 1, "sha256": "../" * 20}) == (422, "not_valid")
    limit = services.footage.receiving.limit
    assert asked(name, {"size": limit + 1, "sha256": "0" * 64}) == (413, "body_too_large")
    allowances = services.footage.receiving.allowances
    monkeypatch.setattr(allowances, "_in_all", 1)
    assert asked(name, about(data)) == (507, "camera_quota")
    monkeypatch.undo()
    spent = DayTaken(wait_s=60.0)
    monkeypatch.setattr(allowances._day, "take", lambda _camera, _size: spent)
    assert asked(name, about(data)) == (429, "camera_rate")
    monkeypatch.undo()
    monkeypatch.setattr(services.footage.spool, "_reserve", 2**62)
    assert asked(name, about(data)) == (507, "storage_failed")
    monkeypatch.undo()
    assert link.segment(name).status_code == 201
    held = link.request("POST", f"/segments/{name}/address", json=about(data)).json()
    assert held == {"held": True, "url": ""}
    assert asked(name, about(data + b"!")) == (409, "segment_differs")


def test_reading_is_bounded_at_a_time_and_in_a_day(  # proves F9
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, direct = bench.link(), bench.fleet.services.footage.direct
    name, data = first(link)
    assert put(address(link, name, data), data) == 200
    camera = link.take.identity.camera
    with ExitStack() as places:
        for _ in range(OF_ONE_CAMERA):
            places.enter_context(direct._place(camera))
        assert code(arrived(link, name, data)) == (503, "direct_busy")
    with ExitStack() as places:
        for number in range(AT_ONCE):
            places.enter_context(direct._place(f"another-{number}"))
        assert code(arrived(link, name, data)) == (503, "direct_busy")
    spent = DayTaken(wait_s=60.0)
    monkeypatch.setattr(direct._looks, "take", lambda _camera, _size: spent)
    refused = arrived(link, name, data)
    assert code(refused) == (429, "camera_rate")
    assert int(refused.headers["Retry-After"]) > 0
    monkeypatch.undo()
    assert arrived(link, name, data).status_code == 201


def test_no_address_is_written_down(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    link = bench.link()
    name, data = first(link)
    with caplog.at_level(logging.DEBUG):
        url = address(link, name, data)
        services = bench.fleet.services
        services.footage.direct.check()
    secret = url.rpartition("=")[2]
    assert secret not in caplog.text
    assert "X-Amz-Signature" not in caplog.text
    with services.readers() as session:
        entries = session.scalars(select(AuditEntry)).all()
        assert not [each for each in entries if "X-Amz" in str(vars(each))]


def test_a_camera_that_does_not_know_of_it_is_told_what_it_knows(bench: Bench) -> None:
    link = bench.link()
    assert link.request("GET", "").json() == {
        "state": "unknown",
        "segments": [],
        "ledger_length": 0,
        "receipt": False,
    }
    asked = link.fleet.cameras.get(f"{link.base}?direct=true").json()
    assert asked["direct"] == {"authority_pem": "", "from_bytes": 1024}


def test_a_store_that_looks_at_nothing_gets_what_the_fleet_has_looked_at(  # proves L2, F8
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    with running_bucket() as endpoint, running(tmp_path / "fleet", config_of(endpoint)) as fleet:
        (said,) = [each for each in fleet.services.health.readings(str) if each.name == DIRECT]
        assert said.condition is Condition.WORSE
        assert said.said.endswith("it took other bytes than were signed for.")
        media = MediaTake(fleet.identity(), media=make_media(seconds=4))
        link = Link(fleet, media.record(), named=True)
        assert "direct" not in link.fleet.cameras.get(f"{link.base}?direct=true").json()
        name, data = first(link)
        assert code(link.request("POST", f"/segments/{name}/address", json=about(data))) == (
            404,
            "direct_off",
        )
        assert code(arrived(link, name, data)) == (404, "direct_off")
        assert fleet.services.footage.store.list("scratch") == ()
        link.everything()
        link.complete()
        assert link.wait_for_receipt().status_code == 200
