"""The part of ``make fuzz`` that is tried every time: no input breaks a parser, and inputs get deep."""

from __future__ import annotations

import importlib.util
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.footage.format.cbor import decode
from protocol.footage.format.errors import FormatError
from protocol.footage.verifying.report import Rule
from protocol.footage.verifying.verify import verify_recording
from tests.harness.fuzz import __main__ as command
from tests.harness.fuzz import engine
from tests.harness.fuzz.mutate import IDENTITY
from tests.harness.fuzz.plain import fuzz, inputs
from tests.harness.fuzz.targets import TARGETS, Target, files_of

pytestmark = pytest.mark.filterwarnings(
    "ignore::cryptography.utils.CryptographyDeprecationWarning"  # of serial numbers below one
)
VERIFIER = next(target for target in TARGETS if target.name == "verifier")


@pytest.mark.slow
@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_no_input_breaks_a_parser(target: Target) -> None:  # proves F6
    assert fuzz(target, target.brief, seed=1) == target.brief


SEEDS = {target.name: target.seeds() for target in TARGETS}
places = st.tuples(st.integers(0, 2**14), st.integers(0, 9), st.binary(max_size=9))
"""Where bytes are cut out, how many, and what is put in their place."""


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
@given(st.data(), st.lists(places, max_size=4))
def test_no_bytes_break_a_parser(
    target: Target, data: st.DataObject, cuts: list[tuple[int, int, bytes]]
) -> None:  # proves F6
    changed = data.draw(st.binary(max_size=300) | st.sampled_from(SEEDS[target.name]))
    for at, length, piece in cuts:
        start = at % (len(changed) + 1)
        changed = changed[:start] + piece + changed[start + length :]
    target.run(changed)


def test_a_broken_parser_is_noticed() -> None:
    def broken(data: bytes) -> None:
        if len(decode_or_none(data)) > 3:
            raise IndexError("past the end")

    cbor = next(target for target in TARGETS if target.name == "cbor")
    target = Target("broken", "", 1, 100, broken, cbor.seeds, cbor.mutate)
    with pytest.raises(AssertionError, match=r"broken on [0-9a-f]+: IndexError: past the end"):
        fuzz(target, 500, seed=1)


def decode_or_none(data: bytes) -> list[object]:
    try:
        value = decode(data)
    except FormatError:
        return []
    return list(value) if isinstance(value, list | dict) else []


@pytest.mark.slow
def test_inputs_get_past_the_signatures() -> None:
    """A mutator whose every input fell at the first signature would show nothing of the rules behind it."""
    rules: Counter[str] = Counter()
    for data in inputs(VERIFIER, 800, seed=2):
        files = files_of(data)
        if "ledger.cbor" in files:
            report = verify_recording(files, authorities=[IDENTITY.authority])
            rules.update({str(finding.rule) for finding in report.findings} or {"none"})
    assert set(rules) >= {str(rule) for rule in Rule if rule is not Rule.AUTHORITY} | {"none"}, rules


def test_the_same_seed_tries_the_same_inputs() -> None:
    first, again, other = (list(inputs(VERIFIER, 250, seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_a_platform_without_atheris_is_told_so_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(SystemExit) as ended:
        command.main(executions=1, seed=1, target="", write=False)
    assert ended.value.code == 2
    said = " ".join(capsys.readouterr().out.split())
    assert said.startswith("Fuzzing needs atheris, which has no package for this platform and Python")


def test_a_target_that_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("atheris")
    with pytest.raises(SystemExit) as ended:
        command.main(executions=1, seed=1, target="nothing", write=False)
    assert ended.value.code == 2
    assert "There is no target 'nothing', only cbor, bodies, " in " ".join(capsys.readouterr().out.split())


def test_an_input_that_broke_something_can_be_tried_again_as_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("atheris")
    broken = engine.Outcome(executions=1, edges=1, corpus=1, peak_mb=1, failure="broken on 00")
    monkeypatch.setattr(command, "run", lambda *_: broken)
    with pytest.raises(SystemExit) as ended:
        command.main(executions=1, seed=1, target="cbor", write=True)
    assert ended.value.code == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "To try one again: python -m tests.harness.fuzz.worker TARGET var/fuzz/FILE" in said


@pytest.mark.slow
def test_a_worker_counts_its_inputs_and_its_failure_is_told(tmp_path: Path) -> None:
    pytest.importorskip("atheris")
    cbor = next(target for target in TARGETS if target.name == "cbor")
    told: list[int] = []
    outcome = engine.run(cbor, 3000, 1, tmp_path, told.append)
    assert outcome.failure == ""
    assert outcome.executions == 3000
    assert told[-1] == 3000
    assert outcome.edges > 50
    assert 20 < outcome.peak_mb < 512
    gone = engine.run(replace(cbor, name="nothing"), 10, 1, tmp_path, told.append)
    assert "StopIteration" in gone.failure
