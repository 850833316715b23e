"""What is said at a door: what follows from it, and whether all that was acknowledged of it is there."""
