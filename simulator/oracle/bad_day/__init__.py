"""What a bad day may cost, and what it may not. Pure."""
