"""The configuration refuses what it cannot use, with the key, the value and what is allowed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from device.config.file import check_config, load_config
from device.config.sections import Config
from device.errors import ConfigError
from docs.generators.configuration import page

ROOT = Path(__file__).resolve().parents[3]

WRONG: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["camera is missing", "[camera]"]),
    ({"camera": {}}, ["camera.state_dir is missing", "Folder for"]),
    ({"camera": {"window_s": 1}}, ["camera.window_s = 1", "greater than or equal to 5", "seconds"]),
    ({"camera": {"window_s": "180"}}, ["camera.window_s = '180'", "number"]),
    ({"camera": {"require_assignment": 1}}, ["camera.require_assignment = 1", "boolean"]),
    ({"camera": {"windows": 180}}, ["camera.windows is not a key", "window_s"]),
    ({"vido": {}}, ["vido is not a key", "video"]),
    ({"video": {"width": 641}}, ["video.width = 641", "multiple of 2"]),
    ({"video": {"encoder": "rm -rf"}}, ["video.encoder = 'rm -rf'"]),
    ({"video": {"preset": "slowest"}}, ["video.preset = 'slowest'", "'veryfast'"]),
    ({"storage": {"after_receipt": "burn"}}, ["storage.after_receipt = 'burn'", "'keep' or 'delete'"]),
    ({"storage": {"alert_percent": [80, 200]}}, ["storage.alert_percent.1 = 200", "99"]),
    ({"link": {"uploads_at_once": 0}}, ["link.uploads_at_once = 0"]),
]


@pytest.mark.parametrize(("raw", "parts"), WRONG)
def test_a_wrong_value_is_one_sentence_with_key_value_and_what_is_allowed(
    raw: dict[str, Any], parts: list[str]
) -> None:
    if raw and "state_dir" not in parts[0]:
        raw = {**raw, "camera": {"state_dir": "/x", **raw.get("camera", {})}}
    with pytest.raises(ConfigError) as caught:
        check_config(raw, where="camera.toml")
    sentence = str(caught.value)
    assert sentence.startswith("In camera.toml, ")
    assert all(part in sentence for part in parts), sentence
    assert "\n" not in sentence


@pytest.mark.parametrize("content", [b"not toml", b"[camera\n", b"\xff\xfe", b"[camera]\nstate_dir = 1\n"])
def test_a_file_that_is_no_configuration_is_said(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "camera.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"camera\.toml"):
        load_config(path)
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path / "none.toml")


def test_a_relative_state_folder_starts_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / "camera.toml"
    path.write_text('[camera]\nstate_dir = "state"\n')
    assert load_config(path).camera.state_dir == tmp_path / "state"


def test_the_capture_gets_what_was_written() -> None:
    config = check_config(
        {
            "camera": {"state_dir": "/x"},
            "video": {"source": "clip.mp4", "fps": 15, "bitrate_kbit": 800, "encoder": "libx264"},
            "audio": {"source": "none"},
        }
    )
    asked = config.capture("cam-07")
    assert (asked.video.source, asked.video.fps, asked.video.bit_rate) == ("clip.mp4", 15, 800_000)
    assert (asked.video.encoder, asked.audio, asked.overlay.camera) == ("libx264", None, "cam-07")


def test_every_key_says_what_it_means_and_in_which_unit() -> None:
    for table in Config.model_fields.values():
        model = table.annotation
        assert model is not None
        for key, field in model.model_fields.items():
            assert field.description, key
            for ending, word in (("_s", "second"), ("_mib", "MiB"), ("_kbit", "kbit/s"), ("_min", "minutes")):
                assert not key.endswith(ending) or word in field.description, key


def test_the_page_is_the_configuration() -> None:
    stated = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert stated == page(), "print it again: python -m docs.generators.configuration > docs/configuration.md"
