"""Asking stores in which region they are, and refusing to start with one that is elsewhere.

The answer to HeadBucket has the region in a header, which Amazon S3 sends whether or not the caller may look
into the bucket, and recommends in the place of GetBucketLocation. So nothing is signed, and no credential is
used. A store that does not send it is one whose region is not known.
"""

from __future__ import annotations

import logging
import re
import ssl
from collections.abc import Callable, Mapping
from functools import partial

import httpx
from sqlalchemy import select
from sqlalchemy.orm import Session

from fleet.core.config import FleetConfig
from fleet.core.database import now
from fleet.core.errors import FleetConfigError
from fleet.core.sections.store_trust import store_context
from fleet.core.services import Services
from fleet.health.region_models import RegionTold
from fleet.health.regions import places_of, region_refusal

log = logging.getLogger(__name__)

_HEADER = "x-amz-bucket-region"
_REGION = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,59}")
_WITHIN_S = 10.0

AskRegion = Callable[[str], str | None]
"""Returns the region of the bucket at an address; None where it does not say."""


def ask_region(address: str, trusted: ssl.SSLContext | None = None) -> str | None:
    """Ask a bucket for its region; None where it does not answer or does not say."""
    try:
        verify = trusted or ssl.create_default_context()
        answer = httpx.head(address, timeout=_WITHIN_S, follow_redirects=False, verify=verify)
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        log.warning("A store did not say in which region it is: %s", type(error).__name__)
        return None
    said = answer.headers.get(_HEADER, "")
    return said if _REGION.fullmatch(said) else None


def pin_regions(core: Services, ask: AskRegion | None = None) -> None:
    """Ask each store, keep what it said, and refuse one that is elsewhere.

    Raises:
        FleetConfigError: a store says another region than is set, or is in one that is not allowed; or
            ``footage.authority`` holds no certificates.
    """
    allowed = core.config.regions.allowed
    asking = ask or partial(ask_region, trusted=store_context(core.config.footage.authority))
    asked = {place: asking(place.address) if place.address else None for place in places_of(core.config)}
    refusals = [region_refusal(place, told, allowed) for place, told in asked.items()]
    for refusal in filter(None, refusals):
        raise FleetConfigError(refusal)
    wanted = {place.id: (place.address, told) for place, told in asked.items() if place.address}
    with core.readers() as session:
        if not wanted and session.scalars(select(RegionTold)).first() is None:
            return
    with core.sessions.begin() as session:
        for row in session.scalars(select(RegionTold)):
            if row.place not in wanted:
                session.delete(row)
        for place, (address, told) in wanted.items():
            session.merge(RegionTold(place=place, address=address, told=told, at=now(session)))


def told_regions(session: Session, config: FleetConfig) -> Mapping[str, RegionTold]:
    """Return what each store that is set said last, by ``StoreRegion.id``."""
    addresses = {each.id: each.address for each in places_of(config)}
    rows = session.scalars(select(RegionTold))
    return {row.place: row for row in rows if row.address == addresses.get(row.place)}
