"""Warehouses of published data, landed as a user lands them."""

import os
from pathlib import Path

import pytest

from stayhouse import cli
from tests.building import CHECKOUT, Run


def real_data(value: str | None) -> Path | None:
    """Return the folder that STAYHOUSE_REAL_DATA names; a relative path is meant from the project.

    Tests change their working folder, and dbt has one of its own.
    """
    return CHECKOUT / value if value else None


DATA = real_data(os.environ.get("STAYHOUSE_REAL_DATA"))
NEEDS_DATA = pytest.mark.skipif(
    not DATA, reason="STAYHOUSE_REAL_DATA does not name the folder of real data"
)
FILES = ("online_retail_2009_2010.parquet", "online_retail_2010_2011.parquet")
CDNOW_HEADER = "customer_id,date,number_of_cds,dollar_value"


def protocol(as_of: str) -> tuple[str, str]:
    """Return the vars by which others judged churn: 90 days, and any order is a return."""
    return "--vars", f"{{as_of: '{as_of}', churn_order_kind: order, churn_horizon_days: 90}}"


def online_retail(
    folder: Path, names: tuple[str, ...], *words: str, parsed: Path | None = None
) -> Run:
    """Land files of Online Retail II and build with these words."""
    landing = folder / "landing"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STAYHOUSE_LANDING", str(landing))
        for name in names:
            path = Path(str(DATA)) / "online_retail" / name
            assert cli.main(["land", "online_retail", str(path)]) == 0
    run = Run(folder, landing, parsed=parsed)
    run.build(*words)
    return run


def cdnow(
    folder: Path,
    name: str,
    columns: list[int],
    as_of: str,
    *select: str,
    parsed: Path | None = None,
) -> Run:
    """Land the columns of a text file (customer, day, CDs, dollars) and run what is selected."""
    text = (Path(str(DATA)) / "cdnow" / name).read_text(encoding="utf-8")
    rows = [line.split() for line in text.splitlines()]
    lines = [",".join(row[i] for i in columns) for row in rows if row and row[0].isdigit()]
    csv = folder / "purchases.csv"
    csv.write_text("\n".join([CDNOW_HEADER, *lines]) + "\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STAYHOUSE_LANDING", str(folder / "landing"))
        until = ["--data-until", "1998-07-01T00:00:00+00:00"]
        assert cli.main(["land", "cdnow", str(csv), *until]) == 0
    run = Run(folder, folder / "landing", parsed=parsed)
    kinds = ("--resource-type", "model", "--resource-type", "seed")
    run.build(*kinds, "--select", *select, *protocol(as_of))
    return run
