"""The vectors of lapel-verify: one for each verdict and exit status, made again byte for byte and judged."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from protocol.footage.verifying.released.import_report import AS_NOTED, MADE_ANEW
from protocol.footage.verifying.released.release_report import RELEASED
from protocol.footage.verifying.report import Verdict
from protocol.verify import status
from tests.support.vectors.command import FOLDER, Command, commands, known_keys, make_all, run
from tests.support.vectors.vectors import Sealer

NAMES = sorted(path.stem for path in (FOLDER / "cases").glob("*.json"))
_CONSISTENT = Verdict.SIGNER_UNKNOWN, Verdict.OTHER_AUTHORITY


@pytest.mark.parametrize("name", NAMES)
def test_the_command_says_and_ends_as_a_vector_expects(name: str, tmp_path: Path) -> None:  # proves F8
    told = json.loads((FOLDER / "cases" / f"{name}.json").read_text())
    command = Command(
        name,
        told["what"],
        {
            folder: {file: base64.b64decode(text) for file, text in files.items()}
            for folder, files in told["folders"].items()
        },
        tuple(told["given"]),
        told["status"],
        tuple(told["verdicts"]),
        authority=None if told["authority"] is None else base64.b64decode(told["authority"]),
    )
    ended, out, err = run(command, tmp_path, "--json")
    assert ended == command.status
    assert (json.loads(out) if out else None) == told["stdout"]
    assert err == told["stderr"]
    assert (_verdicts(told["stdout"]) if out else ()) == command.verdicts


def _verdicts(printed: dict[str, Any]) -> tuple[str, ...]:
    """The verdict on each recording, and on each consent event, in their order."""
    if "consents" in printed:
        return tuple(each["verdict"] for each in printed["consents"])
    reports = printed.get("recordings", [{"report": printed}])
    found = tuple(each["report"]["verdict"] for each in reports if each["report"] is not None)
    return (*found, *(_verdicts(printed["consent"]) if "consent" in printed else ()))


def test_every_verdict_and_every_status_has_a_vector() -> None:
    made = [json.loads((FOLDER / "cases" / f"{name}.json").read_text()) for name in NAMES]
    assert {each["status"] for each in made} == set(status.MEANING)
    assert {verdict for each in made for verdict in each["verdicts"]} == {
        RELEASED,
        AS_NOTED,
        MADE_ANEW,
        *(f"{RELEASED}, {each}" for each in (*_CONSISTENT, Verdict.STRAY_FILE, Verdict.ALTERED)),
        *(f"imported, {each}" for each in (*_CONSISTENT, Verdict.STRAY_FILE, Verdict.ALTERED)),
        *map(str, Verdict),
    }


def test_the_vectors_are_made_again_byte_for_byte() -> None:
    made = make_all(Sealer(known_keys()))
    committed = {str(path.relative_to(FOLDER)): path.read_text() for path in FOLDER.rglob("*.json")}
    assert made == committed


@pytest.mark.parametrize("command", list(commands(Sealer(known_keys()))), ids=lambda command: command.name)
def test_the_text_claims_no_more_than_the_verdict(command: Command, tmp_path: Path) -> None:  # proves F8
    ended, out, _ = run(command, tmp_path)
    assert ended == command.status
    if command.authority is None:
        assert "Intact" not in out
        assert "The fleet signed" not in out
    if not any(each.endswith("altered") for each in command.verdicts):
        assert "ltered" not in out
    endless = {"unpinned-cut-off", "cut-off", "keyless-two", "chain-worst"}
    assert ("nothing shows where it ended" in out) == (command.name in endless)


def test_no_status_says_what_the_camera_signed_of_a_release_or_of_anything_worse() -> None:
    """Whole recordings alone end with 0; any other status may be that of a release, or hide a lesser one."""
    # proves F8
    given = {
        each["status"]
        for each in (json.loads((FOLDER / "cases" / f"{name}.json").read_text()) for name in NAMES)
        if any(verdict.startswith(RELEASED) for verdict in each["verdicts"])
    }
    assert given > {status.ALTERED, status.STRAY_FILE, status.NOT_HERE, status.RELEASED}
    assert 0 not in given
    for number, meaning in status.MEANING.items():
        if number != 0:
            assert "every byte" not in meaning
            assert "as 0" not in meaning
            assert "as 3" not in meaning
