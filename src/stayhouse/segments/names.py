"""Names of clusters, by what sets each apart from the others."""

import numpy as np
from scipy.optimize import linear_sum_assignment

# What more and less of a measure is called, in the order in which a name says it.
TRAITS = {
    "order_count": ("frequent", "few orders"),
    "recency_days": ("long silent", "recent"),
    "net_sales": ("high spend", "low spend"),
    "mean_order_value": ("large orders", "small orders"),
    "units_per_order": ("many items", "few items"),
    "coupon_share": ("coupons", "full price"),
    "visits_per_order": ("many visits", "few visits"),
    "category_count": ("wide range", "narrow range"),
}
# Words of a name at most, and by how many standard deviations a further word's trait is ahead of
# the cluster next to it: what two clusters nearly share would change hands at the next fit.
WORDS = 3
LEAD = 0.5


def name_clusters(measures: list[str], centres: np.ndarray) -> list[str]:
    """Return one name a cluster, such as "frequent, high spend, full price"; no two are the same.

    Each cluster is called by one trait that no other one is called by: of all ways to deal them
    out, the one with the largest deviations. To it come those in which it is clearly the first.

    Args:
        measures: keys of `TRAITS`.
        centres: on a scale where 0 is the mean of all, shape (clusters, measures).
    """
    words = [TRAITS[name][0] for name in measures] + [TRAITS[name][1] for name in measures]
    # How much of each trait a cluster has, shape (clusters, traits).
    amounts = np.hstack([centres, -centres])
    owned = linear_sum_assignment(-amounts)[1]
    ahead = amounts - np.sort(amounts, axis=0)[-2]
    place = [list(TRAITS).index(name) for name in measures] * 2
    names = []
    for number, (own, amount) in enumerate(zip(owned, amounts, strict=True)):
        if amount[own] <= 0:
            # More clusters than traits: nothing sets it apart.
            names.append(f"group {number + 1}")
            continue
        further = [
            trait
            for trait in np.argsort(-amount, kind="stable")
            if trait not in owned and amount[trait] > 0 and ahead[number, trait] >= LEAD
        ]
        told = sorted([own, *further[: WORDS - 1]], key=lambda trait: place[trait])
        names.append(", ".join(words[trait] for trait in told))
    return names
