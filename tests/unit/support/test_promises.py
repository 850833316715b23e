from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.reports import promises
from tests.support.reports.figures import keep, read_figures
from tests.support.reports.promises import Promise, Proof, State, complaints


@pytest.fixture(scope="module")
def marks() -> list[Proof]:
    """Every mark of every test there is."""
    return promises.proofs()


def test_every_promise_is_proven_or_says_what_waits(marks: list[Proof]) -> None:
    assert complaints(promises.promises(), marks) == []


def test_the_page_is_up_to_date() -> None:
    assert promises.PAGE.read_text(encoding="utf-8") == promises.page(), (
        "run: python -m tests.support.reports.promises"
    )


def write_test(folder: Path, text: str) -> list[tuple[str, str]]:
    (folder / "tests").mkdir()
    (folder / "tests" / "test_it.py").write_text(text)
    return [(proof.number, proof.test) for proof in promises.proofs(folder)]


def test_a_mark_above_a_test_belongs_to_the_test_below_it(tmp_path: Path) -> None:
    found = write_test(tmp_path, "# proves C1, C2 and C3\ndef test_a(): ...\n")
    assert found == [("C1", "test_a"), ("C2", "test_a"), ("C3", "test_a")]


def test_a_mark_in_a_text_is_no_mark(tmp_path: Path) -> None:
    text = 'def test_a():\n    a = "# proves C1"\n    """\n    # proves C2\n    """\n    b = a  # proves C3\n'
    assert write_test(tmp_path, text) == [("C3", "test_a")]


def test_the_marks_in_this_file_prove_nothing(marks: list[Proof]) -> None:
    assert not [proof for proof in marks if proof.file == "tests/unit/support/test_promises.py"]


MADE = Promise("C1", "a", "b")
PARTLY = Promise("C1", "a", "b", State.PARTLY, proven="this.", waits="that.")
NOT_MADE = Promise("C1", "a", "b", State.NOT_BUILT, waits="all of it.")
PROOF = Proof("C1", "tests/test_it.py", "test_a")


@pytest.mark.parametrize(
    ("promise", "marks"), [(MADE, [PROOF]), (PARTLY, [PROOF]), (NOT_MADE, [])], ids=["built", "partly", "not"]
)
def test_what_is_said_as_it_is_is_fine(promise: Promise, marks: list[Proof]) -> None:
    assert complaints([promise], marks) == []


@pytest.mark.parametrize(
    ("promise", "marks", "sentence"),
    [
        (MADE, [], "No test proves C1, and docs/promises.toml does not say that it is not built."),
        (PARTLY, [], "No test proves C1, and docs/promises.toml does not say that it is not built."),
        (NOT_MADE, [PROOF], "Tests prove C1, of which docs/promises.toml says that it is not built."),
        (
            Promise("C1", "a", "b", State.PARTLY, waits="that."),
            [PROOF],
            "C1 needs `proven` in docs/promises.toml exactly when it is partly built.",
        ),
        (
            Promise("C1", "a", "b", State.NOT_BUILT),
            [],
            "C1 needs `waits` in docs/promises.toml exactly when it is not wholly built.",
        ),
        (
            Promise("C1", "a", "b", waits="that."),
            [PROOF],
            "C1 needs `waits` in docs/promises.toml exactly when it is not wholly built.",
        ),
    ],
)
def test_what_is_missing_is_said(promise: Promise, marks: list[Proof], sentence: str) -> None:
    assert complaints([promise], marks) == [sentence]


def test_a_mark_for_no_promise_is_said() -> None:
    stray = Proof("C9", "tests/test_it.py", "test_a")
    assert complaints([MADE], [PROOF, stray]) == ["tests/test_it.py proves C9, which is no promise."]


def test_figures_come_back_with_their_machine_and_day(tmp_path: Path) -> None:
    keep("lives", {"C3": "12 lives, broken 0"}, tmp_path, requests=12_345)
    (found,) = read_figures(tmp_path)
    written = json.loads((tmp_path / "lives.json").read_text())
    assert found.of("C3") == f"12 lives, broken 0 (`lives`, {written['machine']}; {written['date']})"
    assert found.lines == ("C3: 12 lives, broken 0", "requests: 12,345")


def test_figures_of_other_shapes_are_shown_too(tmp_path: Path) -> None:
    rows = {
        "title": "Pressing",
        "machine": {"cpu": "a fast one"},
        "rows": [{"what": "x", "ms": 0.5}],
        "notes": ["so"],
    }
    (tmp_path / "a.json").write_text(json.dumps(rows))
    (tmp_path / "b.json").write_text(json.dumps({"executions": 1000, "targets": {"cbor": "fine"}}))
    (tmp_path / "c.json").write_text(json.dumps({"C3": "90 checks", "C5": "8 checks"}))
    first, second, third = read_figures(tmp_path)
    assert (first.where, first.lines) == ("a fast one; day not stated", ("Pressing.", "what x, ms 0.5", "so"))
    assert second.where == "machine not stated; day not stated"
    assert second.lines == ("executions: 1,000", "targets, cbor: fine")
    assert third.promises == {"C3": "90 checks", "C5": "8 checks"}
    assert third.lines == ("C3: 90 checks", "C5: 8 checks")
