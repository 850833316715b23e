"""A vault that is sealed by hand in one process of a fleet is sealed in all, and stays so."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from fleet.audit.models import AuditEntry
from fleet.core.actor import Actor, ActorKind
from fleet.core.config import DatabaseSection
from fleet.core.problems import ProblemError
from fleet.server.compose import FleetServices, build_services
from fleet.vault.following import SealFollowing
from fleet.vault.keybox import VaultOpener
from fleet.vault.opening import Opening
from fleet.web.views.settings.vault import vault_view
from protocol.footage.ledger.ledger import Ledger, read_ledger
from protocol.footage.sealing.keys import PrivateKey
from tests.support.fleet.fleet import BY_PASSWORD, TestClock, fleet_services
from tests.support.fleet.made_state import lay_out
from tests.support.fleet.vaults import PASSPHRASE, open_by_passphrase
from tests.support.media.recordings import make_identity, record

ONE = Actor(ActorKind.USER, "u1", "Person 1", address="192.0.2.1")
TWO = Actor(ActorKind.USER, "u2", "Person 2", address="192.0.2.2")


@dataclass
class Processes:
    """Two processes with one database and the same keys, neither of which is told anything by the other."""

    folder: Path
    one: FleetServices
    other: FleetServices

    def start(self, name: str) -> FleetServices:
        """Start one of them again."""
        return _started(self.folder, name)


def _started(folder: Path, name: str) -> FleetServices:
    url = f"sqlite:///{folder / 'shared.sqlite3'}"
    config = BY_PASSWORD.model_copy(update={"database": DatabaseSection(url=url)})
    return build_services(config, folder / name, clock=TestClock())


@contextmanager
def processes(folder: Path, before: Callable[[FleetServices], object] | None = None) -> Iterator[Processes]:
    """Two of them; ``before`` changes what opens their vault."""
    lay_out(folder / "state", TestClock()())
    if before is not None:
        with fleet_services(folder, BY_PASSWORD) as services:
            before(services)
    shutil.move(folder / "state" / "fleet.sqlite3", folder / "shared.sqlite3")
    shutil.copytree(folder / "state", folder / "other")
    found = Processes(folder, _started(folder, "state"), _started(folder, "other"))
    try:
        yield found
    finally:
        found.one.database.close()
        found.other.database.close()


def logged(services: FleetServices) -> list[tuple[str, str, dict[str, object]]]:
    with services.readers() as session:
        wanted = AuditEntry.action.in_(("vault:key:seal", "vault:key:unseal", "footage:recording:view"))
        rows = session.scalars(select(AuditEntry).where(wanted).order_by(AuditEntry.number))
        return [(row.actor, row.action, dict(row.detail)) for row in rows]


def sealed_by(services: FleetServices) -> str:
    """Who sealed it by hand, as a process knows."""
    sealed = services.vault.sealed()
    return "" if sealed is None else sealed.by_hand


def view(services: FleetServices, ledger: Ledger) -> Opening:
    return services.vault.unseal(
        recording="r1", load=lambda: ledger, actor=ONE, action="footage:recording:view", purpose="A look"
    )


def ledger_for(services: FleetServices) -> Ledger:
    (recipient,) = services.vault.recipients()
    return read_ledger(bytes(record(replace(make_identity(), recipient=recipient)).ledger))


def refused(call: Callable[[], object]) -> tuple[int, str]:
    with pytest.raises(ProblemError) as caught:
        call()
    return caught.value.status, caught.value.code


def test_the_other_opens_nothing_from_then_on_told_or_not(tmp_path: Path) -> None:  # proves F1
    with processes(tmp_path) as both:
        ledger = ledger_for(both.other)
        watched = view(both.other, ledger)
        both.one.vault.seal(ONE)
        assert refused(lambda: view(both.other, ledger)) == (503, "vault_sealed")
        assert watched.was_sealed, "it has looked before it opened anything, and closed what was open"
        assert sealed_by(both.other) == "Person 1"
        assert refused(lambda: both.other.vault.seal(TWO)) == (409, "vault_sealed_already")
        assert logged(both.one) == [
            ("user:Person 1", "footage:recording:view", {}),
            ("user:Person 1", "vault:key:seal", {}),
        ]


@pytest.mark.parametrize("which", ["state", "other"])
def test_it_stays_sealed_when_either_starts_again(tmp_path: Path, which: str) -> None:  # proves F1
    with processes(tmp_path) as both:
        both.one.vault.seal(ONE)
        again = both.start(which)  # the other has not heard of it, and would be opened by its key file
        assert sealed_by(again) == "Person 1"
        again.database.close()
        (tmp_path / which / "vault/sealed-by-hand").unlink()
        once_more = both.start(which)
        assert sealed_by(once_more) == "Person 1"
        once_more.database.close()


def test_what_opens_by_itself_does_so_everywhere_once_somebody_unseals_it(tmp_path: Path) -> None:
    with processes(tmp_path) as both:
        both.one.vault.seal(ONE)
        both.other.vault.follow()
        both.other.vault_services.unsealing.by_itself(TWO)
        assert both.one.vault.is_sealed()
        both.one.vault.follow()
        assert not both.one.vault.is_sealed()
        assert [action for _, action, _ in logged(both.one)] == ["vault:key:seal", "vault:key:unseal"]
        both.one.vault.follow()
        assert not both.one.vault.is_sealed()


def test_where_people_open_it_each_is_unsealed_by_itself(tmp_path: Path) -> None:  # proves F1
    with processes(tmp_path, open_by_passphrase) as both:
        both.one.vault_services.unsealing.by_passphrase(ONE, PASSPHRASE)
        both.other.vault.seal(TWO)  # it waits for people itself, and the first is open
        assert refused(lambda: view(both.one, ledger_for(both.one))) == (503, "vault_sealed")
        assert sealed_by(both.one) == "Person 2"
        both.one.vault_services.unsealing.by_passphrase(ONE, PASSPHRASE)
        both.other.vault.follow()
        assert (sealed_by(both.other), both.other.vault.is_sealed()) == ("", True)
        assert not both.one.vault.is_sealed()


def test_who_seals_it_while_somebody_unseals_it_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # proves F1
    with processes(tmp_path) as both:
        both.one.vault.seal(ONE)
        unsealing = both.other.vault_services.unsealing
        private_key = unsealing._keys.private_key

        def sealed_meanwhile(secret: bytes | None) -> PrivateKey:
            both.one.vault_services.unsealing.by_itself(TWO)
            both.one.vault.seal(TWO)
            return private_key(secret)

        monkeypatch.setattr(unsealing._keys, "private_key", sealed_meanwhile)
        assert refused(lambda: unsealing.by_itself(ONE)) == (409, "vault_sealed_meanwhile")
        assert sealed_by(both.one) == "Person 2"
        both.other.vault.follow()
        assert sealed_by(both.other) == "Person 2"


def test_who_seals_it_as_it_is_opened_wins_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # proves F1
    with processes(tmp_path) as both:
        both.one.vault.seal(ONE)
        unsealing = both.other.vault_services.unsealing
        opened = unsealing._keys.open

        def sealed_before(private: PrivateKey) -> None:
            both.one.vault.follow()
            both.one.vault.seal(TWO)
            opened(private)

        monkeypatch.setattr(unsealing._keys, "open", sealed_before)
        unsealing.by_itself(ONE)
        assert sealed_by(both.other) == "Person 2"


def test_what_could_not_be_written_down_is_sealed_and_written_down_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # proves F1
    with processes(tmp_path) as both:
        with monkeypatch.context() as away:

            def fail(*_given: object, **_more: object) -> None:
                raise OperationalError("", None, Exception("the database is away"))

            away.setattr("fleet.vault.vault.record", fail)
            with pytest.raises(OperationalError):
                both.one.vault.seal(ONE)
        assert sealed_by(both.one) == "Person 1"
        assert logged(both.one) == []
        both.one.vault.follow()
        both.other.vault.follow()
        assert sealed_by(both.other) == "Person 1"
        assert logged(both.one) == [("fleet", "vault:key:seal", {"by": "Person 1"})]
        both.one.vault.follow()
        assert len(logged(both.one)) == 1


def test_a_note_from_before_there_were_rows_is_told_to_the_others(tmp_path: Path) -> None:
    with processes(tmp_path) as both:
        note = both.one.state / "vault/sealed-by-hand"
        note.write_text('{"who": "Person 1", "at": "2026-11-20T12:00:00+00:00"}')
        again = both.start("state")
        assert sealed_by(again) == "Person 1"
        both.other.vault.follow()
        assert sealed_by(both.other) == "Person 1"
        assert logged(again) == [], "it was written down when it was done"
        again.database.close()


@pytest.mark.parametrize("look_s", [60.0, 0.01])
def test_it_is_followed_by_hints_and_without_any(tmp_path: Path, look_s: float) -> None:  # proves F1
    async def run(both: Processes) -> None:
        following = SealFollowing(both.other.live, both.other.vault, look_s=look_s)
        async with following.running(), asyncio.timeout(30):
            both.one.vault.seal(ONE)
            while sealed_by(both.other) != "Person 1":
                if look_s > 1:
                    both.other.live.publish("vault", "")
                await asyncio.sleep(0)

    with processes(tmp_path) as both:
        asyncio.run(run(both))


def test_one_that_waits_for_people_can_be_sealed_by_hand_where_others_may_be_open(tmp_path: Path) -> None:
    # proves F8
    with processes(tmp_path, open_by_passphrase) as both:
        clock = both.one.clock()
        opener: VaultOpener = both.one.vault.opener

        def may_seal(*, several: bool) -> bool:
            return vault_view(both.one.vault.sealed(), opener, (), clock, may_be_several=several).may_seal

        assert (may_seal(several=False), may_seal(several=True)) == (False, True)
        both.one.vault.seal(ONE)
        assert not may_seal(several=True)
