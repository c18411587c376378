"""Which sources take part in a build: those of which anything has landed, or is read."""

from pathlib import Path

from stayhouse.base import project
from stayhouse.base.warehouse import reading


def without_idle_sources(root: Path, landing: Path | None, warehouse: Path) -> list[str]:
    """Return words for ``dbt build`` that leave out the staging of sources that have not landed.

    No shop has every platform, and each view that nothing stands behind costs a tenth of a second.
    What reads staging passes over a view that is not built (macro ``is_staged``), and the law
    ``staging_loses_no_row`` fails where a source has landed all the same. A source whose views
    stand in the warehouse is not left out: they show what had landed before, maybe elsewhere.

    Args:
        root: the project's folder.
        landing: the landing folder; None: the sample.
        warehouse: the file that is built; it may not exist.

    Raises:
        StayhouseError: the file cannot be read.
    """
    read = project.sources_read(root)
    # Beside tables that are read where they stand, the sample is nobody's (macro `landing_root`).
    landed = landing or (None if read else project.sample_path(root))
    sources = sorted(path.name for path in (root / "models" / "staging").iterdir() if path.is_dir())
    takes_part = set(read) | _standing(warehouse)
    idle = [
        name
        for name in sources
        if name not in takes_part and not (landed and any(landed.glob(f"{name}/*/batch_id=*")))
    ]
    return [word for name in idle for word in ("--exclude", f"path:models/staging/{name}")]


def _standing(warehouse: Path) -> set[str]:
    """Return the sources that an earlier build has staged in a warehouse."""
    if not warehouse.exists():
        return set()
    with reading(warehouse) as con:
        views = con.execute(
            "select view_name from duckdb_views() "
            "where database_name = 'warehouse' and schema_name = 'staging'"
        ).fetchall()
    return {str(name).removeprefix("stg_").split("__")[0] for (name,) in views}
