"""The marts that judge classifiers, against scikit-learn and numpy on the sample."""

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest
from sklearn.metrics import auc, confusion_matrix, log_loss, roc_auc_score, roc_curve

from tests.building import Run

JUDGED = """
    select p.classifier, p.split, p.person_id, p.churn_probability, l.has_churned
    from churn.ml_churn_probabilities as p
    inner join features.churn_labels as l using (person_id, cut_off_at)
    where not l.is_censored
    order by all
"""


@pytest.fixture(scope="module")
def judged(warehouse: Run) -> pd.DataFrame:
    return warehouse.frame(JUDGED)


def groups(judged: pd.DataFrame) -> list[tuple[str, str, np.ndarray, np.ndarray]]:
    found = []
    for (classifier, split), part in judged.groupby(["classifier", "split"]):
        truth = part["has_churned"].astype(bool).to_numpy()
        found.append((str(classifier), str(split), truth, part["churn_probability"].to_numpy()))
    assert {split for _, split, _, _ in found} == {"validation", "test"}
    return found


def curve(warehouse: Run, name: str) -> pd.DataFrame:
    rows = warehouse.frame(f"select * from churn.churn_curves where curve = '{name}'")
    return rows.sort_values("point_number").set_index(["classifier", "split"]).sort_index()


def test_confusion_is_counted_at_each_threshold(warehouse: Run, judged: pd.DataFrame) -> None:
    rows = curve(warehouse, "confusion")
    for classifier, split, truth, probability in groups(judged):
        part = rows.loc[(classifier, split)]
        assert part["x"].tolist() == pytest.approx(np.arange(101) / 100)
        for point in part.itertuples():
            predicted = probability >= point.x
            assert (
                point.true_positive_count,
                point.false_positive_count,
                point.false_negative_count,
                point.true_negative_count,
            ) == (
                (predicted & truth).sum(),
                (predicted & ~truth).sum(),
                (~predicted & truth).sum(),
                (~predicted & ~truth).sum(),
            )


def test_points_of_the_roc_lie_on_scikit_learns_curve(warehouse: Run, judged: pd.DataFrame) -> None:
    rows = curve(warehouse, "roc")
    for classifier, split, truth, probability in groups(judged):
        part = rows.loc[(classifier, split)]
        fpr, tpr, _ = roc_curve(truth, probability, drop_intermediate=False)
        corners = {(round(x, 9), round(y, 9)) for x, y in zip(fpr, tpr, strict=True)}
        assert {(round(p.x, 9), round(p.y, 9)) for p in part.itertuples()} <= corners
        assert len(part) == 101
        area = roc_auc_score(truth, probability)
        assert auc(part["x"], part["y"]) == pytest.approx(area, abs=0.005)


def test_deciles_are_calibrated_as_counted_by_hand(warehouse: Run, judged: pd.DataFrame) -> None:
    """By pandas: the decile of the share of customers with at most this probability."""
    rows = curve(warehouse, "calibration")
    for classifier, split, truth, probability in groups(judged):
        part = rows.loc[(classifier, split)].set_index("point_number")
        highest = pd.Series(probability).rank(method="max").astype(int)
        decile = -(-10 * highest // len(highest))
        assert set(decile) == set(part.index)
        for number in part.index:
            chosen = (decile == number).to_numpy()
            row = part.loc[number]
            assert row["customer_count"] == chosen.sum()
            assert row["x"] == pytest.approx(probability[chosen].mean(), abs=1e-9)
            assert row["y"] == pytest.approx(truth[chosen].mean())
            wilson = binomtest(int(truth[chosen].sum()), int(chosen.sum())).proportion_ci(
                method="wilson"
            )
            assert (row["low"], row["high"]) == pytest.approx((wilson.low, wilson.high))


def test_segments_are_scikit_learns_on_their_customers(
    warehouse: Run, judged: pd.DataFrame
) -> None:
    """Gender as landed, of those whose profile the test cut-off knew; nobody there changes it."""
    known = warehouse.frame("""
        select 'c:shop:' || v.customer_id as person_id, any_value(v.gender) as gender
        from core.customer_versions as v
        cross join features.churn_cutoffs as c
        where c.split = 'test' and v.valid_from < c.cut_off_at
        group by v.customer_id
        having count(distinct v.gender) <= 1
        """).set_index("person_id")["gender"]
    marts = warehouse.frame(
        "select * from churn.churn_evaluation_by_segment where segment_kind = 'gender'"
    ).set_index(["classifier", "segment"])
    thresholds = warehouse.frame("select classifier, threshold, split from churn.churn_evaluation")
    checked = 0
    for name, part in judged[judged["split"] == "test"].groupby("classifier"):
        gender = part["person_id"].map(known).fillna("unknown")
        threshold = thresholds.loc[thresholds["classifier"] == name, "threshold"].iloc[0]
        for segment in ("female", "male"):
            row = marts.loc[(str(name), segment)]
            chosen = part[(gender == segment).to_numpy()]
            truth = chosen["has_churned"].astype(bool).to_numpy()
            probability = chosen["churn_probability"].to_numpy()
            tn, fp, fn, tp = confusion_matrix(truth, probability >= threshold).ravel()
            assert row["customer_count"] == len(chosen)
            assert row["roc_auc"] == pytest.approx(roc_auc_score(truth, probability))
            assert row["log_loss"] == pytest.approx(log_loss(truth, probability), abs=1e-9)
            assert row["calibration_gap"] == pytest.approx(
                probability.mean() - truth.mean(), abs=1e-9
            )
            assert row["selection_rate"] == pytest.approx((tp + fp) / len(chosen))
            assert row["false_positive_rate"] == pytest.approx(fp / (fp + tn))
            assert row["false_negative_rate"] == pytest.approx(fn / (fn + tp))
            wilson = binomtest(int(tp), int(tp + fp)).proportion_ci(method="wilson")
            assert (row["precision_low"], row["precision_high"]) == pytest.approx(
                (wilson.low, wilson.high)
            )
            checked += 1
    assert checked >= 8


def psi(baseline: np.ndarray, compared: np.ndarray) -> float:
    """The index by numpy: right-closed bins at the deciles; missing, and below a heap at the
    lowest value, are bins of their own.
    """
    known = baseline[~np.isnan(baseline)]
    edges = np.quantile(known, np.arange(1, 10) / 10, method="inverted_cdf") if len(known) else []

    def shares(values: np.ndarray) -> np.ndarray:
        bins = np.searchsorted(edges, values, side="left")
        bins[np.isnan(values)] = 10
        if len(known) and (known == known.min()).mean() >= 0.1:
            bins[values < known.min()] = 11
        return np.maximum(np.bincount(bins, minlength=12) / len(values), 1e-4)

    e, a = shares(baseline), shares(compared)
    return float(((a - e) * np.log(a / e)).sum())


def test_drift_of_every_feature_is_numpys(warehouse: Run) -> None:
    marts = warehouse.frame("select * from churn.churn_drift where subject_kind = 'feature'")
    snapshots = warehouse.frame("select * from features.customer_snapshots")
    numbers = {
        name
        for name in snapshots.columns
        if pd.api.types.is_numeric_dtype(snapshots[name])
        or pd.api.types.is_bool_dtype(snapshots[name].dropna().infer_objects())
    }
    assert set(marts["subject"]) == numbers - {"horizon_days"}
    for row in marts.itertuples():
        values = snapshots[row.subject].astype("float64")
        baseline = values[snapshots["split"] == "train"].to_numpy()
        compared = values[snapshots["split"] == row.compared_split].to_numpy()
        assert row.psi == pytest.approx(psi(baseline, compared), abs=1e-8), row.subject
        band = "stable" if row.psi < 0.1 else "watch" if row.psi <= 0.25 else "drift"
        assert row.drift_band == band


def test_drift_of_scores_begins_at_validation(warehouse: Run) -> None:
    marts = warehouse.frame("select * from churn.churn_drift where subject_kind = 'score'")
    scores = warehouse.frame("select * from churn.ml_churn_probabilities")
    assert set(marts["baseline_split"]) == {"validation"}
    assert len(marts) == 2 * scores["classifier"].nunique()
    for row in marts.itertuples():
        part = scores[scores["classifier"] == row.subject].set_index("split")["churn_probability"]
        found = psi(part["validation"].to_numpy(), part[row.compared_split].to_numpy())
        assert row.psi == pytest.approx(found, abs=1e-8)


def curves_of(warehouse: Run, judged: list[tuple[str, float, bool]]) -> pd.DataFrame:
    """The compiled models of curves on customers made by hand: (person, probability, churned)."""
    models = warehouse.target / "compiled" / "stayhouse" / "models" / "churn" / "judge"
    with duckdb.connect() as con:
        con.execute(f"attach ':memory:' as {warehouse.database.stem}")
        con.execute(f"use {warehouse.database.stem}")
        con.execute("create schema churn")
        con.execute(
            "create table churn.int_churn__judged (classifier varchar, split varchar, "
            "person_id varchar, churn_probability double, has_churned boolean, cut_off_date date)"
        )
        for person, probability, churned in judged:
            con.execute(
                "insert into churn.int_churn__judged values ('any', 'test', ?, ?, ?, '2024-01-01')",
                [person, probability, churned],
            )
        tallied = Path(models / "int_churn__tallied.sql").read_text(encoding="utf-8")
        con.execute(f"create table churn.int_churn__tallied as {tallied}")
        return con.execute(Path(models / "churn_curves.sql").read_text(encoding="utf-8")).df()


TIED = [
    ("a", 0.9, True),
    ("b", 0.6, True),
    ("c", 0.6, True),
    ("d", 0.6, True),
    ("e", 0.6, False),
    ("f", 0.6, False),
    ("g", 0.29, False),
    ("h", 0.1, True),
    ("i", 0.1, False),
    ("j", 0.1, False),
]


def test_ties_by_hand(warehouse: Run) -> None:
    """Ten customers, five of whom churned: .9, five times .6, .29 and three times .1."""
    rows = curves_of(warehouse, TIED).set_index(["curve", "outcome", "point_number"]).sort_index()
    counts = ["true_positive_count", "false_positive_count", "false_negative_count"]
    confusion = rows.loc[("confusion", "churn")]
    # Whoever is equal to the threshold is predicted: .29 is, at .29, and not at .30.
    assert confusion.loc[29, counts].tolist() == [4, 3, 1]
    assert confusion.loc[30, counts].tolist() == [4, 2, 1]
    assert confusion.loc[30, "y"] == pytest.approx(2 * 4 / (6 + 5))
    assert confusion.loc[60, counts].tolist() == [4, 2, 1]
    assert confusion.loc[61, counts].tolist() == [1, 0, 4]
    assert confusion.loc[100, counts].tolist() == [0, 0, 5]
    assert confusion.loc[100, "y"] == 0
    # The riskiest fifth: one for certain, and of the five tied one place, for 3 churners of 5.
    assert rows.loc[("lift", "churn", 20), "y"] == pytest.approx((1 + 0.6) / 2 / 0.5)
    assert rows.loc[("gain", "churn", 20), "y"] == pytest.approx((1 + 0.6) / 5)
    # The safest fifth: two of the three places of .1, where 2 of 3 bought.
    assert rows.loc[("lift", "buy", 20), "y"] == pytest.approx(2 * 2 / 3 / 2 / 0.5)
    # A twentieth is half a customer, and the surest one churned.
    assert rows.loc[("lift", "churn", 5), ["y", "customer_count"]].tolist() == [2, 1]
    # The ROC does not cut the tied: 11 to 60 of 100 are all at the corner behind the five.
    assert rows.loc[("roc", "churn", 10), ["x", "y"]].tolist() == pytest.approx([0, 0.2])
    for hundredth in (11, 60):
        assert rows.loc[("roc", "churn", hundredth), ["x", "y"]].tolist() == pytest.approx(
            [0.4, 0.8]
        )
    # Three have at most .1, four at most .29, nine at most .6, all at most .9.
    assert rows.loc[("calibration", "churn")].index.tolist() == [3, 4, 9, 10]
    assert rows.loc[("calibration", "churn", 9), ["x", "y"]].tolist() == pytest.approx([0.6, 0.6])


def test_one_outcome_has_no_roc_and_no_lift_of_what_did_not_happen(warehouse: Run) -> None:
    rows = curves_of(warehouse, [("a", 0.9, True), ("b", 0.4, True)])
    found = set(zip(rows["curve"], rows["outcome"], strict=True))
    assert found == {
        ("calibration", "churn"), ("confusion", "churn"), ("lift", "churn"), ("gain", "churn"),
    }  # fmt: skip
    assert rows.loc[rows["curve"] == "lift", "y"].tolist() == pytest.approx([1.0] * 12)


def test_nobody_judged_no_curves(warehouse: Run) -> None:
    assert curves_of(warehouse, []).empty
