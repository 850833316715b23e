"""These tests write to a real disk, so how long one example takes says nothing."""

from hypothesis import settings

settings.register_profile("any time", deadline=None)
settings.load_profile("any time")
