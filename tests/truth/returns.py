"""What many planted shops say about who comes back and who is brought, as part of the page."""

from functools import cached_property

import pandas as pd

from stayhouse.shop.truth.retention import COPIES
from tests.truth import populations
from tests.truth.estimates import (
    activity_cells,
    allowed_misses,
    most_misses,
    next_orders,
    pooled_deviation,
    referral_k,
)
from tests.truth.shop import Shop
from tests.truth.tables import markdown

# What the tests ask of one large shop is asked here of all small ones together.
MOST_DEVIATION = 3.3
INSIDE = (0.78, 0.88)
INSIDE_BY_GAPS = (0.74, 0.93)
MOST_GAPS = 5

_ACTIVITY = """
## Retention of visits and logins

The same for `retention.retention_cube`: visits 1 day, 7 days and (index 24) 24 to 30 days after the
first one, by day of the first one; logins by month of the first order. Cohorts of a day are so
small that the 95 % interval of a right count does not miss in 5 % of them: `by chance` is how many
cells it misses, given their sizes. `found` and `true` are the rates of all cohorts together,
`deviation` is how far apart they are in standard deviations of chance (at most {deviation} is
asked for).

{table}

The formula of `by chance` supposes that people return independently, which they nearly do.
{populations} further populations, counted by the shop's own code and each held against the others,
say how much more often even an exact count misses, and that is allowed for.

{misses}
"""
_MISSES = (
    "Of {cells:,} cells of `{kind}`, {misses:,} miss ({chance:,.0f} by chance, of exact counts "
    "{ratio:.3f} times as many; at most {most:,.0f} is asked for)."
)
_NEXT_ORDERS = """
## The next order

How often the 80 % interval of `retention.purchase_rhythm` holds the day of the next order, at seven
clocks a month apart, of people whose last order was at most a week ago and who came back before the
end of the run. It holds a few more of those than it says, since the longest gaps are not seen.

{table}

Together: **{inside:.1%}** of {orders:,} next orders, by shop {lowest:.1%} to {highest:.1%}
({low:.0%} to {high:.0%} is asked for, and {low_by_gaps:.0%} to {high_by_gaps:.0%} by gaps before).
"""
_REFERRALS = """
## Referrals

How many customers a customer brings, as `retention.referral_k` says of those who joined a year ago
or earlier. Planted is {planted:.3f}; the shops say **{mean:.3f}** on average ({smallest:.3f} to
{largest:.3f}). The 95 % interval holds the planted number in {covered} of {seeds} shops (at least
{least} is asked for). Guests without a profile cannot be seen to bring anybody or to be brought,
which takes about 2 % from the number.
"""


class Returns:
    """What has been found so far, over all shops."""

    def __init__(self) -> None:
        self._cells: list[pd.DataFrame] = []
        self._orders: list[pd.DataFrame] = []
        self._referrals: list[pd.Series] = []

    def add(self, shop: Shop) -> None:
        """Add one built shop."""
        self._cells.append(activity_cells(shop).assign(seed=shop.seed))
        orders = next_orders(shop)
        gaps = orders["gap_count"].clip(upper=MOST_GAPS)
        self._orders.append(orders.assign(seed=shop.seed, gaps=gaps))
        self._referrals.append(referral_k(shop))

    @cached_property
    def _dependence(self) -> pd.Series:
        """By kind, how many times as often as by chance an exact count misses; never below 1."""
        return populations.dependence()

    def failures(self) -> list[str]:
        """Return a sentence for each limit that does not hold."""
        found = []
        for kind, cells in pd.concat(self._cells).groupby("return_kind"):
            most = allowed_misses(cells, self._dependence[kind])
            if cells["misses"].sum() > most:
                found.append(
                    f"{cells['misses'].sum():,} intervals of `{kind}` retention miss the true "
                    f"rate, more than {most:,.0f}."
                )
        for (kind, index), deviation in self._deviations().items():
            if abs(deviation) > MOST_DEVIATION:
                found.append(
                    f"Retention of `{kind}` at index {index} is {deviation:+.2f} standard "
                    f"deviations from the true rate, more than {MOST_DEVIATION}."
                )
        orders = pd.concat(self._orders)
        shares = {"": (orders["is_inside"].mean(), INSIDE)} | {
            f" of those after {_gaps(gaps)} gaps": (share, INSIDE_BY_GAPS)
            for gaps, share in orders.groupby("gaps")["is_inside"].mean().items()
        }
        found += [
            f"The intervals of the next order hold {share:.1%}{whose}, not {low:.0%} to {high:.0%}."
            for whose, (share, (low, high)) in shares.items()
            if not low <= share <= high
        ]
        covered, least = self._covered(), self._least_covered()
        if covered < least:
            found.append(
                f"The interval of k holds the planted one in {covered} of {len(self._referrals)} "
                f"shops, fewer than {least}."
            )
        return found

    def text(self) -> str:
        """Return the sections of the page."""
        orders = pd.concat(self._orders)
        by_shop = orders.groupby("seed")["is_inside"].mean()
        referrals = pd.DataFrame(self._referrals)
        return "".join(
            (
                _ACTIVITY.format(
                    table=self._activity_table(),
                    deviation=MOST_DEVIATION,
                    populations=populations.SHOPS * COPIES,
                    misses=self._misses(),
                ),
                _NEXT_ORDERS.format(
                    table=self._orders_table(),
                    inside=orders["is_inside"].mean(),
                    orders=len(orders),
                    low=INSIDE[0],
                    high=INSIDE[1],
                    low_by_gaps=INSIDE_BY_GAPS[0],
                    high_by_gaps=INSIDE_BY_GAPS[1],
                    lowest=by_shop.min(),
                    highest=by_shop.max(),
                ),
                _REFERRALS.format(
                    planted=referrals["planted"].iloc[0],
                    mean=referrals["k_factor"].mean(),
                    smallest=referrals["k_factor"].min(),
                    largest=referrals["k_factor"].max(),
                    covered=self._covered(),
                    seeds=len(referrals),
                    least=self._least_covered(),
                ),
            )
        )

    def _deviations(self) -> pd.Series:
        cells = pd.concat(self._cells)
        groups = cells.groupby(["return_kind", "period_index"])[list(cells)]
        return groups.apply(pooled_deviation)

    def _covered(self) -> int:
        referrals = pd.DataFrame(self._referrals)
        return int(referrals["planted"].between(referrals["k_low"], referrals["k_high"]).sum())

    def _least_covered(self) -> int:
        return len(self._referrals) - most_misses(len(self._referrals))

    def _misses(self) -> str:
        return "\n".join(
            _MISSES.format(
                kind=kind,
                cells=len(cells),
                misses=cells["misses"].sum(),
                chance=cells["miss_probability"].sum(),
                ratio=self._dependence[kind],
                most=allowed_misses(cells, self._dependence[kind]),
            )
            for kind, cells in pd.concat(self._cells).groupby("return_kind")
        )

    def _activity_table(self) -> str:
        deviations = self._deviations()
        rows = []
        for key, cells in pd.concat(self._cells).groupby(["return_kind", "period_index"]):
            people = cells["eligible_count"]
            rows.append(
                (
                    f"`{key[0]}`",
                    f"{key[1]}",
                    f"{len(cells):,}",
                    f"{cells['misses'].sum():,}",
                    f"{cells['miss_probability'].sum():,.1f}",
                    f"{cells['retained_count'].sum() / people.sum():.2%}",
                    f"{(people * cells['true_rate']).sum() / people.sum():.2%}",
                    f"{deviations[key]:+.1f}",
                )
            )
        heads = ("kind", "index", "cells", "misses", "by chance", "found", "true", "deviation")
        return markdown(heads, rows)

    def _orders_table(self) -> str:
        rows = [
            (
                _gaps(gaps),
                f"{len(orders):,}",
                f"{orders['is_inside'].mean():.1%}",
                f"{orders['is_after_median'].mean():.1%}",
            )
            for gaps, orders in pd.concat(self._orders).groupby("gaps")
        ]
        return markdown(("gaps before", "next orders", "inside", "after the median"), rows)


def _gaps(count: object) -> str:
    return f"{count} or more" if count == MOST_GAPS else f"{count}"
