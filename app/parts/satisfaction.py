"""How satisfied customers were by month: four parts, and their mean beside all of them."""

from typing import Any

from app import charts, choices, figures, layout
from app.fragments import by_itself
from app.language import say
from app.parts.voices import Place
from app.published import Published

# What each part is, and how its two ends are called.
PARTS = {
    "rating_mean": "rating",
    "positive_share": "positive_share",
    "repeat_contact_rate": "repeat_contact_rate",
    "return_rate": "return_rate",
    "late_share": "late_share",
}
# What each is a part or a mean of.
COUNTS = {
    "rating_mean": "rated_count",
    "positive_share": "judged_count",
    "repeat_contact_rate": "followed_message_count",
    "return_rate": "order_count",
    "late_share": "delivered_order_count",
}
_ENDS = ", ".join(f"{part}, {ends}_low, {ends}_high" for part, ends in PARTS.items())
_MONTHS = f"""
select
    month, review_count, rated_count, star_1_count, star_2_count, star_3_count, star_4_count,
    star_5_count, judged_count, followed_message_count, order_count, settled_order_count,
    delivered_order_count, {_ENDS}, composite
from feedback.satisfaction
where source_name = $source and level = $level and level_value = $value and is_month_complete
order by month desc
"""


@by_itself
def show(published: Published, place: Place) -> None:
    """Show the newest month, one part over time, and all parts of each month."""
    of = {"source": place.source, "level": place.level, "value": place.value}
    found = published.ask(_MONTHS, **of)
    if found.frame.empty:
        layout.notice(say("feedback.no_month"), say("feedback.no_month_remedy"))
        return
    newest = layout.rows(found.frame)[0]
    layout.caption(say("feedback.in_month", month=figures.month(newest["month"])))
    layout.cards(_card(newest, part) for part in PARTS)
    if newest["rated_count"]:
        stars = say("feedback.comma").join(
            say(
                "feedback.star_count", stars=star, count=figures.count(newest[f"star_{star}_count"])
            )
            for star in (5, 4, 3, 2, 1)
        )
        layout.caption(
            say("feedback.distribution", count=figures.count(newest["rated_count"]), stars=stars)
        )
    part = choices.few(
        say("feedback.part"), tuple(PARTS), key="feedback-part",
        write=lambda p: say(f"feedback.{p}"),
    )  # fmt: skip
    known = found.frame[found.frame[part].notna()]
    if known.empty:
        layout.caption(say("feedback.part_unknown"))
    else:
        drawing = charts.lines(
            known, "month", part, f"{PARTS[part]}_low", f"{PARTS[part]}_high",
            x_title=say("axis.month"), y_title=say(f"feedback.{part}"), is_date=True,
            y_format=",.1f" if part == "rating_mean" else ".0%",
            from_zero=part != "rating_mean", height=200,
        )  # fmt: skip
        layout.chart("feedback_part", drawing, found, "feedback.satisfaction")
    column = layout.Column
    layout.table(
        "feedback_satisfaction",
        found,
        [
            column("month", say("axis.month"), figures.month, is_text=True),
            *(
                column(name, say(f"feedback.{name}"), _writer(name),
                       interval=(f"{ends}_low", f"{ends}_high"))
                for name, ends in PARTS.items()
            ),
            column("composite", say("feedback.composite"), lambda v: figures.decimal(v, 2)),
            column("review_count", say("feedback.reviews"), figures.count, is_minor=True),
        ],
        "feedback.satisfaction",
        limit=12,
    )  # fmt: skip


def _writer(part: str) -> Any:
    return (lambda v: figures.decimal(v, 2)) if part == "rating_mean" else figures.percent


def _card(row: dict[str, Any], part: str) -> tuple[str, str, str]:
    write, (low, high) = _writer(part), (row[f"{PARTS[part]}_{end}"] for end in ("low", "high"))
    notes = [say(f"feedback.of_{part}", count=figures.count(row[COUNTS[part]]))]
    if low is not None:
        notes.append(say("feedback.between", low=write(low), high=write(high)))
    if part == "return_rate" and row["settled_order_count"] < row["order_count"]:
        known = figures.count(row["settled_order_count"])
        notes.append(say("feedback.not_settled", count=known))
    elif row[part] is None:
        notes.append(say("feedback.too_few"))
    return say(f"feedback.{part}"), write(row[part]), say("feedback.comma").join(notes)
