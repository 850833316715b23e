"""How many requests a player sends until the first picture plays, over HTTP as the fleet's own player does.

One for all playlists and what decoders must know, then of each track that plays a part from where its
playlist says that a player begins, until both are there. What came is decoded: the count ends at a picture.
That the browser asks for the same is a test (``tests/e2e/recording/test_pages_recording.py``).
"""

from __future__ import annotations

import io
import json
import re
from base64 import b64decode
from dataclasses import dataclass
from typing import TYPE_CHECKING

import av

from tests.support.fleet.fleet import running_fleet
from tests.support.fleet.sending import enrol_identity, send
from tests.support.media.media import MediaTake, make_media

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

SECONDS = 6


@dataclass(slots=True)
class Viewer:
    """Asks for what a viewing has, and counts."""

    api: httpx.Client
    base: str
    requests: int = 0

    def get(self, name: str) -> bytes:
        """Ask for one file of the viewing."""
        self.requests += 1
        return self.api.get(f"{self.base}/{name}").raise_for_status().content


@dataclass(frozen=True, slots=True)
class FirstPicture:
    """What it took until the first picture: requests of picture and sound, and of the picture alone."""

    requests: int
    picture_alone: int


def measure(root: Path) -> FirstPicture:
    """Send a recording with picture and sound, watch it, and count.

    Raises:
        RuntimeError: Nothing plays.
    """
    root.mkdir()
    with running_fleet(root) as fleet:
        camera, identity = enrol_identity(fleet, root / "camera")
        take = MediaTake(identity, media=make_media(seconds=SECONDS)).record(prerecord=SECONDS - 2)
        said = send(fleet, camera, take)
        if said != "receipt":
            raise RuntimeError(f"internal error: the recording is not held: {said}")
        with fleet.api() as api:
            opened = api.post(
                f"/api/v1/recordings/{take.recording.hex()}/viewings", json={"purpose": "A benchmark"}
            )
            viewer = Viewer(api, f"/api/v1/viewings/{opened.raise_for_status().json()['viewing']}")
            ahead = json.loads(viewer.get("ahead"))
            for number, playlist in enumerate(playlists(ahead["playlists"]["main.m3u8"])):
                before, parts = first_of(ahead["playlists"][playlist])
                data = b64decode(ahead["initialisations"][before]) + viewer.get(parts)
                if not number and not pictures(data):
                    raise RuntimeError("internal error: the first part shows no picture")
                if not number:
                    alone = viewer.requests
    return FirstPicture(viewer.requests, alone)


def playlists(main: str) -> list[str]:
    """Return the addresses of the playlists that a player asks for, the picture's first. Pure."""
    picture = [line for line in main.splitlines() if line and not line.startswith("#")]
    return picture[:1] + re.findall(r'#EXT-X-MEDIA:.*URI="([^"]+)"', main)


def first_of(playlist: str) -> tuple[str, str]:
    """Return what a decoder must know, and the first part that is no gap, of a media playlist. Pure."""
    told = re.search(r'#EXT-X-MAP:URI="([^"]+)"', playlist)
    parts = [line for line in playlist.splitlines() if line and not line.startswith("#")]
    found = [part for part in parts if not part.endswith("gap.m4s")]
    if told is None or not found:
        raise RuntimeError("internal error: a playlist names nothing that plays")
    return told[1], found[0]


def pictures(data: bytes) -> int:
    """Return how many pictures there are in the first part of a file."""
    with av.open(io.BytesIO(data), "r") as container:
        return len(list(container.decode(video=0)))
