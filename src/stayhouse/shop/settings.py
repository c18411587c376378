"""What a run of the planted shop is asked for, and the refusal of what cannot be made."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from stayhouse.base.errors import StayhouseError

DAY_MS = 86_400_000
HOUR_MS = 3_600_000
NEVER = 2**63 - 1  # an instant that does not come
PARTS = (
    "campaigns",
    "dirt",
    "drivers",
    "experiments",
    "fault",
    "referrals",
    "replenishment",
    "seasons",
    "tastes",
    "words",
)
# Parts that no run has unless they are asked for.
EXTRA_PARTS = ("programme", "sharp_response")
# Of these, what the formulas of ``truth/churn`` know nothing of: it is left out then.
UNKNOWN_TO_CHURN = frozenset({"programme"})
_FIRST_START = date(2023, 1, 1)
_LAST_DAY = date(2037, 12, 31)


@dataclass(frozen=True)
class Settings:
    """The arguments of ``stayhouse shop``; instants are milliseconds since 1970, UTC."""

    customers_per_year: int
    days: int
    seed: int
    start: date = date(2024, 1, 1)
    file_format: str = "csv"
    batches: str = "once"
    without: frozenset[str] = field(default_factory=frozenset)
    added: frozenset[str] = field(default_factory=frozenset)
    copy: int = 0  # another population of the same world, for reference

    @property
    def start_ms(self) -> int:
        """The first instant of the run."""
        begin = datetime(self.start.year, self.start.month, self.start.day, tzinfo=UTC)
        return int(begin.timestamp()) * 1000

    @property
    def end_ms(self) -> int:
        """The midnight after the last day, when the last export is taken."""
        return self.start_ms + self.days * DAY_MS

    def has(self, part: str) -> bool:
        """Whether a part of the model is planted."""
        return part in self.added if part in EXTRA_PARTS else part not in self.without

    @property
    def unknown_to_churn(self) -> list[str]:
        """The parts for which ``truth/churn`` is left out."""
        return sorted(self.added & UNKNOWN_TO_CHURN)

    def day_name(self, day: int) -> str:
        """Return the date of a day of the run, counted from 0, as YYYY-MM-DD."""
        return (self.start + timedelta(days=day)).isoformat()

    def check(self) -> None:
        """Refuse what cannot be made.

        Raises:
            StayhouseError: a number out of range, an unknown part, format or kind of batch.
        """
        # The numbers of customers' visitors must stay below those of shared devices.
        if not 1 <= self.customers_per_year <= 2_000_000:
            raise StayhouseError(
                f"--customers-per-year is {self.customers_per_year}: give a number from 1 to "
                "2000000."
            )
        if not 1 <= self.days <= 3_650:
            raise StayhouseError(f"--days is {self.days}: give a number from 1 to 3650.")
        if not 0 <= self.seed < 2**63:
            raise StayhouseError(f"--seed is {self.seed}: give a whole number from 0 to 2^63 - 1.")
        if self.start < _FIRST_START or self.start + timedelta(days=self.days) > _LAST_DAY:
            raise StayhouseError(
                f"--start {self.start} with {self.days} days leaves {_FIRST_START} to {_LAST_DAY}: "
                "choose a start and a length inside that range."
            )
        unknown = sorted(self.without - set(PARTS))
        if unknown:
            raise StayhouseError(
                f"--without names '{unknown[0]}', which is no part of the shop: choose from "
                f"{', '.join(PARTS)}."
            )
        unknown = sorted(self.added - set(EXTRA_PARTS))
        if unknown:
            raise StayhouseError(
                f"--with names '{unknown[0]}', which is no part that can be added: choose from "
                f"{', '.join(EXTRA_PARTS)}."
            )
        if self.file_format not in ("csv", "parquet"):
            raise StayhouseError(f"--format is '{self.file_format}': choose csv or parquet.")
        if self.batches not in ("once", "daily"):
            raise StayhouseError(f"--batches is '{self.batches}': choose once or daily.")
