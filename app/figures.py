"""How the app writes numbers: grouped, with a unit, with as many digits as mean something."""

import math
from datetime import date

import pandas as pd

NOTHING = "–"
MINUS = "−"


def is_nothing(value: object) -> bool:
    """Return whether a mart's value is null."""
    return value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value))


def count(value: object) -> str:
    """Write a count: 12,345."""
    return NOTHING if is_nothing(value) else _sign(f"{int(value):,}")  # type: ignore[call-overload]


def percent(value: object, digits: int = 1) -> str:
    """Write a share: 0.256 is 25.6 %."""
    return NOTHING if is_nothing(value) else _sign(f"{_float(value) * 100:,.{digits}f} %")


def decimal(value: object, digits: int = 3) -> str:
    """Write a figure without a unit: 0.812."""
    return NOTHING if is_nothing(value) else _sign(f"{_float(value):,.{digits}f}")


def money(value: object, currency: str, digits: int = 0) -> str:
    """Write an amount with its currency: 1,234 GBP."""
    return NOTHING if is_nothing(value) else _sign(f"{_float(value):,.{digits}f} {currency}")


def change(value: float, digits: int = 1) -> str:
    """Write a relative change with its sign: 0.031 is +3.1 %."""
    text = percent(value, digits)
    return f"+{text}" if value > 0 else text


def signed(value: float) -> str:
    """Write a count with its sign."""
    return f"+{count(value)}" if value > 0 else count(value)


def day(value: object) -> str:
    """Write a date as 2025-05-14, which reads the same everywhere."""
    return NOTHING if is_nothing(value) else _date(value).isoformat()


def month(value: object) -> str:
    """Write the month of a date as 2025-05."""
    return NOTHING if is_nothing(value) else f"{_date(value):%Y-%m}"


def instant(value: object) -> str:
    """Write an instant to the minute: 2025-05-14 09:30."""
    return NOTHING if is_nothing(value) else f"{pd.Timestamp(value):%Y-%m-%d %H:%M}"  # type: ignore[arg-type]


def _date(value: object) -> date:
    return pd.Timestamp(value).date()  # type: ignore[arg-type]


def _float(value: object) -> float:
    return float(value)  # type: ignore[arg-type]


def _sign(text: str) -> str:
    return text.replace("-", MINUS) if text.startswith("-") else text
