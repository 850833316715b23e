"""The training of officers: what was noted, and whether it is valid."""
