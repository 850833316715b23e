"""References in words."""
