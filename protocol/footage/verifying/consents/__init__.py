"""Judges what cameras signed of consent at the door: each event by itself, and how several fit each other."""
