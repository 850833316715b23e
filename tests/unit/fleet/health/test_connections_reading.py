"""What is said of connections that were ended, and of what."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.connections.admission import Why
from fleet.health.connections import connections_reading
from fleet.health.reading import Condition

Key = tuple[str, Why]
KEYS = st.tuples(st.sampled_from(["dashboard", "cameras", "broker"]), st.sampled_from(list(Why)))


# proves F8
def test_none_is_said_only_where_none_was_ended() -> None:
    none = "This process has had to end none since it began."
    assert connections_reading({}).said == none
    assert connections_reading({("broker", Why.SLOW): 0}).said == none
    assert connections_reading({("broker", Why.SLOW): 1}).said == (
        "This process has ended 1 connection since it began: 1 to the broker listener that took too long to "
        "ask."
    )


# proves F8
@given(st.dictionaries(KEYS, st.integers(0, 10_000)))
def test_the_sum_and_the_most_are_true(ended: dict[Key, int]) -> None:
    found = connections_reading(ended)
    total = sum(ended.values())
    assert f"ended {total} connection{'' if total == 1 else 's'} since" in found.said or total == 0
    said = found.said
    listed = [n for (name, why), n in ended.items() if f"{n} to the {name} listener that {why}" in said]
    assert total == 0 or max(ended.values()) in listed
    assert ("; most were" in found.said) == (sum(count > 0 for count in ended.values()) > 3)


@pytest.mark.parametrize(
    ("why", "condition"),
    [(Why.CROWDED, Condition.WORSE), (Why.MANY, Condition.WORSE), (Why.SLOW, Condition.GOOD)],
)
def test_a_browser_that_was_slow_is_no_trouble_and_a_crowd_is(why: Why, condition: Condition) -> None:
    found = connections_reading({("dashboard", why): 3})
    assert found.condition is condition
    assert bool(found.step) == (condition is Condition.WORSE)


# proves F8
@pytest.mark.parametrize(
    ("streams", "said"),
    [
        (0, ""),
        (1, " 1 live page was disconnected for others."),
        (7, " 7 live pages were disconnected for others."),
    ],
)
def test_live_pages_are_said_only_where_some_were_ended(streams: int, said: str) -> None:
    found = connections_reading({}, streams)
    assert found.said == f"This process has had to end none since it began.{said}"
    assert bool(found.step) == bool(streams)


# proves F8
@pytest.mark.parametrize(
    ("turned_away", "said"),
    [
        (0, ""),
        (1, " 1 request of nobody signed in had no turn and came to nothing."),
        (7, " 7 requests of nobody signed in had no turn and came to nothing."),
    ],
)
def test_requests_without_a_turn_are_said_only_where_there_were_some(turned_away: int, said: str) -> None:
    found = connections_reading({}, 0, turned_away)
    assert found.said == f"This process has had to end none since it began.{said}"
    assert bool(found.step) == bool(turned_away)
    assert (found.condition is Condition.WORSE) == bool(turned_away)
    both = connections_reading({}, 1, turned_away)
    assert both.said == f"{found.said} 1 live page was disconnected for others."
