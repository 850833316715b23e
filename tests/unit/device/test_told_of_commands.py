"""What ``lapel-device status`` says of the fleet's commands: what came last, when, and what was not done."""

from __future__ import annotations

import pytest

from device.cli import _tell_commands
from device.commands.view import CommandsView
from protocol.messages.commands import CommandOutcome, Response

NINE_US = 1_796_029_200_000_000


def shown(view: CommandsView, capsys: pytest.CaptureFixture[str]) -> list[str]:
    _tell_commands(view.to_json())
    return capsys.readouterr().out.splitlines()


def test_where_nothing_came_nothing_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(CommandsView(), capsys) == []


# proves L4
@pytest.mark.parametrize("outcome", [CommandOutcome.DONE, CommandOutcome.FAILED, CommandOutcome.REFUSED])
def test_the_last_one_is_told_with_its_outcome(
    outcome: CommandOutcome, capsys: pytest.CaptureFixture[str]
) -> None:
    response = Response(
        id="c-1", camera="cam-01", outcome=outcome, at_utc_us=NINE_US, detail="This came of it."
    )
    when = "answered 2026-11-30 09:00:00 UTC by this camera's clock"
    line = f"Last command of the fleet: consent, {when}: {outcome}. This came of it."
    assert shown(CommandsView("consent", response), capsys) == [line]


def test_what_was_let_go_of_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(CommandsView(unread=7, unanswered=2), capsys) == [
        "Commands that came too fast to be read, and were not done: 7.",
        "Answers to commands that were let go of before the broker had them: 2.",
    ]
