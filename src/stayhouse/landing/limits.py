"""What landing puts up with, read from ``dbt_project.yml``, where these numbers have their home."""

from dataclasses import dataclass
from pathlib import Path

from stayhouse.base import project
from stayhouse.base.errors import StayhouseError


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
    breaks = project.setting(root, "max_line_breaks")
    if not isinstance(breaks, int) or isinstance(breaks, bool) or breaks < 1:
        raise _faulty("max_line_breaks", breaks, "a whole number, 1 or more")
    return Limits(_rate(root, "rejection_warn_rate"), _rate(root, "rejection_stop_rate"), breaks)


def _rate(root: Path, name: str) -> float:
    value = project.setting(root, name)
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
        raise _faulty(name, value, "a number from 0 to 1")
    return float(value)


def _faulty(name: str, value: object, form: str) -> StayhouseError:
    return StayhouseError(f"Var {name!r} in dbt_project.yml is {value!r}: it must be {form}.")
