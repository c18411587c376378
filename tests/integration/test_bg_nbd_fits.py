"""BG/NBD in the warehouse: SQL and Python say the same, of the same histories."""

import numpy as np
import pandas as pd
import pytest

from stayhouse.purchasing.bg_nbd import BgNbd, Histories, fit
from tests.building import Run

# Purchase days counted from the orders themselves, not through the features.
HISTORIES = """
    with days as (
        select distinct
            person_id,
            (ordered_at at time zone 'UTC' at time zone 'Europe/London')::date as day
        from core.orders
        where is_net_at_clock and person_id is not null
            and ordered_at < (select as_of_at from core.clock)
    )
    select
        person_id,
        count(*) - 1 as frequency,
        (max(day) - min(day)) / 7 as recency,
        ((select as_of_at::date from core.clock) - 1 - min(day)) / 7 as age
    from days
    group by person_id
    order by person_id
"""


@pytest.fixture(scope="module")
def snapshots(warehouse: Run) -> pd.DataFrame:
    return warehouse.frame(
        "select s.*, f.r, f.alpha, f.a, f.b from features.customer_snapshots as s "
        "inner join features.bg_nbd_fits as f using (cut_off_at) order by cut_off_at, person_id"
    )


def test_sql_gives_the_probability_of_python(snapshots: pd.DataFrame) -> None:
    assert snapshots["cut_off_at"].nunique() > 5
    for _, part in snapshots.groupby("cut_off_at"):
        first = part.iloc[0]
        model = BgNbd(first["r"], first["alpha"], first["a"], first["b"])
        t_x = (part["tenure_days"] - part["recency_days"]) / 7
        age = np.maximum((part["tenure_days"] - 1) / 7, t_x)
        orders = model.p_order(
            part["purchase_count"] - 1, t_x, age, weeks=first["horizon_days"] / 7
        )
        gap = part["bg_nbd_no_order_probability"] - (1 - orders)
        assert np.abs(gap).max() < 1e-9


def test_today_is_fitted_on_the_orders_there_are(warehouse: Run, snapshots: pd.DataFrame) -> None:
    orders = warehouse.frame(HISTORIES)
    today = snapshots[snapshots["split"] == "today"]
    assert list(orders["person_id"]) == list(today["person_id"])
    found = fit(
        Histories(
            *(orders[name].to_numpy(dtype="float64") for name in ("frequency", "recency", "age")),
            weight=np.ones(len(orders)),
        )
    )
    first = today.iloc[0]
    assert found.converged
    stored = [first["r"], first["alpha"], first["a"], first["b"]]
    assert stored == pytest.approx(
        [found.model.r, found.model.alpha, found.model.a, found.model.b], rel=1e-4
    )
