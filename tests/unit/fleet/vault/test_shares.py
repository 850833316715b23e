"""Shares of a secret: which of them open it, which say nothing, and how long one counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.vault.errors import ShareRefusedError, WrongSecretError
from fleet.vault.keybox import OpenedBy, VaultOpener
from fleet.vault.openers.shares import LONGEST_SHARE, Share, combine, read_share, split
from fleet.vault.openers.tray import ShareTray
from tests.support.tries import tries

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
SECRET = bytes(range(32))
LASTS = timedelta(minutes=15)


@settings(max_examples=tries(15))
@given(st.data())
def test_any_of_them_that_are_enough_open_it_and_one_fewer_does_not(data: st.DataObject) -> None:
    needed = data.draw(st.integers(2, 4))
    shares = split(SECRET, needed=needed, shares=data.draw(st.integers(needed, 6)))
    chosen = data.draw(st.permutations(shares))[:needed]
    assert combine(chosen) == SECRET
    with pytest.raises(WrongSecretError):
        combine(chosen[1:])


def test_a_share_is_read_as_it_is_typed_and_a_slip_is_noticed() -> None:
    [share, *_] = split(SECRET, needed=2, shares=2)
    assert read_share(f"  {share.words.upper()}\n".replace(" ", "\n ")) == share
    words = share.words.split()
    assert len(words) == 33
    at = next(at for at in range(5, 30) if words[at] != words[at + 1])
    for wrong in (
        " ".join(words[:-1]),
        " ".join([*words[:at], words[at + 1], words[at], *words[at + 2 :]]),
        "",
        "x" * (LONGEST_SHARE + 1),
    ):
        with pytest.raises(ShareRefusedError, match="That is no share"):
            read_share(wrong)


def tray_and_shares() -> tuple[ShareTray, VaultOpener, tuple[Share, ...]]:
    shares = split(SECRET, needed=3, shares=4)
    return ShareTray(LASTS), VaultOpener(OpenedBy.SHARES, 3, shares[0].share_set), shares


def test_each_is_given_by_somebody_else() -> None:
    tray, opener, shares = tray_and_shares()
    tray.put(shares[0], opener, "u1", NOW)
    with pytest.raises(ShareRefusedError, match="somebody else gives the next one"):
        tray.put(shares[1], opener, "u1", NOW)
    with pytest.raises(ShareRefusedError, match="given already"):
        tray.put(shares[0], opener, "u2", NOW)
    tray.put(shares[1], opener, "u2", NOW)
    for at in (2, 3):  # on the service's machine each is given by a run of the command of its own
        tray.put(shares[at], opener, "", NOW)
    assert len(tray.given(NOW)) == 4


def test_one_of_another_set_does_not_count() -> None:
    tray, opener, _ = tray_and_shares()
    while (other := split(SECRET, needed=3, shares=3)[0]).share_set == opener.share_set:
        pass
    with pytest.raises(ShareRefusedError, match="none of this vault's"):
        tray.put(other, opener, "u1", NOW)


@pytest.mark.parametrize("later", [LASTS, timedelta(days=1), timedelta(seconds=-1)])
def test_one_that_was_left_lying_is_forgotten(later: timedelta) -> None:
    tray, opener, shares = tray_and_shares()
    tray.put(shares[0], opener, "u1", NOW)
    assert tray.given(NOW + LASTS - timedelta(seconds=1)) != ()
    assert tray.given(NOW + later) == ()
    assert tray.given(NOW) == ()
