"""Sections of the configuration that stand in files of their own; ``fleet.core.config`` has the whole."""
