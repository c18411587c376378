"""What customers write about by month, how much of it is negative, and what they wrote."""

from typing import Any

import altair as alt
import pandas as pd

from app import charts, choices, figures, layout
from app.fragments import by_itself
from app.language import name_of, say
from app.palette import BLUE, GREY, VERMILLION
from app.parts.voices import Place
from app.published import Published

# Of the last three months that are over: one month of a small shop says little.
_FIRST = """
select
    theme, sum(negative_count)::bigint as negative_count, sum(judged_count)::bigint as judged_count
from feedback.feedback_themes_monthly
where source_name = $source and level = 'all' and theme <> 'other' and is_month_complete
    and not is_withheld
    and month >= (
        select max(month) - interval 2 month from feedback.feedback_themes_monthly
        where source_name = $source and is_month_complete
    )
group by theme
having sum(negative_count) > 0
order by negative_count desc, judged_count, theme
"""

_OF_PLACE = "source_name = $source and level = $level and level_value = $value"
_GRID = f"""
select
    theme, month, text_count, judged_count, negative_count, negative_share, rating_mean, is_withheld
from feedback.feedback_themes_monthly
where {_OF_PLACE} and is_month_complete
    and month > (
        select max(month) - interval 12 month from feedback.feedback_themes_monthly
        where source_name = $source and is_month_complete
    )
order by month, theme
"""

_MONTHS = f"""
select
    month, text_count, negative_count, judged_count - negative_count as other_count,
    text_count - coalesce(judged_count, 0) as untold_count, negative_share, rating_mean,
    not is_month_complete as is_running
from feedback.feedback_themes_monthly
where {_OF_PLACE} and theme = $theme
order by month
"""

_EXAMPLES = f"""
with newest as (
    select month, unnest([example_1, example_2, example_3]) as review_id,
        unnest([1, 2, 3]) as place
    from feedback.feedback_themes_monthly
    where {_OF_PLACE} and theme = $theme and example_1 is not null
    qualify dense_rank() over (order by month desc) = 1
)
select
    n.month, n.review_id, left(r.text, 300) as text, s.language, s.sentiment, s.rating, r.likes,
    coalesce(p.name, s.product_id) as product
from newest as n
inner join feedback.review_sentiment as s
    on s.source_name = $source and n.review_id = s.review_id
inner join core.reviews as r on s.source_name = r.source_name and s.review_id = r.review_id
left join core.products as p on s.source_name = p.source_name and s.product_id = p.product_id
order by n.place
"""


def first_to_repair(published: Published, source: str) -> dict[str, Any] | None:
    """Return the theme with the most negative texts of late; None where nobody complains."""
    rows = layout.rows(published.ask(_FIRST, source=source).frame)
    return rows[0] if rows else None


def answer(first: dict[str, Any] | None) -> None:
    """Say what to repair first."""
    if first is None:
        layout.remark(say("feedback.repair_nothing"))
        return
    layout.remark(
        say("feedback.repair_first", theme=name_of("theme", first["theme"]),
            negative=figures.count(first["negative_count"]),
            judged=figures.count(first["judged_count"]))
    )  # fmt: skip


@by_itself
def show(published: Published, place: Place, first: dict[str, Any] | None) -> None:
    """Draw themes by month with their share of negative texts, and one of them with its words."""
    of = {"source": place.source, "level": place.level, "value": place.value}
    grid = published.ask(_GRID, **of)
    if grid.frame.empty:
        layout.notice(say("feedback.no_month"), say("feedback.no_month_remedy"))
        return
    _draw_grid(grid.frame.copy(), grid)
    named = grid.frame.groupby("theme")["text_count"].sum()
    options = sorted(named.index, key=lambda theme: (-named[theme], theme))
    default = options.index(first["theme"]) if first and first["theme"] in options else 0
    theme = choices.one(
        say("feedback.theme"), options, key="feedback-theme", default=default,
        write=lambda t: name_of("theme", t),
    )  # fmt: skip
    _draw_months(published, {**of, "theme": theme})
    _list_examples(published, {**of, "theme": theme})


def _draw_grid(frame: pd.DataFrame, grid: Any) -> None:
    frame = frame.assign(
        named=[name_of("theme", theme) for theme in frame["theme"]],
        short=[figures.short_month(month) for month in frame["month"]],
        written=[figures.month(month) for month in frame["month"]],
        is_grey=frame["negative_share"].isna(),
        share=frame["negative_share"].astype("float64").fillna(0.0),
        label=[
            "" if figures.is_nothing(share) else f"{share * 100:.0f}"
            for share in frame["negative_share"]
        ],
        told=[figures.percent(share, 0) for share in frame["negative_share"]],
        mean=[figures.decimal(mean, 1) for mean in frame["rating_mean"]],
    )
    total = frame.groupby("named")["text_count"].sum().sort_values(ascending=False)
    drawing = charts.heat(
        frame, "short", "named", "share", x_title="", y_title="",
        legend_title=say("feedback.negative"), label="label", dark=layout.is_dark(), cell=26,
        x_sort=list(dict.fromkeys(frame["short"])), y_sort=list(total.index), grey="is_grey",
        tips=[
            alt.Tooltip("named:N", title=say("feedback.theme")),
            alt.Tooltip("written:N", title=say("axis.month")),
            alt.Tooltip("text_count:Q", title=say("feedback.texts")),
            alt.Tooltip("told:N", title=say("feedback.negative")),
            alt.Tooltip("mean:N", title=say("feedback.mean_stars")),
        ],
    )  # fmt: skip
    layout.chart("feedback_grid", drawing, grid, "feedback.feedback_themes_monthly")


def _draw_months(published: Published, of: dict[str, str]) -> None:
    found = published.ask(_MONTHS, **of)
    kinds = {
        "negative_count": (say("feedback.negative_texts"), VERMILLION),
        "other_count": (say("feedback.other_texts"), BLUE),
        "untold_count": (say("feedback.untold_texts"), GREY),
    }
    frame = found.frame.assign(written=[figures.month(month) for month in found.frame["month"]])
    long = pd.concat(
        frame[["written", "is_running"]].assign(kind=name, texts=frame[column].astype("float64"))
        for column, (name, _) in kinds.items()
    )
    drawing = charts.bars(
        long[long["texts"] > 0], "written", "texts", y_title=say("feedback.texts"), series="kind",
        fixed=dict(kinds.values()), names=[name for name, _ in kinds.values()],
        x_title=say("axis.month"), domain=list(frame["written"]), faded="is_running", height=200,
    )  # fmt: skip
    layout.chart("feedback_months", drawing, found, "feedback.feedback_themes_monthly")


def _list_examples(published: Published, of: dict[str, str]) -> None:
    found = published.ask(_EXAMPLES, **of)
    if found.frame.empty:
        layout.caption(say("feedback.no_example"))
        return
    layout.caption(say("feedback.examples", month=figures.month(found.frame["month"][0])))
    column = layout.Column
    layout.table(
        "feedback_examples",
        found,
        [
            column("text", say("feedback.text"), is_long=True, quoted="language"),
            column("rating", say("feedback.stars"), figures.count),
            column("sentiment", say("feedback.sentiment"), lambda v: name_of("sentiment", v),
                   is_text=True),
            column("likes", say("feedback.likes"), figures.count),
            column("product", say("feedback.product"), is_text=True, is_minor=True),
        ],
        "feedback.feedback_themes_monthly", "feedback.review_sentiment", "core.reviews",
    )  # fmt: skip
