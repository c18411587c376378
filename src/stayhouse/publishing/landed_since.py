"""What landed between a publication and the one before it, by what both say of their build."""

import json
from pathlib import Path
from typing import Any

from stayhouse.publishing.publication import CONTENTS


def landed_since(before: Path, after: Path) -> str:
    """Return in a line which tables have how many batches more, or fewer, than a version before.

    Of a table that has as many, of which the last is another one, it says that too.

    Args:
        before: the folder of the version before; it may be missing.
        after: the folder of the new version.

    Returns:
        The line; "" where there is no version before, or it does not tell, or one of the two is
        the sample's.
    """
    was_built, is_built = _build(before), _build(after)
    # A shop that lands for the first time has nothing to do with the sample of before.
    if was_built.get("is_sample") != is_built.get("is_sample"):
        return ""
    was, now = _batches(was_built), _batches(is_built)
    if not was:
        return ""
    told = []
    for table in sorted({*was, *now}):
        more = now.get(table, (0, 0))[0] - was.get(table, (0, 0))[0]
        batches = "batch" if abs(more) == 1 else "batches"
        if more:
            told.append(f"{table} {abs(more):,} {batches} {'more' if more > 0 else 'fewer'}")
        elif now[table] != was[table]:
            told.append(f"{table} as many batches, others than then")
    if not told:
        # One that was taken back and landed again may have the same number.
        return f"Every table has as many batches as in version {before.name}."
    return f"Landed since version {before.name}: {', '.join(told)}."


def _build(version: Path) -> dict[str, Any]:
    """Return what a version says of its build; empty where it says nothing that can be read."""
    try:
        told: dict[str, Any] = json.loads((version / CONTENTS).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return dict(told.get("build", {}))


def _batches(build: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """Return of each table how many batches it has, and the number of the last."""
    return {
        table: (int(of["batches"]), int(of["last_batch_id"]))
        for table, of in build.get("batches", {}).items()
    }
