"""Whether a night would make what stands already: nothing has landed, and nothing else changed."""

from pathlib import Path

import duckdb

from stayhouse.base.build_token import checksum_of, landed_checksum_of, read_build_token
from stayhouse.base.project import sample_path
from stayhouse.base.warehouse import reading
from stayhouse.publishing.publication import CONTENTS
from stayhouse.reports.fits import Fits

# The day of the clock, and whether the last build fitted: another fit on the same rows is the same.
_FITTED = """
    select
        cast(c.as_of_at as date),
        (select max(fitted_as_of_date) from churn.churn_model_comparison) = cast(c.as_of_at as date)
    from core.clock as c
"""


def quiet_night(
    root: Path, landing: Path | None, warehouse: Path, fits: Fits, published: Path | None
) -> str | None:
    """Return the sentence of a night that has nothing to do; None where it may have something.

    The clock of a build is that of its data, so that the same data give the same tables on any day.

    Args:
        root: the project's folder.
        landing: the folder of what has landed; None where the sample is read.
        warehouse: the DuckDB file that the last build made; it may be missing.
        fits: whether the night would fit anew.
        published: the folder that readers know; None where nothing is to be published.

    Raises:
        StayhouseError: the warehouse file cannot be read.
    """
    if not warehouse.exists():
        return None
    current = published / "current" / CONTENTS if published is not None else None
    # Published after the last word was written into the warehouse.
    if current is not None and not (
        current.exists() and current.stat().st_mtime_ns > warehouse.stat().st_mtime_ns
    ):
        return None
    with reading(warehouse) as con:
        token = read_build_token(con)
        try:
            rows = con.execute(_FITTED).fetchall()
        except duckdb.CatalogException:
            rows = []
    if token.refusal is not None or not rows:
        return None
    as_of, is_fitted = rows[0]
    told = token.inputs
    is_same = (
        # Tables that are read where they stand may have changed without a trace.
        not told.get("given", ["unknown"])
        and not told.get("vars", {}).get("reads")
        and told.get("is_sample") is (landing is None)
        and told.get("project_checksum") == checksum_of(root)
        and told.get("landed_checksum") == landed_checksum_of(landing or sample_path(root))
    )
    if not is_same or (fits.are_due and not is_fitted):
        return None
    number = "" if current is None else f" Version {current.parent.resolve().name} stays published."
    return (
        f"Nothing has landed, and no code or setting has changed, since the last build, as of "
        f"{as_of}: there is nothing to do.{number}"
    )
