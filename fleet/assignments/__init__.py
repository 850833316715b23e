"""Assignments: which officer wears which camera, from check-out to check-in."""
