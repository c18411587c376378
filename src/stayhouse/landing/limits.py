"""What landing puts up with, read from ``dbt_project.yml``, where these numbers have their home."""

from dataclasses import dataclass
from pathlib import Path

from stayhouse.base import project


@dataclass(frozen=True)
class Limits:
    """Shares of a file's lines that may be rejected, and line breaks that a value may have."""

    warn_rate: float
    stop_rate: float
    max_line_breaks: int


def read_limits(root: Path) -> Limits:
    """Return the limits of a project.

    Raises:
        StayhouseError: a var is missing or has another form.
    """
    return Limits(
        _rate(root, "rejection_warn_rate"),
        _rate(root, "rejection_stop_rate"),
        project.positive_setting(root, "max_line_breaks"),
    )


def _rate(root: Path, name: str) -> float:
    value = project.setting(root, name)
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
        raise project.faulty_setting(name, value, "a number from 0 to 1")
    return float(value)
