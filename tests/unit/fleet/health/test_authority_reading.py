"""What Settings and alerts say of the authority, in every state that it can be in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fleet.health.authority import authority_reading
from fleet.health.ends import authority_end
from fleet.health.reading import AuthorityEnd, Condition
from fleet.pki.authority import open_authority
from fleet.web.views.desk.found import authority_ends
from tests.support.fleet.authorities import make_one_of_before

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


# proves F8
@pytest.mark.parametrize(
    ("alone", "root", "days", "condition", "said", "step"),
    [
        (True, True, 1, Condition.WORSE, "issues by itself", "authority split"),
        (False, True, 1800, Condition.WORSE, "still lies on this machine", "take-root"),
        (False, False, 1800, Condition.GOOD, "does not lie in the state folder", ""),
        (False, True, 100, Condition.WORSE, "still lies on this machine", "renew-issuing"),
        (False, False, 100, Condition.WORSE, "The issuing authority ends then", "renew-issuing"),
        (False, False, 0, Condition.BAD, "The issuing authority ended then", "renew-issuing"),
    ],
)
def test_a_reading_says_where_the_root_is_and_when_what_issues_ends(
    *, alone: bool, root: bool, days: int, condition: Condition, said: str, step: str
) -> None:
    found = authority_reading(
        is_alone=alone,
        has_root_key=root,
        issuing_ends=NOW + timedelta(days=days),
        now=NOW,
        words=lambda _: "then",
    )
    assert (found.condition, said in found.said) == (condition, True)
    assert (step in found.step) if step else not found.step


# proves F8
def test_an_alert_names_what_ends_and_whether_it_can_be_renewed(tmp_path: Path) -> None:
    new = open_authority(tmp_path / "new", now=NOW)
    assert authority_end(new) == AuthorityEnd(new.issuing.not_valid_after_utc, is_issuing=True)
    make_one_of_before(tmp_path / "before", NOW)
    before = open_authority(tmp_path / "before", now=NOW)
    assert authority_end(before) == AuthorityEnd(before.certificate.not_valid_after_utc, is_issuing=False)
    found = authority_ends(authority_end(new), NOW)
    assert found.words.startswith("The certificate of the fleet's issuing authority ends ")
    assert "renew it by the root" in found.step
    found = authority_ends(authority_end(before), before.certificate.not_valid_after_utc)
    assert found.words.startswith("The certificate of the fleet's own authority ended ")
    assert "renew" not in found.step
