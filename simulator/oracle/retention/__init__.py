"""How long a fleet has to keep what was recorded, and when it has to be gone. Pure."""
