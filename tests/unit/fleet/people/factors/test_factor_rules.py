"""Who needs a second factor, which codes are good, and what is kept of them."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.core.actor import Role
from fleet.core.errors import StateError
from fleet.people.factors.app_codes import STEP_S, app_address, new_app_secret, step_of
from fleet.people.factors.recovery import CODES, code_digest, new_codes
from fleet.people.factors.rules import Factors, is_needed, may_lose_a_key
from fleet.people.factors.seal import FILE, FactorSeal
from fleet.people.permissions import GRANTS, Permission

RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""Of RFC 6238, appendix B: "12345678901234567890"."""
RFC_CODES = {
    59: "287082",
    1111111109: "081804",
    1111111111: "050471",
    1234567890: "005924",
    2000000000: "279037",
}
"""The last six of the eight digits there, by seconds since 1970."""
factors = st.builds(Factors, st.integers(0, 10), st.booleans(), st.integers(0, 10))
roles = st.frozensets(st.sampled_from(Role), min_size=1)


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def test_whoever_can_see_or_change_what_matters_needs_one() -> None:
    needing = {role for role in Role if is_needed("privileged", frozenset({role}))}
    assert needing == {
        Role.CCTV_MANAGER,
        Role.HEAD_OF_SAFETY,
        Role.DATA_PROTECTION_OFFICER,
        Role.ADMINISTRATOR,
    }
    for permission in (Permission.PLAY, Permission.EXPORT, Permission.MANAGE_PEOPLE):
        assert GRANTS[permission] <= needing


@given(roles)
def test_everyone_is_everyone_and_off_is_nobody(some: frozenset[Role]) -> None:
    assert is_needed("everyone", some)
    assert not is_needed("off", some)


@given(roles, roles)
def test_more_roles_never_need_less(some: frozenset[Role], more: frozenset[Role]) -> None:
    assert is_needed("privileged", some | more) >= is_needed("privileged", some)


@given(roles, factors)
def test_nobody_who_needs_one_loses_the_last(some: frozenset[Role], has: Factors) -> None:
    if is_needed("privileged", some) and has.keys == 1:
        assert not may_lose_a_key("privileged", some, has)


@given(factors)
def test_one_that_is_lost_leaves_a_way_in(has: Factors) -> None:
    ways = has.passkeys + has.app + has.codes
    if has.enough:
        assert has.any
        assert ways > 1


@pytest.mark.parametrize(("seconds", "code"), RFC_CODES.items())
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert step_of(RFC_SECRET, code, at(seconds), 0) == seconds // STEP_S


@given(st.integers(0, 2**31), st.integers(-300, 300))
def test_a_code_is_good_around_its_half_minute_and_once(moment: int, later: int) -> None:
    import pyotp  # noqa: PLC0415 - the other side's app

    code = pyotp.TOTP(RFC_SECRET).at(moment)
    now = at(moment) + timedelta(seconds=later)
    if now.timestamp() < 0:
        return
    found = step_of(RFC_SECRET, code, now, 0)
    near = abs(int(now.timestamp()) // STEP_S - moment // STEP_S) <= 1
    if near and moment >= STEP_S:
        assert found is not None
    if found is not None:
        assert step_of(RFC_SECRET, code, now, found) is None or found < moment // STEP_S


@given(st.text())
def test_whatever_is_typed_is_a_code_or_none(typed: str) -> None:
    step_of(RFC_SECRET, typed, at(1_000_000), 0)
    code_digest(typed)


def test_a_secret_is_as_long_as_its_hash_and_named_for_its_owner() -> None:
    secret = new_app_secret(lambda size: bytes(range(size)))
    assert len(secret) == 32
    address = app_address(secret, "Desk 2 & more")
    assert address.startswith("otpauth://totp/Lapel:Desk%202%20%26%20more?secret=")


@given(st.binary(min_size=150, max_size=150))
def test_recovery_codes_are_read_back_however_they_are_typed(random: bytes) -> None:
    parts = iter(random[at : at + 15] for at in range(0, 150, 15))
    codes = new_codes(lambda _: next(parts))
    assert len(codes) == CODES
    assert all(len(code.replace("-", "")) * 5 >= 112 for code in codes)
    for code in codes:
        kept = code_digest(code)
        assert kept is not None
        assert kept == code_digest(f" {code.upper().replace('-', ' ').replace('0', 'O').replace('1', 'l')} ")
        assert kept == hashlib.sha256(code.replace("-", "").encode()).digest()


def test_a_code_of_an_earlier_version_is_one() -> None:
    code = "abcd-efgh-jkmn-pqrs"
    assert code_digest(code) == hashlib.sha256(code.replace("-", "").encode()).digest()


NO_CODES = (
    "",
    "123456",
    "abcd-efgh-jkmn-pqr",
    "abcd-efgh-jkmn-pqrst",
    "abcd-efgh-jkmn-pqrs-tvwx-yz012",
    "abcd-efgh-jkmn-pqru",
)


@pytest.mark.parametrize("typed", NO_CODES)
def test_what_is_no_recovery_code_is_none(typed: str) -> None:
    assert code_digest(typed) is None


def test_a_secret_is_sealed_for_its_owner(tmp_path: Path) -> None:
    seal = FactorSeal(tmp_path)
    sealed = seal.close(RFC_SECRET, "ab12")
    assert RFC_SECRET.encode() not in sealed
    assert FactorSeal(tmp_path).open(sealed, "ab12") == RFC_SECRET
    assert seal.open(sealed, "ab13") is None
    assert seal.open(sealed[:-1], "ab12") is None
    assert seal.open(b"", "ab12") is None
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_another_key_opens_nothing_and_a_short_one_is_refused(tmp_path: Path) -> None:
    sealed = FactorSeal(tmp_path).close(RFC_SECRET, "ab12")
    (tmp_path / FILE).write_bytes(bytes(32))
    assert FactorSeal(tmp_path).open(sealed, "ab12") is None
    (tmp_path / FILE).write_bytes(b"short")
    with pytest.raises(StateError, match="is not whole; put it back from a backup"):
        FactorSeal(tmp_path).open(sealed, "ab12")


def test_of_two_that_make_the_key_at_once_both_use_one(tmp_path: Path) -> None:
    made: list[bytes] = []

    def random(size: int) -> bytes:
        if size == 32 and not made:  # another process makes it between the look and the writing
            made.append(FactorSeal(tmp_path).close("OTHER", "ab12"))
        return bytes(size)

    late = FactorSeal(tmp_path, random)
    assert late.open(late.close("MINE", "ab12"), "ab12") == "MINE"
    assert late.open(made[0], "ab12") == "OTHER"
