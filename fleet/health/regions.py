"""In which region everything is stored: as it is set, and as a store says it. Pure.

Rules (F10, F8):
- a store that says another region than is set, or one that is not allowed, is refused;
- what is set and is not allowed is refused too, whatever a store says;
- where nothing is set and no store says it, the region is not known, and is said to be.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from fleet.core.config import FleetConfig

UNKNOWN = "not known"
_AMAZON = "https://s3{}.amazonaws.com"


@dataclass(frozen=True, slots=True)
class StoreRegion:
    """Something that is stored somewhere.

    Attributes:
        id: a stable word, at most 40 characters.
        what: begins a sentence.
        key: the setting that says its region.
        pinned: what that is set to; empty where it is not.
        address: where its region is asked; empty where nothing can say it.
    """

    id: str
    what: str
    key: str
    pinned: str
    address: str = ""

    def region(self, told: str | None) -> str:
        """Return its region, or that it is not known; ``told`` is what it said last."""
        return told or self.pinned or UNKNOWN


def places_of(config: FleetConfig) -> tuple[StoreRegion, ...]:
    """Return everything that is stored somewhere."""
    regions, footage = config.regions, config.footage
    found = [StoreRegion("machine", "The machine of the fleet", "regions.machine", regions.machine)]
    for id_, what, value in (
        ("footage", "The store of footage", footage.store),
        ("checkpoints", "The place of checkpoints", config.audit.checkpoints),
        ("second_checkpoints", "The second place of checkpoints", config.audit.second_place),
    ):
        if value.startswith("s3://"):
            address = _address(value, footage.endpoint, footage.region)
            found.append(StoreRegion(id_, what, "footage.region", footage.region, address))
    if config.database.url:
        found.append(StoreRegion("database", "The database", "regions.database", regions.database))
    found.append(StoreRegion("backups", "What keeps backups", "regions.backups", regions.backups))
    return tuple(found)


def region_refusal(place: StoreRegion, told: str | None, allowed: tuple[str, ...]) -> str | None:
    """Return the sentence that refuses to store anything there, or None where that may be."""
    if told and place.pinned and told.lower() != place.pinned.lower():
        return (
            f"{place.what} says that it is in the region {told}, and {place.key} is {place.pinned}: use one "
            "that is there, or set the region that it is in."
        )
    region = told or place.pinned
    if region and region.lower() not in {each.lower() for each in allowed}:
        says = (
            f"says that it is in the region {region}" if told else f"is in the region {region} ({place.key})"
        )
        return (
            f"{place.what} {says}, which regions.allowed does not have: nothing is stored there. Use one in "
            "a region that is allowed."
        )
    return None


def _address(store: str, endpoint: str, region: str) -> str:
    bucket = urlsplit(store).netloc
    base = endpoint.rstrip("/") or _AMAZON.format(f".{region}" if region else "")
    return f"{base}/{bucket}"
