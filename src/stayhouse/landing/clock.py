"""The one place that reads the machine's clock: builds are a function of what landing noted."""

from datetime import UTC, datetime, timedelta

from stayhouse.base.errors import StayhouseError

# How far ahead of its landing an instant may lie: clocks differ, and some write local time.
SLACK = timedelta(days=1)


def now() -> datetime:
    """Return the machine's time in whole seconds, as naive UTC."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def check_until(data_until: datetime | None, landed_at: datetime) -> None:
    """Check that files do not end after they landed; both are naive UTC.

    Raises:
        StayhouseError: they do, by more than a day.
    """
    if data_until is not None and data_until > landed_at + SLACK:
        raise StayhouseError(
            f"--data-until {data_until.isoformat()} is more than a day after the landing "
            f"({landed_at.isoformat()}, UTC): give the instant up to which the files are complete."
        )
