"""The safety team's desk with footage that verifies: takes of real media, sent as a camera sends them."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.fleet.desk import Desk, office
from tests.support.fleet.fleet import EnrolledCamera
from tests.support.fleet.sending import enrol_identity
from tests.support.media import recordings
from tests.support.media.media import MediaTake, Picture, make_media
from tests.support.media.recordings import TestIdentity

PRERECORD_S = 9
SECONDS = 14
SIZE = Picture(width=320, height=180, fps=10)
REFUSED = ("status of 4",)


@dataclass(frozen=True)
class EvidenceCamera:
    """An enrolled camera whose takes verify at the fleet."""

    files: EnrolledCamera
    identity: TestIdentity
    assignment: str
    made: list[MediaTake] = field(default_factory=list)

    def take(self, number: int, *, seconds: int = SECONDS, prerecord: int = PRERECORD_S) -> MediaTake:
        """Make a take of real footage, pressed a moment ago."""
        take = self.footage(number, seconds=seconds)
        return take.record(prerecord=prerecord, assignment=self.assignment)

    def footage(self, number: int, *, seconds: int = SECONDS) -> MediaTake:
        """Make footage in which nothing has been pressed yet."""
        media = make_media(seconds=seconds, picture=SIZE)
        earlier = [each for each in self.made if each.number < number and each.ledger]
        before = max(earlier, key=lambda each: each.number).open_digest if earlier else None
        seed = zlib.crc32(f"{self.files.id} {number}".encode())  # no two cameras make the same recording
        take = MediaTake(self.identity, seed=seed, number=number, previous_open=before, media=media)
        self.made.append(take)
        return take


@contextmanager
def evidence_office(folder: Path) -> Iterator[Desk]:
    """Start a desk that is signed in, at which a take was made a moment ago."""
    with office(folder) as desk, staged_now():
        desk.sign_in()
        yield desk


@contextmanager
def staged_now() -> Iterator[None]:
    """Have takes be made at the moment at which the block begins."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recordings, "UTC_US", time.time_ns() // 1000 - recordings.BOOT_NS // 1000)
        yield


def evidence_camera(desk: Desk, officer: str = "Officer 1") -> EvidenceCamera:
    """Enrol a camera and hand it to an officer."""
    files, identity = enrol_identity(desk.fleet, desk.folder / "cameras")
    return EvidenceCamera(files, identity, desk.hand_out(files.id, desk.officer(officer)))


def watch(page: Page, why: str = "Reviewing an incident") -> None:
    """Say why, and see it play."""
    page.wait_for_load_state()  # before its scripts are there Watch opens a page that waits for Play
    page.get_by_role("region", name="Watch").get_by_text(why).click()
    page.get_by_role("button", name="Watch", exact=True).click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()


def hold(page: Page) -> None:
    """Stop it at its beginning."""
    page.keyboard.press("k")
    expect(page.get_by_role("button", name="Pause")).to_be_hidden()
    page.get_by_role("slider", name="Place in the footage").fill("0")
    expect(page.locator("[data-now]")).to_have_text("0:00")
