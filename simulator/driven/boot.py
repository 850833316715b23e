"""What a camera in virtual time is from one switching on to its end."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from device.camera import Camera
from device.capture.sensors import Sensors
from device.config.file import check_config
from device.link.identity.identity import load_identity
from device.link.link import Link
from device.running import Shell
from device.storage.filesystem import PosixFilesystem
from protocol.units import NS_PER_S
from simulator.cameras.spoilt_clock import SpoiltClock
from simulator.clock import BOOT_TOOK_NS
from simulator.driven.card import DrivenCard
from simulator.driven.link import DrivenLink
from simulator.driven.sensors import DrivenSensors
from simulator.driven.time import BootTime, CameraClock
from simulator.driven.wire.session import DrivenSession
from simulator.driven.wire.transport import InProcess
from simulator.errors import CameraError
from simulator.sources.gauge import VirtualGauge

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import httpx

    from device.capture.prefill import EncodedLoop
    from simulator.cameras.spec import CameraSpec, SpoiltParts
    from simulator.driven.fleet import DrivenFleet
    from simulator.driven.time import DrivenTime
    from simulator.driven.wire.broker import MemoryBroker
    from simulator.driven.wire.line import DrivenLine

Commands = dict[str, "Callable[[Mapping[str, Any]], dict[str, Any]]"]


class Boot:
    """What a camera is from one switching on to its end.

    Attributes:
        commands: What can be asked of it.
        card: Its card.
        clock: Its wall clock.
        gauge: Its battery's gauge.
        camera: The device's own camera.
    """

    def __init__(
        self,
        spec: CameraSpec,
        fleet: DrivenFleet,
        time: DrivenTime,
        line: DrivenLine,
        draw: random.Random,
        loop: EncodedLoop,
        on_change: Callable[[], None],
        spoilt: SpoiltParts,
    ) -> None:
        self.commands: Commands = {}
        self._spec = spec
        self._fleet = fleet
        self._time = time
        self._line = line
        self._draw = draw
        self._on_change = on_change
        self.card = DrivenCard(spec.state, spoilt.card, f"{spec.name} {draw.random()}")
        self._own_time = BootTime(time)
        self._certificates: set[bytes] = set()
        self._sensors: DrivenSensors | None = None
        self._link: DrivenLink | None = None
        # A board is not up on the stroke of a second, and so a press falls anywhere in a chunk.
        ahead_ns = BOOT_TOOK_NS + draw.randrange(NS_PER_S) - time.now_ns
        self.clock = SpoiltClock(CameraClock(time, ahead_ns), spoilt.clock)
        self.gauge = VirtualGauge(spoilt.charge)
        shell = Shell(
            sensors=partial(self._keep_sensors, loop),
            orders=self._take_orders,
            keep_link=self._keep_link,
            driver=self._own_time,
        )
        self.camera = Camera(
            check_config(spec.config()),
            Sensors(clock=self.clock, open_video=_nothing_opens, gauge=self.gauge),
            filesystem=self.card,
            random=draw.randbytes,
            link=self._make_link,
            shell=shell,
        )

    def cut(self) -> None:
        """The power is gone: whatever the camera does now reaches neither the card nor the network."""
        self.card.powered = self._own_time.powered = False
        if self._sensors is not None:
            self._sensors.forget()
        if self._link is not None:
            self._link.forget()
        self.camera.shutdown()  # lets go of the folder's lock; the card takes nothing

    def line_changed(self) -> None:
        """The line was cut, or is back."""
        if self._link is not None:
            self._link.line_changed()

    def _keep_sensors(self, loop: EncodedLoop, *others: Any) -> DrivenSensors:  # noqa: ANN401 - the shell's
        self._sensors = DrivenSensors(self._own_time, loop, self._spec.begin_s, *others)
        return self._sensors

    def _take_orders(self, _socket: Path, commands: Commands) -> _Orders:
        self.commands.update(commands)
        return _Orders()

    def _keep_link(self, make: Callable[[], Link]) -> DrivenLink:
        self._link = DrivenLink(make, self._time, self._line)
        return self._link

    def _make_link(self, *args: Any, **kwargs: Any) -> Link:  # noqa: ANN401 - what ``Link`` takes
        link, shelf = self._link, args[2]
        if link is None:
            raise CameraError("internal error: a link is made before anybody keeps it")
        made = Link(
            *args,
            **kwargs,
            clock=self._time.seconds,
            now=self._time.utc,
            chance=self._draw.random,
            random_bytes=self._draw.randbytes,
            transport=InProcess(self._ask_fleet, self._line, self._weigh),
            session=self._open_session,
        )
        shelf.on_change(link.wake)
        kwargs["consent"].on_change(link.wake)
        kwargs["commands"].on_answer(link.wake)
        shelf.on_change(self._on_change)
        return made

    def _open_session(self, camera: str, *_: object, **callbacks: Any) -> DrivenSession:  # noqa: ANN401
        link = self._link
        if link is None:
            raise CameraError("internal error: a connection is made before there is a link")
        session = DrivenSession(camera, self._broker, self._line, self._time, wake=link.wake, **callbacks)
        link.session = session
        return session

    def _weigh(self, body: bytes) -> int:
        """Count what is sent without certificates: their lengths differ from run to run, by a byte or two."""
        return len(body) - sum(body.count(each) * len(each) for each in self._certificates)

    def _ask_fleet(self, request: httpx.Request) -> httpx.Response:
        return self._fleet.ask_as_camera(request, self._certificate)

    def _broker(self) -> MemoryBroker:
        return self._fleet.broker_for(self._certificate)

    @property
    def _certificate(self) -> bytes:
        """What the camera shows now; it may have been renewed."""
        identity = load_identity(self._spec.state, PosixFilesystem())
        self._certificates.update(identity.certificates)
        return identity.certificates[0]


class _Orders:
    """Takes orders for as long as there is power; there is nothing to close."""

    def close(self) -> None:
        """Nothing is open."""


def _nothing_opens(_settings: object) -> Any:  # noqa: ANN401 - never called
    raise CameraError("internal error: a sensor is opened where footage comes prepared")
