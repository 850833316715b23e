"""Letting footage out, through the vault alone: playing and exporting."""
