"""Campaigns, experiments and who is held out, in the sample: counted anew from landed files."""

from hashlib import md5

import duckdb
import pandas as pd
import pytest
from scipy.stats import chisquare

from tests.building import CHECKOUT, Run

KEYS = {
    "campaigns": ["campaign_id"],
    "content": ["content_id"],
    "experiments": ["experiment_id", "arm"],
    "exposures": ["experiment_id", "arm", "unit_id"],
}


def landed(table: str) -> pd.DataFrame:
    """Return the rows of a table of the sample as they landed, as text."""
    files = f"{CHECKOUT}/seeds/sample/shop/{table}/*/data.parquet"
    with duckdb.connect() as con:
        return con.execute(f"from read_parquet('{files}', hive_partitioning = false)").df()


@pytest.mark.parametrize("table", KEYS)
def test_a_mart_has_each_key_that_landed_once(warehouse: Run, table: str) -> None:
    keys = KEYS[table]
    expected = landed(table)[keys].drop_duplicates()
    found = warehouse.frame(f"select {', '.join(keys)} from core.{table}")
    assert len(expected) > 5
    assert set(found.itertuples(index=False)) == set(expected.itertuples(index=False))
    assert len(found) == len(expected)


def test_first_exposures_of_the_sample(warehouse: Run) -> None:
    """By pandas: the first instant of each unit and arm; all units of the sample are customers."""
    rows = landed("exposures")
    rows["at"] = pd.to_datetime(rows["exposed_at"], format="ISO8601", utc=True)
    first = rows.groupby(KEYS["exposures"])["at"].min().dt.tz_localize(None).to_dict()
    mart = warehouse.frame("select * from core.exposures")
    found = {(m.experiment_id, m.arm, m.unit_id): m.exposed_at for m in mart.itertuples()}
    assert found == first
    assert (mart["person_id"] == "c:shop:" + mart["unit_id"]).all()
    assert mart["is_planned"].all()


def test_shares_of_the_sample(warehouse: Run) -> None:
    plans = landed("experiments")
    plans["share"] = plans["weight"].astype(float)
    plans["share"] /= plans.groupby("experiment_id")["share"].transform("sum")
    arms = warehouse.frame("select * from core.experiments")
    found = {(a.experiment_id, a.arm): (a.share, a.is_control) for a in arms.itertuples()}
    assert found == {
        (p.experiment_id, p.arm): (p.share, p.arm == "control") for p in plans.itertuples()
    }


def bucket(salt: str, unit: str) -> int:
    """By the standard library, as docs/definitions.md says."""
    return int(md5(f"{salt}|{unit}".encode()).hexdigest()[:8], 16) % 10_000


def test_what_is_planted_in_experiments_can_be_seen(warehouse: Run) -> None:
    """docs/shop.md: arms by bucket, control below 5000; `new_checkout` loses units of one arm,
    3 % of `loyalty_badge` meet both."""
    mart = warehouse.frame(
        "select x.*, e.share from core.exposures as x "
        "inner join core.experiments as e using (source_name, experiment_id, arm)"
    )
    arms = mart.groupby("experiment_id")["unit_id"].value_counts()
    twice = (arms == 2).groupby("experiment_id").mean()
    units = mart.groupby(["experiment_id", "arm"]).agg(n=("unit_id", "count"), p=("share", "first"))
    fits = {
        experiment: chisquare(arm["n"], arm["n"].sum() * arm["p"]).pvalue
        for experiment, arm in units.groupby("experiment_id")
    }
    planted = {"aa_check", "delivery_promise", "new_colours", "loyalty_badge", "new_checkout"}
    assert planted <= set(fits)
    assert fits["new_checkout"] == pytest.approx(3.5e-4, abs=1e-5)
    assert min(fits[experiment] for experiment in planted - {"new_checkout"}) > 0.05
    assert twice["loyalty_badge"] == pytest.approx(0.03, abs=0.01)
    assert (twice.drop("loyalty_badge") == 0).all()
    drawn = mart[mart["experiment_id"].isin(planted - {"loyalty_badge"})]
    assert all(
        (bucket(row.experiment_id, row.unit_id) < 5_000) == (row.arm == "control")
        for row in drawn.itertuples()
    )


def test_who_is_held_out_got_no_message(warehouse: Run) -> None:
    """The planted shop holds out by the salt and the buckets that are the defaults here."""
    customers = warehouse.frame("select customer_id, is_held_out from core.customers")
    held_out = set(customers.loc[customers["is_held_out"], "customer_id"])
    assert held_out == {c for c in customers["customer_id"] if bucket("global_holdout", c) < 1_000}
    assert 0.08 < len(held_out) / len(customers) < 0.12
    assert not held_out & set(landed("contacts")["customer_id"])
