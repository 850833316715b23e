"""The world at the end of a run: what the cameras keep, what the fleet has."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from simulator.cameras.real.joining import not_asked_as
from simulator.errors import CancelledError, FleetServiceError
from simulator.fleet.consents import AT_FLEET, consent_copies, entries_of
from simulator.fleet.receipts import receipt_desk
from simulator.oracle.world import World
from simulator.scenario.camera_copies import camera_copy
from simulator.scenario.fleet_copies import fleet_copy, holds_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import ExitStack
    from pathlib import Path

    from simulator.cameras.camera import VirtualCamera
    from simulator.fleet.api import FleetApi
    from simulator.fleet.receipts import AskForReceipt
    from simulator.oracle.world import CameraCopy, FleetCopy, GivenReceipt


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a camera keeps what it recorded.

    Attributes:
        camera: What the fleet calls the camera.
        folders: The folder of each recording that is there.
        ask: Asks the fleet for a receipt as this camera; None for a camera that cannot be asked as.
        before: The last number that it had used before the run: up to there nothing is the run's.
        held: The recordings on which the run placed a hold.
        consents: Where it keeps what it signed of consent; None where nobody here can look.
        consents_at_fleet: Where what the fleet has of that is to be kept; None for nowhere.
    """

    camera: str
    folders: tuple[Path, ...]
    ask: AskForReceipt | None = None
    before: int = 0
    held: frozenset[str] = frozenset()
    consents: Path | None = None
    consents_at_fleet: Path | None = None


def kept_by(
    camera: VirtualCamera, desks: ExitStack, before: Mapping[str, int], held: frozenset[str] = frozenset()
) -> Kept:
    """Where a camera keeps what it recorded, and how to ask as it.

    Args:
        camera: Which.
        desks: Ends the asking.
        before: The last number that each camera had used before the run.
        held: The recordings on which the run placed a hold.
    """
    name = camera.place.camera
    if not camera.place.cameras_url:
        # A real one: what it keeps is on its own card, and so is the key with which it could ask.
        return Kept(name, (), not_asked_as, before.get(name, 0), held)
    ask = desks.enter_context(receipt_desk(camera.spec.state, camera.place.cameras_url, camera.transport))
    consents, at_fleet = camera.spec.state / "consent", camera.spec.state.parent / AT_FLEET
    return Kept(name, camera.spec.recordings(), ask, before.get(name, 0), held, consents, at_fleet)


def collect(
    kept: Sequence[Kept],
    api: FleetApi,
    exports: Path,
    *,
    cancelled: Callable[[], bool] = lambda: False,
    done: Callable[[], None] = lambda: None,
    said: bool = False,
    visits: Sequence[str] = (),
) -> World:
    """Look at everything that is there.

    Args:
        kept: The cameras.
        api: The fleet. One that does not answer is part of the world, and is not raised.
        exports: Where exported recordings go.
        cancelled: Asked again and again; once it says so, looking ends.
        done: Called after each camera.
        said: Whether anything was said of consent, so that it is looked at.
        visits: The visits on which something was said on a phone.

    Raises:
        CancelledError: Looking was ended.
    """
    copies: list[CameraCopy] = []
    fleet: list[FleetCopy] = []
    trouble = ""
    for each in kept:
        copies += _copies(each, api.authority, cancelled)
        if not trouble:
            try:
                fleet += _at_fleet(each, api, exports, cancelled)
            except FleetServiceError as error:
                trouble = str(error).rstrip(".")
        done()
    world = _world(tuple(copies), tuple(fleet), api, trouble)
    if not said:
        return world
    keep = {each.camera: each.consents_at_fleet for each in kept if each.consents_at_fleet is not None}
    cards = {each.camera: each.consents for each in kept}
    return replace(world, consents=consent_copies(cards, api, keep), entries=entries_of(visits, api))


def _copies(kept: Kept, authority: bytes, cancelled: Callable[[], bool]) -> Iterator[CameraCopy]:
    for folder in kept.folders:
        if folder.name.isdigit() and int(folder.name) <= kept.before:
            continue
        _go_on(cancelled)
        yield camera_copy(kept.camera, folder, authority)


def _at_fleet(kept: Kept, api: FleetApi, exports: Path, cancelled: Callable[[], bool]) -> Iterator[FleetCopy]:
    for listed in api.recordings(kept.camera):
        if listed.number <= kept.before:
            continue
        _go_on(cancelled)
        copy = fleet_copy(listed, api, exports, cancelled)
        if listed.id in kept.held:
            copy = replace(copy, holds=holds_at(listed.id, api))
        yield replace(copy, given=_given(kept, copy, api)) if copy.held else copy


def _given(kept: Kept, copy: FleetCopy, api: FleetApi) -> GivenReceipt | None:
    """Ask for a recording's receipt as its camera; a fleet need not answer one that is revoked."""
    given = None if kept.ask is None else kept.ask(copy.number, copy.id)
    if given is None or given.fits is not None or not given.asked:
        return given
    return replace(given, asked=kept.camera in api.cameras())


def _world(
    copies: tuple[CameraCopy, ...], fleet: tuple[FleetCopy, ...], api: FleetApi, trouble: str
) -> World:
    if not trouble:
        try:
            accounts = api.accounts()
            return World(
                cameras=copies,
                fleet=fleet,
                assignments=api.assignments(),
                made={camera: each.made for camera, each in accounts.items()},
                missing={camera: each.missing for camera, each in accounts.items()},
            )
        except FleetServiceError as error:
            trouble = str(error).rstrip(".")
    return World(cameras=copies, fleet=None, assignments=None, trouble=trouble)


def _go_on(cancelled: Callable[[], bool]) -> None:
    if cancelled():
        raise CancelledError("Stopped while looking at what was recorded.")
