"""``stayhouse model-card``: write one page on the churn model, to print, send or keep."""

import argparse
import subprocess
from pathlib import Path

from stayhouse.base import project
from stayhouse.base.errors import StayhouseError
from stayhouse.base.warehouse import reading
from stayhouse.documents.model_card.page import page


def add_command(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register ``model-card``."""
    parser = subparsers.add_parser(
        "model-card",
        help="write a page on the churn model: use, data, numbers, limits",
        description="Write one HTML page on the churn model, with pictures, from the marts: what "
        "it is for, whom it was judged on, how well it foresees, whom it serves less well, and "
        "what it cannot do. The page asks no other machine for anything.",
    )
    parser.add_argument(
        "--db",
        type=Path,
        help="a DuckDB file with the marts (default: published/stayhouse.duckdb, or the warehouse "
        "file where nothing was published)",
    )
    parser.add_argument(
        "--out", type=Path, help="the page to write (default: build/model_card.html)"
    )
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    root = project.project_root()
    published = root / "published" / "stayhouse.duckdb"
    source = args.db or (published if published.is_file() else project.warehouse_path(root))
    target = args.out or root / "build" / "model_card.html"
    with reading(source) as con:
        text = page(con, commit(root))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StayhouseError(
            f"{target} cannot be written ({error.strerror}): name another file with --out."
        ) from error
    print(f"wrote {target} from {source}")
    return 0


def commit(root: Path) -> str | None:
    """Return the commit that is checked out in a folder, or None where git does not know."""
    try:
        done = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()
