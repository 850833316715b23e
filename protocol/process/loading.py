"""Loading a package without what it takes along where that happens to be installed.

Some look for others when they are loaded, and do more with them than is used here: HTTPX has a command line
where Rich is, paho looks services up where dnspython is. Told that these are not to be had, they do without.

It changes nothing for who needs them otherwise: behind the block they can be loaded again.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def loading_without(*names: str) -> Iterator[None]:
    """Load what is imported within the block as if these were missing; what is loaded already stays."""
    missing = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(missing))  # type: ignore[arg-type]  # None is "not to be had"
    try:
        yield
    finally:
        for name in missing:
            if sys.modules.get(name, missing) is None:
                del sys.modules[name]
