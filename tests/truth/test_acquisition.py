"""How people came and whom they brought, against what was planted."""

from tests.truth.estimates import referral_k
from tests.truth.shop import Shop

# What the planted shop calls its channels, by the names of the warehouse.
CHANNELS = {
    "organic": "organic_search",
    "search_ads": "paid_search",
    "social_ads": "paid_social",
    "email": "email",
    "referral": "referral",
}
# Guests who never made a profile are known as nobody's referrer.
_TREE = """
    select t.customer_id, t.referred_by, r.referrer_id, r.ignored_reason
    from truth.customers as t
    inner join retention.referrals as r on t.customer_id = r.customer_id
"""


def test_channels(shop: Shop) -> None:
    people = shop.both(
        """
        select t.channel as planted, a.channel
        from retention.int_acquisition__channels as a
        inner join truth.customers as t on a.person_id = 'c:shop:' || t.customer_id
        """
    )
    assert len(people) > 15_000
    assert (people["planted"].map(CHANNELS) == people["channel"]).mean() >= 0.99


def test_the_tree(shop: Shop) -> None:
    """Exactly the planted referrers, but for those who are not known."""
    people = shop.both(_TREE)
    assert len(people) > 15_000
    known = people[people["ignored_reason"].isna()]
    differing = known["referred_by"].fillna("") != known["referrer_id"].fillna("")
    assert not differing.any(), known[differing].to_string()
    assert set(people["ignored_reason"].dropna()) <= {"unknown_referrer"}
    assert people["ignored_reason"].notna().mean() < 0.005


def test_k(shop: Shop) -> None:
    k = referral_k(shop)
    assert k["eligible_count"] > 4_000
    assert k["k_low"] <= k["planted"] <= k["k_high"], k.to_string()
