"""How often intervals of experiments hold what the planted ones did, those that did nothing too.

The broken one, `new_checkout`, has no figures to hold.
"""

import pandas as pd

from tests.truth.shop import SMALL, Shop
from tests.truth.tables import markdown

LEAST, MOST = 0.90, 0.99
# Each unit's other life is known, so that the truth is a mean over units. Of a visit in which
# somebody both meets the arm and orders, the order is of the same instant: it is in no window.
_EFFECTS = """
with at_once as (
    select u.experiment_id, u.unit_id, count(*) as orders
    from experiments.experiment_units as u
    inner join core.orders as o on u.person_id = o.person_id and u.exposed_at = o.ordered_at
    group by all
), lives as (
    select e.experiment_id, e.horizon_days,
        e.orders_treated - coalesce(a.orders, 0) as treated,
        e.orders_untreated - coalesce(a.orders, 0) as untreated
    from truth.experiment_effects as e
    left join at_once as a on e.experiment_id = a.experiment_id and e.customer_id = a.unit_id
    where e.is_recorded and e.experiment_id = 'delivery_promise'
), planted as (
    select experiment_id, 'orders_' || horizon_days as metric,
        avg(treated) - avg(untreated) as truth
    from lives group by all
    union all
    select experiment_id, 'order_rate_' || horizon_days,
        avg((treated > 0)::integer) - avg((untreated > 0)::integer)
    from lives group by all
    union all
    select distinct experiment_id, metric, 0.0 from experiments.experiment_results
    where experiment_id in ('aa_check', 'new_colours', 'loyalty_badge')
)
select r.experiment_id, r.metric, p.truth, r.effect, r.effect_low, r.effect_high,
    p.truth between r.effect_low and r.effect_high as is_held,
    p.truth between r.cuped_low and r.cuped_high as is_held_by_cuped,
    p.truth between r.sequential_low and r.sequential_high as is_held_at_every_look
from planted as p
inner join experiments.experiment_results as r using (experiment_id, metric)
where r.segment_kind = 'all' and r.withheld_reason is null
order by all
"""
_TEXT = """
## Experiments

How often intervals of `experiments.experiment_results` hold the true effect: of `delivery_promise`
what its units would have ordered in their other lives, of `aa_check`, `new_colours` and
`loyalty_badge` nothing, by each metric. Metrics of one experiment are of the same people. Shops of
{size:,} customers a year.

{table}

Pooled: **{pooled:.1%}** of {count:,} effects (90 to 99 % is asked for).
"""


def effects(shop: Shop) -> pd.DataFrame:
    """Return each effect of a planted experiment that is not broken, beside its truth."""
    return shop.both(_EFFECTS)


class Effects:
    """What was found so far, over all shops."""

    reads = ("experiment_results", "experiment_units")

    def __init__(self) -> None:
        self._found: list[pd.DataFrame] = []

    def add(self, shop: Shop) -> None:
        """Add one built shop."""
        self._found.append(effects(shop))

    def text(self) -> str:
        """Return the section of the page."""
        found = pd.concat(self._found)
        held = ["is_held", "is_held_by_cuped", "is_held_at_every_look"]
        rows = [
            (f"`{name}`", f"{len(part):,}", *(f"{part[column].mean():.1%}" for column in held))
            for name, part in found.groupby("experiment_id")
        ]
        head = ("experiment", "effects", "held", "by CUPED", "at every look")
        return _TEXT.format(size=SMALL, table=markdown(head, rows),
                            pooled=self._coverage(), count=len(found))  # fmt: skip

    def failures(self) -> list[str]:
        """Return a sentence for each limit that does not hold."""
        if LEAST <= self._coverage() <= MOST:
            return []
        return [f"{self._coverage():.1%} of intervals of experiments hold the truth."]

    def _coverage(self) -> float:
        return float(pd.concat(self._found)["is_held"].mean())
