"""Clusters of customers by k-means: how many there are, where they lie, how sure that is.

Here clusters are found and named; who belongs to which is said in SQL, by the nearest centre
(`models/segments/customer_clusters.sql`), on the same scale: sign(x) ln(1 + |x|), standardised,
cut off at `CUT` standard deviations, so that a few odd people are no cluster of their own.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score

from stayhouse.base.threads import one_thread
from stayhouse.segments.names import TRAITS, name_clusters

COLUMNS = {
    "k": "int64",
    "silhouette": "float64",
    "bootstrap_ari": "float64",
    "is_stable": "bool",
    "is_chosen": "bool",
    "people_count": "int64",
    "fitted_people_count": "int64",
    "reason_code": "str",
    "centres": "str",
}
CUT = 3.0
SEED = 20_240_101
# Of what is stored and compared, so that SQL and Python say the same of who is as far from two.
DIGITS = 6


@dataclass(frozen=True)
class Plan:
    """How clusters are sought: `meta` of `ml_customer_clusters`, where each number has its reason.

    Attributes:
        cluster_counts: the least and the largest number of clusters that is tried.
        fallback_count: how many there are where no number is stable.
        least_ari: the mean adjusted Rand index of bootstraps from which on a number is stable.
        equal_silhouettes: how far apart two silhouettes are that count as equal.
        starts: of k-means, the best of which counts.
        resamples: bootstraps a number of clusters.
        min_people: with fewer there are no clusters.
        max_people: of more as many are drawn to fit on.
        max_drawn: at most so many people in a bootstrap, and in a silhouette.
    """

    cluster_counts: Sequence[int]
    fallback_count: int
    least_ari: float
    equal_silhouettes: float
    starts: int
    resamples: int
    min_people: int
    max_people: int
    max_drawn: int


@dataclass(frozen=True)
class Scale:
    """The mean and the deviation of each measure, shape (measures,); a constant has deviation 1."""

    means: np.ndarray
    deviations: np.ndarray

    @classmethod
    def of(cls, values: np.ndarray) -> "Scale":
        """Return the scale of measures, shape (people, measures)."""
        logs = _logs(values)
        deviations = logs.std(axis=0).round(DIGITS)
        return cls(logs.mean(axis=0).round(DIGITS), np.where(deviations > 0, deviations, 1.0))

    def apply(self, values: np.ndarray) -> np.ndarray:
        """Return measures on this scale, shape (people, measures)."""
        return np.asarray(np.clip((_logs(values) - self.means) / self.deviations, -CUT, CUT))


def fit_clusters(measured: pd.DataFrame, plan: Mapping[str, Any]) -> pd.DataFrame:
    """Try each number of clusters, choose one and name its clusters.

    Args:
        measured: `person_id` and the measures, which are the keys of `names.TRAITS` or some of
            them; any numbers, none of them missing. May be empty.
        plan: the fields of `Plan`.

    Returns:
        One row per number of clusters tried, with the columns of `COLUMNS`; `centres` (JSON) is
        that of the chosen one. Where there are too few people, or none differ, it is one row of
        one cluster, which is not chosen, and `reason_code` says why.
    """
    wanted = Plan(**plan)
    measures = [name for name in TRAITS if name in measured.columns]
    # In one order: floats are summed, and people are drawn by their place.
    ordered = measured.sort_values("person_id", kind="stable")
    values = ordered[measures].to_numpy(dtype="float64")
    draws = np.random.default_rng(SEED)
    if len(values) > wanted.max_people:
        values = values[np.sort(draws.choice(len(values), wanted.max_people, replace=False))]
    people = {"people_count": len(ordered), "fitted_people_count": len(values)}
    reason = _reason(values, wanted)
    if reason:
        nothing = {"k": 1, "is_stable": False, "is_chosen": False, "centres": None}
        return _table([{**nothing, **people, "fitted_people_count": 0, "reason_code": reason}])
    scale = Scale.of(values)
    points = scale.apply(values)
    with one_thread():
        tried = {count: _kmeans(points, count, wanted) for count in _counts(points, wanted)}
        rows = [_judge(points, fitted, wanted) | people for fitted in tried.values()]
    chosen = _choose(rows, wanted)
    chosen["is_chosen"] = True
    centres = tried[chosen["k"]].cluster_centers_.round(DIGITS)
    chosen["centres"] = _as_json(measures, scale, centres)
    return _table(rows)


def _table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def _logs(values: np.ndarray) -> np.ndarray:
    return np.asarray(np.sign(values) * np.log1p(np.abs(values)))


def _reason(values: np.ndarray, plan: Plan) -> str | None:
    if len(values) < plan.min_people:
        return "too_few_people"
    if len(np.unique(values, axis=0)) < plan.cluster_counts[0]:
        return "no_differences"
    return None


def _counts(points: np.ndarray, plan: Plan) -> range:
    """The numbers of clusters that are tried; not more than there are points, or traits of them."""
    traits = 2 * int((points.std(axis=0) > 0).sum())
    most = min(plan.cluster_counts[1], len(np.unique(points, axis=0)), traits)
    return range(min(plan.cluster_counts[0], most), most + 1)


def _kmeans(points: np.ndarray, count: int, plan: Plan) -> KMeans:
    return KMeans(count, n_init=plan.starts, random_state=SEED).fit(points)


def _judge(points: np.ndarray, fitted: KMeans, plan: Plan) -> dict[str, Any]:
    """Return the silhouette, and how alike clusters of resampled people are to these."""
    drawn = min(len(points), plan.max_drawn)
    # The same people for each number of clusters, so that the silhouettes can be compared.
    draws = np.random.default_rng(SEED)
    some = draws.choice(len(points), drawn, replace=False)
    alike = [
        adjusted_rand_score(fitted.labels_, resampled.predict(points))
        for resampled in (
            _kmeans(points[draws.integers(len(points), size=drawn)], fitted.n_clusters, plan)
            for _ in range(plan.resamples)
        )
    ]
    return {
        "k": fitted.n_clusters,
        "silhouette": float(silhouette_score(points[some], fitted.labels_[some])),
        "bootstrap_ari": float(np.mean(alike)),
        "is_stable": bool(np.mean(alike) >= plan.least_ari),
        "is_chosen": False,
        "reason_code": None,
        "centres": None,
    }


def _choose(rows: list[dict[str, Any]], plan: Plan) -> dict[str, Any]:
    """Return the stable row of the best silhouette; of equal ones that of most clusters."""
    stable = [row for row in rows if row["is_stable"]]
    if not stable:
        return min(rows, key=lambda row: abs(row["k"] - plan.fallback_count))
    best = max(row["silhouette"] for row in stable)
    return [row for row in stable if row["silhouette"] >= best - plan.equal_silhouettes][-1]


def _as_json(measures: list[str], scale: Scale, centres: np.ndarray) -> str:
    """The clusters as a list of objects: name, and of each measure its scale and its centre."""
    clusters = []
    for name, centre in zip(name_clusters(measures, centres), centres.tolist(), strict=True):
        cluster: dict[str, Any] = {"cluster_name": name}
        numbers = zip(
            measures, scale.means.tolist(), scale.deviations.tolist(), centre, strict=True
        )
        for measure, mean, deviation, place in numbers:
            cluster[f"{measure}_mean"] = mean
            cluster[f"{measure}_deviation"] = deviation
            cluster[f"{measure}_centre"] = place
        clusters.append(cluster)
    return json.dumps(sorted(clusters, key=lambda cluster: str(cluster["cluster_name"])))
