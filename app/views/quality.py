"""Data quality: what became of every row that landed."""

from typing import Any

import pandas as pd
import streamlit as st

from app import charts, choices, figures, layout
from app.language import name_of, say
from app.palette import BLUE, GREEN, GREY, OCHRE, VERMILLION
from app.parts import accepted
from app.period import Period
from app.published import Answer, Published
from app.registry import Page
from stayhouse.reports.losses import IS_LOST

_SOURCES = """
select distinct source_name, table_name from core.data_quality order by all
"""

_WHERE = """
where ($source = '' or source_name = $source) and ($table = '' or table_name = $table)
"""

_TOTALS = f"""
select
    coalesce(sum(row_count), 0)::bigint as landed_count,
    coalesce(sum(row_count) filter (disposition = 'accepted' and not {IS_LOST}), 0)::bigint
        as accepted_count,
    coalesce(sum(row_count) filter (where disposition = 'repeated_copy'), 0)::bigint
        as repeated_count,
    coalesce(sum(row_count) filter (where disposition = 'superseded'), 0)::bigint
        as superseded_count,
    coalesce(sum(row_count) filter ({IS_LOST}), 0)::bigint as rejected_count,
    min(day) filter (where disposition = 'accepted') as first_day,
    max(day) filter (where disposition = 'accepted') as last_day
from core.data_quality
{_WHERE}"""

# Nothing after the clock is in a figure, so nothing after it is drawn.
_CLOCK = "select open_day - 1 as last_day from core.clock where open_day is not null"

_DAYS = f"""
select
    time_bucket(to_days($width::integer), day, $first::date) as day,
    case when disposition = 'accepted' and {IS_LOST} then 'orphaned' else disposition end
        as disposition,
    sum(row_count)::bigint as row_count
from core.data_quality
{_WHERE}    and day between $first and $last
group by all
order by all
"""

_TABLES = f"""
select
    source_name,
    table_name,
    sum(row_count)::bigint as landed_count,
    coalesce(sum(row_count) filter (disposition = 'accepted' and not {IS_LOST}), 0)::bigint
        as accepted_count,
    coalesce(sum(row_count) filter (where disposition = 'repeated_copy'), 0)::bigint
        as repeated_count,
    coalesce(sum(row_count) filter (where disposition = 'superseded'), 0)::bigint
        as superseded_count,
    coalesce(sum(row_count) filter ({IS_LOST}), 0)::bigint as rejected_count,
    rejected_count / landed_count as rejected_share,
    max(day) filter (where disposition = 'accepted') as last_day
from core.data_quality
{_WHERE}group by source_name, table_name
order by source_name, table_name
"""

_REASONS = f"""
select
    source_name, table_name, reason_code, currency,
    min(example) as example,
    sum(row_count)::bigint as row_count,
    sum(amount)::double as amount,
    min(day) as first_day,
    max(day) as last_day
from core.data_quality
{_WHERE}    and {IS_LOST}
group by source_name, table_name, reason_code, currency
order by row_count desc, source_name, table_name, reason_code, currency
"""

_DISPOSITIONS = {
    "accepted": BLUE,
    "superseded": GREEN,
    "repeated_copy": GREY,
    "orphaned": OCHRE,
    "rejected": VERMILLION,
}
_LOST = ("rejected", "orphaned")
_BARS = 90


def _render(published: Published, period: Period) -> None:
    # What a page begins with depends on the lists below it.
    top = st.container()
    source, table = _choose(published)
    with top:
        accepted.show(published, source, table)
    totals = published.ask(_TOTALS, source=source, table=table)
    row = layout.rows(totals.frame)[0]
    landed = row["landed_count"]
    uncopied = row["accepted_count"] + row["rejected_count"]

    def share(name: str) -> str:
        if name in ("superseded_count", "repeated_count"):
            return say("quality.of_landed", share=figures.percent(row[name] / landed, 2))
        part = row[name] / uncopied if uncopied else None
        return say("quality.of_uncopied", share=figures.percent(part, 2))

    layout.cards(
        [
            (say("quality.landed"), figures.count(landed), say("unit.rows")),
            *(
                (
                    say(f"quality.{name}"),
                    figures.count(row[f"{name}_count"]),
                    share(f"{name}_count"),
                )
                for name in ("accepted", "superseded", "repeated", "rejected")
            ),
            (say("quality.fresh"), figures.day(row["last_day"]), say("quality.fresh_note")),
        ]
    )
    layout.computed("quality_totals", totals, "core.data_quality")
    layout.section(say("quality.days"), say("quality.days_note"))
    _days(published, source, table, row, period)
    layout.section(say("quality.tables"))
    _tables(published.ask(_TABLES, source=source, table=table))
    layout.section(say("quality.reasons"), say("quality.reasons_note"))
    reasons = published.ask(_REASONS, source=source, table=table)
    if reasons.frame.empty:
        layout.notice(say("quality.nothing_rejected"), say("quality.nothing_rejected_remedy"))
    else:
        _reasons(reasons)


def _choose(published: Published) -> tuple[str, str]:
    known = published.ask(_SOURCES).frame
    left, right, _ = st.columns([1, 1, 2])
    with left:
        source = choices.one(
            say("quality.choose_source"), ["", *dict.fromkeys(known["source_name"])],
            write=lambda v: v or say("app.all"), key="quality-source",
        )  # fmt: skip
    if source:
        known = known[known["source_name"] == source]
    with right:
        table = choices.one(
            say("quality.choose_table"), ["", *sorted(set(known["table_name"]))],
            write=lambda v: v or say("app.all"), key="quality-table",
        )  # fmt: skip
    return source, table


def _days(
    published: Published, source: str, table: str, totals: dict[str, Any], period: Period
) -> None:
    # Where the accepted rows lie: a mistaken year must not squeeze all others into one bar.
    if totals["last_day"] is None:
        layout.notice(say("quality.no_day"), say("quality.no_day_remedy"))
        return
    first, last = totals["first_day"].date(), totals["last_day"].date()
    if published.has("core.clock", "open_day"):
        for clock in layout.rows(published.ask(_CLOCK).frame):
            last = min(last, clock["last_day"].date())
    first, last = max(first, period.first), min(last, period.last)
    if first > last:
        layout.notice(say("quality.no_day"), say("quality.no_day_remedy"))
        return
    width = max(1, -(-((last - first).days + 1) // _BARS))
    shown = published.ask(_DAYS, source=source, table=table, first=first, last=last, width=width)
    if shown.frame.empty:
        layout.notice(say("quality.no_day"), say("quality.no_day_remedy"))
        return
    frame = shown.frame.assign(
        name=[name_of("disposition", v) for v in shown.frame["disposition"]],
        bucket=[figures.day(v) for v in shown.frame["day"]],
    )
    # Every stretch of days has its place, also one on which nothing came.
    buckets = [figures.day(v) for v in pd.date_range(first, last, freq=f"{width}D")]
    drawing = charts.bars(
        frame, "bucket", "row_count", series="name", domain=buckets,
        names=[name_of("disposition", v) for v in _DISPOSITIONS],
        fixed={name_of("disposition", k): colour for k, colour in _DISPOSITIONS.items()},
        y_title=_per("rows", width), x_title=say("axis.day"),
    )  # fmt: skip
    layout.chart("quality_days", drawing, shown, "core.data_quality")
    bad = frame[frame["disposition"].isin(_LOST)]
    if not bad.empty:
        drawing = charts.bars(
            bad, "bucket", "row_count", series="name", domain=buckets,
            names=[name_of("disposition", v) for v in _LOST],
            fixed={name_of("disposition", v): _DISPOSITIONS[v] for v in _LOST},
            y_title=_per("rejected", width), height=150,
            x_title=say("axis.day"),
        )  # fmt: skip
        layout.chart("quality_rejected_days", drawing, shown, "core.data_quality")


def _per(what: str, days: int) -> str:
    return say(f"unit.{what}_a_day") if days == 1 else say(f"unit.{what}_per", days=days)


def _tables(answer: Answer) -> None:
    column = layout.Column
    layout.table(
        "quality_tables",
        answer,
        [
            column("source_name", say("axis.source"), is_text=True),
            column("table_name", say("axis.table"), is_text=True),
            column("landed_count", say("quality.landed"), figures.count),
            column("accepted_count", say("quality.accepted"), figures.count),
            column("superseded_count", say("quality.superseded"), figures.count),
            column("repeated_count", say("quality.repeated"), figures.count),
            column("rejected_count", say("quality.rejected"), figures.count),
            column("rejected_share", say("unit.rejected_share"), lambda v: figures.percent(v, 2)),
            column("last_day", say("quality.fresh"), figures.day),
        ],
        "core.data_quality",
    )


def _reasons(answer: Answer) -> None:
    column = layout.Column
    layout.table(
        "quality_reasons",
        answer,
        [
            column("source_name", say("axis.source"), is_text=True),
            column("table_name", say("axis.table"), is_text=True),
            column("reason_code", say("axis.reason"), lambda v: name_of("rejection", v),
                   is_long=True),
            column("row_count", say("unit.rows"), figures.count),
            column("amount", say("unit.amount"),
                   write_row=lambda row: figures.amount(row["amount"], row["currency"])),
            column("currency", say("axis.currency"), is_text=True),
            column("example", say("axis.example"), lambda v: str(v)[:60], is_long=True),
            column("first_day", say("axis.first_day"), figures.day),
            column("last_day", say("axis.last_day"), figures.day),
        ],
        "core.data_quality",
    )  # fmt: skip


PAGE = Page(
    name="quality",
    order=90,
    room="core",
    needs=("core.data_quality",),
    render=_render,
    period="all",
)
