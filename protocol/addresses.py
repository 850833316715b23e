"""Addresses of cameras and streams, as people may read them.

An address of a camera carries whatever opens it: a name and a password before the host (RFC 3986, section
3.2.1), ``?user=…&password=…`` or a token in its query, and just as often a password or a stream's key in its
path (``/user=admin_password=…``, ``/live/KEY``). Nobody can tell a path from a key by its looks, so what is
shown is the scheme, the host and the port: enough to find the cable. The rest stands in the configuration.

Rules:

- Every sentence, log line, message and report that could hold an address goes through ``without_secrets``.
- What cannot be told apart is left out. The part before the host ends at the last ``@``; where one stands
  behind the first slash, question mark or hash, a password may hold that sign, and so not even the host is
  shown.
- It never makes a text longer, and doing it twice changes nothing more.

It is no parser of addresses.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Final

LEFT_OUT: Final = "…"

_WORD: Final = re.compile(r"[^ \t\r\n\f\v]+")
_ADDRESS: Final = re.compile(r"(?P<before>.*?)(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*:)//(?P<rest>.*)", re.DOTALL)
_HOST: Final = re.compile(r"(?:\[[\w.:%-]+\]|[\w.-]*\w)(?::\d{1,5})?")
_AFTER: Final = re.compile(r"[\"'`)\]}>.,:;!?]*")
_QUOTED: Final = {"'": "'", '"': '"', "`": "`", "(": ")", "<": ">"}
_NAMED: Final = re.compile(
    r"[?&;][\w.-]+=|(?:user|usr|login|pass|pwd|token|auth|key|secret)\w*=.", re.IGNORECASE
)
_HEADER: Final = re.compile(r"(authorization:)[^\r\n]+", re.IGNORECASE)


def is_this_machine(host: str) -> bool:
    """Say whether a host is this machine by its very name: a loopback address, or localhost."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def without_secrets(text: str) -> str:
    """Leave out of a text what could open a camera or a stream.

    Args:
        text: A source as it is configured, or any sentence, also another program's.

    Example:
        >>> without_secrets("rtsp://admin:hunter2@10.0.0.7:554/live?token=abc stopped")
        'rtsp://10.0.0.7:554/… stopped'
    """
    return _HEADER.sub(r"\1 …", _WORD.sub(lambda word: _word(word.group()), text))


def _word(word: str) -> str:
    """One word: an address as it is shown, or what has the looks of one without its scheme."""
    found = _ADDRESS.fullmatch(word)
    if found is not None:
        if "@" in found["before"]:
            return LEFT_OUT
        if found["scheme"] == "file:" and found["rest"].startswith("/") and "@" not in word:
            return word  # the path of a file on this machine opens nothing elsewhere
        shown = _shown(found["rest"], _QUOTED.get(found["before"][-1:], ""))
        return f"{_word(found['before'])}{found['scheme']}//{shown}"
    before, at, _ = word.rpartition("@")
    if at and ":" in before:
        return LEFT_OUT
    named = _NAMED.search(word)
    return word if named is None else word[: named.start()] + LEFT_OUT


def _shown(rest: str, closing: str) -> str:
    """What is shown behind the slashes: ``host:port`` and a sign for all that follows.

    Args:
        rest: Everything up to the next space.
        closing: The quote or bracket that ends the address, where one stands before it.
    """
    authority, more = _split(rest)
    host = _HOST.match(authority.rpartition("@")[2])
    if "@" in more or host is None or not _AFTER.fullmatch(host.string, host.end()):
        return LEFT_OUT if rest.strip("/") else rest
    if not more:
        return host.string
    shown = host.group() + host.string[host.end() :]
    if _AFTER.fullmatch(more, 1):  # a slash alone, or one and the sign, as it is shown here already
        return shown + more
    return f"{shown}/{LEFT_OUT}{_end(more, closing)}"


def _split(rest: str) -> tuple[str, str]:
    end = re.search(r"[/?#\\]", rest)
    return (rest, "") if end is None else (rest[: end.start()], rest[end.start() :])


def _end(more: str, closing: str) -> str:
    """The signs of the sentence behind an address, where it is certain that they are no part of it."""
    if more.startswith(f"/{LEFT_OUT}"):
        return more[2:] if _AFTER.fullmatch(more, 2) else ""
    if not closing or closing not in more:
        return ""
    end = closing + more.rpartition(closing)[2]
    return end if _AFTER.fullmatch(end) else ""
