"""A recording is on its card from the moment at which its press is safe."""

from __future__ import annotations

from pathlib import Path

from protocol.footage.ledger.ledger import LEDGER_NAME
from simulator.driven.on_card import is_on_card


def test_a_recording_is_on_the_card_as_a_claim_and_as_a_folder(tmp_path: Path) -> None:
    folder, claim = tmp_path / "00000001", tmp_path / "00000001.ledger"
    assert not is_on_card(folder)
    claim.touch()
    assert not is_on_card(folder), "an empty claim claims nothing"
    claim.write_bytes(b"open")
    assert is_on_card(folder)
    folder.mkdir()
    (folder / LEDGER_NAME).write_bytes(b"open")
    assert is_on_card(folder)
    claim.unlink()
    assert is_on_card(folder)
    (folder / LEDGER_NAME).unlink()
    assert not is_on_card(folder)
