"""The command ``stayhouse shop``."""

import argparse
import sys
from datetime import date
from pathlib import Path

from stayhouse.base.errors import StayhouseError
from stayhouse.shop.settings import EXTRA_PARTS, PARTS, Settings


def add_command(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register ``stayhouse shop``."""
    parser = subparsers.add_parser(
        "shop", help="make a planted shop: raw tables, and the truth behind them"
    )
    parser.add_argument("--customers-per-year", type=int, required=True, metavar="N")
    parser.add_argument("--days", type=int, required=True, metavar="D")
    parser.add_argument("--seed", type=int, required=True, metavar="S")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder")
    parser.add_argument("--format", default="csv", metavar="csv|parquet")
    parser.add_argument("--start", default="2024-01-01", metavar="DATE", help="the first day")
    parser.add_argument("--batches", default="once", metavar="once|daily")
    parser.add_argument(
        "--without", default="", metavar="PARTS", help=f"parts left out, of {','.join(PARTS)}"
    )
    parser.add_argument(
        "--with",
        dest="added",
        default="",
        metavar="PARTS",
        help=f"parts added, of {','.join(EXTRA_PARTS)} (none without this)",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Make the shop that the arguments describe; return the exit code 0.

    Raises:
        StayhouseError: an argument is impossible, or the folder exists or cannot be written.
    """
    try:
        start = date.fromisoformat(arguments.start)
    except ValueError as error:
        raise StayhouseError(
            f"--start is '{arguments.start}', which is no date: write it as YYYY-MM-DD."
        ) from error
    settings = Settings(
        customers_per_year=arguments.customers_per_year,
        days=arguments.days,
        seed=arguments.seed,
        start=start,
        file_format=arguments.format,
        batches=arguments.batches,
        without=_parts(arguments.without),
        added=_parts(arguments.added),
    )
    # Imported here: it takes half a second, which every other command would wait for.
    from stayhouse.shop.build import make_shop
    from stayhouse.shop.parameters import MODEL

    make_shop(settings, arguments.out)
    print(f"{arguments.out}: {settings.days} days from {settings.start}.")
    if settings.has("programme") and settings.days <= MODEL.programme_day:
        print(
            f"--with programme changed no raw table: it begins on day {MODEL.programme_day}, so "
            f"give --days above {MODEL.programme_day}.",
            file=sys.stderr,
        )
    if settings.unknown_to_churn:
        parts = ", ".join(settings.unknown_to_churn)
        print(f"truth/churn.parquet is left out: its formulas do not know {parts}.")
    return 0


def _parts(words: str) -> frozenset[str]:
    return frozenset(part for part in words.split(",") if part)
