from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fleet.connections.admission import Admission
from fleet.connections.limits import connection_limits
from fleet.core.errors import BrokerError
from fleet.pki.authority import open_authority
from fleet.server.broker import (
    ACL,
    MOST_PACKET_BYTES,
    Broker,
    BrokerPlan,
    configuration,
    find_program,
)
from fleet.server.tls import cameras_context
from protocol.footage.format.limits import MAX_RECIPIENTS
from protocol.footage.sealing.keys import PUBLIC_KEY_BYTES
from protocol.messages.base import MAX_UTC_US
from protocol.messages.desired import AssignmentInfo, Desired
from protocol.messages.enrolment import RecipientKey


class Nobody:
    """Lets nobody in."""

    async def name_of(self, certificate: bytes, address: str) -> str | None:
        del certificate, address
        return None

    async def ended(self, certificates: Collection[bytes]) -> Collection[bytes]:
        return certificates


@pytest.fixture
def plan(tmp_path: Path) -> BrokerPlan:
    authority = open_authority(tmp_path / "pki", now=datetime(2026, 11, 22, tzinfo=UTC))
    authority.renew_own((), datetime(2026, 11, 22, tzinfo=UTC))
    return BrokerPlan(
        "mosquitto",
        tmp_path / "broker",
        cameras_context(authority),
        Nobody(),
        "127.0.0.1",
        8883,
        Admission("broker", connection_limits(1024)),
    )


def test_a_missing_broker_names_the_package(plan: BrokerPlan) -> None:
    with pytest.raises(BrokerError) as caught:
        find_program("no-such-broker")
    assert str(caught.value) == (
        "The MQTT broker no-such-broker is not installed: install Debian's package mosquitto."
    )


def test_a_pattern_for_each_topic_and_one_user_are_all_the_access_there_is() -> None:  # proves L1
    lines = [line for line in ACL.splitlines() if line and not line.startswith("#")]
    assert lines == [
        "user fleet",
        "topic readwrite lapel/v1/cameras/#",
        "pattern write lapel/v1/cameras/%u/up/status",
        "pattern write lapel/v1/cameras/%u/up/reported",
        "pattern write lapel/v1/cameras/%u/up/event",
        "pattern write lapel/v1/cameras/%u/up/response",
        "pattern read lapel/v1/cameras/%u/down/desired",
        "pattern read lapel/v1/cameras/%u/down/command",
    ]


def test_the_broker_hears_its_relay_alone(plan: BrokerPlan) -> None:  # proves L1
    lines = configuration(plan, user="somebody").splitlines()
    assert [line for line in lines if line.startswith("listener")] == ["listener 0 broker.sock"]
    assert {"use_username_as_clientid true", "user somebody"} <= set(lines)


# proves F9
def test_what_a_message_and_the_broker_may_take_is_bounded(plan: BrokerPlan) -> None:
    lines = set(configuration(plan, user="somebody").splitlines())
    assert {"max_packet_size 65536", "memory_limit 536870912"} <= lines
    key = RecipientKey(name="x" * 64, public_key=b"k" * PUBLIC_KEY_BYTES)
    worn = AssignmentInfo(id="a" * 64, officer="\u2603" * 100, since_utc_us=MAX_UTC_US)
    most = Desired(camera="cam-01", version=MAX_UTC_US, assignment=worn, recipients=(key,) * MAX_RECIPIENTS)
    assert len(most.model_dump_json()) < MOST_PACKET_BYTES / 2 + 4096


def test_the_plan_is_not_started_by_making_it(plan: BrokerPlan) -> None:
    assert Broker(plan).process_id is None
    assert not plan.folder.exists()
