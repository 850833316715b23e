"""What was said at the door, signed, until the fleet has it."""
