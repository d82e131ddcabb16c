"""Property tests on a busy machine: slow is no failure."""

from hypothesis import HealthCheck, settings

patient = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
