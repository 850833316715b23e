"""The section of the configuration about cameras."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from fleet.core.sections.section import Section


class CamerasSection(Section):
    """Enrolment and presence of cameras."""

    limit: int = Field(15, ge=1, le=10_000, description="Most cameras that can be enrolled at once.")
    code_minutes: int = Field(
        60, ge=1, le=10_080, description="How long an enrolment code is good for, in minutes."
    )
    certificate_days: int = Field(
        90, ge=1, le=825, description="How long a camera's certificate is good for, in days."
    )
    offline_after_s: int = Field(
        60,
        ge=5,
        le=85,
        description="Seconds without a status message after which a camera counts as offline.",
    )
    window_s: int = Field(
        0,
        ge=0,
        le=1800,
        description="Seconds before a press that every camera is told to keep; one that is set otherwise "
        "says so. 0 for none: each keeps what it is set to.",
    )
    sound: Literal["as-set", "on", "off"] = Field(
        "as-set",
        description="Whether every camera is told to record sound: on, off, or as-set: each does what it is "
        "set to. One that is set otherwise than it is told says so.",
    )
