"""Figures that are the same ones on every machine."""

_DIGITS = 6


def significant(value: float) -> float:
    """Return a number with six significant digits."""
    return float(f"{float(value):.{_DIGITS}g}")
