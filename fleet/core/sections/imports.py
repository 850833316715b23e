"""The section of the configuration on imports."""

from __future__ import annotations

from pydantic import Field

from fleet.core.sections.section import Section


class ImportsSection(Section):
    """CCTV clips and photographs that no camera of ours made."""

    cctv_months: int = Field(
        1,
        ge=1,
        le=12,
        description="For how many calendar months CCTV clips are kept that nobody says a purpose for, as the "
        "landlord's notice has it.",
    )
    max_mib: int = Field(2048, ge=1, le=65_536, description="Largest file that is imported, in MiB.")
    gib_per_day: int = Field(
        50, ge=1, le=1_048_576, description="What one account may import in 24 hours, in GiB."
    )
    gib: int = Field(
        1024, ge=1, le=1_048_576, description="What is held of imports in all, with their copies, in GiB."
    )
    minutes: int = Field(240, ge=1, le=1440, description="Longest clip that is imported, in minutes.")
    megapixels: int = Field(
        50, ge=1, le=400, description="Largest picture that is imported, in millions of pixels."
    )
    seconds: int = Field(
        600,
        ge=10,
        le=3600,
        description="How long reading a file and making the copy that is shown may take, in seconds.",
    )
    memory_mib: int = Field(
        6144,
        ge=1024,
        le=65_536,
        description="Address space of the process that reads a file, in MiB.",
    )
