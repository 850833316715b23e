"""What is said of people, keys, settings and the log, each in the state in which it would be false (F8)."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from fleet.alerts.rules.finding import AlertFinding
from fleet.alerts.rules.kinds import AlertKind
from fleet.alerts.sources import AlertLook
from fleet.audit.chain import Broken, Entry
from fleet.audit.check import CheckResult
from fleet.audit.checkpoints.checkpoint import SignedCheckpoint
from fleet.audit.export_check import ExportResult
from fleet.audit.judging import judge, judge_export, unsigned
from fleet.audit.refusing.refusals import COUNTED
from fleet.audit.verification import VerificationState
from fleet.backup.models import BackupRow
from fleet.core.actor import Role
from fleet.core.sections.provider import ProviderSection
from fleet.health.backups import OLD
from fleet.health.reading import AuthorityEnd, Condition, KeyEnd, Reading
from fleet.people.factors.models import Passkey
from fleet.people.factors.rules import Factors
from fleet.recovery.models import RecoveryKeyRow
from fleet.recovery.rules import EVERY, FIRST
from fleet.vault.rotation.earlier import VaultKeyInfo
from fleet.web.alerting import backups, recovery
from fleet.web.alerting.desk import _joined, findings_of
from fleet.web.alerting.service import AUTHORITY_SOON, service_source
from fleet.web.facts import RecordingFacts
from fleet.web.recorded import share
from fleet.web.views.audit.actions import ACTIONS
from fleet.web.views.audit.choosing import chosen_actions
from fleet.web.views.audit.entries import actor_words, entry_views
from fleet.web.views.audit.state import log_state
from fleet.web.views.desk.grouping import Alike, Need, Noticed
from fleet.web.views.on_paper import narrowed_words
from fleet.web.views.people.accounts import browser_words
from fleet.web.views.people.second import factors_view
from fleet.web.views.people.way import way_of
from fleet.web.views.settings.health import SOON, health_sentence, key_lines
from fleet.web.views.settings.keys import value_words
from fleet.web.views.settings.vault_keys import CameraSeals, vault_keys_view
from protocol.messages.status import Status
from protocol.units import utc_us
from tests.unit.fleet.web.test_said_of_recordings import HELD

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
DAY = timedelta(days=1)


# People


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Firefox/1 (Windows)", "Firefox on Windows"),
        ("Firefox/1", "Firefox"),
        ("Windows", "Windows"),
        ("", "A browser that does not say what it is"),
    ],
)
def test_a_browser_is_called_what_it_calls_itself(agent: str, words: str) -> None:
    # proves F8
    assert browser_words(agent) == words


@pytest.mark.parametrize(
    ("factors", "roles", "step", "is_urgent"),
    [
        (Factors(), {Role.ADMINISTRATOR}, "Your roles need a second factor.", True),
        (Factors(), {Role.OFFICER}, "", False),
        (Factors(codes=3), {Role.ADMINISTRATOR}, "Your roles need a second factor.", True),
        (Factors(app=True), {Role.OFFICER}, "If you lose your only key", False),
        (Factors(app=True, codes=3), {Role.OFFICER}, "3 recovery codes left: make new ones", False),
        (Factors(app=True, codes=1), {Role.OFFICER}, "1 recovery code left: make new ones", False),
        (Factors(app=True, codes=4), {Role.OFFICER}, "", False),
        (Factors(app=True, passkeys=1, codes=3), {Role.OFFICER}, "", False),
        (Factors(passkeys=2), {Role.ADMINISTRATOR}, "", False),
    ],
)
def test_what_somebody_should_add_is_what_they_lack(
    factors: Factors, roles: set[Role], step: str, is_urgent: bool
) -> None:
    # proves F8
    found = factors_view(factors, (), NOW, policy="privileged", roles=frozenset(roles))
    assert found.next_step.startswith(step)
    assert bool(found.next_step) is bool(step)
    assert found.is_urgent is is_urgent


def test_a_passkey_that_was_never_used_has_no_time_of_use() -> None:
    # proves F8
    keys = [Passkey(id=str(at), name="k", created=NOW, used=at) for at in (None, NOW)]
    found = factors_view(Factors(passkeys=2), keys, NOW, policy="off", roles=frozenset())
    assert [each.used is None for each in found.passkeys] == [True, False]


def test_a_provider_without_a_name_is_called_what_it_is() -> None:
    assert (
        way_of(None, ProviderSection().model_copy(update={"name": ""})).name == "the provider of identities"
    )
    assert way_of(None, ProviderSection().model_copy(update={"name": "Northgate"})).name == "Northgate"


# Settings


def test_how_things_are_is_one_sentence_of_what_was_found() -> None:
    # proves F8
    def said(*conditions: Condition) -> str:
        return health_sentence([Reading(f"R{n}", each, "") for n, each in enumerate(conditions)])

    assert said() == said(Condition.GOOD) == "All that was asked is well."
    assert said(Condition.GOOD, Condition.BAD, Condition.WORSE) == "Somebody has to look at R1 and R2."
    assert said(Condition.UNKNOWN) == "How it is with R0 is not known."
    both = "Somebody has to look at R0. How it is with R1 is not known."
    assert said(Condition.BAD, Condition.UNKNOWN) == both


@pytest.mark.parametrize(
    ("ends", "has_ended", "is_soon", "then"),
    [
        (None, False, False, "before"),
        (NOW - DAY, True, False, "after"),
        (NOW, True, False, "after"),
        (NOW + DAY, False, True, "before"),
        (NOW + SOON, False, True, "before"),
        (NOW + SOON + DAY, False, False, "before"),
    ],
)
def test_a_key_says_what_is_so_before_and_after_its_end(
    ends: datetime | None, has_ended: bool, is_soon: bool, then: str
) -> None:
    # proves F8
    [line] = key_lines([KeyEnd("Key", "Signs.", "", ends, "before", "after")], NOW)
    assert (line.has_ended, line.is_soon, line.then) == (has_ended, is_soon, then)
    assert (line.ends is None) is (ends is None)


def test_what_is_set_to_nothing_is_said_to_be() -> None:
    # proves F8
    empty: tuple[object, ...] = ({}, (), "", None)
    assert [value_words(each) for each in empty] == ["nothing"] * 4
    assert value_words({"CCTV": ("a", "b")}) == "CCTV: a, b"
    assert [value_words(each) for each in (True, False, 15, "a")] == ["yes", "no", "15", "a"]


def test_of_a_camera_that_has_not_said_to_whom_it_seals_nothing_is_said() -> None:
    # proves F8
    assert CameraSeals.of("a", None).keys is None
    assert CameraSeals.of("a", {}).keys is None
    assert CameraSeals.of("a", {"sealed_to": ["k"]}).keys == ("k",)
    new = VaultKeyInfo("a" * 64, counts=True, made=NOW)
    old = VaultKeyInfo("b" * 64, counts=False, made=None)
    view = vault_keys_view((new, old), [CameraSeals("a", (old.key_id,))], NOW)
    assert view.keys[1].sentence.startswith("Cameras were told to seal to it. It is kept")
    assert [each.partition(",")[0] for each in view.cameras] == ["Sealed to an earlier key"]
    view = vault_keys_view((new, old), [CameraSeals("a", ("c" * 64,))], NOW)
    assert [each.partition(",")[0] for each in view.cameras] == ["Sealed to a key that is not in this vault"]


# The log


def test_who_did_something_is_called_by_their_kind_and_name_or_as_it_is_kept() -> None:
    # proves F8
    assert actor_words("user:Jane") == "Jane"
    assert actor_words("user:") == "user:"
    assert actor_words("odd:Jane") == "odd:Jane"
    assert chosen_actions("") == ()
    assert chosen_actions("nowhere") == ()
    assert chosen_actions(next(iter(ACTIONS))) == (next(iter(ACTIONS)),)


@pytest.mark.parametrize(
    ("state", "tone", "said"),
    [
        (VerificationState(NOW), "quiet", "has not verified it since it was started (12:00)."),
        (VerificationState(NOW, result=CheckResult(2, None, 2, 1)), "quiet", "has not verified it since"),
        (VerificationState(NOW, result=CheckResult(0, None, 0, 0), at=NOW), "good", "the log was empty."),
        (
            VerificationState(NOW, result=CheckResult(2, Broken(2, "Entry 2 is gone."), 0, 0), at=NOW),
            "bad",
            "The log did not hold at 12:00:00. Entry 2 is gone.",
        ),
        (VerificationState(NOW, fault="It is away."), "quiet", "has not verified it since"),
        (
            VerificationState(NOW, fault="It is away.", fault_at=NOW),
            "warn",
            "The verification of 12:00:00 could not be finished. It is away.",
        ),
        (VerificationState(NOW, running=True), "quiet", "Verifying now: it begins."),
        (VerificationState(NOW, running=True, total=2, done=1), "quiet", "Verifying now: 1 of 2 entries."),
    ],
)
def test_what_is_known_of_the_log_is_no_more_than_was_found(
    state: VerificationState, tone: str, said: str
) -> None:
    # proves F8
    found = log_state(state, None, "", "", 2, NOW)
    assert said in found.text
    assert found.tone == tone
    assert ("could not be finished" in found.text) is (state.fault_at is not None)


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (CheckResult(1, None, 1, 1), "The audit log holds: 1 checkpoint shows all of its 1 entry."),
        (CheckResult(3, None, 3, 2), "The audit log holds: 2 checkpoints show all of its 3 entries."),
        (
            CheckResult(3, None, 2, 1),
            "1 checkpoint shows its first 2 entries; the newest one is shown by the",
        ),
        (CheckResult(3, None, 1, 1), "shows its first 1 entry; the newest 2 are shown by the chain alone."),
        (CheckResult(0, None, 0, 0), "The audit log holds: it is empty."),
        (CheckResult(0, None, 0, 1), "1 checkpoint shows that it was empty, and it is."),
        (CheckResult(1, None, 0, 0), "no checkpoint shows any of its 1 entry; the chain alone does."),
        (CheckResult(3, Broken(2, "Gone."), 0, 0), "The audit log does not hold. Gone."),
        (CheckResult(3, Broken(2, "Gone."), 1, 1), "up to entry 1, is as a checkpoint shows it."),
    ],
)
def test_a_check_of_the_log_says_how_much_of_it_is_shown(result: CheckResult, said: str) -> None:
    # proves F8
    found = judge(result, has_keys=True).sentence
    assert said in found
    assert "No key was given" not in found
    unkeyed = judge(result, has_keys=False).sentence
    assert ("No key was given" in unkeyed) is (result.broken is None)
    assert ("whose the checkpoints are" in unkeyed) is (result.broken is None and result.checkpoints > 0)
    assert "What comes before" not in found or result.seen


def test_a_check_of_an_export_says_what_it_could_not_compare() -> None:
    # proves F8
    plain = ExportResult(1, 1, None, 1, (), ())

    def said(result: ExportResult, *, same_table: bool = True) -> str:
        return judge_export(result, has_keys=True, same_table=same_table).sentence

    assert said(plain) == (
        "The export holds: the 1 entry it shows is in the log of 1 entry that its checkpoint shows."
    )
    assert "the 2 entries it shows are in the log of 3 entries" in said(replace(plain, shown=2, size=3))
    assert said(replace(plain, newer=(9,))).endswith("of the checkpoint of 9 entries, which is newer.")
    assert "could not be compared: it ends within what is hidden." in said(replace(plain, hidden=(2,)))
    assert said(plain, same_table=False).startswith("The table does not hold the entries")
    assert said(replace(plain, broken=Broken(1, "Gone."))) == "The export does not hold. Gone."


def test_checkpoints_of_two_logs_are_not_checked_as_one() -> None:
    # proves F8
    def of(origin: str) -> SignedCheckpoint:
        return cast("SignedCheckpoint", SimpleNamespace(checkpoint=SimpleNamespace(origin=origin, size=1)))

    assert unsigned([of("a"), of("a")], ()) is None
    assert unsigned([of("a"), of("b")], ()) is not None


# Alerts


def test_an_old_backup_is_told_once_it_is_old(monkeypatch: pytest.MonkeyPatch) -> None:
    # proves F8
    source = backups.backup_source(nullcontext)

    def words(made: datetime | None) -> list[str]:
        row = None if made is None else BackupRow(id="b", made=made)
        monkeypatch.setattr(backups, "last_backup", lambda _: row)
        return [each.words for each in source.look(look()).findings]

    assert words(None) == []
    assert words(NOW - OLD) == []
    [said] = words(NOW - OLD - DAY)
    assert said.endswith("more than a week ago.")


def test_a_recovery_key_is_told_once_nobody_has_said_in_time_that_it_works(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # proves F8
    source = recovery.recovery_source(nullcontext)

    def words(given: datetime | None, tried: datetime | None = None) -> list[str]:
        row = None if given is None else RecoveryKeyRow(id="r", public_key=b"k", given=given, tried=tried)
        monkeypatch.setattr(recovery, "current_key", lambda _: row)
        return [each.words for each in source.look(look()).findings]

    assert words(None) == []
    assert words(NOW - FIRST) == []
    assert words(NOW - FIRST - DAY)[0].startswith("The fleet was never told that it was tried: whether")
    assert words(NOW - EVERY, NOW - EVERY) == []
    assert words(NOW - EVERY, NOW - EVERY - DAY)[0].startswith("The fleet was last told that it was tried ")


def look() -> AlertLook:
    return AlertLook(session=None, now=NOW, lasting={})  # type: ignore[arg-type] # nothing is asked of it


@pytest.mark.parametrize(
    ("ends", "free", "found"),
    [
        (NOW + AUTHORITY_SOON, 10, []),
        (NOW + AUTHORITY_SOON - DAY, 10, ["fleet.authority"]),
        (NOW + AUTHORITY_SOON, 9, ["fleet.disk"]),
    ],
)
def test_of_the_service_only_what_is_so_is_told(ends: datetime, free: int, found: list[str]) -> None:
    # proves F8
    source = service_source(
        nullcontext,
        sealed=lambda: None,
        sealed_for=DAY,
        authority=AuthorityEnd(ends, is_issuing=False),
        folder=Path("/"),
        least_percent=10,
        disk=lambda _: (free, 100),
    )
    told = source.look(look())
    assert len(told.findings) == len(found)
    assert not told.unknown


def test_two_findings_of_one_alert_keep_the_graver_tone_and_say_nothing_twice() -> None:
    # proves F8
    plain = AlertFinding(AlertKind("k", "K", "{number}"), "s", "n", "It is late.", "Do.", "/", tone="warn")
    assert (_joined(plain, plain).words, _joined(plain, plain).step) == ("It is late.", plain.step)
    assert _joined(plain, replace(plain, step="Wait.")).step == f"{plain.step} Wait."
    both = _joined(plain, replace(plain, words="It is full.", tone="bad"))
    assert (both.words, both.tone) == ("It is late. It is full.", "bad")
    assert _joined(plain, replace(plain, words="It is full.")).tone == "warn"
    need = Need("warn", "clock", "It is late.", "Dock it.", "/")
    noticed = [Noticed(Alike.LATE, "n", need, subject=each) for each in ("x", "x", "y")]
    assert [each.subject for each in findings_of(noticed)] == ["x", "y"]


# Figures


@pytest.mark.parametrize(
    ("upload", "received", "percent"),
    [
        (None, 50, None),
        ({"current": 8, "recordings": 1, "bytes_left": 50}, 50, None),
        ({"current": 7, "recordings": 2, "bytes_left": 50}, 50, None),
        ({"current": 7, "recordings": 1, "bytes_left": None}, 50, None),
        ({"current": 7, "recordings": 1, "bytes_left": 0}, 0, None),
        ({"current": 7, "recordings": 1, "bytes_left": 50}, 50, 50),
    ],
)
def test_a_share_is_told_only_of_a_whole_that_is_known(
    upload: dict[str, int | None] | None, received: int, percent: int | None
) -> None:
    # proves F8
    status = None if upload is None else Status(camera="cam-01", state="docked", session="s", upload=upload)
    assert share(7, received, status) == percent
    if percent is not None:  # all that the camera had to send has come since it said so
        assert share(7, received + 50, status, since=50) == 100
        assert share(7, received + 25, status, since=25) == 75


def test_more_is_said_to_come_only_where_the_camera_counts_it() -> None:
    # proves F8
    facts = RecordingFacts(HELD)
    assert not facts.has_to_send
    assert replace(facts, sending=True).has_to_send
    assert replace(facts, to_send=1).has_to_send
    assert not replace(facts, to_send=1, bytes_left=0).has_to_send
    assert replace(facts, bytes_left=1).has_to_send
    assert replace(facts, sending=True, bytes_left=0).has_to_send


def test_a_printed_list_says_which_part_of_it_is_there() -> None:
    # proves F8
    assert narrowed_words([], shown=60, total=60) == ""
    assert narrowed_words([("Who", "")], skip=50, shown=10, total=60) == "51 to 60 of 60."
    assert narrowed_words([("Who", "Jane")], shown=1, total=1) == "Only those with: Who “Jane”."


def test_refusals_that_were_counted_are_told_of_whom_they_are() -> None:
    # proves F8
    detail: dict[str, str | int] = {"count": 3}

    def said(subject: str) -> str:
        entry = Entry(1, utc_us(NOW), "fleet", COUNTED, subject, "", detail, b"")
        return entry_views([entry], {}, NOW)[0].text

    assert "counted 3 more refusals of Jane that" in said("user:Jane")
    assert "counted 3 more refusals of somebody not signed in that" in said("anonymous")
