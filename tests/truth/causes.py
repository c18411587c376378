"""Whether the reasons of churn name what was planted, and never praise it.

The shop's customers leave more often after an order that came late, was badly reviewed, was of
what is dear for its kind or from a visit with slow pages, and whose first order was a gadget
(`docs/shop.md`, 3). What happened is read from the truth, ratings from `core.reviews`, for those
upon whose last order the planted process has decided.
"""

import pandas as pd

from tests.truth.shop import Shop
from tests.truth.tables import markdown

# By cause: the family of features that tells it. No feature says how long pages took, nor what is
# dear for its kind (docs/decisions/churn/reasons.md).
FAMILIES = {"late": "delivery", "badly reviewed": "reviews", "first a gadget": "acquisition"}
LEAST_RATIO = 2.0

_CAUSES = """
    with last_orders as (
        select o.person_id, o.order_id, o.ordered_at
        from core.orders as o
        where o.is_order and o.person_id like 'c:%'
        qualify row_number() over (
            partition by o.person_id order by o.ordered_at desc, o.order_id desc
        ) = 1
    ),
    bad_reviews as (
        select l.person_id from last_orders as l
        semi join core.reviews as r
            on l.person_id = r.person_id and r.created_at >= l.ordered_at and r.rating <= 2
    ),
    people as (
        select l.person_id,
            t.is_late as "late",
            b.person_id is not null as "badly reviewed",
            c.first_category = 'gadgets' as "first a gadget"
        from last_orders as l
        inner join truth.orders as t on l.order_id = t.order_id
        inner join truth.customers as c on t.customer_id = c.customer_id
        left join bad_reviews as b on l.person_id = b.person_id
        inner join core.clock as k on l.ordered_at < k.as_of_at - interval 14 day
    )
    select p.*,
        coalesce(list(r.family) filter (r.direction = 'raises'), []) as raising,
        coalesce(list(r.family) filter (r.direction = 'lowers'), []) as lowering
    from people as p inner join churn.churn_reasons as r on p.person_id = r.person_id
    group by all
    order by p.person_id
"""


_TEXT = """
## Reasons of churn

Of customers whom a planted cause may drive away, how many are told its family as a reason that
raises their risk; the same of all other customers; and how many are told that it lowers it (nobody
may be). At least {least:g} times as often as of others is asked for. Two planted causes cannot be
told, since no feature reads them: slow pages, and what is dear for its kind.

{table}
"""


def causes(shop: Shop) -> pd.DataFrame:
    """Return one row per cause: how many have it, and whom its family is told as a reason.

    Columns: `cause`, `family`; `customers` with the cause, how many of them are `told` that its
    family raises their risk, how many are `praised`, told that it lowers it; `others` and
    `told_others`, the same of those without the cause.
    """
    people = shop.both(_CAUSES)
    rows = []
    for cause, family in FAMILIES.items():
        has = people[cause].astype(bool)
        raises = pd.Series([family in told for told in people["raising"]])
        lowers = pd.Series([family in told for told in people["lowering"]])
        counts = (has.sum(), raises[has].sum(), lowers[has].sum(), (~has).sum(), raises[~has].sum())
        rows.append((cause, family, *map(int, counts)))
    columns = ["cause", "family", "customers", "told", "praised", "others", "told_others"]
    return pd.DataFrame(rows, columns=columns)


def ratios(found: pd.DataFrame) -> pd.Series:
    """Return by cause how much more often it is told of those who have it than of others."""
    sums = found.groupby("cause", sort=False)[["customers", "told", "others", "told_others"]].sum()
    return (sums["told"] / sums["customers"]) / (sums["told_others"] / sums["others"])


class Causes:
    """What was found so far, over all shops."""

    def __init__(self) -> None:
        self._found: list[pd.DataFrame] = []

    def add(self, shop: Shop) -> None:
        """Add one built shop."""
        self._found.append(causes(shop))

    def text(self) -> str:
        """Return the section of the page."""
        found = pd.concat(self._found)
        ratio = ratios(found)
        rows = [
            (
                str(cause),
                f"`{part['family'].iloc[0]}`",
                f"{part['customers'].sum():,}",
                f"{part['told'].sum() / part['customers'].sum():.1%}",
                f"{part['told_others'].sum() / part['others'].sum():.1%}",
                f"{ratio[cause]:.1f}",
                f"{part['praised'].sum():,}",
            )
            for cause, part in found.groupby("cause", sort=False)
        ]
        heads = ("last order", "family", "customers", "told", "others told", "ratio", "as lowering")
        return _TEXT.format(least=LEAST_RATIO, table=markdown(heads, rows))

    def failures(self) -> list[str]:
        """Return a sentence for each limit that does not hold."""
        found = pd.concat(self._found)
        praised = found.groupby("cause", sort=False)["praised"].sum()
        return [
            f"Customers of the cause {cause!r} are told it {ratio:.1f} times as often as others, "
            f"and {praised[cause]} that it lowers their risk, not {LEAST_RATIO:g} times and nobody."
            for cause, ratio in ratios(found).items()
            if not ratio >= LEAST_RATIO or praised[cause]
        ]
