"""What may become of accounts: somebody can always manage users."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fleet.core.actor import Role
from fleet.people.accounts.rules import AccountFacts, leaves_nobody, too_much_for_one
from fleet.people.sign_in import FIRST_ROLES

roles = st.frozensets(st.sampled_from(Role), min_size=1)
accounts = st.builds(AccountFacts, st.sampled_from(["a", "b", "c"]), roles, st.booleans())


@given(st.lists(accounts, unique_by=lambda each: each.id), accounts)
def test_a_change_is_refused_only_where_it_takes_the_last_who_manages(
    before: list[AccountFacts], changed: AccountFacts
) -> None:
    after = [each for each in before if each.id != changed.id] + [changed]

    def managers(those: list[AccountFacts]) -> list[str]:
        return [each.id for each in those if each.active and Role.ADMINISTRATOR in each.roles]

    refused = leaves_nobody(before, changed)
    assert refused == (bool(managers(before)) and not managers(after))
    if refused:
        assert managers(before) == [changed.id], "nobody else could"


def test_what_is_wrong_with_one_person_having_all_of_it_is_said() -> None:
    assert "give themselves any right" in too_much_for_one(FIRST_ROLES)
    assert "In one person nobody does" in too_much_for_one(
        frozenset({Role.CCTV_MANAGER, Role.HEAD_OF_SAFETY})
    )
    assert too_much_for_one(frozenset({Role.ADMINISTRATOR})) == ""
    assert too_much_for_one(frozenset({Role.ADMINISTRATOR, Role.SAFETY_TEAM})) == ""
    assert too_much_for_one(frozenset({Role.CCTV_MANAGER})) == ""
