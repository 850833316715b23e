"""What the start of the service does once for all of its time."""

from __future__ import annotations

import gc
import weakref

from fleet.server.serve import keep_what_is_here


class _Ring:
    """Something that only a collection frees."""

    def __init__(self) -> None:
        self.own = self


# proves F9
def test_what_the_start_made_is_looked_at_no_more_and_what_came_after_is() -> None:
    before = gc.get_freeze_count()
    kept = _Ring()
    try:
        keep_what_is_here()
        assert gc.get_freeze_count() > before
        assert all(each is not kept for each in gc.get_objects())
        later = weakref.ref(_Ring())
        gc.collect()
        assert later() is None
    finally:
        gc.unfreeze()
