"""The reading process: ``python -m fleet.imagery.reading.child LIMITS SIZE WORK``, its socket as its input.

Rules:
- before it looks at the file it gives up what it does not need: it can write no file, make no core, have no
  more memory or processor time than its limits say;
- it is given no key and no environment, and has no other file open;
- what it cannot read it refuses in a sentence; when it dies, whoever started it does.
"""

from __future__ import annotations

import contextlib
import os
import resource
import socket
import sys
from enum import StrEnum

from fleet.imagery.reading.channel import RemoteSource, RemoteTarget, say_found, say_refused
from fleet.imagery.reading.limits import ReadFacts, ReadingLimits, ReadingRefusedError
from fleet.imagery.reading.movie import ReadSource, copy_movie
from fleet.imagery.reading.picture import copy_picture
from fleet.imagery.reading.seconds import cut_movie
from fleet.imagery.rules.formats import FORMAT_WORDS, HEAD, format_of
from protocol.units import MIB

_GIVES_WAY = 5


class ReadingWork(StrEnum):
    """What is done with a file."""

    COPY = "copy"
    """Find out what it is, and write the copy that is shown."""
    SECONDS = "seconds"
    """Cut the copy of a clip into parts of a second each."""


def read_file(source: ReadSource, size: int, target: RemoteTarget, limits: ReadingLimits) -> ReadFacts:
    """Find out what a file is, and write its copy.

    Raises:
        ReadingRefusedError: it is not imported.
    """
    head = source.read(HEAD)
    source.seek(0)
    kind = format_of(head)
    if kind is None:
        known = ", ".join(FORMAT_WORDS.values())
        raise ReadingRefusedError(f"The file is none of what is imported, by its contents: {known}.")
    if not kind.is_picture:
        return copy_movie(source, target, kind, limits)
    if size > limits.picture_bytes:
        most = limits.picture_bytes // MIB
        raise ReadingRefusedError(f"A photograph's file has at most {most} MiB.")
    data = bytearray()
    while block := source.read(MIB):
        data += block
    made, facts = copy_picture(bytes(data), kind, limits)
    target.write(made)
    return facts


def confine(limits: ReadingLimits) -> None:
    """Give up what reading does not need, for good."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, hard))  # it ends with a signal that says so
    for what, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        _, hard = resource.getrlimit(what)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (allowed, allowed))
    with contextlib.suppress(OSError):  # to give way is no part of being confined
        os.nice(_GIVES_WAY)


def main(arguments: list[str]) -> int:
    """Read one file; return the status of the process."""
    limits, size, work = ReadingLimits.from_json(arguments[0]), int(arguments[1]), ReadingWork(arguments[2])
    confine(limits)
    service = socket.socket(fileno=os.dup(sys.stdin.fileno()))
    source, target = RemoteSource(service, size), RemoteTarget(service)
    try:
        is_copy = work is ReadingWork.COPY
        found = read_file(source, size, target, limits) if is_copy else cut_movie(source, target, limits)
        say_found(service, found)
    except ReadingRefusedError as error:
        say_refused(service, str(error))
    except MemoryError:
        say_refused(service, "Reading the file takes more memory than it may have.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
