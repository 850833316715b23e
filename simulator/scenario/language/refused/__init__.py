"""What a scenario has that cannot be read, in words that say what to write."""
