"""Cameras: enrolment, presence, what they are told to do."""
