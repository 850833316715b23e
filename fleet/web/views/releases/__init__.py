"""Releases in words."""
