from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from fleet.connections.admission import Admission
from fleet.connections.limits import connection_limits
from fleet.core.errors import BrokerError
from fleet.pki.authority import open_authority
from fleet.server.broker import ACL, Broker, BrokerPlan, configuration, find_program


@pytest.fixture
def plan(tmp_path: Path) -> BrokerPlan:
    authority = open_authority(tmp_path / "pki", now=datetime(2026, 11, 22, tzinfo=UTC))
    return BrokerPlan(
        "mosquitto",
        tmp_path / "broker",
        authority,
        "127.0.0.1",
        8883,
        Admission("broker", connection_limits(1024)),
        lambda: tmp_path / "crl",
    )


def test_a_missing_broker_names_the_package(plan: BrokerPlan) -> None:
    with pytest.raises(BrokerError) as caught:
        find_program("no-such-broker")
    assert str(caught.value) == (
        "The MQTT broker no-such-broker is not installed: install Debian's package mosquitto."
    )


def test_two_patterns_and_one_user_are_all_the_access_there_is() -> None:  # proves L1
    lines = [line for line in ACL.splitlines() if line and not line.startswith("#")]
    assert lines == [
        "user fleet",
        "topic readwrite lapel/v1/cameras/#",
        "pattern write lapel/v1/cameras/%u/up/#",
        "pattern read lapel/v1/cameras/%u/down/#",
    ]


def test_only_certificates_open_the_broker(plan: BrokerPlan) -> None:
    lines = set(configuration(plan, Path("/revoked.crl"), user="somebody").splitlines())
    assert {
        "listener 0 broker.sock",
        "tls_version tlsv1.3",
        "require_certificate true",
        "use_identity_as_username true",
        "use_username_as_clientid true",
        "allow_anonymous false",
        "crlfile /revoked.crl",
        "user somebody",
    } <= lines


def test_the_plan_is_not_started_by_making_it(plan: BrokerPlan) -> None:
    assert Broker(plan).process_id is None
    assert not plan.folder.exists()
