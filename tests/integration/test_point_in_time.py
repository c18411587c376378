"""What a cut-off knew: deleting everything that came later changes no feature of it."""

import shutil
from pathlib import Path

import duckdb
import pytest

from tests.building import CHECKOUT, Run

# The columns by which a landed row became known, as the canonical tables name them.
KNOWN_AT = {
    "events": "received_at",
    "orders": "coalesce(updated_at, ordered_at)",
    "refunds": "refunded_at",
    "customers": "coalesce(updated_at, signed_up_at)",
    "reviews": "created_at",
}
SAMPLE = CHECKOUT / "seeds" / "sample"


@pytest.fixture(scope="module")
def whole(warehouse: Run) -> Run:
    return warehouse


def test_features_do_not_see_what_came_later(whole: Run, tmp_path: Path) -> None:
    as_of, cut_off = (
        str(value)
        for value in whole.query(
            "select max(cut_off_at), max(cut_off_at) filter (where split = 'validation') "
            "from features.churn_cutoffs"
        )[0]
    )
    landing = tmp_path / "landing"
    shutil.copytree(SAMPLE, landing)
    removed = 0
    with duckdb.connect() as con:
        con.execute("set timezone = 'UTC'")
        for table, known_at in KNOWN_AT.items():
            for path in (landing / "shop" / table).glob("batch_id=*/data.parquet"):
                early = f"try_cast({known_at} as timestamptz) < timestamptz '{cut_off}'"
                kept = (
                    f"select * from read_parquet('{path}', hive_partitioning = false) "
                    f"where coalesce({early}, true)"
                )
                counts = con.execute(
                    f"select (select count(*) from read_parquet('{path}')) - count(*) from ({kept})"
                ).fetchall()
                removed += counts[0][0]
                con.execute(f"copy ({kept}) to '{path}.new' (format parquet)")
                Path(f"{path}.new").replace(path)
    assert removed > 1000

    cut = Run(tmp_path, landing)
    vars_ = f'{{as_of: "{as_of}"}}'
    cut.build("--select", "+customer_snapshots", "--exclude", "test_type:singular", "--vars", vars_)
    features = (
        "select * exclude (split) from features.customer_snapshots "
        f"where cut_off_at <= timestamp '{cut_off}' order by cut_off_at, person_id"
    )
    expected = whole.query(features)
    assert len(expected) > 500
    assert cut.query(features) == expected
