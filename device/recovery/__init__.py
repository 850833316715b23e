"""What a camera makes of a state folder after any crash."""
