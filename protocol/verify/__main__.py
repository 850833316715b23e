"""``python -m protocol.verify``: the same as ``lapel-verify``."""

from protocol.verify.cli import main

main()
