"""Whether the planted pairs are the rules that are found, and no others across categories.

Within a category all products are tied, since a second line of an order comes from the category of
the first more often than by chance. Across categories products meet by a planted pair alone.
"""

import pandas as pd

from tests.truth.shop import SMALL, Shop
from tests.truth.tables import markdown

_PLANTED = """
select
    p.product_id, p.paired_product_id, p.realised_lift, r.lift, r.p_adjusted,
    coalesce(r.is_significant, false) as is_significant
from truth.product_pairs as p
left join behavior.basket_rules as r
    on r.level = 'product' and r.item_count = 2
        and r.left_items = p.product_id and r.right_item = p.paired_product_id
"""
_UNPLANTED = """
select r.left_items, r.right_item, r.both_count, r.lift, r.p_adjusted
from behavior.basket_rules as r
inner join core.products as a on r.left_items = a.product_id
inner join core.products as b on r.right_item = b.product_id
where r.level = 'product' and r.item_count = 2 and r.is_significant and a.category <> b.category
    and not exists (
        select 1 from truth.product_pairs as p
        where (p.product_id, p.paired_product_id)
            in ((r.left_items, r.right_item), (r.right_item, r.left_items))
    )
"""
_TEXT = """
## What goes together

The planted pairs in `behavior.basket_rules`, and the pairs across categories that are called
significant there and were not planted: products of two categories meet by a planted pair alone
(within a category all are tied). Shops of {size:,} customers a year have about 11,000 orders.

{table}
"""


def planted(shop: Shop) -> pd.DataFrame:
    """Return each planted pair with its rule."""
    return shop.both(_PLANTED)


def unplanted(shop: Shop) -> pd.DataFrame:
    """Return the significant pairs across categories that nobody planted."""
    return shop.both(_UNPLANTED)


class Pairs:
    """What was found so far, over all shops."""

    reads = ("basket_rules",)

    def __init__(self) -> None:
        self._planted: list[pd.DataFrame] = []
        self._unplanted: list[int] = []

    def add(self, shop: Shop) -> None:
        """Add one built shop."""
        self._planted.append(planted(shop))
        self._unplanted.append(len(unplanted(shop)))

    def text(self) -> str:
        """Return the section of the page."""
        pairs = pd.concat(self._planted)
        rows = [
            ("planted pairs", f"{len(pairs):,}"),
            ("of these significant", f"{pairs['is_significant'].sum():,}"),
            ("largest p of theirs, adjusted", f"{pairs['p_adjusted'].max():.1e}"),
            ("with the lift that the truth has", f"{_is_lift(pairs).sum():,}"),
            ("significant across categories, not planted", f"{sum(self._unplanted):,}"),
        ]
        return _TEXT.format(size=SMALL, table=markdown(("in all shops", "pairs"), rows))

    def failures(self) -> list[str]:
        """Return a sentence for each limit that does not hold."""
        pairs = pd.concat(self._planted)
        said = []
        if not pairs["is_significant"].all():
            said.append(f"{(~pairs['is_significant']).sum()} planted pairs are not significant.")
        if not _is_lift(pairs).all():
            said.append(f"{(~_is_lift(pairs)).sum()} planted pairs have another lift.")
        if sum(self._unplanted):
            said.append(f"{sum(self._unplanted)} pairs across categories are called significant.")
        return said


def _is_lift(pairs: pd.DataFrame) -> pd.Series:
    # The truth is written with six digits.
    return (pairs["lift"] - pairs["realised_lift"]).abs() < 6e-7
