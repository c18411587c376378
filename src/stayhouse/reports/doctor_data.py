"""What the doctor says of data: what has landed, what is missing of it, what a build took in."""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from stayhouse.reports.finding import Finding
from stayhouse.reports.losses import harmless

# What a table's absence costs, in the order in which one would bring it. What hangs on orders is
# not missed where there are none.
_COSTS = {
    "orders": "nobody has bought: no sales, no segments, no churn, and who comes back is known "
    "from visits only",
    "order_lines": "orders without items do not count: no sales, no segments, no churn, no buyer "
    "who comes back",
    "events": "no visits, sessions or channels of acquisition; who comes back is known from orders "
    "only",
    "customers": "nobody's date of sign-up, country or referrer is known (funnels read events "
    "`sign_up`), and no consent: lists of whom to contact are empty",
    "products": "no names and no categories of what was bought",
    "refunds": "nothing was given back: net sales are gross sales less discounts",
    "order_charges": "no tax, shipping or gift cards beside an order's items",
}
_NEEDS = {"order_lines": "orders", "refunds": "orders", "order_charges": "orders"}
_REASONS = 5


@dataclass
class Landed:
    """What stands in a landing folder, by source and table."""

    batches: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    rows: Counter[tuple[str, str]] = field(default_factory=Counter)
    lines_in: Counter[tuple[str, str]] = field(default_factory=Counter)
    rejected: Counter[tuple[str, str]] = field(default_factory=Counter)
    reasons: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    # A batch of which nothing landed leaves no trace in a build.
    with_rows: set[tuple[str, str, int]] = field(default_factory=set)


def read_landed(folder: Path) -> Landed:
    """Return what the manifests of a landing folder say."""
    landed = Landed()
    for path in sorted(folder.glob("*/*/batch_id=*/_batch.json")):
        batch = json.loads(path.read_text(encoding="utf-8"))
        place = (batch["source"], batch["table"])
        landed.batches.setdefault(place, set()).add(batch["batch_id"])
        landed.rows[place] += batch["rows_landed"]
        landed.lines_in[place] += batch["lines_in"]
        landed.rejected[place] += batch["lines_rejected"]
        # Batches from before do not say why.
        landed.reasons.setdefault(place, Counter()).update(batch.get("rejected_by_reason") or {})
        if batch["rows_landed"]:
            landed.with_rows.add((*place, batch["batch_id"]))
    return landed


def landed_tables(landed: Landed, rate: float) -> Iterator[Finding]:
    """Say of each table how much landed, and how many of its lines did not.

    Args:
        landed: what has.
        rate: the share of lines above which that is a warning.
    """
    for place in sorted(landed.batches):
        label, count = ".".join(place), len(landed.batches[place])
        plural = "batch" if count == 1 else "batches"
        text = f"{label}: {count} {plural}, {landed.rows[place]:,} rows"
        if not landed.rejected[place]:
            yield Finding("ok", "landed", text)
            continue
        named = ", ".join(f"{why} {n:,}" for why, n in landed.reasons[place].most_common(_REASONS))
        yield Finding(
            "warning" if landed.rejected[place] > rate * landed.lines_in[place] else "ok",
            "landed",
            f"{text}; {landed.rejected[place]:,} of {landed.lines_in[place]:,} lines could not be "
            f"read{f' ({harmless(named)})' if named else ''}: see rejected_lines.csv beside the "
            "batch.",
        )


def missing_tables(
    landed: Landed, provided: Mapping[str, list[str]], files: Mapping[str, Collection[str]]
) -> Iterator[Finding]:
    """Say what has not landed, and what that costs.

    Args:
        landed: what has.
        provided: var ``sources``: the tables of each source, whatever its files are called.
        files: the tables that its files are called after.
    """
    there = {table for _, table in landed.batches}
    for source, table in landed.batches:
        if table not in provided.get(source, []):
            # One file of theirs that is several tables of ours.
            there |= set(provided.get(source, [])) - set(files.get(source, ()))
    for table, cost in _COSTS.items():
        if table not in there and _NEEDS.get(table, table) in {table, *there}:
            yield Finding("warning", "missing", f"{table}: {cost}.")


def not_taken(con: duckdb.DuckDBPyConnection, landed: Landed, is_own: bool) -> Finding | None:
    """Say that a warehouse is not of what has landed; None where it is, or does not tell.

    Args:
        con: a connection to the warehouse.
        landed: what stands in the folder that the next build reads.
        is_own: whether that is a landing folder, and not the sample.
    """
    try:
        if con.execute("select is_sample from core.clock").fetchall() == [(is_own,)]:
            was, now = ("the sample", "is set") if is_own else ("landed data", "is not set")
            return Finding(
                "warning",
                "warehouse",
                f"was built from {was}, while STAYHOUSE_LANDING {now}: run 'make build'.",
            )
    except (duckdb.CatalogException, duckdb.BinderException):
        pass  # built before there was such a column
    try:
        taken = set(
            con.execute(
                "select distinct source_name, table_name, batch_id from core.data_quality"
            ).fetchall()
        )
    except duckdb.CatalogException:
        return None
    missing = len(_absent(landed.with_rows, taken))
    # A batch of which nothing landed may leave its rejected lines there, or no trace at all.
    standing = {(*place, number) for place, numbers in landed.batches.items() for number in numbers}
    gone = len(_absent(taken, standing))
    if not missing and not gone:
        return None
    words = [
        f"lacks {missing} of the {len(landed.with_rows)} batches that have landed"
        if missing
        else "",
        f"holds {'1 batch that is' if gone == 1 else f'{gone} batches that are'} gone"
        if gone
        else "",
    ]
    return Finding(
        "warning", "warehouse", f"{' and '.join(filter(None, words))}: run 'make build'."
    )


def _absent(
    batches: set[tuple[str, str, int]], among: set[tuple[str, str, int]]
) -> set[tuple[str, str, int]]:
    """Return the batches that are not among others.

    One file of theirs may be several tables of ours: where a table has another name, a batch is
    known by its source and number.
    """
    tables = {(source, table) for source, table, _ in among}
    numbers = {(source, number) for source, _, number in among}
    return {
        (source, table, number)
        for source, table, number in batches
        if (
            (source, table, number) not in among
            if (source, table) in tables
            else (source, number) not in numbers
        )
    }
