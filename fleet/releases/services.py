"""What the routes of releases share beside what all do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from fleet.audit.refusing.refusals import Refusals
from fleet.core.app_key import AppKey
from fleet.core.services import Services
from fleet.footage.services import FootageServices
from fleet.people.trying.shared import attempts_of
from fleet.pki.authority import Authority
from fleet.releases.links import Collecting
from fleet.releases.packages.handing import Packages
from fleet.releases.packages.making import Making

ATTEMPTS = 10
"""So many attempts at codes within a quarter of an hour, of an address or at a link."""


@dataclass(frozen=True, slots=True)
class ReleaseServices:
    """The services of releases.

    Attributes:
        packages: opens what is handed over.
        collecting: lets strangers fetch by link and code.
        making: makes what was approved, as a job.
    """

    packages: Packages
    collecting: Collecting
    making: Making


def compose_releases(
    core: Services, authority: Authority, footage: FootageServices, refusals: Refusals
) -> ReleaseServices:
    """Put releases together."""
    packages = Packages(core, footage)
    attempts = attempts_of(core.database, "release-code", ATTEMPTS)
    collecting = Collecting(core, packages, attempts, refusals)
    return ReleaseServices(packages, collecting, Making(core, authority, footage))


RELEASES: AppKey[ReleaseServices] = AppKey("releases")

ReleasesDep = Annotated[ReleaseServices, Depends(RELEASES)]
