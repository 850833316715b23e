"""A fleet with one real recording of a few seconds, and two people who redact and approve a release of it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from httpx import Response
from starlette.testclient import TestClient

from fleet.core.actor import Actor, Role
from fleet.core.config import FleetConfig
from fleet.core.sections.landlord import LandlordSection
from fleet.people.secrets import csrf_token
from fleet.people.sessions import COOKIE
from fleet.releases.drafting import draft_release
from fleet.releases.links import issue_link
from fleet.releases.models import FootageRelease
from fleet.releases.redacting.drafts import get_redaction
from fleet.releases.redacting.models import ReleaseRedaction
from fleet.releases.rules.continuity_statement import STATEMENT_NAME
from fleet.releases.rules.draft import ChosenFootage, ReleaseDraft, ReleaseMethod
from fleet.releases.rules.plan import ChosenSpan
from fleet.releases.steps import get_release
from protocol.footage.format.model import PlainChunk
from tests.support.fleet.deleting import DeletingFleet, deleting_fleet
from tests.support.fleet.filling_in import Browser
from tests.support.fleet.fleet import BY_PASSWORD
from tests.support.fleet.fleet_footage import Link
from tests.support.fleet.people import add_user, sign_in_as
from tests.support.media.media import MediaTake, Picture, make_media

# The desk's clock is moved for what waits, and nobody is signed out for that.
SIGNED_IN = BY_PASSWORD.people.model_copy(update={"idle_minutes": 1440})
CONFIG: FleetConfig = BY_PASSWORD.model_copy(
    update={"landlord": LandlordSection(name="Northgate Homes"), "people": SIGNED_IN}
)
PICTURE = Picture(192, 128, 10, "high", drawn=True)
SECOND = 10**9
FACE = [40, 30, 90, 81]
_WITHOUT_FLEET = (
    "import sys; sys.modules['fleet'] = None; sys.argv[0] = 'lapel-verify'; "
    "from protocol.verify.cli import main; main()"
)


@dataclass
class RedactionDesk:
    """The fleet, its recording, and a manager and a data protection officer who are signed in."""

    bench: DeletingFleet
    link: Link
    manager: Actor
    dpo: Actor
    clients: Mapping[str, TestClient]

    @property
    def recording(self) -> str:
        return self.link.take.recording.hex()

    def api(
        self,
        who: Actor,
        method: str,
        path: str,
        *,
        json: object = None,
        params: dict[str, str | int] | None = None,
    ) -> Response:
        """Ask the API as somebody; the answer."""
        client = self.clients[who.id]
        headers = {"X-CSRF-Token": csrf_token(client.cookies[COOKIE]), "Accept": "application/json"}
        answer: Response = client.request(method, f"/api/v1{path}", headers=headers, json=json, params=params)
        return answer

    def draft(self, *spans: ChosenSpan) -> str:
        chosen = tuple(ChosenFootage(self.recording, each) for each in spans or (ChosenSpan(0, None),))
        draft = ReleaseDraft(
            recipient="Alexandra Hill",
            organisation="",
            purpose="Access request",
            basis="legal-obligation",
            condition="",
            withheld="The neighbour: she has not agreed",
            method=ReleaseMethod.LINK,
            expires=self.bench.clock.now.date() + timedelta(days=30),
            footage=chosen,
        )
        with self.bench.services.sessions.begin() as session:
            return draft_release(session, self.bench.services, draft, by=self.manager).id

    def path(self, release: str) -> str:
        return f"/releases/{release}/redactions/{self.recording}"

    def begun(self, *spans: ChosenSpan) -> str:
        release = self.draft(*spans)
        assert self.api(self.manager, "POST", self.path(release)).status_code == 200
        return release

    def step(self, release: str, *, version: int | None = None, **step: object) -> Response:
        """Do a step on the newest version, or on one that is said."""
        known = self.redaction(release).version if version is None else version
        body = {"version": known, "step": step}
        return self.api(self.manager, "POST", f"{self.path(release)}/steps", json=body)

    def masked(self, *spans: ChosenSpan) -> str:
        """A release in which a face of the second second is hidden, and a word of it muted."""
        release = self.begun(*spans)
        draw = self.step(release, do="draw", at_ns=1_300_000_000, area=FACE, reason="a neighbour")
        number = draw.json()["plan"]["masks"][0]["id"]
        self.step(release, do="widen", percent=0, pixels=0, time_ns=0)
        self.step(release, do="move", number=number, at_ns=1_600_000_000, area=[60, 30, 110, 81])
        done = self.step(
            release, do="mute", at_ns=1_200_000_000, until_ns=1_500_000_000, reason="a name is said"
        )
        assert done.status_code == 200, done.text
        return release

    def copy(self, release: str, who: Actor) -> str:
        """Open a viewing, and return the address of the copy under it."""
        opened = self.api(
            who, "POST", f"/recordings/{self.recording}/viewings", json={"purpose": "To watch the copy"}
        )
        return f"/releases/{release}/copies/{self.recording}/{opened.json()['viewing']}"

    def fetched(self, copy: str, who: Actor) -> dict[str, bytes]:
        """Fetch what a player of the copy fetches: each fragment by its place."""
        found = {}
        main = self.api(who, "GET", f"{copy}/main.m3u8").text
        for track in ("video", "audio"):
            if f"{track}.m3u8" not in main:
                continue
            for line in self.api(who, "GET", f"{copy}/{track}.m3u8").text.splitlines():
                if line.endswith(".m4s") and "gap" not in line:
                    answer = self.api(who, "GET", f"{copy}/{line}")
                    assert answer.status_code == 200, answer.text
                    found[line] = answer.content
        return found

    def play(self, copy: str, who: Actor, *spans: tuple[int, int], after_s: float = 60) -> Response:
        """Have a player say what it played, so many seconds after the last time."""
        self.bench.clock.now += timedelta(seconds=after_s)
        return self.api(who, "POST", f"{copy}/played", json={"spans": [list(each) for each in spans]})

    def watch(self, release: str, who: Actor) -> None:
        """Watch the whole copy."""
        copy = self.copy(release, who)
        self.fetched(copy, who)
        assert not self.play(copy, who, (0, 3_600_000)).json()["left"]

    def approve(self, release: str) -> Response:
        return self.api(self.dpo, "POST", f"/releases/{release}/approve")

    def row(self, release: str) -> FootageRelease:
        with self.bench.services.readers() as session:
            return get_release(session, release)

    def redaction(self, release: str) -> ReleaseRedaction:
        with self.bench.services.readers() as session:
            row = get_release(session, release)
            found = get_redaction(session, release, row.spans[0].recording)
            assert isinstance(found, ReleaseRedaction)
            return found

    def package(self, release: str) -> bytes:
        """Fetch the package by a link."""
        services = self.bench.services
        with services.sessions.begin() as session:
            issued = issue_link(session, services, release=release, days=7, times=1, by=self.manager)
        secret = issued.url.rpartition("/")[2]
        opened = services.releases.collecting.collect(secret, issued.code, address="192.0.2.1")
        return b"".join(opened.blocks)

    def verified(self, package: bytes, folder: Path) -> tuple[int, dict[str, Any]]:
        """Return what lapel-verify says of a package, in a process in which there is no fleet."""
        with zipfile.ZipFile(io.BytesIO(package)) as read:
            assert read.testzip() is None
            read.extractall(folder)
        (found,) = {each.parent for each in folder.rglob("release.json")}
        authority = folder / "authority.pem"
        authority.write_text(self.bench.services.authority.pem)
        command = [sys.executable, "-c", _WITHOUT_FLEET, str(found), "--authority", str(authority), "--json"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)


@contextmanager
def redaction_desk(folder: Path, media: list[PlainChunk] | None = None) -> Iterator[RedactionDesk]:
    """Start one in a folder; its recording is of this footage, or of a made scene."""
    with deleting_fleet(folder, config=CONFIG) as bench:
        identity = bench.fleet.identity("one")
        footage = make_media(seconds=4, picture=PICTURE) if media is None else media
        take = MediaTake(identity, media=footage).record(prerecord=2)
        link = Link(bench.fleet, take, named=True)
        link.everything()
        assert link.complete().status_code == 202
        bench.verify()
        people = (
            add_user(bench.services, "Manager 1", Role.CCTV_MANAGER),
            add_user(bench.services, "DPO 1", Role.DATA_PROTECTION_OFFICER),
        )
        app = bench.fleet.dashboard.app
        clients = {
            each.id: sign_in_as(
                bench.services, Browser(TestClient(app, base_url="https://localhost:8443")), each
            ).client
            for each in people
        }
        yield RedactionDesk(bench, link, *people, clients)


def signed_files(package: bytes) -> dict[str, bytes]:
    """Return the files of a package but what tells its continuity, which grows with each copy."""
    with zipfile.ZipFile(io.BytesIO(package)) as read:
        return {each: read.read(each) for each in read.namelist() if not each.endswith(f"/{STATEMENT_NAME}")}
