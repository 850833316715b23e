"""What holds for every test: how many examples Hypothesis tries, and that no clock judges them."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# Examples write to a real disk on a machine that others use, so how long one takes says nothing.
settings.register_profile("thorough", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", settings.get_profile("thorough"), max_examples=25)
settings.load_profile("thorough")
