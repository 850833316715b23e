"""Imported clips cut into seconds, so that seconds of them can be chosen and hidden in as in recordings."""
