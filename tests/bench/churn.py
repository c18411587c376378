"""``make bench-churn``: what churn costs at 100,000 customers, in CPU seconds.

A small planted shop is built and its people are repeated under other names until there are enough:
the cost of features and classifiers is asked for, not that of making customers. Features are of
processes of their own, less what the same command costs where there is nothing to do; training and
scoring are those of the package, on the snapshots that this gives.
"""

import argparse
import json
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import yaml

from stayhouse.churn import apply_classifiers, fit_classifiers
from tests.bench.measuring import run_dbt, small_shop
from tests.bench.yardstick import slowness, told
from tests.building import CHECKOUT, Run

CUSTOMERS = 100_000
# So many days give twelve cut-offs at a horizon of 90 days.
DAYS = 570
VARS = "{churn_horizon_days: 90}"
NETWORKS = {"cnn", "gru"}
MOST_SECONDS = {"features": 60, "training": 300, "scoring": 10}
# What makes a row somebody's; a table with none of them is the shop's.
_IDS = (
    "person_id", "customer_id", "named_customer_id", "refunded_customer_id", "referred_by",
    "visitor_id", "order_id", "line_id", "session_id", "event_id", "review_id", "contact_id",
)  # fmt: skip


@dataclass(frozen=True)
class Costs:
    """CPU seconds, and of how much."""

    buyers: int
    cutoffs: int
    snapshots: int
    features: float
    training: float
    training_rows: int
    scoring: float
    classifiers: list[str]


def main() -> int:
    """Measure and print; return 1 if anything costs more than it may."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.churn", description=__doc__)
    parser.add_argument("--customers", type=int, default=CUSTOMERS, metavar="N")
    customers = parser.parse_args().customers
    with tempfile.TemporaryDirectory(prefix="stayhouse-bench-") as name:
        small = small_shop(Path(name), DAYS, "--vars", VARS, "--select", "+churn_labels")
        slow = slowness()
        costs = measure(small, Path(name) / "large", customers)
        return report(costs, min(slow, slowness()))


def measure(small: Run, folder: Path, customers: int) -> Costs:
    """Return what so many customers cost."""
    folder.mkdir()
    run = Run(folder, landing=small.landing)
    models, inputs = _features(small)
    found = small.query("select count(*) from features.customer_snapshots where split = 'today'")
    buyers = int(str(found[0][0]))
    print(f"Repeating its {buyers:,} buyers up to {customers:,} ...", flush=True)
    _repeat(small, run, inputs, -(-customers // buyers))

    # The first command parses the project and builds what the second one reads; only the second
    # costs what every command does.
    run_dbt(run, "run", "--select", "churn_horizon", "churn_cutoffs", "--vars", VARS)
    nothing = run_dbt(run, "run", "--select", "churn_cutoffs", "--vars", VARS)
    features = run_dbt(run, "run", "--select", *models, "--vars", VARS) - nothing
    meta = _spec("python_models/churn/train/ml_churn_classifiers.yml")["config"]["meta"]
    columns = _spec("models/features/customer_snapshots.yml")["columns"]
    read = [column["name"] for column in columns if "config" in column]
    plan = {name: words for name, words in meta["classifiers"].items() if name not in NETWORKS}
    snapshots = run.frame("select * from features.customer_snapshots")
    labels = run.frame(
        "select person_id, cut_off_at, has_churned from features.churn_labels "
        "where split in ('train', 'refit', 'validation')"
    )
    training = snapshots.merge(labels, on=["person_id", "cut_off_at"])
    today = snapshots[snapshots["split"] == "today"]
    began = time.process_time()
    stored = fit_classifiers(training, read, plan, meta["calibration_windows"])
    fitted = time.process_time()
    apply_classifiers(today, stored)
    scored = time.process_time()
    return Costs(
        buyers=len(today),
        cutoffs=snapshots["cut_off_at"].nunique(),
        snapshots=len(snapshots),
        features=features,
        training=fitted - began,
        training_rows=len(training),
        scoring=scored - fitted,
        classifiers=sorted(stored["classifier"].unique()),
    )


def report(costs: Costs, slow: float) -> int:
    """Print each cost beside what it may be; return 1 if one is more.

    `slow` is how many times as long this machine takes as the one of the limits.
    """
    said = {
        "features": f"features of {costs.buyers:,} customers by {costs.cutoffs} cut-offs "
        f"({costs.snapshots:,} snapshots)",
        "training": f"training on {costs.training_rows:,} of them: {', '.join(costs.classifiers)}",
        "scoring": f"scoring {costs.buyers:,} customers with all of these",
    }
    print(f"DuckDB {duckdb.__version__}:")
    for name, most in MOST_SECONDS.items():
        print(f"{told(getattr(costs, name), slow)}, at most {most}: {said[name]}")
    return int(any(getattr(costs, name) > slow * most for name, most in MOST_SECONDS.items()))


def _features(run: Run) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the models of the room, and the tables of other rooms that they read."""
    manifest = json.loads((run.target / "manifest.json").read_text(encoding="utf-8"))
    nodes = manifest["nodes"]
    own = {
        key: node
        for key, node in nodes.items()
        if node["resource_type"] == "model" and node["schema"] == "features"
    }
    read = {parent for node in own.values() for parent in node["depends_on"]["nodes"]} - set(own)
    inputs = sorted((nodes[key]["schema"], nodes[key]["name"]) for key in read if key in nodes)
    return sorted(node["name"] for node in own.values()), inputs


def _repeat(small: Run, large: Run, tables: list[tuple[str, str]], times: int) -> None:
    """Write the tables with every person so many times, each time under other names."""
    with duckdb.connect(str(large.database)) as con:
        con.execute(f"attach '{small.database}' as small (read_only)")
        for schema, table in tables:
            con.execute(f"create schema if not exists {schema}")
            described = con.execute(f"describe small.{schema}.{table}").fetchall()
            columns = {str(row[0]) for row in described}
            ids = [name for name in _IDS if name in columns]
            rows = f"select t.* from small.{schema}.{table} as t"
            if ids:
                named = ", ".join(f"{name} || '#' || copy as {name}" for name in ids)
                rows = (
                    f"select t.* replace ({named}) "
                    f"from small.{schema}.{table} as t, range({times}) as r(copy)"
                )
            con.execute(f"create table {schema}.{table} as {rows}")


def _spec(path: str) -> dict[str, Any]:
    spec = yaml.safe_load((CHECKOUT / path).read_text(encoding="utf-8"))
    return dict(spec["models"][0])


if __name__ == "__main__":
    sys.exit(main())
