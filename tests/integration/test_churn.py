"""Churn on the sample: out of time, and worth nothing once the labels are shuffled."""

import json
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
import yaml

from stayhouse.churn import apply_classifiers, evaluate_classifiers, fit_classifiers
from stayhouse.churn.extras import NETWORKS, has_networks
from tests.building import CHECKOUT, Run
from tests.parsed_dbt import turned

# The networks are there where their extra is installed.
CLASSIFIERS = sorted(
    [
        *("bg_nbd", "blend", "boosted_trees", "logistic_regression", "mlp"),
        *("random_forest", "recency"),
        *(NETWORKS if has_networks() else ()),
    ]
)


def test_each_split_is_judged_later_than_anything_its_models_saw(warehouse: Run) -> None:
    """`selection` saw train outcomes only, `final` none after the test cut-off."""
    rows = warehouse.query(
        """
        select e.split, e.cut_off_date >= max(t.outcome_at)::date, count(distinct t.cut_off_at) > 1
        from churn.churn_evaluation as e
        inner join features.churn_cutoffs as t
            on t.split = 'train' or (e.split = 'test' and t.split in ('refit', 'validation'))
        group by e.split, e.cut_off_date
        order by e.split
        """
    )
    assert rows == [("test", True, True), ("validation", True, True)]


def test_the_sample_has_scores_and_one_champion(warehouse: Run) -> None:
    assert warehouse.query(
        "select classifier, split from churn.churn_evaluation order by split, classifier"
    ) == [(name, split) for split in ("test", "validation") for name in CLASSIFIERS]
    champions = "select count(distinct classifier) from churn.churn_scores where is_champion"
    assert warehouse.query(champions) == [(1,)]
    # Recency alone foresees something; nothing out of time is near certainty.
    for name, auc in warehouse.query(
        "select classifier, roc_auc from churn.churn_evaluation where split = 'test'"
    ):
        assert 0.65 <= float(str(auc)) <= 0.87, name


def test_the_model_comparison_says_what_is_absent_and_why(warehouse: Run) -> None:
    rows = warehouse.query(
        "select classifier, reason from churn.churn_model_comparison"
        " where not is_fitted order by classifier"
    )
    reason = "PyTorch is not installed: `make deep` adds it."
    assert rows == ([] if has_networks() else [(name, reason) for name in NETWORKS])


def test_a_shuffled_label_gives_half(warehouse: Run) -> None:
    """Labels are shuffled among the people of each cut-off, in training and in judging alike."""
    spec = yaml.safe_load(
        (CHECKOUT / "python_models/churn/train/ml_churn_classifiers.yml").read_text()
    )
    meta = spec["models"][0]["config"]["meta"]
    with duckdb.connect(str(warehouse.database), read_only=True) as con:
        snapshots = con.execute(
            "select s.*, l.has_churned from features.customer_snapshots as s "
            "inner join features.churn_labels as l using (person_id, cut_off_at) "
            "where not l.is_censored order by cut_off_at, person_id"
        ).df()
        sequences = con.execute("select * from features.customer_sequences").df()
        features = con.execute("select * from churn.int_churn__features").df()
    rng = np.random.default_rng(11)
    snapshots["has_churned"] = snapshots.groupby("cut_off_at")["has_churned"].transform(
        lambda labels: rng.permutation(labels.to_numpy())
    )
    training = snapshots[snapshots["split"] != "test"]
    stored = fit_classifiers(training, features, meta["classifiers"], sequences=sequences)
    test = snapshots[snapshots["split"] == "test"]
    scored = apply_classifiers(test, stored, sequences)
    judged = scored.merge(
        test[["person_id", "cut_off_at", "cut_off_date", "horizon_days", "has_churned"]],
        on=["person_id", "cut_off_at"],
    )
    evaluation = evaluate_classifiers(judged)
    assert sorted(evaluation["classifier"]) == CLASSIFIERS
    assert evaluation["roc_auc"].between(0.45, 0.55).all(), evaluation[["classifier", "roc_auc"]]


def test_knobs_are_turned_for_whoever_fits(warehouse: Run, parsed: Path, tmp_path: Path) -> None:
    """The YAML's knobs reach training, backtest and horizons alike: no law accuses a leak."""

    def turn(meta: dict[str, dict[str, Any]]) -> None:
        training, past = meta["ml_churn_classifiers"], meta["ml_churn_backtest"]
        training["calibration_windows"] = 0
        training["without"] = ["purchase_count"]
        training["limits"] = {
            "half_life_days": 30, "rows": 1500, "window_rows": 500, "search_folds": 0
        }  # fmt: skip
        training["classifiers"] = {
            "recency": {"features": ["recency_days"]},
            "random_forest": {"n_estimators": 3, "random_state": 1},
            # Fewer features, a copy among them, and fewer rows than the others.
            "logistic_regression": {
                "features": ["recency_days", "recency_over_max_gap", "visits_missed"],
                "max_rows": 1000,
                "max_iter": 500,
            },
        }
        past["classifiers"] = ["recency", "logistic_regression"]

    run = Run(tmp_path, parsed=turned(parsed, tmp_path, turn))
    run.database.write_bytes(warehouse.database.read_bytes())
    before = run.query("select * from churn.churn_horizons order by horizon_days")
    run.build(
        *("--select", "ml_churn_classifiers+,+churn_backtest_knows_its_past"),
        *("ml_churn_classifiers+,+churn_horizons", "churn_features"),
    )
    laws = json.loads((run.target / "run_results.json").read_text())["results"]
    passed = {law["unique_id"].split(".")[2] for law in laws if law["status"] == "pass"}
    assert {"churn_backtest_knows_its_past", "churn_horizons_agree_with_labels"} <= passed
    assert run.query("select distinct classifier from churn.churn_backtest order by 1") == [
        ("logistic_regression",), ("recency",)
    ]  # fmt: skip
    read = (
        "select count(*), count(*) filter (feature = 'purchase_count') "
        "from churn.churn_features where classifier = 'random_forest'"
    )
    ((features, left_out),) = run.query(read)
    assert int(str(features)) > 100
    assert left_out == 0
    assert run.query("select * from churn.churn_horizons order by horizon_days") != before


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("churn_min_buyers: 100000", "had bought by the test cut-off; 100000 are needed."),
        ("churn_horizon_days: 240", " days, shorter than the 810"),
    ],
)
def test_too_little_data_publishes_no_scores_and_says_why(
    warehouse: Run, parsed: Path, tmp_path: Path, setting: str, sentence: str
) -> None:
    """The gate, on a copy of the built warehouse: only the churn rooms are built again."""
    run = Run(tmp_path, parsed=parsed)
    run.database.write_bytes(warehouse.database.read_bytes())
    run.build("--vars", "{" + setting + "}", "--select", "churn_horizon+")
    for mart in (
        "scores", "evaluation", "evaluation_by_segment", "champion", "curves", "backtest", "drift",
    ):  # fmt: skip
        assert run.query(f"select count(*) from churn.churn_{mart}") == [(0,)], mart
    ((is_ready, reason),) = run.query("select is_ready, reason from churn.churn_readiness")
    assert is_ready is False
    assert sentence in str(reason)
