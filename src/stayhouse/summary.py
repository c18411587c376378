"""``stayhouse summary``: what a build found, on one page, and where to look further.

Every section reads one or two public marts. A mart that does not exist in the file, or is empty,
gives one quiet line instead of its section.
"""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from textwrap import wrap
from typing import Any

import duckdb

from stayhouse import project
from stayhouse.warehouse import reading

# The page stays on a screen: this many cohorts (the latest) and periods; the mart has them all.
_COHORTS = 13
_PERIODS = 13
_REASONS = 5
_WIDTH = 88

Rows = list[tuple[Any, ...]]
Section = Callable[[duckdb.DuckDBPyConnection], list[str]]


def add_command(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register ``summary``."""
    parser = subparsers.add_parser(
        "summary",
        help="print what was found and where to look",
        description="Print what a build found: rows, people, orders, cohorts, segments, churn.",
    )
    parser.add_argument(
        "--db",
        type=Path,
        help="a DuckDB file with the marts, such as published/stayhouse.duckdb (default: the "
        "warehouse file, STAYHOUSE_DB or warehouse/stayhouse.duckdb)",
    )
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    path = args.db or project.warehouse_path(project.project_root())
    print("\n".join(summary_lines(path, [(str(path), "every mart of this file")])))
    return 0


def summary_lines(path: Path, places: Sequence[tuple[str, str]]) -> list[str]:
    """Return the summary of a DuckDB file with marts, as lines of plain text.

    Args:
        path: the file to read.
        places: where a reader finds these marts, and what lies there.

    Raises:
        StayhouseError: the file is missing, held by another process, or no DuckDB file.
    """
    sections: list[tuple[str, Section]] = [
        ("What arrived", _rows_landed),
        ("What happened", _totals),
        ("Who comes back", _cohorts),
        ("What kind of customer", _segments),
        ("Who is about to leave", _churn),
    ]
    places = [*places, ("docs/questions.md", "which mart answers which question, with its SQL")]
    width = max(len(place) for place, _ in places)
    lines = []
    with reading(path) as con:
        for title, section in sections:
            try:
                body = section(con)
            except duckdb.CatalogException:
                body = ["not built in this file"]
            lines += [title, *(f"  {line}" for line in body or ["nothing yet"]), ""]
    return [
        *lines,
        "Where to look",
        *(f"  {place:<{width}}   {what}" for place, what in places),
    ]


def _rows_landed(con: duckdb.DuckDBPyConnection) -> list[str]:
    rows = _query(
        con,
        """
        select
            source_name || '.' || table_name as label,
            sum(row_count) as landed,
            coalesce(sum(row_count) filter (where reason_code = 'accepted'), 0) as accepted,
            coalesce(sum(row_count) filter (where reason_code = 'repeated_copy'), 0) as repeated,
            landed - accepted - repeated as rejected
        from core.data_quality
        group by all
        order by label
        """,
    )
    if not rows:
        return []
    reasons = _query(
        con,
        """
        select reason_code, sum(row_count) as row_count
        from core.data_quality
        where reason_code not in ('accepted', 'repeated_copy')
        group by all
        order by row_count desc, reason_code
        """,
    )
    lines = _table(["table", "landed", "accepted", "repeated", "rejected"], rows)
    if reasons:
        named = ", ".join(f"{reason} {count:,}" for reason, count in reasons[:_REASONS])
        more = f", {len(reasons) - _REASONS} more" if len(reasons) > _REASONS else ""
        lines += wrap(f"rejected for: {named}{more}", _WIDTH, subsequent_indent="  ")
        lines.append("each rejected row is in core.rejected_events or core.rejected_rows")
    return lines


def _totals(con: duckdb.DuckDBPyConnection) -> list[str]:
    clock = _query(con, "select as_of_at, base_currency from core.clock where as_of_at is not null")
    if not clock:
        return []
    people = _query(
        con,
        """
        select count(distinct person_id) from (
            select person_id from core.orders where is_order
            union all
            select person_id from core.sessions where not is_bot
        )
        """,
    )
    sessions = _query(con, "select count(*) from core.sessions where not is_bot")
    orders = _query(
        con,
        """
        select count(*), count(*) filter (where is_net_order), coalesce(sum(net_sales), 0)
        from core.orders
        where is_order
        """,
    )
    order_count, net_order_count, net_sales = orders[0]
    as_of, currency = clock[0]
    return [
        f"as of {as_of:%Y-%m-%d %H:%M} UTC: {people[0][0]:,} people, "
        f"{sessions[0][0]:,} sessions, {order_count:,} orders",
        f"net sales {net_sales:,.2f} {currency}, {net_order_count:,} net orders",
    ]


def _cohorts(con: duckdb.DuckDBPyConnection) -> list[str]:
    cells = _query(
        con,
        """
        select cohort_start, period_index, retained_count, cohort_size
        from retention.cohort_retention
        where cohort_grain = 'month' and start_kind = 'order' and return_kind = 'order'
            and definition = 'on' and clock_kind = 'calendar'
        """,
    )
    if not cells:
        return []
    counts = {(start, index): count for start, index, count, _ in cells}
    sizes = {start: size for start, _, _, size in cells}
    shown = sorted(sizes)[-_COHORTS:]
    last = min(max(index for start, index in counts if start in shown), _PERIODS - 1)
    rows = [
        (
            f"{start:%Y-%m}",
            *(counts.get((start, index)) for index in range(last + 1)),
        )
        for start in shown
    ]
    left_out = len(sizes) - len(shown)
    return [
        "people by month of first order (down) who order again n months later (across)",
        *_table(["month", *(str(index) for index in range(last + 1))], rows),
        *([f"{left_out} earlier months are in retention.cohort_retention"] if left_out else []),
    ]


def _segments(con: duckdb.DuckDBPyConnection) -> list[str]:
    rows = _query(
        con,
        """
        select segment, count(*) as people, sum(net_sales) as net_sales
        from segments.rfm_segments
        group by all
        order by people desc, segment
        """,
    )
    shown = [(segment, people, f"{net_sales:,.2f}") for segment, people, net_sales in rows]
    return _table(["segment", "people", "net sales"], shown) if shown else []


def _churn(con: duckdb.DuckDBPyConnection) -> list[str]:
    horizon_lines = _horizon(con)
    readiness = _query(con, "select is_ready, reason from churn.churn_readiness")
    if readiness and not readiness[0][0]:
        return [*horizon_lines, *wrap(f"no scores: {readiness[0][1]}", _WIDTH)]
    rows = _query(
        con,
        """
        select
            classifier, is_champion, roc_auc, log_loss, precision, recall, f1, lift_10_churn,
            cut_off_date, horizon_days, customer_count, prevalence
        from churn.churn_evaluation
        where split = 'test'
        order by log_loss, classifier
        """,
    )
    if not rows:
        return []
    absent = _query(
        con,
        """
        select string_agg(classifier, ', ' order by simplicity), reason
        from churn.churn_line_up
        where not is_fitted
        group by reason
        order by min(simplicity)
        """,
    )
    cut_off, horizon, customers, prevalence = rows[0][8:]
    figures = [
        (f"{classifier}{' *' if is_champion else ''}", *(_decimal(value) for value in values))
        for classifier, is_champion, *values in (row[:8] for row in rows)
    ]
    return [
        *horizon_lines,
        f"judged on {customers:,} customers at {cut_off:%Y-%m-%d}, {prevalence:.0%} of whom did "
        f"not order in {horizon} days",
        *_table(
            ["classifier", "ROC-AUC", "log loss", "precision", "recall", "F1", "lift 10%"], figures
        ),
        "* the champion, chosen on validation: churn.churn_scores has its scores by customer",
        *(
            line
            for names, reason in absent
            for line in wrap(f"not fitted: {names}. {reason}", _WIDTH, subsequent_indent="  ")
        ),
    ]


def _horizon(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Return which horizon is asked for, and what the shop's own gaps say to it."""
    try:
        rows = _query(
            con,
            "select horizon_days, suggested_days, covered_gap_share, gap_count, is_from_var "
            "from features.churn_horizon",
        )
    except duckdb.CatalogException:
        return []
    lines = []
    for days, suggested, share, gaps, is_from_var in rows:
        if is_from_var:
            advice = "" if suggested is None else f", its gaps suggest {suggested}"
            chosen = f"set by churn_horizon_days{advice}"
        elif suggested == days:
            chosen = "suggested by the shop's own gaps"
        elif suggested is None:
            chosen = "since no gap could be followed for long enough to suggest one"
        else:
            chosen = "as long as its history allows"
        covered = "" if share is None else f"; {share:.0%} of {gaps:,} gaps end within it"
        lines += wrap(f"horizon of {days} days, {chosen}{covered}", _WIDTH)
    return lines


def _query(con: duckdb.DuckDBPyConnection, sql: str) -> Rows:
    return con.execute(sql).fetchall()


def _decimal(value: float | None) -> str | None:
    return None if value is None else f"{value:.3f}"


def _table(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[str]:
    """Return aligned lines: the first column to the left, the others to the right."""
    cells = [list(header)] + [
        [
            "" if value is None else f"{value:,}" if isinstance(value, int) else str(value)
            for value in row
        ]
        for row in rows
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if position == 0 else cell.rjust(width)
            for position, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    ]
