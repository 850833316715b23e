"""What looks at facts make of alerts: the rules alone, over any course of facts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.alerts.rules.finding import AlertFinding, Key, Looked
from fleet.alerts.rules.kinds import BAD, MORE, AlertKind, Kinds
from fleet.alerts.rules.reconcile import CALM, MOST, RETURNS, StandingAlert, bounded, covers, reconcile

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
BATTERY = AlertKind("camera.battery", "Battery low", "{number} cameras: battery low.")
OTHER = AlertKind("camera.other", "Other", "{number} others.", BAD)


def low(subject: str = "cam-01", *, kind: AlertKind = BATTERY, aspect: str = "") -> AlertFinding:
    return AlertFinding(kind, subject, subject, f"{subject} is low.", "Dock it.", "/", aspect=aspect)


def look(*findings: AlertFinding, unknown: frozenset[Key] = frozenset()) -> Looked:
    return Looked(frozenset({BATTERY.id}), findings, unknown)


@dataclass
class Table:
    """Alerts as rows would be, and what becomes of them by look after look."""

    rows: list[StandingAlert] = field(default_factory=list)
    befores: dict[str, str] = field(default_factory=dict)
    doubtful: set[str] = field(default_factory=set)

    def look(self, looked: Looked, now: datetime) -> None:
        last = {each.key: each for each in self.rows if not each.lasts}
        changes = reconcile([*last.values(), *(each for each in self.rows if each.lasts)], looked, now)
        by_id = {each.id: each for each in self.rows}
        for id_ in changes.ended:
            by_id[id_] = _with(by_id[id_], lasts=False, ended=now)
        for id_ in changes.returned:
            row = by_id[id_]
            by_id[id_] = _with(row, lasts=True, ended=None, returns=row.returns + 1)
        self.doubtful = set(changes.doubtful)
        self.rows = list(by_id.values())
        for each in changes.raised:
            name = str(len(self.rows))
            self.befores[name] = each.before
            key, aspect = each.finding.key, each.finding.aspect
            self.rows.append(StandingAlert(name, key, True, False, aspect, None, each.returns))

    @property
    def lasting(self) -> list[StandingAlert]:
        return [each for each in self.rows if each.lasts]


def _with(row: StandingAlert, **change: object) -> StandingAlert:
    return StandingAlert(**{name: change.get(name, getattr(row, name)) for name in StandingAlert.__slots__})  # type: ignore[arg-type] # fields as they are named


def test_the_same_fact_is_one_alert_and_is_over_by_itself() -> None:
    # proves F8
    table = Table()
    for minute in range(5):
        table.look(look(low(), low()), NOW + timedelta(minutes=minute))
    assert [each.key for each in table.rows] == [(BATTERY.id, "cam-01")]
    over = NOW + timedelta(minutes=9)
    table.look(look(), over)
    assert [(each.lasts, each.ended) for each in table.rows] == [(False, over)]


def test_what_nobody_can_tell_is_neither_true_nor_over() -> None:
    # proves F8
    table = Table()
    table.look(look(low()), NOW)
    table.look(look(unknown=frozenset({(BATTERY.id, "cam-01")})), NOW)
    assert [(each.lasts, each.ended) for each in table.rows] == [(True, None)]
    assert table.doubtful == {"0"}
    table.look(look(low()), NOW)
    assert table.doubtful == set()
    assert len(table.rows) == 1


def test_a_kind_that_was_not_looked_for_is_let_alone() -> None:
    table = Table()
    table.look(Looked(frozenset({OTHER.id}), (low("x", kind=OTHER),)), NOW)
    table.look(look(), NOW)
    assert [each.lasts for each in table.rows] == [True]


def test_what_is_true_again_is_a_new_alert_with_its_history() -> None:
    table = Table()
    table.look(look(low()), NOW)
    table.look(look(), NOW)
    table.look(look(low()), NOW + CALM)
    assert [each.lasts for each in table.rows] == [False, True]
    assert table.rows[1].returns == 0


def test_what_flaps_is_a_few_alerts_and_the_last_goes_on() -> None:
    table = Table()
    for minute in range(500):
        table.look(look(low()) if minute % 2 else look(), NOW + timedelta(minutes=minute))
    assert len(table.rows) == RETURNS + 1
    assert [table.befores[each.id] for each in table.rows] == ["", "0", "1", "2"]
    assert table.rows[-1].returns == 249


def test_what_a_person_resolved_stays_so_while_the_same_is_true() -> None:
    table = Table()
    table.look(look(low(aspect="No picture.")), NOW)
    table.rows = [_with(each, is_settled=True) for each in table.rows]
    table.look(look(low(aspect="No picture.")), NOW)
    assert len(table.rows) == 1
    table.look(look(low(aspect="No picture.\nNo sound.")), NOW)
    assert [each.lasts for each in table.rows] == [False, True]
    assert table.befores["1"] == "0"


def test_less_than_was_seen_is_covered_and_more_is_not() -> None:
    assert covers("a\nb", "a")
    assert covers("", "")
    assert covers("a", "")
    assert not covers("", "a")
    assert not covers("a", "a\nb")


def test_a_flood_is_bounded_and_it_is_said() -> None:
    found = bounded([low(f"cam-{each}") for each in range(100_000)], frozenset())
    assert len(found) == MOST + 1
    assert found[-1].kind == MORE
    assert found[-1].words == f"Battery low: there are {100_000 - MOST} more than are listed."
    one = bounded([low(f"cam-{each}") for each in range(MOST + 1)], frozenset())
    assert one[-1].words == "Battery low: there is 1 more than are listed."


def test_in_a_flood_what_is_known_keeps_its_place_and_what_is_resolved_takes_none() -> None:
    those = [low(f"cam-{each}") for each in range(MOST + 5)]
    kept = bounded(those, frozenset({those[-1].key}), frozenset({those[0].key}))
    assert those[-1] in kept
    assert those[0] in kept
    assert len(kept) == MOST + 2


SUBJECTS = ("cam-01", "cam-02", "cam-03")
COURSE = st.lists(
    st.tuples(
        st.integers(0, 120),
        st.frozensets(st.sampled_from(SUBJECTS)),
        st.frozensets(st.sampled_from(SUBJECTS)),
    ),
    max_size=30,
)


@given(COURSE)
def test_whatever_becomes_of_facts_what_is_true_has_one_alert_and_nothing_else_does(
    course: list[tuple[int, frozenset[str], frozenset[str]]],
) -> None:
    # proves F8
    table, now = Table(), NOW
    for minutes, true, silent in course:
        now += timedelta(minutes=minutes)
        unknown = frozenset((BATTERY.id, each) for each in silent - true)
        before = {each.key for each in table.lasting}
        table.look(look(*(low(each) for each in sorted(true)), unknown=unknown), now)
        keys = [each.key for each in table.lasting]
        assert len(keys) == len(set(keys))
        assert set(keys) == {(BATTERY.id, each) for each in true} | (before & unknown)
        assert all(each.ended is not None for each in table.rows if not each.lasts)


def test_two_kinds_do_not_share_a_name_and_an_unknown_one_is_told() -> None:
    kinds = Kinds([BATTERY, BATTERY])
    assert kinds["camera.battery"] is BATTERY
    assert kinds["from.the-future"].title == "from.the-future"
    assert not kinds["from.the-future"].is_event
    with pytest.raises(ValueError, match="two kinds of alerts are called camera"):
        Kinds([BATTERY, AlertKind("camera.battery", "Else", "")])
