"""Sends what should not be: messages in another's name, and messages that were sent before.

Each message goes over a connection of its own, to the fleet's own broker, past the camera's line. A broker
has one connection for a certificate, so that the camera whose certificate it is loses its own and comes back.
"""

from __future__ import annotations

import secrets
import time
from functools import partial
from typing import TYPE_CHECKING, Final

from device.errors import DeviceError
from device.link.identity.identity import load_identity
from device.link.identity.mutual_tls import enrolled_context
from device.storage.filesystem import PosixFilesystem
from protocol.footage.consent import SaidOfConsent
from protocol.messages.commands import Command, CommandKind, CommandOutcome, ConsentCommand, Response
from protocol.messages.desired import Desired, Reported
from protocol.messages.events import CameraEvent, NewsKind
from protocol.messages.status import Status
from protocol.messages.topics import ROOT, Down, Up, topic
from protocol.mode import Mode
from protocol.units import NS_PER_US
from simulator.errors import CameraError
from simulator.fleet.stranger import StrangerConnection
from simulator.oracle.history import OperationAnswer, OperationKind
from simulator.scenario.acts.table import act_with
from simulator.scenario.steps.strangers import Forge, Replay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simulator.cameras.camera import VirtualCamera
    from simulator.scenario.context import ScenarioContext
    from simulator.scenario.watch import MadeRecording

NEVER_MADE: Final = 999_999
"""The number of a recording that no camera of a scenario makes, and a version that no fleet reaches."""
COUNTS_US: Final = 60_000_000
"""So long a command counts that is forged."""
BY_BROKER: Final = "refused (reason"
"""What an answer says that is the broker's; a connection that just ended answers nothing."""


@act_with.register(Forge)
def _(step: Forge, camera: VirtualCamera, context: ScenarioContext) -> None:
    name, forger = camera.place.camera, _named(context, step.by)
    for where, message in forged(name, time.time_ns() // NS_PER_US):
        attempt = partial(_publish, forger, where, message, retain=True)
        context.recorder.tried(OperationKind.FORGERY, camera, attempt)
    context.recorder.tried(OperationKind.FORGERY, camera, partial(_listen, forger, name))
    said = f"messages of {camera.name} and to it were forged with the certificate of {step.by}"
    context.recorder.happened("strangers", said, camera.name)
    context.recorder.over("strangers", camera.name)


@act_with.register(Replay)
def _(step: Replay, camera: VirtualCamera, context: ScenarioContext) -> None:
    del step
    made = [each for each in context.watch.made if each.name == camera.name]
    for where, message in told_before(camera.place.camera, made):
        attempt = partial(_publish, camera, where, message, retain=False)
        context.recorder.tried(OperationKind.REPLAY, camera, attempt)
    context.recorder.happened("strangers", f"what {camera.name} had told was sent again", camera.name)
    context.recorder.over("strangers", camera.name)


def forged(camera: str, now_us: int) -> Iterator[tuple[str, bytes]]:
    """What somebody would say in a camera's name, and to it in the fleet's: one of each kind of message.

    Args:
        camera: What the fleet calls it.
        now_us: The fleet's time, in microseconds: a command of an hour ago would be refused for that alone.
    """
    session, id_ = secrets.token_hex(8), secrets.token_hex(16)
    gone = Status(camera=camera, session=session, online=False, state=Mode.OFF)
    yield topic(camera, "up", Up.STATUS), gone.to_json()
    opened = CameraEvent(
        id=id_, kind=NewsKind.RECORDING_OPENED, camera=camera, at_utc_us=0, number=NEVER_MADE
    )
    yield topic(camera, "up", Up.EVENT), opened.model_dump_json().encode()
    took = Reported(camera=camera, version=NEVER_MADE)
    yield topic(camera, "up", Up.REPORTED), took.model_dump_json().encode()
    done = Response(id=id_, camera=camera, outcome=CommandOutcome.DONE, at_utc_us=now_us, consent=NEVER_MADE)
    yield topic(camera, "up", Up.RESPONSE), done.model_dump_json().encode()
    nobodys = Desired(camera=camera, version=NEVER_MADE)
    yield topic(camera, "down", Down.DESIRED), nobodys.model_dump_json().encode()
    refused = Command(
        id=id_,
        camera=camera,
        kind=CommandKind.CONSENT,
        issued_utc_us=now_us,
        expires_utc_us=now_us + COUNTS_US,
        by="nobody",
        consent=ConsentCommand(said=SaidOfConsent.REFUSED),
    )
    yield topic(camera, "down", Down.COMMAND), refused.model_dump_json().encode()


def told_before(camera: str, made: list[MadeRecording]) -> Iterator[tuple[str, bytes]]:
    """What a camera tells of its recordings, under the ids under which it told it."""
    for each in made:
        for kind in (NewsKind.RECORDING_OPENED, NewsKind.RECORDING_CLOSED):
            event = CameraEvent(
                id=f"{each.recording}-{kind}",
                kind=kind,
                camera=camera,
                at_utc_us=0,
                number=each.number,
                recording=each.recording,
            )
            yield topic(camera, "up", Up.EVENT), event.model_dump_json().encode()
    # As a will does that comes late: of a session that is over.
    gone = Status(camera=camera, session=secrets.token_hex(8), online=False)
    yield topic(camera, "up", Up.STATUS), gone.to_json()


def _named(context: ScenarioContext, name: str) -> VirtualCamera:
    return next(each for each in context.group if each.name == name)


def _publish(sender: VirtualCamera, where: str, message: bytes, *, retain: bool) -> OperationAnswer:
    return _over_a_connection(sender, lambda it: _answer(it.publish(where, message, retain=retain), where))


def _listen(sender: VirtualCamera, camera: str) -> OperationAnswer:
    """Listen to what is said by a camera and to it. A broker may let anybody ask, and then sends nothing."""

    def listen(it: StrangerConnection) -> OperationAnswer:
        it.subscribe(f"{ROOT}/{camera}/#")
        came = sorted({name for name, _ in it.arrived()})
        said = ", ".join(came) if came else "nothing came"
        return OperationAnswer(ok=bool(came), sentence=f"listening to {camera}: {said}")

    return _over_a_connection(sender, listen)


def _over_a_connection(
    sender: VirtualCamera, do: Callable[[StrangerConnection], OperationAnswer]
) -> OperationAnswer:
    """Connect with a camera's certificate.

    Raises:
        CameraError: Its identity cannot be used, the broker does not let it in, or does not answer.
    """
    try:
        context = enrolled_context(load_identity(sender.spec.state, PosixFilesystem()))
    except DeviceError as error:
        raise CameraError(f"{sender.name} cannot be spoken for: {error}") from error
    place = sender.place
    connection = StrangerConnection(context, place.mqtt_host, place.mqtt_port, place.camera)
    try:
        came = connection.connect()
        if came != "accepted":
            raise CameraError(f"the broker did not let {sender.name} in: {came}.")
        return do(connection)
    finally:
        connection.close()


def _answer(came: str, where: str) -> OperationAnswer:
    if came != "accepted" and not came.startswith(BY_BROKER):
        raise CameraError(f"the broker said nothing of {where}: {came}.")
    return OperationAnswer(ok=came == "accepted", sentence=f"{where}: {came}")
