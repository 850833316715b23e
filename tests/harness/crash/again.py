"""One crash again: what the disk held after it, what was acknowledged, and what came of it."""

from __future__ import annotations

from rich.console import Console

from tests.harness.crash.judging.judge import Judge, LossError
from tests.harness.crash.killing import kill_round
from tests.harness.crash.place import Place
from tests.harness.crash.scripts.scripts import settings_of
from tests.harness.crash.trial import Trial

KILL = "kill/"


def again(text: str, console: Console) -> int:
    """Try it, and show it; return the exit status."""
    if text.startswith(KILL):
        losses = kill_round(int(text.removeprefix(KILL))).losses
    else:
        losses = _crash(Place.read(text), console)
    for loss in losses:
        console.print(f"lost: {loss}", soft_wrap=True)
    console.print(f"losses: {len(losses)}")
    return 1 if losses else 0


def _crash(place: Place, console: Console) -> list[str]:
    trial = Trial(place.script)
    last = trial.log[place.crash.after - 1] if place.crash.after else None
    console.print(
        f"script {place.script}, crashed after {type(last).__name__}: {str(last)[:200]}", soft_wrap=True
    )
    disk, acknowledged = trial.again(place)
    for path, node in disk.walk():
        size = "" if node.names is not None else f"{len(node.data):,} bytes"
        console.print(f"  {node.mode:04o} {path} {size}", highlight=False, soft_wrap=True)
    for number, held in acknowledged.held.items():
        console.print(
            f"  acknowledged: recording {number}, chunks {held.first} to {held.last}, "
            f"{held.ended or 'going on'}"
        )
    try:
        Judge(settings=settings_of(place.script)).judge(disk, acknowledged)
    except LossError as loss:
        return [str(loss)]
    return []
