"""Where a real camera is reached, and what is asked of it there. Pure.

Rule: nothing of a scenario reaches a shell as more than a word. ``ssh`` gets a list of arguments here; what
it passes on is one line for the shell over there, so a path may hold no character that a shell takes for
its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

SSH_PATTERN: Final = r"^ssh://[a-z_][a-z0-9_.-]{0,31}@[A-Za-z0-9][A-Za-z0-9.-]{0,252}(:[0-9]{1,5})?$"
PATH_PATTERN: Final = r"^[A-Za-z0-9_/.][A-Za-z0-9_/.-]{0,199}$"
_PARTS: Final = re.compile(r"ssh://([^@]+)@([^:]+)(?::([0-9]+))?")
WORDS_PATTERN: Final = r"^[a-z0-9]+( [a-z0-9]+)*$"
"""What may be given with a command: words and numbers, and nothing that a shell takes for its own."""
CONNECT_S: Final = 15
OPTIONS: Final = (
    "BatchMode=yes",
    "StrictHostKeyChecking=yes",
    "PasswordAuthentication=no",
    "KbdInteractiveAuthentication=no",
    "ForwardAgent=no",
    "ForwardX11=no",
    "ClearAllForwardings=yes",
    "PermitLocalCommand=no",
    f"ConnectTimeout={CONNECT_S}",
)
"""What ssh is told, before what a person has set for it: nobody is asked for a password, and a host whose
key is not known is not talked to."""

COMMANDS: Final = {
    "press": ("press",),
    "stop": ("stop",),
    "bookmark": ("bookmark",),
    "private-on": ("private",),
    "private-off": ("private", "--off"),
    "status": ("status",),
    "consent": ("consent",),
}
"""What a camera is asked for, and how ``lapel-device`` is."""


@dataclass(frozen=True, slots=True)
class DriverAddress:
    """A real camera's place.

    Attributes:
        ssh: ``ssh://user@host:port``; without a port, what ssh takes.
        config: The camera's configuration over there.
        program: What ``lapel-device`` is called over there.
        ssh_config: A configuration of ssh that goes before the person's own; None for that.
    """

    ssh: str
    config: str
    program: str = "lapel-device"
    ssh_config: Path | None = None

    @property
    def host(self) -> str:
        """The host's name."""
        return self._parts[1]

    def arguments(self, do: str, **more: str) -> tuple[str, ...]:
        """Return the program and its arguments that ask for something.

        Args:
            do: What, as in ``press``.
            more: What else is given: of consent its ``kind``, ``why`` and ``wording``.

        Raises:
            KeyError: There is no way to ask for that.
            ValueError: What is given holds more than words.
        """
        user, host, port = self._parts
        words = (*COMMANDS[do], *_given(more), "--config", self.config, "--json")
        over_there = " ".join((self.program, *words))
        own = () if self.ssh_config is None else ("-F", str(self.ssh_config))
        at = () if port is None else ("-p", port)
        told = (part for option in OPTIONS for part in ("-o", option))
        return ("ssh", *own, *told, "-T", *at, "-l", user, "--", host, over_there)

    @property
    def _parts(self) -> tuple[str, str, str | None]:
        found = _PARTS.fullmatch(self.ssh)
        if found is None or not re.fullmatch(SSH_PATTERN, self.ssh):
            raise ValueError(f"internal error: {self.ssh!r} is no address")
        return found[1], found[2], found[3]


def _given(more: Mapping[str, str]) -> Iterator[str]:
    """Return what is given as words for the shell over there; one of several parts stands in quotes."""
    for name, value in more.items():
        if not value:
            continue
        if not re.fullmatch(WORDS_PATTERN, value):
            raise ValueError(f"internal error: {value!r} is no word for a shell")
        if name != "kind":  # what was said comes first, and by itself
            yield f"--{name}"
        yield f"'{value}'"
