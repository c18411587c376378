"""RFM counted once more, by other code: the ledger up to an instant, person by person."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

# The table of docs/definitions.md, section 5: segment by recency, then frequency, scores.
SEGMENTS = {
    "champions": ((5,), (4, 5)),
    "loyal": ((3, 4), (4, 5)),
    "potential_loyalist": ((4, 5), (2, 3)),
    "new_customer": ((5,), (1,)),
    "promising": ((4,), (1,)),
    "need_attention": ((3,), (3,)),
    "about_to_sleep": ((3,), (1, 2)),
    "at_risk": ((1, 2), (3, 4)),
    "cant_lose": ((1, 2), (5,)),
    "hibernating": ((1, 2), (1, 2)),
}
_CELLS = {(r, f): name for name, (rs, fs) in SEGMENTS.items() for r in rs for f in fs}


@dataclass(frozen=True)
class Line:
    """One ledger line of sales, of an order of somebody."""

    person: str
    order: str
    ordered_at: datetime
    effective_at: datetime
    currency: str
    native_amount: Decimal
    amount: Decimal
    kind: str

    @property
    def sold(self) -> Decimal:
        return self.amount if self.kind in ("item", "discount") else Decimal()


def month_end(month: date, zone: str) -> datetime:
    """Return the UTC instant at which a local month is over, without a time zone."""
    following = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
    local = datetime(following.year, following.month, 1, tzinfo=ZoneInfo(zone))
    return local.astimezone(UTC).replace(tzinfo=None)


def is_net(native: Mapping[str, Decimal], base: Decimal, sold: Decimal) -> bool:
    """Return whether an order is a net one, of its sums by currency, all in base, and sold."""
    return next(iter(native.values())) > 0 if len(native) == 1 else 20 * base > sold


def segments_at(lines: Iterable[Line], instant: datetime) -> dict[str, str]:
    """Return the segment of each person with a net order at an instant."""
    native: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    base: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    sold: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    ordered_at: dict[tuple[str, str], datetime] = {}
    for line in lines:
        if line.effective_at < instant:
            native[line.person, line.order][line.currency] += line.native_amount
            base[line.person, line.order] += line.amount
            sold[line.person, line.order] += line.sold
            ordered_at[line.person, line.order] = line.ordered_at
    orders: dict[str, list[datetime]] = defaultdict(list)
    for key, sums in native.items():
        if is_net(sums, base[key], sold[key]):
            orders[key[0]].append(ordered_at[key])
    days = {person: (instant - max(times)) // timedelta(days=1) for person, times in orders.items()}
    recency = fifths({person: -number for person, number in days.items()})
    return {
        person: _CELLS[recency[person], sum(len(times) >= edge for edge in (1, 2, 3, 5, 10))]
        for person, times in orders.items()
    }


def fifths(goodness: Mapping[str, int]) -> dict[str, int]:
    """Return a score of 1 to 5 by person: the fifth that ends with the last of equal values."""
    up_to: dict[int, int] = {}
    for place, value in enumerate(sorted(goodness.values()), 1):
        up_to[value] = place
    return {p: -(-5 * up_to[value] // len(goodness)) for p, value in goodness.items()}
