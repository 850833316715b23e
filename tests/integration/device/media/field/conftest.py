"""The clip from which the files of these tests are made."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.media.field import write_base


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_base(tmp_path_factory.mktemp("field") / "base.mp4")
