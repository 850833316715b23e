"""What the camera remembers: sealed chunks on the card, and in memory the window with its keys."""
