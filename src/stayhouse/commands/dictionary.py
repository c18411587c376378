"""``stayhouse dictionary``: write what every public mart means, from dbt's manifest."""

import argparse
import os
from pathlib import Path

from stayhouse.base import project
from stayhouse.base.artifacts import read_artifact
from stayhouse.base.errors import StayhouseError
from stayhouse.documents.dictionary.marts import read
from stayhouse.documents.dictionary.pages import pages


def add_command(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register ``dictionary``."""
    parser = subparsers.add_parser(
        "dictionary",
        help="write the data dictionary with its diagrams, from the YAML",
        description="Write docs/dictionary.md, and a page with a diagram a room beside it, from "
        "what dbt read in the YAML of the public marts ('dbt parse' is enough).",
    )
    parser.add_argument(
        "--target-path",
        type=Path,
        default=Path("target"),
        help="the folder that dbt wrote manifest.json to (default: target)",
    )
    parser.add_argument(
        "--out", type=Path, default=Path("docs"), help="the folder to write to (default: docs)"
    )
    parser.set_defaults(run=_run)


def documents(target: Path, definitions: Path) -> dict[str, str]:
    """Return every page by its path from the folder of the documents.

    Args:
        target: the folder that dbt wrote ``manifest.json`` to.
        definitions: the page of definitions, whose sections the marts lead to.

    Raises:
        StayhouseError: there is no whole manifest, or it names no public mart.
    """
    text = definitions.read_text(encoding="utf-8") if definitions.is_file() else ""
    dictionary = read(read_artifact(target / "manifest.json"), text)
    if not dictionary.entities:
        raise StayhouseError(
            f"{target / 'manifest.json'} names no public mart: run 'dbt parse' in this project."
        )
    return pages(dictionary)


def _run(args: argparse.Namespace) -> int:
    root = project.project_root()
    made = documents(root / args.target_path, root / "docs" / "definitions.md")
    out = root / args.out
    (out / "dictionary").mkdir(parents=True, exist_ok=True)
    for name, text in made.items():
        # A page is whole or as it was.
        work = out / f"{name}.tmp"
        work.write_text(text, encoding="utf-8")
        os.replace(work, out / name)
    # The page of a room that is gone goes with it.
    for path in (out / "dictionary").iterdir():
        if f"dictionary/{path.name}" not in made:
            path.unlink()
    print(f"wrote {len(made)} files: {out / 'dictionary.md'} and {out / 'dictionary'}/")
    return 0
