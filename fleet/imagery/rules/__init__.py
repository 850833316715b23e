"""What is decided of imports. Pure."""
