"""The MQTT broker: Debian's mosquitto as a supervised child with a generated configuration.

Rules:
- it hears whoever comes past its relay alone (``fleet.connections``), which agrees on TLS, asks whether the
  certificate counts, and gives the name in it as user name and client id: none can take another's session;
- pattern lines, one for each topic, confine every camera to its own (L1); the fleet's own certificate may use
  them all. So what a camera can have retained is a message for each;
- it ends with us (``setpriv --pdeathsig``), keeping for the next one what nobody acknowledged; if it dies
  alone it is started again, waiting longer each time;
- it listens on a Unix socket in a folder that nobody else opens, and on no port;
- the connections of a camera that is revoked end at once, and nobody else's.

Nothing here speaks MQTT: ``fleet.cameras`` does.
"""

from __future__ import annotations

import asyncio
import contextlib
import getpass
import logging
import shutil
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from fleet.connections.acceptor import Acceptor
from fleet.connections.admission import Admission
from fleet.connections.relay import Entrance, Relay
from fleet.connections.unix_socket import address_of
from fleet.core.errors import BrokerError
from fleet.core.files import make_private_folder, write_file
from fleet.core.tasks import beside
from fleet.pki.authority import SERVICE_NAME
from fleet.server.ports import bind
from protocol.messages.topics import ROOT, Down, Up
from protocol.units import KIB, MIB

log = logging.getLogger(__name__)

START_SECONDS, STOP_SECONDS = 15.0, 5.0
FIRST_WAIT = 0.5
LONGEST_WAIT = 30.0
LONG_ENOUGH = 10.0  # a child that lived this long in seconds did start well
PROBE_EVERY = 0.02
SOCKET = "broker.sock"

MOST_PACKET_BYTES = 64 * KIB
"""Of one message: what is wanted of a camera, with sixteen keys to seal to, has half of it."""
MOST_QUEUED, MOST_QUEUED_BYTES = 20_000, 64 * MIB
"""That wait for one reader: what all cameras say in hours while the service is away."""
MOST_MEMORY_BYTES = 512 * MIB
"""Of the broker: beyond it whoever sends is disconnected."""

ACL = "\n".join(
    (
        "# Generated at every start; changes are lost.",
        f"user {SERVICE_NAME}",
        f"topic readwrite {ROOT}/#",
        "",
        *(f"pattern write {ROOT}/%u/up/{each}" for each in Up),
        *(f"pattern read {ROOT}/%u/down/{each}" for each in Down),
        "",
    )
)


@dataclass(frozen=True, slots=True)
class BrokerPlan:
    """What the broker is started with.

    Attributes:
        program: mosquitto, by name or path.
        folder: where its generated files and its persistence are.
        context: of TLS, which asks for a certificate.
        entrance: says whose certificates count.
        address: where cameras reach it.
        port: the same.
        admission: lets them in.
    """

    program: str
    folder: Path
    context: ssl.SSLContext
    entrance: Entrance
    address: str
    port: int
    admission: Admission


def find_program(name: str) -> str:
    """Return the path of the broker's program.

    Raises:
        BrokerError: it is not installed.
    """
    # Debian installs it in /usr/sbin, which is not in every user's PATH.
    found = shutil.which(name) or shutil.which(name, path="/usr/local/sbin:/usr/sbin:/sbin")
    if found is None:
        raise BrokerError(f"The MQTT broker {name} is not installed: install Debian's package mosquitto.")
    return found


def configuration(plan: BrokerPlan, *, user: str) -> str:
    """Return mosquitto.conf (see mosquitto.conf(5)). Pure."""
    lines = (
        "# Generated at every start; changes are lost.",
        f"user {user}",  # started by root it would become another user, who cannot read our files
        f"listener 0 {SOCKET}",  # in its folder, in which it is started: a path may be too long for a socket
        "protocol mqtt",
        # The relay has checked who it is; without a user name there is no client id, and nobody comes in.
        "allow_anonymous true",
        "use_username_as_clientid true",
        f"acl_file {plan.folder / 'acl'}",
        "persistence true",
        f"persistence_location {plan.folder}/",
        "autosave_interval 30",
        f"max_packet_size {MOST_PACKET_BYTES}",
        f"memory_limit {MOST_MEMORY_BYTES}",
        "max_inflight_messages 0",  # of what the service has still to keep: one camera holds up no other
        f"max_queued_messages {MOST_QUEUED}",
        f"max_queued_bytes {MOST_QUEUED_BYTES}",
        "log_dest stderr",
        "log_type error",
        "log_type warning",
        "connection_messages false",
    )
    return "\n".join(lines) + "\n"


class Broker:
    """The supervised child: ``async with broker.running():``."""

    def __init__(self, plan: BrokerPlan, listening: socket.socket | None = None) -> None:
        """Prepare it; ``listening`` is its port, where that is bound already: it is closed with it."""
        self._plan = plan
        self._bound = listening
        self._program = find_program(plan.program)
        self._process: asyncio.subprocess.Process | None = None
        self._said: list[str] = []
        self._stopping = asyncio.Event()
        self._relay = Relay(plan.admission, plan.folder / SOCKET, plan.context, plan.entrance)
        self._reader: asyncio.Task[None] | None = None

    @property
    def process_id(self) -> int | None:
        """The process id of the running child, if it runs."""
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    @contextlib.asynccontextmanager
    async def running(self, failed: Callable[[], None] | None = None) -> AsyncIterator[None]:
        """Start the broker, keep it running for the length of the block, stop it.

        Raises:
            BrokerError: it does not come up; the message carries what it said.
        """
        await self._start()
        acceptor = Acceptor(self._listening(), self._plan.admission, self._relay.greet)
        async with beside(self._supervise(), failed=failed):
            try:
                yield
            finally:
                self._stopping.set()
                acceptor.close()
                await self._end()
                await acceptor.wait_closed()

    def _listening(self) -> socket.socket:
        """Take the port where cameras reach it; whoever has taken it meanwhile is told of."""
        plan = self._plan
        if self._bound is not None:
            return self._bound
        try:
            return bind(plan.address, plan.port)
        except OSError as error:
            raise BrokerError(
                f"Port {plan.port} of {plan.address}, where cameras reach the broker, cannot be used: "
                f"{error.strerror}."
            ) from error

    async def check(self) -> None:
        """End the connections of whoever counts no more, as of a camera that was revoked."""
        await self._relay.check()

    async def _start(self) -> None:
        await asyncio.to_thread(self._write_files)
        command = [*_dies_with_us(), self._program, "-c", str(self._plan.folder / "mosquitto.conf")]
        self._said = []
        self._process = await asyncio.create_subprocess_exec(
            *command,
            cwd=self._plan.folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,  # Ctrl-C in a terminal is for us; we end the broker in our order
        )
        self._reader = asyncio.create_task(self._read_log(self._process), name="broker log")
        try:
            async with asyncio.timeout(START_SECONDS):
                while not await self._answers():
                    if self._process.returncode is not None:
                        await self._reader
                        raise BrokerError(f"The MQTT broker stopped at once: {self._last_words()}")
                    await asyncio.sleep(PROBE_EVERY)
        except TimeoutError as error:
            await self._end()
            raise BrokerError(f"The MQTT broker did not start listening: {self._last_words()}") from error

    async def _supervise(self) -> None:
        wait = FIRST_WAIT
        while not self._stopping.is_set():
            lived = await self._wait_for_end()
            if self._stopping.is_set():
                return
            wait = FIRST_WAIT if lived > LONG_ENOUGH else min(wait * 2, LONGEST_WAIT)
            log.warning("The MQTT broker ended: %s Starting it again in %.1f s.", self._last_words(), wait)
            await asyncio.sleep(wait)
            try:
                await self._start()
            except BrokerError as error:  # said here; the next round waits longer and tries again
                log.error("%s", error)  # noqa: TRY400 - the sentence is all there is to know

    async def _wait_for_end(self) -> float:
        """Return how long the child lived after this, in seconds."""
        began = asyncio.get_running_loop().time()
        if self._process is not None:
            await self._process.wait()
        return asyncio.get_running_loop().time() - began

    async def _end(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _answers(self) -> bool:
        try:
            with address_of(self._plan.folder / SOCKET) as address:
                _, writer = await asyncio.open_unix_connection(address)
        except OSError:
            return False
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        return True

    async def _read_log(self, process: asyncio.subprocess.Process) -> None:
        if process.stderr is None:
            raise BrokerError("internal error: the broker has no log")
        async for line in process.stderr:
            text = line.decode("utf-8", "replace").strip().partition(": ")[2]
            self._said = [*self._said, text][-3:]
            log.info("broker: %s", text)

    def _last_words(self) -> str:
        return " ".join(self._said) or "it said nothing."

    def _write_files(self) -> None:
        plan = self._plan
        make_private_folder(plan.folder)
        (plan.folder / SOCKET).unlink(missing_ok=True)
        text = configuration(plan, user=getpass.getuser())
        write_file(plan.folder / "acl", ACL.encode("ascii"))
        write_file(plan.folder / "mosquitto.conf", text.encode("utf-8"))


def _dies_with_us() -> Sequence[str]:
    """Return the words before the command that tie the child's life to ours (prctl(2), PR_SET_PDEATHSIG)."""
    found = shutil.which("setpriv")
    if found is None:
        log.warning(
            "setpriv is missing, so the MQTT broker would outlive a killed fleet: install util-linux."
        )
        return ()
    return (found, "--pdeathsig", "TERM", "--")
