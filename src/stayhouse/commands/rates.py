"""``stayhouse rates``: the seed of exchange rates from a file of the European Central Bank's form.

``eurofxref-hist.csv`` has one line a day, newest first, and the units of each currency for one
euro. The seed has the units of a base currency for one unit of another, with eight decimals,
rounded half up; a rate between two currencies is the quotient of both to the euro.
"""

import argparse
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from pathlib import Path
from re import fullmatch

import yaml

from stayhouse.base import project
from stayhouse.base.disk import put
from stayhouse.base.errors import StayhouseError

SEED = Path("seeds") / "exchange_rates.csv"
HEADER = "base_currency,rate_date,currency,rate"
_NO_RATE = {"", "N/A"}
_EIGHT = Decimal("0.00000001")
_TOO_MUCH = Decimal(10**10)
# Below this, eight decimals are fewer than five digits.
_COARSE = Decimal("0.0001")


@dataclass(frozen=True)
class Rate:
    """What one unit of a currency is worth on a day, in the base currency."""

    day: date
    currency: str
    value: Decimal


def add_command(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register ``stayhouse rates``."""
    parser = subparsers.add_parser(
        "rates",
        help="write the exchange rates from a file of the European Central Bank",
        description="Write the rates of the base currency into seeds/exchange_rates.csv, from a "
        "file of the form of eurofxref-hist.csv. Rates in other base currencies stay.",
    )
    parser.add_argument("file", type=Path, help="eurofxref-hist.csv, or a file of its form")
    parser.add_argument("--base", metavar="CUR", help="default: var base_currency of the project")
    parser.add_argument("--from", dest="start", metavar="DATE", help="leave earlier days out")
    parser.add_argument("--currencies", metavar="CUR,CUR", help="only these; default: all")
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    root = project.project_root()
    base = args.base or _base_of(root)
    rates = rates_of(args.file, base, _start(args.start), _asked(args.currencies))
    write_seed(root / SEED, base, rates)
    currencies = sorted({rate.currency for rate in rates})
    first, last = rates[0].day, rates[-1].day
    print(
        f"{SEED}: {len(rates):,} rates in {base}, {first} to {last}, of {len(currencies)} "
        f"currencies: {', '.join(currencies)}."
    )
    if coarse := sorted({rate.currency for rate in rates if rate.value < _COARSE}):
        print(f"With eight decimals these have fewer than five digits: {', '.join(coarse)}.")
    return 0


def rates_of(
    path: Path, base: str, start: date | None = None, currencies: frozenset[str] | None = None
) -> list[Rate]:
    """Return the rates of a file in a base currency, by day and currency.

    Args:
        path: a file of the form of ``eurofxref-hist.csv``.
        base: the currency to value the others in: EUR, or one of the file's.
        start: leave earlier days out.
        currencies: only these; None: all of the file, and EUR.

    Raises:
        StayhouseError: the file is missing or of another form, or lacks what is asked.
    """
    lines = _lines(path)
    columns = _columns(path, lines[0] if lines else [])
    for currency in sorted({base, *(currencies or ())}):
        if currency not in (*columns, "EUR"):
            raise StayhouseError(
                f"{path} has no rates of {currency}: name EUR or one of {', '.join(columns)}."
            )
    rates: dict[tuple[date, str], Rate] = {}
    days: dict[date, int] = {}
    for number, line in enumerate(lines[1:], start=2):
        if not any(line):
            continue
        day, to_euro = _day(path, number, line, columns)
        if day in days:
            raise StayhouseError(
                f"{path} has {day} on line {number} and on line {days[day]}: leave one of them."
            )
        days[day] = number
        if base in to_euro and (start is None or day >= start):
            for rate in _in_base(day, to_euro, base):
                if currencies is None or rate.currency in currencies:
                    rates[day, rate.currency] = rate
    if not rates:
        raise StayhouseError(
            f"{path} has no rate to write in {base}{f' from {start} on' if start else ''}: name "
            "another --from, --base or --currencies."
        )
    return [rates[key] for key in sorted(rates)]


def write_seed(path: Path, base: str, rates: list[Rate]) -> None:
    """Replace a seed's rates in a base currency; rates in other ones stay, byte by byte.

    Raises:
        StayhouseError: the file there is of another form, or cannot be written.
    """
    try:
        present = path.read_text(encoding="utf-8").splitlines() if path.exists() else [HEADER]
        if present[:1] != [HEADER]:
            raise StayhouseError(
                f"{path} does not begin with the header {HEADER}: move it away, so that it is "
                "written anew."
            )
        others = [line for line in present[1:] if line and line.split(",")[0] != base]
        ours = [f"{base},{rate.day},{rate.currency},{rate.value:f}" for rate in rates]
        lines = [HEADER, *sorted(others + ours)]
        fresh = path.with_name(f".{path.name}.new")
        fresh.write_text("\n".join(lines) + "\n", encoding="utf-8")
        put(fresh, path)
    except (OSError, UnicodeDecodeError) as error:
        raise StayhouseError(
            f"{path} cannot be written ({error}): check that it is yours and the disk has room."
        ) from error


def _lines(path: Path) -> list[list[str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise StayhouseError(
            f"{path} cannot be read as text: name the CSV file, unpacked, that the European "
            "Central Bank publishes as eurofxref-hist.zip."
        ) from error
    return [[cell.strip() for cell in line] for line in csv.reader(text.splitlines())]


def _columns(path: Path, header: list[str]) -> list[str]:
    """Return the header's currencies; its last cell is empty, as a comma ends each line."""
    columns = header[1:-1] if header[-1:] == [""] else header[1:]
    if header[:1] != ["Date"] or not columns or not all(map(_is_currency, columns)):
        raise StayhouseError(
            f"{path} does not begin with a header such as Date,USD,JPY: name a file of the form "
            "of eurofxref-hist.csv."
        )
    if len(set(columns)) < len(columns):
        raise StayhouseError(f"{path} names a currency twice in its header: leave one column.")
    return columns


def _day(
    path: Path, number: int, line: list[str], columns: list[str]
) -> tuple[date, dict[str, Decimal]]:
    """Return the day of a line, and the units for one euro of each currency that has a rate."""
    place = f"{path}, line {number}"
    cells = line[1:]
    if len(cells) not in (len(columns), len(columns) + 1) or any(cells[len(columns) :]):
        raise StayhouseError(
            f"{place}: {len(line)} cells where the header has {len(columns) + 1}: mend the line."
        )
    day = _date(line[0])
    if day is None:
        raise StayhouseError(f"{place}: '{line[0]}' is no date: write it as 2024-05-31.")
    to_euro = {"EUR": Decimal(1)}
    for currency, text in zip(columns, cells, strict=False):
        if text in _NO_RATE:
            continue
        if not fullmatch(r"\d{1,12}(\.\d{1,12})?", text) or not Decimal(text):
            raise StayhouseError(
                f"{place}: '{text}' of {currency} is no rate: write a number above 0 with a "
                "point, or leave the cell empty."
            )
        to_euro[currency] = Decimal(text)
    return day, to_euro


def _in_base(day: date, to_euro: dict[str, Decimal], base: str) -> Iterator[Rate]:
    with localcontext() as context:
        # More than any tie between two such numbers can need.
        context.prec = 60
        for currency, units in to_euro.items():
            value = (to_euro[base] / units).quantize(_EIGHT, ROUND_HALF_UP)
            # What is worth less than half of the last decimal, or more digits than the seed has,
            # has no rate that could be kept.
            if currency != base and 0 < value < _TOO_MUCH:
                yield Rate(day, currency, value)


def _base_of(root: Path) -> str:
    settings = yaml.safe_load((root / "dbt_project.yml").read_text(encoding="utf-8"))
    return str(((settings or {}).get("vars") or {}).get("base_currency"))


def _start(text: str | None) -> date | None:
    day = _date(text) if text is not None else None
    if text is not None and day is None:
        raise StayhouseError(f"--from is '{text}', which is no date: write it as 2024-05-31.")
    return day


def _asked(text: str | None) -> frozenset[str] | None:
    return None if text is None else frozenset(part.strip() for part in text.split(","))


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None
    except ValueError:
        return None


def _is_currency(text: str) -> bool:
    return fullmatch("[A-Z]{3}", text) is not None
