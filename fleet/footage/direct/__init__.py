"""Segments that go straight from cameras to the store, by addresses that the fleet signs."""
