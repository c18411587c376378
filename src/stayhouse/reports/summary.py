"""What a build found, on one page, and where to look further.

Every section reads public marts. A mart that does not exist in the file, or is empty, gives one
quiet line instead of its section. All sections are as of one instant, the clock of the build.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb

from stayhouse.base import currencies
from stayhouse.base.warehouse import reading
from stayhouse.reports.finding import findings_of
from stayhouse.reports.losses import IS_LOST, money_of, read_losses, rows_of, why
from stayhouse.reports.new_batches import NewBatches, new_batches
from stayhouse.reports.nobody import nobodys_orders
from stayhouse.reports.rooms import aligned, churn, cohorts, faults, query, segments, wrapped

# So many reasons have a line, and as many more their name.
_REASONS = 5

Section = Callable[[duckdb.DuckDBPyConnection], list[str]]


def summary_lines(
    path: Path,
    places: Sequence[tuple[str, str]],
    rate: float = 0,
    *,
    warnings: Sequence[str] = (),
    told: Sequence[str] = (),
    published: Path | None = None,
) -> list[str]:
    """Return the summary of a DuckDB file with marts, as lines of plain text.

    Args:
        path: the file to read.
        places: where a reader finds these marts, and what lies there.
        rate: the share of rows or of money above which a loss is said in the first lines.
        warnings: what the build warned of, said there too.
        told: what is said between these first lines and the page.
        published: the folder that a warehouse is published to, to tell what is new since then.

    Raises:
        StayhouseError: the file is missing, held by another process, or no DuckDB file.
    """
    sections: list[tuple[str, Section]] = [
        ("What arrived", _rows_landed),
        ("What happened", _totals),
        ("Who comes back", cohorts),
        ("What kind of customer", segments),
        ("Who is about to leave", churn),
    ]
    places = [*places, ("docs/questions.md", "which mart answers which question, with its SQL")]
    width = max(len(place) for place, _ in places)
    lines = []
    new = new_batches(path, published)
    with reading(path) as con:
        lines += _sample(con)
        if head := _head(con, rate, warnings, new):
            lines += ["Look at this first", *(f"  {line}" for line in head), ""]
        lines += told
        for title, section in sections:
            try:
                body = section(con)
            except duckdb.CatalogException:
                body = ["not built in this file"]
            except duckdb.BinderException:
                body = ["built before this version: build it again"]
            lines += [title, *(f"  {line}" for line in body or ["nothing yet"]), ""]
    return [*lines, "Where to look", *(f"  {place:<{width}}   {what}" for place, what in places)]


def _sample(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Say that nobody's customers are shown, where it is so."""
    try:
        is_sample = query(con, "select is_sample from core.clock") == [(True,)]
    except (duckdb.CatalogException, duckdb.BinderException):
        return []
    told = "This is the sample, an invented shop. Your own data: docs/data.md"
    return [told, ""] if is_sample else []


def _head(
    con: duckdb.DuckDBPyConnection, rate: float, warnings: Sequence[str], new: NewBatches | None
) -> list[str]:
    """Return what a person must know before any figure; a published file tells of no build."""
    is_published = not query(con, "from duckdb_tables() where table_name = 'build_token'")
    lines = [
        line
        for found in findings_of(con, rate, new)
        if found.state == "warning" and not (is_published and found.subject == "build")
        for line in found.lines or [found.text]
    ]
    return [part for line in [*lines, *faults(con), *warnings] for part in wrapped(line)]


def _rows_landed(con: duckdb.DuckDBPyConnection) -> list[str]:
    rows = query(
        con,
        f"""
        select
            source_name || '.' || table_name as label,
            sum(row_count) as landed,
            coalesce(sum(row_count) filter (disposition = 'accepted' and not {IS_LOST}), 0)
                as accepted,
            coalesce(sum(row_count) filter (where disposition = 'repeated_copy'), 0) as repeated,
            coalesce(sum(row_count) filter (where disposition = 'superseded'), 0) as superseded,
            coalesce(sum(row_count) filter ({IS_LOST}), 0) as lost
        from core.data_quality
        group by all
        order by label
        """,
    )
    if not rows:
        return []
    lines = aligned(["table", "landed", "accepted", "repeated", "superseded", "in no figure"], rows)
    losses = read_losses(con)
    reasons = sorted(
        ((loss, reason) for loss in losses for reason in loss.reasons.values()),
        key=lambda pair: (-pair[0].share_of(pair[1]), pair[0].label, pair[1].code),
    )
    for loss, reason in reasons[:_REASONS]:
        lines += wrapped(f"- {loss.label} {why(loss, reason)}")
    if rest := reasons[_REASONS:]:
        named = [f"{r.code} ({loss.label}, {r.row_count:,})" for loss, r in rest[:_REASONS]]
        others = ["others"] if rest[_REASONS:] else []
        told = ", ".join([*named, *others])
        lines += wrapped(f"and {len(rest)} more in core.data_quality: {told}")
    if reasons:
        lines.append(
            "rows are in core.rejected_rows or rejected_events, lines in rejected_lines.csv"
        )
    return lines + _noted(con)


def _noted(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return what counts and is odd all the same, such as a refund above its order."""
    rows = query(
        con,
        f"""
        select source_name || '.' || table_name as label, reason_code, sum(row_count) as row_count
        from core.data_quality
        where
            disposition = 'accepted'
            and not {IS_LOST}
            and reason_code not in ('accepted', 'without_person')
        group by all
        order by row_count desc, label, reason_code
        """,
    )
    return [
        f"- {label} accepted, {code}: {rows_of(count)}" for label, code, count in rows[:_REASONS]
    ]


# Everything is as of one instant: what an order or a session is worth at the clock.
_TOTALS = """
with clock as (
    select as_of_at from core.clock
),

orders as (
    select * from core.orders, clock where is_order and ordered_at < as_of_at
),

of_all as (
    select * from core.sessions, clock where started_at < as_of_at
),

sessions as (
    select * from of_all where not is_bot
),

buyers as (
    select distinct person_id from orders where is_net_at_clock and person_id is not null
),

sales as (
    select m.amount, b.person_id is not null as is_of_buyer
    from core.money_lines as m
    cross join clock
    left join core.orders as o on m.source_name = o.source_name and m.order_id = o.order_id
    left join buyers as b on m.person_id = b.person_id
    where not coalesce(o.is_test, false)
        and m.effective_at < as_of_at and m.kind in ('item', 'discount', 'refund', 'cancellation')
)

select
    (
        select count(distinct person_id)
        from (select person_id from orders union all select person_id from sessions)
    ),
    (select count(*) from sessions),
    (select count(*) from of_all where is_bot),
    (select count(*) from orders),
    (select count(*) from orders where is_net_at_clock),
    (select count(*) from buyers),
    (select coalesce(sum(amount), 0) from sales),
    (select coalesce(sum(amount), 0) from sales where is_of_buyer),
    (select count(*) from core.orders, clock where is_order and ordered_at >= as_of_at)
"""


def _orders(count: int) -> str:
    return "1 order" if count == 1 else f"{count:,} orders"


def _totals(con: duckdb.DuckDBPyConnection) -> list[str]:
    clock = query(con, "select as_of_at, base_currency from core.clock where as_of_at is not null")
    if not clock:
        return []
    as_of, currency = clock[0]
    people, sessions, of_bots, orders, net_orders, buyers, sales, of_buyers, later = query(
        con, _TOTALS
    )[0]
    lines = [
        f"as of {as_of:%Y-%m-%d %H:%M} UTC: {people:,} people, {sessions:,} sessions"
        f"{f' ({of_bots:,} of bots left out)' if of_bots else ''}, {orders:,} orders",
        f"net sales {money_of(sales, currency)}; {buyers:,} buyers with {net_orders:,} net orders"
        f"{f'; {_orders(later)} after that instant not counted yet' if later else ''}",
    ]
    if sales != of_buyers:
        lines.append(
            f"{money_of(of_buyers, currency)} of it by these buyers, "
            f"{currencies.amount(sales - of_buyers, currency)} by people without a net order and "
            "by nobody who is known"
        )
    found = nobodys_orders(con)
    return lines + (wrapped(found.told) if found.order_count else [])
