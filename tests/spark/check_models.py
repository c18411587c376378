"""The models on Spark, from what DuckDB built below them: `make parity`, after a `make build`.

Each SQL model is written in Spark's dialect, reads its inputs as they stand in the warehouse of the
sample (staging reads the landing folder), and its rows are held against the warehouse's.
"""

import duckdb

from tests.spark.engines import difference, run_on_spark
from tests.spark.models import WAREHOUSE, exported, sql_models

# Columns with ratios that lie half-way between two of their last digits. DuckDB divides decimals as
# doubles and may then round down; Spark divides them exactly and rounds up.
HALF_WAY = {
    "channel_quality": ("cost_per_person", "value_90d_per_person"),
    "customer_snapshots": ("mean_order_value",),
    "referral_retention": ("value_90d_per_person",),
}

_NOT_LANDED = "nothing of it has landed in the sample, and Spark reads no folder that is not there"

# Models that are not run, and why.
NOT_RUN = {
    "feature_profile": "planning its one branch a feature takes more than 2 GB",
    "int_batches__numbered": "reads the files of every source, also of one that has not landed",
    "int_lines__rejected": "reads the files of every source, also of one that has not landed",
    "stg_cdnow__purchases": _NOT_LANDED,
    "stg_online_retail__invoice_lines": _NOT_LANDED,
    "stg_snowplow__events": _NOT_LANDED,
}


def test_models() -> None:
    """Every model gives the same rows, or stands by name and reason where it does not."""
    assert WAREHOUSE.exists(), "nothing is built: run `make build` first"
    models = sql_models()
    assert (HALF_WAY.keys() | NOT_RUN.keys()) <= models.keys()
    models = {name: model for name, model in models.items() if name not in NOT_RUN}
    outcomes = {}
    with duckdb.connect(str(WAREHOUSE), read_only=True) as con:
        con.execute("set TimeZone = 'UTC'")
        inputs = exported(con, {relation for model in models.values() for relation in model.reads})
        answers = run_on_spark("models", inputs, {name: m.sql for name, m in models.items()})
        for name, model in models.items():
            if name in answers.errors:
                outcomes[name] = f"cannot run: {answers.errors[name]}"
                continue
            rows = answers.relation(name)
            outcomes[name] = difference(con, model.relation, rows) or "same"
            if name in HALF_WAY and outcomes[name] != "same":
                unlike = difference(con, model.relation, rows, HALF_WAY[name])
                outcomes[name] = unlike or "half-way"
    for name, outcome in outcomes.items():
        print(f"{name}: {outcome}")
    print(f"{list(outcomes.values()).count('same')} of {len(outcomes)} models are the same")
    expected = {name: "half-way" if name in HALF_WAY else "same" for name in models}
    unlike_expected = {n: outcomes[n] for n in models if outcomes[n] != expected[n]}
    assert not unlike_expected, "a model that has become the same goes off its list"
