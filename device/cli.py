"""``lapel-device``: run a camera, press its buttons, enrol it.

Exit status: 0 done; 1 refused or failed, with one sentence; 2 a configuration or command line that cannot be
used.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from pydantic import SecretStr

from device.config.file import load_config
from device.control import ask
from device.errors import ConfigError, ControlError, DeviceError, StateFolderError
from device.process.ending import leave, limit_the_end, waiting_for_the_end
from device.process.logs import log_safely
from device.process.usage import SafeGroup
from device.storage.layout import StateFolder
from protocol.footage.consent import SaidOfConsent, WhyNotAsked
from protocol.units import US_PER_S

if TYPE_CHECKING:
    from collections.abc import Callable

    from device.capture.sensors import Sensors
    from device.config.sections import Config

FAILED = 1
UNUSABLE = 2
LONGEST_CODE = 4096
"""In bytes: more than any code with all the space that a mail may put into it."""

app = typer.Typer(
    cls=SafeGroup,
    name="lapel-device",
    help="A body-worn camera that remembers the three minutes before the press.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

ConfigOption = Annotated[
    Path | None, typer.Option("--config", "-c", help="The camera's configuration (TOML).", show_default=False)
]
SocketOption = Annotated[
    Path | None,
    typer.Option("--socket", help="The control socket, in place of --config.", show_default=False),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def run(
    config: Annotated[Path, typer.Option("--config", "-c", help="The camera's configuration (TOML).")],
    *,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say more.")] = False,
) -> None:
    """Run a camera until it is told to end (Ctrl-C, SIGTERM); a recording under way is closed first."""
    with waiting_for_the_end() as wait_for_the_end:
        _run(config, verbose, wait_for_the_end)


def _run(config: Path, verbose: bool, wait_for_the_end: Callable[[], None]) -> None:
    # A camera multiplies no large matrices. OpenBLAS, in NumPy and in OpenCV, would start threads that wait
    # for such work by spinning: half a second of a processor at each start, and memory for every one.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # These load OpenCV and FFmpeg, which no other command needs.
    from device.camera import Camera  # noqa: PLC0415 - see above
    from device.capture.sensors import real_sensors  # noqa: PLC0415 - see above
    from device.process.memory import keep_one_heap  # noqa: PLC0415 - see above
    from protocol.process.hardening import harden  # noqa: PLC0415 - see above

    keep_one_heap()
    log_safely(logging.INFO if verbose else logging.WARNING, "%(levelname)s %(name)s: %(message)s")
    settings = load_config(config)
    for warning in harden():
        typer.echo(f"Warning: {warning}", err=True)
    sensors = real_sensors()
    _try_sensors(settings, sensors)
    camera = Camera(settings, sensors)
    camera.start()
    status = camera.status()
    typer.echo(
        f"{status.camera} is {status.recorder.state}. Press with: lapel-device press --config {config}"
    )
    wait_for_the_end()
    limit_the_end()
    camera.shutdown()
    leave(0)


@app.command()
def press(config: ConfigOption = None, socket: SocketOption = None, *, as_json: JsonOption = False) -> None:
    """Record, with the pre-record. During a recording: say which one is running."""
    _command("press", config, socket, as_json=as_json)


@app.command()
def stop(config: ConfigOption = None, socket: SocketOption = None, *, as_json: JsonOption = False) -> None:
    """End the recording."""
    _command("stop", config, socket, as_json=as_json)


@app.command()
def bookmark(
    config: ConfigOption = None, socket: SocketOption = None, *, as_json: JsonOption = False
) -> None:
    """Mark this moment in the recording."""
    _command("bookmark", config, socket, as_json=as_json)


@app.command()
def private(
    *,
    off: Annotated[bool, typer.Option("--off", help="Leave private.")] = False,
    config: ConfigOption = None,
    socket: SocketOption = None,
    as_json: JsonOption = False,
) -> None:
    """Close the sensors and forget the pre-record."""
    _command("private-off" if off else "private-on", config, socket, as_json=as_json)


@app.command()
def consent(
    kind: Annotated[str, typer.Argument(help=f"What was said: {', '.join(SaidOfConsent)}.")],
    *,
    why: Annotated[str, typer.Option(help=f"Why nobody was asked: {', '.join(WhyNotAsked)}.")] = "",
    wording: Annotated[str, typer.Option(help="Which text was said to them, such as: en 2.")] = "",
    config: ConfigOption = None,
    socket: SocketOption = None,
    as_json: JsonOption = False,
) -> None:
    """Keep what was said at the door of being recorded, signed, and do what follows from it."""
    _command("consent", config, socket, as_json=as_json, kind=kind, why=why, wording=wording)


@app.command()
def status(config: ConfigOption = None, socket: SocketOption = None, *, as_json: JsonOption = False) -> None:
    """Say how the camera is."""
    answer = _ask("status", config, socket, as_json=as_json)
    if as_json:
        typer.echo(json.dumps(answer))
        return
    recording = "" if answer["recording"] is None else f", recording {answer['recording']}"
    typer.echo(f"{answer['camera']} is {answer['state']}{recording}.")
    typer.echo(f"Pre-record: {answer['prerecord_s']:.1f} of {answer['window_s']:g} s.")
    if answer["storage_free_bytes"] is not None:
        typer.echo(
            f"Room: {answer['storage_free_bytes'] / 1e9:.1f} of {answer['storage_total_bytes'] / 1e9:.1f} GB."
        )
    if "commands" in answer:  # a camera of an earlier version may still be running
        _tell_commands(answer["commands"])
    for fault in answer["faults"]:
        typer.echo(f"Fault: {fault}")


def _tell_commands(commands: dict[str, Any]) -> None:
    """Say what the fleet commanded last, when and with which outcome, and what was not done at all."""
    last = commands["last"]
    if last is not None:
        at = datetime.fromtimestamp(last["at_utc_us"] / US_PER_S, UTC)
        when = f"answered {at:%Y-%m-%d %H:%M:%S} UTC by this camera's clock"
        typer.echo(f"Last command of the fleet: {last['kind']}, {when}: {last['outcome']}. {last['detail']}")
    if commands["unread"]:
        typer.echo(f"Commands that came too fast to be read, and were not done: {commands['unread']}.")
    if commands["unanswered"]:
        typer.echo(
            f"Answers to commands that were let go of before the broker had them: {commands['unanswered']}."
        )


@app.command()
def enrol(
    fleet: Annotated[
        str, typer.Option("--fleet", help="Address of the fleet's dashboard, https://HOST:PORT.")
    ],
    config: Annotated[Path, typer.Option("--config", "-c", help="The camera's configuration (TOML).")],
) -> None:
    """Make this camera known to a fleet: once, before its first run.

    It asks for the one-time code from the dashboard, or reads it from standard input.
    """
    from device.link.identity.enrol import enrol as enrol_camera  # noqa: PLC0415 - the network is for this command alone

    folder = load_config(config).camera.state_dir
    identity = enrol_camera(fleet, _read_code(), folder)
    typer.echo(f"This camera is {identity.camera}. Start it with: lapel-device run --config {config}")


@app.command("check-config")
def check(
    config: Annotated[Path, typer.Option("--config", "-c", help="The configuration to check (TOML).")],
) -> None:
    """Check a configuration and print it with every default."""
    typer.echo(load_config(config).model_dump_json(indent=2))


def main() -> NoReturn:
    """The command line. What goes wrong is one sentence on stderr."""
    try:
        app(standalone_mode=True)
    except (ConfigError, StateFolderError) as error:
        _fail(error, UNUSABLE)
    except DeviceError as error:
        _fail(error, FAILED)
    sys.exit(0)


def _read_code() -> SecretStr:
    """The one-time code, from a person or through a pipe: an argument shows in the list of processes.

    Raises:
        EnrolmentError: There is none.
    """
    from device.link.errors import EnrolmentError  # noqa: PLC0415 - the network is for this command alone

    if sys.stdin.isatty():
        return SecretStr(typer.prompt("One-time code from the dashboard", hide_input=True, err=True))
    code = sys.stdin.buffer.read(LONGEST_CODE).decode("utf-8", "replace")
    if not code.strip():
        raise EnrolmentError(
            "There is no enrolment code on standard input: pipe it in, or type it when asked."
        )
    return SecretStr(code)


def _fail(error: DeviceError, code: int) -> NoReturn:
    typer.echo(str(error), err=True)
    sys.exit(code)


def _try_sensors(settings: Config, sensors: Sensors) -> None:
    """Open the sensors for a moment: a camera without a picture does not start; one without sound does.

    Raises:
        SourceError: There is no picture.
    """
    from device.sources.base import SourceError  # noqa: PLC0415 - it loads numpy

    capture = settings.capture("")
    video = sensors.open_video(capture.video)
    try:
        video.open()
    finally:
        video.close()
    if capture.audio is None or sensors.open_audio is None:
        return
    audio = sensors.open_audio(capture.audio)
    try:
        audio.open()
    except SourceError as error:
        typer.echo(f"Warning: there will be no sound. {error}", err=True)
    finally:
        audio.close()


def _ask(do: str, config: Path | None, socket: Path | None, *, as_json: bool, **more: str) -> dict[str, Any]:
    if (config is None) == (socket is None):
        raise ConfigError("Say which camera: either --config FILE or --socket FILE.")
    if socket is None and config is not None:
        socket = StateFolder(load_config(config).camera.state_dir).socket
    if socket is None:
        raise TypeError("internal error: there is a socket or a configuration")
    answer = ask(socket, do, **more)
    if not answer.get("ok"):
        if as_json:
            typer.echo(json.dumps(answer))
        raise ControlError(str(answer.get("error")))
    return answer


def _command(do: str, config: Path | None, socket: Path | None, *, as_json: bool, **more: str) -> None:
    answer = _ask(do, config, socket, as_json=as_json, **more)
    typer.echo(json.dumps(answer) if as_json else answer["sentence"])
