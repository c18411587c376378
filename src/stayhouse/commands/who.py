"""``stayhouse who``."""

import argparse
import sys
from pathlib import Path
from urllib.parse import quote

import duckdb

from stayhouse.base import project
from stayhouse.base.errors import StayhouseError
from stayhouse.base.warehouse import reading
from stayhouse.landing.who import FIND, is_address, known, secret

_DESCRIPTION = """\
Find a person by an e-mail address, an order number or the platform's customer id, and print the
person_id, what it was found by and the page of the app. An address is hashed with
STAYHOUSE_PII_KEY as it was when it landed. What is typed is written nowhere by this command; your
shell may keep it, so a dash reads it from the standard input. Exits with 1 where nobody is known.
Reads what was published, else the warehouse file."""

_APP = "http://localhost:8501"


def add_command(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register ``who``."""
    parser = subparsers.add_parser(
        "who",
        help="find a person by address, order number or customer id",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("value", help="an e-mail address, an order number, a customer's id, or -")
    parser.add_argument("--db", type=Path, help="another DuckDB file with the marts")
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    root = project.project_root()
    text = (sys.stdin.readline() if args.value == "-" else args.value).strip()
    if not text:
        raise StayhouseError("Nothing was given to look for: give an address, a number or an id.")
    published = root / "published" / "stayhouse.duckdb"
    path = args.db or (published if published.is_file() else project.warehouse_path(root))
    found = _find(path, text)
    if not found:
        print(f"Nobody is known by that in {path}.")
        return 1
    for person, source, found_by in found:
        if person is None:
            print(f"nobody  ({source}, {found_by}): the order names no person")
        else:
            print(f"{person}  ({source}, {found_by})  {_APP}/customer?person={quote(person, '')}")
    return 0


def _find(path: Path, text: str) -> list[tuple[str | None, str, str]]:
    with reading(path) as con:
        try:
            is_sample = (True,) in con.execute("select is_sample from core.clock").fetchall()
            key = secret(project.pii_key(), is_sample)
            if is_address(text) and key is None:
                raise StayhouseError(
                    "STAYHOUSE_PII_KEY is not set, and only its hashes of addresses are kept: set "
                    "it, or give an order number or a customer's id."
                )
            return con.execute(FIND, known(text, key)).fetchall()
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            raise StayhouseError(
                f"{path} is not of this version of Stayhouse: run 'make build'."
            ) from error
