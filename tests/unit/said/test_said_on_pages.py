"""Sentences that pages put together, each in the state in which its former words were false (F8)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from fleet.alerts.models import AlertRow, AlertStep, StepKind
from fleet.alerts.rules.reconcile import RETURNS
from fleet.audit.search import Unreadable
from fleet.audit.verification import VerificationState
from fleet.delivery.health import FAILING, Outage, words_of
from fleet.delivery.models import Channel
from fleet.footage.recordings.summary import RecordingSummary
from fleet.retention.deletion.going import Going
from fleet.retention.rules.clock import ClockLook
from fleet.retention.rules.switching import DeletionSwitch
from fleet.review.rules.closing import ReviewState
from fleet.vault.keybox import OpenedBy, VaultOpener
from fleet.vault.sealed import Sealed
from fleet.web.alerting.backups import OLD_BACKUP
from fleet.web.alerting.recovery import OVERDUE
from fleet.web.alerting.reviews import GOES
from fleet.web.facts import RecordingFacts
from fleet.web.views.alerts.alert import _returns, step_view
from fleet.web.views.audit.actions import ACTIONS
from fleet.web.views.audit.entries import entry_views
from fleet.web.views.audit.state import log_state
from fleet.web.views.desk.attention import UPLOAD_LATE
from fleet.web.views.desk.found import deletion_stuck
from fleet.web.views.desk.grouping import Alike
from fleet.web.views.desk.kinds import CLOCK_DOUBTED
from fleet.web.views.desk.sealing import sealed
from fleet.web.views.recording.causes import CAUSES
from fleet.web.views.recording.waiting import waiting_words
from fleet.web.views.retention.deletion import doubt_words, switch_words, switching_words
from fleet.web.views.reviews.figures import _STATES
from fleet.web.views.reviews.looks import ODD_KINDS
from fleet.web.views.settings.health import _BADGES
from fleet.web.views.settings.vault import vault_view
from protocol.footage.format.model import GapCause

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
ZONE = ZoneInfo("Europe/London")
GOING = Going(date(2026, 12, 6), date(2026, 12, 30), 1, 1, 0, (), is_counted=True)
OFF: tuple[DeletionSwitch, ...] = ()


# The vault


@pytest.mark.parametrize("by", [OpenedBy.KEY_FILE, OpenedBy.HARDWARE])
def test_a_vault_sealed_by_hand_is_not_said_to_open_at_the_next_start(by: OpenedBy) -> None:
    # proves F8
    opener = VaultOpener(by)
    page = vault_view(Sealed(opener, NOW, by_hand="Jane"), opener, (), NOW)
    assert "unless somebody has sealed the vault by hand" in page.how
    assert "once that can be used" in page.how


def test_an_open_vault_does_not_say_that_footage_can_be_watched() -> None:
    # proves F8: the store may not answer
    assert "footage can be watched" not in vault_view(None, VaultOpener(), (), NOW).sentence


def test_a_key_file_or_module_that_is_there_is_not_to_be_brought_back() -> None:
    # proves F8
    for by in (OpenedBy.KEY_FILE, OpenedBy.HARDWARE):
        state = Sealed(VaultOpener(by), NOW, why="It is open to others; give it mode 0600.")
        for said in (vault_view(state, state.opener, (), NOW).step, sealed(state, NOW).step):
            assert "puts the key file back" not in said
            assert "back in its place" not in said
            assert "what is wrong" in said
        assert "is kept" not in sealed(state, NOW).text  # the store may refuse what cameras send


# How things are


def test_a_badge_that_is_good_claims_no_answer() -> None:
    # proves F8: of backups and messages nothing was asked
    assert not any("answered" in each.hint for each in _BADGES.values())


def test_titles_of_alerts_claim_what_the_fleet_was_told() -> None:
    # proves F8: what the fleet was not told of, deletion that is off, one message of many
    assert "known" in OLD_BACKUP.title
    assert "told" in OVERDUE.title
    assert "go" not in GOES.title.split()
    assert "reach" not in FAILING.title


def test_a_message_that_waits_while_others_go_does_not_stop_the_way() -> None:
    # proves F8
    said = words_of(Outage(Channel.MAIL, waiting=1, given_up=0, error="It is full."))
    assert said == "Not all went out by e-mail: 1 message waits. It is full."


# Alerts


def row(**fields: object) -> AlertRow:
    return AlertRow(**fields)


def test_what_was_found_before_is_not_found_for_the_first_time() -> None:
    # proves F8
    step = AlertStep(at=NOW, what=StepKind.RAISED, by=None, note="")
    assert step_view(step, NOW).text == "Raised: it was found."


def test_what_came_back_more_often_than_is_counted_is_said_to() -> None:
    # proves F8: one that is raised anew after a person resolved it counts no further
    assert "came back 3 times or more" in _returns(row(returns=RETURNS))
    assert "came back 2 times, each" in _returns(row(returns=RETURNS - 1))


def test_deletions_that_are_not_tried_again_are_not_said_to_be() -> None:
    # proves F8: after so many times nobody tries but a person
    assert "tried again" not in deletion_stuck(1).words
    assert "tried again" not in deletion_stuck(2).words


def test_a_service_that_did_not_run_moved_no_clock() -> None:
    # proves F8
    assert "or the service did not run" in CLOCK_DOUBTED.title


def test_what_was_first_heard_of_late_was_not_made_an_hour_ago() -> None:
    # proves F8
    assert UPLOAD_LATE.total_seconds() == 3600
    assert "after they were made" not in Alike.LATE
    assert "first heard of" in Alike.LATE


def test_an_entry_of_a_later_version_was_changed_by_nobody() -> None:
    # proves F8
    (view,) = entry_views([Unreadable(3, "it is of a version that is not known")], {}, NOW)
    assert view.text == (
        "This entry cannot be read, for it is of a version that is not known. Verifying the log says whether "
        "it holds."
    )


def test_what_one_process_did_not_do_another_may_have_done() -> None:
    # proves F8: two processes serve one fleet, and either verifies, makes checkpoints and is sealed
    log = log_state(VerificationState(since=NOW), None, "", "a folder", 3, NOW)
    vault = vault_view(Sealed(VaultOpener(OpenedBy.PASSPHRASE), NOW), VaultOpener(), (), NOW)
    for said in (log.text, log.checkpoint, vault.since):
        assert said.startswith("The process that answers has ")


# Recordings and deletion


def test_what_a_camera_cannot_send_yet_is_not_on_its_way() -> None:
    # proves F8: it is heard, and its uploads do not get through
    facts = RecordingFacts(
        RecordingSummary(id="a", camera="cam-01", number=1, state="announced", announced=NOW), under_way=True
    )
    assert waiting_words(facts) == (
        "The camera says that it is recording. Not all that it has made so far is known to be here."
    )


def test_a_camera_that_was_locked_or_not_told_does_not_say_that_nobody_had_it() -> None:
    # proves F8
    assert CAUSES[GapCause.NOT_ASSIGNED] == "the camera was locked, or knew of nobody who had it"


def test_while_deletion_is_off_what_was_begun_is_still_deleted() -> None:
    # proves F8
    on = (DeletionSwitch(1, NOW, "head", is_on=True),)
    look = ClockLook(NOW, came_from=NOW, doubted_until=NOW)
    for said in (
        switch_words(OFF, NOW, ZONE, None),
        switch_words(on, NOW, ZONE, None),
        doubt_words(look, NOW),
    ):
        assert "nothing is deleted" not in said
        assert "no deletion is begun" in said


def test_keys_of_what_was_begun_may_be_there_and_copies_open() -> None:
    # proves F8: the store failed before its keys went; what was exported or backed up opens all the same
    on = (DeletionSwitch(1, NOW, "head", is_on=True),)
    assert "keys are gone" not in switching_words(on, GOING)
    before = switching_words(OFF, GOING)
    assert "opens any more" not in before
    assert "backed up before is not reached" in before


# Words of a program, a table or a list


def test_words_of_states_claim_no_more_than_the_state() -> None:
    # proves F8: deletion that has begun is not over; who had the camera is seldom in the picture
    assert _STATES[ReviewState.GONE] == "deletion begun before"
    assert not any("Recorded in it" in each for each in ODD_KINDS.values())


def test_the_log_is_written_before_what_it_allows_is_done() -> None:
    # proves F8: what failed afterwards was asked for, or allowed, and not done
    for action in ("footage:recording:view", "footage:recording:export", "vault:key:unseal"):
        assert ACTIONS[action].startswith("was let "), action
    for action in ("audit:log:export", "audit:log:verify", "incidents:recordings:csv", "review:viewings:csv"):
        assert ACTIONS[action].startswith("asked for "), action
    assert ACTIONS["footage:recording:check"].startswith("began to ")
    assert "made the key" not in ACTIONS["review:draw:begin"]  # another share, by the same key, begins it too
