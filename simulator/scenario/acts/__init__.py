"""Carrying out the steps of a scenario with real cameras and a real fleet."""
