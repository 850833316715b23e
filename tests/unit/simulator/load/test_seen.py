"""What was seen under load is judged: each thing that may go wrong is seen to be broken."""

from __future__ import annotations

import pytest

from simulator.load.curve import curves
from simulator.load.seen import LoadRecording, LoadSample, LoadSeen, LoadTime, load_checks
from simulator.oracle.check import Check, Result
from simulator.report.measured import charts
from simulator.report.words import NAMES

CAMERAS = 3


def good() -> LoadSeen:
    """Three cameras with a recording each, one of which was cut off and came back."""
    seen = LoadSeen(to_cut=1)
    for number in range(CAMERAS):
        known = f"{number:032x}"
        seen.samples += [
            LoadSample(LoadTime.JOINED, 0.0, 0.1),
            LoadSample(LoadTime.CONNECTED, 1.0 + number, 0.2),
        ]
        seen.recordings[known] = LoadRecording(5.0, 6.0)
        seen.listed[known] = 5.5 + number
        seen.held[known] = 7.0
    seen.samples += [LoadSample(LoadTime.RECONNECTED, 4.0, 0.3), LoadSample(LoadTime.ASKED, 5.0, 0.05)]
    return seen


def broken(seen: LoadSeen, within_s: float | None = None) -> dict[str, Check]:
    return {each.name: each for each in load_checks(seen, CAMERAS, within_s) if not each.passed}


def test_what_went_well_holds() -> None:
    assert broken(good()) == {}
    assert broken(good(), within_s=2.5) == {}


@pytest.mark.parametrize(
    ("what", "name"),
    [
        (LoadTime.JOINED, "joined"),
        (LoadTime.CONNECTED, "connected"),
        (LoadTime.RECONNECTED, "connected again"),
    ],
)
def test_a_camera_that_is_missing_is_told(what: LoadTime, name: str) -> None:
    seen = good()
    seen.samples.remove(next(each for each in seen.samples if each.what is what))

    assert list(broken(seen)) == [name]


def test_a_recording_that_never_arrives_is_told() -> None:
    seen = good()
    lost = next(iter(seen.recordings))
    seen.recordings[lost] = LoadRecording(5.0)
    del seen.listed[lost], seen.held[lost]

    assert set(broken(seen, within_s=10.0)) == {"sent", "listed", "held", "listed in time"}


def test_what_nobody_watched_is_not_known() -> None:
    seen = good()
    seen.samples = [each for each in seen.samples if each.what is not LoadTime.ASKED]

    found = broken(seen)
    assert {name: each.result for name, each in found.items()} == {
        "listed": Result.NOT_EVALUATED,
        "held": Result.NOT_EVALUATED,
    }


def test_errors_are_counted_by_their_kind() -> None:
    seen = good()
    seen.errors += ["complete was refused with 409"] * 2 + [f"kind {number}" for number in range(9)]

    [found] = broken(seen).values()
    assert found.result is Result.BROKEN
    assert found.sentence.startswith("11 times something was refused")
    assert "2 times complete was refused with 409" in found.sentence
    assert found.sentence.endswith("and 5 other kinds")


def test_a_bound_counts_what_is_the_latest_of_95_of_100() -> None:
    assert "listed in time" in broken(good(), within_s=2.4)


def test_a_bound_without_a_recording_is_not_evaluated() -> None:
    seen = good()
    seen.recordings, seen.listed, seen.held = {}, {}, {}

    assert broken(seen, within_s=2.0)["listed in time"].result is Result.NOT_EVALUATED


def test_times_between_two_processes_are_never_below_nought() -> None:
    seen = good()
    seen.held = dict.fromkeys(seen.held, 5.9)

    assert all(each.took_s >= 0 for each in seen.all_samples())


def test_everything_that_is_timed_has_a_name() -> None:
    assert {str(each) for each in LoadTime} <= set(NAMES)


def test_a_curve_has_a_point_for_each_slice_in_which_something_was_timed() -> None:
    samples = [
        LoadSample(LoadTime.SENT, at_s, took_s) for at_s, took_s in ((0.1, 1.0), (0.9, 3.0), (5.0, 2.0))
    ]

    [curve] = curves(samples)
    assert [(each.at_s, each.count, each.p50, each.p95) for each in curve.points] == [
        (0.0, 2, 1.0, 3.0),
        (5.0, 1, 2.0, 2.0),
    ]
    [chart] = charts([curve])
    assert chart.bars[0].p95 == 80.0
    assert chart.bars[0].sentence == "at 0 s: 2 times, p50 1.000, p95 3.000, largest 3.000 s"
    assert chart.bars[-1].left + chart.bars[-1].width <= 600


def test_what_took_no_time_at_all_is_drawn() -> None:
    [chart] = charts(curves([LoadSample(LoadTime.ASKED, 0.0, 0.0)]))

    assert chart.bars[0].p95 == 0.0


def test_without_a_sample_there_is_nothing_to_draw() -> None:
    assert charts(curves([])) == ()
