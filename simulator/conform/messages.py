"""The rules of messages: who may connect, what a camera may publish and read, presence."""

from __future__ import annotations

import secrets
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from device.link.tls import authority_context
from protocol.messages.desired import Desired
from protocol.messages.status import Status
from protocol.messages.topics import ROOT, Down, Up, topic
from protocol.mode import Mode
from simulator.conform.access import DESIRED, handshake, stranger
from simulator.conform.attempt import rule
from simulator.conform.errors import NotLookedAtError
from simulator.fleet.stranger import StrangerConnection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simulator.conform.attempt import Attempt
    from simulator.conform.visit import Visit

SECTION: Final = "Messages"
WILL_DELAY_S: Final = 1
"""A will may be delayed by as long as its sender says; this is soon over."""
SESSION_S: Final = 30
SHOWN_S: Final = 20.0
LOOK_S: Final = 0.25
OTHER: Final = "another-camera"
NOT_SHOWN: Final = "this needs --token-env, a token that may see cameras"


@contextmanager
def connection(visit: Visit, client_id: str | None = None) -> Iterator[StrangerConnection]:
    """A connection that is not yet opened; it is ended with the context."""
    told = visit.identity.answer
    made = StrangerConnection(
        visit.context(), told.mqtt_host, told.mqtt_port, client_id or visit.identity.camera
    )
    try:
        yield made
    finally:
        made.close()


@contextmanager
def connected(visit: Visit, it: Attempt, client_id: str | None = None) -> Iterator[StrangerConnection]:
    """A connection that the broker accepted."""
    with connection(visit, client_id) as made:
        came = made.connect()
        it.that("CONNECT with the camera's certificate", "accepted", came, holds=came == "accepted")
        yield made


@rule(
    "broker-lets-nobody-in",
    SECTION,
    "the broker lets nobody in without a certificate of the fleet's authority",
)
def broker_lets_nobody_in(visit: Visit, it: Attempt) -> None:
    """Neither without one nor with one of another authority."""
    told = visit.identity.answer
    for who, context in (
        ("without a certificate", authority_context(told.authority_pem)),
        ("by another authority", stranger(visit)),
    ):
        came = handshake(told.mqtt_host, told.mqtt_port, context)
        it.that(f"TLS to the broker {who}", "refused", came, holds=came == "refused")


@rule("publishes-its-own", SECTION, "a camera publishes under its own up/")
def publishes_its_own(visit: Visit, it: Attempt) -> None:
    """Its status, acknowledged."""
    with connected(visit, it) as broker:
        name = topic(visit.identity.camera, "up", Up.STATUS)
        came = broker.publish(name, _status(visit, "a").to_json(), retain=True)
        it.that(f"PUBLISH {name}", "accepted", came, holds=came == "accepted")


@rule(
    "publishes-nothing-else",
    SECTION,
    "a camera publishes nothing of another camera's, and nothing of the fleet's",
)
def publishes_nothing_else(visit: Visit, it: Attempt) -> None:
    """Another's up/ and its own down/."""
    camera = visit.identity.camera
    for name in (topic(OTHER, "up", Up.STATUS), topic(camera, "down", Down.DESIRED)):
        with connected(visit, it) as broker:
            came = broker.publish(name, b"{}")
            it.that(f"PUBLISH {name}", "refused", came, holds=came.startswith("refused"))


@rule("reads-nothing-else", SECTION, "a camera reads what is under its own down/ and nothing else")
def reads_nothing_else(visit: Visit, it: Attempt) -> None:
    """Its own retained status is there to be read, by who may."""
    camera = visit.identity.camera
    with connected(visit, it) as broker:
        broker.publish(topic(camera, "up", Up.STATUS), _status(visit, "b").to_json(), retain=True)
        for wanted in (f"{ROOT}/#", "#", f"{ROOT}/+/up/status"):
            broker.subscribe(wanted)
        names = sorted({name for name, _ in broker.arrived()})
        other = [name for name in names if not name.startswith(f"{ROOT}/{camera}/down/")]
        sent = f"SUBSCRIBE {ROOT}/# and #"
        it.that(sent, f"nothing but {ROOT}/{camera}/down/", ", ".join(names) or "nothing", holds=not other)


@rule("desired-retained", SECTION, "what is wanted of a camera is retained for it, the same as over HTTPS")
def desired_retained(visit: Visit, it: Attempt) -> None:
    """On ``down/desired``, of the version that ``GET …/desired`` has."""
    name = topic(visit.identity.camera, "down", Down.DESIRED)
    answer = it.want(visit.cameras.get(DESIRED), 200)
    told = answer.read(Desired)
    with connected(visit, it) as broker:
        broker.subscribe(name)
        found = [payload for where, payload in broker.arrived(least=1) if where == name]
    came = found[-1].decode("utf-8", "replace") if found else "nothing"
    expected = f"version {told.version}" if told is not None else "a Desired"
    try:
        same = told is not None and Desired.model_validate_json(came).version == told.version
    except ValueError:
        same = False
    it.that(f"SUBSCRIBE {name}", expected, came, holds=same)


@rule(
    "one-connection", SECTION, "the client id is the certificate's name: one connection takes the other over"
)
def one_connection(visit: Visit, it: Attempt) -> None:
    """So nobody takes another camera's session, and two devices with one identity are noticed."""
    with connected(visit, it, "somebody-else") as before, connected(visit, it):
        why = before.ended()
        came = "it stood" if why is None else f"it was ended ({why})"
        sent = "CONNECT again under another client id"
        it.that(sent, "the connection before is ended", came, holds=why is not None)


@rule("presence-shown", SECTION, "a status shows the camera as online, and one that says goodbye as offline")
def presence_shown(visit: Visit, it: Attempt) -> None:
    """As people see it."""
    _needs_token(visit)
    name = topic(visit.identity.camera, "up", Up.STATUS)
    with connected(visit, it) as broker:
        session = secrets.token_hex(8)
        broker.publish(name, _status(visit, session).to_json(), retain=True)
        _shown(visit, it, f"PUBLISH {name}, online", online=True)
        broker.publish(name, _status(visit, session, online=False).to_json(), retain=True)
        _shown(visit, it, f"PUBLISH {name}, offline", online=False)


@rule("will-shown", SECTION, "a connection that dies shows the camera as offline, by its will")
def will_shown(visit: Visit, it: Attempt) -> None:
    """After the will's delay."""
    _needs_token(visit)
    with _with_a_will(visit, it, secrets.token_hex(8)) as broker:
        _shown(visit, it, "PUBLISH its status", online=True)
        broker.cut()
        _shown(visit, it, "a connection that is cut", online=False)


@rule(
    "late-will-ignored",
    SECTION,
    "a will of a session before the one that stands is recognised, and changes nothing",
)
def late_will_ignored(visit: Visit, it: Attempt) -> None:
    """Sent by hand: what a broker does that is slow."""
    _needs_token(visit)
    name = topic(visit.identity.camera, "up", Up.STATUS)
    with connected(visit, it) as broker:
        broker.publish(name, _status(visit, "session-before").to_json(), retain=True)
        broker.publish(name, _status(visit, "session-now").to_json(), retain=True)
        _shown(visit, it, "PUBLISH its status", online=True)
        broker.publish(name, _status(visit, "session-before", online=False).to_json(), retain=True)
        # Once a later message was taken in, the will before it was too.
        broker.publish(name, _status(visit, "session-now", faults=("seen",)).to_json(), retain=True)
        _until(visit, lambda said: said.get("status", {}).get("faults") == ["seen"])
        shown = bool(_camera(visit).get("online"))
        it.that("PUBLISH the will of the session before", "online", _words(online=shown), holds=shown)


def _needs_token(visit: Visit) -> None:
    if visit.api is None:
        raise NotLookedAtError(NOT_SHOWN)


@contextmanager
def _with_a_will(visit: Visit, it: Attempt, session: str) -> Iterator[StrangerConnection]:
    name = topic(visit.identity.camera, "up", Up.STATUS)
    with connection(visit) as broker:
        broker.leave_a_will(name, _status(visit, session, online=False).to_json(), WILL_DELAY_S)
        came = broker.connect(session_s=SESSION_S)
        it.that("CONNECT with a will", "accepted", came, holds=came == "accepted")
        broker.publish(name, _status(visit, session).to_json(), retain=True)
        yield broker


def _status(visit: Visit, session: str, *, online: bool = True, faults: tuple[str, ...] = ()) -> Status:
    return Status(
        camera=visit.identity.camera, session=session, online=online, state=Mode.READY, faults=faults
    )


def _shown(visit: Visit, it: Attempt, sent: str, *, online: bool) -> None:
    seen = _until(visit, lambda said: bool(said.get("online")) is online)
    came = _words(online=online if seen else not online)
    it.that(sent, f"{_words(online=online)} within {SHOWN_S:.0f} s", came, holds=seen)


def _until(visit: Visit, holds: Callable[[dict[str, Any]], bool]) -> bool:
    end = time.monotonic() + SHOWN_S
    while not holds(_camera(visit)):
        if time.monotonic() > end:
            return False
        time.sleep(LOOK_S)
    return True


def _camera(visit: Visit) -> dict[str, Any]:
    _needs_token(visit)
    return {} if visit.api is None else visit.api.cameras().get(visit.identity.camera, {})


def _words(*, online: bool) -> str:
    return "shown as online" if online else "shown as offline"


MESSAGES: Final = (
    broker_lets_nobody_in,
    publishes_its_own,
    publishes_nothing_else,
    reads_nothing_else,
    desired_retained,
    one_connection,
    presence_shown,
    will_shown,
    late_will_ignored,
)
