"""``python -m protocol.verify``: the same as ``lapel-verify``."""

from __future__ import annotations

from protocol.verify.cli import main

main()
