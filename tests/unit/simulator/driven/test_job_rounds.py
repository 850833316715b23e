"""The fleet's jobs in virtual time: some rounds on each day, and more once something was said."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from simulator.driven.job_rounds import SETTLED_S, JobRounds
from simulator.driven.time import DrivenTime

DAY_S = 86_400
LONDON = ZoneInfo("Europe/London")


def test_each_day_at_the_site_begins_with_a_round_also_where_its_clocks_change() -> None:
    time, seen = DrivenTime(), list[str]()

    def step() -> bool:
        seen.append(f"{time.utc().astimezone(LONDON):%d %H:%M}")
        return False

    JobRounds(time, LONDON, step).stir()
    time.pass_by(83 * DAY_S)  # from 5 January 06:00 to 29 March, on which clocks go forward
    seen.clear()
    time.pass_by(DAY_S)
    assert seen == ["29 12:01", "29 18:01", "30 00:01", "30 06:01"]


def test_what_was_said_and_what_failed_is_looked_at_within_the_minute() -> None:
    time, left = DrivenTime(), [True] * 40
    seen: list[float] = []

    def step() -> bool:
        seen.append(time.seconds())
        return bool(left) and left.pop()

    rounds = JobRounds(time, LONDON, step)
    rounds.stir()
    time.pass_by(3600)
    assert seen == [60.0 * each for each in range(1, 42)], "for as long as something is left"
    seen.clear()
    rounds.stir()
    rounds.stir()
    time.pass_by(3600)
    assert seen[0] == 3660
    assert seen[-1] == 3600 + SETTLED_S, "and for a while after something was said, once each minute"
    assert len(seen) == len(set(seen))
