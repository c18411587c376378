"""What a bad review is followed by is found; what nothing was planted for is not."""

from tests.truth.followed import planted_difference
from tests.truth.shop import Shop

_FOUND = "select * from feedback.churn_after_feedback order by follow_kind, follow_value"


def test_fewer_come_back_after_a_bad_review_also_of_those_who_are_alike(shop: Shop) -> None:
    """Late orders are reviewed badly and leave for their lateness too: alike, less is between them,
    and the planted difference lies in the interval."""
    bad = shop.both(_FOUND).set_index(["follow_kind", "follow_value"]).loc["rating", "bad"]
    planted = planted_difference(shop)
    print(bad.to_string(), planted)
    assert bad["is_adjusted"]
    assert bad["difference_high"] < 0
    assert bad["difference"] < bad["adjusted_difference"] < 0
    assert bad["adjusted_low"] < planted < bad["adjusted_high"] < 0


def test_what_was_not_planted_is_not_told(shop: Shop) -> None:
    """Who is content, or neither, comes back as others do; whoever asks for help leaves for what
    came late, not for asking: beside people who are alike nothing is left."""
    found = shop.both(_FOUND).set_index(["follow_kind", "follow_value"])
    nothing = found.loc[[("rating", "good"), ("rating", "middle"), ("message", "any")]]
    print(nothing.to_string())
    assert (nothing["adjusted_low"] < 0).all()
    assert (nothing["adjusted_high"] > 0).all()
    assert found.loc[("message", "any"), "difference_high"] < 0


def test_nobody_is_lost(shop: Shop) -> None:
    """Each row speaks of the same people, and says whom the comparison leaves out."""
    found = shop.both(_FOUND)
    assert (found["person_count"] + found["other_count"]).nunique() == 1
    assert (found["matched_count"] + found["unmatched_count"] == found["person_count"]).all()
    others = found["matched_other_count"] + found["unmatched_other_count"]
    assert (others == found["other_count"]).all()
