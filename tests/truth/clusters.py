"""Whether clusters of customers find what was planted, and nothing that was not.

Customers are of five planted archetypes (`docs/shop.md`, 3), which differ in how often they come,
how much they buy and how they like coupons, and hide behind chance: from what can be seen, a
supervised classifier reaches an adjusted Rand index of .18. Gender and city matter for nothing.
"""

import numpy as np
import pandas as pd
from scipy.stats import chi2_contingency, combine_pvalues
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score
from threadpoolctl import threadpool_limits

from tests.truth.shop import Shop
from tests.truth.tables import markdown

LEAST_RAND = 0.07
LEAST_OF_COUPONS = 2.0
LEAST_P = 0.01
RFM = ["recency_days", "order_count", "net_sales"]

_PEOPLE = """
    select m.*, c.cluster_name, t.archetype, u.gender, u.city
    from segments.int_clusters__measured as m
    inner join segments.customer_clusters as c on m.person_id = c.person_id
    left join core.customers as u on m.person_id = u.person_id
    left join truth.customers as t on m.person_id = 'c:shop:' || t.customer_id
    order by m.person_id
"""
_TEXT = """
## Clusters

How alike the clusters of `segments.customer_clusters` and the planted archetypes are (adjusted Rand
index: 0 as by chance; what can be seen of customers carries a supervised classifier to .18, and an
oracle that knows everybody's visit rate and conversion to .37), beside four clusters of recency,
frequency and money alone; how many times as often as all the people of the cluster that likes
coupons most use one (at least {coupons:g} is asked for); and the probability that clusters differ
by chance as they do in gender and city, which matter for nothing (more than {p:g} is asked for, of
all shops together). {rand:g} and more than RFM is asked for at 20,000 customers.

{table}
"""


def clusters(shop: Shop) -> pd.Series:
    """Return what the clusters of a shop are alike to.

    `people` with an archetype; `rand` with the archetypes, `rand_of_rfm` the same of four clusters
    by recency, frequency and money; `coupons`, the coupon share of the cluster that likes them most
    over that of all; `gender` and `city`, p-values of chi-square.
    """
    people = shop.both(_PEOPLE)
    logs = np.log1p(people[RFM].astype("float64").clip(lower=0))
    with threadpool_limits(limits=1):
        alone = KMeans(4, n_init=10, random_state=1).fit((logs - logs.mean()) / logs.std())
    planted = people.assign(by_rfm=alone.labels_).dropna(subset="archetype")
    liked = people.groupby("cluster_name")["coupon_share"].mean().max()
    return pd.Series(
        {
            "people": len(planted),
            "rand": adjusted_rand_score(planted["archetype"], planted["cluster_name"]),
            "rand_of_rfm": adjusted_rand_score(planted["archetype"], planted["by_rfm"]),
            "coupons": liked / people["coupon_share"].mean(),
            **{
                column: chi2_contingency(pd.crosstab(people[column], people["cluster_name"])).pvalue
                for column in ("gender", "city")
            },
        }
    )


class Clusters:
    """What was found so far, over all shops."""

    def __init__(self) -> None:
        self._found: list[pd.Series] = []

    def add(self, shop: Shop) -> None:
        """Add one built shop."""
        self._found.append(clusters(shop))

    def text(self) -> str:
        """Return the section of the page."""
        found = pd.DataFrame(self._found)
        rows = [
            (name, f"{values.mean():{form}}", f"{values.min():{form}}", f"{values.max():{form}}")
            for name, values, form in (
                ("adjusted Rand index with archetypes", found["rand"], ".3f"),
                ("the same of RFM alone", found["rand_of_rfm"], ".3f"),
                ("coupons in the cluster that likes them most", found["coupons"], ".2f"),
                ("p of gender", found["gender"], ".2f"),
                ("p of city", found["city"], ".2f"),
            )
        ]
        heads = ("of a shop", "mean", "lowest", "highest")
        table = markdown(heads, rows)
        return _TEXT.format(rand=LEAST_RAND, coupons=LEAST_OF_COUPONS, p=LEAST_P, table=table)

    def failures(self) -> list[str]:
        """Return a sentence for each limit that does not hold."""
        found = pd.DataFrame(self._found)
        coupons = found["coupons"].mean()
        by_chance = {name: combine_pvalues(found[name]).pvalue for name in ("gender", "city")}
        alike, alone = found["rand"].mean(), found["rand_of_rfm"].mean()
        return [
            *(
                f"Clusters differ in {name}, which matters for nothing: p is {p:.4f}."
                for name, p in by_chance.items()
                if not p > LEAST_P
            ),
            *(
                [f"The cluster of coupons likes them {coupons:.2f} times as much as all, not 2."]
                if not coupons >= LEAST_OF_COUPONS
                else []
            ),
            *(
                [f"Clusters are {alike:.3f} alike to archetypes, and RFM alone {alone:.3f}."]
                if not alike > alone
                else []
            ),
        ]
