"""The section of the configuration about the fleet's certificate authority."""

from __future__ import annotations

from pydantic import Field

from fleet.core.sections.section import Section


class AuthoritySection(Section):
    """The authority that certifies cameras and servers."""

    key_file: str = Field(
        "",
        description="File under whose secret the authority's keys are encrypted (32 random bytes); empty for "
        "one made in STATE at first start.",
    )
