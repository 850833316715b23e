"""Commands of the fleet: each is obeyed once or not at all, and answered (promise L4)."""
