"""What landed between a publication and the one before it, by what both say of their build."""

import json
from pathlib import Path
from typing import Any

from stayhouse.publishing.publication import CONTENTS


def landed_since(before: Path, after: Path) -> str:
    """Return in a line which tables have how many batches more, or fewer, than a version before.

    Args:
        before: the folder of the version before; it may be missing.
        after: the folder of the new version.

    Returns:
        The line; "" where there is no version before, or it does not tell.
    """
    was, now = _batches(before), _batches(after)
    if not was or now is None:
        return ""
    told = []
    for table in sorted({*was, *now}):
        more = now.get(table, 0) - was.get(table, 0)
        batches = "batch" if abs(more) == 1 else "batches"
        if more:
            told.append(f"{table} {abs(more):,} {batches} {'more' if more > 0 else 'fewer'}")
    if not told:
        return f"As many batches as in version {before.name}: nothing new has landed."
    return f"Landed since version {before.name}: {', '.join(told)}."


def _batches(version: Path) -> dict[str, int] | None:
    """Return the batches of each table that a version was built from; None where it tells none."""
    try:
        told: dict[str, Any] = json.loads((version / CONTENTS).read_text("utf-8"))
        return {table: int(of["batches"]) for table, of in told["build"]["batches"].items()}
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return None
