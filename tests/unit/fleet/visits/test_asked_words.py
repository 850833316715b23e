"""What pages say of a camera that was asked: its word as its word, and unknown as unknown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from fleet.cameras.commanding.models import CameraCommand
from fleet.visits.models import CameraConsent, ConsentEntry
from fleet.web.views.desk.commands import command_lines
from fleet.web.views.visits.asked import AskedView, asked_view
from fleet.web.views.visits.visit import CamerasPart, consent_views
from fleet.web.zone import in_zone

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
FAILED = "Camera cam-03 failed at it, and may have done part of it."
LATE = (
    "The camera of the officer was not asked: more than a minute had passed, or a clock, the phone's or the "
    "service's, is wrong."
)
LATER = NOW + timedelta(minutes=2)


@pytest.fixture(autouse=True)
def zone() -> Iterator[None]:
    with in_zone(ZoneInfo("Europe/London")):
        yield


def entry(kind: str = "refused", **more: object) -> ConsentEntry:
    usual = {
        "id": "e",
        "kind": kind,
        "at": NOW,
        "arrived": NOW,
        "way": "page",
        "said_by": "Ada",
        "wording": "",
        "reason": "",
        "not_asked": "",
        "command_id": "c",
        "signed_by": None,
    }
    return ConsentEntry(**{**usual, **more})


def command(state: str = "sent", **more: object) -> CameraCommand:
    usual = {
        "id": "c",
        "camera_id": "cam-03",
        "said": {"said": "refused"},
        "closes": True,
        "issued": NOW,
        "expires": NOW + timedelta(seconds=60),
        "by_id": "u1",
        "state": state,
        "sent": None if state == "issued" else NOW,
        "sentence": "",
        "event": None,
        "signed": None,
        "closed": None,
    }
    return CameraCommand(**{**usual, **more})


# proves F8
def test_it_says_by_itself_that_no_answer_came_once_its_time_is_over() -> None:
    """A page that is open, and hears nothing, changes what it says at that moment."""
    for state, now, later in (
        (
            "issued",
            "It has not been sent to your camera yet.",
            "Whether it was sent to your camera in time, and done there, is not known.",
        ),
        (
            "sent",
            "Your camera was asked to do it and to sign it, and has not answered yet.",
            "Your camera has not answered; whether it is private is not known.",
        ),
    ):
        found = asked_view(entry(), command(state), NOW, yours=True)
        advised = f"{later} Make it private by its own button."
        assert found == AskedView(now, "", "2026-11-22T12:01:00.000Z", advised)


# proves F8
def test_who_is_to_do_something_is_told_where_it_may_help() -> None:
    """None is to make a camera private that said that it is; who has none by the list may have one."""
    said = asked_view(entry(), command("failed", closed=NOW), LATER, yours=True)
    assert said == AskedView("Your camera failed at it, and may have done part of it.", "bad")
    without = entry(command_id=None, not_asked="none")
    none = "No camera was asked: by the hand-out list you had none."
    advised = f"{none} If you have one, make it private by its own button."
    assert asked_view(without, None, NOW, yours=True) == AskedView(advised, "bad")
    without.kind = "given"
    assert asked_view(without, None, NOW, yours=True) == AskedView(none)


# proves F8
def test_what_is_not_joined_to_it_is_not_said_to_be_missing() -> None:
    found = asked_view(entry(), command("done", event=4), LATER, yours=False)
    assert found is not None
    assert found.text.endswith(
        " What it signed, its event 4, has not arrived yet, or is an entry of its own."
    )


# proves F8
@pytest.mark.parametrize(
    ("row", "yours", "text"),
    [
        (command("sent"), False, "Camera cam-03 has not answered; whether it is private is not known."),
        (
            command("sent", closes=False, said={"said": "given"}),
            True,
            "Your camera has not answered; whether it did it is not known.",
        ),
        (
            command("sent", closed=NOW + timedelta(seconds=3)),
            False,
            "Camera cam-03 has not answered; it says that its sensors were closed 12:00:03.",
        ),
        (
            command("issued"),
            False,
            "It could not be sent to camera cam-03 in time, so it was not done there.",
        ),
        (
            command("expired", sent=None, ended=NOW + timedelta(seconds=3)),
            False,
            "It was not sent to camera cam-03: by the hand-out list its wearer had changed by then.",
        ),
        (
            command("expired", sent=None, ended=NOW + timedelta(seconds=60)),
            False,
            "It could not be sent to camera cam-03 in time, so it was not done there.",
        ),
        (command("done"), False, "Camera cam-03 says that it did it."),
        (command("expired"), False, "Camera cam-03 did not do it: it came too late."),
        (
            command("failed", sentence="It was cut off.", event=3, signed=NOW),
            False,
            f"{FAILED} It says: It was cut off. It has signed it, as its event 3.",
        ),
    ],
)
def test_each_outcome_in_words(row: CameraCommand, yours: bool, text: str) -> None:
    kind = str((row.said or {})["said"])
    found = asked_view(entry(kind), row, LATER, yours=yours)
    assert found is not None
    assert found.text == text
    assert found.until == ""
    assert (found.tone == "bad") is (row.state != "done")


# proves F8
def test_whatever_became_of_it_nothing_says_that_a_camera_is_private() -> None:
    for state in ("issued", "sent", "done", "refused", "expired", "failed", "unanswered"):
        for now in (NOW, LATER):
            found = asked_view(entry(), command(state), now, yours=True)
            assert found is not None
            for text in (found.text, found.lapsed):
                assert "is private" not in text.replace("whether it is private is not known", "")


# proves F8
def test_where_no_camera_was_asked_it_is_said_why_and_of_what_is_older_nothing_is() -> None:
    without = entry(command_id=None)
    assert asked_view(without, None, NOW, yours=True) is None
    late = asked_view(entry(command_id=None, not_asked="late"), None, NOW, yours=False)
    assert late == AskedView(LATE, "bad")
    assert asked_view(
        entry("given", command_id=None, not_asked="unheard"), None, NOW, yours=True
    ) == AskedView("Your camera was not asked: the service did not hear it.")
    lost = asked_view(entry(), None, NOW, yours=True)
    assert lost == AskedView("A camera was asked, and what became of it is not known.", "bad")


# proves F8
def test_what_was_signed_is_told_with_both_times() -> None:
    signed = CameraConsent(at=NOW + timedelta(seconds=2), arrived=LATER, dated=True)
    joined = entry(signed_by="cam-03")
    [view] = consent_views([joined], LATER, CamerasPart(signed={"e": signed}))
    assert view.at.text == "12:00"
    assert view.how == "by Ada, on their own page; signed by cam-03 12:00:02"
    signed.dated = False
    [view] = consent_views([joined], LATER, CamerasPart(signed={"e": signed}))
    told = "by Ada, on their own page; signed by cam-03, whose clock was not set; that came 12:02:00"
    assert view.how == told
    [view] = consent_views([joined], LATER)
    assert view.how == "by Ada, on their own page; signed by cam-03"


# proves F8
def test_what_a_camera_signed_by_a_command_has_its_other_half_and_what_it_signed_besides_is_its_own() -> None:
    joined = entry(signed_by="cam-03")
    button = entry(id="b", way="camera", said_by="Ada with camera cam-03", command_id=None)
    assert len(consent_views([joined, button], LATER)) == 2
    [view] = consent_views([entry(), button], LATER, CamerasPart(commands={"c": command()}))
    assert view.how.endswith("; written down too by Ada, on their own page")
    assert view.asked is not None
    assert view.asked.text.startswith("Camera cam-03 has not answered")


def test_whoever_has_no_account_any_more_is_called_that() -> None:
    [line] = command_lines([command()], {}, LATER, sees_visits=True)
    assert (line.what, line.by) == ("Refused to be recorded", "somebody who has no account any more")
    [line] = command_lines([command(said=None)], {"u1": "Ada"}, LATER, sees_visits=True)
    assert (line.what, line.by) == ("What was said at a door", "Ada")
    [line] = command_lines([command()], {"u1": "Ada"}, LATER, sees_visits=False)
    assert line.became.text == "It has not answered; whether it did it is not known."
