"""The report as JUnit XML, as one page, and redacted: the same run in every form, and nothing else."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import jsonschema  # type: ignore[import-untyped]  # it bears no types
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.oracle.check import Check, Result
from simulator.report.as_json import as_json, schema
from simulator.report.files import ReportFiles
from simulator.report.junit import as_junit
from simulator.report.lanes import axis_of, lanes
from simulator.report.outcome import RunOutcome
from simulator.report.page import as_page
from simulator.report.redact import redact
from tests.support.run_report import FOLDER, TOKEN, full_report

if TYPE_CHECKING:
    from pathlib import Path

REPORT = full_report()
SECRET = (
    "fleet.example",
    "192.0.2.7",
    "10.1.2.3",
    "2001:db8",
    "anna@example.org",
    "abc-1",
    "desk-7",
    FOLDER,
    TOKEN,
)


def test_junit_has_each_check_with_its_result() -> None:
    suites = ET.fromstring(as_junit(REPORT))  # noqa: S314 - made by ourselves
    [suite] = suites

    assert (suite.get("tests"), suite.get("failures"), suite.get("errors"), suite.get("skipped")) == (
        "4",
        "1",
        "1",
        "1",
    )
    messages = [each.get("message") for each in suite.iter() if each.tag in {"failure", "error", "skipped"}]
    assert messages == ["listed late", "nobody could look", "no recording"]


@pytest.mark.parametrize(
    "outcome", [each for each in RunOutcome if each not in {RunOutcome.HELD, RunOutcome.BROKEN}]
)
def test_junit_of_a_run_without_a_verdict_has_an_error(outcome: RunOutcome) -> None:
    held = tuple(each for each in REPORT.checks if each.passed)
    suites = ET.fromstring(as_junit(replace(REPORT, outcome=outcome, checks=held)))  # noqa: S314 - likewise

    assert suites.get("errors") == "1"


@given(st.text())
def test_junit_is_xml_whatever_was_said(said: str) -> None:
    report = replace(
        REPORT, checks=(Check("kept", Result.BROKEN, said, camera=said, promise=said),), error=said
    )

    ET.fromstring(as_junit(report))  # noqa: S314 - likewise


class Page(HTMLParser):
    """What a page asks for, and what it says."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.asks: list[str] = []
        self.said = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.asks += [value or "" for name, value in attrs if name in {"src", "href", "srcset", "style"}]

    def handle_data(self, data: str) -> None:
        self.said += data


def test_the_page_needs_nothing_beside_it_and_says_everything() -> None:
    page = Page()
    text = as_page(REPORT)
    page.feed(text)

    assert page.asks == []
    assert not {"script", "link", "img", "iframe", "form"} & set(page.tags)
    assert "url(" not in text
    # What a camera said is text, whatever it looks like.
    assert "b" not in page.tags
    for words in (
        "<b>Recording 1</b>",
        "listed late",
        "nobody could look",
        "Failed: 1 of 4",
        "17.1 s; at most 1 s",
    ):
        assert words in page.said
    assert "✗ failed: cam-02 has no power" in page.said
    assert page.tags.count("svg") == 3  # a lane for each camera, and a curve


@pytest.mark.parametrize("outcome", list(RunOutcome))
def test_there_is_a_page_of_every_outcome_and_of_a_run_that_never_began(outcome: RunOutcome) -> None:
    assert as_page(replace(REPORT, outcome=outcome))
    empty = replace(
        REPORT,
        outcome=outcome,
        cameras={},
        steps=(),
        events=(),
        recordings=(),
        promises=(),
        checks=(),
        percentiles={},
    )
    assert "No camera came up." in as_page(empty)


def test_a_time_line_shows_recordings_up_to_what_ended_them() -> None:
    axis = axis_of(REPORT)
    first, second = lanes(REPORT)

    assert (axis.from_s, axis.to_s) == (20.0, 29.5)
    assert [(bar.kind, bar.left) for bar in first.bars] == [
        ("recording", 0.0),
        ("fault", axis.place(21.0)),
        ("fault", axis.place(23.0)),
    ]
    assert first.bars[0].width == pytest.approx(axis.place(26.5))
    # It was recording until its power went, not until it came back.
    assert second.bars[0].width == pytest.approx(axis.place(24.0))
    assert [mark.refused for mark in first.marks] == [False, True, False, False]


@given(st.lists(st.tuples(st.floats(0, 1e5), st.floats(0, 1e5)), max_size=8))
def test_everything_on_a_time_line_is_on_it(times: list[tuple[float, float]]) -> None:
    press = REPORT.events[1]
    events = tuple(replace(press, at_s=at, until_s=at + more, recording=str(at)) for at, more in times)
    for lane in lanes(replace(REPORT, events=events, steps=())):
        for bar in lane.bars:
            assert 0 <= bar.left <= 100
            assert 0 < bar.width <= 100
        assert all(0 <= mark.left <= 100 for mark in lane.marks)


def test_a_redacted_report_can_be_published(tmp_path: Path) -> None:
    """In every form, nothing that is secret is found any more; what holds the report together stays."""
    files = ReportFiles(
        tmp_path / "r.json",
        tmp_path / "r.xml",
        tmp_path / "r.html",
        redacted=True,
        folders=(FOLDER,),
        secrets=(TOKEN,),
    )
    files.write(REPORT)

    for file in tmp_path.iterdir():
        text = file.read_text(encoding="utf-8")
        assert [each for each in SECRET if each in text] == [], file
    data = json.loads((tmp_path / "r.json").read_text())
    assert data["versions"]["libraries"] == {"opencv-python": "4.13.0.92"}
    assert data["recordings"][0]["recording"] == REPORT.recordings[0].recording
    assert data["recordings"][0]["export"] == "[folder]/exports/cam-01-00000001.mp4"
    assert [each["sentence"] for each in data["checks"]] == [each.sentence for each in REPORT.checks]
    jsonschema.Draft202012Validator(schema()).validate(data)


def test_the_whole_of_it_is_what_its_schema_says() -> None:
    jsonschema.Draft202012Validator(schema()).validate(as_json(REPORT))


@pytest.mark.parametrize(
    "secret",
    [
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2Vw\n-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2Vw",
        "Bearer eyJhbGciOi",
        "password: hunter2",
        "rtsp://anna:hunter2@10.0.0.9/stream",
        "fe80::1ff:fe23:4567:890a",
        "2001:db8:0:1:1:1:1:1",
        "::1",
        "localhost:8443",
        "0123456789abcdef" * 4,
        "q83vEjRWeJq83vEjRWeJq83vEjRWeJq83vEjRWeJ0A==",
        "/home/anna/media",
        "desk-7",
    ],
)
def test_what_is_secret_is_known_by_its_form(secret: str) -> None:
    report = redact(replace(REPORT, error=f"It said {secret} and ended.", scenario_text=f"# {secret}\n"))

    for text in (report.error or "", report.scenario_text):
        assert not re.search(r"hunter2|eyJ|MC4C|fe80|db8|::1|8443|abcdef|q83v|anna|desk", text)
    assert (report.error or "").startswith("It said ")


def test_what_is_not_secret_stays() -> None:
    said = "cam-01 recording 1 (5f5f5f5f) lasts 9.81 s; at least 9.8 s, at 12:01:03, step 3 (press): 50/100"

    assert redact(replace(REPORT, error=said)).error == said
