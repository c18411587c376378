"""Clusters of customers: planted groups are found and named; where there are none it is said."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from stayhouse.segments import fit_clusters
from stayhouse.segments.clusters import Plan, _choose
from stayhouse.segments.names import TRAITS, name_clusters
from tests.building import CHECKOUT

_YAML = CHECKOUT / "python_models" / "segments" / "ml_customer_clusters.yml"
PLAN = yaml.safe_load(Path(_YAML).read_text())["models"][0]["config"]["meta"]["plan"]
# Planted groups need no more to be stable.
PLAN["resamples"] = 3
MEASURES = list(TRAITS)


def people(*groups: tuple[int, dict[str, float]], seed: int = 0) -> pd.DataFrame:
    """Groups of people, each of so many, around these measures (10 where none is given)."""
    rng = np.random.default_rng(seed)
    parts = [
        pd.DataFrame({name: rng.normal(centre.get(name, 10.0), 0.3, count) for name in MEASURES})
        for count, centre in groups
    ]
    table = pd.concat(parts, ignore_index=True)
    table.insert(0, "person_id", [f"p{number:05}" for number in range(len(table))])
    return table


OFTEN = {"order_count": 30.0, "net_sales": 40.0}
COUPONS = {"coupon_share": 30.0, "mean_order_value": 4.0}
SILENT = {"recency_days": 90.0, "order_count": 4.0}
THREE = people((100, OFTEN), (80, COUPONS), (60, SILENT))
ALIKE = THREE.assign(**dict.fromkeys(MEASURES, 3.0))


def chosen(table: pd.DataFrame) -> pd.Series:
    (row,) = (row for _, row in table[table["is_chosen"]].iterrows())
    return row


def centres(table: pd.DataFrame) -> list[dict[str, Any]]:
    return list(json.loads(chosen(table)["centres"]))


def test_planted_groups_are_found_and_called_by_what_sets_them_apart() -> None:
    found = fit_clusters(THREE, PLAN)
    assert list(found["k"]) == [3, 4, 5, 6, 7, 8]
    row = chosen(found)
    assert (row["k"], row["is_stable"], row["fitted_people_count"]) == (3, True, 240)
    assert row["silhouette"] > 0.5
    assert row["bootstrap_ari"] == 1
    stored = centres(found)
    names = [cluster["cluster_name"] for cluster in stored]
    assert names == ["few orders, long silent", "frequent, high spend", "small orders, coupons"]
    # What is stored is on the scale of everybody's logarithms.
    orders = np.log1p(THREE["order_count"])
    assert stored[0]["order_count_mean"] == pytest.approx(orders.mean(), abs=1e-6)
    assert stored[0]["order_count_deviation"] == pytest.approx(orders.std(ddof=0), abs=1e-6)
    often = (orders[:100].mean() - orders.mean()) / orders.std(ddof=0)
    assert stored[1]["order_count_centre"] == pytest.approx(often, abs=1e-3)


def test_neither_order_of_rows_nor_the_run_changes_anything() -> None:
    one = fit_clusters(THREE, PLAN)
    other = fit_clusters(THREE.sample(frac=1, random_state=1), PLAN)
    pd.testing.assert_frame_equal(one, other)


def test_a_shop_of_one_measure_less_is_clustered_by_the_others() -> None:
    # Nobody has a coupon: a constant tells nobody apart, and no cluster is called by it.
    found = fit_clusters(THREE.assign(coupon_share=0.0), PLAN)
    stored = centres(found)
    assert {cluster["coupon_share_deviation"] for cluster in stored} == {1}
    assert {cluster["coupon_share_centre"] for cluster in stored} == {0}
    assert "coupons" not in json.dumps([cluster["cluster_name"] for cluster in stored])


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (THREE[:99], "too_few_people"),
        (THREE[:1], "too_few_people"),
        (THREE[:0], "too_few_people"),
        (ALIKE, "no_differences"),
        # Two kinds of people are not three.
        (ALIKE.assign(order_count=[1, 2] * 120), "no_differences"),
    ],
)
def test_where_there_are_no_clusters_one_row_says_why(table: pd.DataFrame, reason: str) -> None:
    found = fit_clusters(table, PLAN)
    (row,) = found.to_dict("records")
    assert (row["k"], row["reason_code"], row["people_count"]) == (1, reason, len(table))
    assert not row["is_chosen"]
    assert row["fitted_people_count"] == 0
    assert pd.isna(row["centres"])


def test_a_hundred_people_are_enough() -> None:
    assert fit_clusters(THREE[:100], PLAN)["is_chosen"].sum() == 1


def test_three_kinds_of_people_are_three_clusters() -> None:
    found = fit_clusters(ALIKE.assign(order_count=[1, 2, 5] * 80, net_sales=[9, 1, 9] * 80), PLAN)
    assert list(found["k"]) == [3]
    assert found["silhouette"].item() == pytest.approx(1)


def test_where_no_number_is_stable_there_are_four_and_it_is_said() -> None:
    row = chosen(fit_clusters(THREE, {**PLAN, "least_ari": 1.01}))
    assert (row["k"], row["is_stable"]) == (4, False)


def test_of_more_people_so_many_are_drawn() -> None:
    plan = {**PLAN, "max_people": 150, "max_drawn": 120}
    row = chosen(fit_clusters(THREE, plan))
    assert (row["k"], row["people_count"], row["fitted_people_count"]) == (3, 240, 150)


@pytest.mark.parametrize(("silhouette", "k"), [(0.241, 4), (0.239, 3)])
def test_of_equal_silhouettes_the_most_clusters_count(silhouette: float, k: int) -> None:
    rows = [
        {"k": 3, "silhouette": 0.25, "is_stable": True},
        {"k": 4, "silhouette": silhouette, "is_stable": True},
        {"k": 5, "silhouette": 0.3, "is_stable": False},
    ]
    assert _choose(rows, Plan(**PLAN))["k"] == k


def test_no_two_clusters_have_one_name() -> None:
    rng = np.random.default_rng(3)
    for _ in range(300):
        count, measures = int(rng.integers(3, 9)), MEASURES[: int(rng.integers(4, 9))]
        scattered = rng.normal(size=(count, len(measures))).round(1)
        names = name_clusters(measures, scattered - scattered.mean(axis=0))
        assert len(set(names)) == count
        assert all(name and name.count(",") <= 2 for name in names)


@pytest.mark.parametrize(("spend", "name"), [(1.0, "frequent, high spend"), (0.99, "frequent")])
def test_a_further_word_is_a_trait_in_which_a_cluster_is_clearly_the_first(
    spend: float, name: str
) -> None:
    measures = ["order_count", "net_sales", "units_per_order", "recency_days"]
    places = np.array([[3, spend, 0, 0], [-1, 0.5, 2.0, 0], [-2, -3, -2, 0]])
    assert name_clusters(measures, places)[0] == name


def test_more_clusters_than_traits_are_numbered() -> None:
    names = name_clusters(["order_count", "net_sales"], np.array([[2, 0], [-2, 0], [0, 0]]))
    assert names == ["frequent", "few orders", "group 3"]
