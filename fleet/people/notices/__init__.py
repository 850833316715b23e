"""What somebody is told happened to their account, and what they say of it."""
