"""A line of the doctor's report."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One line of the report: ``state`` is ``ok``, ``warning`` or ``problem``."""

    state: str
    subject: str
    text: str
