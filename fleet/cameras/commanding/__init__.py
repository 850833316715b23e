"""Commands to cameras: each sent once or not at all, and what became of it written down (L4)."""
