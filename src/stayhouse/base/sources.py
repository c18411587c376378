"""Which sources take part in a build: those of which anything has landed, or is read."""

from pathlib import Path

from stayhouse.base import project


def without_idle_sources(root: Path, landing: Path | None) -> list[str]:
    """Return words for ``dbt build`` that leave out the staging of sources that have not landed.

    No shop has every platform, and each view that nothing stands behind costs a tenth of a second.
    What reads staging passes over a view that is not built (macro ``is_staged``), and the law
    ``staging_loses_no_row`` fails where a source has landed all the same.

    Args:
        root: the project's folder.
        landing: the landing folder; None: the sample.
    """
    read = project.sources_read(root)
    # Beside tables that are read where they stand, the sample is nobody's (macro `landing_root`).
    landed = landing or (None if read else project.sample_path(root))
    sources = sorted(path.name for path in (root / "models" / "staging").iterdir() if path.is_dir())
    idle = [
        name
        for name in sources
        if name not in read and not (landed and any(landed.glob(f"{name}/*/batch_id=*")))
    ]
    return [word for name in idle for word in ("--exclude", f"path:models/staging/{name}")]
