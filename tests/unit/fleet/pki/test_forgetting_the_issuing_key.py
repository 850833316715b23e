"""A new issuing key is the fleet's own for the next process, also where the machine stopped in between."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from fleet.cli import app
from fleet.commands import authority as command
from fleet.commands.authority_keys import forget_issuing
from fleet.core.errors import StateError
from fleet.pki.root import renew_issuing
from fleet.processes.keys import ISSUING, check_keys
from fleet.processes.models import FleetKey
from fleet.server.compose import FleetServices
from tests.support.fleet.fleet import fleet_services

pytestmark = pytest.mark.slow
OTHER = "review.key"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FleetServices]:
    with fleet_services(tmp_path_factory.mktemp("fleet")) as services:
        yield services


@pytest.fixture
def services(whole: FleetServices) -> FleetServices:
    """A fleet that knows its keys, as each does of which there may be several processes."""
    with whole.sessions.begin() as session:
        check_keys(session, {ISSUING: "before", OTHER: "kept"}, whole.state)
    return whole


def known(services: FleetServices) -> dict[str, str]:
    with services.readers() as session:
        return {row.name: row.digest for row in session.scalars(select(FleetKey))}


def renew(state: Path) -> None:
    CliRunner().invoke(app, ["authority", "renew-issuing", "--new-key", "--state", str(state)])


def begin(services: FleetServices, digest: str) -> None:
    """Have another process start with an issuing key."""
    with services.sessions.begin() as session:
        check_keys(session, {ISSUING: digest, OTHER: "kept"}, services.state)
        session.rollback()


def test_the_issuing_key_is_forgotten_and_no_other(services: FleetServices) -> None:
    # proves F6
    with pytest.raises(StateError, match="is another than this fleet's"):
        begin(services, "the new one")
    for _ in range(2):  # doing it again changes nothing
        forget_issuing(services.state, None)
        assert known(services) == {OTHER: "kept"}
    begin(services, "the new one")


@pytest.mark.parametrize("is_made", [False, True])
def test_a_stop_between_the_two_leaves_a_fleet_that_starts(
    services: FleetServices, monkeypatch: pytest.MonkeyPatch, is_made: bool
) -> None:
    # proves F6
    made = renew_issuing

    def stop(*arguments: object, **named: object) -> None:
        assert ISSUING not in known(services), "first: there is no moment at which neither key counts"
        if is_made:
            made(*arguments, **named)  # type: ignore[arg-type] # as it was called
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "renew_issuing", stop)
    renew(services.state)
    assert known(services) == {OTHER: "kept"}
    begin(services, "the new one" if is_made else "before")
