"""Footage in the fleet: received sealed, verified, receipted, and played or exported when somebody may look.

What belongs where: ``names`` and ``pieces`` and ``accounting`` are pure rules; ``spool`` and ``store`` keep
bytes; ``models`` keeps what is known about them; ``uploads`` joins the two and is what ``camera_router``
calls. ``verification`` ends in a receipt. ``viewings``, ``playback`` and ``export`` let footage out, through
the vault alone.
"""
