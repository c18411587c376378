"""How recent and frequent buyers are, and what is expected of them, as a grid."""

import altair as alt
import pandas as pd

from app import charts, choices, figures, layout
from app.fragments import by_itself
from app.language import name_of, say
from app.published import Published

_CELLS = """
select
    recency_band, frequency_band, people_count, p_order_90d,
    expected_net_sales_365d_per_person::double as expected,
    expected_value_365d_per_person::double as expected_value,
    (value_if_staying_365d_per_person - expected_value_365d_per_person)::double as keeping
from value.value_matrix
order by recency_number, frequency_number
"""

# What a cell's colour says, and how its figure is written.
_MEASURES = ("expected_value", "keeping", "p_order_90d", "people_count")


@by_itself
def show(published: Published, currency: str) -> None:
    """Draw the grid by one of its measures."""
    found = published.ask(_CELLS)
    frame = found.frame[found.frame["people_count"] > 0]
    if frame.empty:
        layout.notice(say("value.no_matrix"), say("value.no_matrix_remedy"))
        return
    known = [measure for measure in _MEASURES if frame[measure].notna().any()]
    measure = choices.few(
        say("value.measure"), known, key="value-measure",
        write=lambda m: say(f"value.by_{m}", currency=currency),
    )  # fmt: skip
    rows = layout.rows(frame)
    frame = frame.assign(
        recency=[name_of("group", row["recency_band"]) for row in rows],
        frequency=[name_of("group", row["frequency_band"]) for row in rows],
        label=[_written(measure, row[measure]) for row in rows],
        expected_told=[figures.money(row["expected"], currency) for row in rows],
        value_told=[figures.money(row["expected_value"], currency) for row in rows],
        keeping_told=[figures.money(row["keeping"], currency) for row in rows],
        chance_told=[figures.percent(row["p_order_90d"], 0) for row in rows],
    )
    drawing = charts.heat(
        frame, "frequency", "recency", measure,
        x_title=say("value.frequency"), y_title=say("value.recency"),
        legend_title=say(f"value.by_{measure}", currency=currency), label="label",
        dark=layout.is_dark(), cell=34,
        x_sort=_named(found.frame, "frequency_band"), y_sort=_named(found.frame, "recency_band"),
        tips=[
            alt.Tooltip("recency:N", title=say("value.recency")),
            alt.Tooltip("frequency:N", title=say("value.frequency")),
            alt.Tooltip("people_count:Q", title=say("unit.people"), format=","),
            alt.Tooltip("chance_told:N", title=say("value.p_order")),
            alt.Tooltip("expected_told:N", title=say("value.expected", currency=currency)),
            alt.Tooltip("value_told:N", title=say("value.expected_value", currency=currency)),
            alt.Tooltip("keeping_told:N", title=say("value.keeping", currency=currency)),
        ],
    )  # fmt: skip
    layout.chart("value_matrix", drawing, found, "value.value_matrix")
    if "keeping" in known:
        layout.caption(say("value.matrix_advice"))


def _written(measure: str, value: object) -> str:
    return figures.percent(value, 0) if measure == "p_order_90d" else figures.count(value)


def _named(frame: pd.DataFrame, column: str) -> list[str]:
    return [name_of("group", band) for band in dict.fromkeys(frame[column])]
