"""What the lists that are searched have in common."""
