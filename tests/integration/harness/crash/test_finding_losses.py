"""The crash tests themselves: a camera that forgets one kind of sync is found out, whichever it is."""

from __future__ import annotations

import types
from pathlib import Path

import pytest
from rich.console import Console

from device.commands import journal, obeying
from device.storage import append_file, claim, durable, private_mark
from tests.harness.crash.again import again
from tests.harness.crash.disk.forgetting import Forgets
from tests.harness.crash.disk.operations import Sync, SyncDir
from tests.harness.crash.patched import in_its_place
from tests.harness.crash.trial import Trial, losses_with, representative

PLAIN = (1,)
PRESSES = 8
"""Each sync of a press fails once."""
FEW = 4
MANY = 20


@pytest.mark.parametrize(
    ("kind", "name", "says"),
    [
        (Sync, r".*\.seg", "C3"),
        pytest.param(Sync, r"[0-9]{8}\.ledger", "C3", marks=pytest.mark.hunt),
        (SyncDir, r"ring", "C3"),
        pytest.param(Sync, r"[0-9]{8}\.cbor\.new", "C8", marks=pytest.mark.hunt),
        pytest.param(Sync, r"desired\.json\.new", "desired", marks=pytest.mark.hunt),
        (Sync, r"enrolment\.json\.new", "recovery failed"),
        (Sync, r"key-.*", "recovery failed"),
        pytest.param(Sync, r"certificate-.*", "identity", marks=pytest.mark.hunt),
        (SyncDir, r"recordings", "C8"),
        pytest.param(SyncDir, r"receipts", "C8", marks=pytest.mark.hunt),
        pytest.param(SyncDir, r"[0-9]{8}\.new", "C3", marks=pytest.mark.hunt),
        pytest.param(SyncDir, r"identity", "identity", marks=pytest.mark.hunt),
        (SyncDir, r"state", "identity"),
        pytest.param(Sync, r"[0-9]{8}\.json\.new", "L4", marks=pytest.mark.hunt),
        (SyncDir, r"commands", "L4"),
        (SyncDir, r"consent", "C3"),
    ],
)
def test_a_sync_that_is_forgotten_is_a_loss(kind: type[Sync | SyncDir], name: str, says: str) -> None:
    forgets = Forgets(kind, name)
    tally = representative(PLAIN, limit=FEW, enough=MANY, forget=forgets)
    assert forgets.forgotten
    assert any(loss.startswith(says) for loss in tally.losses), tally.losses[:3]


def changed(original: types.ModuleType, before: str, after: str) -> types.ModuleType:
    """A module with another text in one place."""
    source = Path(str(original.__file__)).read_text(encoding="utf-8")
    assert before in source
    module = types.ModuleType(original.__name__)
    exec(compile(source.replace(before, after), str(original.__file__), "exec"), vars(module))  # noqa: S102 - our own source
    return module


@pytest.mark.hunt
def test_another_durable_module_can_be_tried_in_its_place() -> None:
    assert losses_with(changed(durable, "", ""), PLAIN, limit=1).losses == []
    careless = changed(append_file, 'self._sync(file.sync_data, "sync_data")\n        self._cut', "self._cut")
    assert losses_with(careless, PLAIN, limit=FEW, enough=1).losses
    assert representative(PLAIN, limit=1).losses == [], "the real one is back in its place"


@pytest.mark.hunt
def test_a_press_that_is_answered_although_its_last_sync_failed_is_a_loss() -> None:
    last = "    except StorageError:\n        ledger.abandon()\n        raise\n    return ledger"
    careless = changed(claim, last, last.replace("        ledger.abandon()\n        raise", "        pass"))
    with in_its_place(careless):
        trial = Trial(PRESSES)
        answers = [
            index
            for index, point in enumerate(trial.points)
            if point.after and getattr(trial.log[point.after - 1], "what", "") in {"acknowledged", "pressed"}
        ]
        losses = trial.over(answers, drawn=1, limit=FEW).losses
    assert losses
    assert losses[0].startswith("C8: recording"), losses[0]


@pytest.mark.parametrize(
    ("original", "before", "after", "says"),
    [
        (
            private_mark,
            "            durable.sync_dir(self._filesystem, self._path.parent)\n        except",
            "        except",
            "C11",
        ),
        (journal, "durable.write_new(self._filesystem, path, _data(record))", "pass", "L4"),
        (
            obeying,
            "            self._journal.begin(command, self._now_us)\n",
            "            self._do(command)\n            self._journal.begin(command, self._now_us)\n",
            "L4",
        ),
    ],
)
def test_what_is_done_before_it_is_durable_is_a_loss(
    original: types.ModuleType, before: str, after: str, says: str
) -> None:
    losses = losses_with(changed(original, before, after), PLAIN, limit=FEW, enough=MANY).losses
    assert any(loss.startswith(says) for loss in losses), losses[:3]


def test_a_durable_module_with_which_no_script_can_be_played_is_a_loss() -> None:
    refusing = changed(durable, "    target = folder / (name or source.name)\n", "    raise RuntimeError\n")
    assert "a script cannot be played" in losses_with(refusing, PLAIN).losses[0]


def test_a_loss_says_how_to_see_it_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    careless = changed(append_file, 'self._sync(file.sync_data, "sync_data")\n        self._cut', "self._cut")
    with in_its_place(careless):
        loss = next(
            each for each in losses_with(careless, PLAIN, limit=FEW, enough=1).losses if "--again" in each
        )
        place = loss.rpartition("--again ")[2].rstrip(")")
        assert again(place, Console()) == 1
    shown = capsys.readouterr().out
    assert loss.partition(" (python")[0] in shown
    assert again(place, Console()) == 0, "with the real module nothing is lost there"
