"""What the report says in words and as JSON, and that every outcome but one is no pass."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema  # type: ignore[import-untyped]  # it bears no types
import pytest

from docs.generators import simulator_report
from simulator.oracle.check import Check, Figure, Result
from simulator.report.as_json import as_json, schema
from simulator.report.draft import Draft
from simulator.report.outcome import RunOutcome, exit_status
from simulator.report.report import ClockState, Machine, RunReport, StepRecord, Versions
from simulator.report.words import in_words

HELD = Check("held", Result.HELD, "it is held", figure=Figure(1.0, 2.0, "s", "at most"))
LOST = Check("kept", Result.BROKEN, "cam-01 recording 1 is lost", "cam-01", 1)
UNSEEN = Check("kept", Result.NOT_EVALUATED, "cam-01 recording 1 could not be looked at", "cam-01", 1)


def draft(*checks: Check) -> Draft:
    """A report of a run with these checks."""
    return Draft(
        "first_press",
        "A title",
        "name = 'first_press'",
        (StepRecord(1, "press"), StepRecord(2, "stop")),
        7,
        Versions("0.2.0", None, None, "3.11", {}),
        Machine("desk", "Linux", "a processor", 2, None, None),
        ClockState(synchronised=False, error_us=None),
        checks=checks,
    )


def test_a_run_that_checked_nothing_has_not_passed() -> None:
    report = draft().report()

    assert (report.passed, report.outcome, report.exit_status) == (False, RunOutcome.NOT_EVALUATED, 1)
    assert list(in_words(report))[-1] == "Not passed: Nothing was checked."


def test_all_held_is_a_pass_and_nothing_else_is() -> None:
    assert draft(HELD).report().passed
    assert {outcome for outcome in RunOutcome if exit_status(outcome) == 0} == {RunOutcome.HELD}
    for checks, outcome in (((HELD, LOST), RunOutcome.BROKEN), ((HELD, UNSEEN), RunOutcome.NOT_EVALUATED)):
        report = draft(*checks).report()
        assert (report.outcome, report.passed, report.exit_status) == (outcome, False, 1)


def test_what_was_not_asked_for_need_not_be_evaluated() -> None:
    assert draft(HELD, replace(UNSEEN, asked=False)).report().passed


def test_an_interrupted_run_has_not_passed_whatever_was_judged() -> None:
    for checks in ((HELD,), (HELD, LOST), ()):
        interrupted = draft(*checks)
        interrupted.end(RunOutcome.ERROR, "The fleet went away.")
        interrupted.end(RunOutcome.INTERRUPTED, "Stopped.")
        report = interrupted.report(by=15)
        assert (report.outcome, report.exit_status, report.error) == (RunOutcome.INTERRUPTED, 143, "Stopped.")
        assert list(in_words(report))[-1] == "Interrupted, and so not passed: Stopped."


def test_a_broken_promise_is_one_though_the_harness_failed_too() -> None:
    failed = draft(LOST)
    failed.end(RunOutcome.ERROR, "The fleet does not answer.")

    assert failed.report().outcome is RunOutcome.BROKEN


def test_a_report_that_is_written_before_the_end_is_no_pass() -> None:
    report = draft(HELD).report(over=False)

    assert (report.outcome, report.passed) == (RunOutcome.UNFINISHED, False)
    assert report.exit_status == 3
    assert [step.result for step in report.steps] == ["not begun", "not begun"]


def test_the_words_name_what_did_not_hold_and_what_was_measured() -> None:
    lines = list(in_words(draft(HELD, LOST).report()))

    assert "Did not hold: cam-01 recording 1 is lost." in lines
    assert "held: held, 1 of 1 (1 s; at most 2 s)." in lines
    assert lines[-1] == "Failed: 1 of 2 checks did not hold."


def test_the_report_has_what_programs_ask_for() -> None:
    data = json.loads(json.dumps(as_json(replace(draft(HELD).report(), took_s=31.4159))))

    assert (data["scenario"], data["seed"], data["passed"], data["outcome"]) == (
        "first_press",
        7,
        True,
        "held",
    )
    assert data["checks"][0]["passed"] is True
    assert data["took_s"] == 31.416


@pytest.mark.parametrize("checks", [(), (HELD,), (HELD, LOST, UNSEEN)])
def test_the_report_is_what_its_schema_says(checks: tuple[Check, ...]) -> None:
    made: RunReport = draft(*checks).report()
    validator = jsonschema.Draft202012Validator(schema())

    validator.check_schema(schema())
    validator.validate(as_json(made))
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({**as_json(made), "outcome": "passed"})


def test_the_schema_that_is_published_is_the_one_that_holds() -> None:
    """After a change: ``python -m docs.generators.simulator_report``."""
    assert simulator_report.FILE.read_text(encoding="utf-8") == simulator_report.text()
