"""Visits as pages show them. Pure."""
