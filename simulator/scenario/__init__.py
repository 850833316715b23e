"""A scenario: what the cameras do, what goes wrong, and what must hold at the end."""
