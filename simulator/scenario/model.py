"""A whole scenario: its cameras, its fleet, its steps, its promises.

Rules:

* Strict: an unknown key, a wrong type or a value out of bounds is refused, with its place.
* A step acts on the cameras it names, on all of them at once, or on all when it names none. Steps follow one
  another; the cameras inside one step act together.

What is wrong with a scenario as a whole, such as a camera that there is not, is found by ``language.order``.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import Field

from simulator.cameras.real.address import PATH_PATTERN, SSH_PATTERN, DriverAddress
from simulator.oracle.asked import CameraName, Promises, ScenarioTable
from simulator.pilot.script.model import PilotScript
from simulator.scenario.steps.order import Step
from simulator.sources.choose import SourceKind
from simulator.sources.dimensions import FPS, HEIGHT, WIDTH

if TYPE_CHECKING:
    from pathlib import Path

MOST_CAMERAS = 100

Tag = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
Settings: TypeAlias = dict[str, dict[str, Any]]
"""Tables of a configuration file; whose keys they are checks them."""


class CameraDriver(ScenarioTable):
    """A real camera that takes part, through ``lapel-device`` on its board.

    Attributes:
        ssh: Where it is: ``ssh://user@host`` or ``ssh://user@host:port``.
        config: Its configuration over there.
        program: What ``lapel-device`` is called over there.
    """

    ssh: str = Field(pattern=SSH_PATTERN)
    config: str = Field(pattern=PATH_PATTERN)
    program: str = Field(default="lapel-device", pattern=PATH_PATTERN)


class Cameras(ScenarioTable):
    """The virtual cameras.

    Attributes:
        count: How many, named ``cam-01`` onwards.
        later: How many more there are after those, which take no part until they are enrolled by a step.
        source: What they see: real footage, a synthetic scene, or the first of these that there is.
        width: Picture width in pixels.
        height: Picture height in pixels.
        fps: Pictures a second.
        window_s: How much pre-record a camera keeps, in seconds.
        prefill: Whether the ring is full when a camera starts, from footage encoded ahead.
        settings: What every camera's configuration has beside that.
        each: What a single camera's has, by its name; it goes before ``settings``.
        driver: Which of them are real, by their names, and where.
    """

    count: int = Field(default=1, ge=1, le=MOST_CAMERAS)
    later: int = Field(default=0, ge=0, le=MOST_CAMERAS)
    source: SourceKind = Field(default=SourceKind.AUTO, strict=False)
    width: int = Field(default=WIDTH, ge=160, le=3840, multiple_of=2)
    height: int = Field(default=HEIGHT, ge=120, le=2160, multiple_of=2)
    fps: int = Field(default=FPS, ge=1, le=60)
    window_s: int = Field(default=180, ge=5, le=3600)
    prefill: bool = True
    settings: Settings = Field(default_factory=dict)
    each: dict[CameraName, Settings] = Field(default_factory=dict)
    driver: dict[CameraName, CameraDriver] = Field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the cameras that take part from the beginning, in order."""
        return _names(1, self.count)

    @property
    def virtual_names(self) -> tuple[str, ...]:
        """The names of those that are not real, in order."""
        return tuple(name for name in self.names if name not in self.driver)

    def addresses(self, ssh_config: Path | None) -> dict[str, DriverAddress]:
        """Return where the real ones are, by name.

        Args:
            ssh_config: A configuration of ssh; None for the person's own.
        """
        return {
            name: DriverAddress(each.ssh, each.config, each.program, ssh_config)
            for name, each in self.driver.items()
        }

    @property
    def later_names(self) -> tuple[str, ...]:
        """The names of those that take no part until they are enrolled."""
        return _names(self.count + 1, self.count + self.later)

    def settings_of(self, name: str) -> Settings:
        """What a camera's configuration has beside what the simulator sets."""
        tables = {table: dict(keys) for table, keys in self.settings.items()}
        for table, keys in self.each.get(name, {}).items():
            tables[table] = {**tables.get(table, {}), **keys}
        return tables

    def window_of(self, name: str) -> int:
        """How much pre-record a camera keeps, in seconds."""
        return int(self.settings_of(name).get("camera", {}).get("window_s", self.window_s))


class RunTable(ScenarioTable):
    """How it is run.

    Attributes:
        time: ``real`` for cameras and a fleet that run as they do in life; ``virtual`` for one driven clock.
        begins: In virtual time: the day of the first instant; None for a Monday in January.
    """

    time: Literal["real", "virtual"] = "real"
    begins: date | None = None


class FleetTable(ScenarioTable):
    """The fleet that the simulator starts.

    Attributes:
        settings: Its ``fleet.toml``, table by table.
        deletes: Whether somebody switched deletion on as it was set up, as people do on its page; in virtual
            time, where days go by.
    """

    settings: Settings = Field(default_factory=dict)
    deletes: bool = False


class Scenario(ScenarioTable):
    """A whole scenario.

    Attributes:
        name: What the report calls it.
        title: What it shows, in one sentence.
        tags: What it is about, to choose by.
        seed: Decides where in the scene each camera begins, and all that is drawn; ``--seed`` overrides it.
        parameters: Values with a name, which stand wherever ``"$name"`` does; ``--set`` overrides them.
        run: How it is run.
        cameras: The virtual cameras.
        fleet: The fleet.
        steps: What happens, in order; none where a pilot is played.
        pilot: Weeks of visits, incidents and requests in virtual time, in place of steps.
        promises: What must hold at the end.
    """

    name: str = Field(pattern=r"^[a-z0-9_]{1,60}$")
    title: str = Field(min_length=1, max_length=200)
    tags: tuple[Tag, ...] = Field(default=(), strict=False)
    seed: int = Field(default=1, ge=0, le=2**32 - 1)
    parameters: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], Any] = Field(default_factory=dict)
    run: RunTable = RunTable()
    cameras: Cameras = Cameras()
    fleet: FleetTable = FleetTable()
    steps: tuple[Step, ...] = Field(default=(), strict=False)
    pilot: PilotScript | None = None
    promises: Promises = Promises()

    @property
    def fleet_settings(self) -> Settings:
        """What the configuration of a fleet has that is started for it."""
        if self.pilot is None:
            return self.fleet.settings
        return {
            **self.fleet.settings,
            "landlord": self.pilot.landlord.model_dump(),
            "visits": {"notice_hours": self.pilot.notice_hours},
        }


def _names(first: int, last: int) -> tuple[str, ...]:
    return tuple(f"cam-{number:02d}" for number in range(first, last + 1))
