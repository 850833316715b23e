"""A real RTSP server on a free port of the loopback: GStreamer's, from Debian, which ``make setup`` installs.

    with rtsp_server(clip, Transport.UDP, loss=0.01) as address:
        ...

The clip holds H.264 and AAC in an MP4 and is served at its own pace, once: it has to last as long as the
test. The server takes only the transport that is asked for: a client that
prefers another has to change its mind.
"""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from urllib.parse import quote

_PYTHON = "/usr/bin/python3"
_SERVER = Path(__file__).with_name("rtsp_server.py")


class Transport(Enum):
    """How the media come."""

    TCP = "tcp"
    UDP = "udp"


@contextlib.contextmanager
def rtsp_server(
    clip: Path,
    transport: Transport = Transport.TCP,
    *,
    loss: float = 0.0,
    account: tuple[str, str] | None = None,
) -> Iterator[str]:
    """Serve a clip until the end of the block, and give its address.

    Args:
        clip: What to serve.
        transport: How.
        loss: The share of packets that never arrive, from 0 to 1.
        account: A user and a password without which it serves nothing; they are part of the address then.
    """
    words = [_PYTHON, str(_SERVER), str(clip), transport.value, str(loss), *(account or ())]
    info = "" if account is None else ":".join(quote(each, safe="") for each in account) + "@"
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            port = process.stdout.readline().strip()
            assert port, "the RTSP server did not start: make setup"
            yield f"rtsp://{info}127.0.0.1:{port}/cam"
        finally:
            process.kill()
