"""A fleet to run cameras against: one that the simulator starts itself, or one that is there already."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulator.errors import ScenarioError
from simulator.fleet.api import FleetApi
from simulator.fleet.authority import find_authority
from simulator.fleet.service import FleetService

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import ExitStack
    from pathlib import Path

    from simulator.fleet.service import Addresses

NAME = "simulator"
DEFAULT_LIMIT = 15
TOKEN_FILE = "token"  # noqa: S105 - a file's name


@dataclass(frozen=True, slots=True)
class OtherFleet:
    """A fleet that somebody else runs.

    Attributes:
        url: The dashboard's address.
        token: A bearer token of its.
        authority: The authority's certificate (PEM); may be left out on this machine's loopback.
        reuse: Where cameras keep their state, and so stay enrolled from run to run; None to take away at the
            end what was made there.
    """

    url: str
    token: str
    authority: Path | None = None
    reuse: Path | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """A fleet that is up.

    Attributes:
        api: Its API.
        service: The fleet, when the simulator started it.
    """

    api: FleetApi
    service: FleetService | None

    @property
    def addresses(self) -> Addresses | None:
        """Where it is, when the simulator started it."""
        return None if self.service is None else self.service.addresses


def open_site(
    stack: ExitStack,
    other: OtherFleet | None,
    folder: Path,
    *,
    cameras: int,
    ports: tuple[int, int, int] | None = None,
    settings: Mapping[str, Mapping[str, Any]] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Site:
    """Start a fleet, or connect to one.

    Args:
        stack: What ends it again.
        other: A fleet that is there already; None to start one.
        folder: Where a fleet that is started keeps its state and its log.
        cameras: How many cameras it must admit.
        ports: The ports to ask for first, as ``FleetService`` takes them; None for the usual ones.
        settings: What the configuration of a fleet that is started has, table by table.
        cancelled: Asked again and again while it starts; once it says so, waiting ends.

    Raises:
        FleetServiceError: It did not start, or does not answer.
        ScenarioError: It cannot be trusted or configured as given.
    """
    if other is not None and settings:
        raise ScenarioError(
            "This scenario configures the fleet, which needs one that the simulator starts itself; "
            "run it without --fleet."
        )
    if other is not None:
        api = FleetApi(other.url, other.token, find_authority(other.url, other.authority))
        return Site(stack.enter_context(api), None)
    state = folder / "fleet"
    _configure(state, cameras, settings or {})
    service = FleetService(state, folder / "fleet.log", ports=ports)
    stack.callback(service.stop)
    addresses = service.start(cancelled=cancelled)
    api = FleetApi(addresses.dashboard_url, _token(service, folder), find_authority(addresses.dashboard_url))
    return Site(stack.enter_context(api), service)


def read_token(variable: str | None, environment: Mapping[str, str]) -> str:
    """Return the bearer token for a fleet that is there already.

    Args:
        variable: The environment variable that has it.
        environment: The process's environment.

    Raises:
        ScenarioError: No variable was named, or it is empty.
    """
    if variable is None:
        raise ScenarioError(
            "--fleet needs --token-env VARIABLE: the environment variable with a bearer token, "
            "which `lapel-fleet token create` prints."
        )
    token = environment.get(variable, "").strip()
    if not token:
        raise ScenarioError(
            f"The environment variable {variable} is empty; put the fleet's bearer token into it."
        )
    return token


def _token(service: FleetService, folder: Path) -> str:
    """Return the token that was made for this fleet before, or a new one."""
    file = folder / TOKEN_FILE
    if not file.exists():
        token = service.make_token(NAME)
        file.touch(mode=0o600)
        file.write_text(token, encoding="utf-8")
    return file.read_text(encoding="utf-8").strip()


def _configure(state: Path, cameras: int, settings: Mapping[str, Mapping[str, Any]]) -> None:
    """Write a new fleet's configuration.

    It admits more cameras than it does by default, where a scenario needs them and does not say how many; and
    nobody has to have a second factor: it is for tests and demonstrations. Its landlord has a name of no
    landlord, so that notices and letters can be tried.
    """
    tables = {table: dict(keys) for table, keys in settings.items()}
    tables.setdefault("people", {}).setdefault("second_factor", "off")
    landlord = tables.setdefault("landlord", {})
    landlord.setdefault("name", "Demonstration Homes")
    landlord.setdefault("contact", "the safety team, 1 Demonstration Street")
    if cameras > DEFAULT_LIMIT:
        tables.setdefault("cameras", {}).setdefault("limit", cameras)
    if state.exists():
        return
    state.mkdir(parents=True, mode=0o700)
    (state / "fleet.toml").write_text(as_toml(tables), encoding="utf-8")


def as_toml(tables: Mapping[str, Mapping[str, Any]]) -> str:
    """Return tables of plain values as TOML; a JSON text, number, truth or list is one of TOML as well."""
    lines = []
    for table, keys in tables.items():
        lines.append(f"[{table}]")
        lines += [f"{key} = {json.dumps(value, ensure_ascii=True)}" for key, value in keys.items()]
    return "\n".join(lines) + "\n"
