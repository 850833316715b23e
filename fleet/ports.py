"""Taking a port, or saying clearly who has it.

Rules:
- a port that is taken stops the start with one sentence: which, what for, held by whom if that can be seen, and what
  to do; with ``--any-port`` another is taken instead and that is said;
- ports taken are remembered in ``STATE/ports.json`` and, with ``--any-port``, tried first the next time: cameras that
  enrolled under them find the fleet again.
"""

import errno
import json
import logging
import os
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fleet.errors import ConfigError, PortTakenError
from fleet.files import write_file

log = logging.getLogger(__name__)

REMEMBERED = "ports.json"
BACKLOG = 256
_ADDRESS_FAULTS = frozenset({errno.EADDRNOTAVAIL, errno.EINVAL, errno.EAFNOSUPPORT})
_LISTENING = "0A"  # include/net/tcp_states.h, TCP_LISTEN


@dataclass(frozen=True, slots=True)
class Wanted:
    """A port that the fleet wants.

    Attributes:
        purpose: what it is for, as in the option ``--dashboard-port``: dashboard, cameras or mqtt.
        port: its number; 0 takes any free one.
    """

    purpose: str
    port: int


def claim(address: str, wanted: Wanted, *, any_port: bool, remembered: int | None = None) -> socket.socket:
    """Bind a listening socket, at another port than wanted only with ``any_port``.

    Raises:
        PortTakenError: the port is taken and no other was allowed.
        ConfigError: the address is not one of this machine.
    """
    first = remembered if any_port and remembered else wanted.port
    for port in dict.fromkeys((first, wanted.port)):
        try:
            return _bind(address, port)
        except OSError as error:
            taken = _taken(address, wanted, port, error)
            if not any_port:
                raise taken from error
    found = _bind(address, 0)
    log.warning("%s Using port %d instead.", taken.fact, found.getsockname()[1])
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


def remember_ports(state: Path, ports: dict[str, int]) -> None:
    """Keep the ports taken for the next start."""
    write_file(state / REMEMBERED, json.dumps(ports).encode("ascii"))


def holder(port: int) -> str | None:
    """Return who listens on a TCP port, as ``python3 (process 4711)``, when this user may see it."""
    inodes = set(_listening_inodes(port))
    for process in Path("/proc").glob("[0-9]*"):
        try:
            links = {os.readlink(entry) for entry in (process / "fd").iterdir()}
            if any(f"socket:[{inode}]" in links for inode in inodes):
                return f"{(process / 'comm').read_text().strip()} (process {process.name})"
        except OSError:  # another user's process, or one that ended while we looked
            continue
    return None


def _bind(address: str, port: int) -> socket.socket:
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


def _taken(address: str, wanted: Wanted, port: int, error: OSError) -> PortTakenError:
    if isinstance(error, socket.gaierror) or error.errno in _ADDRESS_FAULTS:
        raise ConfigError(
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
