"""The address of a Unix socket, however long its path."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_LONGEST: Final = 107  # unix(7): sun_path holds 108 bytes with its final zero


@contextmanager
def address_of(path: Path) -> Iterator[str]:
    """Give an address for a socket's path; one that is too long goes by way of its open folder.

    Raises:
        OSError: the folder cannot be opened.
    """
    if len(os.fsencode(path)) <= _LONGEST:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
