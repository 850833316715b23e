"""``lapel-simulator replay``: reads a folder, and writes the scenario that it tells."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any, Final

from protocol.footage.format.errors import CertificateError
from protocol.verify.authorities import read_authorities
from simulator.errors import ScenarioError
from simulator.replay.composing import ReplayPlan, replayed
from simulator.replay.reading import read_cameras
from simulator.replay.words import given_out

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CARRIED: Final = ("storage", "link")
"""Tables of a camera's configuration that a scenario takes as they are."""
SIZES: Final = ("width", "height", "fps")


def make_replay(
    folder: Path,
    to: Path | None,
    *,
    virtual: bool,
    idle_s: float | None,
    config: Path | None,
    authority: Path | None,
    consents: Path | None = None,
) -> str | None:
    """Make a scenario of a folder; return its text where it goes to no file.

    Args:
        folder: A kept run, or a camera's state folder.
        to: A new file for it; None to return it.
        virtual: Whether it is to run in virtual time.
        idle_s: To how much idle time is shortened; None for not at all.
        config: The cameras' configuration; None where nobody has it.
        authority: Certificates of the authorities that the cameras must come from; None to leave that open.
        consents: What a fleet gives out of what the cameras signed of consent; None for what the folder has.

    Raises:
        ScenarioError: Something of that cannot be used.
    """
    beside = {} if consents is None else given_out(consents)
    cameras = read_cameras(folder, _authorities(authority), beside)
    plan = ReplayPlan(folder.resolve().name, virtual, idle_s, _tables(config))
    text = replayed(cameras, plan)
    if to is None:
        return text
    try:
        with to.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise ScenarioError(f"{to} cannot be written: {error.strerror}.") from error
    return None


def _authorities(file: Path | None) -> list[bytes]:
    if file is None:
        return []
    try:
        return read_authorities(file.read_bytes())
    except OSError as error:
        raise ScenarioError(f"The authority {file} cannot be read: {error.strerror}.") from error
    except CertificateError as error:
        raise ScenarioError(f"{file} is not a certificate in PEM or DER form.") from error


def _tables(file: Path | None) -> Mapping[str, Mapping[str, Any]]:
    """What of a camera's configuration a scenario takes; what it is made of on its board is left out."""
    if file is None:
        return {}
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ScenarioError(f"{file} cannot be read as a camera's configuration: {error}.") from error
    tables = {name: dict(raw[name]) for name in CARRIED if isinstance(raw.get(name), dict)}
    video = raw.get("video")
    if isinstance(video, dict):
        tables["video"] = {key: video[key] for key in SIZES if key in video}
    return tables
