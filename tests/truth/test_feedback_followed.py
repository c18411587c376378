"""What a bad review is followed by is found, and nothing after a call for help."""

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


def test_asking_for_help_is_followed_by_nothing_beside_others_as_late(shop: Shop) -> None:
    """Whoever asks leaves for what came late, not for asking. (Of good reviews no such thing can be
    asked: they are of good products, and what is dear drives people away.)"""
    asked = shop.both(_FOUND).set_index(["follow_kind", "follow_value"]).loc["message", "any"]
    print(asked.to_string())
    assert asked["difference_high"] < 0
    assert asked["adjusted_low"] < 0 < asked["adjusted_high"]


def test_nobody_is_lost(shop: Shop) -> None:
    """Each row speaks of the same people, and says whom the comparison leaves out."""
    found = shop.both(_FOUND)
    assert (found["person_count"] + found["other_count"]).nunique() == 1
    assert (found["matched_count"] + found["unmatched_count"] == found["person_count"]).all()
    others = found["matched_other_count"] + found["unmatched_other_count"]
    assert (others == found["other_count"]).all()
