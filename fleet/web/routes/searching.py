"""What lists that can be narrowed read from their address alike, and the page of one that is shown.

It looks for nothing itself: each list hands in what does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

from fastapi import Query

from fleet.web.views.search import PagedSearch

FirstDay = Annotated[str, Query(alias="from", max_length=20)]
LastDay = Annotated[str, Query(alias="to", max_length=20)]
Skip = Annotated[int, Query(ge=0, le=1_000_000)]

AnySearch = TypeVar("AnySearch", bound=PagedSearch)
Found = TypeVar("Found")


def found_page(
    search: AnySearch, find: Callable[[int], tuple[Sequence[Found], int]]
) -> tuple[AnySearch, Sequence[Found], int]:
    """Return a page of what is found, and how much there is in all, with the search as it is shown.

    Further back than there is anything it is the last page that there is.

    Args:
        search: what is looked for.
        find: passes over so many, and returns the page after them, and how many fit in all.
    """
    found, total = find(search.skip)
    if total and not found:
        search = search.at_end(total)
        found, total = find(search.skip)
    return search, found, total
