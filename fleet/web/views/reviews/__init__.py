"""Reviews as pages show them. Pure."""
