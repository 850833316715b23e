"""What every message is made of: the model they share and the small types of their fields."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

from protocol.addresses import without_secrets
from protocol.footage.sealing.keys import PUBLIC_KEY_BYTES
from protocol.naming import CAMERA_PATTERN, RECORDING_ID, SEGMENT_NAME, is_camera_id

MAX_UTC_US: Final = 2**53 - 1
"""The largest integer that JSON carries safely everywhere (RFC 8259 §6); in microseconds, the year 2255."""


class Message(BaseModel):
    """A message: immutable, and refused when it holds a field that is not defined or a value of another type.

    Numbers and truth values are strict, so ``"3"`` is not 3. Lists become tuples and strings become
    enumeration values, because JSON has neither tuples nor enumerations.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)


def _check_camera(name: str) -> str:
    if not is_camera_id(name):
        raise ValueError(f"{name!r} is not a camera id: it takes 1 to 32 of a-z, 0-9 and inner hyphens")
    return name


CameraId = Annotated[str, AfterValidator(_check_camera), Field(pattern=CAMERA_PATTERN)]
"""A camera's id, such as ``cam-01``."""

RecordingId = Annotated[str, StringConstraints(pattern=f"^{RECORDING_ID}$")]
"""A recording's 16 bytes as lower-case hex."""

Sha256Hex = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 as lower-case hex."""

SegmentName = Annotated[str, StringConstraints(pattern=f"^{SEGMENT_NAME}$")]
"""A segment's file name, ``<run hex>-00000012.seg``."""

MAX_SHORT_TEXT: Final = 256
"""Characters of a short text; whoever may have a longer one cuts it."""
ShortText = Annotated[str, StringConstraints(max_length=MAX_SHORT_TEXT)]
Sentence = Annotated[ShortText, AfterValidator(without_secrets)]
"""What a camera says to people, without what could open a camera or stream: at either end, since a camera of
an earlier version leaves that in."""
LongText = Annotated[str, StringConstraints(max_length=4096)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,64}$")]
"""An id that one side chose and the other only compares."""

UtcMicroseconds = Annotated[int, Field(strict=True, ge=0, le=MAX_UTC_US)]
Count = Annotated[int, Field(strict=True, ge=0, le=MAX_UTC_US)]
MAX_SECONDS: Final = 10 * 366 * 86_400
"""Ten years: what no recording, window or fault lasts, and every calendar can be moved by."""
Seconds = Annotated[float, Field(strict=True, ge=0, le=MAX_SECONDS, allow_inf_nan=False)]


def _read_key(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    try:
        return base64.b64decode(str(value), validate=True)
    except binascii.Error as error:
        raise ValueError("a public key is not valid base64") from error


PublicKey = Annotated[
    bytes,
    BeforeValidator(_read_key),
    PlainSerializer(lambda key: base64.b64encode(key).decode(), return_type=str, when_used="json"),
    Field(min_length=PUBLIC_KEY_BYTES, max_length=PUBLIC_KEY_BYTES),
    WithJsonSchema({"type": "string", "contentEncoding": "base64"}),
]
"""A recipient's public key, ML-KEM-768 then X25519: bytes in Python, base64 in JSON."""
