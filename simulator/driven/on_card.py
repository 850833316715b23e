"""Whether a recording is on a camera's card, under whichever name it has there just now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from device.storage.layout import CLAIM_SUFFIX
from protocol.footage.ledger.ledger import LEDGER_NAME

if TYPE_CHECKING:
    from pathlib import Path


def is_on_card(folder: Path) -> bool:
    """Look for a recording's ledger.

    A press is safe once its claim is durable, beside the folder that takes its place; on a card that fails
    the folder may come much later (``device.storage.claim``). The file of a claim to come is empty.

    Args:
        folder: Where the recording is, once it has a folder.
    """
    claim = folder.with_name(folder.name + CLAIM_SUFFIX)
    # In this order: the claim goes only after the folder is there.
    return (claim.exists() and claim.stat().st_size > 0) or (folder / LEDGER_NAME).exists()
