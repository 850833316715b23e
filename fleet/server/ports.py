"""Taking a port, or saying clearly who has it.

Rules:
- a port that is taken stops the start with one sentence: which, what for, held by whom if that can be seen,
  and what to do; with ``--any-port`` another is taken instead and that is said;
- ports taken are remembered in ``STATE/ports.json`` and, with ``--any-port``, tried first the next time:
  cameras that enrolled under them find the fleet again.
"""

from __future__ import annotations

import contextlib
import errno
import json
import logging
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fleet.core.errors import FleetConfigError, PortTakenError
from fleet.core.files import write_file

log = logging.getLogger(__name__)

REMEMBERED = "ports.json"
BACKLOG = 256
_ADDRESS_FAULTS = frozenset({errno.EADDRNOTAVAIL, errno.EINVAL, errno.EAFNOSUPPORT})
_LISTENING = "0A"  # include/net/tcp_states.h, TCP_LISTEN


@dataclass(frozen=True, slots=True)
class WantedPort:
    """A port that the fleet wants.

    Attributes:
        purpose: what it is for, as in the option ``--dashboard-port``: dashboard, cameras or mqtt.
        port: its number; 0 takes any free one.
    """

    purpose: str
    port: int


class PortBook:
    """Takes ports for one start and keeps which ones, for the next."""

    def __init__(self, state: Path, address: str, *, any_port: bool) -> None:
        self._file = state / REMEMBERED
        self._address = address
        self._any_port = any_port
        self._before = remembered_ports(state)
        self._taken: dict[str, int] = {}

    def claim(self, wanted: WantedPort) -> socket.socket:
        """Bind a listening socket; at another port than wanted only if any will do.

        Raises:
            PortTakenError: the port is taken and no other was allowed.
            FleetConfigError: the address is not one of this machine.
        """
        found = self._bind_any(wanted)
        self._taken[wanted.purpose] = found.getsockname()[1]
        return found

    def expect(self, wanted: WantedPort) -> int:
        """Return a port that is taken later, once whoever has it has ended.

        Raises:
            FleetConfigError: any port was wanted, and none was taken the last time.
        """
        port = wanted.port or self._before.get(wanted.purpose, 0)
        if not port:
            raise FleetConfigError(
                f"server.{wanted.purpose}_port is needed where several processes share a database: the one "
                "that takes the broker over listens there."
            )
        self._taken[wanted.purpose] = port
        return port

    def close(self) -> None:
        """Keep the ports taken for the next start."""
        write_file(self._file, json.dumps(self._taken).encode("ascii"))

    def _bind_any(self, wanted: WantedPort) -> socket.socket:
        last = self._before.get(wanted.purpose) if self._any_port else None
        candidates = [port for port in (last, wanted.port) if port is not None]
        for port in dict.fromkeys(candidates):
            try:
                return bind(self._address, port)
            except OSError as error:
                taken = _taken(self._address, wanted, port, error)
                if not self._any_port:
                    raise taken from error
                log.warning("%s", taken.fact)
        found = bind(self._address, 0)
        log.warning("Using port %d for %s instead.", found.getsockname()[1], wanted.purpose)
        return found


def remembered_ports(state: Path) -> dict[str, int]:
    """Return the ports taken last time, by purpose; none when there was no last time."""
    try:
        table = json.loads((state / REMEMBERED).read_bytes())
    except (OSError, ValueError):  # a convenience only: without it the configured ports are tried
        return {}
    if not isinstance(table, dict):
        return {}
    return {str(key): port for key, port in table.items() if isinstance(port, int)}


def holder(port: int) -> str | None:
    """Return who listens on a TCP port, as ``python3 (process 4711)``, when this user may see it."""
    sockets = {f"socket:[{inode}]" for inode in _listening_inodes(port)}
    for process in Path("/proc").glob("[0-9]*"):
        if sockets.isdisjoint(_open_files(process)):
            continue
        try:
            return f"{(process / 'comm').read_text().strip()} (process {process.name})"
        except OSError:  # it ended while we looked
            continue
    return None


def _open_files(process: Path) -> Iterator[str]:
    try:
        for entry in (process / "fd").iterdir():
            with contextlib.suppress(FileNotFoundError):  # closed while we looked
                yield str(entry.readlink())
    except OSError:  # another user's process, or one that ended
        return


def bind(address: str, port: int) -> socket.socket:
    """Listen at an address, IPv4 or IPv6.

    Raises:
        OSError: it cannot be had.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, port))
        listener.listen(BACKLOG)
        listener.setblocking(False)
    except BaseException:
        listener.close()
        raise
    return listener


def _taken(address: str, wanted: WantedPort, port: int, error: OSError) -> PortTakenError:
    if isinstance(error, socket.gaierror) or error.errno in _ADDRESS_FAULTS:
        raise FleetConfigError(
            f"server.address = {address!r} is not an address of this machine; use 127.0.0.1 or 0.0.0.0."
        ) from error
    if isinstance(error, PermissionError):
        return PortTakenError(port, wanted.purpose, "needs rights that this user does not have")
    who = holder(port)
    return PortTakenError(
        port, wanted.purpose, f"is taken by {who}" if who else "is taken by another program"
    )


def _listening_inodes(port: int) -> Iterator[str]:
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text(encoding="ascii").splitlines()[1:]
        except OSError:  # no IPv6 here, or no /proc
            continue
        for line in lines:
            fields = re.split(r"\s+", line.strip())
            if fields[3] == _LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                yield fields[9]
