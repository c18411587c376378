"""``stayhouse diff``: which marts' rows changed since a commit, and by how much."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from textwrap import wrap

from stayhouse import project
from stayhouse.artifacts import manifest_marts, read_artifact
from stayhouse.diff.build import Built, build_commit, commit_of
from stayhouse.diff.compare import Comparison, MartChange, compare
from stayhouse.diff.scratch import scratch_folder
from stayhouse.errors import StayhouseError
from stayhouse.tables import table

_WIDTH = 100


def add_command(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register ``diff``."""
    parser = subparsers.add_parser(
        "diff",
        help="say which marts' rows changed since a commit, and by how much",
        description="Build a commit in a scratch folder from what has landed here, and compare "
        "every public mart with the warehouse as it was last built, by its key. Nothing stays.",
    )
    parser.add_argument(
        "base", metavar="BASE", nargs="?", default="", help="a commit, branch or tag"
    )
    parser.add_argument(
        "--base-db", type=Path, metavar="FILE", help="a warehouse file in the place of BASE"
    )
    parser.add_argument(
        "--to",
        metavar="COMMIT",
        default="",
        help="another commit to build in the place of the warehouse file",
    )
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    root = project.project_root()
    if bool(args.base) == bool(args.base_db):
        raise StayhouseError(
            "make diff needs one thing to compare with: make diff BASE=<commit>, or "
            "stayhouse diff --base-db <warehouse file>."
        )
    # What cannot be compared is said before anything is built.
    commits = [commit_of(root, name) for name in (args.base, args.to) if name]
    if len(commits) > len(set(commits)):
        raise StayhouseError(
            f"{args.base} and {args.to} are one commit, which cannot differ from itself: name "
            "another one."
        )
    now = None if args.to else _as_built(root)
    if now is not None and args.base_db and args.base_db.resolve() == now.database.resolve():
        raise StayhouseError(
            f"{args.base_db} is the warehouse file itself: name a copy that you have kept of it."
        )
    with ExitStack() as stack:
        if args.base or args.to:
            scratch = stack.enter_context(scratch_folder())
        if args.base_db:
            before = Built(str(args.base_db), args.base_db, None)
        else:
            _say(f"Building {args.base} in {scratch.folder} (a minute or two) ...")
            before = build_commit(root, args.base, scratch)
        if now is None:
            _say(f"Building {args.to} in {scratch.folder} (a minute or two) ...")
            now = build_commit(root, args.to, scratch)
        comparison = compare(before, now)
    print("\n".join(report(comparison, before.name, now.name)))
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


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
