"""Visits of customers as plain arrays."""

from dataclasses import dataclass, fields

from stayhouse.shop.draws import Bools, Ints, Keys


@dataclass(frozen=True)
class Visits:
    """Visits of customers, sorted by person and instant; ``person`` is a position in People."""

    person: Ints
    key: Keys
    at_ms: Ints
    is_first: Bools  # the arrival: the first order, or a lead's sign-up
    is_order: Bools
    is_refill: Bools
    category: Ints
    device: Ints
    is_slow: Bools
    window: Ints  # 0 none, 1 after a contact at a good hour, 2 at a bad hour
    is_faulty: Bools  # on the device and after the day of the checkout fault

    def __len__(self) -> int:
        return len(self.person)

    def take(self, rows: Ints | Bools) -> "Visits":
        """Return the visits at these positions."""
        return Visits(**{item.name: getattr(self, item.name)[rows] for item in fields(self)})
