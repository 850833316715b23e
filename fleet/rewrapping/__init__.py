"""Rewrapping: the vault's newest key opens what earlier ones were sealed to, until those can be retired."""
