"""Sentences that the fleet puts together, each in the state in which its former words were false (F8)."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from starlette.requests import Request
from typer.testing import CliRunner

from fleet.assignments.rules import AssignmentPeriod, conflict
from fleet.assignments.undo import ChangeKind, HandOver, Meanwhile, undo_refusal
from fleet.audit.chain import START, Entry, verify_chain
from fleet.audit.check import LogCheck
from fleet.audit.checkpoints.checkpoint import Checkpoint
from fleet.backup.errors import ArchiveError
from fleet.backup.manifest import Manifest
from fleet.backup.models import BackupRow
from fleet.cli import app
from fleet.core.actor import OPERATOR, Actor, ActorKind, Role
from fleet.core.problems import ProblemError
from fleet.core.sections.provider import ProviderSection
from fleet.delivery.health import Outage
from fleet.delivery.health import words_of as outage_words
from fleet.delivery.models import Channel
from fleet.footage.receiving.stopping import _NOT_NOW
from fleet.footage.recordings.models import RecordingState
from fleet.footage.store.store import FootageStore, versions_kept
from fleet.health.backups import OLD, backup_reading
from fleet.health.ends import authority_end, key_ends
from fleet.health.probes import StoreProbe
from fleet.health.reading import Condition, Reading
from fleet.health.recovery import recovery_reading
from fleet.health.rules import broker_reading, store_reading, vault_reading
from fleet.jobs.queue import DIED
from fleet.people.access import check_origin
from fleet.people.accounts.own import SHOWN_LATELY
from fleet.people.accounts.second import MOST_PASSKEYS
from fleet.people.models import User
from fleet.people.officers import add_officer, retire_officer
from fleet.people.provider.errors import ProviderUnreachableError
from fleet.people.provider.http import ProviderHttp
from fleet.pki.authority import Authority
from fleet.recovery.models import RecoveryCopyRow, RecoveryKeyRow
from fleet.review.rules.closing import ReviewSigner, ReviewState, SigningFacts, SigningRole, signing_refusal
from fleet.review.rules.oddness import LookedAt, OddityLimits, oddities
from fleet.review.rules.reasons import ReviewFacts, reasons, with_draw
from fleet.server.compose import FleetServices
from fleet.vault.changing import MadeShares, OpeningChange
from fleet.vault.control import NotRunningError, ask
from fleet.vault.errors import ShareRefusedError, VaultError, WrongSecretError
from fleet.vault.keybox import KeyBox, OpenedBy, VaultOpener
from fleet.vault.openers.shares import combine, read_share, split
from fleet.vault.sealed import UPLOADS, Sealed
from tests.support.fleet.fleet import TestClock, fleet_services
from tests.support.fleet.vaults import open_by_shares

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
KEYS = [hashlib.sha256(b"v").hexdigest()]


@pytest.fixture(scope="module")
def clock() -> TestClock:
    return TestClock()


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory, clock: TestClock) -> Iterator[FleetServices]:
    with fleet_services(tmp_path_factory.mktemp("fleet"), clock=clock) as found:
        yield found


def words(at: object) -> str:
    return f"{at:%d %B}" if isinstance(at, datetime) else "never"


# What the service stands on


@pytest.mark.parametrize("by", list(OpenedBy))
def test_a_sealed_vault_does_not_say_that_anything_is_taken_in(by: OpenedBy) -> None:
    # proves F8: the store may refuse uploads, whatever the vault does
    sealed = Sealed(VaultOpener(by, 2, 7), NOW, why="It is open to others; give it mode 0600.")
    for said in (sealed.refusal, vault_reading(sealed, 1).step):
        assert UPLOADS in said
        assert "taken in" not in said
        assert "kept" not in said


def test_a_key_file_that_is_there_is_not_to_be_put_back() -> None:
    # proves F8
    sealed = Sealed(VaultOpener(), NOW, why="The vault's key file is open to others; give it mode 0600.")
    assert "back" not in vault_reading(sealed, 1).step


def test_of_cameras_that_are_not_heard_nothing_is_said_to_record() -> None:
    # proves F8
    found = broker_reading(None, NOW, "it does not answer.", "noon")
    assert found.condition is Condition.BAD
    assert "they record" not in found.step
    assert "recording does not need it" in found.step


def test_a_slow_store_may_take_uploads_and_one_that_refuses_to_list_answers() -> None:
    # proves F8
    slow = store_reading("s3://footage", "nothing came within 3 s")
    assert "as long as it takes nothing" in slow.step
    assert "it does not answer" not in store_reading("s3://footage", "it refused").said


def test_a_bucket_whose_versions_were_switched_off_meanwhile_was_found_to_keep_them() -> None:
    # proves F8: it is not asked again before the next start
    for said in (
        store_reading("s3://footage", None, keeps_versions=True).said,
        versions_kept("s3://footage"),
    ):
        assert "was found to keep" in said
        assert "keeps old" not in said


class Broken:
    """A store that fails in a way that nobody foresaw."""

    keeps_versions = False

    def list(self, prefix: str) -> tuple[()]:
        raise RuntimeError(prefix)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_store_of_which_nobody_knows_is_not_said_to_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    # proves F8
    monkeypatch.setattr(threading, "excepthook", lambda *_: None)
    found = StoreProbe(cast("FootageStore", Broken()), "s3://footage").read()
    assert (found.condition, "it answers" in found.said) == (Condition.BAD, False)


def test_a_fleet_made_of_a_backup_does_not_say_that_none_was_made(services: FleetServices) -> None:
    # proves F8: the row of the backup that it was made of is not in that
    assert backups(services).said == "The fleet knows of none."
    with services.sessions.begin() as session:
        session.add(BackupRow(id="a", made=NOW, sha256="0" * 64, size=1, footage=0, has_footage=False))
    said = backups(services).said
    assert said.startswith("The last one that the fleet knows of was made")
    assert (
        "its store alone" not in said
    )  # an earlier backup may have footage, and so may a mirror of the store


def backups(services: FleetServices) -> Reading:
    with services.readers() as session:
        return backup_reading(session, NOW, words)


def test_a_recovery_key_that_was_tried_without_telling_is_not_called_untried(services: FleetServices) -> None:
    # proves F8
    key = RecoveryKeyRow(
        id="k",
        public_key=b"k",
        given=NOW,
        given_by="A",
        replaced=None,
        tried=None,
        asked=None,
        answer_sha256=None,
    )
    with services.sessions.begin() as session:
        session.add(key)
        session.flush()
        session.add(
            RecoveryCopyRow(recovery_id="k", key_id="v", name="v", public_key=b"v", sealed=b"", made=NOW)
        )
    with services.readers() as session:
        said = recovery_reading(session, NOW, words, KEYS).said
    assert "The fleet was not told that anybody tried it." in said
    assert "Nobody" not in said
    with services.sessions.begin() as session:
        session.get_one(RecoveryKeyRow, "k").tried = NOW
    with services.readers() as session:
        said = recovery_reading(session, NOW, words, KEYS).said
    assert "That it works the fleet was last told 29 November." in said
    assert "last tried" not in said


def test_a_new_key_of_the_vault_that_is_not_sealed_to_the_recovery_key_is_told(
    services: FleetServices,
) -> None:
    # proves F8: a rotated vault that nobody has unsealed since
    with services.readers() as session:
        found = recovery_reading(session, NOW, words, [*KEYS, "new"])
    assert found.condition is Condition.WORSE
    assert found.said.endswith("Of the vault's 2 keys 1 is not sealed to it yet.")


def test_keys_claim_no_more_than_they_do(services: FleetServices) -> None:
    # proves F8
    root, *others = key_ends(services.authority, services.vault)
    assert "all others" not in root.purpose  # footage is sealed to a key that nobody signs
    for each in (root, *others[:-1]):
        assert "trusted" not in each.after  # the verifier goes by no clock: what was signed before stays so
    assert "if the fleet was given one" in others[-1].then  # there is no recovery key


@pytest.mark.parametrize("by", list(OpenedBy))
def test_where_there_is_no_recovery_key_none_is_said_to_open_footage(
    services: FleetServices, monkeypatch: pytest.MonkeyPatch, by: OpenedBy
) -> None:
    # proves F8
    monkeypatch.setattr(type(services.vault), "opener", property(lambda _: VaultOpener(by)))
    assert "if the fleet was given one" in key_ends(services.authority, services.vault)[-1].then


# The vault


def test_a_passphrase_is_measured_in_bytes(services: FleetServices) -> None:
    # proves F8: 342 of these characters are 1,026 bytes
    change = OpeningChange(services)
    with pytest.raises(VaultError, match="16 to 1024 bytes"):
        change.to_passphrase(change.unlocked(None), "ẞ" * 342, OPERATOR)


def test_the_same_share_twice_is_of_those_that_were_made(services: FleetServices) -> None:
    # proves F8
    shares = split(bytes(32), needed=2, shares=3)
    change = OpeningChange(services)
    with pytest.raises(VaultError, match="not 2 different ones of the shares"):
        change.to_shares(change.unlocked(None), MadeShares(shares, 2), [shares[0], shares[0]], OPERATOR)
    with pytest.raises(WrongSecretError, match="not as many different shares of one set"):
        combine([shares[0], shares[0]])


def test_a_share_with_a_word_too_many_has_none_that_is_wrong() -> None:
    # proves F8
    share = split(bytes(32), needed=2, shares=2)[0]
    with pytest.raises(ShareRefusedError, match="how many there are"):
        read_share(f"{share.words} academic")


def test_a_box_of_no_known_version_is_not_said_to_be_newer() -> None:
    # proves F8
    with pytest.raises(VaultError, match="does not know the format"):
        KeyBox.from_json(b'{"version": 0}')
    with pytest.raises(ArchiveError, match="does not know the archive's format"):
        Manifest.from_json(b'{"kind": "lapel backup", "version": 0}')


@pytest.mark.slow
def test_shares_of_before_count_no_more_once_others_were_made(tmp_path: Path) -> None:
    # proves F8: the page counts what is still needed
    with fleet_services(tmp_path) as services:
        before = open_by_shares(services, needed=2)
    with fleet_services(tmp_path) as services:
        services.vault_services.unsealing.by_share(OPERATOR, before[0].words)
        assert len(services.vault_services.unsealing.given()) == 1
        change = OpeningChange(services)
        private = change.unlocked(combine(list(before[:2])))
        made = change.make_shares(needed=3, shares=3)
        change.to_shares(private, made, list(made.shares), OPERATOR)
        sealed = services.vault.sealed()
        assert sealed is not None
        assert (sealed.opener.needed, sealed.given) == (3, 0)
        assert services.vault_services.unsealing.given() == ()


def test_what_is_said_where_nothing_listens_is_of_that_place_alone(tmp_path: Path) -> None:
    # proves F8: the service may run, and its socket not be made yet
    with pytest.raises(NotRunningError, match=r"^No service listens at .*control;"):
        ask(tmp_path / "control", "status")


# The log


def entries(*numbers: int) -> list[tuple[Entry, bytes]]:
    found, previous = [], START
    for number in numbers:
        entry = Entry(number, 1, "fleet:", "a:b:c", "", "", {}, previous)
        previous = entry.digest
        found.append((entry, previous))
    return found


def test_an_entry_that_was_put_in_before_the_first_makes_none_missing() -> None:
    # proves F8
    broken = verify_chain(entries(0, 1, 2))
    assert broken is not None
    assert broken.reason == "Entry 0 stands where entry 1 belongs."


def test_a_digest_that_was_changed_does_not_change_its_entry() -> None:
    # proves F8
    (one, _), second = entries(1, 2)
    broken = verify_chain([(one, bytes(32)), second])
    assert broken is not None
    assert "one of the two was changed" in broken.reason


def test_an_older_copy_of_a_log_is_not_said_to_be_cut_off() -> None:
    # proves F8
    check = LogCheck([Checkpoint(3, bytes(32), "origin")])
    for each in entries(1, 2):
        check.add(*each)
    broken = check.finish().broken
    assert broken is not None
    assert "or is an older copy" in broken.reason


# Who has which camera


def test_nobody_is_said_to_wear_what_the_list_has_with_them() -> None:
    # proves F8
    one = AssignmentPeriod("a", "cam-01", "o1", "Officer 1", NOW, None)
    for camera, officer in (("cam-01", "o1"), ("cam-01", "o2"), ("cam-02", "o1")):
        said = conflict([one], camera=camera, officer=officer) or ""
        assert "by the hand-out list" in said
        assert "wears" not in said


def test_a_clock_that_was_set_back_ends_no_minute() -> None:
    # proves F8
    change = HandOver("a1", ChangeKind.TAKEN_BACK, "cam-01", "o1", "Officer 1", NOW)
    said = undo_refusal(change, Meanwhile(), now=NOW - timedelta(seconds=1)) or ""
    assert "is over" not in said
    late = undo_refusal(change, Meanwhile(recorded=True), now=NOW) or ""
    assert "has made" not in late  # it was heard of since, and may be of before


# Reviews


OFFICER = ReviewSigner("u-1", is_person=True, roles=frozenset({SigningRole.HEAD_OF_SAFETY}), officer="o-1")
FACTS = SigningFacts(ReviewState.FOUND, 1, is_arriving=False, officer="o-1", signed={})


def test_an_officer_is_not_said_to_be_in_the_picture() -> None:
    # proves F8: who had the camera is seldom in front of it
    said = signing_refusal(OFFICER, SigningRole.HEAD_OF_SAFETY, 1, FACTS) or ""
    assert "recorded in it" not in said
    assert said.startswith("It is your own recording")


def test_a_recording_whose_deletion_has_begun_is_not_said_to_be_deleted() -> None:
    # proves F8
    gone = replace(FACTS, state=ReviewState.GONE, officer=None)
    said = signing_refusal(OFFICER, SigningRole.HEAD_OF_SAFETY, 1, gone) or ""
    assert said == "Deletion of its recording had begun before both had signed."


def test_what_is_still_to_be_signed_is_not_closed_by_arriving() -> None:
    # proves F8
    arriving = replace(FACTS, is_arriving=True, officer=None)
    said = signing_refusal(OFFICER, SigningRole.HEAD_OF_SAFETY, 1, arriving) or ""
    assert "it is closed once" not in said


def test_an_export_that_broke_off_is_no_copy_that_was_taken() -> None:
    # proves F8: the log is written before anything is opened
    limits = OddityLimits(NOW.time(), NOW.time(), frozenset(), 1, 60, 1, 7)
    looked = LookedAt(there=NOW, is_copy=True, is_program=True, is_own=True, has_cause=False)
    said = " ".join(each.words for each in oddities(looked, limits))
    for false in ("took a copy", "opened", "recorded in it"):
        assert false not in said
    assert "They asked for a copy." in said


def test_a_draw_claims_its_own_chance_and_no_share_of_all() -> None:
    # proves F8: the share was another before, and only what has no other reason goes by it
    said = reasons(with_draw(ReviewFacts(), 0.1))[0].words
    assert said == "It was drawn at random, with a chance of 10 %."


# People


def test_an_account_that_is_retired_signs_nobody_in(services: FleetServices, clock: TestClock) -> None:
    # proves F8
    with services.sessions.begin() as session:
        officer = add_officer(session, services.random, name="Officer 1", by=OPERATOR).id
        session.flush()
        session.add(
            User(
                id="u-1",
                name="Officer 1",
                password="",
                roles=frozenset({Role.OFFICER}),
                created=clock(),
                retired=clock(),
                officer_id=officer,
            )
        )
    desk = Actor(ActorKind.USER, "u-2", "Desk 1", frozenset({Role.SAFETY_TEAM}))
    with (
        pytest.raises(ProblemError, match="Officer 1 has an account; ask an administrator"),
        services.sessions.begin() as session,
    ):
        retire_officer(session, officer=officer, by=desk)


def test_a_provider_that_was_not_asked_is_not_said_to_be_silent() -> None:
    # proves F8: all places to ask it are taken
    http = ProviderHttp(ProviderSection(name="Northgate Homes"))

    def ask_more(stack: contextlib.ExitStack) -> None:
        while True:
            stack.enter_context(http.asking())

    with (
        contextlib.ExitStack() as stack,
        pytest.raises(ProviderUnreachableError, match="could not be asked"),
    ):
        ask_more(stack)


def test_a_proxy_that_names_another_host_is_no_other_site() -> None:
    # proves F8
    headers = [(b"origin", b"https://fleet.example"), (b"host", b"inner:8443")]
    request = Request({"type": "http", "method": "POST", "headers": headers})
    with pytest.raises(ProblemError, match="comes from another address than it went to"):
        check_origin(request)


def test_a_configuration_whose_files_are_away_is_not_said_to_be_usable(tmp_path: Path) -> None:
    # proves F8
    (tmp_path / "fleet.toml").write_text(f'[vault]\nkey_file = "{tmp_path}/nowhere"\n')
    done = CliRunner().invoke(app, ["check-config", "--state", str(tmp_path)])
    assert (done.exit_code, "can be used" in done.stdout) == (0, False)
    assert done.stdout.startswith("Each key of the configuration is one")


# Other rules


def test_a_process_that_hangs_is_not_said_to_have_ended() -> None:
    # proves F8: a lease that was not renewed is all that is known
    assert "ended" not in DIED


def test_what_a_camera_says_to_be_all_is_not_called_all() -> None:
    # proves F8
    assert "All of this recording is here" not in _NOT_NOW[RecordingState.VERIFYING]
    assert "Its camera has said" in _NOT_NOW[RecordingState.VERIFYING]


def test_numbers_in_words_are_those_of_the_rules() -> None:
    # proves F8: "You have ten passkeys", "do this within ten minutes"
    assert (10, timedelta(minutes=10)) == (MOST_PASSKEYS, SHOWN_LATELY)


# What is counted


@pytest.mark.parametrize(
    ("waiting", "given_up", "said"),
    [
        (1, 0, "1 message waits."),
        (2, 0, "2 messages wait."),
        (0, 1, "1 message was given up within a day."),
        (0, 2, "2 messages were given up within a day."),
        (2, 1, "2 messages wait, 1 message was given up within a day."),
    ],
)
def test_messages_that_did_not_go_out_are_counted(waiting: int, given_up: int, said: str) -> None:
    # proves F8
    found = outage_words(Outage(Channel.MAIL, waiting, given_up, "It is full."))
    assert found == f"Not all went out by e-mail: {said} It is full."


def test_backups_say_whether_they_are_old_and_have_footage(services: FleetServices) -> None:
    # proves F8
    def said(now: datetime, *, footage: int, has_footage: bool) -> Reading:
        row = BackupRow(id="b", made=NOW, sha256="0" * 64, size=1, footage=footage, has_footage=has_footage)
        with services.sessions() as session:  # and nothing of it is kept
            session.merge(row)
            return backup_reading(session, now, words)

    young = said(NOW + OLD, footage=1 << 20, has_footage=True)
    assert (young.condition, "and 1.0 MiB of footage." in young.said) == (Condition.GOOD, True)
    assert "more than a week ago" not in young.said
    old = said(NOW + OLD + timedelta(seconds=1), footage=0, has_footage=False)
    assert (old.condition, "without any footage." in old.said) == (Condition.BAD, True)
    assert "That is more than a week ago." in old.said


def test_a_recovery_key_says_what_is_sealed_to_it_and_until_when_to_try_it(services: FleetServices) -> None:
    # proves F8
    def said(now: datetime, keys: list[str], *, copies: int = 1, tried: datetime | None = None) -> Reading:
        with services.sessions() as session:  # and nothing of it is kept
            for each in session.query(RecoveryKeyRow):
                session.delete(each)
            session.flush()
            if keys:
                session.add(RecoveryKeyRow(id="r", public_key=b"k", given=NOW, given_by="A", tried=tried))
                session.flush()
            for number in range(copies):
                row = RecoveryCopyRow(recovery_id="r", key_id=str(number), name="v", sealed=b"", made=NOW)
                row.public_key = b"v"
                session.add(row)
            session.flush()
            return recovery_reading(session, now, words, keys)

    assert said(NOW, [], copies=0).said == "The fleet was given none."
    assert said(NOW, KEYS, copies=0).said.endswith("The vault's keys are not sealed to it yet.")
    assert said(NOW, [*KEYS, "new"]).said.endswith("Of the vault's 2 keys 1 is not sealed to it yet.")
    assert said(NOW, [*KEYS, "a", "b"]).said.endswith("Of the vault's 3 keys 2 are not sealed to it yet.")
    untried = said(NOW, KEYS)
    assert untried.condition is Condition.WORSE
    assert untried.step.endswith("Do so until 29 December.")
    late = said(NOW + timedelta(days=31), KEYS)
    assert (late.condition, "Whether it works today is not known." in late.said) == (Condition.BAD, True)
    good = said(NOW, KEYS, tried=NOW)
    assert (good.condition, good.step) == (Condition.GOOD, "")


def test_an_authority_of_one_certificate_is_not_said_to_have_an_issuing_one(services: FleetServices) -> None:
    # proves F8
    class Issued:
        """An authority whose root issues through another."""

        def __init__(self, *, has_issuing: bool) -> None:
            self.has_issuing = has_issuing
            self.certificate = self.issuing = services.authority.certificate
            self.ends = self.issuing.not_valid_after_utc
            self.fingerprint, self.file = services.authority.fingerprint, services.authority.file

    alone, issued = (cast("Authority", Issued(has_issuing=each)) for each in (False, True))
    names = [each.name for each in key_ends(alone, services.vault)]
    assert "Issuing authority" not in names
    root, issuing, *_ = key_ends(issued, services.vault)
    assert "It signs the certificate of the issuing authority." in root.purpose
    assert "certificates of the service and of cameras" in issuing.purpose
    assert "certificates of the service and of cameras" in key_ends(alone, services.vault)[0].purpose
    assert not authority_end(issued).is_issuing  # both end at once: to renew it would change nothing
