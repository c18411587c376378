"""The one place that reads the machine's clock: builds are a function of what landing noted."""

from datetime import UTC, datetime, timedelta

# How far ahead of its landing an instant may lie: clocks differ, and some write local time.
SLACK = timedelta(days=1)


def now() -> datetime:
    """Return the machine's time in whole seconds, as naive UTC."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)
