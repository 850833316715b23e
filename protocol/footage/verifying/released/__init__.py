"""Judging a release: what of it is as the camera signed it, what was changed, and what was withheld."""
