"""The pages on which something is hidden and a copy is watched, as two people use them, without a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import update

from fleet.core.actor import Actor
from fleet.releases.redacting.models import ReleaseRedaction
from tests.integration.fleet.releases.redaction_desk import RedactionDesk, redaction_desk
from tests.support.fleet.filling_in import Browser


class Reader:
    """What somebody sees and does on pages."""

    def __init__(self, desk: RedactionDesk, who: Actor) -> None:
        self.browser = Browser(desk.clients[who.id])

    def words(self, path: str) -> str:
        return said(self.browser.get(path))

    def open(self, path: str) -> str:
        """Say why, and return the address of the page with the footage on it."""
        page = self.browser.post(f"{path}/watch", path, choice="subject")
        (viewing,) = set(re.findall(r"viewing=([a-z2-7]+)", page)) or {""}
        return f"{path}?viewing={viewing}"

    def step(self, page: str, **fields: str) -> str:
        """Do a step from a page; what is said then."""
        path, _, query = page.partition("?")
        return said(self.browser.post(f"{path}/step?{query}", page, **fields))


def said(page: str) -> str:
    """What a page shows, as one line."""
    return " ".join(re.sub(r"<[^>]*>", " ", page.partition("<main")[2] or page).split())


BOX = {"left": "10", "top": "10", "width": "40", "height": "30"}
STEPS = [
    ({"do": "move", "number": "1", "at": "3000", **BOX}, "0:01 to 0:03"),
    ({"do": "end", "number": "1", "at": "2500"}, "0:01 to 0:02.5"),
    ({"do": "remove-key", "number": "1", "at": "2400"}, "Mask 1 0:01 Hidden"),
    ({"do": "mute", "start": "0:01.5", "end": "2", "reason": "a name"}, "0:01.5 to 0:02 : a name"),
    ({"do": "fill", "fill": "pixels"}, "1 mask, 1 mute."),
    ({"do": "unmute", "number": "2"}, "1 mask, no mutes."),
    ({"do": "undo"}, "1 mask, 1 mute."),
    ({"do": "redo"}, "1 mask, no mutes."),
    ({"do": "remove", "number": "1"}, "no masks, no mutes."),
    (
        {"do": "widen", "percent": "30", "pixels": "8", "seconds": "0.5"},
        "30 % and 8 pixels more at each side than is drawn, and where it was and will be 0.5 s before",
    ),
    (
        {"do": "widen", "percent": "30", "pixels": "8", "seconds": "0,1"},
        "Less than usual is hidden around masks",
    ),
]
REFUSED = (
    ({"do": "draw", "reason": "why"}, "An area has whole pixels"),
    ({"do": "mute", "start": "soon", "end": "2", "reason": "why"}, "Type times as 1:05.3 or 65.3."),
    ({"do": "explode"}, "Choose what is to be done."),
    (
        {"do": "widen", "percent": "101", "pixels": "8", "seconds": "1"},
        "Masks are widened by 0 to 100 percent and by 0 to 500 pixels.",
    ),
    ({"do": "widen", "percent": "1", "pixels": "-8", "seconds": "1"}, "by 0 to 500 pixels."),
    (
        {"do": "widen", "percent": "1", "pixels": "8", "seconds": "soon"},
        "Masks are widened by 0 to 2 seconds.",
    ),
    (
        {"do": "widen", "percent": "1", "pixels": "8", "seconds": "2.000000001"},
        "Masks are widened by 0 to 2 seconds.",
    ),
    (
        {"do": "undo", "version": "3"},
        "It was changed meanwhile, by Manager 1: nothing of yours was taken.",
    ),
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedactionDesk]:
    with redaction_desk(tmp_path_factory.mktemp("fleet")) as found:
        yield found


def test_masks_and_mutes_are_made_moved_and_ended_by_forms_alone(desk: RedactionDesk) -> None:
    # proves F10, F8
    release, manager = desk.draft(), Reader(desk, desk.manager)
    path = f"/releases/{release}/redact/{desk.recording}"
    assert "Nothing is hidden in it" in manager.words(f"/releases/{release}")
    nothing = manager.browser.post(f"{path}/watch", path, choice="")
    assert "Choose why you need this footage." in said(nothing)
    page = manager.open(path)
    assert "None yet." in manager.words(page)
    shown = manager.step(page, do="draw", version="1", at="1000", reason="a neighbour", **BOX)
    assert "Mask 1 0:01 Hidden : a neighbour" in shown
    for version, (fields, expected) in enumerate(STEPS, start=2):
        shown = manager.step(page, **{"version": str(version), **fields})
        assert expected in shown, fields
        assert ("Less than usual is hidden" in shown) is (fields.get("seconds") == "0,1")
    for fields, expected in REFUSED:
        assert expected in manager.step(page, **{"version": "13", **fields}), fields
    name = page.partition("viewing=")[2]
    assert desk.api(desk.manager, "DELETE", f"/viewings/{name}").status_code == 204
    ended = manager.step(page, do="undo", version="13")
    assert "That viewing has ended. Say again why you are watching." in ended
    assert desk.redaction(release).version == 13
    gone = manager.browser.post(f"{path}/remove", manager.open(path), version="13")
    assert "Nothing is hidden in it" in said(gone)


def test_a_search_is_told_on_the_page_and_proposals_wait_for_somebody(desk: RedactionDesk) -> None:
    # proves F8, F7
    release, manager = desk.begun(), Reader(desk, desk.manager)
    path = f"/releases/{release}/redact/{desk.recording}"
    page = manager.open(path)
    asked = said(manager.browser.post(f"{path}/search?{page.partition('?')[2]}", page))
    assert "Faces are being searched for: it has not begun." in asked
    with desk.bench.services.sessions.begin() as session:
        session.execute(
            update(ReleaseRedaction)
            .where(ReleaseRedaction.release_id == release)
            .values(search="done", searched=4, left_out=3, undecided=2)
        )
    told = manager.words(page)
    assert "4 seconds searched for faces. 3 more faces did not fit into a plan and are not proposed" in told
    assert "Proposals that are not decided yet: 2. Nothing can be made before each is." in told
    dpo = Reader(desk, desk.dpo)
    copy = dpo.words(f"/releases/{release}/copy/{desk.recording}")
    assert "The copy can be watched once somebody has decided about every proposal." in copy
    assert "Of the proposals for recording" in dpo.words(f"/releases/{release}")


def test_who_watched_how_much_is_told_and_who_may_approve(desk: RedactionDesk) -> None:
    # proves F8, F10
    release, dpo = desk.masked(), Reader(desk, desk.dpo)
    path = f"/releases/{release}/copy/{desk.recording}"
    assert "Nobody yet, as it is now." in dpo.words(path)
    page = dpo.open(path)
    copy = f"/releases/{release}/copies/{desk.recording}/{page.partition('viewing=')[2]}"
    desk.fetched(copy, desk.dpo)
    desk.play(copy, desk.dpo, (0, 1500))
    half = dpo.words(page)
    assert "watched 1.5 s of 4 s of it; 2.5 s left." in half
    assert "You have still to watch: 0:01.5 to 0:04 ." in half
    assert "You can approve the release now." not in half
    assert "You have not watched the whole redacted copy" in dpo.words(f"/releases/{release}")
    desk.play(copy, desk.dpo, (1500, 4000))
    assert "watched all of it. You can approve the release now." in dpo.words(page)
    assert "Approve the release" in dpo.words(f"/releases/{release}")
    manager = Reader(desk, desk.manager)
    assert "You can approve the release now." not in manager.words(path)
    assert desk.approve(release).status_code == 200
    late = manager.words(f"/releases/{release}/redact/{desk.recording}")
    assert "This release waits for approval no longer: nothing of it is changed." in late
