"""Histories and forecasts counted once more, by other code: person by person, by integrals."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
from scipy import special

from tests.naive_rfm import Line, is_net


@dataclass(frozen=True)
class Known:
    """What an instant knew of a buyer: order days with what they brought, and today's date.

    ``booked`` is all money by the day of its order, or of a refund that names none.
    """

    days: Mapping[date, Decimal]
    booked: Mapping[date, Decimal]
    today: date

    @property
    def x(self) -> int:
        return len(self.days) - 1

    @property
    def t_x(self) -> float:
        return (max(self.days) - min(self.days)).days / 7

    @property
    def age(self) -> float:
        """To the last day before the cut-off, or to an order of its own local day."""
        return (max(self.today - timedelta(days=1), max(self.days)) - min(self.days)).days / 7

    @property
    def repeat_net_sales(self) -> Decimal:
        return sum((v for d, v in self.days.items() if d != min(self.days)), Decimal())

    @property
    def net_sales_365d(self) -> Decimal:
        least = self.today - timedelta(days=365)
        return sum((v for d, v in self.booked.items() if d >= least), Decimal())


def local(instant: datetime, zone: str) -> date:
    return instant.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()


def known_at(lines: Iterable[Line], instant: datetime, zone: str) -> dict[str, Known]:
    """Return what an instant knew of each buyer with a net order."""
    native: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    base: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    sold: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    placed: dict[tuple[str, str], datetime] = {}
    booked: dict[str, dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for line in lines:
        if line.effective_at < instant:
            booked[line.person][local(line.ordered_at, zone)] += line.amount
            if not line.order:
                continue
            key = line.person, line.order
            native[key][line.currency] += line.native_amount
            base[key] += line.amount
            sold[key] += line.sold
            placed[key] = line.ordered_at
    days: dict[str, dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for key, sums in native.items():
        if is_net(sums, base[key], sold[key]):
            days[key[0]][local(placed[key], zone)] += base[key]
    today = local(instant, zone)
    return {person: Known(dict(of), booked[person], today) for person, of in days.items()}


def expected_order_days(
    known: Known, r: float, alpha: float, a: float, b: float, weeks: float
) -> float:
    """Integrate over purchase rates and leaving of people with this history (Gauss)."""
    rates, gamma = special.roots_genlaguerre(120, r + known.x - 1)
    places, beta = special.roots_sh_jacobi(80, a + b + known.x - 1, a)
    rate = (rates / (alpha + known.age))[:, None]
    leaves = places[None, :]
    # Who leaves with probability p after each purchase makes (1 - exp(-rate p h)) / p of them.
    alive = gamma @ (-np.expm1(-rate * leaves * weeks) / leaves) @ beta / gamma.sum() / beta.sum()
    gone = 0.0
    if known.x:
        silence = ((alpha + known.age) / (alpha + known.t_x)) ** (r + known.x)
        gone = a / (b + known.x - 1) * silence
    return float(alive / (1 + gone))
