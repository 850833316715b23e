"""Files of each kind of the field page that are not on it, in driven time: those that once went wrong.

The whole table is ``tests/harness/inputs``; what went right at the first try is tried by its command alone.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harness.inputs.__main__ import tried
from tests.harness.inputs.table import row, rows
from tests.support.media.field import ffmpeg

WENT_WRONG = (
    "Ogg Opus, stereo then mono",
    "Ogg Opus, then Vorbis",
    "ADTS 48 kHz, then 24 kHz",
    "two WAV, 48 kHz stereo, then 16 kHz mono",
    "TS: 44.1 kHz AAC, then 48 kHz AC-3",
    "TS: mpeg2video, then libx264",
    "two MP4 in pieces, one behind the other",
    "two MP4, one behind the other",
    "two FLV, one behind the other",
    "two AVI of other codecs and sizes, one behind the other",
    "a sound track without samples",
    "a picture track without samples",
    "zeros at the beginning of a TS",
    "zeros within a TS",
    "one picture each 7 s, mkv",
    "FLV back by 0.8 s",
    "FLV standing from the sixth second on",
    "Matroska with B-frames back by 0.5 s",
    "MP4 in pieces, back by 0.5 s",
    "9000 by 5000",
    "a sequence of pictures",
    "a DASH list",
)


@pytest.fixture(scope="module")
def four(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("four") / "four.mp4"
    ffmpeg("-i", str(base), "-t", "4", "-c", "copy", str(path))
    return path


# proves C6
@pytest.mark.parametrize("name", WENT_WRONG)
def test_an_input_of_a_known_kind_gives_its_right_value(
    name: str, base: Path, four: Path, tmp_path: Path
) -> None:
    assert tried(row(name), tmp_path / "input", base, four) == []


@pytest.mark.hunt
def test_all_inputs_of_known_kinds_give_their_right_values(base: Path, four: Path, tmp_path: Path) -> None:
    found = {
        f"{each.kind}: {each.name}": tried(each, tmp_path / str(index), base, four)
        for index, each in enumerate(rows())
    }
    assert {name: faults for name, faults in found.items() if faults} == {}
