"""Whether a night would make what stands already: nothing has landed, and nothing else changed."""

import json
from pathlib import Path

import duckdb

from stayhouse.base.build_token import BuildToken, checksum_of, landed_checksum_of, read_build_token
from stayhouse.base.project import sample_path
from stayhouse.base.warehouse import reading
from stayhouse.publishing.publication import CONTENTS
from stayhouse.reports.fits import Fits

# The day of the clock, and whether the last build fitted: another fit on the same rows is the same.
# It did where no churn model can stand.
_FITTED = """
    select
        cast(c.as_of_at as date),
        (select max(fitted_as_of_date) from churn.churn_model_comparison) = cast(c.as_of_at as date)
        or exists (select 1 from churn.churn_readiness where not is_ready)
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
    with reading(warehouse) as con:
        token = read_build_token(con)
        if token.refusal is not None:
            return None
        if current and not (_is_younger(current, warehouse) and is_of_build(current, con, token)):
            return None
        try:
            rows = con.execute(_FITTED).fetchall()
        except duckdb.CatalogException:
            rows = []
    if not rows:
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


def is_of_build(contents: Path, con: duckdb.DuckDBPyConnection, token: BuildToken) -> bool:
    """Return whether a version tells of a warehouse's build, and its marts have as many rows.

    To hash them all would cost as much as to publish.

    Args:
        contents: the version's ``contents.json``; it may be missing.
        con: a connection to the warehouse.
        token: what the warehouse says of its build.
    """
    try:
        told = json.loads(contents.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return False
    counts = {name: of["row_count"] for name, of in told.items() if "." in name}
    try:
        found = {
            name: con.execute(f"select count(*) from {name}").fetchall()[0][0] for name in counts
        }
    except duckdb.CatalogException:
        return False
    return bool(told.get("build") == token.as_record() and found == counts)


def _is_younger(contents: Path, warehouse: Path) -> bool:
    """Whether a version was published after the last word was written into a warehouse."""
    return contents.exists() and contents.stat().st_mtime_ns > warehouse.stat().st_mtime_ns
