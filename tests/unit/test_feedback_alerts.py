"""Alerts of themes: Fisher's tail by scipy, the level by hand, and shops where nothing changes."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy.stats import false_discovery_control, fisher_exact, hypergeom

from stayhouse.feedback import find_alerts
from tests.building import CHECKOUT

_YAML = CHECKOUT / "python_models" / "feedback" / "ml_feedback_alerts.yml"
RULE: dict[str, Any] = yaml.safe_load(_YAML.read_text())["models"][0]["config"]["meta"]["rule"]
# Weeks and months of a year: what is allowed a year is parted among so many families.
FAMILIES = 365.25 / 7 + 12


def period(
    mentions: int, texts: int, mentions_before: int, texts_before: int, **other: Any
) -> dict[str, Any]:
    told = {
        "source_name": "shop", "level": "all", "level_value": "all", "theme": "delivery",
        "grain": "month", "text_count": texts, "mention_count": mentions,
        "text_count_before": texts_before, "mention_count_before": mentions_before,
        "periods_before": 12, "is_last_period": False, "false_alarms_a_year": 4,
        "period_start": pd.Timestamp("2024-12-01"),
    }  # fmt: skip
    return told | other


def alerts(*periods: dict[str, Any]) -> pd.DataFrame:
    return find_alerts(pd.DataFrame(list(periods)), RULE)


def test_a_p_is_fishers_and_a_list_is_benjaminis_and_hochbergs() -> None:
    draws = np.random.default_rng(0)
    counts = [
        (int(draws.integers(0, n + 1)), int(n), int(draws.integers(5, past)), int(past))
        for n, past in zip(draws.integers(20, 200, 40), draws.integers(50, 3000, 40), strict=True)
    ]
    told = [period(*four, theme=f"theme {place:02}") for place, four in enumerate(counts)]
    found = alerts(*told)
    tables = [((k, n - k), (past_k, past - past_k)) for k, n, past_k, past in counts]
    exact = [fisher_exact(table, alternative="greater").pvalue for table in tables]
    tails = [hypergeom.sf(k - 1, n + past, k + past_k, n) for k, n, past_k, past in counts]
    assert list(found["p_value"]) == pytest.approx(exact, rel=1e-7, abs=1e-14)
    assert list(found["p_value"]) == pytest.approx(tails, rel=1e-7, abs=1e-14)
    expected = false_discovery_control(exact)
    assert list(found["p_adjusted"]) == pytest.approx(list(expected), rel=1e-7, abs=1e-14)


def test_the_level_is_the_years_share_of_a_family_over_its_tests() -> None:
    """Two months and a week, of two, one and one tests; what is not tested counts in none. A week
    that begins with its month is a family of its own."""
    july = pd.Timestamp("2024-07-01")
    found = alerts(
        period(5, 50, 50, 500),
        period(5, 50, 50, 500, theme="price"),
        period(1, 50, 3, 500, theme="size"),
        period(5, 50, 50, 500, period_start=july, false_alarms_a_year=8),
        period(5, 50, 50, 500, period_start=july, grain="week", periods_before=52),
    ).set_index(["grain", "period_start", "theme"])["alert_level"]
    december = ("month", pd.Timestamp("2024-12-01"))
    assert found[(*december, "delivery")] == pytest.approx(4 / FAMILIES / 2)
    assert found[(*december, "price")] == pytest.approx(4 / FAMILIES / 2)
    assert np.isnan(found[(*december, "size")])
    assert found[("month", july, "delivery")] == pytest.approx(8 / FAMILIES)
    assert found[("week", july, "delivery")] == pytest.approx(4 / FAMILIES)


def test_at_the_level_it_is_an_alert_and_above_it_is_none() -> None:
    p_value = float(hypergeom.sf(9, 550, 60, 50))
    assert 0.01 < p_value < 0.06
    edge = p_value * FAMILIES
    for allowed, is_alert in ((edge * (1 + 1e-7), True), (edge * (1 - 1e-7), False)):
        found = alerts(period(10, 50, 50, 500, false_alarms_a_year=allowed))
        assert list(found["is_alert"]) == [is_alert]
    # Exactly: what was told as the p is a level that it reaches.
    told = float(alerts(period(10, 50, 50, 500))["p_value"].iloc[0])
    allowed = told * FAMILIES
    while allowed / FAMILIES < told:
        allowed = float(np.nextafter(allowed, np.inf))
    assert allowed / FAMILIES == told
    assert list(alerts(period(10, 50, 50, 500, false_alarms_a_year=allowed))["is_alert"]) == [True]


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (period(5, 20, 0, 13, periods_before=3), None),
        (period(5, 20, 0, 13, periods_before=2), "too_little_past"),
        (period(5, 20, 0, 13, grain="week", periods_before=13), None),
        (period(5, 20, 0, 13, grain="week", periods_before=12), "too_little_past"),
        # The first week of a shop, or the first one after a year in which nobody wrote.
        (period(20, 20, 0, 0, grain="week", periods_before=0), "too_little_past"),
        (period(19, 19, 0, 100), "too_few_texts"),
        (period(4, 20, 1, 100), None),
        (period(4, 20, 0, 100), "too_few_mentions"),
    ],
)
def test_what_is_too_little_is_not_tested_and_says_why(
    told: dict[str, Any], reason: str | None
) -> None:
    row = alerts(told).iloc[0]
    assert (None if pd.isna(row["reason_code"]) else row["reason_code"]) == reason
    assert pd.isna(row["p_value"]) == (reason is not None)
    assert pd.isna(row["alert_level"]) == (reason is not None)
    assert not (row["is_alert"] and reason)


def test_a_share_that_falls_is_no_alert() -> None:
    row = alerts(period(0, 1000, 500, 1000)).iloc[0]
    assert (row["p_value"], row["is_alert"]) == (1.0, False)


def test_a_shop_without_texts_has_no_rows() -> None:
    found = find_alerts(pd.DataFrame([period(1, 1, 1, 1)]).iloc[:0], RULE)
    assert found.empty
    assert "is_alert" in found


def test_the_planted_december_is_found_at_20_000_customers_and_not_in_the_sample() -> None:
    """.236 of 1,160 reviews for .16, among 72 tests (8 themes of all and of 8 categories); of 93
    reviews it is what comes once in twenty months by chance."""
    others = [period(10, 100, 100, 1000, theme=f"theme {place}") for place in range(71)]
    found = alerts(period(274, 1160, 1280, 8000), *others)
    assert list(found.loc[found["is_alert"], "theme"]) == ["delivery"]
    assert found["alert_level"].iloc[0] == pytest.approx(4 / FAMILIES / 72)
    assert not alerts(period(22, 93, 96, 600), *others[:7])["is_alert"].any()


def test_what_comes_later_changes_no_earlier_period() -> None:
    months = [
        period(10 + place, 100, 100, 1000, period_start=pd.Timestamp(2024, place, 1))
        for place in range(1, 13)
    ]
    before = alerts(*months[:6])
    pd.testing.assert_frame_equal(alerts(*months).iloc[:6], before)


# Two years of shops that get a thousand texts a month, about three kinds of products.
SHARES = np.array([0.25, 0.2, 0.16, 0.12, 0.1, 0.08, 0.05, 0.02])
DAYS = pd.date_range("2023-01-02", "2025-01-05")
# Of each grain, where its periods begin in the second year, and one that is not of it.
MONTHS = pd.date_range("2024-01-01", periods=13, freq="MS")
WEEKS = pd.date_range("2024-01-01", periods=53, freq="7D")


def year_of_a_shop(draws: np.random.Generator, place: int, changed: float = 1.0) -> pd.DataFrame:
    """The periods of its second year, in families of their own; `changed` is June's fifth theme."""
    shares = np.tile(SHARES, (len(DAYS), 1))
    shares[(DAYS.year == 2024) & (DAYS.month == 6), 4] *= changed
    texts = draws.poisson(12_000 / 365 / 3, (len(DAYS), 3))
    mentions = draws.binomial(texts[:, :, None], shares[:, None, :])
    # Up to a day, of each kind and of all.
    texts_by = np.cumsum(np.c_[texts, texts.sum(axis=1)], axis=0)
    mentions_by = np.cumsum(np.append(mentions, mentions.sum(axis=1)[:, None], axis=1), axis=0)
    found = []
    for grain, edges, back in (
        ("month", MONTHS, pd.DateOffset(months=12)), ("week", WEEKS, pd.DateOffset(weeks=52)),
    ):  # fmt: skip
        first, start, end = (
            DAYS.get_indexer(days, method="ffill") - 1
            for days in (edges[:-1] - back, edges[:-1], edges[1:])
        )
        # The first day of all has none before it.
        texts_of = np.where(first < 0, 0, 1)[:, None] * texts_by[first]
        mentions_of = np.where(first < 0, 0, 1)[:, None, None] * mentions_by[first]
        shape = (len(edges) - 1, 4, len(SHARES))
        counts = {
            "text_count": (texts_by[end] - texts_by[start])[:, :, None],
            "mention_count": mentions_by[end] - mentions_by[start],
            "text_count_before": (texts_by[start] - texts_of)[:, :, None],
            "mention_count_before": mentions_by[start] - mentions_of,
            "period_start": (edges[:-1] + pd.DateOffset(years=place)).to_numpy()[:, None, None],
            "level": np.array(["0", "1", "2", "all"], dtype="object")[None, :, None],
            "theme": np.array([f"theme {n}" for n in range(8)], dtype="object")[None, None, :],
        }
        told = {name: np.broadcast_to(value, shape).ravel() for name, value in counts.items()}
        found.append(pd.DataFrame(period(0, 0, 0, 0, grain=grain) | told))
    return pd.concat(found, ignore_index=True).assign(periods_before=52)


def test_shops_in_which_nothing_changes_have_no_more_alerts_than_are_allowed() -> None:
    """200 shop-years. The tests are exact and counts are whole, so 2.6 come where 4 may."""
    draws = np.random.default_rng(25)
    years = pd.concat([year_of_a_shop(draws, place) for place in range(200)], ignore_index=True)
    found = find_alerts(years, RULE)
    a_year = found["is_alert"].sum() / 200
    assert 2 < a_year <= 4


def test_twice_as_many_in_one_month_of_a_thousand_texts_are_found() -> None:
    """A theme of a tenth of them, in June: in all of twenty shops, of all texts."""
    draws = np.random.default_rng(26)
    for _ in range(20):
        found = find_alerts(year_of_a_shop(draws, 0, changed=2.0), RULE)
        is_ours = (
            (found["grain"] == "month") & (found["level"] == "all")
            & (found["theme"] == "theme 4") & (found["period_start"] == "2024-06-01")
        )  # fmt: skip
        assert list(found.loc[is_ours, "is_alert"]) == [True]
