"""Releases: what of recordings was given to whom, why, by whose word, and how it was handed over (F10)."""
