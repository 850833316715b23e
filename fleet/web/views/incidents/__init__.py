"""Incidents, and what people say of recordings, as pages show them. Pure."""
