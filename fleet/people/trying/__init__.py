"""Counting attempts for all processes of a fleet together."""
