"""``stayhouse diff``: which marts' rows differ from another warehouse file, and by how much."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap

from stayhouse.base import project
from stayhouse.base.artifacts import manifest_marts, read_artifact
from stayhouse.base.errors import StayhouseError
from stayhouse.base.tables import table
from stayhouse.reports.compare import Built, Comparison, MartChange, compare

_WIDTH = 100


def add_command(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register ``diff``."""
    parser = subparsers.add_parser(
        "diff",
        help="say which marts' rows differ from another warehouse file, and by how much",
        description="Compare every public mart of the warehouse as it was last built with those "
        "of another warehouse file, by its key. 'make diff BASE=main' builds that file first.",
    )
    parser.add_argument(
        "--base-db", type=Path, metavar="FILE", required=True, help="the file to compare with"
    )
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    now = _as_built(project.project_root())
    if args.base_db.resolve() == now.database.resolve():
        raise StayhouseError(
            f"{args.base_db} is the warehouse file itself: name a copy that you have kept of it."
        )
    before = Built(str(args.base_db), args.base_db, None)
    print("\n".join(report(compare(before, now), before.name, now.name)))
    return 0


def report(comparison: Comparison, before: str, now: str) -> list[str]:
    """Return what changed, as lines: one table, then what is in one of the two only."""
    changed = [mart for mart in comparison.marts if not mart.is_same()]
    same = len(comparison.marts) - len(changed)
    rows = [row for mart in changed for row in _rows(mart)]
    lines = [f"before: {before}", f"now:    {now}", ""]
    if rows:
        header = ["mart", "before", "now", "added", "removed", "changed", "what"]
        lines += [*table(header, rows, right=range(1, 6)), ""]
    for label, names in (("before", comparison.only_before), ("now", comparison.only_now)):
        if names:
            lines += wrap(f"only {label}: {', '.join(names)}", _WIDTH, subsequent_indent="  ")
    marts = f"{same} mart{'' if same == 1 else 's'}"
    return [*lines, f"{marts} hold{'s' if same == 1 else ''} the same rows."]


def _rows(mart: MartChange) -> Iterator[list[str]]:
    counts = (mart.before, mart.now, mart.added, mart.removed)
    changed = "" if mart.changed is None else f"{mart.changed:,}"
    whats = [
        *mart.notes,
        *(
            f"{column.name} {column.row_count:,}"
            + ("" if column.mean is None else f" (mean {column.mean:.4g}, ")
            + ("" if column.largest is None else f"largest {column.largest:.4g})")
            for column in mart.columns
        ),
    ] or [""]
    yield [mart.name, *(f"{count:,}" for count in counts), changed, whats[0]]
    for what in whats[1:]:
        yield [*[""] * 6, what]


def _as_built(root: Path) -> Built:
    database = project.warehouse_path(root)
    if not database.is_file():
        raise StayhouseError(f"There is no warehouse file {database}: run `make build` first.")
    marts = manifest_marts(read_artifact(root / "target" / "manifest.json"))
    return Built(
        f"{database} as it was last built",
        database,
        {f"{mart.room}.{mart.name}": mart for mart in marts},
    )
