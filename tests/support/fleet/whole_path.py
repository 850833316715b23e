"""The whole path of a recording through two processes of which one dies again and again.

Enrol, hand out, press, upload, verify, watch, incident, review, deletion; then what there is is looked at.
"""

from __future__ import annotations

import html
import random
import re
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
from sqlalchemy import select, text, update

from fleet.audit.log import verify_log
from fleet.audit.models import AuditEntry
from fleet.core.actor import OPERATOR, Role
from fleet.footage.recordings.models import Recording, RecordingState
from fleet.jobs.models import Job
from fleet.jobs.rules import JobState
from fleet.people.models import User
from fleet.people.sessions import COOKIE, NOWHERE, start_session
from fleet.retention.deletion.deleting import BEGUN, DELETED
from fleet.retention.models import Deletion, DeletionSwitching
from fleet.retention.switch import switch
from protocol.messages.events import CameraEvent, NewsKind
from protocol.messages.topics import Up, topic
from tests.support.fleet.fleet import EnrolledCamera
from tests.support.fleet.pair import Pair, again, speaking, wait_for
from tests.support.fleet.people import add_user
from tests.support.fleet.sending import Sender, enrol_identity
from tests.support.media.media import MediaTake, make_media
from tests.support.media.recordings import Take, TestIdentity

LONG_AGO = datetime(2025, 5, 1, 10, tzinfo=UTC)


def take_of(identity: TestIdentity, number: int) -> Take:
    """Make a recording of that number, of a few small segments."""
    seed = zlib.crc32(f"{identity.camera} {number}".encode())
    take = MediaTake(identity, media=make_media(seconds=4), number=number, seed=seed, per_segment=1)
    return take.record(prerecord=2)


@dataclass
class Person:
    """Somebody in a browser without scripts, whose requests are sent until they are answered."""

    client: httpx.Client

    def page(self, path: str) -> str:
        return html.unescape(again(lambda: self.client.get(path).raise_for_status()).text)

    def send(self, path: str, page: str, is_done: Callable[[], bool], **fields: object) -> None:
        """Fill in a form until what it asks for is so: whoever was cut off does not know."""

        def one() -> bool:
            if is_done():
                return True
            body = self.page(page)
            token = re.search(r'name="csrf_token" value="([0-9a-f]+)"', body)
            seen = re.search(r'name="seen" value="([^"]*)"', body)
            assert token is not None
            data = {"csrf_token": token[1], **({"seen": seen[1]} if seen else {}), **fields}
            try:
                answer = self.client.post(path, data=data)
            except httpx.TransportError:
                return False
            assert answer.is_redirect or answer.is_server_error or answer.status_code == 409, answer.text
            return is_done()

        wait_for(one)


def made(answer: httpx.Response) -> str:
    return str(answer.raise_for_status().json()["id"])


@dataclass
class Walk:
    """The whole path, and what of it was acknowledged."""

    pair: Pair
    folder: Path
    held: list[str] = field(default_factory=list)

    def person(self, name: str, role: Role) -> Person:
        actor = add_user(self.pair.services, name, role)
        with self.pair.services.sessions.begin() as session:
            user = session.get_one(User, actor.id)
            secret = start_session(session, self.pair.services, user, NOWHERE)
        client = self.pair.api()
        client.headers.pop("Authorization")
        client.headers["Accept"] = "text/html"
        client.cookies.set(COOKIE, secret)
        return Person(client)

    def enrol(self) -> tuple[EnrolledCamera, TestIdentity]:
        return again(lambda: enrol_identity(self.pair.fleet, self.folder))

    def hand_out(self, camera: str) -> str:
        with self.pair.api() as api:
            name = f"Officer {uuid4().hex[:6]}"

            def officer() -> str:
                known = api.get("/api/v1/officers").raise_for_status().json()
                mine = [each["id"] for each in known if each["name"] == name]
                return mine[0] if mine else made(api.post("/api/v1/officers", json={"name": name}))

            who = again(officer)

            def out() -> str:
                known = api.get("/api/v1/assignments").raise_for_status().json()
                mine = [each["id"] for each in known if each["camera"] == camera]
                body = {"camera": camera, "officer": who}
                return mine[0] if mine else made(api.post("/api/v1/assignments", json=body))

            return again(out)

    def press(self, camera: EnrolledCamera, take: Take) -> None:
        news = CameraEvent(
            id=uuid4().hex,
            kind=NewsKind.RECORDING_OPENED,
            camera=camera.id,
            at_utc_us=time.time_ns() // 1000,
            clock_synchronised=True,
            number=take.number,
            recording=take.recording.hex(),
            trigger="button",
        ).model_dump_json()
        with speaking(self.pair, camera) as voice:
            voice.client.publish(topic(camera.id, "up", Up.EVENT), news, qos=1)

    def upload(self, camera: EnrolledCamera, take: Take) -> None:
        with self.pair.camera_api(camera) as client:
            sender = Sender(client, take)
            again(sender.ledger)
            for name in sorted(take.segments):
                again(lambda name=name: sender.segments([name]))  # type: ignore[misc]
            assert again(sender.complete) == "receipt"
        self.held.append(take.recording.hex())

    def watch(self, recording: str) -> None:
        with self.pair.api() as api:

            def play() -> None:
                opened = api.post(
                    f"/api/v1/recordings/{recording}/viewings", json={"purpose": "the path of a test"}
                )
                playlist = opened.raise_for_status().json()["playlist"]
                answer = api.get(playlist)
                if answer.status_code == 404:  # it was opened in a process that died since
                    raise httpx.RemoteProtocolError("ended")
                assert answer.raise_for_status().text.startswith("#EXTM3U")

            again(play)

    def reviewed(self, recording: str) -> dict[str, object]:
        with self.pair.api() as api:
            answer = again(lambda: api.get(f"/api/v1/reviews/{recording}"))
        return dict(answer.json()) if answer.status_code == 200 else {}

    def incident(self, who: Person, recording: str) -> None:
        place = f"Stairwell {recording[:8]}"
        who.send(
            "/incidents",
            f"/incidents/new?recording={recording}",
            lambda: place in who.page("/incidents"),
            place=place,
            category="threat",
            happened="2026-11-16 10:00",
            what="Shouted at.",
            recording=recording,
        )

    def review(self, head: Person, manager: Person, recording: str) -> None:
        wait_for(lambda: self.reviewed(recording).get("state") == "open", 90)
        here = f"/reviews/{recording}"
        head.send(
            f"{here}/findings",
            here,
            lambda: self.reviewed(recording)["state"] != "open",
            found=["nothing"],
            step="none",
            text="Looked at.",
        )
        for number, (who, role) in enumerate(((head, "head-of-safety"), (manager, "cctv-manager")), 1):
            who.send(
                f"{here}/sign",
                here,
                lambda number=number: len(list(self.reviewed(recording)["signatures"])) >= number,  # type: ignore[call-overload,misc]
                role=role,
            )
        assert self.reviewed(recording)["state"] == "closed"


@contextmanager
def one_dies_again_and_again(
    pair: Pair, rng: random.Random, between_s: tuple[float, float]
) -> Iterator[list[int]]:
    """Kill one of the two at moments that are drawn, start it again, and go on until the block ends."""
    over, killed, first = threading.Event(), list[int](), rng.randrange(2)

    def work() -> None:
        while not over.wait(rng.uniform(*between_s)):
            which = (first + len(killed)) % 2
            pair.kill(which)
            killed.append(which)
            over.wait(rng.uniform(0, 1.0))
            pair.begin(which)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield killed
    finally:
        over.set()
        thread.join()
    assert all(each.process is not None for each in pair.sides)


def whole_path(pair: Pair, folder: Path, seed: int, *, kills: int) -> None:
    """Go the whole path while the processes die so often; look whether anything was lost or done twice."""
    rng = random.Random(seed)
    path = Walk(pair, folder)
    head = path.person(f"Head {seed}", Role.HEAD_OF_SAFETY)
    manager = path.person(f"Manager {seed}", Role.CCTV_MANAGER)
    with one_dies_again_and_again(pair, rng, (0.2, 2.0)) as killed:
        camera, identity = path.enrol()
        path.hand_out(camera.id)
        while len(path.held) < 2 or len(killed) < kills:
            take = take_of(identity, len(path.held) + 1)
            path.press(camera, take)
            path.upload(camera, take)
            path.watch(take.recording.hex())
        kept, gone = path.held[0], path.held[1:]
        path.incident(manager, kept)
        path.review(head, manager, kept)
        time_passes(pair, gone)
        deleted(pair, gone)
    assert len(killed) >= kills
    nothing_lost_or_done_twice(pair, kept, gone)


def time_passes(pair: Pair, recordings: list[str]) -> None:
    """Have it be half a year since these arrived, and deletion be on."""
    services = pair.services
    with services.sessions.begin() as session:
        if session.scalars(select(DeletionSwitching)).first() is None:
            switch(session, on=True, seen=0, by=OPERATOR)
        session.execute(update(DeletionSwitching).values(confirmed=datetime.now(UTC) - timedelta(days=30)))
        rows = update(Recording).where(Recording.recording.in_(recordings))
        session.execute(
            rows.values(announced=LONG_AGO, pressed=LONG_AGO, changed=LONG_AGO, verified=LONG_AGO)
        )


def deleted(pair: Pair, recordings: list[str]) -> None:
    """Wait until they are; a lease that a dead process holds ends sooner than it would."""

    def done() -> bool:
        with pair.services.sessions.begin() as session:
            session.execute(
                text("UPDATE jobs SET lease_until = now(), due = now() WHERE state IN ('running', 'waiting')")
            )
            states = session.scalars(select(Recording.state).where(Recording.recording.in_(recordings))).all()
        return all(each == RecordingState.DELETED for each in states)

    wait_for(done, 180)


def nothing_lost_or_done_twice(pair: Pair, kept: str, gone: list[str]) -> None:
    store = pair.services.footage.store
    with pair.services.readers() as session:
        assert verify_log(session) is None
        row = session.scalars(select(Recording).where(Recording.recording == kept)).one()
        assert row.state == RecordingState.HELD
        for name in gone:
            entries = select(AuditEntry).where(AuditEntry.subject == name)
            for action in (BEGUN, DELETED):
                assert len(session.scalars(entries.where(AuditEntry.action == action)).all()) == 1
            number = session.scalars(select(Recording.id).where(Recording.recording == name)).one()
            assert session.get_one(Deletion, number).certificate is not None
        assert {each.state for each in session.scalars(select(Job))} == {JobState.DONE}
        assert store.list(f"recordings/{row.camera_id}/{row.number:08d}")
        numbers = session.scalars(select(Recording.number).where(Recording.recording.in_(gone))).all()
        assert not [each for n in numbers for each in store.list(f"recordings/{row.camera_id}/{n:08d}")]
