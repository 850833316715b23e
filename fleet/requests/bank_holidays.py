"""The bank holidays of England, from the package ``holidays``, which asks nobody for them.

One that is proclaimed for a single year, as for a coronation, comes with a newer version of the package.
"""

from __future__ import annotations

from datetime import date
from functools import cache

from holidays import country_holidays


def is_bank_holiday(day: date) -> bool:
    """Say whether a day is a bank holiday in England, those included that stand in for one on a weekend."""
    return day in _of(day.year)


@cache
def _of(year: int) -> frozenset[date]:
    return frozenset(country_holidays("GB", subdiv="ENG", years=year))
