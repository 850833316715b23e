"""Serves a file over RTSP with GStreamer's server, for ``tests.support.streams.rtsp``, which starts it.

It runs under Debian's own Python, whose ``gi`` no virtual environment has, and so imports nothing of this
tree:

    /usr/bin/python3 rtsp_server.py FILE tcp|udp LOSS [USER PASSWORD]

It prints its port, and serves ``/cam`` on the loopback until its standard input ends. Whoever comes later
joins where the others are, as at a camera. Packets are left out by a seeded draw, RTP's numbers going on, as
on a network that loses them.
"""

from __future__ import annotations

import random
import sys
import threading
from typing import Any

import gi  # type: ignore[import-not-found]  # Debian's own

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import (  # type: ignore[import-not-found]  # noqa: E402 - after the versions
    GLib,
    Gst,
    GstRtsp,
    GstRtspServer,
)

SEED = 11
TRACKS = (
    "( filesrc location={file} ! qtdemux name=tracks"
    " tracks.video_0 ! queue ! h264parse ! rtph264pay config-interval=1 pt=96 ! identity name=pay0"
    " tracks.audio_0 ! queue ! aacparse ! rtpmp4gpay pt=97 ! identity name=pay1 )"
)


def main(file: str, transport: str, loss: float, *account: str) -> None:
    """Serve until standard input ends."""
    Gst.init(None)
    server, factory = GstRtspServer.RTSPServer(), GstRtspServer.RTSPMediaFactory()
    server.set_address("127.0.0.1")
    server.set_service("0")
    factory.set_launch(TRACKS.format(file=file))
    factory.set_shared(True)
    lower = GstRtsp.RTSPLowerTrans.TCP if transport == "tcp" else GstRtsp.RTSPLowerTrans.UDP
    factory.set_protocols(lower)
    if loss:
        factory.connect("media-configure", lambda _factory, media: lose(media, loss))
    if account:
        ask_for(account, server, factory)
    server.get_mount_points().add_factory("/cam", factory)
    loop = GLib.MainLoop()
    server.attach(None)
    sys.stdout.write(f"{server.get_bound_port()}\n")
    sys.stdout.flush()
    threading.Thread(target=lambda: (sys.stdin.read(), loop.quit()), daemon=True).start()
    loop.run()


def ask_for(account: tuple[str, ...], server: Any, factory: Any) -> None:  # noqa: ANN401 - gi ships no types
    """Let in only who names that user and password (HTTP's basic scheme, as RFC 7826 takes it)."""
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    auth = GstRtspServer.RTSPAuth()
    auth.add_basic(GstRtspServer.RTSPAuth.make_basic(*account), token)
    server.set_auth(auth)
    permissions = GstRtspServer.RTSPPermissions()
    for right in ("media.factory.access", "media.factory.construct"):
        permissions.add_permission_for_role("viewer", right, True)
    factory.set_permissions(permissions)


def lose(media: Any, loss: float) -> None:  # noqa: ANN401 - gi ships no types
    """Leave out packets of each track."""
    for name in ("pay0", "pay1"):
        draw = random.Random(f"{SEED} {name}")
        pad = media.get_element().get_by_name(name).get_static_pad("src")
        pad.add_probe(Gst.PadProbeType.BUFFER, lambda *_, draw=draw: pass_on(draw, loss))


def pass_on(draw: random.Random, loss: float) -> object:
    """Say what becomes of the next packet."""
    return Gst.PadProbeReturn.DROP if draw.random() < loss else Gst.PadProbeReturn.OK


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), *sys.argv[4:])
