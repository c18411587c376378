"""What a publication has beside the one before it: what landed since, and money of the past that
is another one now.
"""

import json
from pathlib import Path
from typing import Any

import duckdb

from stayhouse.base.currencies import amount
from stayhouse.base.warehouse import limit_memory, literal
from stayhouse.publishing.publication import CONTENTS, DATABASE
from stayhouse.reports.losses import share

# Net sales of each local day that had ended when the version before was built, those that lie ahead
# of an earlier clock of now among them. In exact decimals, so that what did not move is not told.
_MOVED = """
with ends as (
    select was.open_day, was.time_zone
    from was.core.clock as was, now.core.clock as now
    where was.base_currency = now.base_currency
),

days as (
    select
        (effective_at at time zone 'UTC' at time zone time_zone)::date as day,
        sum(amount) filter (where is_now) as amount_now,
        sum(amount) filter (where not is_now) as amount_was
    from (
        select m.*, false as is_now
        from was.core.money_lines as m
        anti join (from was.core.orders where is_test) as o using (source_name, order_id)
        union all by name
        select m.*, true as is_now
        from now.core.money_lines as m
        anti join (from now.core.orders where is_test) as o using (source_name, order_id)
    )
    cross join ends
    where day < open_day and kind in ('item', 'discount', 'refund', 'cancellation')
    group by day
),

moved as (
    select
        day,
        coalesce(amount_now, 0) - coalesce(amount_was, 0) as amount,
        coalesce(amount_was, 0) as amount_was
    from days
)

select
    coalesce(sum(amount) filter (where amount > 0), 0),
    coalesce(-sum(amount) filter (where amount < 0), 0),
    sum(amount_was),
    arg_min(day, row(-abs(amount), day)),
    count(*) filter (where amount <> 0),
    (select base_currency from now.core.clock)
from moved
"""


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


def moved_since(before: Path, after: Path) -> tuple[str, float]:
    """Return in a sentence what of the past two versions tell otherwise, and how much that is.

    Compared are net sales, day by day, of the days that had ended in the version before: a late
    order moves them, and so do a batch that was taken back (though the clock went back with it),
    and days and months in each other's place.

    Args:
        before: the folder of the version before; it may be missing.
        after: the folder of the new version.

    Returns:
        The sentence, and what was added and taken away as a share of all that the version before
        had; ("", 0) where nothing moved, or the two cannot be compared.
    """
    nothing = ("", 0.0)
    if _build(before).get("is_sample") != _build(after).get("is_sample"):
        return nothing
    try:
        with duckdb.connect() as con:
            limit_memory(con)
            for name, folder in (("was", before), ("now", after)):
                con.execute(f"attach {literal(str(folder / DATABASE))} as {name} (read_only)")
            more, less, was, day, days, currency = con.execute(_MOVED).fetchall()[0]
    except duckdb.Error:
        return nothing  # of a version before this one, or gone
    if not days or not was:
        return nothing
    moved = [
        *([f"{amount(more, currency)} {currency} more"] if more else []),
        *([f"{amount(less, currency)} {currency} less"] if less else []),
    ]
    of_all = float((more + less) / abs(was))
    which = f"on {day}" if days == 1 else f"on {days:,} days, most on {day}"
    return (
        f"Net sales of days that version {before.name} had are {' and '.join(moved)} than it said "
        f"({share(of_all)} of all, {which}).",
        of_all,
    )


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
