"""What the process has that all virtual cameras are forked from."""

from __future__ import annotations

import sys
from multiprocessing import forkserver, spawn

import pytest

from simulator.cameras import group


def test_the_program_that_simulates_is_not_run_anew_in_each_camera(monkeypatch: pytest.MonkeyPatch) -> None:
    program = sys.modules["__main__"]
    monkeypatch.setattr(program, "__file__", "program.py", raising=False)
    monkeypatch.setattr(program, "__spec__", None)
    assert "init_main_from_path" in spawn.get_preparation_data("camera")
    monkeypatch.setattr(forkserver, "ensure_running", lambda: None)
    group._context()
    assert "init_main_from_path" not in spawn.get_preparation_data("camera")
