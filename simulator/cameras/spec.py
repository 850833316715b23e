"""What a virtual camera is made from: plain data that goes to its process."""

from __future__ import annotations

import contextlib
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from protocol.footage.format.errors import FormatError
from protocol.footage.ledger.ledger import LEDGER_NAME, Open, iter_ledger
from simulator.cameras.card import CardConditions
from simulator.cameras.spoilt_clock import ClockConditions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from device.battery.charge import Charge
    from simulator.sources.choose import SceneSpec

LOOP_S = 3_600  # offsets are drawn within an hour; scenes repeat sooner
# Constant quality decides below this; the walking clip takes about a third of it.
BITRATE_KBIT = 1_500


@dataclass(frozen=True, slots=True)
class RealSources:
    """A file, a device or an address in place of a scene.

    Attributes:
        picture: As ``video.source`` takes it.
        sound: As ``audio.source`` takes it.
        overlay: Whether time and camera are burned into the picture.
    """

    picture: str = field(repr=False)
    sound: str = field(repr=False)
    overlay: bool = False


@dataclass(frozen=True, slots=True)
class SpoiltParts:
    """What of a camera is not in good order when it starts.

    Attributes:
        card: Its card.
        clock: Its wall clock.
        charge: What its battery's gauge says; None for a camera without a gauge.
        names: Whether its network resolves names.
    """

    card: CardConditions = field(default_factory=CardConditions)
    clock: ClockConditions = field(default_factory=ClockConditions)
    charge: Charge | None = None
    names: bool = True


@dataclass(frozen=True, slots=True)
class CameraSpec:
    """One virtual camera.

    Attributes:
        name: What the scenario and the bench call it.
        folder: Its own folder; ``state`` inside is what a real camera's card would be.
        scene: What it sees and hears.
        begin_s: Where in the scene it begins, pictures and sound alike, in whole seconds.
        window_s: How much pre-record it keeps, in seconds.
        niceness: How far it yields to other programs on this machine (nice(2)), 0 for not at all.
        preset: x264's effort.
        sources: What it films with the device's own sensors and as a device does by default; None for the
            scene.
        settings: What its configuration has beside all that, table by table; it goes before the rest.
    """

    name: str
    folder: Path
    scene: SceneSpec
    begin_s: int
    window_s: int
    niceness: int = 0
    preset: str = "ultrafast"
    sources: RealSources | None = None
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def state(self) -> Path:
        """The camera's state folder."""
        return self.folder / "state"

    def recording(self, number: int) -> Path:
        """Return where the camera keeps one of its recordings."""
        return self.state / "recordings" / f"{number:08d}"

    def recordings(self) -> tuple[Path, ...]:
        """Return where the camera keeps each of its recordings, in order."""
        folders = sorted((self.state / "recordings").glob("*"))
        return tuple(folder for folder in folders if folder.name.isdigit())

    def config(self) -> dict[str, Any]:
        """Return the device's configuration, as its TOML file would hold it."""
        seen, heard = self._seen_and_heard()
        tables: dict[str, dict[str, Any]] = {
            "camera": {"state_dir": str(self.state), "window_s": float(self.window_s)},
            "video": {
                "width": self.scene.width,
                "height": self.scene.height,
                "fps": self.scene.fps,
                **seen,
            },
            "audio": heard,
            "storage": {"after_receipt": "keep"},
            "link": {"status_s": 5.0, "retry_max_s": 5.0},
        }
        for table, keys in self.settings.items():
            tables[table] = {**tables.get(table, {}), **keys}
        # Rings are filled by it, and judged by it.
        tables["camera"]["window_s"] = float(self.window_s)
        return tables

    @property
    def keeps(self) -> bool:
        """Whether it keeps what the fleet has given its receipt for."""
        return bool(self.config()["storage"]["after_receipt"] == "keep")

    def _seen_and_heard(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """What the configuration says of the picture, but for its size, and of the sound."""
        if self.sources is not None:
            return (
                {"source": self.sources.picture, "overlay": self.sources.overlay},
                {"source": self.sources.sound},
            )
        return (
            {
                "source": "virtual",
                "bitrate_kbit": BITRATE_KBIT,
                "encoder": "libx264",
                "preset": self.preset,
            },
            {"source": "virtual", "coder": "fast"},  # clean speech, at half the cost
        )


def plan_cameras(
    names: Sequence[str],
    folder: Path,
    scene: SceneSpec,
    *,
    window_s: int,
    seed: int,
    niceness: int = 0,
    sources: RealSources | None = None,
    settings: Callable[[str], Mapping[str, Mapping[str, Any]]] = lambda _: {},
) -> tuple[CameraSpec, ...]:
    """Decide where each camera begins.

    Args:
        names: The cameras.
        folder: Where their folders go.
        scene: What they see.
        window_s: How much pre-record they keep, in seconds.
        seed: The same seed gives the same cameras.
        niceness: How far they yield to other programs (nice(2)).
        sources: What they film in place of the scene.
        settings: What a camera's configuration has beside that, by its name; its ``camera.window_s`` goes
            before ``window_s``.
    """
    draw = random.Random(seed)  # noqa: S311 - a seeded choice of pictures, not a secret
    return tuple(
        CameraSpec(
            name=name,
            folder=folder / name,
            scene=scene,
            begin_s=draw.randrange(LOOP_S),
            window_s=int(settings(name).get("camera", {}).get("window_s", window_s)),
            niceness=niceness,
            sources=sources,
            settings=settings(name),
        )
        for name in names
    )


def recording_id(folder: Path) -> str:
    """Return the id of a recording in a folder; empty where its ledger cannot be read."""
    with contextlib.suppress(OSError, FormatError):
        first = next(iter_ledger((folder / LEDGER_NAME).read_bytes())).record
        return first.recording.hex() if isinstance(first, Open) else ""
    return ""
