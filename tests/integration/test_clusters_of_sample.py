"""Clusters in the warehouse: SQL says what Python says, and names stay when people change."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy.spatial.distance import cdist
from sklearn.cluster import KMeans

from stayhouse.segments import fit_clusters
from stayhouse.segments.names import TRAITS
from tests.building import CHECKOUT, Run

PLAN: dict[str, Any] = yaml.safe_load(
    (CHECKOUT / "python_models" / "segments" / "ml_customer_clusters.yml").read_text()
)["models"][0]["config"]["meta"]["plan"]
MEASURES = list(TRAITS)
REFITS = 5


@pytest.fixture(scope="module")
def measured(warehouse: Run) -> pd.DataFrame:
    return warehouse.frame("select * from segments.int_clusters__measured order by person_id")


@pytest.fixture(scope="module")
def clusters(warehouse: Run) -> pd.DataFrame:
    return warehouse.frame("select * from segments.customer_clusters order by person_id")


def numbers(stored: pd.DataFrame, kind: str) -> np.ndarray:
    """The means, deviations or centres of clusters, shape (clusters, measures)."""
    return stored[[f"{name}_{kind}" for name in MEASURES]].to_numpy()


def on_scale(measured: pd.DataFrame, stored: pd.DataFrame) -> np.ndarray:
    """Measures as the stored scale has them, without the package."""
    values = measured[MEASURES].to_numpy(dtype="float64")
    logs = np.log1p(np.abs(values)) * np.sign(values)
    return ((logs - numbers(stored, "mean")[0]) / numbers(stored, "deviation")[0]).clip(-3, 3)


def assigned(measured: pd.DataFrame, stored: pd.DataFrame) -> np.ndarray:
    """The name of everybody's nearest centre."""
    distances = cdist(on_scale(measured, stored), numbers(stored, "centre")).round(6)
    return stored["cluster_name"].to_numpy()[distances.argmin(axis=1)]


def chosen(table: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(json.loads(table.loc[table["is_chosen"], "centres"].item()))


@pytest.fixture(scope="module")
def stored(warehouse: Run) -> pd.DataFrame:
    return chosen(warehouse.frame("select * from segments.ml_customer_clusters"))


def test_sql_assigns_whom_python_assigns(
    measured: pd.DataFrame, clusters: pd.DataFrame, stored: pd.DataFrame
) -> None:
    assert list(clusters["person_id"]) == list(measured["person_id"])
    centres = numbers(stored, "centre")
    points = on_scale(measured, stored)
    distances = np.sort(cdist(points, centres), axis=1)
    assert list(clusters["cluster_name"]) == list(assigned(measured, stored))
    assert clusters["distance"].to_numpy() == pytest.approx(distances[:, 0], abs=1e-6)
    assert clusters["distance_to_next"].to_numpy() == pytest.approx(distances[:, 1], abs=1e-6)
    nearly = distances[:, 0] / distances[:, 1]
    clear = np.abs(nearly - 0.9) > 1e-5
    assert ((nearly > 0.9) == clusters["is_borderline"])[clear].all()
    # They are k-means: from these centres no step leads further, and nobody changes sides.
    again = KMeans(len(centres), init=centres, n_init=1).fit(points)
    names = stored["cluster_name"].to_numpy()[again.labels_]
    assert (names == clusters["cluster_name"]).mean() > 0.995


def test_a_refit_on_nearly_everybody_keeps_the_names(
    measured: pd.DataFrame, clusters: pd.DataFrame
) -> None:
    kept = []
    for seed in range(REFITS):
        some = measured.sample(frac=0.95, random_state=seed)
        again = chosen(fit_clusters(some, PLAN))
        kept.append((assigned(measured, again) == clusters["cluster_name"]).mean())
    assert min(kept) >= 0.9, kept


def test_measures_are_what_a_person_counts(warehouse: Run, measured: pd.DataFrame) -> None:
    """From the orders and sessions one by one, in pandas."""
    as_of = warehouse.frame("select as_of_at from core.clock")["as_of_at"].item()
    orders = warehouse.frame(
        "select * from core.orders where is_net_at_clock and person_id is not null"
    )
    visits = warehouse.frame("select person_id, started_at, is_bot from core.sessions")
    visits = visits[(visits["started_at"] < as_of) & ~visits["is_bot"].astype(bool)]
    visit_count = visits["person_id"].value_counts()
    rows = measured.set_index("person_id")
    assert len(rows) == orders["person_id"].nunique()
    for person, theirs in orders.groupby("person_id"):
        row = rows.loc[person]
        assert row["order_count"] == len(theirs)
        assert row["coupon_share"] == pytest.approx(theirs["coupon_code"].notna().mean())
        assert row["units_per_order"] == pytest.approx(float(theirs["item_quantity"].mean()))
        visits_per_order = visit_count.get(person, 0) / len(theirs)
        assert row["visits_per_order"] == pytest.approx(visits_per_order)
