"""What a look makes of each alert, by each condition that decides it (F8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from fleet.alerts.rules.finding import AlertFinding, Key, Looked
from fleet.alerts.rules.kinds import MORE, AlertKind, Kinds
from fleet.alerts.rules.reconcile import CALM, MOST, RETURNS, StandingAlert, bounded, reconcile
from fleet.core.actor import Role

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
KIND = AlertKind("camera.late", "Late", "{number} are late.", roles=frozenset({Role.HEAD_OF_SAFETY}))


def late(subject: str = "cam-01", aspect: str = "") -> AlertFinding:
    return AlertFinding(KIND, subject, subject, "It is late.", "Dock it.", "/", aspect=aspect)


def looked(*findings: AlertFinding, unknown: frozenset[Key] = frozenset()) -> Looked:
    return Looked(frozenset({KIND.id}), findings, unknown)


OPEN = StandingAlert("a", late().key, True, False, "", None, 0)
SETTLED = replace(OPEN, is_settled=True)
OVER = replace(OPEN, lasts=False, ended=NOW - timedelta(minutes=1))


def test_what_comes_back_names_the_alert_that_it_comes_back_after() -> None:
    # proves F8
    [new] = reconcile([], looked(late()), NOW).raised
    assert (new.before, new.returns) == ("", 0)
    [soon] = reconcile([OVER], looked(late()), NOW).raised
    assert (soon.before, soon.returns) == ("a", 1)
    [later] = reconcile([replace(OVER, ended=NOW - CALM)], looked(late()), NOW).raised
    assert (later.before, later.returns) == ("a", 0)


def test_what_comes_and_goes_goes_on_unless_a_person_settled_it() -> None:
    # proves F8
    often = replace(OVER, returns=RETURNS)
    goes_on = reconcile([often], looked(late()), NOW)
    assert (goes_on.raised, set(goes_on.returned)) == ((), {"a"})
    anew = reconcile([replace(often, is_settled=True)], looked(late()), NOW)
    assert (len(anew.raised), set(anew.returned)) == (1, set())


def test_how_much_more_there_is_of_a_kind_is_over_with_that_kind() -> None:
    # proves F8
    more = replace(OPEN, key=(MORE.id, KIND.id))
    assert reconcile([more], looked(), NOW).ended == ("a",)
    assert reconcile([replace(OPEN, key=("another", "cam-01"))], looked(), NOW).ended == ()


def test_what_a_person_settled_takes_no_place_and_is_said_once() -> None:
    # proves F8
    one = late()
    assert bounded([one], frozenset({one.key}), frozenset({one.key})) == (one,)
    many = [late(f"cam-{each:03d}") for each in range(MOST)]
    settled = reconcile([SETTLED], looked(one, *many), NOW)
    assert MORE.id not in {each.finding.kind.id for each in settled.raised}
    is_open = reconcile([OPEN], looked(one, *many), NOW)
    assert MORE.id in {each.finding.kind.id for each in is_open.raised}


def test_what_is_not_known_is_doubted_unless_a_person_settled_it() -> None:
    # proves F8
    unknown = frozenset({OPEN.key})
    assert reconcile([OPEN], looked(unknown=unknown), NOW).doubtful == ("a",)
    assert reconcile([SETTLED], looked(unknown=unknown), NOW).doubtful == ()
    assert reconcile([OPEN], looked(late(), unknown=unknown), NOW).doubtful == ()
    assert reconcile([OPEN], looked(), NOW).doubtful == ()


def test_more_of_it_is_a_new_alert_only_where_a_person_had_settled_the_old_one() -> None:
    # proves F8
    more = late(aspect="another part")
    kept = reconcile([OPEN], looked(more), NOW)
    assert (kept.raised, kept.ended, set(kept.kept)) == ((), (), {"a"})
    anew = reconcile([SETTLED], looked(more), NOW)
    assert ([each.before for each in anew.raised], anew.ended) == (["a"], ("a",))


def test_somebody_sees_the_kinds_of_their_roles() -> None:
    # proves F8
    theirs, others = KIND, replace(KIND, id="b", title="B", roles=frozenset({Role.CCTV_MANAGER}))
    known = Kinds([theirs, others])
    of_head, of_both = known.of([Role.HEAD_OF_SAFETY]), known.of([Role.HEAD_OF_SAFETY, Role.CCTV_MANAGER])
    assert set(of_head) - {MORE} == {theirs}
    assert set(of_both) - {MORE} == {theirs, others}
    assert known.of([]) == ()
